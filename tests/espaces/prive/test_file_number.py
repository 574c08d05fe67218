"""The number of somebody's file: sealed at rest, masked on screens, whole for agents and in the copy."""

import json
import logging
from pathlib import Path

import pytest
from django.test import Client

from guichet.accounts.models import Account, PendingRegistration, Session
from guichet.accounts.sealed import opened_profile
from guichet.entreprises.operations import import_sirene
from guichet.espaces.prive.person import file_number, sealed_number
from guichet.journal.models import Event
from guichet.retention import personal
from tests.espaces.prive import people
from tests.parcours import register as sirene
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
NUMBER, MASKED = people.NUMBER, "1 85 12 ·· ··· ··· ··"
PROFILE = {"last_name": "Exemple", "first_name": "Noé", "phone": "", "file_number": ""}
OTHER = "285019999999936"


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


def _kept() -> str:
    """All that the tables hold of accounts, registrations and sessions, as a copy of them would tell it."""
    rows = [*Account.objects.values(), *PendingRegistration.objects.values(), *Session.objects.values()]
    return json.dumps(rows, default=str)


def _whole(text: str) -> bool:
    compact = text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    return NUMBER in compact or NUMBER[:-2] in compact


def test_it_stands_nowhere_in_clear_from_the_first_page_on() -> None:
    client = Client()
    people.to_the_recap(client)
    assert not _whole(_kept())
    people.send(client, f"{people.ROOT}1/verification/", {})
    assert not _whole(_kept())
    people.confirm(client)
    assert not _whole(_kept())
    assert file_number(Account.objects.get()) == NUMBER


def test_neither_the_journal_nor_the_log_tells_it(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    with caplog.at_level(logging.DEBUG):
        people.register(client)
        people.confirm(client)
        account = Account.objects.get()
        people.signed_in(account).post("/prive/compte/", {**PROFILE, "file_number": NUMBER[:-1] + "9"})
        people.signed_in(account).post("/prive/compte/", {**PROFILE, "file_number": OTHER})
    told = json.dumps([event.data for event in Event.objects.all()])
    assert "file_number" in told  # that it was changed,
    for number in (NUMBER, OTHER):  # and not what it is
        assert number not in told
        assert number not in caplog.text


def test_two_accounts_of_the_same_number_do_not_look_alike() -> None:
    assert sealed_number(NUMBER) != sealed_number(NUMBER)
    assert sealed_number("") == ""


def test_its_person_sees_it_masked_and_agents_and_the_copy_whole() -> None:
    account = people.somebody()
    page = text_of(people.signed_in(account).get("/prive/compte/"))
    assert MASKED in page
    assert not _whole(page)
    assert file_number(account) == NUMBER
    assert personal.of_account(account)["compte"]["coordonnees"]["file_number"] == NUMBER
    assert opened_profile(account)["name"] == "Noé Exemple"


def test_what_a_replaced_key_sealed_is_no_more_known() -> None:
    account = people.somebody()
    account.profile["file_number"] = "bm9u"
    assert file_number(account) is None
    account.profile["file_number"] = "é"
    assert file_number(account) is None


class TestChangingIt:
    """On the account's page."""

    def test_an_empty_field_keeps_it(self) -> None:
        account = people.somebody()
        client = people.signed_in(account)
        assert client.post("/prive/compte/", {**PROFILE, "first_name": "Noël"}).status_code == 302
        account.refresh_from_db()
        assert file_number(account) == NUMBER
        assert account.profile["name"] == "Noël Exemple"
        assert account.profile["kind"] == "particulier"

    def test_another_one_replaces_it(self) -> None:
        account = people.somebody()
        people.signed_in(account).post("/prive/compte/", {**PROFILE, "file_number": "2 85 01 99 999 999 36"})
        account.refresh_from_db()
        assert file_number(account) == OTHER

    def test_a_wrong_one_is_explained_and_changes_nothing(self) -> None:
        account = people.somebody()
        wrong = OTHER[:-1] + "8"
        answer = people.signed_in(account).post("/prive/compte/", {**PROFILE, "file_number": wrong})
        assert answer.status_code == 422
        assert "clé" in text_of(answer)
        assert wrong in text_of(answer)
        account.refresh_from_db()
        assert file_number(account) == NUMBER

    def test_it_is_removed_on_demand(self) -> None:
        account = people.somebody()
        client = people.signed_in(account)
        client.post("/prive/compte/", {**PROFILE, "forget_number": "on"})
        account.refresh_from_db()
        assert file_number(account) is None
        assert 'name="forget_number"' not in text_of(client.get("/prive/compte/"))
