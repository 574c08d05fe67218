"""Signing in, and being kept from guessing (000, step 4)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import nullcontext
from unittest import mock

import pytest
from django.contrib.auth.hashers import identify_hasher

from guichet.accounts import operations
from guichet.accounts.hashers import DECOY, OwaspArgon2Hasher
from guichet.accounts.models import Attempts
from guichet.journal import queries as journal
from guichet.kernel import clock
from tests import cheap_passwords
from tests.accounts.people import ELSEWHERE, HERE, PASSWORD, an_account, sign_in, token_in
from tests.cheap_passwords import REAL_DECOY

pytestmark = pytest.mark.django_db
WINDOW = dt.timedelta(minutes=10)


@pytest.fixture
def verified() -> Iterator[mock.Mock]:
    """Counts the Argon2 hashes verified."""
    real = OwaspArgon2Hasher.verify
    with mock.patch.object(OwaspArgon2Hasher, "verify", autospec=True, side_effect=real) as verify:
        yield verify


def fail(times: int = 1, **changes: object) -> None:
    for _ in range(times):
        with pytest.raises(operations.SignInRefused):
            sign_in("faux", **changes)


def test_the_right_password_signs_in_and_is_journalled() -> None:
    account = an_account()
    assert sign_in() == account
    account.refresh_from_db()
    assert account.last_sign_in_at is not None
    assert [event.kind for event in journal.history(subject=account.subject)] == ["account.signed_in"]


def test_every_refusal_is_the_same_sentence_after_the_same_work(verified: mock.Mock) -> None:
    an_account()
    said = []
    for identifier, password in (("anne@exemple.fr", "faux"), ("nul@exemple.fr", PASSWORD), ("", "")):
        verified.reset_mock()
        with pytest.raises(operations.SignInRefused) as refusal:
            sign_in(password, identifier=identifier)
        said.append(str(refusal.value))
        assert verified.call_count == 1
    assert len(set(said)) == 1


def test_the_decoy_costs_what_a_real_hash_costs() -> None:
    for decoy, costs in ((REAL_DECOY, cheap_passwords.real), (DECOY, nullcontext)):
        with costs():
            hasher = identify_hasher(decoy)
            assert isinstance(hasher, OwaspArgon2Hasher)
            assert not hasher.must_update(decoy)
            assert hasher.verify("", decoy) is False


def test_an_account_of_another_espace_is_unknown_here() -> None:
    an_account("anne@exemple.fr", espace="association")
    fail()


def test_the_account_is_locked_after_the_limit_even_for_the_right_password(verified: mock.Mock) -> None:
    an_account()
    fail(3)
    with pytest.raises(operations.LockedOut, match="Mot de passe oublié") as refusal:
        sign_in(client=ELSEWHERE)
    assert refusal.value.status == 429
    assert 590 <= refusal.value.retry_after <= 600
    assert verified.call_count == 3


def test_an_unknown_identifier_is_locked_alike() -> None:
    fail(3)
    with pytest.raises(operations.LockedOut):
        sign_in()


def test_the_lock_ends_with_its_window() -> None:
    an_account()
    fail(3)
    with clock.travel(dt.timedelta(minutes=9)), pytest.raises(operations.LockedOut):
        sign_in()
    with clock.travel(dt.timedelta(minutes=9) + WINDOW):  # the window since the attempt beyond the limit
        sign_in()


def test_recovery_is_the_way_out() -> None:
    an_account()
    fail(3)
    operations.ask_recovery(espace="porte", identifier="anne@exemple.fr", client=HERE)
    operations.set_password_by_token(
        token=token_in("nouveau_mot_de_passe"), password="Girafe7-parapluie-lent"
    )
    sign_in("Girafe7-parapluie-lent", client=ELSEWHERE)


def test_a_right_password_lifts_the_count_of_the_account() -> None:
    an_account()
    for _ in range(3):
        fail(2)
        with clock.travel(WINDOW):  # for the address, which keeps its count
            sign_in()
            Attempts.objects.all().delete()


def test_one_address_cannot_try_many_accounts() -> None:
    an_account()
    for number in range(5):
        fail(identifier=f"victime{number}@exemple.fr")
    with pytest.raises(operations.LockedOut):
        sign_in()
    sign_in(client=ELSEWHERE)


def test_right_passwords_of_many_people_behind_one_address_do_not_count() -> None:
    an_account()
    for _ in range(12):
        sign_in()


def test_neighbours_of_an_ipv6_subscriber_are_not_locked_with_them() -> None:
    an_account()
    for number in range(5):
        mine = operations.Client(address=f"2001:db8:1:2::{number + 1:x}")
        fail(identifier=f"victime{number}@exemple.fr", client=mine)
    with pytest.raises(operations.LockedOut):
        sign_in(client=operations.Client(address="2001:db8:1:2:ffff::9"))
    sign_in(client=operations.Client(address="2001:db8:1:3::1"))


def test_a_locked_out_address_makes_no_more_rows_and_one_event() -> None:
    for number in range(40):
        with pytest.raises((operations.SignInRefused, operations.LockedOut)):
            sign_in("faux", identifier=f"victime{number}@exemple.fr")
    assert Attempts.objects.count() == 6
    events = journal.history(subject="espace:porte")
    assert [event.kind for event in events] == ["sign_in.locked_out"]


def test_counts_keep_no_address_in_the_clear() -> None:
    fail()
    assert not any(sign in row.key for row in Attempts.objects.all() for sign in ("192", "anne", "@"))
