"""Passkeys as second factor: made, named by their person, taken away (ADR 0021)."""

from collections.abc import Mapping

from django.conf import settings
from django.db import IntegrityError, transaction

from guichet.accounts import authenticators
from guichet.accounts.authenticators import Challenge
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Passkey, SecondFactor
from guichet.accounts.operations import enrolment
from guichet.accounts.operations.second_factor import known_passkeys, spend
from guichet.kernel import clock
from guichet.kernel.names import clean_name
from guichet.kernel.refusals import N_, Refusal

MAX_PASSKEYS = 10
NAME_LENGTH = 60
_MORE = "add_another"  # a state's use: both factors were given again before


class PasskeyKnown(Refusal):
    """The browser did not heed which passkeys exist, or the answer came twice."""

    code = "passkey_known"
    message = N_("Cette clé d’accès est déjà enregistrée.")
    status = 409


class TooManyPasskeys(Refusal):
    """A list that nobody reads protects nobody. Params: ``limit``."""

    code = "too_many_passkeys"
    message = N_("Ce compte a déjà {limit} clés d’accès. Retirez celle qui ne vous sert plus.")
    status = 409


class LastFactor(Refusal):
    """Nothing would be left beside the password."""

    code = "last_factor"
    message = N_(
        "C’est votre seule protection, et cet espace en demande une. Ajoutez d’abord une autre clé d’accès, "
        "ou une application de codes."
    )
    status = 409


class OnlyFactor(LastFactor):
    """Nothing would be left beside the password, which this espace allows, by its own button."""

    code = "only_factor"
    message = N_(
        "C’est votre seule protection. Ajoutez-en d’abord une autre, ou appuyez sur « Ne plus utiliser de "
        "seconde protection »."
    )


def begin_passkey(*, account: Account, more: bool = False) -> Challenge:
    """What the browser needs to make a passkey for ``account``, within five minutes.

    ``more``: there is a second factor already, and ``allow_change`` was passed.
    Raises ``authenticators.PasskeysUnavailable`` and ``TooManyPasskeys``.
    """
    known = known_passkeys(account)
    if len(known) >= MAX_PASSKEYS:
        raise TooManyPasskeys(limit=MAX_PASSKEYS)
    name = door_of(account.espace).identifier.display(account.identifier, account.profile)
    options = authenticators.ask_to_make(
        authenticators.party(settings.BASE_URL),
        portal=settings.PORTAL_NAME,
        user=account.pk.bytes,
        name=name,
        label=str(account.profile.get("name") or name),
        known=known,
    )
    use: authenticators.Use = "add_another" if more else "add"
    return authenticators.begun(options, use=use, owner=account.subject, now=clock.now())


def add_passkey(
    *, account: Account, response: str, state: Mapping[str, str], name: str, keep_session: str = ""
) -> list[str]:
    """Keep the passkey that the browser made for ``begin_passkey``; every other session is closed.

    Without ``keep_session`` (the key of the present one) it also concludes the sign-in. Returns the recovery
    codes where it is the first factor; else none: the former ones go on. Raises ``PasskeyRefused``,
    ``PasskeyKnown``, ``TooManyPasskeys``, ``AlreadyEnrolled``, and what ``clean_name`` raises.
    """
    name = clean_name(name, max_length=NAME_LENGTH)
    more = state.get("use") == _MORE
    challenge = spend(account, state, use="add_another" if more else "add")
    party = authenticators.party(settings.BASE_URL)
    made = authenticators.made(response, challenge=challenge, who=party)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        factor = SecondFactor.objects.filter(account=account).first()
        if factor and not more:
            raise enrolment.AlreadyEnrolled
        if account.passkeys.count() >= MAX_PASSKEYS:
            raise TooManyPasskeys(limit=MAX_PASSKEYS)
        _keep(account, made, name)
        codes = [] if factor else enrolment.begin_factor(account)[1]
        enrolment.conclude(
            account,
            "passkey_added",
            "cle_d_acces_ajoutee",
            means="passkey",
            keep_session=keep_session,
            name=name,
        )
    return codes


def remove_passkey(*, account: Account, passkey_id: int) -> None:
    """Take a passkey away; only after ``allow_change``. Twice is as once. Raises ``LastFactor``."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        passkey = Passkey.objects.filter(account=account, pk=passkey_id).first()
        if passkey is None:
            return
        if not _others(account, passkey):
            raise LastFactor if door_of(account.espace).second_factor else OnlyFactor
        passkey.delete()
        enrolment.tell(account, "passkey_removed", "cle_d_acces_retiree", name=passkey.name)


def _others(account: Account, passkey: Passkey) -> bool:
    application = SecondFactor.objects.filter(account=account).exclude(secret=b"")
    return application.exists() or account.passkeys.exclude(pk=passkey.pk).exists()


def _keep(account: Account, made: authenticators.Made, name: str) -> None:
    try:
        with transaction.atomic():
            Passkey.objects.create(
                account=account,
                credential=made.credential,
                public_key=made.public_key,
                sign_count=made.sign_count,
                name=name,
                transports=made.transports,
                created_at=clock.now(),
            )
    except IntegrityError:
        raise PasskeyKnown from None
