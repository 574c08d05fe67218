"""Whom a request for access is about: a candidate (who waits, was refused, or came too late), or a déclarant
whose company nobody administers any more."""

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.inscriptions import queries
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.states import Issue
from guichet.kernel.refusals import N_, Refusal

CODE = "acces"
OPEN = ("", Issue.REFUSEE, Issue.CADUQUE)  # what may have become of a candidature that the desk may grant


class NotCandidate(Refusal):
    """Who asks never asked to administer a company, took it back, or acts for one that is administered."""

    code = "not_candidate"
    message = N_(
        "Cette demande est faite pour qui a demandé à administrer une entreprise, et n’a pas été accepté, ou "
        "pour qui déclare pour une entreprise sans administrateur. Ce n’est pas, ou plus, votre cas."
    )
    field = "motif"
    status = 409


class AlreadyAsked(Refusal):
    """Another one waits. Params: ``reference``."""

    code = "already_asked"
    message = N_("Vous avez déjà une demande en attente (référence {reference}) : le service va y répondre.")
    field = "motif"


def candidate(account: Account) -> Acteur:
    """Who ``account`` would be, if the desk admitted them. Raises ``NotCandidate``."""
    now = queries.acteur_of(account=account)
    if now is not None and not now.is_candidate:
        if now.administrateur or queries.is_administered(inscription=now.inscription):
            raise NotCandidate
        return now
    rows = Acteur.objects.select_related("inscription", "candidature")
    last = rows.filter(account=account, candidature__isnull=False).order_by("-pk").first()
    if last is None or last.candidature.issue not in OPEN or last.inscription.ended_at is not None:
        raise NotCandidate
    return last


def check_free(account: Account) -> None:
    """Raise ``AlreadyAsked`` where a request of ``account`` waits for its answer."""
    waiting = Depot.objects.filter(account=account, teleprocedure=CODE, state=State.CONFIRME).first()
    if waiting is not None:
        raise AlreadyAsked(reference=waiting.reference)
