"""Nobody's mailbox is filled in the portal's name, and nobody is locked out with strangers."""

import pytest
from django.test import RequestFactory

from guichet.accounts import operations
from guichet.accounts.definitions import Lockout
from guichet.accounts.operations.attempts import LockedOut, TooManyMessages
from guichet.courriers.models import Courrier
from guichet.kernel import clock
from guichet.kernel.identifiers import is_siren
from guichet.web.requests import client_of
from tests.accounts.people import register
from tests.web.people import PASSWORD, an_association

pytestmark = pytest.mark.django_db

VICTIM = "victime@exemple.fr"
LIMIT = Lockout().messages_per_recipient
SIRENS = [str(number) for number in range(732829300, 732831000) if is_siren(str(number))]


def visit(number: int) -> operations.Client:
    return operations.Client(address=f"192.0.2.{number}", agent="")


def test_registrations_of_many_units_fill_no_mailbox() -> None:
    for rank in range(LIMIT):
        register(identifier=SIRENS[rank], email=VICTIM, client=visit(rank))
    for disguise in (VICTIM, "Victime@exemple.fr", "victime+1@exemple.fr"):
        with pytest.raises(TooManyMessages):
            register(identifier=SIRENS[LIMIT], email=disguise, client=visit(99))
    assert Courrier.objects.filter(template="votre_compte").count() == LIMIT
    register(identifier=SIRENS[LIMIT], email="autre@exemple.fr", client=visit(99))
    with clock.travel(Lockout().window * 2):
        register(identifier=SIRENS[LIMIT + 1], email=VICTIM, client=visit(99))


def test_neither_do_changes_of_address() -> None:
    account = an_association()
    for _ in range(LIMIT):
        operations.ask_email_change(account=account, email=VICTIM, password=PASSWORD)
    with pytest.raises(TooManyMessages):
        operations.ask_email_change(account=account, email=VICTIM, password=PASSWORD)
    assert Courrier.objects.filter(recipient=VICTIM).count() == LIMIT


def test_visitors_by_ipv4_of_a_server_that_listens_on_both_are_not_one_network() -> None:
    an_association()
    requests = [RequestFactory(REMOTE_ADDR=f"::ffff:192.0.2.{number}").get("/") for number in (1, 2)]
    hostile, honest = (client_of(request) for request in requests)
    for rank in range(Lockout().per_address + 1):
        with pytest.raises((operations.SignInRefused, LockedOut)):
            operations.sign_in(
                espace="association", identifier=SIRENS[rank % 40 + 2], password="faux", client=hostile
            )
    operations.sign_in(espace="association", identifier="732829320", password=PASSWORD, client=honest)
