"""What the second factor of an account gives: a code of the application, a passkey, or a recovery code
where they are lost (ADR 0014, 0021)."""

from collections.abc import Callable, Mapping
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from guichet.accounts import authenticators, totp, vault
from guichet.accounts.authenticators import Assertion, Challenge, ChallengeOver, PasskeyRefused
from guichet.accounts.models import Account, Attempts, Passkey, RecoveryCode, SecondFactor
from guichet.accounts.operations import attempts, messages
from guichet.accounts.operations.credentials import AccountSuspended, conclude_sign_in
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

Means = Literal["code", "recovery_code", "passkey"]
Given = str | Assertion  # a code as it was typed, or what a passkey signed


class WrongCode(Refusal):
    """Not the code of this moment; the subclasses say more."""

    code = "wrong_code"
    message = N_(
        "Ce code n’est pas le bon. Saisissez celui que votre application affiche maintenant ; s’il est "
        "encore refusé, vérifiez que votre téléphone se met à l’heure automatiquement."
    )
    field = "code"


class CodeUsed(WrongCode):
    """The right one, a second time: a code is good for one use (RFC 6238, 5.2)."""

    code = "code_used"
    message = N_(
        "Ce code a déjà servi. Attendez que votre application en affiche un autre : 30 secondes au plus."
    )


class WrongRecoveryCode(WrongCode):
    """Unknown, or used already."""

    code = "wrong_recovery_code"
    message = N_(
        "Ce code de secours n’est pas l’un des vôtres, ou il a déjà servi : chacun ne sert qu’une fois. "
        "Vérifiez chaque signe, ou saisissez-en un autre."
    )


class CodeUnreadable(WrongCode):
    """The secret is encrypted under a key that the portal no longer has (ADR 0014)."""

    code = "code_unreadable"
    message = N_(
        "Le portail ne peut plus vérifier les codes de votre application. Utilisez un code de secours, ou "
        "demandez que votre application de codes soit réinitialisée."
    )


class NoApplication(WrongCode):
    """A code was typed, and the account has passkeys alone."""

    code = "no_application"
    message = N_(
        "Ce compte n’a pas d’application de codes. Utilisez votre clé d’accès ou, si vous ne l’avez pas sous "
        "la main, l’un de vos codes de secours (16 lettres et chiffres)."
    )


class NotEnrolled(WrongCode):
    """There is no second factor (any more): it was reset meanwhile."""

    code = "not_enrolled"
    message = N_("Ce compte n’a pas de seconde protection. Reconnectez-vous pour en choisir une.")


class PasskeyCopied(PasskeyRefused):
    """Its signature count went back: there are two of it (WebAuthn, 6.1.1)."""

    code = "passkey_copied"
    message = N_(
        "Cette clé d’accès est refusée : elle a pu être copiée. Utilisez un autre moyen, puis retirez-la "
        "de votre compte. Un message vient de vous être envoyé."
    )


def begin_passkey_sign_in(*, account: Account) -> Challenge:
    """What the browser is asked to sign with one of the passkeys of ``account``, within five minutes.

    Raises ``authenticators.PasskeysUnavailable``.
    """
    party = authenticators.party(settings.BASE_URL)
    options = authenticators.ask_to_sign(party, known=known_passkeys(account))
    return authenticators.begun(options, use="give", owner=account.subject, now=clock.now())


def known_passkeys(account: Account) -> list[authenticators.Known]:
    """The passkeys of ``account``, as a browser is told of them."""
    rows = Passkey.objects.filter(account=account).order_by("pk")
    return [(bytes(row.credential), row.transports) for row in rows]


def check_second_factor(*, account: Account, code: Given) -> None:
    """Check what the second factor of ``account`` gives, and use it up: it is never accepted again.

    ``code``: of the application, a recovery code, or a passkey's ``Assertion``. Tries are counted by
    account, before anything is looked at. Raises ``WrongCode`` or ``PasskeyRefused`` (or a subclass),
    ``attempts.CodesLockedOut`` and ``AccountSuspended``.
    """
    _check(account, code, lambda means: _record(account, means))


def finish_sign_in(*, account: Account, code: Given) -> None:
    """Sign in by the second factor, once the password was right; ``sessions.begin`` then opens the session.

    Raises as ``check_second_factor``.
    """
    _check(account, code, lambda means: conclude_sign_in(account, factor=means))


def finish_sign_in_by_passkey(*, account: Account, response: str, state: Mapping[str, str]) -> None:
    """``finish_sign_in`` by the answer to ``begin_passkey_sign_in``, whose ``state`` the session kept."""
    finish_sign_in(account=account, code=Assertion(response, state))


