"""Questions of trust where messages hold links: with the mailbox, never alone (003, chapter 5; ADR 0019)."""

from functools import partial

import pytest

from guichet.accounts import operations, queries
from guichet.accounts.models import Account, Session, TrustAnswer
from guichet.journal import queries as journal
from tests.accounts.declarants import (
    ANSWER,
    DOOR,
    EMAIL,
    IDENTIFIER,
    NEW,
    OTHER_TRUST,
    PASSWORD,
    TRUST,
    an_employee,
    enrol,
    recovery,
    sign_in,
)
from tests.accounts.factor import Watch
from tests.accounts.people import mail, mails, token_in
from tests.accounts.test_recovery import a_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def adele() -> Account:
    return an_employee()


def question_of(account: Account) -> str:
    question = queries.trust_question_of(account=account)
    return question.code if question else ""


def test_registration_keeps_the_question_and_its_answer_hashed(adele: Account) -> None:
    assert question_of(adele) == TRUST.question
    assert TrustAnswer.objects.get().answer.startswith("argon2$")
    assert sign_in() == adele


def test_nobody_registers_there_without_a_question() -> None:
    for trust in (None, operations.TrustChoice("invented", ANSWER)):
        with pytest.raises(ValueError, match="not a question"):
            enrol(trust=trust)
    with pytest.raises(operations.AnswerTooShort):
        enrol(trust=operations.TrustChoice("lost_object", "é !"))
    assert not mails()


def test_recovery_asks_for_the_link_and_for_the_answer(adele: Account) -> None:
    a_session(adele)
    token = recovery()
    for answer in ("", "un ballon bleu"):
        with pytest.raises(operations.WrongAnswer):
            operations.set_password_by_token(token=token, password=NEW, answer=answer)
    assert sign_in() == adele
    operations.set_password_by_token(token=token, password=NEW, answer="un cerf volant ROUGE !")
    assert sign_in(NEW) == adele
    assert not Session.objects.exists()
    assert mails()[-1] == ("mot_de_passe_change", EMAIL)
    assert question_of(adele) == TRUST.question


def test_the_answer_alone_opens_nothing(adele: Account) -> None:
    with pytest.raises(operations.LinkUnknown):
        operations.set_password_by_token(token="", password=NEW, answer=ANSWER)
    with pytest.raises(operations.WrongPassword):
        operations.change_trust_answer(account=adele, trust=OTHER_TRUST, current="", answer=ANSWER)
    with pytest.raises(operations.WrongPassword):
        operations.change_password(account=adele, new=NEW, keep_session="", current=ANSWER)


def test_five_wrong_answers_to_a_link_stop_it_for_a_day_and_tell(now: Watch) -> None:
    an_employee()
    token = recovery()
    for _ in range(5):
        with pytest.raises(operations.WrongAnswer):
            operations.set_password_by_token(token=token, password=NEW, answer="faux")
    with pytest.raises(operations.AnswersLockedOut):
        operations.set_password_by_token(token=token, password=NEW, answer=ANSWER)
    assert mails()[-1] == ("reponses_inexactes", EMAIL)
    assert sign_in()


def test_another_question_wants_the_password_and_the_present_answer(adele: Account) -> None:
    change = partial(operations.change_trust_answer, account=adele, trust=OTHER_TRUST)
    with pytest.raises(operations.WrongPassword):
        change(current="faux", answer=ANSWER)
    with pytest.raises(operations.WrongAnswer):
        change(current=PASSWORD, answer="faux")
    assert question_of(adele) == TRUST.question
    change(current=PASSWORD, answer=ANSWER)
    assert question_of(adele) == OTHER_TRUST.question
    assert mails()[-1] == ("question_de_confiance_changee", EMAIL)
    event = journal.history(subject=adele.subject)[-1]
    assert (event.kind, event.actor, event.data) == ("account.trust_changed", adele.subject, {})
    with pytest.raises(operations.WrongAnswer):
        operations.set_password_by_token(token=recovery(), password=NEW, answer=ANSWER)


def test_a_wrong_password_costs_no_try_at_the_answer_and_counts_as_at_sign_in(adele: Account) -> None:
    for _ in range(10):
        with pytest.raises(operations.WrongPassword):
            operations.change_trust_answer(account=adele, trust=OTHER_TRUST, current="faux", answer="faux")
    with pytest.raises(operations.LockedOut):
        operations.change_trust_answer(account=adele, trust=OTHER_TRUST, current=PASSWORD, answer=ANSWER)
    operations.set_password_by_token(token=recovery(), password=NEW, answer=ANSWER)


def test_answers_to_a_change_are_counted_with_those_to_a_link(adele: Account) -> None:
    for _ in range(5):
        with pytest.raises(operations.WrongAnswer):
            operations.change_trust_answer(account=adele, trust=OTHER_TRUST, current=PASSWORD, answer="faux")
    with pytest.raises(operations.AnswersLockedOut):
        operations.set_password_by_token(token=recovery(), password=NEW, answer=ANSWER)


def test_a_short_answer_is_refused_before_anything_is_counted(adele: Account) -> None:
    for _ in range(12):
        with pytest.raises(operations.AnswerTooShort):
            operations.change_trust_answer(
                account=adele, trust=operations.TrustChoice("hated_dish", "é"), current="faux", answer="faux"
            )
    assert question_of(adele) == TRUST.question
    assert sign_in() == adele


def test_who_has_no_question_chooses_one_with_the_password(adele: Account) -> None:
    operations.forget_answer(espace=DOOR, identifier=IDENTIFIER, actor="operator")
    with pytest.raises(operations.WrongPassword):
        operations.change_trust_answer(account=adele, trust=OTHER_TRUST, current="faux")
    operations.change_trust_answer(account=adele, trust=OTHER_TRUST, current=PASSWORD)
    assert question_of(adele) == OTHER_TRUST.question


def test_the_present_password_suffices_for_another_and_for_another_address(adele: Account) -> None:
    operations.ask_email_change(account=adele, email="a.leriche@neuf.example", password=PASSWORD)
    assert mails()[-1] == ("changement_d_adresse", EMAIL)
    operations.confirm_email_change(token=token_in("adresse_a_verifier"))
    adele.refresh_from_db()
    assert (adele.email, adele.identifier) == ("a.leriche@neuf.example", IDENTIFIER)
    operations.change_password(account=adele, new=NEW, keep_session="", current=PASSWORD)
    assert sign_in(NEW) == adele


def test_messages_show_the_identifier_as_it_was_typed(adele: Account) -> None:
    recovery()
    assert "732 829 320 00074 Leriche-Morel Adèle" in " ".join(mail("nouveau_mot_de_passe").body.split())
