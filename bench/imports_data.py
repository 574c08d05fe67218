"""A firm, its people, and a portfolio of 100,000 établissements, written by COPY; the files that it sends."""

import csv
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

PEOPLE, PLACES = 40, 2_500  # 100,000 lines of rights
CLIENTES = 100_000  # of one établissement each: the file of établissements
PAGED = 50_000  # établissements of the portfolio that is paged
CODES = ("dsn", "pasrau", "c3s", "ducs", "dpae")
TABLES = (
    "portefeuilles_cliente",
    "portefeuilles_etablissementclient",
    "portefeuilles_declarationcliente",
    "habilitations_habilitation",
    "imports_ligne",
    "sirene.unite",
    "sirene.etablissement",
)
NAME, PAGED_NAME = "Clients", "Grand"


def codes() -> list[str]:
    """Five declarations that the catalogue offers."""
    from guichet.inscriptions import catalogue

    return list(catalogue.declarations())[: len(CODES)]


def register() -> list[str]:
    """Put ``CLIENTES`` companies of one établissement into the register; their SIRETs."""
    from tests.entreprises import files

    ranks = range(200_000, 200_000 + CLIENTES)
    sirets = [files.siret(rank, 1) for rank in ranks]
    _copy(
        'sirene.unite (siren, "denominationUniteLegale", "categorieJuridiqueUniteLegale",'
        ' "etatAdministratifUniteLegale", "nicSiegeUniteLegale", "statutDiffusionUniteLegale")',
        ((siret[:9], f"ENTREPRISE {siret[:9]}", "5710", "A", siret[9:], "O") for siret in sirets),
    )
    _copy(
        'sirene.etablissement (siren, nic, siret, "etablissementSiege", "libelleCommuneEtablissement",'
        ' "etatAdministratifEtablissement", "statutDiffusionEtablissement")',
        ((siret[:9], siret[9:], siret, "true", "LYON", "A", "O") for siret in sirets),
    )
    return sirets


def firm() -> Any:
    """A tiers déclarant of ``PEOPLE`` people that declares all of ``codes()``: its administrateur."""
    from tests.portefeuilles import world

    cabinet = world.tiers(declarations=codes(), declarants=PEOPLE - 1)
    return cabinet.administrateur


def portfolio(boss: Any, name: str, sirets: Sequence[str]) -> Any:
    """A portfolio that contains all declarations, with a client a SIRET, each declaring all of them."""
    from tests.portefeuilles import world

    made = world.portefeuille(boss.inscription, name, declarations=codes())
    change = world.changement(boss.inscription)
    _sql(
        "INSERT INTO portefeuilles_cliente (inscription_id, portefeuille_id, siren, name, sort_key, began_at,"
        " opened_at, opened_in_id, closed_because) SELECT %s, %s, left(s, 9), 'ENTREPRISE ' || left(s, 9),"
        " 'ENTREPRISE ' || left(s, 9), %s, %s, %s, '' FROM unnest(%s::text[]) s",
        [boss.inscription_id, made.pk, change.at, change.at, change.pk, list(sirets)],
    )
    _sql(
        "INSERT INTO portefeuilles_etablissementclient (cliente_id, siret, opened_at, opened_in_id)"
        " SELECT c.id, s, %s, %s FROM unnest(%s::text[]) s"
        " JOIN portefeuilles_cliente c ON c.siren = left(s, 9)",
        [change.at, change.pk, list(sirets)],
    )
    _sql(
        "INSERT INTO portefeuilles_declarationcliente (cliente_id, code, starts_at, opened_at, opened_in_id)"
        " SELECT c.id, code, %s, %s, %s FROM portefeuilles_cliente c, unnest(%s::text[]) code"
        " WHERE c.portefeuille_id = %s",
        [change.at, change.at, change.pk, codes(), made.pk],
    )
    _sql(f"ANALYZE {', '.join(TABLES)}", None)
    return made


def rights_file(boss: Any, sirets: Sequence[str], wanted: Sequence[str]) -> bytes:
    """Each of the firm's people × each of ``sirets``: 1 for each of ``wanted``."""
    from guichet.inscriptions.models import Acteur

    people = Acteur.objects.filter(inscription=boss.inscription_id).select_related("account")
    names = [
        (one.account.profile["last_name"], one.account.profile["first_name"], one.siret) for one in people
    ]
    assert len(names) == PEOPLE
    ones = ["1"] * len(wanted)
    return _table(
        ["SIRET", "Nom", "Prénom", "SIRET de connexion", *wanted],
        ([siret, *name, *ones] for siret in sirets for name in names),
    )


def places_file(sirets: Sequence[str]) -> bytes:
    """Each of ``sirets``, to be added."""
    return _table(["SIRET", "1/0"], ([siret, "1"] for siret in sirets))


def deposit(boss: Any, portefeuille: Any, kind: str, content: bytes) -> uuid.UUID:
    """A request with this file, as a page deposits it; nobody gets rights on what it adds."""
    from guichet.imports import operations
    from guichet.imports.states import Beneficiaires, Kind
    from tests.imports import world

    with closing(world.upload(content)) as upload:
        made = operations.deposit(
            by=boss,
            portefeuille_id=portefeuille.pk,
            kind=Kind(kind),
            upload=upload,
            beneficiaires=Beneficiaires.PERSONNE,
        )
    return made.pk


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return written.getvalue().encode("utf-8-sig")


def _copy(into: str, rows: Iterator[Sequence[str]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _sql(statement: str, params: Sequence[Any] | None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, params)
