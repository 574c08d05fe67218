"""What happens to requests by file: each function opens its transaction and writes the journal."""

from guichet.imports.operations.deciding import AnotherPortefeuille, Begun, NothingToDo, delete, validate
from guichet.imports.operations.depositing import (
    AlreadyTakenBack,
    FileEmpty,
    FileTooBig,
    NotByFile,
    NothingToTakeBack,
    NotInPortefeuille,
    TooManyOpen,
    TooMuchToday,
    ask_declaration,
    deposit,
    take_back,
)
from guichet.imports.operations.moving import NotReady
from guichet.imports.operations.running import read, run
from guichet.imports.operations.upkeep import purge, resume
from guichet.imports.queries.access import DemandeNotFound

__all__ = [
    "AlreadyTakenBack",
    "AnotherPortefeuille",
    "Begun",
    "DemandeNotFound",
    "FileEmpty",
    "FileTooBig",
    "NotByFile",
    "NotInPortefeuille",
    "NotReady",
    "NothingToDo",
    "NothingToTakeBack",
    "TooManyOpen",
    "TooMuchToday",
    "ask_declaration",
    "delete",
    "deposit",
    "purge",
    "read",
    "resume",
    "run",
    "take_back",
    "validate",
]
