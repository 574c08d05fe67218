"""An attacker's go at the people of companies: what a page tells of who is only guessed at, names that are
taken, addresses and forms with the ids of others, old tabs, nonsense.

Each goes through the pages, as a browser does; what the operations refuse is tested beside them.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guichet.accounts.models import Account, PendingRegistration, Session
from guichet.courriers.models import Courrier
from guichet.inscriptions import operations as inscriptions
from guichet.inscriptions.models import Acteur, Candidature
from guichet.inscriptions.operations import ways
from guichet.inscriptions.rules import Genre, Voie
from tests.attaques.company_accounts import (
    DOOR,
    FORGOTTEN,
    HELP,
    HUGE,
    PEOPLE,
    ROOT,
    a_pair,
    names_of,
    routes,
    sign_in,
)
from tests.entreprises import files
from tests.espaces.declarant import registrants
from tests.espaces.declarant.acting import browser, held
from tests.espaces.declarant.acting import rights as given_rights
from tests.inscriptions import world
from tests.web.people import Answer, html_of, text_of

pytestmark = pytest.mark.django_db
ALLOWED = {200, 302, 403, 404, 405, 409, 422}  # nothing that fails


class TestEnumeration:
    """No page tells whether somebody whom one guesses at is there."""

    def said(self, client: Client, answer: Answer) -> tuple[object, ...]:
        page = re.sub(r'(value|content|nonce|id|for|href)="[^"]*"', "", html_of(answer))
        where = re.sub(r"\?.*", "", answer.get("Location", ""))
        return answer.status_code, where, page, sorted(client.cookies)

    @pytest.mark.parametrize(
        ("page", "more"),
        [
            (DOOR, {"password": "Tulipes42nuage+"}),
            (DOOR, {"password": "12345"}),
            (DOOR, {"password": "12345678"}),
            (FORGOTTEN, {}),
            (FORGOTTEN, {"voie": "provisoire"}),
            (HELP, {}),
        ],
    )
    def test_doors_that_anybody_may_knock_at(self, page: str, more: dict[str, str]) -> None:
        anne, omar = a_pair()
        candidate = world.candidate(anne.inscription)
        waiting = world.declarant(anne.inscription)
        inscriptions.new_provisional(by=anne, acteur_id=waiting.pk)
        gone = world.ended(world.declarant(anne.inscription))
        nobody = {"siret": omar.siret, "last_name": "Personne", "first_name": "Aucune"}
        elsewhere = {**nobody, "siret": files.siret(world.a_rank())}
        typed = [names_of(one.account) for one in (anne, omar, candidate, waiting, gone)]
        found, work = [], []
        Client().post(page, {**nobody, "last_name": "Premier", **more})  # counters of this address exist
        for names in (nobody, elsewhere, *typed):
            client = Client()
            with CaptureQueriesContext(connection) as statements:
                answer = client.post(page, {**names, **more})
            found.append(self.said(client, answer))
            work.append([one["sql"].split()[0] for one in statements])
        assert all(one == found[0] for one in found), found
        assert max(map(len, work)) - min(map(len, work)) <= 2, [len(one) for one in work]

    def test_registering_a_name_that_somebody_signs_in_with(self) -> None:
        """As far as the message, which goes to whoever has the account."""
        _, omar = a_pair()
        pages = []
        for changes in (names_of(omar.account), {**names_of(omar.account), "first_name": "Odile"}):
            client = Client()
            changes = {**changes, "email": "malin@ailleurs.example"}
            siret = changes.pop("siret")
            last = registrants.apply_as_candidate(client, siret, **changes)
            page = re.sub(r'(value|content|nonce)="[^"]*"', "", text_of(client.get(last)))
            pages.append(page.replace(changes["first_name"], "…"))
        assert pages[0] == pages[1]
        sent = Courrier.objects.filter(recipient="malin@ailleurs.example")
        assert {one.template for one in sent} == {"votre_compte"}
        assert Courrier.objects.filter(recipient=omar.account.email, template="compte_existant").exists()
        assert sign_in(omar.account, world.PASSWORD).status_code == 302
        assert not PendingRegistration.objects.filter(identifier=omar.account.identifier).exists()

    def test_a_registration_shows_nobody_of_a_company_that_is_there(self) -> None:
        _, omar = a_pair()
        client = Client()
        page = registrants.to_the_profile(client, omar.siret, first_name="Odile")
        following = registrants.send(client, page, {"voie": "cle"})
        shown = text_of(client.get(page)) + text_of(client.get(following))
        for name in ("Anne", "Roux", "Omar", "Petit", "entreprise.example"):
            assert name not in shown, name


class TestTakeover:
    def test_a_registration_that_waits_while_an_administrateur_gives_the_account(self) -> None:
        """The stranger's link opens nothing of the person's account, whoever was first."""
        anne, _ = a_pair()
        stranger = Client()
        names = {"last_name": "Nouvelle", "first_name": "Zoé", "email": "malin@ailleurs.example"}
        registrants.apply_as_candidate(stranger, anne.siret, **names)
        link = registrants.link_for("malin@ailleurs.example")
        person = {**names, "email": "zoe@entreprise.example", "role": "declarant", "mode": "manuel",
                  "siret": anne.siret}  # fmt: skip
        boss = browser(anne.account)
        assert boss.post(f"{PEOPLE}nouveau/", person).status_code == 302
        stranger.post(link)
        zoe = Account.objects.get(email="zoe@entreprise.example")
        assert not zoe.has_usable_password()
        assert sign_in(zoe, registrants.PASSWORD).status_code == 422
        assert not Account.objects.filter(email="malin@ailleurs.example").exists()

    def test_a_strangers_company_is_asked_for_and_not_entered(self) -> None:
        anne, omar = a_pair()
        stranger = Client()
        registrants.apply_as_candidate(stranger, anne.siret, email="malin@ailleurs.example")
        registrants.confirm(stranger, "malin@ailleurs.example")
        spy = Account.objects.get(email="malin@ailleurs.example")
        assert held(Acteur.objects.get(account=spy)) == 0
        spying = registrants.signed_in(spy)
        for route in (one for one in routes() if "<" not in one):
            page = spying.get(route, follow=True).content.decode(errors="replace")
            for told in ("Anne Roux", "Omar Petit", anne.account.email, omar.account.email):
                assert told not in page, route

    def test_asking_again_and_again_costs_the_company_neither_letters_nor_messages(self) -> None:
        """Asked, taken back, asked again: each time a letter would be printed, and everybody told."""
        anne, _ = a_pair()
        client = Client()
        registrants.apply_as_candidate(client, anne.siret, voie="cle", email="malin@ailleurs.example")
        registrants.confirm(client, "malin@ailleurs.example")
        client = registrants.signed_in(Account.objects.get(email="malin@ailleurs.example"))
        for _ in range(12):
            client.post(f"{ROOT}attente/choix/", {"voie": "cooptation"})
            client.post(f"{ROOT}attente/choix/", {"voie": "cle"})
            client.post(f"{ROOT}attente/retrait/")
            page = client.post(f"{ROOT}choix/")["Location"]
            if page.endswith("/activation/"):
                page = registrants.send(client, page, {"voie": "cle"})
                client.post(page, {})
        letters = [one for one in world.letters() if one.template.endswith("lettre_cle")]
        told = world.boxed(anne.account)
        assert len(letters) == 3
        assert len(told) <= 9, told
        said = text_of(client.post(page, {}))
        assert "Vous avez déjà fait cette demande plusieurs fois" in said

    def test_many_names_at_one_company(self) -> None:
        """One mailbox, a registration for each invented colleague: so many letters, so many messages."""
        anne, _ = a_pair()
        spies = [world.account(anne.siret) for _ in range(ways.MOST_TOLD + 2)]
        for number, spy in enumerate(spies):
            voie = Voie.COOPTATION if number % 2 else Voie.CLE
            choice = world.choice(0, voie=voie, sirets=())
            inscriptions.begin(account=spy, choice=choice)
        for spy in spies:
            for other in ("cle", "cooptation"):
                answer = browser(spy).post(f"{ROOT}attente/choix/", {"voie": other})
                assert answer.status_code in (302, 409, 422)
        assert len(world.letters("inscriptions/lettre_cle")) == ways.MOST_LETTERS
        assert len(world.boxed(anne.account, "inscriptions/candidat")) == ways.MOST_TOLD
        page = text_of(browser(anne.account).get(f"{ROOT}gestion/demandes/"))
        assert page.count("/refus/") == len(spies)


class TestOtherCompanies:
    """An administrateur of one company, with the ids of another, in addresses and in forms."""

    @pytest.fixture
    def mine(self) -> Iterator[tuple[Client, Acteur, Acteur]]:
        _, omar = a_pair(genre=Genre.MULTI, places=2)
        given_rights(omar, world.sirets(omar.inscription))
        spy = world.administrateur(world.company("multi"), "Malin Exemple")
        yield browser(spy.account), spy, omar
        omar.refresh_from_db()
        assert (omar.ended_at, omar.administrateur, held(omar)) == (None, False, 4)
        assert Account.objects.get(pk=omar.account_id).email == omar.account.email

    def test_addresses(self, mine: tuple[Client, Acteur, Acteur]) -> None:
        client, _, omar = mine
        candidate = world.candidate(omar.inscription)
        pages = ["", "mot-de-passe/", "mot-de-passe/donne/", "adresse/", "role/", "droits/", "retirer/",
                 "retirer/?vers=sans", "retirer/?vers=nouveau"]  # fmt: skip
        everything = {"email": "malin@x.example", "role": "les-deux", "compris": "on", "issue": "sans"}
        for page in (f"{PEOPLE}{omar.pk}/{page}" for page in pages):
            assert client.get(page).status_code == 404, page
            assert client.post(page, everything).status_code in (404, 405), page
        for page in ("accord/", "refus/"):
            answer = client.post(f"{ROOT}gestion/demandes/{candidate.pk}/{page}", {"motif": "non"})
            assert answer.status_code == 404
        assert Candidature.objects.get(pk=candidate.pk).settled_at is None

    def test_forms(self, mine: tuple[Client, Acteur, Acteur]) -> None:
        client, spy, omar = mine
        own = world.declarant(spy.inscription)
        page = f"{PEOPLE}{own.pk}/retirer/"
        assert client.post(page, {"issue": "collegue", "collegue": str(omar.pk)}).status_code == 422
        assert client.post(f"{page}?vers={omar.pk}").status_code == 404
        for sent in ({"mode": "copie", "source": str(omar.pk)}, {"mode": "manuel", "siret": omar.siret}):
            person = {"last_name": "Neuve", "first_name": "Zoé", "email": "z@x.example", "role": "declarant",
                      "siret": spy.siret, **sent}  # fmt: skip
            assert client.post(f"{PEOPLE}nouveau/", person).status_code == 422
        answer = client.post(f"{PEOPLE}{own.pk}/droits/", {"mode": "copie", "source": str(omar.pk)})
        assert answer.status_code == 422
        client.post(f"{ROOT}gestion/etablissements/", {"sirets": world.sirets(omar.inscription),
                                                      "siret": world.sirets(omar.inscription)})  # fmt: skip
        assert not spy.inscription.etablissements.filter(siret=omar.siret).exists()
        own.refresh_from_db()
        assert (own.ended_at, held(own)) == (None, 0)


class TestOldTabs:
    def test_a_colleague_who_was_removed_does_nothing_more_in_any_of_their_tabs(self) -> None:
        anne, omar = a_pair(places=2, genre=Genre.MULTI)
        other = world.administrateur(anne.inscription, "Jean Second")
        tab, again = browser(other.account), browser(other.account)
        boss = browser(anne.account)
        assert boss.post(f"{PEOPLE}{other.pk}/retirer/?vers=sans", {"compris": "on"}).status_code == 302
        assert not Session.objects.filter(account=other.account).exists()
        for client in (tab, again, browser(other.account)):
            for page, sent in (
                (f"{PEOPLE}{omar.pk}/retirer/?vers=sans", {"compris": "on"}),
                (f"{PEOPLE}{omar.pk}/mot-de-passe/", {}),
                (f"{PEOPLE}nouveau/", {"last_name": "A", "first_name": "B", "email": "a@b.example",
                                       "role": "les-deux", "mode": "manuel"}),
                (f"{ROOT}gestion/quitter/", {"compris": "on"}),
            ):  # fmt: skip
                assert client.post(page, sent).status_code == 302
        assert Acteur.objects.filter(inscription=anne.inscription, ended_at=None).count() == 2

    def test_the_buttons_of_a_page_pressed_twice(self) -> None:
        """The second answer is the one a browser shows: it says what is so, and is no failure."""
        anne, omar = a_pair(places=2, genre=Genre.MULTI)
        zoe = world.declarant(anne.inscription, "Zoé Nouvelle")
        candidate = world.candidate(anne.inscription)
        boss = browser(anne.account)
        person = {"last_name": "Encore", "first_name": "Ines", "email": "ines@x.example", "role": "declarant",
                  "mode": "manuel", "siret": anne.siret}  # fmt: skip
        for page, sent, second in (
            (f"{PEOPLE}nouveau/", person, 422),
            (f"{PEOPLE}{omar.pk}/retirer/?vers={zoe.pk}", {}, 404),
            (f"{ROOT}gestion/demandes/{candidate.pk}/accord/", {}, 409),
            (f"{ROOT}gestion/declarations/c3s/retirer/", {}, 404),
        ):
            assert boss.post(page, sent).status_code == 302, page
            again = boss.post(page, sent)
            assert again.status_code in (second, 409), (page, again.status_code)
        assert Acteur.objects.filter(account__email="ines@x.example").count() == 1
        assert Acteur.objects.get(pk=omar.pk).successor_id == zoe.pk


class TestNonsense:
    """Numbers beyond any id, NUL bytes, the same parameter twice: an answer, never a failure."""

    def test_addresses_with_numbers_that_no_table_holds(self) -> None:
        anne, _ = a_pair()
        client = browser(anne.account)
        client.raise_request_exception = True
        for number in (HUGE, str(2**63), str(2**63 - 1), "0"):
            for route in (one for one in routes() if "<int:" in one):
                path = re.sub(r"<int:\w+>", number, re.sub(r"<slug:\w+>", "profil", route))
                for answer in (client.get(path), client.post(path, {})):
                    assert answer.status_code in ALLOWED, (path, answer.status_code)

    def test_parameters_that_no_form_sends(self) -> None:
        anne, omar = a_pair(places=2, genre=Genre.MULTI)
        client = browser(anne.account)
        names = ("q", "page", "personne", "etablissement", "declaration", "droits", "siret", "le", "heure",
                 "suite", "identifiant", "vers", "voie", "sirets", "tri")  # fmt: skip
        for text in ("\0", HUGE, f"-{HUGE}", "'", "‮", "x" * 5000, "٢", str(omar.pk)):
            query = [(name, text) for name in names for _ in range(2)]
            for route in (one for one in routes() if "<" not in one):
                answer = client.get(f"{route}?{urlencode(query)}")
                assert answer.status_code in (200, 302, 403, 404, 405, 422), (route, text, answer.status_code)
                getattr(answer, "getvalue", lambda: b"")()
