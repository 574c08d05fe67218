"""Companies to ask, what is asked of them, and their letters."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils.crypto import get_random_string

from guichet.accounts.models import Account
from guichet.accounts.rules import Client
from guichet.adhesions.models import Demande
from guichet.adhesions.operations import open_by_code
from guichet.adhesions.rules import TELEPROCEDURE
from guichet.adhesions.values import Answerer
from guichet.courriers.models import Courrier
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.kernel import clock
from tests.adhesions.firm import FIRM
from tests.entreprises import files

ALIVE, OTHER, CLOSED, HOMELESS, DISCREET, MOVED_OUT = (files.siren(rank) for rank in range(1, 7))
NOBODYS = files.siren(99)
MANY = range(100, 160)  # ranks of companies that nothing is special about
HERE = Client(address="192.0.2.7", agent="Firefox")
ELSEWHERE = Client(address="198.51.100.9", agent="Firefox")


def quickest(act: Callable[[], object], times: int = 3) -> float:
    """Seconds of our own work, the quickest of some runs: what else the machine does is left out, and what
    the database does, whose queries are counted elsewhere."""
    taken = []
    for _ in range(times):
        before = time.thread_time()
        act()
        taken.append(time.thread_time() - before)
    return min(taken)


def register_files(folder: Path, many: range = MANY) -> tuple[Path, Path]:
    """A register of companies of each kind."""
    unites = [
        files.unite(1, "BOULANGERIE DU PONT"),
        files.unite(2, "GARAGE DE LA PLACE"),
        files.unite(3, "USINE FERMEE", etatAdministratif="C"),
        files.unite(4, "SANS ADRESSE"),
        files.unite(5, "DISCRETE", statutDiffusion="P"),
        files.unite(6, "SIEGE PARTI"),
        files.unite(99, "CABINET DU PONT", siren=FIRM, nicSiege="00074"),
        *(files.unite(rank, f"CLIENT {rank}") for rank in many),
    ]
    places = [
        *(files.etablissement(rank) for rank in (1, 2, 3, 5)),
        files.etablissement(6, etatAdministratif="F"),
        files.etablissement(99, siren=FIRM, nic="00074", siret=f"{FIRM}00074"),
        *(files.etablissement(rank) for rank in many),
    ]
    return files.write(folder / "u.csv", unites), files.write(folder / "e.csv", places)


def asked(account: Account, siren: str = ALIVE, **answers: str) -> Demande:
    """A request, as its screens or its list make it."""
    depot = filed(account, siren, **answers)
    return Demande.objects.select_related("depot").get(pk=depot.pk)


def filed(account: Account, siren: str = ALIVE, **answers: str) -> Depot:
    """The filing of a request."""
    data: Mapping[str, str] = {"siren": siren, "services": "tva,is", "qualite": "expert_comptable", **answers}
    return depots.file_at_once(
        account=account, teleprocedure=TELEPROCEDURE, answers=data, accepted_terms=True
    )


def code_of(demande: Demande) -> str:
    """The code in the letter that waits to be printed."""
    assert demande.letter
    return demande.letter.body.split("Votre code : ")[1].split()[0]


def by_code(demande: Demande) -> Answerer:
    """Whoever holds the letter."""
    opened = open_by_code(siren=demande.siren, code=code_of(demande), client=HERE)
    return Answerer(code_hash=opened.code_hash)


def company_account(siren: str = ALIVE, *, espace: str = "association") -> Account:
    """An account that *is* the company; in another espace, one that says that it works there."""
    identifier = siren if espace == "association" else f"{get_random_string(8).lower()}@ailleurs.example"
    made: Account = Account.objects.create(
        espace=espace,
        identifier=identifier,
        email=f"contact-{get_random_string(6).lower()}@exemple.fr",
        profile={"name": "BOULANGERIE DU PONT"},
        siren=siren,
        terms_version="1",
        created_at=clock.now(),
    )
    return made


def messages_about(demande: Demande, template: str = "") -> list[Courrier]:
    """What was written about a request, the first one first."""
    rows = Courrier.objects.filter(about__in=[demande.correspondence, f"depot:{demande.pk}"]).order_by("pk")
    return list(rows.filter(template__startswith=template) if template else rows)
