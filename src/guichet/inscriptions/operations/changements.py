"""Beginning a change: what it gives and takes, in any room above, names it."""

import datetime as dt
import uuid

from guichet.inscriptions.models import Changement, Inscription
from guichet.inscriptions.states import Origine
from guichet.kernel import clock

_INSTANT = dt.timedelta(microseconds=1)


def begin_changement(
    inscription: Inscription, *, origine: Origine, actor: str, undoes: Changement | None = None
) -> Changement:
    """A change of an inscription that is locked (``lock``). Where nothing comes of it, delete it again.

    Its moment is later than that of the change before, whatever clocks do: so what is given and taken at once
    has lasted, and what is closed ends before what is opened after it.
    """
    return Changement.objects.create(
        inscription=inscription, at=moment(inscription.pk), by=actor, origine=origine, undoes=undoes
    )


def moment(inscription_id: uuid.UUID) -> dt.datetime:
    """Now, or just after the last change of the inscription where the clock says otherwise."""
    last = Changement.objects.filter(inscription=inscription_id).order_by("-at").values_list("at", flat=True)
    former = last.first()
    return max(clock.now(), former + _INSTANT) if former else clock.now()
