"""Questions of trust: with the mailbox, never alone (004, step 2; ADR 0019)."""

import contextlib
import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from guichet.accounts import operations, queries
from guichet.accounts.models import Account, Session, Token, TrustAnswer
from guichet.accounts.operations.closing import erase_person
from guichet.accounts.rules import TrustChoice, folded_answer
from guichet.cli import accounts as cli
from guichet.courriers.models import Courrier
from guichet.journal import queries as journal
from guichet.kernel.refusals import Refusal
from tests.accounts.factor import Watch
from tests.accounts.people import HERE, mails
from tests.accounts.subscribers import (
    ANSWER,
    EMAIL,
    NEW,
    PASSWORD,
    a_subscriber,
    ask_recovery,
    code_in,
    proof,
    recovery,
    sign_in,
)
from tests.accounts.test_recovery import a_session

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
NEW_EMAIL = "l.rosemonde@ailleurs.example"


@pytest.fixture
def lila() -> Account:
    return a_subscriber()


@pytest.mark.parametrize("typed", ["Médor", "medor", " MEDOR ", "Me-dor.", "me\u0301dor", "mé dor"])
def test_case_accents_blanks_and_signs_count_for_nothing(typed: str) -> None:
    assert folded_answer(typed) == "medor"


EDGES = [("ab", True), ("7 b", True), ("a", False), ("é…", False), ("", False)]


@pytest.mark.parametrize(("typed", "holds"), EDGES)
def test_an_answer_has_two_letters_or_digits(typed: str, holds: bool) -> None:
    with contextlib.nullcontext() if holds else pytest.raises(operations.AnswerTooShort):
        folded_answer(typed)


def test_letters_of_other_scripts_are_letters() -> None:
    assert folded_answer("Straße ΑΘΗΝΑ") == folded_answer("STRASSE αθηνα")


def test_recovery_asks_for_the_mailbox_then_for_the_answer(lila: Account) -> None:
    a_session(lila)
    ask_recovery()
    assert mails()[-1] == ("nouveau_mot_de_passe_par_code", EMAIL)
    token = recovery()
    assert operations.recovery_account(token=token) == lila
    for answer in ("", "un ballon bleu"):
        with pytest.raises(operations.WrongAnswer):
            operations.set_password_by_token(token=token, password=NEW, answer=answer)
    sign_in(PASSWORD)
    operations.set_password_by_token(token=token, password=NEW, answer="un cerf volant ROUGE !")
    assert sign_in(NEW) == lila
    assert not Session.objects.exists()
    assert ("mot_de_passe_change", EMAIL) in mails()
    with pytest.raises(operations.LinkUsed):
        operations.set_password_by_token(token=token, password=PASSWORD, answer=ANSWER)


def test_the_answer_alone_opens_nothing(lila: Account) -> None:
    with pytest.raises(operations.LinkUnknown):
        operations.set_password_by_token(token="", password=NEW, answer=ANSWER)
    with pytest.raises(operations.ProofRefused):
        operations.change_password(account=lila, current=PASSWORD, new=NEW, keep_session="")


def test_a_code_of_recovery_is_used_once_and_a_newer_one_ends_it(lila: Account) -> None:
    ask_recovery()
    first = code_in("nouveau_mot_de_passe_par_code")
    ask_recovery()
    for code in (first, first.swapcase()):
        with pytest.raises(operations.CodeRefused):
            recovery(code=code)
    opened = recovery()
    with pytest.raises(operations.CodeRefused):
        recovery()
    ask_recovery()  # by somebody who wants to be in the way
    assert operations.recovery_account(token=opened) == lila


def test_a_code_of_recovery_lives_two_hours_to_the_second(now: Watch) -> None:
    a_subscriber()
    ask_recovery()
    asked = now.moment
    now.moment = asked + 2 * HOUR
    with pytest.raises(operations.CodeRefused):
        recovery()
    now.moment = asked + 2 * HOUR - dt.timedelta(seconds=1)
    assert recovery()


def test_a_code_is_worth_nothing_to_another_identifier_or_for_something_else(lila: Account) -> None:
    a_subscriber("autre@cabinet.example")
    ask_recovery()
    code = code_in("nouveau_mot_de_passe_par_code")
    with pytest.raises(operations.CodeRefused):
        recovery("autre@cabinet.example", code)
    with pytest.raises(operations.CodeRefused):
        operations.activate_by_code(espace="abonne", identifier=EMAIL, code=code, client=HERE)
    with pytest.raises(operations.ProofRefused):
        operations.change_password(account=lila, new=NEW, code=code, keep_session="")


