"""Provisional passwords: given or sent, tried, ended by a password of one's own (003, 3 and 5; ADR 0026)."""

import datetime as dt
import json
import re

import pytest
from django.db import connection, transaction
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext

from guichet.accounts import operations, queries, sessions
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, Provisional, Session, TrustAnswer
from guichet.accounts.operations.closing import erase_person
from guichet.courriers.models import Courrier
from guichet.journal import queries as journal
from guichet.kernel import clock
from tests.accounts.declarants import (
    ADMINISTRATEUR,
    ANSWER,
    DOOR,
    EMAIL,
    IDENTIFIER,
    NEW,
    OTHER_TRUST,
    PASSWORD,
    PROFILE,
    an_employee,
    another,
    fail,
    given,
    kinds,
    recovery,
    shown,
    sign_in,
    take,
)
from tests.accounts.factor import Telephone, Watch
from tests.accounts.people import HERE, mail, mails, token_in
from tests.accounts.test_recovery import a_session

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
GIVEN_FOR, SENT_FOR = dt.timedelta(hours=72), dt.timedelta(minutes=30)
OTHER_EMAIL = "adele.l@lavoir.example"


def test_an_account_is_given_with_five_digits_that_no_message_holds() -> None:
    account, password = given()
    assert re.fullmatch(r"\d{5}", password)
    assert not account.has_usable_password()
    assert account.siren == IDENTIFIER[:9]
    assert mails() == [("compte_ouvert", EMAIL)]
    body = " ".join(mail("compte_ouvert").body.split())
    assert password not in body
    assert "Il vous dira lui-même votre mot de passe provisoire, de 5 chiffres" in body
    assert "732 829 320 00074 Leriche-Morel Adèle" in body
    assert kinds(account) == [("account.given", ADMINISTRATEUR)]
    row = Provisional.objects.get()
    assert row.hash.startswith("argon2$")
    assert row.given_by == ADMINISTRATEUR


def test_leading_zeros_are_digits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _limit: 7)
    assert given()[1] == "00007"
    assert queries.owes_password(account=sign_in("00007"))
    assert shown() == "00000007"


def test_nobody_is_given_an_account_that_exists() -> None:
    account = an_employee()
    with pytest.raises(operations.AccountExists, match="deuxième prénom") as refusal:
        given(email="autre@lavoir.example")
    assert refusal.value.status == 409
    assert Account.objects.get() == account
    assert not Provisional.objects.exists()
    assert ("compte_ouvert", "autre@lavoir.example") not in mails()


def test_it_signs_in_to_choose_a_password_and_to_nothing_else() -> None:
    account, password = given()
    mine = sign_in(f" {password}\n")
    assert mine == account
    assert queries.owes_password(account=mine)
    account.refresh_from_db()
    assert account.last_sign_in_at is None
    with pytest.raises(RuntimeError, match="opens no session"):
        sessions.begin(HttpRequest(), account=mine, client=HERE)
    assert kinds(account)[-1] == ("account.provisional_accepted", account.subject)


def test_possession_ends_it_and_gives_password_and_question() -> None:
    account, password = given()
    mine = take(sign_in(password))
    assert not queries.owes_password(account=mine)
    assert not Provisional.objects.exists()
    question = queries.trust_question_of(account=account)
    assert question
    assert question.code == OTHER_TRUST.question
    fail(password)
    again = sign_in(NEW)
    assert not queries.owes_password(account=again)
    assert again.last_sign_in_at is not None
    assert mails()[-1] == ("compte_pris_en_main", EMAIL)
    assert kinds(account)[-3:] == [
        ("account.possession_taken", account.subject),
        ("account.signed_in", account.subject),
        ("account.signed_in", account.subject),
    ]


