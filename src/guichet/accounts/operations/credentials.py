"""Signing in by identifier and password (000, step 4), and what follows a new password."""

from django.contrib.auth.hashers import check_password
from django.db import transaction

from guichet.accounts.definitions import Espace
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.hashers import DECOY
from guichet.accounts.models import Account, Provisional, Session
from guichet.accounts.operations import attempts, links, messages, provisional_tries
from guichet.accounts.rules import Client, pasted
from guichet.accounts.sessions import factor_wanted, row_key
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal


class SignInRefused(Refusal):
    """Unknown, wrong password, not activated: one sentence for all, after the same time.

    ``label`` is what the espace calls its identifier.
    """

    code = "sign_in_refused"
    message = N_(
        "{label} ou mot de passe inexact. Respectez les majuscules et les minuscules du mot de passe. "
        "Si vous venez de vous inscrire, ouvrez d’abord le lien du message « Votre compte »."
    )


class SignInRefusedByCode(SignInRefused):
    """The same at a door whose messages bring codes."""

    message = N_(
        "{label} ou mot de passe inexact. Respectez les majuscules et les minuscules du mot de passe. "
        "Si vous venez de vous inscrire, activez d’abord votre espace avec le code reçu par message."
    )


class SignInRefusedByParts(SignInRefused):
    """The same where one signs in with several data: which of them is wrong is not told (003, chapter 5)."""

    message = N_(
        "Ces données de connexion et ce mot de passe ne vont pas ensemble, ou votre mot de passe provisoire "
        "n’est plus valable. Vérifiez chaque champ, majuscules et minuscules du mot de passe comprises. Si "
        "rien n’y fait, « Mot de passe oublié » vous propose d’en obtenir un autre. Si vous venez de vous "
        "inscrire, ouvrez d’abord le lien du message « Votre compte »."
    )


class AccountSuspended(Refusal):
    """The password is right, and the account is not to be used."""

    code = "account_suspended"
    message = N_(
        "Ce compte est suspendu : il ne permet plus de se connecter. Adressez-vous à la personne qui gère "
        "les comptes de votre service."
    )
    status = 403


class WrongPassword(Refusal):
    """The present password, asked again before a change, is not the right one."""

    code = "wrong_password"
    message = N_("Ce n’est pas votre mot de passe actuel. Respectez les majuscules et les minuscules.")
    field = "current"


def sign_in(*, espace: str, identifier: str, password: str, client: Client) -> Account:
    """The account that may sign in; ``sessions.begin`` then opens the session. Call it outside a transaction.

    Where a second factor is wanted (``sessions.factor_wanted``), the session waits for ``finish_sign_in``, or
    for what takes one into use. Blanks around a pasted password are taken off; case matters (000, step 4).
    One Argon2 hash is verified in every case. Where ``queries.owes_password`` says so of the account, it came
    in by a provisional password: ``sessions.begin_provisional``, then ``take_possession`` (ADR 0026). Raises
    ``SignInRefused``, ``AccountSuspended``, ``attempts.LockedOut`` and, where too many others sign in,
    ``kernel.limits.Saturated``.
    """
    door, typed = door_of(espace), pasted(password)
    attempts.count_sign_in(door, identifier, client)
    account = Account.objects.filter(espace=espace, identifier=identifier).first()
    provisional = provisional_tries.begin(door, account, typed)
    with attempts.looked_at(door, identifier, client), provisional_tries.looked_at(provisional):
        right = _is_right(account, typed, provisional)
    if account is None or not right:
        if provisional:
            provisional_tries.wrong(door, provisional)
        raise _refusal(door)(label=door.identifier.label)
    attempts.forgive_sign_in(door, identifier, client)
    if provisional:
        provisional_tries.right(provisional)
    if account.suspended_at:
        raise AccountSuspended
    _conclude(account, provisional)
    return account


def _refusal(door: Espace) -> type[SignInRefused]:
    if door.identifier.parts:
        return SignInRefusedByParts
    return SignInRefusedByCode if door.codes else SignInRefused


def _is_right(account: Account | None, typed: str, provisional: Provisional | None) -> bool:
    # One hash is verified in every case: a decoy for nobody, and for who was invited and chose no password.
    if provisional:
        return check_password(typed, provisional.hash)
    if account is not None and account.has_usable_password():
        return account.check_password(typed)
    check_password(typed, DECOY)
    return False


@transaction.atomic
def _conclude(account: Account, provisional: Provisional | None) -> None:
    if provisional:
        account.by_provisional, account.provisional = True, provisional
        kind = "account.provisional_accepted"
        journal.record(subject=account.subject, kind=kind, actor=account.subject, data={})
        return
    if door_of(account.espace).provisionals:  # one that was sent has no use any more
        Provisional.objects.filter(account=account).delete()
    conclude_password(account)


def conclude_password(account: Account) -> None:
    """What follows a right password, or the choice of one: that one is signed in, or owes the factor."""
    if factor_wanted(account):
        kind = "account.password_given"
        journal.record(subject=account.subject, kind=kind, actor=account.subject, data={})
    else:
        conclude_sign_in(account)


def conclude_sign_in(account: Account, **data: str) -> None:
    """What follows the last factor: ``data`` says which one that was, where there are two."""
    account.last_sign_in_at = clock.now()
    if not account.siren:  # the former release, which ran beside this one during an upgrade, gave none
        account.siren = door_of(account.espace).siren(account.identifier, account.profile)
    account.save(update_fields=["last_sign_in_at", "siren"])
    journal.record(subject=account.subject, kind="account.signed_in", actor=account.subject, data=data)


def verify_password(account: Account, password: str) -> None:
    """Check the password again before what matters. Raises ``WrongPassword``, ``LockedOut``."""
    door = door_of(account.espace)
    client = Client(address=account.subject)
    attempts.count_sign_in(door, account.identifier, client)
    with attempts.looked_at(door, account.identifier, client):
        right = account.check_password(pasted(password))
    if not right:
        raise WrongPassword
    attempts.forgive_sign_in(door, account.identifier, client)


def conclude_new_password(account: Account, *, kind: str, keep_session: str = "") -> None:
    """What follows every new password: links, sessions and a provisional one end, the person is told."""
    links.spend_all(account)
    Provisional.objects.filter(account=account).delete()
    closed, _ = Session.objects.filter(account=account).exclude(pk=row_key(keep_session)).delete()
    first = kind == "account.password_chosen"
    messages.tell(account, "mot_de_passe_choisi" if first else "mot_de_passe_change")
    journal.record(
        subject=account.subject, kind=kind, actor=account.subject, data={"closed_sessions": closed}
    )