def test_recovery_of_known_and_unknown_addresses_is_the_same_work(lila: Account) -> None:
    for identifier in (EMAIL, "nul@cabinet.example"):
        ask_recovery(identifier)  # counts what is counted from now on
    before = Courrier.objects.count()
    with CaptureQueriesContext(connection) as unknown:
        ask_recovery("nul@cabinet.example")
    assert Courrier.objects.count() == before
    with CaptureQueriesContext(connection) as known:
        ask_recovery()
    assert len(unknown) - len(known) == 2  # an account is made up, and taken back


def test_a_weak_password_costs_no_try_at_the_answer(lila: Account) -> None:
    ask_recovery()
    token = recovery()
    for _ in range(10):
        with pytest.raises(operations.WeakPassword):
            operations.set_password_by_token(token=token, password="court", answer="faux")
    operations.set_password_by_token(token=token, password=NEW, answer=ANSWER)


def test_a_suspended_account_has_no_recovery(lila: Account) -> None:
    ask_recovery()
    operations.suspend(account=lila, actor="operator")
    with pytest.raises(operations.CodeRefused):
        recovery()


def test_changing_the_password_asks_for_password_answer_and_mailbox(lila: Account) -> None:
    here, _ = a_session(lila), a_session(lila)
    with pytest.raises(operations.WrongPassword):
        operations.ask_proof(account=lila, current="faux", answer=ANSWER)
    with pytest.raises(operations.WrongAnswer):
        operations.ask_proof(account=lila, current=PASSWORD, answer="faux")
    assert "code_de_changement" not in dict(mails())
    code = proof(lila)
    with pytest.raises(operations.ProofRefused):
        operations.change_password(account=lila, new=NEW, code=code.swapcase(), keep_session=here)
    operations.change_password(account=lila, new=NEW, code=code, keep_session=here)
    assert Session.objects.count() == 1
    sign_in(NEW)
    with pytest.raises(operations.ProofRefused):
        operations.change_password(account=lila, new=PASSWORD, code=code, keep_session=here)


def test_what_is_refused_leaves_the_code_and_its_tries(lila: Account) -> None:
    code = proof(lila)
    for _ in range(10):
        with pytest.raises(operations.WeakPassword):
            operations.change_password(account=lila, new="court", code=code, keep_session="")
    operations.change_password(account=lila, new=NEW, code=code, keep_session="")


def test_a_code_belongs_to_its_account(lila: Account) -> None:
    other = a_subscriber("autre@cabinet.example")
    with pytest.raises(operations.ProofRefused):
        operations.change_password(account=other, new=NEW, code=proof(lila), keep_session="")


def test_changing_the_address_proves_the_old_mailbox_and_the_new_one(lila: Account) -> None:
    with pytest.raises(operations.ProofRefused):
        operations.ask_email_change(account=lila, email=NEW_EMAIL, password=PASSWORD)
    code = proof(lila)
    operations.ask_email_change(account=lila, email=NEW_EMAIL, code=code)
    assert mails()[-2:] == [("adresse_a_verifier_par_code", NEW_EMAIL), ("changement_d_adresse", EMAIL)]
    with pytest.raises(operations.ProofRefused):
        operations.confirm_email_change_by_code(account=lila, code=code)
    lila.refresh_from_db()
    assert lila.email == EMAIL
    confirmed = code_in("adresse_a_verifier_par_code")
    for _ in range(2):  # a double click
        account = operations.confirm_email_change_by_code(account=lila, code=confirmed)
        assert (account.email, account.identifier) == (NEW_EMAIL, NEW_EMAIL)
    assert mails()[-1] == ("adresse_changee", EMAIL)
    assert sign_in(identifier=NEW_EMAIL) == lila


def test_the_new_address_follows_the_rules_of_the_identifier(lila: Account) -> None:
    code = proof(lila)
    with pytest.raises(Refusal, match="100"):
        operations.ask_email_change(account=lila, email=f"{'a' * 60}@{'b' * 40}.example", code=code)
    with pytest.raises(operations.SameEmail):
        operations.ask_email_change(account=lila, email=EMAIL.upper(), code=code)
    operations.ask_email_change(account=lila, email=NEW_EMAIL, code=code)  # it was not used up


def test_the_address_of_another_account_is_refused_to_who_reads_its_mailbox(lila: Account) -> None:
    a_subscriber(NEW_EMAIL)
    operations.ask_email_change(account=lila, email=NEW_EMAIL, code=proof(lila))
    with pytest.raises(operations.AddressTaken):
        operations.confirm_email_change_by_code(
            account=lila, code=code_in("adresse_a_verifier_par_code", to=NEW_EMAIL)
        )


