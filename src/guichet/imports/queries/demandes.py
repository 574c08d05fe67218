"""Requests: the list, and one of them."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Count

from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.queries.naming import label_of, names_of
from guichet.habilitations.rules import pages_of
from guichet.habilitations.values import Page
from guichet.imports.models import Demande, Ligne
from guichet.imports.queries.access import DemandeNotFound, request_of
from guichet.imports.reasons import told
from guichet.imports.states import Etat, Verdict
from guichet.imports.values import Counts, Detail, Summary
from guichet.inscriptions.models import Acteur, Changement

__all__ = ["DemandeNotFound", "demande", "demandes"]
PAGE_SIZE = 50
_IN_VAIN = (Etat.REFUSEE, Etat.KO, Etat.SUPPRIMEE)


def demandes(*, acteur: Acteur, page: int = 1, portefeuille_id: uuid.UUID | None = None) -> Page[Summary]:
    """The requests of ``acteur``'s company, or of one of its portfolios, the last first; who gave one up sees
    it no more.

    Raises ``NotAdministrateur``.
    """
    check_administrateur(acteur)
    rows = Demande.objects.filter(inscription=acteur.inscription_id).exclude(etat=Etat.SUPPRIMEE)
    if portefeuille_id is not None:
        rows = rows.filter(portefeuille=portefeuille_id)
    total = rows.count()
    page, pages = pages_of(total, page, PAGE_SIZE)
    shown = rows.select_related("portefeuille").order_by("-created_at", "-pk")
    found = list(shown[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    names = names_of(one.created_by for one in found)
    lines = [Summary(**_summary(one, names)) for one in found]
    return Page(lines=lines, total=total, page=page, pages=pages)


def demande(*, acteur: Acteur, demande_id: uuid.UUID | str) -> Detail:
    """One request. Raises ``NotAdministrateur``, ``DemandeNotFound`` (404)."""
    one = request_of(acteur, demande_id)
    undone_by = Demande.objects.filter(undoes=one).exclude(etat__in=_IN_VAIN).order_by("-created_at").first()
    read, left = _columns(one)
    return Detail(
        **_summary(one, names_of([one.created_by])),
        beneficiaires=one.beneficiaires,
        columns_read=read,
        columns_left=left,
        problem=told(one.problem) if one.problem else "",
        remarks=[told(remark) for remark in one.remarks],
        designates=_designates(one),
        verdicts=_verdicts(one),
        validated_at=one.validated_at,
        starts_at=one.starts_at,
        waits_for=_waits_for(one),
        started_at=one.started_at,
        ended_at=one.ended_at,
        undoes=one.undoes_id,
        undone_by=undone_by.pk if undone_by else None,
        may_take_back=undone_by is None and _did_something(one),
    )


def _summary(one: Demande, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": one.pk,
        "created_at": one.created_at,
        "by": names.get(one.created_by, ""),
        "portefeuille_id": one.portefeuille_id,
        "portefeuille": one.portefeuille.name,
        "kind": one.kind,
        "declaration": one.declaration,
        "label": label_of(one.declaration) if one.declaration else "",
        "adds": one.adds,
        "file_name": one.file_name,
        "etat": one.etat,
        "counts": Counts.of(one.counts),
        "done": one.done,
        "total": one.total,
    }


def _columns(one: Demande) -> tuple[list[str], list[str]]:
    named = [(name, what) for name, what in zip(one.head, one.columns, strict=False) if name]
    return [name for name, what in named if what], [name for name, what in named if not what]


def _designates(one: Demande) -> str:
    other = one.designates
    return other.name if other is not None and other.closed_at is None else ""


def _verdicts(one: Demande) -> Mapping[Verdict, int]:
    rows = Ligne.objects.filter(demande=one).exclude(verdict="").values_list("verdict")
    return {Verdict(verdict): number for verdict, number in rows.annotate(number=Count("numero"))}


def _waits_for(one: Demande) -> uuid.UUID | None:
    if one.etat != Etat.VALIDEE:
        return None
    others = Demande.objects.filter(inscription=one.inscription_id).exclude(pk=one.pk)
    running = others.filter(etat=Etat.EN_COURS).first()
    before = others.filter(etat=Etat.VALIDEE, validated_at__lt=one.validated_at).order_by("-validated_at")
    found = running or before.first()
    return found.pk if found else None


def _did_something(one: Demande) -> bool:
    if one.changement_id is None or one.etat not in (Etat.OK, Etat.OK_PARTIEL):
        return False
    return not Changement.objects.filter(undoes=one.changement_id).exists()
