"""What a request asks for, done: in one change, in the caller's transaction, the inscription locked."""

from guichet.habilitations.operations.changing import change, do_judged, hold
from guichet.imports.models import Demande
from guichet.imports.operations import judging
from guichet.imports.operations.progress import Tell
from guichet.imports.queries import moving, stakes
from guichet.imports.queries.reverting import kept, kind_of
from guichet.imports.states import Kind
from guichet.inscriptions.models import Changement
from guichet.inscriptions.operations import begin_changement
from guichet.inscriptions.states import Origine
from guichet.portefeuilles.operations import containing, placing
from guichet.portefeuilles.operations.reverting import revert

STEPS = 4


def apply(demande: Demande, by: str, tell: Tell) -> Changement | None:
    """Judge a request again, do what can be done of it, and count the rights that this opened and closed.

    ``by``: an actor as the journal names it. ``None`` where nothing changes: then nothing is written but
    verdicts. Applied once more, all is so already.
    """
    people = stakes.beneficiaires(demande)  # those who were there before
    judging.again(demande)
    tell(demande.total // STEPS, demande.total)
    if not _changes_anything(demande):
        return None
    hold(demande.inscription, moving.ending(demande))  # what is being filed is filed before its right ends
    changement = begin_changement(
        demande.inscription,
        origine=Origine.ANNULATION if demande.undoes else Origine.FICHIER,
        actor=by,
        undoes=demande.undoes.changement if demande.undoes else None,
    )
    _move(demande, changement)
    tell(2 * demande.total // STEPS, demande.total)
    _give(demande, changement, people)
    tell(demande.total, demande.total)
    return changement


def _changes_anything(demande: Demande) -> bool:
    """Whether a line does something."""
    return bool(demande.counts["ajouts"] or demande.counts["suppressions"])


def _move(demande: Demande, changement: Changement) -> None:
    """Portfolios first: rights are given on what is there by then."""
    portefeuille = demande.portefeuille
    if demande.kind == Kind.ETABLISSEMENTS:
        placing.enter(portefeuille, moving.entering(), changement)
        placing.take_out(portefeuille, moving.leaving(), changement)
    elif demande.kind == Kind.DECLARATION and demande.adds:
        containing.add(portefeuille, [demande.declaration], changement)
        containing.declare(moving.declared(), changement)
    elif demande.kind == Kind.DECLARATION:
        containing.remove(portefeuille, [demande.declaration], changement)
    elif demande.undoes and demande.undoes.changement:
        revert(demande.undoes.changement, into=changement, kept=kept(demande))


def _give(demande: Demande, changement: Changement, people: list[int]) -> None:
    source = moving.rights(demande, changement, people)
    if kind_of(demande) is Kind.HABILITATIONS:
        do_judged(changement, source, actor=changement.by)
    else:
        change(
            demande.inscription,
            source,
            origine=Origine(changement.origine),
            actor=changement.by,
            within=changement,
        )
    found = stakes.done(changement.pk)
    demande.counts |= {
        "droits_ouverts": found.opened,
        "droits_fermes": found.closed,
        "personnes": found.people,
    }