def test_of_two_who_take_one_address_at_once_the_second_is_refused_in_words(
    lila: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_subscriber(NEW_EMAIL)
    operations.ask_email_change(account=lila, email=NEW_EMAIL, code=proof(lila))
    code = code_in("adresse_a_verifier_par_code", to=NEW_EMAIL)
    monkeypatch.setattr(QuerySet, "exists", lambda _rows: False)  # the other is not there yet when it looks
    with pytest.raises(operations.AddressTaken):
        operations.confirm_email_change_by_code(account=lila, code=code)


def test_another_question_is_chosen_by_the_same_proof(lila: Account) -> None:
    other = TrustChoice("hated_dish", "Les épinards")
    with pytest.raises(operations.ProofRefused):
        operations.change_trust_answer(account=lila, trust=other, code="x" * 12)
    operations.change_trust_answer(account=lila, trust=other, code=proof(lila))
    question = queries.trust_question_of(account=lila)
    assert question
    assert question.code == "hated_dish"
    assert mails()[-1] == ("question_de_confiance_changee", EMAIL)
    with pytest.raises(operations.WrongAnswer):
        operations.ask_proof(account=lila, current=PASSWORD, answer=ANSWER)
    operations.ask_proof(account=lila, current=PASSWORD, answer="les epinards")


def test_a_question_that_the_door_asks_no_more_still_wants_its_answer(lila: Account) -> None:
    TrustAnswer.objects.update(question="surnom")
    question = queries.trust_question_of(account=lila)
    assert question
    assert question.text == "Votre question de confiance"
    with pytest.raises(operations.WrongAnswer):
        operations.ask_proof(account=lila, current=PASSWORD, answer="faux")


def test_who_has_no_password_shows_the_answer_and_the_mailbox(lila: Account) -> None:
    lila.set_unusable_password()
    lila.save()
    with pytest.raises(operations.WrongAnswer):
        operations.ask_proof(account=lila, current="", answer="")
    operations.ask_proof(account=lila, current="", answer=ANSWER)
    operations.change_password(account=lila, new=NEW, code=code_in("code_de_changement"), keep_session="")
    sign_in(NEW)


def test_an_operator_lets_in_who_forgot_the_answer(lila: Account) -> None:
    a_session(lila)
    code = proof(lila)
    told = CliRunner().invoke(cli.app, ["forget-answer", "abonne", EMAIL.upper()])
    assert (told.exit_code, EMAIL in told.stdout) == (0, True)
    assert mails()[-1] == ("question_de_confiance_retiree", EMAIL)
    assert not Session.objects.exists()
    event = journal.history(subject=lila.subject)[-1]
    assert (event.kind, event.actor, event.data) == (
        "account.trust_forgotten", "operator", {"closed_sessions": 1},
    )  # fmt: skip
    with pytest.raises(operations.ProofRefused):
        operations.change_password(account=lila, new=NEW, code=code, keep_session="")
    assert queries.trust_question_of(account=lila) is None
    ask_recovery()
    operations.set_password_by_token(token=recovery(), password=NEW)
    operations.ask_proof(account=sign_in(NEW), current=NEW)


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["nulle", EMAIL], operations.NoSuchAccount),
        (["abonne", "nul@cabinet.example"], operations.NoSuchAccount),
        (["abonne", EMAIL], operations.NoTrustAnswer),
    ],
)
def test_the_operator_is_told_what_there_is_not(
    lila: Account, arguments: list[str], refusal: type[Refusal]
) -> None:
    TrustAnswer.objects.all().delete()
    told = CliRunner().invoke(cli.app, ["forget-answer", *arguments])
    assert isinstance(told.exception, refusal)
    assert not any("question" in template for template, _ in mails())


def test_a_closed_account_keeps_no_answer_no_number_and_no_siren(lila: Account) -> None:
    with transaction.atomic():
        erase_person(lila)
    lila.refresh_from_db()
    assert (lila.number, lila.siren, lila.email) == (None, "", "")
    assert not TrustAnswer.objects.exists()
    assert not Token.objects.filter(account=lila).exists()
    assert a_subscriber().number != lila.number


def test_the_siren_follows_the_profile(lila: Account) -> None:
    assert operations.change_profile(account=lila, profile={"siren": "552032534"}).siren == "552032534"
    assert operations.change_profile(account=lila, profile={"siren": ""}).siren == ""


def test_an_account_of_the_former_release_gets_its_siren_at_sign_in(lila: Account) -> None:
    Account.objects.update(siren="")
    assert sign_in().siren == "732829320"


ACTS: list[Callable[[Account], object]] = [
    lambda lila: operations.ask_proof(account=lila, current=PASSWORD, answer=ANSWER),
    lambda lila: operations.change_password(account=lila, new=NEW, code="x", keep_session=""),
]


@pytest.mark.parametrize("act", ACTS)
def test_nothing_personal_reaches_the_journal(lila: Account, act: Callable[[Account], object]) -> None:
    with contextlib.suppress(Refusal):
        act(lila)
    told = " ".join(f"{event.kind} {event.data}" for event in journal.history(subject=lila.subject))
    assert not any(word in told for word in (ANSWER, EMAIL, PASSWORD, NEW))
