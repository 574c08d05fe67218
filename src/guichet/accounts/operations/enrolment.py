"""Taking a second factor into use, changing it, and starting again without it (ADR 0014, 0021)."""

import datetime as dt
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from guichet.accounts import queries, totp, vault
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Attempts, Passkey, RecoveryCode, SecondFactor, Session
from guichet.accounts.operations import codes, messages, second_factor
from guichet.accounts.operations.credentials import conclude_sign_in, verify_password
from guichet.accounts.operations.second_factor import (
    Given,
    Means,
    NotEnrolled,
    WrongCode,
    check_second_factor,
)
from guichet.accounts.sessions import row_key
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

POSTPONED = dt.timedelta(days=90)  # how long « pas maintenant » is remembered


class WrongFirstCode(WrongCode):
    """The code that shows that the application holds the key is another's."""

    code = "wrong_first_code"
    message = N_(
        "Ce code ne correspond pas à la clé de cette page. Vérifiez que l’application a bien lu ce QR code, "
        "puis saisissez le code qu’elle affiche maintenant."
    )


class AlreadyEnrolled(Refusal):
    """Somebody was quicker, in another window."""

    code = "already_enrolled"
    message = N_(
        "Ce compte a déjà une seconde protection : reconnectez-vous avec elle, puis ouvrez « Modifier vos "
        "données »."
    )
    status = 409


class FactorObliged(Refusal):
    """This espace asks everybody for a second factor."""

    code = "factor_obliged"
    message = N_("Cet espace demande une seconde protection : vous pouvez en changer, et non vous en passer.")
    status = 403


@dataclass(frozen=True)
class Enrolment:
    """A key that is not in use yet.

    ``uri`` is what the QR code holds; ``kept`` is the key, encrypted: what a session may hold.
    """

    secret: str
    uri: str
    kept: str


def begin_enrolment(*, account: Account, kept: str = "") -> Enrolment:
    """A new key for ``account``, or the one that ``kept`` holds, where the page is opened again."""
    purpose = f"enrolment of {account.subject}"
    try:
        secret = vault.open_sealed(urlsafe_b64decode(kept), purpose=purpose)
    except (vault.CannotOpen, ValueError):
        secret = totp.new_secret()
        kept = urlsafe_b64encode(vault.seal(secret, purpose=purpose)).decode()
    name = door_of(account.espace).identifier.display(account.identifier, account.profile)
    uri = totp.provisioning_uri(secret, name=name, issuer=settings.PORTAL_NAME)
    return Enrolment(secret=secret, uri=uri, kept=kept)


@transaction.atomic
def enrol(*, account: Account, secret: str, code: str, keep_session: str = "") -> list[str]:
    """Take the application into use as first factor, by its first code; every other session is closed.

    Without ``keep_session`` (the key of the present one) it also concludes the sign-in. Returns the recovery
    codes, which nobody can read again. Raises ``WrongFirstCode``, ``AlreadyEnrolled``.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    if SecondFactor.objects.filter(account=account).exists():
        raise AlreadyEnrolled
    step = _first_step(secret, code)
    factor, codes = begin_factor(account)
    _install(factor, secret, step)
    kind, template = "second_factor_enrolled", "application_de_codes_reliee"
    conclude(account, kind, template, means="code", keep_session=keep_session)
    return codes


def allow_change(*, account: Account, password: str, code: Given) -> None:
    """Ask for both factors again, before what changes them.

    An account without a password came in by a certificate: the second factor alone is asked. Raises
    ``WrongPassword``, ``WrongCode``, ``PasskeyRefused``, ``attempts.LockedOut``.
    """
    confirm_password(account=account, password=password)
    check_second_factor(account=account, code=code)


def confirm_password(*, account: Account, password: str) -> None:
    """Ask for the password again, before a first factor is taken into use. Raises as ``allow_change``."""
    if account.has_usable_password():
        verify_password(account, password)


@transaction.atomic
def change_second_factor(*, account: Account, secret: str, code: str, keep_session: str) -> list[str]:
    """Replace the application by the one that shows ``code``, or add it to passkeys; other sessions close.

    Only after ``allow_change``. Returns new recovery codes where it replaces one, as the former ones may lie
    beside it; else none. Raises ``WrongFirstCode``, ``NotEnrolled``.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    factor = SecondFactor.objects.filter(account=account).first()
    if factor is None:
        raise NotEnrolled
    first = not factor.secret
    _install(factor, secret, _first_step(secret, code))
    codes = [] if first else _recovery_codes(factor)
    told = ("second_factor_enrolled", "application_de_codes_reliee")
    kind, template = told if first else ("second_factor_changed", "application_de_codes_changee")
    conclude(account, kind, template, means="code", keep_session=keep_session)
    return codes


