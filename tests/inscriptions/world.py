"""Companies that declare, and their people, as they stand in the database and in the register.

Everything is made directly, so that a test of one operation stands on no other. ``company()`` puts its
company into the register too; tests with threads take the fixture ``empty_register``, as Django's flush does
not know those tables.
"""

import datetime as dt
import itertools
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.rules import Client
from guichet.courriers.models import Courrier, Pli
from guichet.inscriptions.models import (
    Acteur,
    Candidature,
    DeclarationInscrite,
    EtablissementInscrit,
    Inscription,
)
from guichet.inscriptions.rules import LAPSES_AFTER, Choice, Genre, Person, Voie
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.entreprises import files

DOOR = "declarant"
PASSWORD = "Tulipes42nuage"
HERE = Client(address="192.0.2.7", agent="Firefox")
ELSEWHERE = Client(address="198.51.100.9", agent="Firefox")
DECLARATIONS = ("dsn", "c3s")  # what a company of these tests declares, where nothing else is said
PLACES = {Genre.MONO: 1, Genre.MULTI: 3, Genre.TIERS: 1}
SECOND = dt.timedelta(seconds=1)
_ranks, _people = itertools.count(5_000), itertools.count(1)
_FIRST_NAMES = ("Lila", "Omar", "Jeanne", "Karim", "Odile", "Tomas", "Ines", "Paul")


def a_rank() -> int:
    """The rank (``files.siren``) of a company that nobody has yet."""
    return next(_ranks)


def put_into_register(rank: int, *, places: int = 1, name: str = "", **values: str) -> str:
    """A company of ``places`` établissements, the first of which is its siège; its SIREN.

    ``values`` are columns of the unit (``files.unite``).
    """
    put_unite(rank, name or f"ENTREPRISE {rank}", **values)
    for place in range(1, places + 1):
        put_place(rank, place)
    return files.siren(rank)


def put_unite(rank: int, name: str, **values: str) -> None:
    """A company without établissements."""
    _insert("unite", files.unite(rank, name, categorieJuridique="5710", **values))


def put_place(rank: int, place: int, **values: str) -> str:
    """One more établissement of a company; its SIRET."""
    _insert("etablissement", files.etablissement(rank, place, **values))
    return files.siret(rank, place)


def close_place(siret: str) -> None:
    """The register calls an établissement closed from now on."""
    _set_state(siret, "F")


def reopen_place(siret: str) -> None:
    """The register calls it open again."""
    _set_state(siret, "A")


