"""Two people, or two tabs, at the same moment."""

import contextlib

import pytest

from guichet.accounts import operations
from guichet.accounts.models import Account, PendingRegistration, Token
from guichet.courriers.models import Courrier
from tests.accounts.people import LINK, PASSWORD, an_account, register, sign_in, token_in
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_registrations_at_once_leave_one_whose_link_works() -> None:
    results = at_once(*[lambda number=n: register(email=f"bureau{number}@asso.example") for n in range(4)])
    assert results == [None] * 4
    assert PendingRegistration.objects.count() == 1
    opened = []
    for courrier in Courrier.objects.filter(template="votre_compte"):
        found = LINK.search(courrier.body)
        assert found
        with contextlib.suppress(operations.LinkReplaced, operations.AlreadyActivated):
            opened.append(operations.activate(token=found[2]).email == courrier.recipient)
    assert opened == [True]


def test_one_link_opened_four_times_at_once_gives_one_account() -> None:
    register()
    token = token_in("votre_compte")
    results = at_once(*[lambda: operations.activate(token=token)] * 4)
    accounts = [result for result in results if isinstance(result, Account)]
    refusals = [result for result in results if isinstance(result, operations.AlreadyActivated)]
    assert (len(accounts), len(refusals)) == (1, 3)
    assert list(Account.objects.all()) == accounts


def test_registering_again_while_the_link_is_opened_gives_one_account() -> None:
    register()
    token = token_in("votre_compte")
    opened, registered = at_once(lambda: operations.activate(token=token), register)
    assert registered is None
    assert isinstance(opened, Account | operations.LinkReplaced)
    if isinstance(opened, operations.LinkReplaced):
        operations.activate(token=token_in("votre_compte"))
    assert Account.objects.count() == 1


def test_a_link_to_a_new_password_is_used_once() -> None:
    an_account()
    operations.ask_recovery(
        espace="porte", identifier="anne@exemple.fr", client=operations.Client("192.0.2.1")
    )
    token = token_in("nouveau_mot_de_passe")
    words = ("Girafe7-parapluie-lent", "Cerise4-tambour-vague")
    first, second = at_once(
        lambda: operations.set_password_by_token(token=token, password=words[0]),
        lambda: operations.set_password_by_token(token=token, password=words[1]),
    )
    kinds = sorted(type(result).__name__ for result in (first, second))
    assert kinds == ["Account", "LinkUsed"]
    sign_in(words[0] if isinstance(first, Account) else words[1])
    assert Token.objects.get().used_at is not None


def test_what_ends_the_links_of_an_account_waits_its_turn_and_never_in_a_ring() -> None:
    account = an_account()
    tokens = []
    for _ in range(3):
        operations.ask_recovery(
            espace="porte", identifier="anne@exemple.fr", client=operations.Client("192.0.2.1")
        )
        tokens.append(token_in("nouveau_mot_de_passe"))
    operations.ask_email_change(account=account, email="neuve@exemple.fr", password=PASSWORD)
    change = token_in("adresse_a_verifier")
    results = at_once(
        *[
            lambda token=token: operations.set_password_by_token(
                token=token, password="Girafe7-parapluie-lent"
            )
            for token in tokens
        ],
        lambda: operations.confirm_email_change(token=change),
    )
    kinds = [type(result).__name__ for result in results]
    assert (kinds.count("Account"), kinds.count("LinkUsed")) == (1, 3)


def test_guesses_at_once_gain_nothing_on_guesses_one_by_one() -> None:
    an_account()
    clients = [operations.Client(f"192.0.2.{number}") for number in range(8)]
    results = at_once(*[lambda client=client: sign_in("faux", client=client) for client in clients])
    kinds = [type(result).__name__ for result in results]
    assert (kinds.count("SignInRefused"), kinds.count("LockedOut")) == (3, 5)
    with pytest.raises(operations.LockedOut):
        sign_in(PASSWORD)
