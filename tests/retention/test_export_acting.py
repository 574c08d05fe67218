"""The copy of somebody who declares: the companies, the roles, the rights, and nobody else's."""

import datetime as dt
import io
import json
import zipfile
from typing import Any

import pytest

from guichet.accounts.models import Account, Provisional
from guichet.files import queries as files
from guichet.habilitations.models import Habilitation
from guichet.inscriptions.models import Acteur, Candidature, Changement
from guichet.inscriptions.rules import LAPSES_AFTER, Voie
from guichet.kernel import clock
from guichet.retention import operations, queries
from tests.imports import world as requests
from tests.inscriptions import world
from tests.portefeuilles import world as firms

pytestmark = pytest.mark.django_db


def data(account: Account) -> Any:
    operations.ask_export(account=account)
    operations.build_export(account_id=str(account.pk))
    copy = queries.export_of(account=account)
    assert copy
    with files.open_stored(sha256=copy.sha256) as content:
        return json.loads(zipfile.ZipFile(io.BytesIO(content.read())).read("vos-donnees.json"))


def right(acteur: Acteur, declaration: str) -> None:
    now = clock.now()
    gesture = Changement.objects.create(
        inscription=acteur.inscription, at=now, by=acteur.subject, origine="manuelle", opened=1
    )
    values = {"siret": acteur.siret, "declaration": declaration, "opened_at": now, "opened_in": gesture}
    Habilitation.objects.create(acteur=acteur, **values)


def test_the_company_the_roles_and_the_rights_of_the_person_are_told() -> None:
    company = world.company()
    boss = world.administrateur(company)
    mine = world.declarant(company)
    right(boss, "dsn")
    right(mine, "c3s")
    [told] = data(mine.account)["entreprises"]
    assert (told["siren"], told["administrateur"], told["declarant"]) == (company.siren, False, True)
    assert [one["declaration"] for one in told["habilitations"]] == ["c3s"]
    assert told["candidature"] is None


def test_a_candidature_is_told_with_what_became_of_it() -> None:
    company = world.company()
    world.administrateur(company)
    acteur = world.candidate(company)
    now = clock.now()
    Candidature.objects.filter(pk=acteur.pk).delete()
    Candidature.objects.create(
        acteur=acteur, voie=Voie.COOPTATION, asked_at=now, lapses_at=now + LAPSES_AFTER, settled_at=now,
        settled_by="agent:1", issue="refusee", motif="Inconnu chez nous.",
    )  # fmt: skip
    [told] = data(acteur.account)["entreprises"]
    assert (told["candidature"]["issue"], told["candidature"]["motif"]) == ("refusee", "Inconnu chez nous.")


def test_a_provisional_password_is_told_without_it() -> None:
    acteur = world.declarant(world.company())
    now = clock.now()
    Provisional.objects.create(
        account=acteur.account,
        hash="argon2$secret",
        given_at=now,
        given_by="x",
        expires_at=now + dt.timedelta(1),
    )
    told = data(acteur.account)
    assert set(told["mot_de_passe_provisoire"]) == {"donne_le", "expire_le"}
    assert "argon2$secret" not in json.dumps(told)


def test_the_requests_by_file_that_they_made_are_told() -> None:
    firm = firms.tiers()
    portefeuille = firms.portefeuille(firm.inscription)
    requests.demande(portefeuille, firm.administrateur, file_name="clients.csv", counts={"ajouts": 2})
    requests.demande(portefeuille, world.administrateur(firm.inscription), file_name="autre.csv")
    [told] = data(firm.administrateur.account)["entreprises"]
    [one] = told["demandes_par_fichier"]
    assert (one["fichier"], one["nature"], one["comptes"]) == ("clients.csv", "etablissements", {"ajouts": 2})
