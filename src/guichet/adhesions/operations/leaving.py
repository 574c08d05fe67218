"""What becomes of client files when the account that follows them is closed: nothing is orphaned.

A person who closes the account hands them over or ends them first. Where the account is closed because nobody
came in for years, and was warned, they end: no colleague accepted them, and a company must not believe that
somebody acts for it. Companies are told of each, as of every end.
"""

import logging

from django.db import connection

from guichet.accounts.models import Account
from guichet.adhesions.models import Demande
from guichet.adhesions.operations.colleagues import forget
from guichet.adhesions.operations.upkeep import forget_lists
from guichet.adhesions.queries.colleagues import OPEN
from guichet.adhesions.queries.handover import client_files
from guichet.depots import operations as depots
from guichet.depots.states import State
from guichet.kernel.refusals import N_, Refusal

logger = logging.getLogger(__name__)

REASON = N_("Le compte qui suivait ce dossier a été fermé : personne ne s’y était connecté depuis longtemps.")


class ClientsLeft(Refusal):
    """There are client files in force, waiting, or on their way here. Params: ``number``."""

    code = "clients_left"
    message = N_(
        "Vous suivez encore {number} dossiers de clients, en cours ou en attente de réponse. Avant de fermer "
        "votre compte, remettez-les à un collègue (« Remettre des dossiers », qu’il doit accepter), ou "
        "mettez-y fin dans « Mes dossiers »."
    )
    status = 409


class OneClientLeft(ClientsLeft):
    """The same, of one."""

    code = "one_client_left"
    message = N_(
        "Vous suivez encore un dossier de client, en cours ou en attente de réponse. Avant de fermer votre "
        "compte, remettez-le à un collègue (« Remettre des dossiers », qu’il doit accepter), ou mettez-y fin "
        "dans « Mes dossiers »."
    )


def check_leaving(*, account: Account) -> None:
    """Raise ``ClientsLeft`` where ``account`` follows client files; in the transaction that closes it."""
    number = client_files(account=account)
    if number:
        raise OneClientLeft(number=1) if number == 1 else ClientsLeft(number=number)


def leave(*, account: Account, actor: str) -> int:
    """End every client file of ``account`` (locked), and its place in the firm; how many ended.

    In the caller's transaction, which closes the account. Both sides are told as of every end.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("files end in the transaction that closes their account")
    forget(account)
    forget_lists(account=account)
    mine = Demande.objects.filter(depot__account=account, depot__state__in=OPEN).order_by("pk")
    ended = list(mine.values_list("depot_id", "depot__state"))
    for depot_id, state in ended:
        if state == State.ACCEPTE:
            depots.end(depot_id=depot_id, actor=actor, reason=str(REASON))
        else:
            depots.lapse(depot_id=depot_id, actor=actor)
    return len(ended)
