"""The grid of rights of 50 people, 200 établissements and 20 declarations, half of all rights given: what its
pages take on the server, beside a bare page of the portal."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.report import percentile, table
from bench.world import world

if TYPE_CHECKING:  # models are imported once Django is set up
    from guichet.inscriptions.models import Acteur

PEOPLE, PLACES, DECLARATIONS = 50, 200, 20
SAMPLES = 15
ROOT = "/declarant/habilitations/"
BARE = "« Plan du site », signed in: no list, no form"
_MORE = """
[[declarations]]
code = "bench_{n}"
label = "Déclaration d’essai {n}"
organism = "Organisme d’essai"
summary = "Pour mesurer"
colour = "purple-glycine"
extensions = ["txt"]
"""
_SECTOR = """
[[secteurs]]
code = "bench"
label = "Régimes d’essai"
under = ["cotisations_prive"]
declarations = [{codes}]
"""


def measure() -> None:
    """Print the table of this measure."""
    with _catalogue() as file, world(DECLARATIONS=str(file)):
        from guichet.cli import prepare
        from guichet.cli.portal import portal

        with portal(owner=True):
            prepare.migrate()
            chief = _load()
            asked = _asked(chief)
            found: dict[str, list[float]] = {name: [] for name in asked}
            for ask in asked.values():  # templates are read
                ask()
            for _round in range(SAMPLES):
                for name, ask in asked.items():
                    found[name].append(_milliseconds(ask))
            sizes = {name: len(ask().content) for name, ask in asked.items()}
    _print(found, sizes)


@contextmanager
def _catalogue() -> Iterator[Path]:
    """The catalogue that is shipped, and as many declarations more as make twenty."""
    ours = Path(__file__).parent.parent / "src/guichet/inscriptions/declarations.toml"
    text = ours.read_text()
    missing = range(DECLARATIONS - text.count("[[declarations]]"))
    sector = _SECTOR.format(codes=", ".join(f'"bench_{n}"' for n in missing))
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(text + "".join(_MORE.format(n=n) for n in missing) + sector)
        file.flush()
        yield Path(file.name)


def _load() -> "Acteur":
    """The company, its people, and every second right of theirs; the administrateur who looks at them."""
    from django.db import connection

    from guichet.habilitations.models import Habilitation
    from guichet.inscriptions import catalogue
    from guichet.inscriptions.models import Changement
    from guichet.kernel import clock
    from tests.inscriptions import world as companies

    codes, now = list(catalogue.declarations())[:DECLARATIONS], clock.now()
    company = companies.company("multi", places=PLACES, declarations=codes)
    people = [companies.administrateur(company), *(companies.declarant(company) for _ in range(PEOPLE - 1))]
    given = Changement.objects.create(inscription=company, at=now, by="system", origine="inscription")
    cells = [(one, siret, code) for one in people for siret in companies.sirets(company) for code in codes]
    Habilitation.objects.bulk_create(
        (
            Habilitation(acteur=one, siret=siret, declaration=code, opened_at=now, opened_in=given)
            for one, siret, code in cells[::2]
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return people[0]


def _asked(chief: "Acteur") -> dict[str, Callable[[], Any]]:
    """Requests through all of the portal's middleware, answered in this process: no socket."""
    from django.test import Client

    from guichet.inscriptions import catalogue

    client: Any = Client()
    client.force_login(chief.account)
    code = list(catalogue.declarations())[1]
    every = {"tout": "1", "declaration": code, "sens": "donner"}

    def page(address: str) -> Callable[[], Any]:
        return lambda: _answered(client.get(address))

    return {
        BARE: page("/plan/"),
        "the grid, first page (50 × 20)": page(ROOT),
        "page 150 of 200": page(f"{ROOT}?page=150"),
        "lines with a right, of one établissement": page(f"{ROOT}?droits=avec&etablissement=00018"),
        "what 10,000 cells would change": lambda: _answered(client.post(f"{ROOT}verifier/", every)),
        "recap of 100,000 rights, first page": page(f"{ROOT}recapitulatif/"),
    }


def _answered(answer: Any) -> Any:
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code} at {answer.request['PATH_INFO']}")
    return answer


def _milliseconds(ask: Callable[[], Any]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def _print(found: dict[str, list[float]], sizes: dict[str, int]) -> None:
    bare = statistics.median(found[BARE])
    table(
        f"The grid of {PEOPLE} people × {PLACES} établissements × {DECLARATIONS} declarations, half given",
        ("asked", "p50 ms", "p95 ms", "× the bare page", "bytes of HTML"),
        [
            (name, percentile(each, 0.5), percentile(each, 0.95), statistics.median(each) / bare, sizes[name])
            for name, each in found.items()
        ],
    )