def new_recovery_codes(*, account: Account, password: str, code: Given) -> list[str]:
    """Ten new recovery codes; the former ones end. Asks for both factors. Raises as ``allow_change``."""
    allow_change(account=account, password=password, code=code)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        factor = SecondFactor.objects.filter(account=account).first()
        if factor is None:
            raise NotEnrolled
        codes = _recovery_codes(factor)
        tell(account, "recovery_codes_changed", "codes_de_secours_nouveaux")
    return codes


def give_up_second_factor(*, account: Account, password: str, code: Given) -> None:
    """Do without a second factor again, where the espace leaves the choice. Asks for both factors.

    Raises ``FactorObliged``, and as ``allow_change``.
    """
    if door_of(account.espace).second_factor:
        raise FactorObliged
    allow_change(account=account, password=password, code=code)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        forget_factor(account)
        account.save(update_fields=["factor_since"])
        postpone_second_factor(account=account)
        tell(account, "second_factor_given_up", "seconde_protection_retiree")


@transaction.atomic
def remove_application(*, account: Account) -> None:
    """Leave the passkeys alone in use; only after ``allow_change``. Without passkeys, nothing changes."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    with_one = SecondFactor.objects.filter(account=account).exclude(secret=b"")
    if account.passkeys.exists() and with_one.update(secret=b""):
        tell(account, "application_removed", "application_de_codes_retiree")


@transaction.atomic
def postpone_second_factor(*, account: Account) -> None:
    """« Pas maintenant » : nobody proposes a second factor after sign-in for ``POSTPONED``."""
    known = {"count": 1, "until": clock.now() + POSTPONED}
    Attempts.objects.update_or_create(key=queries.postponed_key(account), defaults=known)


@transaction.atomic
def reset_second_factor(*, account: Account, actor: str) -> None:
    """Forget the application and the recovery codes of somebody who has lost both.

    Whoever knows the password alone must not be the one to enrol next: it ends too, with every session and
    link, and a link to choose another goes to the account's address (ADR 0014).
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    forget_factor(account)
    account.set_unusable_password()
    account.save(update_fields=["password", "factor_since"])
    Session.objects.filter(account=account).delete()
    way = codes.new_password_way(account, lifetime=door_of(account.espace).lifetimes.invitation)
    messages.tell(account, "application_de_codes_reinitialisee", secret=True, **way)
    journal.record(subject=account.subject, kind="account.second_factor_reset", actor=actor, data={})


def begin_factor(account: Account) -> tuple[SecondFactor, list[str]]:
    """What every factor of ``account`` (locked) shares: its row, and ten recovery codes."""
    factor = SecondFactor.objects.create(account=account, salt=os.urandom(16), enrolled_at=clock.now())
    return factor, _recovery_codes(factor)


def conclude(
    account: Account, kind: str, template: str, *, means: Means, keep_session: str, name: str = ""
) -> None:
    """A factor is in use: no session that began without it is believed, and the person is told.

    Without ``keep_session`` whoever took it into use is signing in.
    """
    if account.factor_since is None:
        account.factor_since = clock.now()
        account.save(update_fields=["factor_since"])
    Session.objects.filter(account=account).exclude(pk=row_key(keep_session)).delete()
    tell(account, kind, template, name=name)
    if not keep_session:
        conclude_sign_in(account, factor=means)


def tell(account: Account, kind: str, template: str, *, name: str = "") -> None:
    """Write to the person about their second factor (``name``: of a passkey), and journal it as their act."""
    messages.tell(account, template, name=name)
    journal.record(subject=account.subject, kind=f"account.{kind}", actor=account.subject, data={})


def forget_factor(account: Account) -> None:
    """End the second factor of ``account`` (locked), whose ``factor_since`` the caller saves."""
    SecondFactor.objects.filter(account=account).delete()
    Passkey.objects.filter(account=account).delete()
    account.factor_since = None


def _first_step(secret: str, code: str) -> int:
    step = totp.matching_step(secret, totp.plain(code), now=totp.step_at(clock.now()))
    if step is None:
        raise WrongFirstCode
    return step


def _install(factor: SecondFactor, secret: str, step: int) -> None:
    factor.secret = second_factor.sealed_secret(factor.account, secret)
    factor.last_step, factor.enrolled_at = step, clock.now()
    factor.save(update_fields=["secret", "last_step", "enrolled_at"])


def _recovery_codes(factor: SecondFactor) -> list[str]:
    factor.recovery_codes.all().delete()
    codes = totp.new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, hash=totp.recovery_hash(code, salt=bytes(factor.salt))) for code in codes
    )
    return codes
