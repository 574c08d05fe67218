"""The life of a filing, as one table. A filing never leaves a final state, and none is ever erased."""

from enum import StrEnum

from guichet.kernel.refusals import N_, Refusal


class State(StrEnum):
    """Where a filing stands; those of ``FILED`` have been filed, and have their receipt."""

    BROUILLON = "brouillon"
    A_CONFIRMER = "a_confirmer"
    CONFIRME = "confirme"
    PUBLIE = "publie"
    ACCEPTE = "accepte"
    REFUSE = "refuse"
    RETIRE = "retire"
    CADUC = "caduc"
    TERMINE = "termine"
    REMPLACE = "remplace"
    EXPIRE = "expire"
    ABANDONNE = "abandonne"


# What happens → from which states, to which one. The keys are the kinds of the journal's events.
TRANSITIONS: dict[str, tuple[frozenset[State], State]] = {
    "depot.submitted": (frozenset({State.BROUILLON}), State.A_CONFIRMER),
    "depot.confirmed": (frozenset({State.A_CONFIRMER}), State.CONFIRME),
    "depot.published": (frozenset({State.CONFIRME}), State.PUBLIE),
    "depot.accepted": (frozenset({State.CONFIRME}), State.ACCEPTE),
    "depot.refused": (frozenset({State.CONFIRME}), State.REFUSE),
    # What was published stays readable once it is superseded (see ``queries.is_public``).
    "depot.withdrawn": (frozenset({State.PUBLIE, State.REMPLACE}), State.RETIRE),
    # Nobody answered in time; it was in force, and is no more.
    "depot.lapsed": (frozenset({State.CONFIRME}), State.CADUC),
    "depot.ended": (frozenset({State.ACCEPTE}), State.TERMINE),
    "depot.superseded": (frozenset({State.CONFIRME, State.PUBLIE, State.ACCEPTE}), State.REMPLACE),
    "depot.expired": (frozenset({State.A_CONFIRMER}), State.EXPIRE),
    "depot.discarded": (frozenset({State.BROUILLON, State.A_CONFIRMER}), State.ABANDONNE),
}

# It was confirmed: whatever became of it later, it has been filed.
FILED = (
    State.CONFIRME,
    State.PUBLIE,
    State.ACCEPTE,
    State.REFUSE,
    State.RETIRE,
    State.CADUC,
    State.TERMINE,
    State.REMPLACE,
)
# It waits for no answer any more (``decided_at``), and was not followed by a newer version.
DECIDED = (State.PUBLIE, State.ACCEPTE, State.REFUSE, State.RETIRE, State.CADUC, State.TERMINE)
# It had taken effect, and has none any more (``withdrawn_at``).
WITHDRAWN = (State.RETIRE, State.TERMINE)
# It counts: an initial beside it is refused, a rectification is possible.
IN_FORCE = (State.CONFIRME, State.PUBLIE, State.ACCEPTE)
# It counts, will count, or is followed by one that does; what is refused, withdrawn, lapsed or ended freed
# its place.
LIVE = (State.A_CONFIRMER, *IN_FORCE, State.REMPLACE)
# Its version's number is taken: a withdrawn version was read by the public, and nothing else takes its name.
# What lapsed or ended was read by nobody but those whom it is about: what comes after it is an initial again.
NUMBERED = (*LIVE, State.RETIRE)


class IllegalTransition(Refusal):
    """The filing has moved on (another tab, another person) and what is asked no longer makes sense."""

    code = "illegal_transition"
    message = N_(
        "Ce dépôt a changé d’état entre-temps : cette action n’est plus possible. "
        "Revenez à « Vos dépôts » pour voir où il en est."
    )
    status = 409


def after(state: str, event: str) -> State:
    """The state that ``event`` leads to from ``state``. Raises ``IllegalTransition``, ``KeyError``."""
    sources, target = TRANSITIONS[event]
    if state not in sources:
        raise IllegalTransition
    return target
