"""An account that acts for a company is closed: its rights end, then its place."""

from guichet.accounts.models import Account
from guichet.habilitations.operations.changing import change
from guichet.habilitations.operations.composing import let_go
from guichet.habilitations.queries.judging import taken
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations import leaving
from guichet.inscriptions.queries.people import acting
from guichet.inscriptions.states import Origine


def close(*, account: Account, actor: str) -> None:
    """End the rights of ``account`` and its place in its company, whoever is left there; where nobody is, the
    ties of a firm with its clients too.

    In the caller's transaction, which closes the account. The administrateurs are told.
    """
    leaving.hold(account=account)
    acteur = Acteur.objects.select_related("inscription").filter(account=account, ended_at=None).first()
    if acteur is None:
        return
    if not acteur.is_candidate and not acting(acteur.inscription_id).exclude(pk=acteur.pk).exists():
        let_go(acteur.inscription, taken(), origine=Origine.DEPART, actor=actor, tells=False)
    elif not acteur.is_candidate:
        change(acteur.inscription, taken(acteur_id=acteur.pk), origine=Origine.DEPART, actor=actor)
    leaving.leave(account=account, actor=actor)