def test_the_first_password_follows_the_policy_and_is_not_the_answer() -> None:
    _, password = given()
    mine = sign_in(password)
    for chosen in ("court", "Leriche75Adele", password):
        with pytest.raises(operations.WeakPassword):
            take(mine, chosen)
    with pytest.raises(operations.PasswordTooEasy):
        take(mine, "Cerfvolantbleu12", operations.TrustChoice("lost_object", "cerf volant bleu 12"))
    with pytest.raises(operations.AnswerTooShort):
        take(mine, NEW, operations.TrustChoice("lost_object", "é"))
    with pytest.raises(ValueError, match="not a question"):
        take(mine, NEW, operations.TrustChoice("invented", "épinards"))
    assert not TrustAnswer.objects.exists()
    take(mine)


def test_possession_is_taken_once() -> None:
    _, password = given()
    first, second = sign_in(password), sign_in(password)
    take(first)
    with pytest.raises(operations.ProvisionalEnded):
        take(second, PASSWORD)
    with pytest.raises(operations.ProvisionalEnded):
        take(sign_in(NEW), PASSWORD)
    assert sign_in(NEW)


def test_another_one_ends_what_the_first_began() -> None:
    account, password = given()
    mine = sign_in(password)
    later = operations.give_provisional(account=account, actor=ADMINISTRATEUR)
    with pytest.raises(operations.ProvisionalEnded):
        take(mine)
    take(sign_in(later))


@pytest.mark.parametrize(("lifetime", "sent"), [(GIVEN_FOR, False), (SENT_FOR, True)])
def test_it_lives_so_long_to_the_second(now: Watch, lifetime: dt.timedelta, sent: bool) -> None:
    an_employee() if sent else None
    password = shown() if sent else given()[1]
    asked = now.moment
    now.moment = asked + lifetime
    fail(password)
    now.moment = asked + lifetime - SECOND
    assert queries.owes_password(account=sign_in(password))


def test_five_wrong_ones_end_it_for_good(now: Watch) -> None:
    account, password = given()
    fail(another(password), 4)
    sign_in(password)
    fail(another(password))
    fail(password)
    now.forward(dt.timedelta(hours=1))
    fail(password)
    assert kinds(account)[-1] == ("account.provisional_tried_out", "anonymous")
    state = queries.provisional_of(account=account)
    assert state
    assert not state.is_usable


def test_right_ones_do_not_count() -> None:
    _, password = given()
    for _ in range(7):
        sign_in(password)
    fail(another(password), 4)
    sign_in(password)


@pytest.mark.parametrize("typed", ["1234", "123456", "abcde", "１２３４５", "", PASSWORD])
def test_what_can_be_no_provisional_password_costs_no_try(typed: str) -> None:
    _, password = given()
    fail(typed, 6)
    assert Provisional.objects.get().tries == 0
    sign_in(password)


def test_the_sentence_tells_what_to_try_and_not_what_is_wrong() -> None:
    _, password = given()
    said = set()
    for identifier, typed in (
        (IDENTIFIER, another(password)),
        (IDENTIFIER, PASSWORD),
        (IDENTIFIER.replace("ADELE", "ODILE"), password),
        (IDENTIFIER.replace("00074", "00082"), PASSWORD),
    ):
        with pytest.raises(operations.SignInRefused) as refusal:
            sign_in(typed, identifier=identifier)
        said.add(str(refusal.value))
    [sentence] = said
    assert "« Mot de passe oublié »" in sentence
    assert "mot de passe provisoire" in sentence


def test_what_is_sent_is_shown_once_and_the_former_password_still_works() -> None:
    account = an_employee()
    a_session(account)
    operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    assert mails()[-1] == ("mot_de_passe_provisoire", EMAIL)
    assert mail("mot_de_passe_provisoire").secret
    token = token_in("mot_de_passe_provisoire")
    assert f"https://guichet.example/p/{token}" in mail("mot_de_passe_provisoire").body
    for _ in range(2):  # looking spends nothing: mail programs look too
        assert operations.provisional_account(token=token) == account
    password = operations.open_provisional(token=token)
    assert re.fullmatch(r"\d{8}", password)
    for opens in (operations.open_provisional, operations.provisional_account):
        with pytest.raises(operations.LinkUsed) as refusal:
            opens(token=token)
        assert refusal.value.params == {"espace": DOOR}
    assert queries.owes_password(account=sign_in(password))
    assert Session.objects.count() == 1
    assert not queries.owes_password(account=sign_in(PASSWORD))


