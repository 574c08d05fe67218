"""The three kinds of people who come in by this door (001, « Modalités d'accès »)."""

from dataclasses import dataclass

from guichet.accounts.models import Account
from guichet.kernel.refusals import N_


@dataclass(frozen=True, kw_only=True)
class Kind:
    """``company``: whether a SIREN of the register is asked. ``household``: whether there is one to look at.
    ``welcome``: what the home says first."""

    code: str
    label: str
    hint: str
    welcome: str
    company: bool = True
    household: bool = True


PARTICULIER = Kind(
    code="particulier",
    label=N_("Particulier"),
    hint=N_("Pour vous-même et votre foyer : prestations, santé, famille, retraite, logement."),
    welcome=N_("Envoyez les justificatifs de votre foyer et suivez vos échanges avec la caisse."),
    company=False,
)
EXPLOITANT = Kind(
    code="exploitant",
    label=N_("Exploitant"),
    hint=N_("Vous dirigez une exploitation ou une entreprise agricole, avec ou sans salariés."),
    welcome=N_("Envoyez les documents de votre exploitation ou de votre foyer et suivez vos échanges."),
)
EMPLOYEUR = Kind(
    code="employeur",
    label=N_("Employeur"),
    hint=N_("Vous agissez pour une entreprise, une association ou un organisme qui emploie des salariés."),
    welcome=N_("Envoyez les documents qui concernent vos salariés et votre entreprise."),
    household=False,
)
KINDS = {kind.code: kind for kind in (PARTICULIER, EXPLOITANT, EMPLOYEUR)}


def kind_of(account: Account) -> Kind:
    """The kind that ``account`` registered as."""
    return KINDS.get(account.profile.get("kind", ""), PARTICULIER)
