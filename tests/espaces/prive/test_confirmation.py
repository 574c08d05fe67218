"""The link of the message: opening it changes nothing; confirming does, for whoever registered (ADR 0019)."""

import datetime as dt

import pytest
from django.test import Client

from guichet.accounts.models import Account, PendingRegistration
from guichet.courriers.models import Courrier
from guichet.espaces.prive.definition import ACTIVATION
from guichet.kernel import clock
from tests.espaces.prive import people
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
STRANGER = "lavoir-Trombone-4-cerises"


def test_opening_it_creates_nothing_as_mail_scanners_do_so_too() -> None:
    client = Client()
    people.register(client)
    assert Client().get(people.link_for()).status_code == 200
    assert Client().head(people.link_for()).status_code == 200
    page = text_of(client.get(people.link_for()))
    assert people.EMAIL in page
    assert 'name="password"' not in page
    assert not Account.objects.exists()


def test_on_another_device_the_password_is_asked() -> None:
    people.register(Client())
    other = Client()
    assert 'name="password"' in text_of(other.get(people.link_for()))
    for typed, said in (("", "Saisissez le mot de passe"), (STRANGER, "Ce n’est pas le mot de passe")):
        answer = other.post(people.link_for(), {"password": typed})
        assert said in text_of(answer)
        assert 'href="#id_password"' in text_of(answer)
    assert not Account.objects.exists()
    assert "créé" in text_of(other.post(people.link_for(), {"password": people.PASSWORD}))
    assert Account.objects.count() == 1


def test_a_stranger_who_registered_my_address_gets_no_account_by_my_click() -> None:
    """Whoever reads the mailbox did not choose that password: their own browser knows nothing of it."""
    people.register(Client())
    victim = Client()
    victim.post(people.link_for())
    assert not Account.objects.exists()


def test_a_second_time_says_that_it_is_done() -> None:
    client = Client()
    people.register(client)
    link = people.link_for()
    people.confirm(client)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 200
        assert "Votre compte est créé" in text_of(answer)
    assert Account.objects.count() == 1


@pytest.mark.parametrize(("late", "created"), [(-1, True), (0, False), (1, False)])
def test_it_lives_48_hours_to_the_second(late: int, created: bool) -> None:
    client = Client()
    people.register(client)
    pending = PendingRegistration.objects.get()
    assert pending.expires_at - pending.created_at == ACTIVATION == dt.timedelta(hours=48)
    link = people.link_for()
    other = Client()
    with clock.travel(pending.expires_at + dt.timedelta(seconds=late) - clock.now()):
        answer = other.post(link, {"password": people.PASSWORD})
    assert answer.status_code == (200 if created else 410)
    assert Account.objects.exists() is created


def test_a_newer_registration_replaces_it() -> None:
    client = Client()
    people.register(client)
    former = people.link_for()
    people.register(Client())
    answer = client.post(former)
    assert answer.status_code == 410
    assert "Un message plus récent remplace celui-ci" in text_of(answer)


def test_changing_the_address_changes_the_identifier() -> None:
    client = people.signed_in(people.somebody())
    form = {"email": "Neuf@foyer.example", "email_again": "Neuf@foyer.example", "current": people.PASSWORD}
    assert client.post("/prive/adresse/", form).status_code == 302
    body = Courrier.objects.get(template="adresse_a_verifier").body
    link = next(word for word in body.split() if "/e/" in word)
    client.post(link[link.index("/e/") :])
    account = Account.objects.get()
    assert account.identifier == "neuf@foyer.example"
    assert people.signed_in(account).get("/prive/").status_code == 200
