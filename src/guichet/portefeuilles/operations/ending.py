"""A firm manages clients no more: its inscription ended, or is of another type. Within a change that has
begun."""

from guichet.inscriptions.models import Changement, Inscription
from guichet.portefeuilles.models import Portefeuille
from guichet.portefeuilles.operations.moving import close
from guichet.portefeuilles.operations.placing import take_out
from guichet.portefeuilles.queries.placing import all_of
from guichet.portefeuilles.states import Fin


def end_all(inscription: Inscription, changement: Changement, because: Fin = Fin.RESILIATION) -> int:
    """Every tie with a client ends, every portfolio is closed; how many portfolios. The rights end above this
    room, in the same transaction."""
    rows = list(Portefeuille.objects.filter(inscription=inscription, closed_at=None).order_by("key", "pk"))
    for portefeuille in rows:
        take_out(portefeuille, all_of(portefeuille), changement, because)
        close(portefeuille, changement)
    return len(rows)
