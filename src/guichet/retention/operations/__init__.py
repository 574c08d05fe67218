"""Copies of a person's data, accounts that are closed, and what is forgotten when its time is over."""

from guichet.retention.operations.closing import ClosedByOthers, close
from guichet.retention.operations.execution import Report, execute
from guichet.retention.operations.exports import ask_export, build_export

__all__ = ["ClosedByOthers", "Report", "ask_export", "build_export", "close", "execute"]
