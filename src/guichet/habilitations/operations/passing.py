"""What somebody who went had filed for clients passes to who took over: by a job, as it may be thousands."""

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from guichet.accounts.models import Account
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.depots.states import FILED, State
from guichet.inscriptions.models import Acteur
from guichet.portefeuilles.models import Cliente

BATCH = 100  # filings that pass in one transaction


def begin_to_pass(gone: Acteur, actor: str) -> int:
    """Have the filings of ``gone`` for the firm's clients pass, those that went included; how many.

    In the caller's transaction. ``actor``: as the journal names it.
    """
    number = _for_clients(gone).count()
    if number:
        app.configure_task("habilitations.pass_filings").defer(acteur_id=gone.pk, actor=actor)
    return number


@transaction.atomic
def pass_filings(*, acteur_id: int, actor: str) -> int:
    """Some of these filings pass to who took over, and a job of its own goes on with the others; how many.

    Twice is as once. Job ``habilitations.pass_filings``. Raises what ``depots.operations.hand_over`` raises.
    """
    gone = Acteur.objects.select_related("account", "inscription").get(pk=acteur_id)
    to = _heir(gone)
    if to is None:
        return 0
    batch = list(_for_clients(gone).order_by("pk")[:BATCH])
    for depot in batch:
        depots.hand_over(depot_id=depot.pk, to=to, actor=actor)
    if len(batch) == BATCH:
        app.configure_task("habilitations.pass_filings").defer(acteur_id=gone.pk, actor=actor)
    return len(batch)


def _heir(gone: Acteur) -> Account | None:
    """Who took over; where they went too, who took over from them."""
    heir = gone.successor
    while heir is not None and heir.ended_at is not None and heir.successor is not None:
        heir = heir.successor
    return heir.account if heir else None


def _for_clients(gone: Acteur) -> QuerySet[Depot]:
    clients = Cliente.objects.filter(inscription=gone.inscription_id).values("siren")
    filed = Depot.objects.filter(account=gone.account_id, espace=gone.account.espace, siren__in=clients)
    return filed.filter(state__in=[State.A_CONFIRMER, *FILED]).exclude(siren=gone.inscription.siren)
