"""A change of portfolios and rights together. Rights that end are held first, so that what is filed with them
comes before their end; then they are taken, then what they stand on."""

from collections.abc import Callable

from guichet.habilitations.operations.changing import change, hold
from guichet.habilitations.operations.notices import announce
from guichet.inscriptions.models import Changement, Inscription
from guichet.inscriptions.operations import begin_changement
from guichet.inscriptions.states import Origine
from guichet.kernel.source import Source
from guichet.portefeuilles.operations import ending
from guichet.portefeuilles.operations.telling import announce as announce_portefeuilles


def composed(
    inscription: Inscription,
    rights: Source | None,
    act: Callable[[Changement], bool],
    *,
    origine: Origine,
    actor: str,
    tells: bool = True,
) -> Changement:
    """One change of an inscription that is held: ``rights`` end, then ``act``, which says whether it did
    anything. Where nothing came of it, it is deleted (no ``pk``). ``tells``: whom it concerns."""
    if rights:
        hold(inscription, rights)
    made = begin_changement(inscription, origine=origine, actor=actor)
    if rights:
        change(inscription, rights, origine=origine, actor=actor, within=made)
    if not act(made) and not made.opened and not made.closed:
        made.delete()
    elif tells:
        tell(made)
    return made


def let_go(
    inscription: Inscription, rights: Source, *, origine: Origine, actor: str, tells: bool = True
) -> Changement:
    """``rights`` end, and every tie of a firm with its clients."""
    return composed(
        inscription,
        rights,
        lambda made: ending.end_all(inscription, made) > 0,
        origine=origine,
        actor=actor,
        tells=tells,
    )


def tell(made: Changement) -> None:
    """Tell of a change of portfolios and rights: the administrateurs of all of it, and everybody else of
    their rights."""
    announce_portefeuilles(made)
    announce(made, administrateurs=False)
