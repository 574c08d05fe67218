"""Client certificates: what signs in, what is bound to whom, and how another one takes its place (004)."""

import datetime as dt
from typing import Any

import pytest

from guichet.accounts import operations, queries
from guichet.accounts.definitions import espace
from guichet.accounts.models import (
    Account,
    BoundCertificate,
    PendingRegistration,
    Session,
)
from guichet.accounts.rules import Presented, TrustChoice
from guichet.courriers.models import Courrier
from guichet.journal import queries as journal
from guichet.kernel import clock
from tests.accounts.certified import (
    ANSWER,
    CODE,
    DOOR,
    EMAIL,
    OTHER,
    a_session,
    a_subscriber,
    bind,
    kinds,
    sign_in,
)
from tests.accounts.factor import Watch
from tests.accounts.people import ELSEWHERE, HERE, an_account, mail, mails
from tests.at_once import at_once
from tests.web.authority import YEAR, presented

pytestmark = pytest.mark.django_db


# Signing in


def test_the_bound_key_signs_in() -> None:
    account = a_subscriber()
    certificate = bind(account)
    assert sign_in(certificate) == account
    account.refresh_from_db()
    assert account.last_sign_in_at is not None
    assert kinds(account) == ["account.certificate_bound", "account.signed_in"]
    assert journal.history(subject=account.subject)[-1].data == {"means": "certificate"}


def test_a_certificate_renewed_for_the_same_key_just_signs_in_and_is_followed(now: Watch) -> None:
    account = a_subscriber()
    bind(account)
    now.forward(dt.timedelta(days=300))
    later = presented(serial="2a", not_after=clock.now() + YEAR, subject="CN=Camille Nouveau-Nom")
    assert sign_in(later) == account
    row = BoundCertificate.objects.get()
    assert (row.serial, row.not_after, row.subject) == ("2a", later.not_after, later.subject)
    assert row.last_used_at == clock.now()
    assert "account.certificate_followed" in kinds(account)
    assert [template for template, _ in mails()] == ["certificat_relie"]  # nothing new to tell


def test_the_journal_says_nothing_of_people_or_keys() -> None:
    account = a_subscriber()
    certificate = bind(account)
    sign_in(certificate)
    operations.end_certificate(account=account, certificate_id=BoundCertificate.objects.get().pk)
    told = str([event.data for event in journal.history(subject=account.subject)])
    for secret in (certificate.key, certificate.serial, "Camille", EMAIL):
        assert f"'{secret}'" not in told
    assert "Camille" not in told


def test_a_key_that_nobody_bound_opens_nothing() -> None:
    a_subscriber()
    with pytest.raises(operations.CertificateUnbound, match="Abonnez-vous") as refused:
        sign_in(presented())
    assert refused.value.status == 403
    assert not isinstance(refused.value, operations.CertificateEnded)


def test_a_key_bound_at_another_door_opens_nothing_here() -> None:
    bind(an_account("anne@exemple.fr"))
    with pytest.raises(operations.CertificateUnbound):
        sign_in(presented())


def test_an_espace_that_takes_no_certificates_is_opened_by_none() -> None:
    bind(an_account("anne@exemple.fr"))
    with pytest.raises(operations.CertificateUnbound):
        operations.sign_in_by_certificate(espace="porte", presented=presented(), client=HERE)


def test_the_same_subject_and_serial_with_another_key_open_nothing() -> None:
    bind(a_subscriber())
    with pytest.raises(operations.CertificateUnbound):
        sign_in(presented(key=OTHER))


def test_a_suspended_account_is_not_opened() -> None:
    account = a_subscriber()
    certificate = bind(account)
    Account.objects.update(suspended_at=clock.now())
    with pytest.raises(operations.AccountSuspended) as refused:
        sign_in(certificate)
    assert refused.value.status == 403
    assert "account.signed_in" not in kinds(account)
    assert BoundCertificate.objects.get().last_used_at is None


def test_where_a_second_factor_is_wanted_the_certificate_is_only_the_first() -> None:
    account = a_subscriber()
    certificate = bind(account)
    Account.objects.update(factor_since=clock.now())
    assert sign_in(certificate) == account
    account.refresh_from_db()
    assert account.last_sign_in_at is None
    assert kinds(account)[-1] == "account.certificate_given"


