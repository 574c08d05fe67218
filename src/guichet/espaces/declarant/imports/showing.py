"""A request as its page shows it: plain data, in words."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.espaces.declarant.imports import words
from guichet.espaces.declarant.imports.forms import BENEFICIAIRES
from guichet.espaces.declarant.imports.new import again
from guichet.espaces.declarant.imports.pages import PAGE, page_of, pager
from guichet.imports import queries
from guichet.imports.states import Etat, Kind, Verdict
from guichet.imports.values import Detail, Line, LineFilters, Summary
from guichet.inscriptions.models import Acteur

LINES = "lignes"  # where the lines begin on the page


def summary(one: Summary) -> dict[str, Any]:
    """A line of the list of requests."""
    label, badge = words.ETATS[Etat(one.etat)]
    return {
        "url": reverse("declarant:import", args=[one.id]),
        "at": one.created_at,
        "portefeuille": one.portefeuille,
        "subject": words.subject(one),
        "file_name": one.file_name,
        "etat": label,
        "badge": badge,
        "counts": words.in_short(one.counts),
    }


def shown(acteur: Acteur, found: Detail, query: QueryDict) -> dict[str, Any]:
    """What the page of ``found`` says, whatever its state."""
    etat = Etat(found.etat)
    label, badge = words.ETATS[etat]
    return {
        "one": found,
        "title": _title(etat),
        "code": etat.value,
        "etat": label,
        "badge": badge,
        "meant": words.MEANT.get(etat, ""),
        "subject": words.subject(found),
        "said": _progress(found, etat),
        "beneficiaires": _beneficiaires(found),
        "effect": words.effect(found.counts),
        "recap": _recap(found, done=etat in words.OVER),
        "urls": _urls(found),
        "waits_url": reverse("declarant:import", args=[found.waits_for]) if found.waits_for else "",
        "undoes_url": reverse("declarant:import", args=[found.undoes]) if found.undoes else "",
        "undone_url": reverse("declarant:import", args=[found.undone_by]) if found.undone_by else "",
        **(_lines(acteur, found, query) if _has_lines(etat) else {}),
    }


def _has_lines(etat: Etat) -> bool:
    return etat in words.OVER or etat in (Etat.PRETE, Etat.VALIDEE, Etat.EN_COURS)


def _title(etat: Etat) -> str:
    if etat is Etat.PRETE:
        return _("Vérifiez, puis validez")
    titles = {
        Etat.LECTURE: _("Lecture de votre demande"),
        Etat.REFUSEE: _("Ce fichier ne peut pas être traité"),
        Etat.VALIDEE: _("Votre demande attend son tour"),
        Etat.EN_COURS: _("Votre demande s’applique"),
        Etat.SUPPRIMEE: _("Demande supprimée"),
    }
    return titles.get(etat) or _("Compte rendu : {etat}").format(etat=words.ETATS[etat][0])


def _progress(found: Detail, etat: Etat) -> str:
    """What the live region says: how far it is, or that it is over."""
    if etat not in (Etat.LECTURE, Etat.EN_COURS):
        return ""
    if not found.total:
        return _("Le travail commence.")
    percent = min(100 * found.done // found.total, 100)
    said = _("Lecture : {percent} %") if etat is Etat.LECTURE else _("Application : {percent} %")
    return said.format(percent=percent)


def _beneficiaires(found: Detail) -> str:
    """Who gets the rights, where the request adds to a portfolio."""
    kind = Kind(found.kind)
    if kind is Kind.ETABLISSEMENTS or (kind is Kind.DECLARATION and found.adds):
        return str(dict(BENEFICIAIRES)[found.beneficiaires])
    return ""


def _recap(found: Detail, *, done: bool) -> list[tuple[str, int]]:
    """The counts, each with its words; before it is done, and after."""
    counts = found.counts
    told = [
        (_("Ajouts"), counts.ajouts),
        (_("Suppressions"), counts.suppressions),
        (_("Déjà ainsi, rien à faire"), counts.deja),
        (_("Impossibles"), counts.impossibles),
    ]
    rights = [
        (_("Droits donnés") if done else _("Droits qui seront donnés"), counts.droits_ouverts),
        (_("Droits retirés") if done else _("Droits qui seront retirés"), counts.droits_fermes),
        (_("Personnes concernées"), counts.personnes),
    ]
    known = any(number for _label, number in rights)
    return [*told, *(rights if known else [])]


def _urls(found: Detail) -> dict[str, str]:
    named = {
        name: reverse(f"declarant:import_{name}", args=[found.id])
        for name in ("validate", "delete", "take_back")
    }
    reports = {ext: reverse("declarant:import_report", args=[found.id, ext]) for ext in ("csv", "xlsx")}
    return {**named, **reports, "again": again(found)}


def _lines(acteur: Acteur, found: Detail, query: QueryDict) -> dict[str, Any]:
    filters = LineFilters.parse(query)
    page = queries.lignes(acteur=acteur, demande_id=found.id, filters=filters, page=page_of(query))
    done, of_people = Etat(found.etat) in words.OVER, Kind(found.kind) is Kind.HABILITATIONS
    return {
        "lines": [_line(one, done=done, of_people=of_people) for one in page.lines],
        "chips": _chips(found, filters),
        "search": filters.search,
        "verdict": filters.verdict,
        "filtered": bool(filters.query()),
        "all_url": _address(found, []),
        "lines_total": page.total,
        **pager(page, lambda number: _address(found, [*filters.query(), (PAGE, str(number))])),
    }


def _line(one: Line, *, done: bool, of_people: bool) -> dict[str, Any]:
    before, after, badge = words.VERDICTS[Verdict(one.verdict)]
    typed = " ; ".join(text for text in one.typed if text)
    return {
        "numero": one.numero,
        "typed": typed,
        # Whom nobody knows is shown as typed: else one does not see whose name is wrong.
        "person": one.person or (typed if of_people and one.siret else ""),
        "siret": one.siret,
        "place": one.place,
        "cells": one.cells,
        "words": after if done else before,
        "badge": badge,
        "reasons": one.reasons,
        "notes": one.notes,
    }


def _chips(found: Detail, filters: LineFilters) -> list[dict[str, Any]]:
    """The lines one may look at: all, or those of one verdict."""
    every = [("", _("Toutes les lignes"), found.counts.lignes)]
    each = [
        (verdict.value, str(label), found.verdicts.get(verdict, 0))
        for verdict, label in words.FILTERS.items()
    ]
    search = [("recherche", filters.search)] if filters.search else []
    return [
        {
            "label": label,
            "number": number,
            "url": _address(found, [*([("verdict", code)] if code else []), *search]),
            "current": code == filters.verdict,
        }
        for code, label, number in [*every, *each]
        if number or not code
    ]


def _address(found: Detail, said: list[tuple[str, str]]) -> str:
    query = f"?{urlencode(said)}" if said else ""
    return f"{reverse('declarant:import', args=[found.id])}{query}#{LINES}"
