"""Another certificate takes the place of the one before: who asks is proven by code and answer (004)."""

import re

import pytest
from django.db import connection

from guichet.accounts import operations
from guichet.accounts.definitions import espace
from guichet.accounts.models import (
    Account,
    BoundCertificate,
    Session,
    Token,
)
from guichet.kernel import clock
from tests.accounts.certified import (
    ANSWER,
    CODE,
    DOOR,
    EMAIL,
    OTHER,
    SECOND,
    a_session,
    a_subscriber,
    ask,
    bind,
    code,
    kinds,
    opened,
    sign_in,
)
from tests.accounts.factor import Watch
from tests.accounts.people import ELSEWHERE, HERE, mail, mails
from tests.web.authority import presented

pytestmark = pytest.mark.django_db


def test_a_new_key_is_bound_by_the_code_and_the_answer() -> None:
    account = a_subscriber()
    former = bind(account)
    a_session(account, "one")
    ask()
    new = presented(key=OTHER, serial="cafe")
    assert opened() == account
    operations.renew_certificate(account=account, presented=new, answer=" le CLAFOUTIS !")
    assert sign_in(new) == account
    with pytest.raises(operations.CertificateEnded):
        sign_in(former)
    assert not Session.objects.exists()
    assert kinds(account)[1:4] == [
        "account.certificate_renewal_asked",
        "account.certificate_code_given",
        "account.certificate_renewed",
    ]


def test_who_never_had_a_certificate_binds_one_in_the_same_way() -> None:
    account = a_subscriber()
    ask()
    opened()
    operations.renew_certificate(account=account, presented=presented(), answer=ANSWER)
    assert sign_in(presented()) == account
    assert "account.certificate_bound" in kinds(account)


def test_the_code_message_holds_no_link_and_is_erased_once_sent() -> None:
    a_subscriber()
    ask()
    message = mail("code_de_certificat")
    assert message.recipient == EMAIL
    assert not re.search(r"https?:|www\.|://", message.body)
    assert message.secret


def test_asking_tells_nothing_of_whether_there_is_an_account() -> None:
    a_subscriber()
    a_subscriber("partie@cabinet.example", suspended_at=clock.now())
    ask("personne@cabinet.example")
    ask("partie@cabinet.example")
    assert mails() == []
    assert not Token.objects.exists()
    ask()
    assert [template for template, _ in mails()] == ["code_de_certificat"]


def test_asking_does_the_same_work_whether_or_not_there_is_an_account() -> None:
    from django.test.utils import CaptureQueriesContext

    a_subscriber()
    counts = []
    for identifier in (EMAIL, "personne@cabinet.example"):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask(identifier)
        counts.append(sum("INSERT" in query["sql"] for query in captured.captured_queries))
    known, unknown = counts
    assert known <= unknown <= known + 1  # the made-up account


def test_messages_are_limited() -> None:
    a_subscriber()
    for _ in range(espace(DOOR).lockout.messages_per_account):
        ask()
    with pytest.raises(operations.TooManyMessages):
        ask(client=ELSEWHERE)


WRONG = ["aaaaaaaaaaaa", "", " ", "é" * 12]


@pytest.mark.parametrize("typed", WRONG)
def test_a_wrong_code_opens_nothing(typed: str) -> None:
    a_subscriber()
    ask()
    with pytest.raises(operations.CodeRefused):
        operations.open_renewal(espace=DOOR, identifier=EMAIL, code=typed, client=HERE)


def test_case_counts_in_a_code_and_blanks_around_it_do_not() -> None:
    account = a_subscriber()
    ask()
    right = code()
    with pytest.raises(operations.CodeRefused):
        opened(typed=right.swapcase())
    assert opened(typed=f" {right}\n") == account


