"""Passkeys: made once, asked for each time; what is replayed, borrowed, late or copied is refused."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from webauthn import base64url_to_bytes

from guichet.accounts import authenticators, operations, queries, vault
from guichet.accounts.models import Account, Passkey, RecoveryCode, SecondFactor, Session
from guichet.accounts.operations.closing import erase_person
from guichet.journal import queries as journal
from tests.accounts.authenticator import PRESENT, VERIFIED, Device, add, assertion
from tests.accounts.factor import Telephone, Watch, an_agent, signed_in
from tests.accounts.people import PASSWORD, an_account, mail, mails

pytestmark = pytest.mark.django_db
FIVE = dt.timedelta(minutes=5)
MOMENT = dt.timedelta(microseconds=1)


@pytest.fixture
def account(now: Watch) -> Account:
    """Somebody at a door that offers a second factor, and sends no links."""
    return an_account("anne@exemple.fr", espace="abonne")


@pytest.fixture
def device(account: Account) -> Device:
    """The passkey of that account, in use."""
    made = Device()
    add(account, made)
    return made


def kinds(account: Account) -> list[str]:
    return [event.kind for event in journal.history(subject=account.subject)]


def refuse(
    account: Account, given: operations.Given, refusal: type[Exception] = operations.PasskeyRefused
) -> None:
    with pytest.raises(refusal) as raised:
        operations.check_second_factor(account=account, code=given)
    assert raised.type is refusal


# Made


def test_during_an_upgrade_the_former_release_can_read_what_is_no_application(
    account: Account, device: Device
) -> None:
    secret = SecondFactor.objects.values_list("secret", flat=True).get()
    with pytest.raises(vault.CannotOpen):  # which it makes a refusal of: « utilisez un code de secours »
        vault.open_sealed(bytes(secret), purpose=f"second factor of {account.subject}")
    refuse(account, "123456", operations.NoApplication)


def test_the_first_passkey_protects_the_account_and_gives_recovery_codes(
    account: Account, now: Watch
) -> None:
    codes = add(account, Device())
    account.refresh_from_db()
    assert (account.factor_since, account.last_sign_in_at) == (now(), now())
    assert len(set(codes)) == 10
    assert kinds(account) == ["account.passkey_added", "account.signed_in"]
    assert journal.history(subject=account.subject)[-1].data == {"factor": "passkey"}
    state = queries.second_factor_of(account=account)
    assert state is not None
    assert (state.application, state.recovery_codes) == (False, 10)
    assert [line.name for line in state.passkeys] == ["Mon téléphone"]
    assert Passkey.objects.get().transports == ["internal"]


def test_it_is_told_without_a_link_where_the_door_sends_none(account: Account) -> None:
    add(account, Device())
    body = mail("cle_d_acces_ajoutee").body
    assert "Mon téléphone" in body
    assert "://" not in body


def test_a_browser_is_asked_to_verify_the_person_and_told_no_name_but_their_own(account: Account) -> None:
    options = operations.begin_passkey(account=account).options
    assert options["rp"]["id"] == "guichet.example"
    assert options["user"]["name"] == "anne@exemple.fr"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert base64url_to_bytes(options["user"]["id"]) == account.pk.bytes
    assert operations.begin_passkey_sign_in(account=account).options["userVerification"] == "required"


def test_a_second_passkey_keeps_the_recovery_codes(account: Account, device: Device) -> None:
    before = set(RecoveryCode.objects.values_list("hash", flat=True))
    assert add(account, Device(), name="Clé du coffre", more=True, keep="x") == []
    assert set(RecoveryCode.objects.values_list("hash", flat=True)) == before
    asked = operations.begin_passkey(account=account, more=True).options
    assert len(asked["excludeCredentials"]) == 2


def test_who_has_a_factor_adds_no_other_by_the_password_alone(account: Account, device: Device) -> None:
    with pytest.raises(operations.AlreadyEnrolled):
        add(account, Device())
    assert Passkey.objects.count() == 1


def test_a_passkey_belongs_to_one_account(account: Account, device: Device) -> None:
    with pytest.raises(operations.PasskeyKnown):
        add(an_account("max@exemple.fr", espace="abonne"), device)
    assert SecondFactor.objects.count() == 1


def test_ten_passkeys_and_no_more(account: Account, device: Device) -> None:
    for _ in range(8):
        add(account, Device(), more=True, keep="x")
    waiting = operations.begin_passkey(account=account, more=True)
    add(account, Device(), more=True, keep="x")
    with pytest.raises(operations.TooManyPasskeys):
        operations.begin_passkey(account=account, more=True)
    late = Device().make(waiting.options)
    with pytest.raises(operations.TooManyPasskeys):
        operations.add_passkey(account=account, response=late, state=waiting.state, name="x1")
    assert Passkey.objects.count() == 10


WRONG: list[dict[str, Any]] = [
    {"origin": "https://guichet.example.evil.example"},
    {"origin": "http://guichet.example"},
    {"origin": "https://guichet.example:8443"},
    {"party": "evil.example"},
    {"flags": PRESENT},
    {"flags": VERIFIED},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_nothing_made_elsewhere_or_without_verification_is_kept(
    account: Account, wrong: dict[str, Any]
) -> None:
    with pytest.raises(operations.PasskeyRefused):
        add(account, Device(**wrong))
    assert not SecondFactor.objects.exists()
    account.refresh_from_db()
    assert account.factor_since is None


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_nothing_signed_elsewhere_or_without_verification_counts(
    account: Account, device: Device, wrong: dict[str, Any]
) -> None:
    refuse(account, assertion(account, dataclasses.replace(device, **wrong)))


GARBAGE = [
    "",
    "null",
    "{}",
    "[" * 19_000,
    "é",
    '{"rawId": 3}',
    '{"rawId": "AA", "response": []}',
    "x" * 20_001,
]


@pytest.mark.parametrize("response", GARBAGE, ids=lambda text: text[:12])
def test_what_is_no_answer_is_refused_like_a_wrong_one(
    account: Account, device: Device, response: str
) -> None:
    state = operations.begin_passkey_sign_in(account=account).state
    refuse(account, operations.Assertion(response, state))
    asked = operations.begin_passkey(account=account, more=True)
    with pytest.raises(operations.PasskeyRefused):
        operations.add_passkey(account=account, response=response, state=asked.state, name="Clé")


# Given


def test_a_passkey_signs_in(account: Account, device: Device, now: Watch) -> None:
    now.forward()
    given = assertion(account, device)
    operations.finish_sign_in_by_passkey(account=account, response=given.response, state=given.state)
    event = journal.history(subject=account.subject)[-1]
    assert (event.kind, event.data) == ("account.signed_in", {"factor": "passkey"})
    passkey = Passkey.objects.get()
    assert (passkey.sign_count, passkey.last_used_at) == (1, now())


def test_no_answer_serves_twice(account: Account, device: Device) -> None:
    given = assertion(account, device)
    operations.finish_sign_in(account=account, code=given)
    refuse(account, given, operations.ChallengeOver)


def test_no_question_is_answered_twice_even_after_a_wrong_answer(account: Account, device: Device) -> None:
    asked = operations.begin_passkey_sign_in(account=account)
    refuse(account, operations.Assertion("{}", asked.state))
    refuse(account, operations.Assertion(device.sign(asked.options), asked.state), operations.ChallengeOver)


def test_an_answer_of_before_answers_no_other_question(account: Account) -> None:
    add(account, device := Device(step=0))  # counts nothing, so that its count betrays nothing
    former = assertion(account, device)
    operations.finish_sign_in(account=account, code=former)
    state = operations.begin_passkey_sign_in(account=account).state
    refuse(account, operations.Assertion(former.response, state))


def test_an_answer_waits_for_less_than_five_minutes(account: Account, device: Device, now: Watch) -> None:
    given = assertion(account, device)
    now.forward(FIVE - MOMENT)
    operations.check_second_factor(account=account, code=given)
    given = assertion(account, device)
    now.forward(FIVE)
    refuse(account, given, operations.ChallengeOver)


def test_a_new_passkey_waits_for_less_than_five_minutes(account: Account, now: Watch) -> None:
    asked = operations.begin_passkey(account=account)
    now.forward(FIVE)
    with pytest.raises(operations.ChallengeOver):
        operations.add_passkey(
            account=account, response=Device().make(asked.options), state=asked.state, name="Clé"
        )


def test_another_accounts_passkey_signs_for_another_account(account: Account, device: Device) -> None:
    other = an_account("max@exemple.fr", espace="abonne")
    add(other, theirs := Device())
    refuse(account, assertion(account, theirs))
    theirs_but_named_mine = dataclasses.replace(theirs, credential=device.credential)
    refuse(account, assertion(account, theirs_but_named_mine))
    question = operations.begin_passkey_sign_in(account=other)
    refuse(
        account,
        operations.Assertion(device.sign(question.options), question.state),
        operations.ChallengeOver,
    )


def test_a_question_for_a_new_passkey_is_none_for_signing_in(account: Account, device: Device) -> None:
    asked = operations.begin_passkey(account=account, more=True)
    refuse(account, operations.Assertion(device.sign(asked.options), asked.state), operations.ChallengeOver)
    refuse(account, operations.Assertion(device.sign(asked.options), {}), operations.ChallengeOver)


def test_an_altered_answer_is_refused(account: Account, device: Device) -> None:
    given = assertion(account, device)
    told = json.loads(given.response)
    told["response"]["authenticatorData"] = told["response"]["authenticatorData"][:-2] + "9A"
    refuse(account, operations.Assertion(json.dumps(told), given.state))


def test_a_count_that_goes_back_is_refused_and_told(account: Account, device: Device) -> None:
    copy = dataclasses.replace(device)
    for _ in range(3):
        operations.check_second_factor(account=account, code=assertion(account, device))
    copy.count = 2  # the third use, again
    refuse(account, assertion(account, copy), operations.PasskeyCopied)
    assert mails()[-1] == ("cle_d_acces_refusee", account.email)
    assert "://" not in mail("cle_d_acces_refusee").body
    assert kinds(account)[-1] == "account.passkey_copied"
    operations.check_second_factor(account=account, code=assertion(account, device))


def test_a_passkey_that_counts_nothing_goes_on_for_ever(account: Account) -> None:
    add(account, device := Device(step=0))
    for _ in range(3):
        operations.check_second_factor(account=account, code=assertion(account, device))


@pytest.mark.parametrize(
    ("count", "last", "back"), [(0, 0, False), (1, 0, False), (0, 1, True), (1, 1, True), (2, 1, False)]
)
def test_which_count_goes_back(count: int, last: int, back: bool) -> None:
    assert authenticators.went_back(count, last=last) is back


def test_tries_are_counted_with_those_of_codes(account: Account, now: Watch) -> None:
    codes = add(account, device := Device())
    stranger = Device()
    for _ in range(5):
        refuse(account, assertion(account, stranger))
    with pytest.raises(operations.CodesLockedOut):
        operations.check_second_factor(account=account, code=assertion(account, device))
    operations.check_second_factor(account=account, code=codes[0])  # the way out
    operations.check_second_factor(account=account, code=assertion(account, device))


def test_a_lost_device_leaves_the_recovery_codes(account: Account) -> None:
    codes = add(account, Device())
    refuse(account, "123456", operations.NoApplication)
    operations.finish_sign_in(account=account, code=codes[0])
    refuse(account, codes[0], operations.WrongRecoveryCode)


def test_nobody_gives_a_passkey_to_a_suspended_account(account: Account, device: Device) -> None:
    given = assertion(account, device)
    operations.suspend(account=account, actor="operator")
    refuse(account, given, operations.AccountSuspended)


# Changed


def test_a_passkey_is_taken_away_and_serves_no_more(account: Account, device: Device) -> None:
    add(account, second := Device(), name="Ordinateur", more=True, keep="x")
    operations.remove_passkey(account=account, passkey_id=Passkey.objects.get(name="Mon téléphone").pk)
    assert mails()[-1][0] == "cle_d_acces_retiree"
    assert "Mon téléphone" in mail("cle_d_acces_retiree").body
    refuse(account, assertion(account, device))
    operations.check_second_factor(account=account, code=assertion(account, second))


def test_nobody_takes_a_strangers_passkey_away(account: Account, device: Device) -> None:
    other = an_account("max@exemple.fr", espace="abonne")
    add(other, Device())
    operations.remove_passkey(account=other, passkey_id=Passkey.objects.get(account=account).pk)
    assert Passkey.objects.count() == 2


def test_the_last_factor_stays_where_the_door_obliges_and_is_given_up_elsewhere(
    account: Account, device: Device
) -> None:
    add(agent := an_agent(), Device())
    for owner, refusal in ((agent, operations.LastFactor), (account, operations.OnlyFactor)):
        with pytest.raises(refusal) as raised:
            operations.remove_passkey(account=owner, passkey_id=owner.passkeys.get().pk)
        assert raised.type is refusal
    assert Passkey.objects.count() == 2


def test_an_application_beside_a_passkey_and_either_of_them_signs_in(now: Watch) -> None:
    telephone = Telephone(agent := an_agent())
    device = Device()
    assert add(agent, device, more=True, keep="x") == []
    now.forward()
    operations.check_second_factor(account=agent, code=telephone.code())
    operations.check_second_factor(account=agent, code=assertion(agent, device))
    operations.remove_passkey(account=agent, passkey_id=agent.passkeys.get().pk)  # the application is left
    now.forward()
    operations.check_second_factor(account=agent, code=telephone.code())


def test_an_application_added_to_a_passkey_keeps_the_recovery_codes(
    account: Account, device: Device, now: Watch
) -> None:
    telephone = Telephone.__new__(Telephone)
    telephone.secret = operations.begin_enrolment(account=account).secret
    before = set(RecoveryCode.objects.values_list("hash", flat=True))
    added = operations.change_second_factor(
        account=account, secret=telephone.secret, code=telephone.code(), keep_session="x"
    )
    assert added == []
    assert set(RecoveryCode.objects.values_list("hash", flat=True)) == before
    assert mails()[-1][0] == "application_de_codes_reliee"
    now.forward()
    operations.check_second_factor(account=account, code=telephone.code())
    operations.remove_application(account=account)
    assert mails()[-1][0] == "application_de_codes_retiree"
    now.forward()
    refuse(account, telephone.code(), operations.NoApplication)
    operations.check_second_factor(account=account, code=assertion(account, device))


def test_an_application_alone_is_not_taken_away(now: Watch) -> None:
    telephone = Telephone(agent := an_agent())
    operations.remove_application(account=agent)
    now.forward()
    operations.check_second_factor(account=agent, code=telephone.code())


def test_doing_without_asks_for_both_and_is_told(account: Account, device: Device) -> None:
    with pytest.raises(operations.WrongPassword):
        operations.give_up_second_factor(account=account, password="faux", code=assertion(account, device))
    with pytest.raises(operations.PasskeyRefused):
        operations.give_up_second_factor(
            account=account, password=PASSWORD, code=assertion(account, Device())
        )
    operations.give_up_second_factor(account=account, password=PASSWORD, code=assertion(account, device))
    account.refresh_from_db()
    assert account.factor_since is None
    assert not Passkey.objects.exists()
    assert queries.second_factor_of(account=account) is None
    assert mails()[-1] == ("seconde_protection_retiree", account.email)
    assert kinds(account)[-1] == "account.second_factor_given_up"


def test_nobody_does_without_where_the_door_obliges(now: Watch) -> None:
    add(agent := an_agent(), device := Device())
    with pytest.raises(operations.FactorObliged):
        operations.give_up_second_factor(account=agent, password=PASSWORD, code=assertion(agent, device))
    assert Passkey.objects.exists()


def test_an_account_without_a_password_changes_its_factor_by_that_alone(
    account: Account, device: Device
) -> None:
    account.set_unusable_password()
    account.save()
    with pytest.raises(operations.PasskeyRefused):
        operations.allow_change(account=account, password="", code=assertion(account, Device()))
    operations.allow_change(account=account, password="", code=assertion(account, device))


def test_a_reset_and_a_closed_account_leave_no_passkey(now: Watch, account: Account, device: Device) -> None:
    add(agent := an_agent(), Device())
    operations.reset_second_factor(account=agent, actor="operator")
    agent.refresh_from_db()
    assert agent.factor_since is None
    assert not agent.passkeys.exists()
    erase_person(account)
    assert not Passkey.objects.exists()


# Sessions


def test_who_protects_an_account_closes_its_other_sessions(account: Account) -> None:
    here, elsewhere = (signed_in(account, second_factor=False) for _ in range(2))
    add(account, Device(), keep=here.session.session_key or "")
    assert Session.objects.filter(account=account).count() == 1
    assert elsewhere.get("/abonne/compte/").status_code == 302


def test_no_session_without_the_factor_is_believed_since(account: Account, device: Device) -> None:
    late = signed_in(account, second_factor=False)  # was being opened meanwhile
    assert late.get("/abonne/compte/").status_code == 302
    assert signed_in(account).get("/abonne/compte/").status_code == 200


def test_the_password_alone_is_no_sign_in_since(account: Account, device: Device) -> None:
    before = len(kinds(account))
    operations.sign_in(
        espace="abonne",
        identifier=account.identifier,
        password=PASSWORD,
        client=operations.Client(address="192.0.2.7", agent=""),
    )
    assert kinds(account)[before:] == ["account.password_given"]


# Proposed


def test_not_now_is_remembered_for_ninety_days(account: Account, now: Watch) -> None:
    assert queries.is_factor_proposed(account=account)
    operations.postpone_second_factor(account=account)
    now.forward(dt.timedelta(days=90) - MOMENT)
    assert not queries.is_factor_proposed(account=account)
    assert queries.is_factor_proposed(account=an_account("max@exemple.fr", espace="abonne"))
    now.forward(MOMENT)
    assert queries.is_factor_proposed(account=account)
    operations.postpone_second_factor(account=account)
    assert not queries.is_factor_proposed(account=account)


def test_it_is_proposed_where_it_is_offered_and_missing(account: Account) -> None:
    assert not queries.is_factor_proposed(account=an_account("p@exemple.fr", espace="porte"))
    assert not queries.is_factor_proposed(account=an_agent())
    add(account, Device())
    account.refresh_from_db()
    assert not queries.is_factor_proposed(account=account)


# The relying party


@pytest.mark.parametrize(
    ("base", "id_", "origin"),
    [
        ("https://guichet.example", "guichet.example", "https://guichet.example"),
        ("https://guichet.example:443/", "guichet.example", "https://guichet.example"),
        ("https://Guichet.Example:8443", "guichet.example", "https://guichet.example:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("https://démarches.example", "xn--dmarches-b1a.example", "https://xn--dmarches-b1a.example"),
    ],
)
def test_the_relying_party_is_the_host_of_the_portal(base: str, id_: str, origin: str) -> None:
    assert authenticators.party(base) == authenticators.Party(id_, origin)


@pytest.mark.parametrize(
    ("base", "refusal"),
    [
        ("http://127.0.0.1:8000", authenticators.NoDomainName),
        ("https://[2001:db8::1]", authenticators.NoDomainName),
        ("http://guichet.example", authenticators.NotSecure),
    ],
)
def test_where_no_passkey_can_be_made_it_says_why(
    account: Account, settings: Settings, base: str, refusal: type[Exception]
) -> None:
    settings.BASE_URL = base
    with pytest.raises(refusal):
        operations.begin_passkey(account=account)
