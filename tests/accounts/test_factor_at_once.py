"""The same code, in several hands at the same moment."""

import pytest

from guichet.accounts import operations
from guichet.accounts.models import Attempts, RecoveryCode, SecondFactor
from tests.accounts.authenticator import Device, add, assertion
from tests.accounts.factor import Telephone, an_agent, watch
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_code_in_four_hands_signs_in_once() -> None:
    with watch() as now:
        telephone = Telephone(an_agent())
        now.forward()
        code = telephone.code()
        results = at_once(*[lambda: operations.finish_sign_in(account=telephone.account, code=code)] * 4)
    assert results.count(None) == 1
    assert [type(one) for one in results if one] == [operations.CodeUsed] * 3


def test_one_recovery_code_in_four_hands_signs_in_once() -> None:
    with watch():
        telephone = Telephone(an_agent())
        code = telephone.recovery_codes[0]
        results = at_once(*[lambda: operations.finish_sign_in(account=telephone.account, code=code)] * 4)
    assert results.count(None) == 1
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


def test_many_guesses_at_once_gain_nothing() -> None:
    with watch() as now:
        telephone = Telephone(an_agent())
        now.forward()
        wrong = telephone.wrong_code()
        guess = [lambda: operations.check_second_factor(account=telephone.account, code=wrong)] * 12
        results = [type(one) for one in at_once(*guess)]
    assert results.count(operations.WrongCode) == 5
    assert results.count(operations.CodesLockedOut) == 7
    assert Attempts.objects.get().count == 6


def test_two_windows_link_one_application() -> None:
    account = an_agent()
    with watch():
        results = at_once(*[lambda: Telephone(account)] * 3)
    assert sorted(type(one).__name__ for one in results) == [
        "AlreadyEnrolled",
        "AlreadyEnrolled",
        "Telephone",
    ]
    assert SecondFactor.objects.count() == 1


def test_a_sign_in_while_the_factor_is_reset_ends_one_way_or_the_other() -> None:
    with watch() as now:
        telephone = Telephone(an_agent())
        now.forward()
        code = telephone.code()
        signed, reset = at_once(
            lambda: operations.finish_sign_in(account=telephone.account, code=code),
            lambda: operations.reset_second_factor(account=telephone.account, actor="operator"),
        )
    assert reset is None
    assert signed is None or isinstance(signed, operations.NotEnrolled)
    assert not SecondFactor.objects.exists()


def test_one_answer_of_a_passkey_in_four_hands_signs_in_once() -> None:
    with watch():
        add(account := an_agent(), device := Device(step=0))
        given = assertion(account, device)
        results = at_once(*[lambda: operations.finish_sign_in(account=account, code=given)] * 4)
    assert results.count(None) == 1
    assert [type(one) for one in results if one] == [operations.ChallengeOver] * 3


def test_a_passkey_and_an_application_at_once_make_one_first_factor() -> None:
    account = an_agent()
    with watch():
        results = at_once(lambda: Telephone(account), lambda: add(account, Device()))
    assert [type(one) for one in results].count(operations.AlreadyEnrolled) == 1
    assert SecondFactor.objects.count() == 1
    assert RecoveryCode.objects.count() == 10
