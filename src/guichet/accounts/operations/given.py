"""Accounts that are given: invited by somebody, suspended, reinstated."""

from collections.abc import Mapping

from django.contrib.auth.hashers import make_password
from django.db import transaction

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Session
from guichet.accounts.operations import attempts, codes, links, messages
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal


class AccountExists(Refusal):
    """Somebody signs in with this identifier already."""

    code = "account_exists"
    message = N_(
        "Un compte existe déjà à cette adresse. Retrouvez-le dans la liste, ou saisissez-en une autre."
    )
    field = "email"
    status = 409


class InvitationAccepted(Refusal):
    """There is a password: nothing is left to invite to."""

    code = "invitation_accepted"
    message = N_(
        "Cette personne a déjà choisi son mot de passe. Si elle l’a oublié, elle en choisit un autre par "
        "« Mot de passe oublié », à la page de connexion."
    )
    status = 409


@transaction.atomic
def invite(*, espace: str, identifier: str, email: str, profile: Mapping[str, object], actor: str) -> Account:
    """Give somebody an account; the message's link, or code, valid 7 days, lets them choose its password.

    ``identifier`` and ``email`` as the espace's ``Identifier.parse`` and ``EmailAddress.parse`` give them;
    ``actor`` as in the journal. Raises ``AccountExists`` and ``attempts.TooManyMessages``.
    """
    door = door_of(espace)
    values = {
        "email": email,
        "profile": dict(profile),
        "password": make_password(None),
        "terms_version": door.terms_version,
        "created_at": clock.now(),
        "siren": door.siren(identifier, profile),
    }
    account, created = Account.objects.get_or_create(espace=espace, identifier=identifier, defaults=values)
    if not created:
        raise AccountExists
    _send(account, "account.invited", actor)
    return account


@transaction.atomic
def invite_again(*, account: Account, actor: str) -> None:
    """Send the invitation once more; the link sent before ends.

    Raises ``InvitationAccepted``, and ``attempts.TooManyMessages`` where the mailbox had ten in 15 minutes.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.has_usable_password():
        raise InvitationAccepted
    _send(account, "account.invited_again", actor)


@transaction.atomic
def suspend(*, account: Account, actor: str) -> None:
    """Nobody signs in any more; every session and every link ends. Twice is as once."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.suspended_at is None:
        account.suspended_at = clock.now()
        account.save(update_fields=["suspended_at"])
        links.spend_all(account)
        closed, _ = Session.objects.filter(account=account).delete()
        data = {"closed_sessions": closed}
        journal.record(subject=account.subject, kind="account.suspended", actor=actor, data=data)


@transaction.atomic
def reinstate(*, account: Account, actor: str) -> None:
    """The opposite of ``suspend``: with the password and the second factor of before. Twice is as once."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.suspended_at is not None:
        account.suspended_at = None
        account.save(update_fields=["suspended_at"])
        journal.record(subject=account.subject, kind="account.reinstated", actor=actor, data={})


def _send(account: Account, kind: str, actor: str) -> None:
    door = door_of(account.espace)
    attempts.count_recipient(door, account.email)
    way = codes.new_password_way(account, lifetime=door.lifetimes.invitation)
    messages.tell(account, "invitation", secret=True, **way)
    journal.record(subject=account.subject, kind=kind, actor=actor, data={"espace": account.espace})
