"""Closing an account: what the law allows is erased, what was filed stays without its person."""

from django.db import transaction

from guichet.accounts.definitions import Espace
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account
from guichet.accounts.operations.closing import erase_person, is_closed
from guichet.accounts.operations.credentials import verify_password
from guichet.adhesions.operations import leaving as adhesions
from guichet.courriers import operations as courriers
from guichet.courriers.rules import UnusableAddress
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.depots.states import FILED
from guichet.foyers import operations as foyers
from guichet.habilitations.operations import closing as habilitations
from guichet.inscriptions.operations import leaving as inscriptions
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal
from guichet.retention.models import Closure, Notice
from guichet.retention.operations.exports import forget_export


class ClosedByOthers(Refusal):
    """Accounts of this espace are given, and taken back, by whoever manages them."""

    code = "closed_by_others"
    message = N_(
        "Votre compte vous a été donné par votre service : adressez-vous à la personne qui gère les comptes "
        "pour qu’elle le suspende."
    )
    status = 403


def close(*, account: Account, password: str) -> None:
    """Close ``account`` as its person asks. What cannot be undone wants the password once more.

    Raises ``ClosedByOthers``, ``accounts.WrongPassword``, ``accounts.LockedOut``, and
    ``adhesions.ClientsLeft`` where client files are to be handed over or ended first, and
    ``inscriptions.LastAdministrateur`` where others act for a company that nobody would administer.
    """
    if not door_of(account.espace).retention.closed_by_person:
        raise ClosedByOthers
    verify_password(account, password)
    with transaction.atomic():
        inscriptions.hold(account=account)
        # Held before it is looked at: what a colleague proposes, or accepts, comes before or after all this.
        account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        adhesions.check_leaving(account=account)
        inscriptions.check_leaving(account=account)
        end(account, reason=Closure.Reason.PERSON, actor=account.subject)


def end(account: Account, *, reason: Closure.Reason, actor: str) -> bool:
    """Close ``account`` in the caller's transaction; ``False`` where it was closed already."""
    inscriptions.hold(account=account)  # before the account, as whoever administers it does
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if is_closed(account):
        return False
    door, address = door_of(account.espace), account.email
    identifier = door.identifier.display(account.identifier, account.profile)
    subjects = [account.subject, *depots.leave(account=account)]
    # The companies are told of the end of each file; what would tell the person of it is forgotten unsent.
    adhesions.leave(account=account, actor=actor)
    habilitations.close(account=account, actor=actor)
    courriers.forget(about=subjects, unsent=True)
    courriers.empty(box=account.subject)
    forget_export(account)
    Notice.objects.filter(account=account).delete()
    erase_person(account)
    foyers.forget(account=account)
    Closure.objects.create(account=account, reason=reason, closed_at=clock.now())
    kept = Depot.objects.filter(account=account, state__in=FILED).count()
    data = {"reason": str(reason), "filings": kept}
    journal.record(subject=account.subject, kind="account.closed", actor=actor, data=data)
    _say_goodbye(door, account, address, identifier, kept)
    return True


def _say_goodbye(door: Espace, account: Account, address: str, identifier: str, kept: int) -> None:
    # Its address is forgotten a day after it left at the latest: see ``execution``.
    context = {
        "espace": door.label,
        "service": door.service,
        "identifier_label": door.identifier.label,
        "identifier": identifier,
        "kept": kept,
    }
    try:
        courriers.send_email(
            to=address,
            template="retention/compte_ferme",
            context=context,
            about=account.subject,
            links=door.messages_hold_links,
        )
    except UnusableAddress:
        return  # nobody to tell
