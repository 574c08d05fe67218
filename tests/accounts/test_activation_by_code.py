"""Pre-registration, and its activation by a code (004, steps 2 and 3)."""

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guichet.accounts import operations
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, NumberSequence, PendingRegistration, Token, TrustAnswer
from guichet.accounts.operations.housekeeping import purge_expired
from guichet.accounts.rules import DIGITS, LETTERS, AnswerTooShort, PasswordWithoutDigit, TrustChoice
from guichet.adhesions.models import Collegue
from guichet.courriers.models import Courrier
from guichet.journal import queries as journal
from guichet.kernel import clock
from guichet.kernel.limits import Saturated
from tests.accounts.factor import Watch
from tests.accounts.people import ELSEWHERE, HERE, mail, mails
from tests.accounts.subscribers import (
    ANSWER,
    EMAIL,
    PASSWORD,
    PROFILE,
    TRUST,
    a_subscriber,
    activate,
    code_in,
    sign_in,
    subscribe,
)

pytestmark = pytest.mark.django_db
DELAY = dt.timedelta(hours=48)
SECOND = dt.timedelta(seconds=1)


def work(done: CaptureQueriesContext) -> list[str]:
    """What the database was asked, without values."""
    return [re.sub(r'"s\d+_x\d+"|\'[^\']*\'|\d+', "?", query["sql"])[:200] for query in done]


