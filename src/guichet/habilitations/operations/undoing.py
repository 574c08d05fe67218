"""Taking a change back, line by line, where nobody changed the line since."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from guichet.habilitations.operations.changing import change, held, hold
from guichet.habilitations.operations.composing import tell
from guichet.habilitations.operations.notices import announce
from guichet.habilitations.queries.judging import gone, judged, kept, reverted
from guichet.habilitations.queries.planning import Sayer
from guichet.habilitations.rules import Reason
from guichet.habilitations.values import Planned
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.operations import begin_changement
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.states import UNDOABLE, Origine
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.source import Source
from guichet.portefeuilles.operations.reverting import revert
from guichet.portefeuilles.queries import reverting
from guichet.portefeuilles.values import Left

# What a change did that its opposite does not take back: changed since, or impossible by now.
_REFUSED = """
SELECT did.acteur_id, did.siret, did.declaration, coalesce(j.reason, 'changed_since')
FROM (
    SELECT acteur_id, siret, declaration FROM habilitations_habilitation WHERE opened_in_id = %(undone)s
    UNION ALL
    SELECT acteur_id, siret, declaration FROM habilitations_habilitation WHERE closed_in_id = %(undone)s
) did LEFT JOIN judged j USING (acteur_id, siret, declaration)
WHERE j.reason IS DISTINCT FROM ''
ORDER BY acteur_id, siret, declaration
"""


class ChangementNotFound(Refusal):
    """No such change, or one of another company."""

    code = "changement_not_found"
    message = N_("Ce changement n’existe pas, ou n’est pas de votre entreprise.")
    status = 404


class AlreadyUndone(Refusal):
    """Somebody was quicker. What took it back can be taken back in its turn."""

    code = "already_undone"
    message = N_(
        "Ce changement a déjà été annulé. Pour le rétablir, annulez l’annulation dans la liste des "
        "changements."
    )
    status = 409


class NotUndoable(Refusal):
    """A departure, a transfer, a registration or an end."""

    code = "not_undoable"
    message = N_(
        "Ce changement ne s’annule pas : il vient d’une inscription, d’une résiliation ou du départ d’une "
        "personne, dont les dépôts ont pu passer à un collègue. Donnez ou retirez les droits dans la grille."
    )
    status = 409


@dataclass(frozen=True, kw_only=True)
class Undone:
    """The change that took another one back (no ``pk`` where nothing could be), and what it left as it is,
    each with its reason: rights (``refused``), clients' places and declarations (``left``)."""

    changement: Changement
    refused: Sequence[Planned]
    left: Sequence[Left] = ()


@transaction.atomic
def undo(*, by: Acteur, changement_id: int) -> Undone:
    """Restore what a change did, portfolios too, whichever administrateur made it; lines that somebody
    changed since stay, and nobody gets a right who could not be given it now.

    An undoing is a change, and can be undone in its turn. Where no line can be restored, nothing is written,
    and it may be tried again. Raises ``ChangementNotFound``, ``AlreadyUndone``, ``NotUndoable``,
    ``ActeurGone``, ``NotAdministrateur``.
    """
    fresh = held(by)
    return undo_within(fresh, _changement(fresh, changement_id), origine=Origine.ANNULATION)


def undo_within(by: Acteur, undone: Changement, *, origine: Origine) -> Undone:
    """The same, of a change that may be undone, by somebody whose inscription is held.

    Clients, their places and declarations first, then rights, judged by what stands then.
    """
    left = reverting.refused(undone, kept(undone.pk)) if _of_clients(undone) else []
    source, inscription, actor = reverted(undone.pk, left), by.inscription, by.account.subject
    hold(inscription, source)
    made = begin_changement(inscription, origine=origine, actor=actor, undoes=undone)
    done = revert(undone, into=made, kept=kept(undone.pk)) if _of_clients(undone) else None
    refused = _refused(by, source)
    for taking in (source, gone(made)) if done else (source,):
        change(inscription, taking, origine=origine, actor=actor, within=made)
    if not (made.opened or made.closed or (done and (done.back or done.out))):
        made.delete()
    elif done and (done.back or done.out):
        tell(made)
    else:
        announce(made)
    return Undone(changement=made, refused=refused, left=left)


def _of_clients(undone: Changement) -> bool:
    return undone.inscription.genre == Genre.TIERS


def _changement(by: Acteur, changement_id: int) -> Changement:
    rows = Changement.objects.filter(inscription=by.inscription_id).select_related("inscription")
    found = rows.filter(pk=changement_id).first() if 0 < changement_id < 2**63 else None
    if found is None:
        raise ChangementNotFound
    if Changement.objects.filter(undoes=found).exists():
        raise AlreadyUndone
    if found.origine not in UNDOABLE:
        raise NotUndoable
    return found


def _refused(by: Acteur, source: Source) -> list[Planned]:
    with connection.cursor() as cursor:
        cursor.execute(judged(source, _REFUSED), {**source.params, "inscription": by.inscription_id})
        rows = cursor.fetchall()
    if not rows:
        return []
    say = Sayer(by, {siret for _who, siret, *_rest in rows})
    return [say.line(*row[:3], reason=Reason(row[3])) for row in rows]
