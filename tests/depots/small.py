"""Small téléprocédures of the tests' own: with files or none, to be confirmed or not, for others."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.conf import settings

from guichet.accounts.models import Account
from guichet.depots import definitions, operations
from guichet.depots.definitions import (
    UNKNOWN,
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
from guichet.depots.rules import InvalidAnswers
from guichet.kernel.dates import in_words
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import Refusal
from guichet.kernel.service import Service
from tests.depots import factories

SERVICE = Service(
    name="Service des essais", address=("1 rue des Essais", "37000 Tours"), email="essais@guichet.example",
    phone="0199000009",
)  # fmt: skip
CLIENT, OTHER_CLIENT = factories.SIRENS[1], factories.SIRENS[2]
ANSWER_WITHIN = dt.timedelta(days=21)
NOTICE = "Sans réponse le {date}, la demande est refusée."
happened: list[tuple[str, str, str]] = []  # what followed: (filing, event, actor)


def subject(account: Account, data: Data) -> Subject:
    """The client that the answers name."""
    siren = data.get("siren", "")
    return Subject(siren=siren, name=f"CLIENT {siren[:3]}", capacity="Mandataire") if siren else UNKNOWN


def clean(data: Data, today: dt.date) -> Data:
    """A SIREN and what is wanted."""
    errors: dict[str, Refusal] = {}
    good: dict[str, str] = {}
    try:
        good["siren"] = str(Siren.parse(data.get("siren", "")))
    except Refusal as refusal:
        errors["siren"] = refusal
    if errors:
        raise InvalidAnswers(errors=errors)
    return {**good, "objet": data.get("objet", "")}


def unique(account: Account, data: Data) -> Unique:
    """One request of an account for a client."""
    return Unique(key=str(account.pk), label=f"demande pour {data['siren']}", rectifies=False)


def answers(data: Data) -> Sequence[Answer]:
    """What was asked."""
    return (
        Answer(label="SIREN du client", value=data["siren"], step="demande"),
        Answer(label="Ce qui est voulu", value=data["objet"], step="demande"),
    )


def sample() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """What holds."""
    return {"siren": CLIENT, "objet": "Déclarer la TVA"}, ()


def sample_with_file() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """What holds, and a file."""
    return {"siren": CLIENT, "objet": "Déclarer la TVA"}, [("mandat.pdf", factories.pdf())]


def sample_as_is() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """What holds, and a file that is kept as it came."""
    return {"siren": CLIENT, "objet": "Déclarer la TVA"}, [("mars.dsn", b"S10.G00.00.001,'Essai'\r\n")]


def extensions(data: Data) -> Sequence[str]:
    """Other ones where something else is declared."""
    return ("csv",) if data.get("objet") == "Tableau" else ("dsn", "txt")


def legal_notice(depot: Depot) -> Sequence[str]:
    """The implicit decision, and its day (art. R112-11-1 CRPA)."""
    assert depot.submitted_at
    return [NOTICE.format(date=in_words((depot.submitted_at + ANSWER_WITHIN).date()))]


def remember(depot: Depot, event: str, actor: str) -> None:
    """What a téléprocédure may do beside an event."""
    happened.append((str(depot.pk), event, actor))


SMALL = Teleprocedure(
    code="essai",
    label="Demande d’essai",
    espace="abonne",
    revision="1",
    service=SERVICE,
    start_url="essai:start",
    draft_url="essai:draft",
    subject=subject,
    clean=clean,
    unique=unique,
    answers=answers,
    sample=sample,
    files=None,
    terms_version="1",
    confirmation=None,
    legal_notice=legal_notice,
    instruction=Instruction(accepting_needs_reason=True, due_after=ANSWER_WITHIN),
    after=remember,
)
CONFIRMED = replace(  # its espace sends links
    SMALL,
    code="essai_a_confirmer",
    start_url="essai_a_confirmer:start",
    draft_url="essai_a_confirmer:draft",
    espace="association",
    confirmation=Confirmation(),
    instruction=Instruction(),
)
WITH_FILES = replace(
    SMALL,
    code="essai_avec_fichiers",
    start_url="essai_avec_fichiers:start",
    draft_url="essai_avec_fichiers:draft",
    files=FileRules(),
    sample=sample_with_file,
    instruction=Instruction(),
    publication=lambda data: Published(date=dt.date.fromisoformat(data["date_cloture"]), label="Mandat"),
)
AS_IS = replace(
    SMALL,
    code="essai_tel_quel",
    start_url="essai_tel_quel:start",
    draft_url="essai_tel_quel:draft",
    files=FileRules(as_is=True, extensions=extensions, max_size=4_000_000, max_files=3),
    sample=sample_as_is,
    instruction=Instruction(),
)
ALL = {each.code: each for each in (SMALL, CONFIRMED, WITH_FILES, AS_IS)}


@contextmanager
def registered(*definitions_: Teleprocedure) -> Iterator[None]:
    """Those beside the portal's own, for as long as it lasts."""
    with pytest.MonkeyPatch.context() as patch:
        listed = [_NAMES[each.code] for each in definitions_]
        patch.setattr(settings, "TELEPROCEDURES", [*settings.TELEPROCEDURES, *listed])
        definitions.teleprocedures.cache_clear()
        happened.clear()
        try:
            yield
        finally:
            definitions.teleprocedures.cache_clear()


_NAMES = {
    "essai": f"{__name__}.SMALL",
    "essai_a_confirmer": f"{__name__}.CONFIRMED",
    "essai_avec_fichiers": f"{__name__}.WITH_FILES",
    "essai_tel_quel": f"{__name__}.AS_IS",
    "essai_en_documents": "tests.depots.documents.WITH_DOCUMENTS",
}


def firm(rank: int = 0) -> Account:
    """Somebody of a firm, who files for its clients."""
    made = factories.account(siren=factories.SIRENS[0], espace="abonne")
    made.identifier = made.email = f"cabinet-{rank}@exemple.fr"
    made.save()
    return made


def filed(account: Account, siren: str = CLIENT, **more: str) -> Depot:
    """A request that counts."""
    wanted: Mapping[str, str] = {"siren": siren, "objet": "Déclarer la TVA", **more}
    return operations.file_at_once(
        account=account, teleprocedure=SMALL.code, answers=wanted, accepted_terms=True
    )


def filed_by_draft(account: Account, siren: str = CLIENT) -> Depot:
    """The same by way of a draft, which tells its filer."""
    depot = operations.start_draft(account=account, teleprocedure=SMALL.code)
    operations.answer(account=account, depot_id=depot.pk, data={"siren": siren, "objet": "Déclarer la TVA"})
    return operations.submit(account=account, depot_id=depot.pk, accepted_terms=True)
