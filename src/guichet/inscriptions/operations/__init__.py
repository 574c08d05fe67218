"""What happens to companies and their people: each function opens its transaction and writes the journal."""

from guichet.inscriptions.operations.beginning import NothingChosen, PlaceUnknown, begin
from guichet.inscriptions.operations.candidatures import (
    AskedTooOften,
    MotifMissing,
    MotifTooLong,
    admit,
    grant,
    refuse,
    withdraw,
)
from guichet.inscriptions.operations.changements import begin_changement
from guichet.inscriptions.operations.declarations import (
    CharterNotAccepted,
    DeclarationNotChosen,
    NotOffered,
    add_declarations,
    remove_declaration,
)
from guichet.inscriptions.operations.employing import Homonym
from guichet.inscriptions.operations.ending import change_genre, end
from guichet.inscriptions.operations.helping import ask_help, tell_help_asked
from guichet.inscriptions.operations.holding import (
    ActeurGone,
    InscriptionEnded,
    LastAdministrateur,
    NotAdministrateur,
    lock,
)
from guichet.inscriptions.operations.people import (
    NoRole,
    NotOneself,
    NotOnesOwnPlace,
    NotOverAdministrateur,
    NotTheSuccessor,
    correct_email,
    create,
    end_acteur,
    new_provisional,
    set_roles,
)
from guichet.inscriptions.operations.places import (
    EtablissementUnknown,
    NothingTicked,
    end_etablissement,
    sync_etablissements,
    tick,
)
from guichet.inscriptions.operations.refusals import CannotBegin
from guichet.inscriptions.operations.settling import AlreadySettled
from guichet.inscriptions.operations.upkeep import lapse_candidates, remind_candidates
from guichet.inscriptions.operations.ways import (
    KeyRefused,
    KeySpent,
    KeyTriesLockedOut,
    NoAddress,
    NobodyToAsk,
    TooManyLetters,
    choose_way,
    type_key,
)
from guichet.inscriptions.queries.people import ActeurNotFound

__all__ = [
    "ActeurGone",
    "ActeurNotFound",
    "AlreadySettled",
    "AskedTooOften",
    "CannotBegin",
    "CharterNotAccepted",
    "DeclarationNotChosen",
    "EtablissementUnknown",
    "Homonym",
    "InscriptionEnded",
    "KeyRefused",
    "KeySpent",
    "KeyTriesLockedOut",
    "LastAdministrateur",
    "MotifMissing",
    "MotifTooLong",
    "NoAddress",
    "NoRole",
    "NobodyToAsk",
    "NotAdministrateur",
    "NotOffered",
    "NotOnesOwnPlace",
    "NotOneself",
    "NotOverAdministrateur",
    "NotTheSuccessor",
    "NothingChosen",
    "NothingTicked",
    "PlaceUnknown",
    "TooManyLetters",
    "add_declarations",
    "admit",
    "ask_help",
    "begin",
    "begin_changement",
    "change_genre",
    "choose_way",
    "correct_email",
    "create",
    "end",
    "end_acteur",
    "end_etablissement",
    "grant",
    "lapse_candidates",
    "lock",
    "new_provisional",
    "refuse",
    "remind_candidates",
    "remove_declaration",
    "set_roles",
    "sync_etablissements",
    "tell_help_asked",
    "tick",
    "type_key",
    "withdraw",
]
