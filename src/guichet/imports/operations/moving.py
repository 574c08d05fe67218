"""A request goes from one state to the next: checked, dated, journalled. Who may ask for it."""

import uuid

from guichet.imports.models import Demande
from guichet.imports.queries.access import DemandeNotFound
from guichet.imports.states import TRANSITIONS, Etat
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations import ActeurGone, NotAdministrateur
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

OVER = frozenset(etat for etat, following in TRANSITIONS.items() if not following)
_MOMENT = {Etat.VALIDEE: "validated_at", Etat.EN_COURS: "started_at", **dict.fromkeys(OVER, "ended_at")}


class NotReady(Refusal):
    """It is being read, or was decided already."""

    code = "import_not_ready"
    message = N_(
        "Cette demande ne peut pas être validée : elle n’est pas encore lue, ou elle a déjà été traitée, "
        "refusée ou supprimée. Rouvrez-la dans la liste de vos demandes pour voir où elle en est."
    )
    status = 409


def administering(by: Acteur) -> Acteur:
    """``by`` as they stand now, and until the transaction ends. Raises ``ActeurGone``, ``NotAdministrateur``.

    The company itself is not held: a file that is being applied holds it for seconds, and nobody has to wait
    for that to send, to validate or to delete another one.
    """
    rows = Acteur.objects.select_for_update(of=("self",), no_key=True)
    fresh = rows.select_related("inscription", "account").filter(pk=by.pk, ended_at=None).first()
    if fresh is None or fresh.inscription.ended_at is not None:
        raise ActeurGone
    if not fresh.administrateur:
        raise NotAdministrateur
    return fresh


def hold(by: Acteur, demande_id: uuid.UUID | str) -> Demande:
    """A request of the company of ``by``, locked. Raises ``DemandeNotFound``."""
    rows = Demande.objects.select_for_update(of=("self",), no_key=True).select_related("portefeuille")
    found = rows.filter(pk=demande_id, inscription=by.inscription_id).first()
    if found is None:
        raise DemandeNotFound
    return found


def move(demande: Demande, to: Etat, *, actor: str, **data: object) -> None:
    """Bring a request that is held, or read under its lock, to a state; the caller saves it.

    Raises ``NotReady`` where there is no way from where it stands.
    """
    if to not in TRANSITIONS[Etat(demande.etat)]:
        raise NotReady
    demande.etat = to
    if to in _MOMENT:
        setattr(demande, _MOMENT[to], clock.now())
    record(demande, actor=actor, **data)


def record(demande: Demande, *, actor: str, **data: object) -> None:
    """Write into the journal where a request stands."""
    known = {"portefeuille": str(demande.portefeuille_id), "kind": str(demande.kind)}
    journal.record(
        subject=demande.subject, kind=f"import.{demande.etat}", actor=actor, data={**known, **data}
    )
