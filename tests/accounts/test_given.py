"""Accounts that are given: invited, suspended, reinstated."""

import datetime as dt

import pytest

from guichet.accounts import operations
from guichet.accounts.models import Account, Session
from guichet.journal import queries as journal
from guichet.kernel import clock
from tests.accounts.factor import EMAIL, Telephone, an_agent, signed_in
from tests.accounts.people import HERE, PASSWORD, mail, mails, token_in

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
WEEK = dt.timedelta(days=7)


def invite(email: str = EMAIL) -> Account:
    return operations.invite(
        espace="agents", identifier=email, email=email, profile={"name": "Camille"}, actor="operator"
    )


def give_password(password: str = PASSWORD) -> Account:
    return operations.sign_in(espace="agents", identifier=EMAIL, password=password, client=HERE)


def test_an_invitation_gives_an_account_without_a_password_and_a_link_that_sets_it() -> None:
    account = invite()
    assert not account.has_usable_password()
    for password in ("", "!", account.password):
        with pytest.raises(operations.SignInRefused):
            give_password(password)
    operations.set_password_by_token(token=token_in("invitation"), password=PASSWORD)
    assert give_password() == account
    kinds = [(event.kind, event.actor) for event in journal.history(subject=account.subject)]
    assert kinds[:2] == [("account.invited", "operator"), ("account.password_chosen", account.subject)]
    assert mails()[-1] == ("mot_de_passe_choisi", EMAIL)


def test_an_invitation_is_valid_for_seven_days() -> None:
    invite()
    token = token_in("invitation")
    with clock.travel(WEEK - SECOND):
        assert operations.recovery_account(token=token).identifier == EMAIL
    with clock.travel(WEEK), pytest.raises(operations.LinkExpired) as refusal:
        operations.recovery_account(token=token)
    assert refusal.value.params == {"espace": "agents"}


def test_an_invitation_sent_again_ends_the_first() -> None:
    account = invite()
    first = token_in("invitation")
    with clock.travel(WEEK):
        operations.invite_again(account=account, actor="operator")
        with pytest.raises(operations.LinkUsed):
            operations.set_password_by_token(token=first, password=PASSWORD)
        operations.set_password_by_token(token=token_in("invitation"), password=PASSWORD)
        with pytest.raises(operations.InvitationAccepted):
            operations.invite_again(account=account, actor="operator")


def test_whoever_lost_the_invitation_may_ask_for_a_password_by_themselves() -> None:
    invite()
    operations.ask_recovery(espace="agents", identifier=EMAIL, client=HERE)
    operations.set_password_by_token(token=token_in("nouveau_mot_de_passe"), password=PASSWORD)


def test_nobody_is_invited_twice() -> None:
    account = invite()
    with pytest.raises(operations.AccountExists):
        invite()
    assert Account.objects.get() == account
    assert len(mails()) == 1


def test_a_mailbox_is_not_filled_with_invitations() -> None:
    account = invite()
    for _ in range(9):
        operations.invite_again(account=account, actor="operator")
    with pytest.raises(operations.TooManyMessages):
        operations.invite_again(account=account, actor="operator")


def test_the_message_says_what_comes_next_and_holds_no_password() -> None:
    invite()
    body = mail("invitation").body
    assert "application de codes" in body
    assert EMAIL in body
    assert mail("invitation").secret


def test_a_suspended_account_signs_in_nowhere_and_its_sessions_are_closed() -> None:
    account = an_agent()
    Telephone(account)
    browser = signed_in(account)
    operations.suspend(account=account, actor="account:42")
    assert browser.get("/agents/compte/").status_code == 302
    with pytest.raises(operations.AccountSuspended):
        give_password()
    with pytest.raises(operations.SignInRefused):
        give_password("faux")  # whoever does not know the password learns nothing
    event = journal.history(subject=account.subject)[-1]
    assert (event.kind, event.actor, event.data) == (
        "account.suspended",
        "account:42",
        {"closed_sessions": 1},
    )


def test_a_session_opened_while_the_account_is_suspended_is_nobodys() -> None:
    account = an_agent()
    browser = signed_in(account)
    Account.objects.update(suspended_at=clock.now())
    assert Session.objects.filter(account=account).exists()
    assert browser.get("/agents/compte/").status_code == 302


def test_suspended_between_password_and_code_nobody_comes_in() -> None:
    account = an_agent()
    telephone = Telephone(account)
    operations.suspend(account=account, actor="operator")
    with pytest.raises(operations.AccountSuspended):
        operations.finish_sign_in(account=account, code=telephone.recovery_codes[0])


def test_no_link_and_no_recovery_leads_around_a_suspension() -> None:
    account = an_agent()
    operations.ask_recovery(espace="agents", identifier=EMAIL, client=HERE)
    operations.suspend(account=account, actor="operator")
    with pytest.raises(operations.LinkUsed):
        operations.set_password_by_token(token=token_in("nouveau_mot_de_passe"), password=PASSWORD)
    before = mails()
    operations.ask_recovery(espace="agents", identifier=EMAIL, client=HERE)
    assert mails() == before


def test_reinstated_with_the_password_and_the_factor_of_before() -> None:
    account = an_agent()
    telephone = Telephone(account)
    for _ in range(2):
        operations.suspend(account=account, actor="operator")
    for _ in range(2):
        operations.reinstate(account=account, actor="operator")
    operations.finish_sign_in(account=give_password(), code=telephone.recovery_codes[0])
    kinds = [event.kind for event in journal.history(subject=account.subject)]
    assert kinds.count("account.suspended") == kinds.count("account.reinstated") == 1
