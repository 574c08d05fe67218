"""« Demander à mon administrateur »: somebody who can't sign in asks for a new password (003, chapter 5)."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from procrastinate.contrib.django import app

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account
from guichet.accounts.operations import attempts
from guichet.accounts.rules import Client
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations.holding import lock
from guichet.inscriptions.operations.notices import company_of, tell, tell_administrateurs
from guichet.inscriptions.queries.people import name_of
from guichet.journal import operations as journal
from guichet.kernel import clock

ONCE_IN = dt.timedelta(minutes=10)  # a job that runs twice, or somebody who clicks twice, tells once


@transaction.atomic
def ask_help(*, espace: str, identifier: str, client: Client) -> None:
    """Whoever signs in with ``identifier`` (as ``Identifier.parse`` gives it) asks the administrateurs.

    The same answer for everybody, after the same work: a job looks at who it is. Raises
    ``attempts.TooManyMessages``.
    """
    attempts.count_message(door_of(espace), identifier, client)
    account = Account.objects.filter(espace=espace, identifier=identifier).only("pk").first()
    known = account.pk if account else uuid.uuid4()
    app.configure_task("inscriptions.tell_help_asked").defer(account_id=str(known))


@transaction.atomic
def tell_help_asked(*, account_id: uuid.UUID | str) -> bool:
    """Tell the administrateurs who asks, with the address of that person's page; whether anybody was told.

    An administrateur is told the other ways instead, by e-mail: their colleagues can do nothing for them.
    A candidate, or who acts for nobody, asks nobody. Job ``inscriptions.tell_help_asked``.
    """
    acteur = _asking(account_id)
    if acteur is None or (acteur.help_asked_at and clock.now() < acteur.help_asked_at + ONCE_IN):
        return False
    acteur.help_asked_at = clock.now()
    acteur.save(update_fields=["help_asked_at"])
    if acteur.administrateur:
        tell(acteur.account, "aide_administrateur", boxed=False, **company_of(acteur.inscription))
    else:
        tell_administrateurs(
            acteur.inscription,
            "aide_demandee",
            person=name_of(acteur.account),
            email=acteur.account.email,
            person_page=f"{settings.BASE_URL}{reverse(f'{acteur.account.espace}:person', args=[acteur.pk])}",
        )
    data = {"acteur": acteur.pk, "administrateur": acteur.administrateur}
    journal.record(subject=acteur.inscription.subject, kind="acteur.help_asked", actor="anonymous", data=data)
    return True


def _asking(account_id: uuid.UUID | str) -> Acteur | None:
    """Whoever acts under this account, their company held; nobody whose account is suspended."""
    mine = Acteur.objects.filter(account_id=account_id, ended_at=None, began_at__isnull=False)
    found = mine.first()
    if found is None:
        return None
    lock(found.inscription_id)
    rows = mine.select_related("inscription", "account").filter(account__suspended_at=None)
    return rows.first()