def spend(account: Account, state: Mapping[str, str], *, use: authenticators.Use) -> bytes:
    """The challenge of ``state``, good for one answer in one hand, whatever that is worth.

    Outside a transaction, which would take it back. Raises ``ChallengeOver``.
    """
    now = clock.now()
    challenge = authenticators.open_challenge(state, use=use, owner=account.subject, now=now)
    key = salted_hmac("guichet.accounts.challenges", state["challenge"], algorithm="sha256").hexdigest()
    known = {"count": 1, "until": now + authenticators.WITHIN}
    if not Attempts.objects.get_or_create(key=key, defaults=known)[1]:
        raise ChallengeOver
    return challenge


def _check(account: Account, given: Given, conclude: Callable[[Means], object]) -> None:
    plain = "" if isinstance(given, Assertion) else totp.plain(given)
    attempts.count_code(account, recovery=totp.is_recovery(plain))
    challenge = spend(account, given.state, use="give") if isinstance(given, Assertion) else b""
    try:
        with transaction.atomic():
            # The account first, as by whoever resets or suspends it: else the two could wait for one another.
            if Account.objects.select_for_update().get(pk=account.pk).suspended_at:
                raise AccountSuspended
            factor = SecondFactor.objects.filter(account=account).first()
            if factor is None:
                raise NotEnrolled
            if isinstance(given, Assertion):
                _use_passkey(account, given.response, challenge)
                conclude("passkey")
            else:
                conclude(_use_typed(account, factor, plain))
    except PasskeyCopied:
        _tell_copied(account)
        raise
    attempts.forgive_code(account)


def _record(account: Account, means: Means) -> None:
    data = {"factor": means}
    journal.record(
        subject=account.subject, kind="account.second_factor_given", actor=account.subject, data=data
    )


def _use_typed(account: Account, factor: SecondFactor, plain: str) -> Means:
    if totp.is_recovery(plain):
        _use_recovery_code(account, factor, plain)
        return "recovery_code"
    _use_code(account, factor, plain)
    return "code"


def _use_code(account: Account, factor: SecondFactor, plain: str) -> None:
    secret = secret_of(account, factor)
    step = totp.matching_step(secret, plain, now=totp.step_at(clock.now()))
    if step is None:
        raise WrongCode
    if step <= factor.last_step:
        raise CodeUsed
    factor.last_step = step
    factor.secret = sealed_secret(account, secret)  # under the present key, if it was a former one's
    factor.save(update_fields=["last_step", "secret"])


def _use_recovery_code(account: Account, factor: SecondFactor, plain: str) -> None:
    unused = RecoveryCode.objects.filter(factor=factor, used_at=None)
    known = totp.recovery_hash(plain, salt=bytes(factor.salt))
    if not unused.filter(hash=known).update(used_at=clock.now()):
        raise WrongRecoveryCode
    messages.tell(account, "code_de_secours_utilise", left=unused.count())


def _use_passkey(account: Account, response: str, challenge: bytes) -> None:
    party = authenticators.party(settings.BASE_URL)
    # Among its own alone: that of another account signs for another account.
    wanted = authenticators.credential_of(response)
    passkey = Passkey.objects.filter(account=account, credential=wanted).first()
    if passkey is None:
        raise PasskeyRefused
    key = bytes(passkey.public_key)
    count = authenticators.signed(response, challenge=challenge, who=party, public_key=key)
    if authenticators.went_back(count, last=passkey.sign_count):
        raise PasskeyCopied
    passkey.sign_count, passkey.last_used_at = count, clock.now()
    passkey.save(update_fields=["sign_count", "last_used_at"])


def _tell_copied(account: Account) -> None:
    with transaction.atomic():
        messages.tell(account, "cle_d_acces_refusee")
        kind = "account.passkey_copied"
        journal.record(subject=account.subject, kind=kind, actor="anonymous", data={})


def secret_of(account: Account, factor: SecondFactor) -> str:
    """The key that the application shares with the portal. Raises ``CodeUnreadable``, ``NoApplication``."""
    if not factor.secret:
        raise NoApplication
    try:
        return vault.open_sealed(bytes(factor.secret), purpose=_purpose(account))
    except vault.CannotOpen:
        raise CodeUnreadable from None


def sealed_secret(account: Account, secret: str) -> bytes:
    """``secret`` as it is stored."""
    return vault.seal(secret, purpose=_purpose(account))


def _purpose(account: Account) -> str:
    return f"second factor of {account.subject}"
