"""An attacker's go at the door of the espace privé, and at what is suggested while one types."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from guichet.accounts.models import Account, PendingRegistration
from guichet.entreprises.operations import import_sirene
from guichet.espaces.prive.person import file_number
from guichet.teleprocedures.depot_spontane.search import search
from tests.espaces.prive import people
from tests.parcours import register as sirene
from tests.teleprocedures.depot_spontane.sender import Sender, a_child
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
THEIRS = "moustique-Enclume-8-rivage"  # the attacker's password
CHILD = "Ondine"


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


def register(browser: Client, password: str = people.PASSWORD) -> None:
    page = people.to_the_identifiers(browser)
    both = {"password": password, "password_again": password}
    people.send(browser, people.send(browser, page, {**people.IDENTIFIERS, **both}), {})


def signs_in(password: str) -> bool:
    form = {"identifier": people.EMAIL, "password": password}
    return bool(Client().post("/prive/connexion/", form).status_code == 302)


class TestWhosePasswordHolds:
    """Anybody may register anybody's address; its owner alone reads the message (ADR 0019)."""

    def test_a_stranger_who_registers_again_before_the_owner_confirms(self) -> None:
        owner, stranger = Client(), Client()
        register(owner)
        first = people.link_for()
        register(stranger, THEIRS)
        assert owner.get(first).status_code != 200
        latest = people.link_for()
        assert 'name="password"' in html_of(owner.get(latest))
        for typed in ({}, {"password": people.PASSWORD}, {"password": ""}, {"password": "\0"}):
            assert owner.post(latest, typed).status_code == 422
        assert not Account.objects.exists()
        register(owner)  # as the page says
        assert owner.post(people.link_for()).status_code == 200
        assert (signs_in(people.PASSWORD), signs_in(THEIRS)) == (True, False)

    def test_a_stranger_who_was_first(self) -> None:
        owner, stranger = Client(), Client()
        register(stranger, THEIRS)
        before = people.link_for()
        register(owner)
        assert stranger.post(before).status_code != 200
        assert stranger.post(before, {"password": THEIRS}).status_code != 200
        assert not Account.objects.exists()
        assert owner.post(people.link_for()).status_code == 200
        assert (signs_in(people.PASSWORD), signs_in(THEIRS)) == (True, False)

    def test_a_link_works_once_and_opening_it_does_nothing(self) -> None:
        owner, other = Client(), Client()
        register(owner)
        link = people.link_for()
        for look in (owner.get, other.get, other.head, owner.head):
            look(link)
        assert other.post(link).status_code == 422
        assert not Account.objects.exists()
        assert other.post(link, {"password": people.PASSWORD}).status_code == 200
        account = Account.objects.get()
        for _ in range(2):
            again = other.post(link, {"password": THEIRS})
            assert "sessionid" not in again.cookies or not again.wsgi_request.session.get("_auth_user_id")
        assert [Account.objects.get().pk, signs_in(people.PASSWORD)] == [account.pk, True]
        assert other.get("/prive/").status_code == 302, "activating signs nobody in"

    def test_an_address_that_has_an_account(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same work for both, as hashing is what takes time; and the account is as it was."""
        people.somebody()
        hasher, made = type(get_hasher()), []
        encode = hasher.encode

        def counted(*args: Any, **options: Any) -> str:
            made.append(1)
            return encode(*args, **options)

        monkeypatch.setattr(hasher, "encode", counted)
        for email in (people.EMAIL, "libre@foyer.example"):
            made.clear()
            people.register(Client(), email=email)
            assert len(made) == 1, email
        register(Client(), THEIRS)
        assert (signs_in(people.PASSWORD), signs_in(THEIRS)) == (True, False)


class TestForgedRegistrations:
    def test_nothing_is_taken_beside_what_is_asked(self) -> None:
        browser = Client()
        beside = {
            "siren": sirene.CLOSED, "company": "MINISTERE", "kind": "employeur", "name": "Le Ministre",
            "number": "1", "espace": "agents", "file_number_sealed": "x",
        }  # fmt: skip
        page = people.send(browser, people.ROOT, {**beside, "kind": "particulier"})
        page = people.send(browser, page, {**people.PERSON, **beside})
        people.send(browser, people.send(browser, page, {**people.IDENTIFIERS, **beside}), beside)
        people.confirm(browser)
        account = Account.objects.get()
        assert (account.espace, account.siren, account.profile["siren"]) == ("prive", "", "")
        assert (account.profile["kind"], account.profile["name"]) == ("particulier", "Noé Exemple")
        assert "MINISTERE" not in json.dumps(account.profile)

    @pytest.mark.parametrize("siren", [sirene.CLOSED, "000000000", "732829321", "", "\0", "9" * 2000])
    def test_no_company_that_is_closed_or_none_however_it_is_sent(self, siren: str) -> None:
        browser = Client()
        company = people.send(browser, people.ROOT, {"kind": "employeur"})
        assert browser.post(company, {"siren": siren}).status_code == 422
        for slug in ("identite", "identifiants", "verification"):
            place = f"{people.ROOT}1/{slug}/"
            answer = browser.post(place, {**people.PERSON, **people.IDENTIFIERS, "siren": siren})
            assert answer["Location"].endswith("/entreprise/"), slug
        assert not PendingRegistration.objects.exists()

    @pytest.mark.parametrize("field", ["last_name", "first_name", "file_number", "phone"])
    @pytest.mark.parametrize("typed", ["\0", "<script>alert(1)</script>", "x\r\nBcc: a@b.example", "‮oN"])
    def test_texts_that_are_no_answer(self, field: str, typed: str) -> None:
        browser = Client()
        page = people.to_the_person(browser)
        answer = browser.post(page, {**people.PERSON, field: typed})
        shown = html_of(answer) + html_of(browser.get(page))
        assert "<script>alert" not in shown
        if answer.status_code == 302:  # line ends are blanks in a name
            assert (field in ("last_name", "first_name"), "\r" in typed) == (True, True)

    def test_the_number_of_somebody_elses_file_opens_nothing_of_it(self) -> None:
        owner = Sender()
        owner.transmit(owner.ready())
        a_child(owner.account, CHILD)
        browser = Client()
        people.register(browser, email="autre@foyer.example")  # with the same number
        people.confirm(browser, "autre@foyer.example")
        other = Account.objects.get(identifier="autre@foyer.example")
        assert file_number(other) == file_number(owner.account)
        thief = Sender(other)
        for place in ("/prive/", "/prive/messages/", "/prive/foyer/", "/prive/documents/depots/"):
            page = text_of(thief.client.get(place, follow=True))
            assert CHILD not in page
            assert "non lu" not in page


class TestSuggestions:
    """What is typed comes back nowhere, and costs little."""

    @pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "\0rib\0", "‮bir", "%", "a" * 7000])
    def test_what_is_asked_is_never_given_back(self, typed: str) -> None:
        answer = Sender().client.get("/prive/documents/types.json", {"q": typed})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
        assert "<" not in html_of(answer)
        assert len(answer.content) < 2_000

    def test_they_are_for_who_is_signed_in(self) -> None:
        answer = Client().get("/prive/documents/types.json", {"q": "rib"})
        assert answer.status_code == 302
        assert b"types" not in answer.content

    def test_the_dearest_words_are_as_many_as_a_person_would_type(self) -> None:
        """Ten thousand characters are not looked at: as much is found as for the first hundred."""
        words = "releve justificatif attestatoin bultin declaratoin "
        assert search(words * 500) == search((words * 500)[:100])
