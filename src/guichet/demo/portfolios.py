"""The demonstration's tiers déclarant: portfolios that requests by file fill, and who may file what there.

All of it is made by the operations that every firm's requests are made by; they stay in its list.
"""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guichet.accounts.models import Account
from guichet.demo import register
from guichet.demo.declarants import ASSISTANT, ESPACE, FIRM, OPEN_ALREADY, Declarant
from guichet.entreprises import queries
from guichet.files import stores
from guichet.files.uploads import HashedUpload
from guichet.habilitations import operations as rights
from guichet.habilitations.operations import hiring
from guichet.habilitations.rules import Wanted
from guichet.imports import operations as imports
from guichet.imports.models import Demande
from guichet.imports.states import Beneficiaires, Etat, Kind
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.queries import acteur_of
from guichet.inscriptions.rules import Person
from guichet.kernel import clock
from guichet.kernel.cells import csv_lines
from guichet.portefeuilles import operations as portefeuilles
from guichet.portefeuilles.models import DeclarationCliente, Portefeuille
from guichet.portefeuilles.queries import portefeuilles as portefeuilles_of

BRANCH = register.CLIENTS[register.CLOSED_BRANCH]  # whose second établissement is closed
NOBODYS = 9_000  # a rank that the register has not
COLLEAGUES = (("Jules", "Imaginaire"), ("Ines", "Factice"))
HEAD = ("SIRET", "1/0")
RIGHTS_HEAD = ("SIRET", "Nom", "Prénom", "SIRET de connexion", "dsn")


@dataclass(frozen=True)
class Portfolio:
    """What a portfolio is called, whom it holds (ranks of the register), and what is declared for them."""

    name: str
    clients: Sequence[int]
    codes: Sequence[str]
    wrong: Sequence[str] = ()  # SIRETs of its file that can't come


PORTFOLIOS = (
    Portfolio(
        "Commerces",
        register.CLIENTS[:18],
        ("dsn", "pasrau"),
        wrong=(register.siret(BRANCH, 2), register.siret(NOBODYS), f"{register.siret(NOBODYS)[:-1]}x"),
    ),
    Portfolio("Artisans", register.CLIENTS[18:32], ("dsn",)),
    Portfolio("Services", register.CLIENTS[32:], ("dsn", "c3s")),
)


def fill() -> int:
    """Compose the portfolios of the firm where it has none; how many were made. Idempotent.

    Job ``demo.fill``. Nothing where somebody imported a register of their own, or one without the clients.
    """
    boss = _acteur(FIRM)
    if boss is None or portefeuilles_of(acteur=boss) or not _is_ours():
        return 0
    for one in PORTFOLIOS:
        _compose(boss, one)
    # What opens later shows its countdown; what people are to try is open.
    DeclarationCliente.objects.filter(
        cliente__inscription=boss.inscription, cliente__portefeuille__name__in=["Commerces", "Artisans"],
        code__in=OPEN_ALREADY,
    ).update(starts_at=clock.now())  # fmt: skip
    _give(boss)
    _ask(boss)
    return len(PORTFOLIOS)


def _is_ours() -> bool:
    return queries.etablissement(siret=register.siret(register.CLIENTS[-1])) is not None


def _acteur(one: Declarant) -> Acteur | None:
    account = Account.objects.filter(espace=ESPACE, identifier=one.identifier).first()
    return acteur_of(account=account) if account else None


def _compose(boss: Acteur, one: Portfolio) -> None:
    made = portefeuilles.create(by=boss, name=one.name)
    for code in one.codes:
        _apply(boss, imports.ask_declaration(by=boss, portefeuille_id=made.pk, declaration=code, adds=True))
    lines = [(register.siret(rank), "1") for rank in one.clients] + [(siret, "1") for siret in one.wrong]
    _apply(boss, _deposit(boss, made, Kind.ETABLISSEMENTS, [HEAD, *lines], Beneficiaires.PERSONNE))


def _give(boss: Acteur) -> None:
    """The head of the firm may file everything; others some of it, somebody nothing yet."""
    assistant = _acteur(ASSISTANT)
    first, _other = (_hired(boss, *names) for names in COLLEAGUES)
    shops, artisans, services = PORTFOLIOS
    wanted = [
        *(line for one in PORTFOLIOS for line in _lines(boss, one, one.codes)),
        *(_lines(assistant, shops, ["dsn"]) if assistant else []),
        *_lines(first, artisans, ["dsn"]),
        *_lines(first, services, ["c3s"]),
    ]
    rights.apply(by=boss, wanted=wanted)


def _ask(boss: Acteur) -> None:
    """A request that waits for « Valider »: the assistant is to file for some craftsmen too."""
    artisans = PORTFOLIOS[1]
    made = Portefeuille.objects.get(inscription=boss.inscription, name=artisans.name, closed_at=None)
    who = (ASSISTANT.last_name, ASSISTANT.first_name, ASSISTANT.siret)
    lines = [(register.siret(rank), *who, "1") for rank in artisans.clients[:6]]
    imports.read(demande_id=_deposit(boss, made, Kind.HABILITATIONS, [RIGHTS_HEAD, *lines]).pk)


def _hired(boss: Acteur, first_name: str, last_name: str) -> Acteur:
    email = f"{first_name}.{last_name}@declarant-exemple.example".lower()
    person = Person(last_name=last_name, first_name=first_name, email=email)
    return hiring.hire(by=boss, person=person, siret=FIRM.siret)[0]


def _lines(acteur: Acteur, one: Portfolio, codes: Sequence[str]) -> list[Wanted]:
    sirets = [register.siret(rank) for rank in one.clients]
    return [
        Wanted(acteur_id=acteur.pk, siret=siret, declaration=code, on=True)
        for siret in sirets
        for code in codes
    ]


def _apply(boss: Acteur, demande: Demande) -> None:
    imports.read(demande_id=demande.pk)
    demande.refresh_from_db()
    if demande.etat != Etat.PRETE:
        return
    try:
        imports.validate(by=boss, demande_id=demande.pk)
    except imports.NothingToDo:
        return  # somebody imported a register of their own meanwhile: it does not know these companies
    imports.run(demande_id=demande.pk)


def _deposit(
    boss: Acteur,
    portefeuille: Portefeuille,
    kind: Kind,
    rows: Iterable[Sequence[str]],
    beneficiaires: Beneficiaires = Beneficiaires.TOUS,
) -> Demande:
    with contextlib.closing(_sent(f"{portefeuille.name}.csv", rows)) as upload:
        return imports.deposit(
            by=boss, portefeuille_id=portefeuille.pk, kind=kind, upload=upload, beneficiaires=beneficiaires
        )


def _sent(name: str, rows: Iterable[Sequence[str]]) -> HashedUpload:
    """A file as a spreadsheet writes it, and a browser sends it."""
    content = "".join(csv_lines(rows)).encode()
    file = tempfile.NamedTemporaryFile(dir=stores.incoming(), prefix="upload-")  # noqa: SIM115 - the upload's
    file.write(content)
    file.flush()
    return HashedUpload(name, "text/csv", file, size=len(content), sha256=hashlib.sha256(content).hexdigest())
