"""« Mon compte »: one's administrateurs, role and rights (003, chapters 1 and 3)."""

import datetime as dt

import pytest

from guichet.kernel import clock
from guichet.kernel.dates import in_words
from tests.entreprises import files
from tests.espaces.declarant.acting import browser, rights
from tests.inscriptions import world
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
ACCOUNT = "/declarant/compte/"


def test_whom_one_asks_what_one_may_file_and_the_way_to_the_history() -> None:
    company = world.company("multi")
    world.administrateur(company, "Anne Roux", email="anne@entreprise.example")
    omar = world.declarant(company, "Omar Petit")
    rights(omar, world.sirets(company))
    page = text_of(browser(omar.account).get(ACCOUNT))
    for words in (
        "Votre administrateur",
        "Anne Roux, anne@entreprise.example",
        "6 droits.",
        "Déclaration sociale nominative",
        f"/declarant/habilitations/historique/?personne={omar.pk}",
        "déclarant, depuis le",
    ):
        assert words in page


def test_a_right_counts_from_the_day_its_declaration_opens() -> None:
    company = world.company(opens_after=dt.timedelta(days=8))
    omar = world.declarant(company, "Omar Petit")
    rights(omar, world.sirets(company), ["dsn"])
    opens = company.declarations.get(code="dsn").opens_at
    assert f"à partir du {in_words(opens.astimezone(clock.PARIS).date())}" in text_of(
        browser(omar.account).get(ACCOUNT)
    )
    with clock.travel(dt.timedelta(days=8, seconds=1)):
        assert "à partir du" not in text_of(browser(omar.account).get(ACCOUNT))


def test_several_administrateurs_are_all_named() -> None:
    company = world.company()
    anne = world.administrateur(company, "Anne Roux")
    world.administrateur(company, "Jean Petit")
    page = text_of(browser(anne.account).get(ACCOUNT))
    assert "Vos administrateurs" in page
    assert "Anne Roux (vous)" in page
    assert "Jean Petit" in page


def test_who_acts_for_nobody_has_an_account_still() -> None:
    alone = world.account(files.siret(world.a_rank()))
    answer = browser(alone).get(ACCOUNT)
    assert answer.status_code == 200
    assert "Votre administrateur" not in text_of(answer)


def test_the_phone_changes_and_the_names_stay() -> None:
    omar = world.declarant(world.company(), "Omar Petit")
    before = dict(omar.account.profile)
    answer = browser(omar.account).post(ACCOUNT, {"phone": "01 99 00 55 66", "name": "Anne Roux"})
    assert answer.status_code == 302, text_of(answer)
    omar.account.refresh_from_db()
    assert omar.account.profile == {**before, "phone": "01 99 00 55 66"}
