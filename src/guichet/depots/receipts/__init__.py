"""Receipts (accusés de réception, art. L112-11 and R112-11-1 CRPA): made, signed, verified."""

from guichet.depots.receipts.issue import NotConfirmedError, ensure, warm_up
from guichet.depots.receipts.verification import ReceiptReport, verify

__all__ = ["NotConfirmedError", "ReceiptReport", "ensure", "verify", "warm_up"]
