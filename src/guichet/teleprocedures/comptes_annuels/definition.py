"""Annual accounts of an association, initial or rectified (000, steps 6 to 8)."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.depots.definitions import (
    Answer,
    Confirmation,
    Data,
    FileRules,
    Instruction,
    Published,
    Subject,
    Teleprocedure,
    Unique,
)
from guichet.depots.models import Depot
from guichet.depots.rules import held
from guichet.espaces.association.definition import SERVICE, TERMS_VERSION
from guichet.kernel.dates import in_words
from guichet.kernel.email_address import EmailAddress
from guichet.kernel.refusals import N_
from guichet.teleprocedures.comptes_annuels import rules
from guichet.teleprocedures.comptes_annuels.reasons import REASONS, WITHDRAWALS
from guichet.teleprocedures.comptes_annuels.register import compare

NATURE_LABELS = {
    rules.INITIAL: N_("Initial : premier dépôt pour cet exercice"),
    rules.RECTIFICATIF: N_("Rectificatif : remplace un dépôt déjà fait pour cet exercice"),
}


def subject(account: Account, data: Data) -> Subject:  # noqa: ARG001 - one files for oneself alone
    """The association itself, whose SIREN one signs in with."""
    return Subject(
        siren=account.identifier, name=str(account.profile["name"]), capacity=N_("L’association elle-même")
    )


def clean(data: Data, today: dt.date) -> Data:
    """The answers that hold. Raises ``InvalidAnswers`` with one refusal a field."""
    return held(rules.clean(data, today))


def unique(account: Account, data: Data) -> Unique:  # noqa: ARG001 - the subject is the account itself
    """One filing for one closing date; a rectificatif supersedes it (000, step 6)."""
    date = dt.date.fromisoformat(data["date_cloture"])
    return Unique(
        key=date.isoformat(),
        label=f"comptes clos le {in_words(date)}",
        rectifies=data["nature"] == rules.RECTIFICATIF,
    )


def publication(data: Data) -> Published:
    """The public finds accounts by the date at which they were closed."""
    date = dt.date.fromisoformat(data["date_cloture"])
    return Published(date=date, label=N_("Comptes annuels"))


def answers(data: Data) -> Sequence[Answer]:
    """What the recap, the filing's page and the receipt show."""
    date = dt.date.fromisoformat(data["date_cloture"])
    return (
        Answer(label=N_("Date de clôture de l’exercice"), value=in_words(date), step="exercice"),
        Answer(label=N_("Type de dépôt"), value=NATURE_LABELS[data["nature"]], step="exercice"),
        Answer(label=N_("Adresse postale"), value=data["adresse"], step="coordonnees"),
        Answer(label=N_("Adresse électronique"), value=_shown(data["courriel"]), step="coordonnees"),
    )


def _shown(address: str) -> str:
    return EmailAddress(address).display if "@" in address else address  # it was erased


def legal_notice(depot: Depot) -> Sequence[str]:  # noqa: ARG001 - the same for every filing
    """Silence decides nothing (art. R112-11-1 CRPA)."""
    return (
        _(
            "Il s’agit d’un dépôt et non d’une demande : le silence de l’administration ne vaut ni accord ni "
            "refus. La publication des comptes est décidée par le service désigné ci-dessus."
        ),
    )


def sample() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """Answers and a file that hold, for the conformance test."""
    data = {
        "date_cloture": "2024-12-31",
        "nature": rules.INITIAL,
        "adresse": "12 rue des Tilleuls\n37000 Tours",
        "courriel": "tresorier@exemple.fr",
    }
    return data, [("comptes-2024.pdf", _one_page())]


def _one_page() -> bytes:
    import pikepdf

    pdf, content = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.save(content)
    return content.getvalue()


COMPTES_ANNUELS = Teleprocedure(
    code="comptes_annuels",
    label=N_("Dépôt des comptes annuels"),
    invitation=N_("Déposer ou rectifier vos comptes"),
    summary=N_("Un premier dépôt pour un exercice, ou une nouvelle version de comptes déjà déposés."),
    espace="association",
    revision="2026-1",
    service=SERVICE,
    start_url="comptes_annuels:start",
    draft_url="comptes_annuels:draft",
    subject=subject,
    clean=clean,
    unique=unique,
    answers=answers,
    sample=sample,
    files=FileRules(),
    terms_version=TERMS_VERSION,
    personal=frozenset({"adresse", "courriel"}),
    legal_notice=legal_notice,
    instruction=Instruction(
        compare=compare, reasons=REASONS, withdrawals=WITHDRAWALS, due_after=dt.timedelta(days=15)
    ),
    publication=publication,
    confirmation=Confirmation(recall_after=dt.timedelta(days=2), expires_after=dt.timedelta(days=15)),
)