def test_an_espace_that_obliges_everybody_has_its_second_factor_too(monkeypatch: pytest.MonkeyPatch) -> None:
    account = a_subscriber()
    certificate = bind(account)
    from guichet.accounts.operations import certificates

    monkeypatch.setattr(certificates, "factor_wanted", lambda found: found == account)
    sign_in(certificate)
    assert kinds(account)[-1] == "account.certificate_given"


def test_unbound_keys_are_counted_by_key_and_by_address(now: Watch) -> None:
    limits = espace(DOOR).lockout
    for _ in range(limits.per_account):
        with pytest.raises(operations.CertificateUnbound):
            sign_in(presented())
    with pytest.raises(operations.CertificatesLockedOut, match="certificat") as refused:
        sign_in(presented(), ELSEWHERE)
    assert refused.value.status == 429
    assert refused.value.retry_after == limits.window.total_seconds()
    with pytest.raises(operations.CertificateUnbound):  # another key is not locked by that
        sign_in(presented(key=OTHER), ELSEWHERE)
    now.forward(limits.window)
    with pytest.raises(operations.CertificateUnbound):
        sign_in(presented())


def test_an_address_that_tries_many_keys_is_stopped() -> None:
    for rank in range(espace(DOOR).lockout.per_address):
        with pytest.raises(operations.CertificateUnbound):
            sign_in(presented(key=f"{rank:064}"))
    with pytest.raises(operations.CertificatesLockedOut):
        sign_in(presented(key=OTHER))


def test_who_comes_in_is_not_counted() -> None:
    certificate = bind(a_subscriber())
    for _ in range(espace(DOOR).lockout.per_account + 2):
        sign_in(certificate)


# Binding


def test_one_key_opens_one_account() -> None:
    bind(a_subscriber())
    other = a_subscriber("alex@cabinet.example")
    with pytest.raises(operations.CertificateTaken) as refused:
        bind(other)
    assert refused.value.status == 409
    assert EMAIL not in str(refused.value)
    assert queries.certificates_of(account=other) == []
    assert kinds(other) == []


def test_a_refused_binding_leaves_the_former_certificate() -> None:
    bind(a_subscriber())
    other = a_subscriber("alex@cabinet.example")
    own = bind(other, key=OTHER)
    with pytest.raises(operations.CertificateTaken):
        bind(other)
    assert sign_in(own) == other


def test_at_different_doors_one_key_may_open_one_account_each() -> None:
    bind(a_subscriber())
    bind(an_account("anne@exemple.fr"))
    assert BoundCertificate.objects.filter(ended_at=None).count() == 2


def test_an_account_has_one_certificate_at_a_time_and_its_person_is_told() -> None:
    account = a_subscriber()
    former = bind(account)
    bind(account, key=OTHER, serial="beef")
    live = [line for line in queries.certificates_of(account=account) if not line.ended_at]
    assert [line.serial for line in live] == ["beef"]
    with pytest.raises(operations.CertificateEnded, match="remplacé"):
        sign_in(former)
    message = mail("certificat_relie")
    assert message.recipient == EMAIL
    assert "BEEF" in message.body
    assert "précédent" in message.body
    assert "Objet" not in message.body
    assert kinds(account) == ["account.certificate_bound", "account.certificate_renewed"]


def test_binding_the_same_key_again_changes_nothing_and_tells_nothing() -> None:
    account = a_subscriber()
    bind(account)
    before = len(mails())
    bind(account, serial="2b")
    assert [row.serial for row in BoundCertificate.objects.all()] == ["2b"]
    assert len(mails()) == before


def test_a_key_that_ended_may_be_bound_again_to_anybody() -> None:
    account = a_subscriber()
    certificate = bind(account)
    operations.end_certificate(account=account, certificate_id=BoundCertificate.objects.get().pk)
    other = a_subscriber("alex@cabinet.example")
    bind(other)
    assert sign_in(certificate) == other


@pytest.mark.django_db(transaction=True)
def test_two_who_bind_one_key_at_once_leave_one_account_with_it() -> None:
    people = [a_subscriber(f"p{rank}@cabinet.example", answer="") for rank in range(4)]

    def try_it(account: Account) -> str:
        try:
            bind(account)
        except operations.CertificateTaken:
            return "taken"
        return "bound"

    outcomes = at_once(*(lambda account=account: try_it(account) for account in people))
    assert sorted(outcomes) == ["bound", "taken", "taken", "taken"]
    assert BoundCertificate.objects.filter(ended_at=None).count() == 1