def test_a_code_serves_once_for_its_owner_until_its_end(now: Watch) -> None:
    a_subscriber()
    a_subscriber("alex@cabinet.example")
    ask()
    mine = code()
    with pytest.raises(operations.CodeRefused):
        opened("alex@cabinet.example", typed=mine)
    now.forward(espace(DOOR).lifetimes.recovery)
    with pytest.raises(operations.CodeRefused):
        opened(typed=mine)
    now.forward(-SECOND)
    opened(typed=mine)
    with pytest.raises(operations.CodeRefused):
        opened(typed=mine)


def test_a_newer_code_ends_the_one_before() -> None:
    a_subscriber()
    ask()
    former = code()
    ask()
    with pytest.raises(operations.CodeRefused):
        opened(typed=former)
    opened()


def test_a_code_of_recovery_binds_no_certificate_and_the_other_way_round() -> None:
    a_subscriber()
    operations.ask_recovery(espace=DOOR, identifier=EMAIL, client=HERE)
    found = CODE.search(mail("nouveau_mot_de_passe_par_code").body)
    assert found
    with pytest.raises(operations.CodeRefused):
        opened(typed=found[0])
    ask()
    with pytest.raises(operations.CodeRefused):
        operations.open_recovery(espace=DOOR, identifier=EMAIL, code=code(), client=HERE)


def test_guessing_codes_is_stopped_for_unknown_addresses_alike() -> None:
    a_subscriber()
    ask()
    codes = espace(DOOR).codes
    assert codes
    for identifier in (EMAIL, "personne@cabinet.example"):
        for _ in range(codes.tries):
            with pytest.raises(operations.CodeRefused):
                opened(identifier, typed="aaaaaaaaaaaa")
        with pytest.raises(operations.CodeTriesLockedOut):
            opened(identifier, typed=code(), client=ELSEWHERE)


def test_the_answer_is_needed_beside_the_code() -> None:
    account = a_subscriber()
    ask()
    opened()
    with pytest.raises(operations.WrongAnswer):
        operations.renew_certificate(account=account, presented=presented(), answer="")
    with pytest.raises(operations.WrongAnswer):
        operations.renew_certificate(account=account, presented=presented(), answer="le gratin")
    assert not BoundCertificate.objects.exists()


def test_guessing_answers_is_stopped() -> None:
    account = a_subscriber()
    limit = espace(DOOR).lockout.answers_per_account
    for _ in range(limit):
        with pytest.raises(operations.WrongAnswer):
            operations.renew_certificate(account=account, presented=presented(), answer="le gratin")
    with pytest.raises(operations.AnswersLockedOut):
        operations.renew_certificate(account=account, presented=presented(), answer=ANSWER)
    assert not BoundCertificate.objects.exists()


def test_the_key_of_somebody_else_is_not_renewed_with() -> None:
    bind(a_subscriber("alex@cabinet.example"))
    account = a_subscriber()
    with pytest.raises(operations.CertificateTaken):
        operations.renew_certificate(account=account, presented=presented(), answer=ANSWER)


def test_an_account_suspended_meanwhile_is_not_renewed() -> None:
    account = a_subscriber()
    Account.objects.update(suspended_at=clock.now())
    assert operations.renewing_account(account_id=str(account.pk)) is None
    with pytest.raises(operations.AccountSuspended):
        operations.renew_certificate(account=account, presented=presented(), answer=ANSWER)


def test_the_former_certificate_is_proof_enough() -> None:
    account = a_subscriber()
    former = bind(account)
    new = presented(key=OTHER)
    operations.replace_certificate(account=account, presented=new, former=former.key, keep_session="")
    assert sign_in(new) == account
    with pytest.raises(operations.CertificateEnded):
        sign_in(former)


def test_a_certificate_that_ended_proves_nothing() -> None:
    account = a_subscriber()
    former = bind(account)
    operations.end_certificate(account=account, certificate_id=BoundCertificate.objects.get().pk)
    for key in (former.key, OTHER, ""):
        with pytest.raises(operations.CertificateUnknown):
            operations.replace_certificate(
                account=account, presented=presented(key="c" * 64), former=key, keep_session=""
            )
