"""Files that are read, judged and applied: what becomes of lines, portfolios and rights."""


import pytest

from guichet.habilitations.models import Habilitation
from guichet.imports.models import Demande, Ligne
from guichet.imports.states import Etat
from guichet.portefeuilles.models import EtablissementClient, Portefeuille
from tests.imports import world as imports
from tests.inscriptions import world as companies
from tests.portefeuilles import world

pytestmark = pytest.mark.django_db


def held() -> set[tuple[int, str, str]]:
    """All rights that are held."""
    return set(Habilitation.objects.filter(closed_at=None).values_list("acteur_id", "siret", "declaration"))


def placed(portefeuille: Portefeuille) -> set[str]:
    """The établissements of a portfolio."""
    rows = EtablissementClient.objects.filter(cliente__portefeuille=portefeuille, closed_at=None)
    return set(rows.values_list("siret", flat=True))


def verdicts(demande: Demande) -> list[tuple[int, str, list[str]]]:
    """Each line, its verdict and its reasons."""
    rows = Ligne.objects.filter(demande=demande).order_by("numero")
    return list(rows.values_list("numero", "verdict", "reasons"))


def test_a_file_of_etablissements_brings_them_with_rights_and_takes_others_away() -> None:
    firm = world.tiers(declarants=1)
    portefeuille = world.portefeuille(firm.inscription)
    there = world.cliente(portefeuille, places=2)
    gone = there.etablissements.order_by("siret").last().siret
    siren = companies.put_into_register(companies.a_rank(), places=1)
    new = f"{siren}{'00011'}"
    new = next(iter(_sirets(siren)))
    content = imports.etablissements(
        (new, 1), (gone, 0), (there.etablissements.order_by("siret")[0].siret, 1), ("00000000000000", 1)
    )

    demande = imports.ready(portefeuille, firm.administrateur, content)
    assert demande.problem is None
    assert [(verdict, reasons) for _n, verdict, reasons in verdicts(demande)] == [
        ("ajout", [""]),
        ("suppression", [""]),
        ("deja", ["already"]),
        ("impossible", ["siret_rounded"]),
    ]
    assert not held()

    demande = imports.applied(demande, firm.administrateur)
    assert demande.etat == Etat.OK_PARTIEL
    people = {firm.administrateur.pk, firm.declarants[0].pk}
    assert held() == {(who, new, code) for who in people for code in ("dsn", "c3s")}
    assert placed(portefeuille) == {new, there.etablissements.order_by("siret")[0].siret}


def _sirets(siren: str) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT siret FROM sirene.etablissement WHERE siren = %s ORDER BY 1", [siren])
        return [row[0] for row in cursor.fetchall()]