def test_registering_with_a_key_that_opens_an_account_is_refused_beforehand() -> None:
    bind(a_subscriber())
    with pytest.raises(operations.CertificateTaken):
        operations.check_unbound(espace=DOOR, presented=presented())
    operations.check_unbound(espace=DOOR, presented=presented(key=OTHER))
    operations.check_unbound(espace="porte", presented=presented())


# Registering


def register(certificate: Presented | None, identifier: str = EMAIL, **changes: Any) -> None:
    asked: dict[str, Any] = {
        "espace": DOOR,
        "identifier": identifier,
        "email": identifier,
        "profile": {"name": "Camille Exemple"},
        "client": HERE,
        "trust": TrustChoice("hated_dish", ANSWER),
        "presented": certificate,
    }
    operations.register(**{**asked, **changes})


def activate(identifier: str = EMAIL) -> Account:
    found = CODE.search(mail("code_d_activation").body)
    assert found
    return operations.activate_by_code(
        espace=DOOR, identifier=identifier, code=found[0], client=HERE, password=ANSWER
    )


def test_a_registration_with_a_certificate_has_no_password_and_is_activated_by_the_code() -> None:
    certificate = presented()
    register(certificate)
    with pytest.raises(operations.CertificateUnbound):  # before the code, nothing is open
        sign_in(certificate)
    account = activate()
    assert not account.has_usable_password()
    assert sign_in(certificate) == account
    assert not PendingRegistration.objects.exists()


def test_on_another_browser_who_registered_with_a_certificate_gives_the_answer_and_nothing_else() -> None:
    register(presented())
    found = CODE.search(mail("code_d_activation").body)
    assert found
    asked: dict[str, Any] = {"espace": DOOR, "identifier": EMAIL, "code": found[0], "client": HERE}
    with pytest.raises(operations.PasswordWanted):
        operations.activate_by_code(**asked)
    for wrong in ("un autre plat", "!", "x"):
        with pytest.raises(operations.CodeOrPasswordRefused):
            operations.activate_by_code(**asked, password=wrong)
    assert operations.activate_by_code(**asked, password=f" {ANSWER.upper()} ").certificates.exists()


def test_nobody_signs_in_with_an_empty_password_where_a_certificate_stands_in() -> None:
    register(presented())
    activate()
    for password in ("", "!", "None"):
        with pytest.raises(operations.SignInRefused):
            operations.sign_in(espace=DOOR, identifier=EMAIL, password=password, client=HERE)


def test_of_two_registrations_with_one_key_the_first_to_be_activated_has_it() -> None:
    certificate = presented()
    register(certificate, "alex@cabinet.example")
    register(certificate)
    account = activate()
    found = CODE.search(mails_to("alex@cabinet.example"))
    assert found
    with pytest.raises(operations.CertificateTaken):
        operations.activate_by_code(
            espace=DOOR, identifier="alex@cabinet.example", code=found[0], client=HERE, password=ANSWER
        )
    assert not Account.objects.filter(identifier="alex@cabinet.example").exists()
    assert sign_in(certificate) == account


def mails_to(recipient: str) -> str:
    return Courrier.objects.filter(recipient=recipient).latest("pk").body


# Taking away


def test_taking_it_away_closes_the_other_sessions_and_is_told() -> None:
    account = a_subscriber()
    certificate = bind(account)
    a_session(account, "one")
    operations.end_certificate(account=account, certificate_id=BoundCertificate.objects.get().pk)
    assert not Session.objects.exists()
    assert mail("certificat_retire").recipient == EMAIL
    with pytest.raises(operations.CertificateEnded):
        sign_in(certificate)
    assert kinds(account)[-2:] == ["account.certificate_bound", "account.certificate_ended"]


def test_nobody_takes_away_what_is_not_theirs_or_has_ended() -> None:
    account, other = a_subscriber(), a_subscriber("alex@cabinet.example")
    bind(account)
    number = BoundCertificate.objects.get().pk
    with pytest.raises(operations.CertificateUnknown) as refused:
        operations.end_certificate(account=other, certificate_id=number)
    assert refused.value.status == 404
    operations.end_certificate(account=account, certificate_id=number)
    with pytest.raises(operations.CertificateUnknown):
        operations.end_certificate(account=account, certificate_id=number)


def test_one_sees_one_s_own_alone() -> None:
    account = a_subscriber()
    bind(account)
    assert queries.certificates_of(account=a_subscriber("alex@cabinet.example")) == []
    [line] = queries.certificates_of(account=account)
    assert (line.serial, line.subject, line.ended_at) == ("1f", "CN=Camille Exemple", None)
