"""« Valider » and « Supprimer »: settled once, whoever is quicker."""

import uuid

from django.db import transaction
from procrastinate.contrib.django import app

from guichet.files import operations as files
from guichet.imports.models import Demande, Ligne
from guichet.imports.operations.moving import NotReady, administering, hold, move
from guichet.imports.states import TRANSITIONS, Etat
from guichet.inscriptions.models import Acteur
from guichet.kernel.refusals import N_, Refusal


class AnotherPortefeuille(Refusal):
    """The file's name designates another portfolio, and nobody said that this one is meant.

    Params: ``file_name``, ``named``, ``chosen``.
    """

    code = "import_another_portefeuille"
    message = N_(
        "Le fichier « {file_name} » porte le nom du portefeuille « {named} », et vous l’appliquez au "
        "portefeuille « {chosen} ». Si c’est bien ce que vous voulez, confirmez-le ; sinon, supprimez cette "
        "demande et déposez le fichier pour « {named} »."
    )
    field = "confirmed"
    status = 409


class NothingToDo(Refusal):
    """No line of it would change anything."""

    code = "import_nothing_to_do"
    message = N_(
        "Cette demande ne changerait rien : chaque ligne est déjà ainsi, ou impossible, et dit pourquoi. "
        "Corrigez ce qui est impossible, et faites une nouvelle demande."
    )
    status = 409


class Begun(Refusal):
    """It is being applied, or is over."""

    code = "import_begun"
    message = N_(
        "Cette demande a commencé, ou elle est finie : elle ne peut plus être supprimée. Une fois finie, "
        "vous pourrez l’annuler, ce qui rétablit ce qu’elle a changé."
    )
    status = 409


@transaction.atomic
def validate(*, by: Acteur, demande_id: uuid.UUID | str, confirmed: bool = False) -> Demande:
    """Have a request applied: at once, or when its turn has come (job ``imports.run``). Twice is as once.

    ``confirmed``: this portfolio is meant, whatever the file's name says. Raises ``ActeurGone``,
    ``NotAdministrateur``, ``DemandeNotFound``, ``NotReady``, ``NothingToDo``, ``AnotherPortefeuille`` (409).
    """
    fresh = administering(by)
    demande = hold(fresh, demande_id)
    if demande.etat in (Etat.VALIDEE, Etat.EN_COURS):
        return demande
    if demande.etat != Etat.PRETE:
        raise NotReady
    _check(demande, confirmed=confirmed)
    demande.validated_by = fresh.account.subject
    move(demande, Etat.VALIDEE, actor=fresh.account.subject, confirmed=confirmed)
    demande.save(update_fields=["etat", "validated_at", "validated_by"])
    app.configure_task("imports.run").defer(demande_id=str(demande.pk))
    return demande


@transaction.atomic
def delete(*, by: Acteur, demande_id: uuid.UUID | str) -> None:
    """Give a request up before it starts: its lines and its file go at once. Twice is as once.

    Raises ``ActeurGone``, ``NotAdministrateur``, ``DemandeNotFound``, ``Begun`` (409).
    """
    fresh = administering(by)
    demande = hold(fresh, demande_id)
    if demande.etat == Etat.SUPPRIMEE:
        return
    if Etat.SUPPRIMEE not in TRANSITIONS[Etat(demande.etat)]:
        raise Begun
    move(demande, Etat.SUPPRIMEE, actor=fresh.account.subject)
    demande.save(update_fields=["etat", "ended_at"])
    erase(demande)


def erase(demande: Demande) -> None:
    """Let go of the lines and the file of a request that is over; its counts stay."""
    Ligne.objects.filter(demande=demande).delete()
    sha256, demande.stored = demande.file_sha256, None
    demande.save(update_fields=["stored"])
    if sha256:
        files.forget(sha256=sha256)


def _check(demande: Demande, *, confirmed: bool) -> None:
    if not demande.counts.get("ajouts") and not demande.counts.get("suppressions"):
        raise NothingToDo
    if demande.designates and demande.designates.closed_at is None and not confirmed:
        raise AnotherPortefeuille(
            file_name=demande.file_name, named=demande.designates.name, chosen=demande.portefeuille.name
        )
