"""Confirmation: the link of the e-mail makes the filing count (000, step 7)."""

import datetime as dt
import uuid

from django.db import transaction
from procrastinate.contrib.django import app

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.operations.drafts import lock, lock_anybodys
from guichet.depots.operations.transitions import move_on, new_link, write_to_filer
from guichet.depots.queries import check_confirmable, token_depot
from guichet.depots.states import IllegalTransition, State
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

RESEND_AFTER = dt.timedelta(minutes=1)


class TooSoon(Refusal):
    """A message has just been sent."""

    code = "too_soon"
    message = N_(
        "Un message vient de vous être envoyé. Attendez une minute, regardez aussi dans les courriers "
        "indésirables, puis demandez-en un autre s’il n’est pas arrivé."
    )
    status = 429


def confirm(*, token: str) -> Depot:
    """Confirm the filing that the link names; a second use gives the same filing.

    A rectification supersedes the version in force at this moment, and its receipt is on its way.
    Raises ``LinkUnknown``, ``LinkExpired``, ``FilingDiscarded``.
    """
    found = token_depot(token=token)
    with transaction.atomic():
        depot = lock_anybodys(found.pk)
        check_confirmable(depot)
        if depot.state == State.A_CONFIRMER:
            take_confirmed(depot)
    return depot


def resend_confirmation(*, account: Account, depot_id: uuid.UUID | str) -> Depot:
    """Write the confirmation e-mail again, with a new link; the earlier links stay valid.

    Raises ``DepotNotFound``, ``LinkExpired``, ``IllegalTransition`` when there is nothing to confirm and
    ``TooSoon`` within ``RESEND_AFTER`` of the last message.
    """
    with transaction.atomic():
        depot = lock(account=account, depot_id=depot_id)
        check_confirmable(depot)
        if depot.state != State.A_CONFIRMER:
            raise IllegalTransition
        if depot.links.filter(created_at__gt=clock.now() - RESEND_AFTER).exists():
            raise TooSoon
        write_to_filer(depot, "depots/validation_de_depot", link=new_link(depot))
    return depot


def take_confirmed(depot: Depot) -> None:
    """Make a locked filing that was submitted count: what it rectifies leaves, its receipt is on its way."""
    actor = depot.account.subject
    _supersede_earlier(depot, actor)
    evidence = {"reference": depot.reference, "version": depot.version}
    move_on(depot, "depot.confirmed", actor=actor, evidence=evidence, confirmed_at=clock.now())
    app.configure_task("depots.issue_receipt").defer(depot_id=str(depot.pk))


def _supersede_earlier(depot: Depot, actor: str) -> None:
    same = Depot.objects.filter(
        teleprocedure=depot.teleprocedure, siren=depot.siren, unique_key=depot.unique_key
    )
    earlier = same.select_for_update().filter(state=State.CONFIRME).first()
    if earlier:
        evidence = {"by": str(depot.pk), "version": earlier.version}
        move_on(earlier, "depot.superseded", actor=actor, evidence=evidence, superseded_by=depot)
