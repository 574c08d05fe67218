"""Signing in by identifier and password (000, step 4), and what follows a new password."""

from django.contrib.auth.hashers import check_password
from django.db import transaction

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.hashers import DECOY
from guichet.accounts.models import Account, Session
from guichet.accounts.operations import attempts, links, messages
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
    One Argon2 hash is verified in every case. Raises ``SignInRefused``, ``AccountSuspended``,
    ``attempts.LockedOut`` and, where too many others sign in, ``kernel.limits.Saturated``.
    """
    door = door_of(espace)
    attempts.count_sign_in(door, identifier, client)
    account = Account.objects.filter(espace=espace, identifier=identifier).first()
    with attempts.looked_at(door, identifier, client):
        right = _is_right(account, pasted(password))
    if account is None or not right:
        raise (SignInRefusedByCode if door.codes else SignInRefused)(label=door.identifier.label)
    attempts.forgive_sign_in(door, identifier, client)
    if account.suspended_at:
        raise AccountSuspended
    with transaction.atomic():
        if factor_wanted(account):
            subject = account.subject
            journal.record(subject=subject, kind="account.password_given", actor=subject, data={})
        else:
            conclude_sign_in(account)
    return account


def _is_right(account: Account | None, password: str) -> bool:
    # One hash is verified in every case: a decoy for nobody, and for who was invited and chose no password.
    if account is not None and account.has_usable_password():
        return account.check_password(password)
    check_password(password, DECOY)
    return False


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
    """What follows every new password: links ended, sessions closed, the person told, the act journalled."""
    links.spend_all(account)
    closed, _ = Session.objects.filter(account=account).exclude(pk=row_key(keep_session)).delete()
    first = kind == "account.password_chosen"
    messages.tell(account, "mot_de_passe_choisi" if first else "mot_de_passe_change")
    journal.record(
        subject=account.subject, kind=kind, actor=account.subject, data={"closed_sessions": closed}
    )
