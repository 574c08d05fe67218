"""What an administrateur does to an account: another password, another address, given again (ADR 0026)."""

import pytest

from guichet.accounts import operations, queries
from guichet.accounts.models import Session, TrustAnswer
from guichet.accounts.operations.profile import SameEmail
from guichet.journal import queries as journal
from tests.accounts.declarants import (
    ADMINISTRATEUR,
    ANSWER,
    DOOR,
    EMAIL,
    IDENTIFIER,
    NEW,
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
from tests.accounts.factor import Telephone
from tests.accounts.people import HERE, mail, mails
from tests.accounts.test_recovery import a_session

pytestmark = pytest.mark.django_db
OTHER_EMAIL = "adele.l@lavoir.example"


def test_an_administrateur_gives_another_one_and_everything_ends() -> None:
    account = an_employee()
    a_session(account)
    token = recovery()
    password = operations.give_provisional(account=account, actor=ADMINISTRATEUR)
    assert mails()[-1] == ("mot_de_passe_provisoire_donne", EMAIL)
    assert password not in mail("mot_de_passe_provisoire_donne").body
    assert not Session.objects.exists()
    assert not TrustAnswer.objects.exists()
    fail(PASSWORD)
    with pytest.raises(operations.LinkUsed):
        operations.set_password_by_token(token=token, password=NEW)
    event = journal.history(subject=account.subject)[-1]
    assert (event.kind, event.actor, event.data) == (
        "account.provisional_given", ADMINISTRATEUR, {"closed_sessions": 1},
    )  # fmt: skip
    take(sign_in(password))


def test_another_one_lets_in_who_was_locked_out() -> None:
    account, password = given()
    fail(another(password), 5)
    fail("faux", 5)
    later = operations.give_provisional(account=account, actor=ADMINISTRATEUR)
    assert queries.owes_password(account=sign_in(later))


def test_an_address_is_corrected_and_both_mailboxes_are_told() -> None:
    account = an_employee()
    token, password = recovery(), shown()
    written = operations.correct_email(account=account, email=OTHER_EMAIL, actor=ADMINISTRATEUR)
    assert (written.email, written.identifier) == (OTHER_EMAIL, IDENTIFIER)
    assert mails()[-2:] == [("adresse_corrigee", EMAIL), ("adresse_corrigee", OTHER_EMAIL)]
    with pytest.raises(operations.LinkUsed):
        operations.set_password_by_token(token=token, password=NEW, answer=ANSWER)
    fail(password)  # the former mailbox had it shown
    sign_in()
    operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    assert mails()[-1] == ("mot_de_passe_provisoire", OTHER_EMAIL)
    assert ("account.email_corrected", ADMINISTRATEUR) in kinds(account)


def test_correcting_leaves_what_the_administrateur_gave_and_wants_another_address() -> None:
    account, password = given()
    with pytest.raises(SameEmail):
        operations.correct_email(account=account, email=EMAIL.upper(), actor=ADMINISTRATEUR)
    operations.correct_email(account=account, email=OTHER_EMAIL, actor=ADMINISTRATEUR)
    sign_in(password)


def test_an_account_is_given_again_and_its_former_person_keeps_nothing() -> None:
    account = an_employee()
    Telephone(account)
    account.refresh_from_db()
    a_session(account)
    profile = {**PROFILE, "first_name": "Adele"}
    password = operations.regive(account=account, email=OTHER_EMAIL, profile=profile, actor=ADMINISTRATEUR)
    assert mails()[-2:] == [("compte_redonne", EMAIL), ("compte_ouvert", OTHER_EMAIL)]
    assert OTHER_EMAIL not in mail("compte_redonne").body
    assert queries.second_factor_of(account=account) is None
    assert queries.trust_question_of(account=account) is None
    assert not Session.objects.exists()
    fail(PASSWORD)
    mine = take(sign_in(password))
    assert (mine.email, mine.profile, mine.factor_since) == (OTHER_EMAIL, profile, None)
    assert ("account.regiven", ADMINISTRATEUR) in kinds(account)


def test_given_again_to_the_same_mailbox_it_is_told_once() -> None:
    account = an_employee()
    before = len(mails())
    operations.regive(account=account, email=EMAIL, profile=PROFILE, actor=ADMINISTRATEUR)
    assert mails()[before:] == [("compte_ouvert", EMAIL)]
