"""An attacker's go at the accounts of companies: addresses and forms of others, provisional passwords, links,
what a page tells of people whom one only guesses at.

Each goes through the pages, as a browser does; what the operations refuse is tested beside them.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guichet.accounts.models import Account, PendingRegistration, Provisional, Session, Token
from guichet.courriers.models import Courrier
from guichet.espaces.declarant import urls
from guichet.inscriptions import operations as inscriptions
from guichet.inscriptions.models import Acteur, Candidature
from guichet.inscriptions.operations import ways
from guichet.inscriptions.rules import Genre, Voie
from tests.accounts.factor import Telephone
from tests.at_once import at_once
from tests.entreprises import files
from tests.espaces.declarant import registrants
from tests.espaces.declarant.acting import browser, held
from tests.espaces.declarant.acting import rights as given_rights
from tests.inscriptions import world
from tests.web.people import Answer, html_of, text_of

pytestmark = pytest.mark.django_db
ROOT, DOOR = "/declarant/", "/declarant/connexion/"
PEOPLE = f"{ROOT}gestion/declarants/"
FORGOTTEN, HELP = f"{ROOT}mot-de-passe-oublie/", f"{ROOT}demander-a-mon-administrateur/"
POSSESSION = f"{ROOT}connexion/premiere/"
CHOSEN = "Bruzmi83vol"
TAKEN = {"password": CHOSEN, "question": "lost_object", "answer": "un cerf-volant rouge"}
GIVEN = re.compile(r'<p class="g-given">([0-9]{5})</p>')
HUGE = "9" * 25


def routes() -> list[str]:
    """The addresses of the door, each as it is written: ``declarant/gestion/declarants/<int:acteur_id>/``."""
    return [f"{ROOT}{one.pattern}" for one in urls.urlpatterns]


def names_of(account: Account) -> dict[str, str]:
    """What ``account`` types to say who it is."""
    return {name: str(account.profile[name]) for name in ("siret", "last_name", "first_name")}


def sign_in(account: Account, password: str, client: Client | None = None, **query: str) -> Answer:
    client = client or Client()
    return client.post(DOOR, {**names_of(account), "password": password, **query})


def is_in(client: Client) -> bool:
    return bool(client.get(ROOT, follow=True).wsgi_request.user.is_authenticated)


def a_pair(name: str = "Omar Petit", **values: Any) -> tuple[Acteur, Acteur]:
    """An administrateur, and a déclarant, of one company."""
    company = world.company(**values)
    return world.administrateur(company, "Anne Roux"), world.declarant(company, name)


def digits_for(acteur: Acteur, by: Client) -> str:
    """The provisional password that ``by`` is shown for a colleague."""
    answer = by.post(f"{PEOPLE}{acteur.pk}/mot-de-passe/")
    found = GIVEN.search(text_of(by.get(answer["Location"])))
    assert found
    return found[1]


def link_to(account: Account) -> str:
    """The latest link of a provisional password."""
    body = Courrier.objects.filter(recipient=account.email, template="mot_de_passe_provisoire").latest("pk")
    return str(re.findall(r"https?://[^/\s]+(/p/\S+)", body.body)[0])


def sent_digits(answer: Answer) -> str:
    return "".join(re.findall(r"\b(\d{4})\b", re.sub(r"<[^>]+>", " ", text_of(answer).split("<main")[1]))[:2])


class TestProvisional:
    """Five digits are worth what they were given for, once, and nothing more."""

    def test_the_other_browser_and_the_first_one_after_possession(self) -> None:
        anne, omar = a_pair()
        digits = digits_for(omar, browser(anne.account))
        first, second = Client(), Client()
        for client in (first, second):
            assert sign_in(omar.account, digits, client)["Location"].startswith(POSSESSION)
            assert not is_in(client)
        assert first.post(POSSESSION, TAKEN).status_code == 302
        assert is_in(first)
        late = second.post(POSSESSION, {**TAKEN, "password": "Voleur77lune"})
        assert late["Location"].startswith(DOOR)
        assert not is_in(second)
        assert sign_in(omar.account, digits).status_code == 422
        assert sign_in(omar.account, "Voleur77lune").status_code == 422
        assert sign_in(omar.account, CHOSEN).status_code == 302

    def test_pages_beside_possession_open_for_nobody(self) -> None:
        anne, omar = a_pair()
        client = Client()
        sign_in(omar.account, digits_for(omar, browser(anne.account)), client)
        for page in ("", "compte/", "messages/", "habilitations/", "declarations/", "vos-donnees/copie/",
                     "question-de-confiance/", "mot-de-passe/", "second-facteur/"):  # fmt: skip
            assert client.get(f"{ROOT}{page}", follow=True).redirect_chain[-1][0].startswith(POSSESSION), page
        assert client.post(f"{ROOT}question-de-confiance/", TAKEN).status_code == 302
        assert not omar.account.has_usable_password() or sign_in(omar.account, CHOSEN).status_code == 422

    def test_the_key_of_the_session_is_another_after_each_step(self) -> None:
        anne, omar = a_pair()
        digits = digits_for(omar, browser(anne.account))
        client = Client()
        registrants.send(client, f"{ROOT}inscription/", registrants.person(omar.siret))
        keys = [client.cookies[settings.SESSION_COOKIE_NAME].value]
        sign_in(omar.account, digits, client)
        keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
        client.post(POSSESSION, TAKEN)
        keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
        assert len(set(keys)) == 3
        for known in keys[:2]:
            thief = Client()
            thief.cookies[settings.SESSION_COOKIE_NAME] = known
            assert not is_in(thief)

    @pytest.mark.parametrize(
        "wanted", ["https://malin.example/", "//malin.example", "/\\malin.example", "\0"]
    )
    def test_it_leads_nowhere_else(self, wanted: str) -> None:
        anne, omar = a_pair()
        client = Client()
        answer = sign_in(omar.account, digits_for(omar, browser(anne.account)), client, suite=wanted)
        assert "malin" not in answer["Location"]
        answer = client.post(f"{POSSESSION}?suite={wanted}", {**TAKEN, "suite": wanted})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/declarant/")

    def test_whoever_was_removed_is_shown_the_way_to_begin_again_and_nothing_of_the_company(self) -> None:
        anne, omar = a_pair("Omar Petit", places=3)
        boss = browser(anne.account)
        digits = digits_for(omar, boss)
        half, boss_page = Client(), f"{PEOPLE}{omar.pk}/retirer/?vers=sans"
        sign_in(omar.account, digits, half)
        assert boss.post(boss_page, {"compris": "on"}).status_code == 302
        half.post(POSSESSION, TAKEN)
        for page in ("", "habilitations/", "habilitations/recapitulatif.csv", "gestion/declarants/",
                     "declarations/commencer/"):  # fmt: skip
            assert "Anne Roux" not in text_of(half.get(f"{ROOT}{page}", follow=True)), page


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
def test_six_tries_at_once_and_the_right_one_after() -> None:
    anne, omar = a_pair()
    digits = digits_for(omar, browser(anne.account))
    wrong = [f"{(int(digits) + number) % 100_000:05}" for number in range(1, 7)]
    results = at_once(*[lambda typed=typed: sign_in(omar.account, typed) for typed in wrong])
    assert {answer.status_code for answer in results} <= {422, 429, 503}, results
    assert Provisional.objects.get(account=omar.account).tries == 5
    assert sign_in(omar.account, digits).status_code in (422, 429)


class TestLinks:
    def asked(self) -> tuple[Acteur, str]:
        _, omar = a_pair()
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        return omar, link_to(omar.account)

    def test_a_scanner_that_opens_it_changes_nothing(self) -> None:
        omar, link = self.asked()
        for look in (Client().get, Client().head, Client().options):
            look(link)
        assert not Provisional.objects.exists()
        assert Token.objects.filter(account=omar.account, used_at=None).exists()
        person = Client()
        shown = person.post(link)
        assert shown.status_code == 200
        assert "no-store" in shown["Cache-Control"]
        assert shown["Referrer-Policy"] in ("no-referrer", "same-origin", "strict-origin")
        digits = sent_digits(shown)
        assert len(digits) == 8
        for again in (person.post(link), person.get(link)):
            assert digits not in text_of(again).replace(" ", "")
            assert again.status_code != 500
        assert sign_in(omar.account, digits)["Location"].startswith(POSSESSION)

    def test_the_former_mailbox_opens_nothing_once_the_address_is_corrected(self) -> None:
        anne, omar = a_pair()
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        Client().post(FORGOTTEN, names_of(omar.account))
        link = link_to(omar.account)
        body = Courrier.objects.filter(template="nouveau_mot_de_passe").latest("pk").body
        other = str(re.findall(r"https?://[^/\s]+(/\w/\S+)", body)[0])
        shown = sent_digits(Client().post(link))
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        link = link_to(omar.account)
        page = f"{PEOPLE}{omar.pk}/adresse/"
        answer = browser(anne.account).post(page, {"email": "omar.neuf@entreprise.example"})
        assert answer.status_code == 302, text_of(answer)
        for old in (link, other):
            assert Client().post(old, {"password": CHOSEN, "answer": "x"}).status_code >= 400
        assert sign_in(omar.account, shown).status_code == 422
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        latest = Courrier.objects.filter(template="mot_de_passe_provisoire").latest("pk")
        assert latest.recipient == "omar.neuf@entreprise.example"


class TestFactor:
    """None of the ways back in leads around the application of codes."""

    def owes(self, answer: Answer, client: Client) -> bool:
        return "/connexion/code/" in answer["Location"] and not is_in(client)

    def test_what_an_administrateur_gives(self) -> None:
        anne, omar = a_pair()
        Telephone(omar.account)
        client = Client()
        sign_in(omar.account, digits_for(omar, browser(anne.account)), client)
        assert self.owes(client.post(POSSESSION, TAKEN), client)

    def test_what_the_mailbox_shows(self) -> None:
        _, omar = a_pair()
        Telephone(omar.account)
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        client = Client()
        sign_in(omar.account, sent_digits(client.post(link_to(omar.account))), client)
        assert self.owes(client.post(POSSESSION, TAKEN), client)

    def test_the_link_and_the_answer(self) -> None:
        _, omar = a_pair()
        Telephone(omar.account)
        Client().post(FORGOTTEN, names_of(omar.account))
        body = Courrier.objects.filter(template="nouveau_mot_de_passe").latest("pk").body
        link = str(re.findall(r"https?://[^/\s]+(/\w/\S+)", body)[0])
        client = Client()
        assert client.post(link, {"password": CHOSEN})["Location"].startswith(DOOR)
        assert not is_in(client)
        assert self.owes(sign_in(omar.account, CHOSEN, client), client)

    @pytest.mark.parametrize(("email", "status"), [("malin@entreprise.example", 409), ("", 302)])
    def test_removed_and_created_again(self, email: str, status: int) -> None:
        """Another mailbox is another person's: it opens nothing of who left. The same one is theirs again,
        and the factor has ended with the password, as for everybody who is created."""
        anne, omar = a_pair()
        Telephone(omar.account)
        boss = browser(anne.account)
        boss.post(f"{PEOPLE}{omar.pk}/retirer/?vers=sans", {"compris": "on"})
        person = {**names_of(omar.account), "email": email or omar.account.email, "role": "declarant",
                  "mode": "manuel"}  # fmt: skip
        assert boss.post(f"{PEOPLE}nouveau/", person).status_code == status
        omar.account.refresh_from_db()
        again = Acteur.objects.filter(account=omar.account, ended_at=None).exists()
        assert (omar.account.email == "malin@entreprise.example", again) == (False, status == 302)
        assert (omar.account.factor_since is None) == (status == 302)


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
                    assert answer.status_code in (200, 302, 404, 405, 409, 422), (path, answer.status_code)

    def test_parameters_that_no_form_sends(self) -> None:
        anne, omar = a_pair(places=2, genre=Genre.MULTI)
        client = browser(anne.account)
        names = ("q", "page", "personne", "etablissement", "declaration", "droits", "siret", "le", "heure",
                 "suite", "identifiant", "vers", "voie", "sirets", "tri")  # fmt: skip
        for text in ("\0", HUGE, f"-{HUGE}", "'", "‮", "x" * 5000, "٢", str(omar.pk)):
            query = [(name, text) for name in names for _ in range(2)]
            for route in (one for one in routes() if "<" not in one):
                answer = client.get(f"{route}?{urlencode(query)}")
                assert answer.status_code in (200, 302, 404, 405, 422), (route, text, answer.status_code)
                getattr(answer, "getvalue", lambda: b"")()