def test_the_link_lives_thirty_minutes_to_the_second(now: Watch) -> None:
    an_employee()
    operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    token, asked = token_in("mot_de_passe_provisoire"), now.moment
    now.moment = asked + SENT_FOR
    with pytest.raises(operations.LinkExpired):
        operations.open_provisional(token=token)
    now.moment = asked + SENT_FOR - SECOND
    assert operations.open_provisional(token=token)


def test_a_link_of_another_kind_shows_nothing_and_this_one_sets_no_password() -> None:
    an_employee()
    with pytest.raises(operations.LinkUnknown):
        operations.open_provisional(token=recovery())
    operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    with pytest.raises(operations.LinkUnknown):
        operations.set_password_by_token(
            token=token_in("mot_de_passe_provisoire"), password=NEW, answer=ANSWER
        )


def test_who_remembers_the_password_ends_what_was_sent() -> None:
    an_employee()
    password = shown()
    sign_in(PASSWORD)
    fail(password)


def test_another_password_ends_what_was_sent() -> None:
    an_employee()
    password = shown()
    operations.set_password_by_token(token=recovery(), password=NEW, answer=ANSWER)
    fail(password)


def test_who_came_by_the_mailbox_replaces_the_question_too_and_is_told() -> None:
    account = an_employee()
    a_session(account)
    take(sign_in(shown()))
    assert mails()[-1] == ("compte_pris_en_main", EMAIL)
    assert not Session.objects.exists()
    fail(PASSWORD)
    with pytest.raises(operations.WrongAnswer):
        operations.set_password_by_token(token=recovery(), password=PASSWORD, answer=ANSWER)
    operations.set_password_by_token(token=recovery(), password=PASSWORD, answer=OTHER_TRUST.answer)


def test_possession_ends_the_links_that_were_sent_before() -> None:
    an_employee()
    token = recovery()
    take(sign_in(shown()))
    with pytest.raises(operations.LinkUsed):
        operations.set_password_by_token(token=token, password=PASSWORD, answer=OTHER_TRUST.answer)


def test_possession_lifts_both_lock_outs(now: Watch) -> None:
    an_employee()
    token = recovery()
    for _ in range(5):
        with pytest.raises(operations.WrongAnswer):
            operations.set_password_by_token(token=token, password=NEW, answer="faux")
    mine = sign_in(shown())
    fail("faux", 10)
    take(mine)
    assert sign_in(NEW)
    operations.set_password_by_token(token=recovery(), password=PASSWORD, answer=OTHER_TRUST.answer)