def registration(**changes: Any) -> dict[str, Any]:
    """What ``subscribe`` asks."""
    known = {"espace": "abonne", "identifier": EMAIL, "email": EMAIL, "profile": PROFILE, "client": HERE}
    return {**known, "password": PASSWORD, "trust": TRUST, **changes}


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each password that is compared with a hash."""
    seen: list[str] = []

    def check(password: str, encoded: str) -> bool:
        seen.append(encoded)
        return check_password(password, encoded)

    monkeypatch.setattr("guichet.accounts.operations.activation.check_password", check)
    return seen


def ask_again(identifier: str = EMAIL) -> None:
    operations.ask_activation_code(espace="abonne", identifier=identifier, client=HERE)


def refused(code: str, **changes: object) -> str:
    with pytest.raises(operations.CodeRefused) as refusal:
        activate(code, **changes)
    return str(refusal.value)


def test_the_message_brings_a_code_that_makes_the_account() -> None:
    moment = clock.now()
    subscribe(terms_accepted_at=moment)
    message = mail("code_d_activation")
    assert (message.recipient, message.secret) == (EMAIL, True)
    assert PASSWORD not in message.body
    account = activate()
    assert (account.identifier, account.email, account.siren) == (EMAIL, EMAIL, PROFILE["siren"])
    assert account.number == f"{clock.today():%Y%j}0000001"
    assert (account.terms_version, account.terms_accepted_at) == ("abonne-2026-11", moment)
    assert TrustAnswer.objects.get().account_id == account.pk
    assert sign_in() == account


def test_a_code_is_twelve_letters_and_digits_without_look_alikes() -> None:
    for number in range(40):
        subscribe(
            identifier=f"p{number}@cabinet.example", email=f"p{number}@cabinet.example", client=ELSEWHERE
        )
    codes = [code_in("code_d_activation", to=f"p{number}@cabinet.example") for number in range(40)]
    assert len(set(codes)) == 40
    for code in codes:
        assert len(code) == 12
        assert set(code) <= set(LETTERS + DIGITS)
        assert not set(code) & set("0O1lIo")
        assert any(map(str.isdigit, code))
        assert any(map(str.isupper, code))
        assert any(map(str.islower, code))


def test_case_matters_and_blanks_around_a_pasted_code_do_not() -> None:
    subscribe()
    code = code_in("code_d_activation")
    refused(code.swapcase())
    assert activate(f" {code}\n")


def test_the_code_lives_48_hours_to_the_second(now: Watch) -> None:
    subscribe()
    asked = now.moment
    now.moment = asked + DELAY
    refused(code_in("code_d_activation"))
    now.moment = asked + DELAY - SECOND
    assert activate()


def test_past_48_hours_the_registration_is_deleted_and_the_address_free(now: Watch) -> None:
    subscribe()
    now.forward(DELAY - SECOND)
    purge_expired()
    assert PendingRegistration.objects.exists()
    now.forward(SECOND)
    purge_expired()
    assert not PendingRegistration.objects.exists()
    subscribe(password="hkd5qzw9ru")
    activate()
    assert sign_in("hkd5qzw9ru")


def test_past_48_hours_no_new_code_revives_it(now: Watch) -> None:
    subscribe()
    now.forward(DELAY)
    ask_again()
    assert mails() == [("code_d_activation", EMAIL)]


def test_a_new_code_ends_the_older_one_and_lives_48_hours_from_its_own_message(now: Watch) -> None:
    subscribe()
    first = code_in("code_d_activation")
    now.forward(dt.timedelta(hours=40))
    ask_again()
    refused(first)
    now.forward(DELAY - SECOND)
    assert activate().number


def test_registering_again_ends_the_older_code() -> None:
    subscribe()
    first = code_in("code_d_activation")
    subscribe(profile={**PROFILE, "city": "Blois"})
    refused(first)
    assert activate().profile["city"] == "Blois"


def test_the_right_code_a_second_time_says_that_the_account_is_there() -> None:
    subscribe()
    account = activate()
    with pytest.raises(operations.AlreadyActivated) as refusal:
        activate()
    assert refusal.value.status == 200
    assert list(Account.objects.all()) == [account]
    assert NumberSequence.objects.get().last == 1


def test_on_another_browser_the_code_alone_is_not_enough() -> None:
    subscribe()
    with pytest.raises(operations.PasswordWanted) as wanted:
        activate(registration=None)
    assert wanted.value.field == "password"
    assert not Account.objects.exists()
    assert activate(password=f" {PASSWORD}\n").number


def test_whoever_registers_a_stranger_s_address_again_does_not_get_their_account() -> None:
    owner = operations.register(**registration())
    operations.register(**registration(password="hkd5qzw9ru", profile={"name": "Intrus"}, client=ELSEWHERE))
    with pytest.raises(operations.PasswordWanted):  # the owner's browser, with the newest code
        activate(registration=owner)
    with pytest.raises(operations.CodeOrPasswordRefused, match="recommencez votre inscription"):
        activate(registration=owner, password=PASSWORD)
    assert not Account.objects.exists()
    assert activate(registration=operations.register(**registration())).profile == PROFILE
    assert sign_in(PASSWORD)


def test_where_an_account_exists_a_browser_is_given_something_all_the_same() -> None:
    account = a_subscriber()
    given = {operations.register(**registration()) for _ in range(2)}
    assert len(given) == 2
    assert account.pk not in given


def test_one_sentence_with_a_password_too_after_one_hash(hashes: list[str]) -> None:
    subscribe()
    right = code_in("code_d_activation")
    hashes.clear()
    said = {
        refused("x" * 12, identifier="nul@cabinet.example", client=ELSEWHERE, password=PASSWORD),
        refused("abcdefgh2345", password=PASSWORD),
        refused(right, password="hkd5qzw9ru"),
    }
    assert len(said) == 1
    assert len(hashes) == 3
    refused("abcdefgh2345")
    with pytest.raises(operations.PasswordWanted):
        activate(right, registration=None)
    assert len(hashes) == 3  # none without a password


def test_passwords_are_tried_as_often_as_codes() -> None:
    subscribe()
    right = code_in("code_d_activation")
    for _ in range(5):
        refused(right, password="hkd5qzw9ru")
    with pytest.raises(operations.CodeTriesLockedOut):
        activate(right, password=PASSWORD)


def test_a_password_that_waits_too_long_costs_no_try(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> bool:
        raise Saturated(retry_after=5)

    subscribe()
    with monkeypatch.context() as busy:
        busy.setattr("guichet.accounts.operations.activation.check_password", full)
        for _ in range(6):
            with pytest.raises(Saturated):
                activate(password=PASSWORD)
    assert activate(password=PASSWORD)


def test_what_begins_with_an_account_is_part_of_its_activation(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(**_asked: object) -> None:
        raise RuntimeError

    subscribe()
    with monkeypatch.context() as broken:
        broken.setattr("guichet.adhesions.operations.colleagues.present", breaks)
        with pytest.raises(RuntimeError):
            activate()
    assert not Account.objects.exists()
    assert Collegue.objects.filter(account=activate(), recognised_at__isnull=False).exists()


def test_one_sentence_for_unknown_addresses_and_for_wrong_old_and_replaced_codes(now: Watch) -> None:
    subscribe()
    first = code_in("code_d_activation")
    subscribe()
    said = {
        refused("x" * 12, identifier="nul@cabinet.example", client=ELSEWHERE),
        refused("abcdefgh2345"),
        refused(first),
        refused(" "),
        refused(code_in("code_d_activation"), identifier="autre@cabinet.example"),
    }
    now.forward(DELAY)
    said.add(refused(code_in("code_d_activation")))
    assert len(said) == 1


def test_unknown_addresses_and_wrong_codes_cost_the_same_work() -> None:
    subscribe()
    refused("abcdefgh2345", identifier="premiere@cabinet.example")  # counts the address they have in common
    with CaptureQueriesContext(connection) as wrong:
        refused("abcdefgh2345")
    with CaptureQueriesContext(connection) as unknown:
        refused("abcdefgh2345", identifier="nul@cabinet.example")
    assert work(wrong) == work(unknown)


def test_a_new_code_costs_the_same_work_for_everybody_and_leaves_nothing_for_nobody() -> None:
    a_subscriber("deja@cabinet.example")
    subscribe()
    ask_again("nul@cabinet.example")  # counts what is counted from now on
    tokens, written = Token.objects.count(), Courrier.objects.count()
    with CaptureQueriesContext(connection) as unknown:
        ask_again("nul@cabinet.example")
    assert (Token.objects.count(), Courrier.objects.count()) == (tokens, written)
    with CaptureQueriesContext(connection) as waiting:
        ask_again()
    with CaptureQueriesContext(connection) as known:
        ask_again("deja@cabinet.example")
    assert len(unknown) - 1 == len(waiting) == len(known)  # what is taken back takes one statement more
    assert mails()[-2:] == [
        ("code_d_activation", EMAIL),
        ("compte_existant_par_code", "deja@cabinet.example"),
    ]


def test_registering_where_an_account_exists_tells_its_owner_and_changes_nothing() -> None:
    account = a_subscriber()
    subscribe(password="hkd5qzw9ru", profile={"name": "Intrus"})
    assert mails()[-1] == ("compte_existant_par_code", EMAIL)
    assert not PendingRegistration.objects.exists()
    account.refresh_from_db()
    assert account.profile == PROFILE
    assert account.check_password(PASSWORD)


def test_the_address_is_one_whatever_the_case_it_is_typed_in() -> None:
    a_subscriber()
    same = espace("abonne").identifier.parse(EMAIL.upper())
    subscribe(identifier=same, email=EMAIL.upper())
    assert mails()[-1] == ("compte_existant_par_code", EMAIL)


def test_nobody_signs_in_before_the_activation() -> None:
    subscribe()
    with pytest.raises(operations.SignInRefused, match="activez d’abord votre espace avec le code"):
        sign_in()


def test_nothing_of_the_password_the_answer_or_the_code_is_kept_in_the_clear() -> None:
    subscribe()
    code, pending, token = (
        code_in("code_d_activation"),
        PendingRegistration.objects.get(),
        Token.objects.get(),
    )
    assert pending.password.startswith("argon2$")
    assert pending.trust_answer.startswith("argon2$")
    assert code not in f"{token.hash} {token.payload}"
    assert len(token.hash) == 64


def test_a_registration_needs_a_question_of_the_door_and_an_answer() -> None:
    for trust in (None, TrustChoice("surnom", "tata")):
        with pytest.raises(ValueError, match="not a question"):
            subscribe(trust=trust)
    with pytest.raises(AnswerTooShort):
        subscribe(trust=TrustChoice("lost_object", "? é !"))
    with pytest.raises(PasswordWithoutDigit):
        subscribe(password="tulipegravier")
    assert not PendingRegistration.objects.exists()


def test_the_answer_is_no_password() -> None:
    with pytest.raises(operations.PasswordTooEasy):
        subscribe(trust=TrustChoice("lost_object", "wuq7zk3xtd"), password="wuq7zk3xtd")


def test_a_certificate_may_stand_in_for_the_password() -> None:
    presented = operations.Presented(
        key="a1" * 32, serial="0f", issuer="CN=AC", subject="CN=L", not_after=clock.now() + DELAY
    )
    assert operations.Presented.from_json(presented.to_json()) == presented
    subscribe(password=None, presented=presented)
    account = activate()
    assert not account.has_usable_password()
    assert account.certificates.get().key == presented.key
    with pytest.raises(operations.SignInRefused):
        sign_in("")


def test_the_journal_tells_the_number_and_nothing_of_the_person() -> None:
    account = a_subscriber()
    history = journal.history(subject=account.subject)
    assert [event.kind for event in history][:2] == ["account.registered", "account.activated"]
    assert history[1].data == {"number": account.number}
    told = " ".join(f"{event.data}" for event in history)
    assert not any(word in told for word in ("cabinet", "Lila", ANSWER, TRUST.question))
