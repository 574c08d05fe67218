"""Who comes to the door of companies, and what fills in its addresses."""

from typing import Any

from django.test import Client

from guichet.accounts.models import Account
from guichet.espaces.declarant.definition import DECLARANT
from guichet.habilitations import operations as habilitations
from guichet.habilitations.rules import Wanted
from guichet.imports.models import Demande
from guichet.imports.states import Etat, Verdict
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.rules import Genre
from guichet.portefeuilles.models import Cliente
from tests.depots import declarants
from tests.entreprises import files
from tests.imports import world as requests
from tests.inscriptions import world
from tests.portefeuilles import world as portfolios


def people() -> dict[str, Acteur]:
    """Those who act for a company, or ask to; the first three are of one, and the second may file there."""
    # The company of the samples, as its administrateur files them.
    company = world.company(rank=declarants.RANK, declarations=declarants.DECLARATIONS)
    other = world.company(Genre.TIERS)
    found = {
        "administrateur": world.administrateur(company),
        "declarant": world.declarant(company),
        "candidate": world.candidate(company),
        "rival": world.administrateur(other),
        "tiers": portfolios.tiers(declarants=0).administrateur,
    }
    right = Wanted(acteur_id=found["declarant"].pk, siret=company.siret, declaration="dsn", on=True)
    habilitations.apply(by=found["administrateur"], wanted=[right])
    declarants.give(found["administrateur"], company.siret, "dsn")
    _by_file(found["tiers"])
    return found


def _by_file(tiers: Acteur) -> None:
    """A portfolio with two clients (the second is the administrateur's company), and a request that waits to
    be validated."""
    portefeuille = portfolios.portefeuille(tiers.inscription)
    cliente = portfolios.cliente(portefeuille)
    portfolios.cliente(portefeuille, rank=declarants.RANK, registered=False)
    demande = requests.demande(
        portefeuille, tiers, etat=Etat.PRETE, counts={"lignes": 1, "suppressions": 1}, total=1, done=1
    )
    requests.ligne(
        demande,
        siret=portfolios.sirets(cliente)[0],
        given=[False],
        verdict=Verdict.SUPPRESSION,
        reasons=[""],
    )


def accounts(found: dict[str, Acteur]) -> dict[str, Account]:
    """The accounts of ``people``, and that of somebody who acts for nobody."""
    rank = world.a_rank()
    world.put_into_register(rank)
    return {
        **{name: one.account for name, one in found.items()},
        "loose": world.account(files.siret(rank)),
    }


def signed_in(account: Account) -> Any:
    """A browser where ``account`` has signed in by the page of this door."""
    client: Any = Client()
    form = {**DECLARANT.identifier.split(account.identifier), "password": world.PASSWORD}
    assert client.post("/declarant/connexion/", form).status_code == 302
    return client


PERSON = ("person", "person_given", "person_email", "person_password", "person_roles", "person_rights")
IMPORT = ("", "_validate", "_delete", "_take_back")
PORTEFEUILLE = ("portefeuille", "portefeuille_rename", "portefeuille_declarations", "portefeuille_close")
CLIENTE = ("", "_places", "_declarations", "_transfer", "_remove")


def places() -> dict[str, dict[str, Any]]:
    """What fills in the addresses of this door, but for filings."""
    living = Acteur.objects.filter(administrateur=False).order_by("pk")
    somebody, asking = living.filter(declarant=True).first(), living.filter(began_at=None).first()
    assert somebody is not None
    assert asking is not None
    demande = Demande.objects.get()
    first, own = Cliente.objects.order_by("pk")
    return {
        **{f"declarant:{name}": {"portefeuille_id": first.portefeuille_id} for name in PORTEFEUILLE},
        "declarant:clientes_add": {"portefeuille_id": first.portefeuille_id},
        **{f"declarant:cliente{name}": {"cliente_id": first.pk} for name in CLIENTE},
        "declarant:tiers_end": {"cliente_id": own.pk},
        "declarant:tiers_let_back": {"cliente_id": own.pk},
        **{f"declarant:import{name}": {"demande_id": demande.pk} for name in IMPORT},
        "declarant:import_report": {"demande_id": demande.pk, "ext": "csv"},
        "declarant:import_template": {
            "portefeuille_id": demande.portefeuille_id,
            "kind": "etablissements",
            "ext": "csv",
        },
        **{f"declarant:{name}": {"acteur_id": somebody.pk} for name in (*PERSON, "person_remove")},
        "declarant:candidate_grant": {"acteur_id": asking.pk},
        "declarant:candidate_refuse": {"acteur_id": asking.pk},
        "declarant:declaration_remove": {"code": "dsn"},
        "declarant:register_step": {"number": 1, "slug": "profil"},
        "declarant:choose_step": {"number": 1, "slug": "profil"},
        "declarant:table": {"slug": "declarations"},
        "declarant:register_sent": {"number": 1},
        "declarant:registration_pdf": {"number": 1},
        "declarant:undo": {"changement_id": Changement.objects.earliest("pk").pk},
    }
