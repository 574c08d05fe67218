"""From the form to « Votre compte est créé » (000, steps 2 and 3)."""

import datetime as dt
import uuid
from functools import partial

import pytest

from guichet.accounts import operations
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, PendingRegistration, Token
from guichet.accounts.rules import PasswordTooEasy
from guichet.courriers.models import Courrier
from guichet.journal import queries as journal
from guichet.kernel import clock
from guichet.kernel.tokens import token_hash
from tests import cheap_passwords
from tests.accounts.people import (
    ELSEWHERE,
    PASSWORD,
    SIREN,
    an_account,
    mail,
    mails,
    password_in,
    register,
    token_in,
)

pytestmark = pytest.mark.django_db
ACTIVATION = dt.timedelta(days=15)


def test_the_message_brings_the_link_and_a_password_that_signs_in() -> None:
    register()
    message = mail("votre_compte")
    assert (message.subject, message.recipient, message.secret) == (
        "Votre compte",
        "bureau@asso.example",
        True,
    )
    password = password_in("votre_compte")
    assert len(password) == 12
    account = operations.activate(token=token_in("votre_compte"))
    assert (account.identifier, account.email) == (SIREN, "bureau@asso.example")
    assert account.profile == {"name": "Les Amis du Lavoir", "city": "Tours"}
    sign_in = partial(operations.sign_in, espace="association", identifier=SIREN, client=ELSEWHERE)
    assert sign_in(password=f" {password}\n") == account
    with pytest.raises(operations.SignInRefused):
        sign_in(password=password.swapcase())


def test_nobody_signs_in_before_the_link_was_opened() -> None:
    register()
    with pytest.raises(operations.SignInRefused, match="ouvrez d’abord le lien"):
        operations.sign_in(
            espace="association", identifier=SIREN, password=password_in("votre_compte"), client=ELSEWHERE
        )


def test_secrets_are_stored_hashed_only() -> None:
    with cheap_passwords.real():
        register()
    pending, token = PendingRegistration.objects.get(), Token.objects.get()
    assert token.hash == token_hash(token_in("votre_compte"))
    assert pending.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_opening_the_link_again_says_that_the_account_exists() -> None:
    register()
    token = token_in("votre_compte")
    account = operations.activate(token=token)
    with pytest.raises(operations.AlreadyActivated) as refusal:
        operations.activate(token=token)
    assert refusal.value.status == 200
    assert refusal.value.params == {"espace": "association"}
    assert list(Account.objects.all()) == [account]
    assert not PendingRegistration.objects.exists()


def test_a_wrong_address_is_mended_by_registering_again() -> None:
    register(email="faux@asso.example")
    wrong = token_in("votre_compte")
    register(email="juste@asso.example")
    with pytest.raises(operations.LinkReplaced, match="dernier message"):
        operations.activate(token=wrong)
    assert operations.activate(token=token_in("votre_compte")).email == "juste@asso.example"
    assert Account.objects.count() == 1


@pytest.mark.parametrize("cut", [0, 5, 12, 22])
def test_a_link_cut_by_the_mail_program_says_to_copy_all_of_it(cut: int) -> None:
    register()
    with pytest.raises(operations.LinkUnknown, match="copiez l’adresse entière") as refusal:
        operations.activate(token=token_in("votre_compte")[:cut])
    assert refusal.value.status == 404
    assert not Account.objects.exists()


def test_the_link_lives_exactly_as_long_as_the_espace_says() -> None:
    register()
    token = token_in("votre_compte")
    with clock.travel(ACTIVATION), pytest.raises(operations.RegistrationExpired, match="Recommencez"):
        operations.activate(token=token)
    with clock.travel(ACTIVATION - dt.timedelta(seconds=5)):
        operations.activate(token=token)


def test_registering_where_an_account_exists_tells_its_own_address_and_changes_nothing() -> None:
    account = an_account(SIREN, espace="association", email="vraie@asso.example")
    register(email="intrus@ailleurs.example")
    assert mails() == [("compte_existant", "vraie@asso.example")]
    assert not PendingRegistration.objects.exists()
    account.refresh_from_db()
    assert account.email == "vraie@asso.example"


def test_the_journal_follows_the_account_and_holds_no_personal_data() -> None:
    register()
    account = operations.activate(token=token_in("votre_compte"))
    history = journal.history(subject=account.subject)
    assert [event.kind for event in history] == ["account.registered", "account.activated"]
    told = " ".join(f"{event.data} {event.actor}" for event in history)
    assert not any(word in told for word in ("asso.example", "Lavoir", SIREN, "192.0.2"))


def test_a_chosen_password_follows_the_policy_of_its_espace() -> None:
    door = {"espace": "porte", "identifier": "anne@exemple.fr", "email": "anne@exemple.fr"}
    with pytest.raises(PasswordTooEasy):
        register(password="anne-exemple", **door)
    register(password=PASSWORD, **door)
    assert PASSWORD not in mail("votre_compte").body
    account = operations.activate(token=token_in("votre_compte"), password=PASSWORD)
    assert account.check_password(PASSWORD)


def test_a_link_alone_confirms_no_password_that_its_reader_may_not_have_chosen() -> None:
    door = {"espace": "porte", "identifier": "anne@exemple.fr", "email": "anne@exemple.fr"}
    register(password=PASSWORD, **door)
    given = PendingRegistration.objects.get().account_id
    token = token_in("votre_compte")
    with pytest.raises(operations.PasswordWanted):
        operations.activate(token=token)
    with pytest.raises(operations.PasswordWanted):
        operations.activate(token=token, registration=uuid.uuid4())
    with pytest.raises(operations.PasswordRefused):
        operations.activate(token=token, password="autre-Chose-7-dite")
    assert operations.waiting(token=token).registration == given
    assert not Account.objects.exists()
    assert operations.activate(token=token, registration=given).check_password(PASSWORD)
    with pytest.raises(operations.AlreadyActivated):
        operations.activate(token=token, registration=given)


def test_messages_asked_for_are_limited_the_same_with_and_without_an_account() -> None:
    an_account("anne@exemple.fr")
    for identifier in ("anne@exemple.fr", "nul@exemple.fr"):
        for _ in range(3):
            operations.ask_recovery(espace="porte", identifier=identifier, client=ELSEWHERE)
        with pytest.raises(operations.TooManyMessages) as refusal:
            operations.ask_recovery(espace="porte", identifier=identifier, client=ELSEWHERE)
        assert refusal.value.status == 429
        assert 590 <= refusal.value.retry_after <= 600
    assert Courrier.objects.count() == 3


def test_every_link_is_short_enough_for_mail_programs() -> None:
    register()
    lines = mail("votre_compte").body.splitlines()
    assert max(map(len, lines)) < 76
    assert f"https://guichet.example/a/{token_in('votre_compte')}" in lines


def test_the_identifier_is_shown_as_people_read_it() -> None:
    register()
    assert espace("association").identifier.display(SIREN, {}) in mail("votre_compte").body
