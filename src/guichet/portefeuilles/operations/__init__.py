"""What happens to portfolios: each function opens its transaction and writes the journal.

``placing``, ``containing``, ``reverting`` and ``ending`` write within a change that the caller began.
"""

from guichet.portefeuilles.operations.composing import (
    ClienteNotFound,
    NameTaken,
    NotTiers,
    PortefeuilleNotFound,
    create,
    rename,
    transfer,
)
from guichet.portefeuilles.operations.returning import NotEnded, let_back
from guichet.portefeuilles.operations.telling import tell_begun

__all__ = [
    "ClienteNotFound",
    "NameTaken",
    "NotEnded",
    "NotTiers",
    "PortefeuilleNotFound",
    "create",
    "let_back",
    "rename",
    "tell_begun",
    "transfer",
]