def empty_register() -> None:
    """Nothing is left of the register."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE sirene.unite, sirene.etablissement, sirene.nom")


def company(
    genre: Genre | str = Genre.MULTI,
    *,
    declarations: Collection[str] = DECLARATIONS,
    places: int = 0,
    ticked: int | None = None,
    began_at: dt.datetime | None = None,
    opens_after: dt.timedelta = dt.timedelta(0),
    rank: int = 0,
    registered: bool = True,
) -> Inscription:
    """A company that declares, nobody yet: ``places`` établissements, of which the first ``ticked`` declare
    (all, if not said), and declarations that are open, or open ``opens_after`` its beginning (now)."""
    rank, places = rank or a_rank(), places or PLACES[Genre(genre)]
    if registered:
        put_into_register(rank, places=places)
    now = began_at or clock.now()
    made = Inscription.objects.create(
        siren=files.siren(rank), siret=files.siret(rank), genre=genre, began_at=now, choix={}
    )
    EtablissementInscrit.objects.bulk_create(
        EtablissementInscrit(
            inscription=made,
            siret=files.siret(rank, place),
            found_at=now,
            announced_at=now,
            ticked_at=now if ticked is None or place <= ticked else None,
        )
        for place in range(1, places + 1)
    )
    DeclarationInscrite.objects.bulk_create(
        DeclarationInscrite(
            inscription=made, code=code, added_at=now, added_by="system", opens_at=now + opens_after
        )
        for code in declarations
    )
    return made


def sirets(inscription: Inscription) -> list[str]:
    """Its établissements, the siège first."""
    return list(inscription.etablissements.order_by("siret").values_list("siret", flat=True))


def account(siret: str, name: str = "", **values: Any) -> Account:
    """Somebody who signs in at ``siret``, with ``PASSWORD``, and acts for nobody yet."""
    number = next(_people)
    first, last = name.split(" ", 1) if name else (_FIRST_NAMES[number % 8], f"Exemple {_letters(number)}")
    door = espace(DOOR)
    parts = {part.name: part for part in door.identifier.parts}
    typed = {"siret": siret, "last_name": last, "first_name": first}
    made = Account(
        espace=DOOR,
        identifier=door.identifier.join({key: parts[key].parse(text) for key, text in typed.items()}),
        email=values.pop("email", f"personne-{number}@entreprise.example"),
        profile={"name": f"{first} {last}", "siret": siret, "last_name": last, "first_name": first,
                 "phone": "0199000000", **values.pop("profile", {})},
        siren=siret[:9],
        terms_version=door.terms_version,
        created_at=clock.now(),
        **values,
    )  # fmt: skip
    made.set_password(PASSWORD)
    made.save()
    return made


def acteur(
    inscription: Inscription,
    name: str = "",
    *,
    administrateur: bool = False,
    declarant: bool = True,
    siret: str = "",
    **values: Any,
) -> Acteur:
    """Somebody who acts for ``inscription`` since now; ``values`` are those of the account."""
    siret, now = siret or inscription.siret, clock.now()
    return Acteur.objects.create(
        inscription=inscription,
        account=account(siret, name, **values),
        siret=siret,
        administrateur=administrateur,
        declarant=declarant,
        created_at=now,
        created_by="system",
        began_at=now,
    )


def administrateur(
    inscription: Inscription, name: str = "", *, declarant: bool = True, **values: Any
) -> Acteur:
    """An administrateur, who declares too unless ``declarant`` is ``False``."""
    return acteur(inscription, name, administrateur=True, declarant=declarant, **values)


def declarant(inscription: Inscription, name: str = "", **values: Any) -> Acteur:
    """Somebody who declares, and administers nothing."""
    return acteur(inscription, name, **values)


def candidate(
    inscription: Inscription, name: str = "", *, voie: Voie = Voie.COOPTATION, siret: str = "", **values: Any
) -> Acteur:
    """Somebody who asks to be administrateur since now (by key: there is none that anybody knows)."""
    siret, now = siret or inscription.siret, clock.now()
    who = account(siret, name, **values)
    made = Acteur.objects.create(
        inscription=inscription, account=who, siret=siret, created_at=now, created_by=who.subject
    )
    Candidature.objects.create(acteur=made, voie=voie, asked_at=now, lapses_at=now + LAPSES_AFTER)
    return made


def ended(acteur: Acteur) -> Acteur:
    """Somebody who acts for the company no more."""
    acteur.ended_at, acteur.ended_by = clock.now(), "system"
    acteur.save(update_fields=["ended_at", "ended_by"])
    return acteur


def choice(siren_rank: int, genre: Genre | str = Genre.MULTI, *, places: int = 0, **values: Any) -> Choice:
    """What somebody who registers the company of that rank chose: all of its first ``places``."""
    places = places or PLACES[Genre(genre)]
    said: Mapping[str, Any] = {
        "vous_etes": "employeur",
        "declarations": DECLARATIONS,
        "sirets": tuple(files.siret(siren_rank, place) for place in range(1, places + 1)),
        **values,
    }
    return Choice(genre=Genre(genre), **said)


def person(name: str = "Zoé Nouvelle", email: str = "zoe@entreprise.example") -> Person:
    """Somebody who is to have an account."""
    first, last = name.split(" ", 1)
    return Person(last_name=last, first_name=first, email=email, phone="0199000001")


def boxed(account: Account, template: str = "") -> list[str]:
    """The templates of what stands in the mailbox of ``account``, the first first."""
    rows = Pli.objects.filter(box=account.subject).order_by("created_at", "pk")
    return [row.template for row in rows if row.template.startswith(template)]


def jobs(name: str) -> list[dict[str, Any]]:
    """What the jobs of that name, which wait, are given; the first first."""
    rows = ProcrastinateJob.objects.filter(task_name=name, status="todo").order_by("id")
    return list(rows.values_list("args", flat=True))


def letters(template: str = "") -> list[Courrier]:
    """The letters that wait to be printed, the first first."""
    rows = Courrier.objects.filter(kind=Courrier.Kind.LETTER, template__startswith=template)
    return list(rows.order_by("pk"))


def events(subject: str) -> list[str]:
    """The kinds of what the journal holds of ``subject``, the first first."""
    return [event.kind for event in history(subject=subject)]


def after(days: float, *, less: dt.timedelta = dt.timedelta(0)) -> Any:
    """The clock, so many days on; ``less`` earlier."""
    return clock.travel(dt.timedelta(days=days) - less)


def _set_state(siret: str, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE sirene.etablissement SET "etatAdministratifEtablissement" = %s WHERE siret = %s',
            [state, siret],
        )


def _letters(number: int) -> str:
    """« AAB »: a number that counts in an identifier, where digits of names count for nothing."""
    signs = []
    for _ in range(3):
        number, sign = divmod(number, 26)
        signs.append(chr(ord("A") + sign))
    return "".join(reversed(signs))


def _insert(table: str, line: Mapping[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'sirene' AND table_name = %s",
            [table],
        )
        known = {row[0] for row in cursor.fetchall()} & set(line)
        names = ", ".join(f'"{name}"' for name in sorted(known))
        marks = ", ".join(["%s"] * len(known))
        values = [line[name] for name in sorted(known)]
        cursor.execute(f"INSERT INTO sirene.{table} ({names}) VALUES ({marks})", values)