def test_who_never_took_possession_recovers_by_a_provisional_password() -> None:
    """There is no question yet: a link alone would leave none."""
    given()
    operations.ask_recovery(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    assert mails()[-1] == ("mot_de_passe_provisoire", EMAIL)
    password = operations.open_provisional(token=token_in("mot_de_passe_provisoire"))
    take(sign_in(password))
    operations.ask_recovery(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    assert mails()[-1] == ("nouveau_mot_de_passe", EMAIL)


def test_asking_for_known_and_unknown_people_is_the_same_work() -> None:
    an_employee()
    unknown = IDENTIFIER.replace("ADELE", "ODILE")
    for identifier in (IDENTIFIER, unknown):
        operations.ask_provisional(espace=DOOR, identifier=identifier, client=HERE)
    before = Courrier.objects.count()
    with CaptureQueriesContext(connection) as nobodys:
        operations.ask_provisional(espace=DOOR, identifier=unknown, client=HERE)
    assert Courrier.objects.count() == before
    with CaptureQueriesContext(connection) as theirs:
        operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    assert len(nobodys) - len(theirs) == 2  # an account is made up, and taken back


def test_mailboxes_are_not_filled() -> None:
    account = an_employee()  # the first message to that mailbox, and the first about that identifier
    for _ in range(4):
        operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    with pytest.raises(operations.TooManyMessages):
        operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    for _ in range(9):
        operations.give_provisional(account=account, actor=ADMINISTRATEUR)
    with pytest.raises(operations.TooManyMessages):
        operations.give_provisional(account=account, actor=ADMINISTRATEUR)


def test_a_door_without_provisional_passwords_sends_and_takes_none() -> None:
    with pytest.raises(RuntimeError, match="no provisional"):
        operations.ask_provisional(espace="porte", identifier="anne@exemple.fr", client=HERE)


@pytest.mark.parametrize("sent", [False, True])
def test_a_suspended_account_says_so_to_who_knows_it_and_to_nobody_else(sent: bool) -> None:
    account = an_employee() if sent else given()[0]
    password = shown() if sent else operations.give_provisional(account=account, actor=ADMINISTRATEUR)
    mine = sign_in(password)
    operations.suspend(account=account, actor="operator")
    with pytest.raises(operations.AccountSuspended):
        sign_in(password)
    fail(another(password))
    with pytest.raises(operations.AccountSuspended):
        take(mine)
    before = mails()
    operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    assert mails() == before


def test_the_mailbox_does_not_lead_around_the_second_factor() -> None:
    account = an_employee()
    with_factor = Telephone(account)
    mine = take(sign_in(shown()))
    assert sessions.factor_wanted(mine)
    assert queries.second_factor_of(account=mine)
    assert kinds(account)[-1] == ("account.password_given", account.subject)
    with pytest.raises(operations.WrongCode):
        operations.finish_sign_in(account=mine, code=with_factor.wrong_code())
    operations.finish_sign_in(account=mine, code=with_factor.recovery_codes[0])
    assert kinds(account)[-1] == ("account.signed_in", account.subject)


def test_what_an_administrateur_gives_does_not_lead_around_it_either() -> None:
    account = an_employee()
    Telephone(account)
    account.refresh_from_db()
    password = operations.give_provisional(account=account, actor=ADMINISTRATEUR)
    assert sessions.factor_wanted(take(sign_in(password)))


def test_what_expired_is_forgotten_once_nobody_can_be_choosing_any_more() -> None:
    given()
    with clock.travel(GIVEN_FOR + sessions.POSSESSION_WITHIN - 2 * SECOND):
        operations.purge_expired()
        assert Provisional.objects.exists()
    with clock.travel(GIVEN_FOR + sessions.POSSESSION_WITHIN):
        operations.purge_expired()
    assert not Provisional.objects.exists()


def test_a_closed_account_keeps_none() -> None:
    account, password = given()
    with transaction.atomic():
        erase_person(account)
    assert not Provisional.objects.exists()
    fail(password)


def test_what_an_administrateur_reads_of_it() -> None:
    account, password = given()
    state = queries.provisional_of(account=account)
    assert state
    assert (state.expires_at - state.given_at, state.is_usable) == (GIVEN_FOR, True)
    take(sign_in(password))
    assert queries.provisional_of(account=account) is None


def test_nothing_personal_reaches_the_journal() -> None:
    account, password = given()
    fail(another(password), 5)
    operations.correct_email(account=account, email=OTHER_EMAIL, actor=ADMINISTRATEUR)
    again = operations.give_provisional(account=account, actor=ADMINISTRATEUR)
    take(sign_in(again))
    sent = shown()
    last = operations.regive(account=account, email=EMAIL, profile=PROFILE, actor=ADMINISTRATEUR)
    told = json.dumps([event.data for event in journal.history(subject=account.subject)])
    hidden = (password, again, sent, last, EMAIL, OTHER_EMAIL, "Leriche", ANSWER, NEW, IDENTIFIER)
    assert not [word for word in hidden if word in told]


def test_the_door_says_how_long_and_how_often() -> None:
    policy = espace("declarant").provisionals
    assert policy
    assert (policy.given_length, policy.sent_length, policy.tries) == (5, 8, 5)
    assert (policy.given_lifetime, policy.sent_lifetime) == (GIVEN_FOR, SENT_FOR)
