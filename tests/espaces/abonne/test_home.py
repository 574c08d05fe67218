"""« Votre espace abonné », and what a subscriber may change."""

import re
from pathlib import Path

import pytest
from django.test import Client

from guichet.accounts.models import Account
from guichet.adhesions.models import Collegue
from guichet.entreprises.operations import import_sirene
from guichet.espaces.abonne.person import PERSON
from guichet.kernel import clock
from tests.espaces.abonne.people import EMAIL, a_subscriber, signed_in
from tests.parcours import register as sirene
from tests.web.people import an_association, text_of
from tests.web.people import signed_in as at_the_other_door

pytestmark = pytest.mark.django_db
HOME, PROFILE = "/abonne/", "/abonne/compte/"


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


class TestHome:
    """Who one is here, what waits, and the ways."""

    def test_it_says_who_one_is(self) -> None:
        account = a_subscriber()
        page = text_of(signed_in(account).get(HOME))
        for said in ("Votre espace abonné", "Lila Rosemonde", "LES AMIS DU LAVOIR", str(account.number)):
            assert said in page

    def test_every_way_leads_somewhere(self) -> None:
        client = signed_in(a_subscriber())
        page = text_of(client.get(HOME))
        ways = [part.partition('"')[0] for part in page.split('<h2><a href="')[1:]]
        for needed in ("/abonne/compte/", "/abonne/collegues/", "/abonne/formulaire-inscription.pdf"):
            assert needed in ways
        assert {way: client.get(way).status_code for way in ways} == dict.fromkeys(ways, 200)

    def test_a_colleague_who_waits_is_told(self) -> None:
        client = signed_in(_recognised(a_subscriber()))
        assert "à reconnaître" not in text_of(client.get(HOME))
        newcomer = a_subscriber(identifier="zoe@x.example", email="zoe@x.example", number="20263250000002")
        Collegue.objects.create(account=newcomer, siren=newcomer.siren)
        assert "1 personne à reconnaître" in text_of(client.get(HOME))

    def test_a_newcomer_is_not_told_of_others(self) -> None:
        newcomer = a_subscriber()
        Collegue.objects.create(account=newcomer, siren=newcomer.siren)
        other = a_subscriber(identifier="zoe@x.example", email="zoe@x.example", number="20263250000002")
        Collegue.objects.create(account=other, siren=other.siren)
        assert "à reconnaître" not in text_of(signed_in(newcomer).get(HOME))

    def test_a_foreign_company_shows_its_country(self) -> None:
        account = a_subscriber()
        foreign = {**account.profile, "siren": "", "company": "Fiduciaire SA", "foreign_country": "Belgique"}
        account.profile, account.siren = foreign, ""
        account.save()
        page = text_of(signed_in(account).get(HOME))
        assert "Fiduciaire SA" in page
        assert "Belgique" in page

    def test_strangers_sign_in_and_others_stay_out(self) -> None:
        assert Client().get(HOME)["Location"] == "/abonne/connexion/?suite=%2Fabonne%2F"
        assert at_the_other_door(an_association()).get(HOME).status_code == 403


class TestAccessPage:
    """« Espace abonné (création, accès) » is the page where one signs in."""

    def test_the_words_of_the_sheet(self) -> None:
        page = text_of(Client().get("/abonne/connexion/"))
        for words, address in (
            ("cliquez sur ce lien pour vous inscrire", "/abonne/inscription/"),
            ("cliquez sur ce lien pour l’activer", "/abonne/activation/"),
            ("Mot de passe oublié ?", "/abonne/mot-de-passe-oublie/"),
            ("Accédez à votre espace abonné", "/abonne/certificat/connexion/"),
            ("Abonnez-vous à votre espace", "/abonne/certificat/inscription/"),
            ("Renouvelez / réactivez votre accès", "/abonne/certificat/renouvellement/"),
        ):
            before, found, _ = page.partition(words)
            assert found, words
            assert f'href="{address}"' in before[-200:]
        assert "Authentifiez-vous pour accéder à votre espace abonné" in page

    def test_the_other_doors_keep_their_own_words(self) -> None:
        page = text_of(Client().get("/association/connexion/"))
        assert "Vous n’avez pas encore de compte ?" in page
        assert "abonné" not in page


class TestProfile:
    """« Modifier vos données »: the person, not the company."""

    def test_it_shows_what_is_known(self) -> None:
        page = text_of(signed_in(a_subscriber()).get(PROFILE))
        for name in ("last_name", "phone", "street_name", "city"):
            assert f'name="{name}" value="' in page
        words = re.sub(r"<[^>]+>", "", page)
        for shown in ("20263250000001", "LES AMIS DU LAVOIR", f"SIREN {sirene.SIRENS[0]}"):
            assert shown in words
        for fixed in ("company_number", "company_name", "foreign", "question", "answer"):
            assert f'name="{fixed}"' not in page

    def test_the_company_stays_and_the_name_follows(self) -> None:
        account = a_subscriber()
        typed = {name: account.profile[name] for name in PERSON}
        typed |= {"last_name": "Exemple", "siren": sirene.SIRENS[1], "company": "Autre"}
        assert signed_in(account).post(PROFILE, typed).status_code == 302
        found = Account.objects.get()
        assert found.profile["name"] == "Lila Exemple"
        assert found.profile["siren"] == found.siren == sirene.SIRENS[0]
        assert found.profile["company"] == "LES AMIS DU LAVOIR"

    def test_what_does_not_hold_is_explained_and_kept(self) -> None:
        account = a_subscriber()
        typed = {name: account.profile[name] for name in PERSON} | {"phone": "12", "city": "Blois"}
        answer = signed_in(account).post(PROFILE, typed)
        assert answer.status_code == 422
        assert 'name="city" value="Blois"' in text_of(answer)
        assert Account.objects.get().profile["city"] == "Tours"


def test_the_home_page_lists_the_door() -> None:
    page = text_of(Client().get("/"))
    assert "Professionnels et cabinets" in page
    assert 'href="/abonne/connexion/"' in page
    assert EMAIL not in page


def _recognised(account: Account) -> Account:
    Collegue.objects.create(account=account, siren=account.siren, recognised_at=clock.now())
    return account
