"""Rights as they are and as they were: for their person, for administrateurs, for the downloads.

Administrateurs see their whole company; everybody else what is theirs.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.habilitations.models import Habilitation
from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.queries.clients import (
    is_waiting,
    names_of_clients,
    opening_of_clients,
    places,
    waiting,
)
from guichet.habilitations.queries.naming import label_of, named, names_of
from guichet.habilitations.rules import PAGE_SIZE, GridFilters, finds, pages_of
from guichet.habilitations.values import Change, Holder, Page, Right
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.queries import declarations, etablissements
from guichet.inscriptions.states import UNDOABLE, Origine
from guichet.kernel.refusals import N_

CHUNK = 2_000  # rows of a download that are read at a time
ORIGINES = {
    Origine.INSCRIPTION: N_("Inscription de l’entreprise"),
    Origine.MANUELLE: N_("Grille des habilitations"),
    Origine.COPIE: N_("Droits copiés d’un collègue"),
    Origine.PROFIL: N_("Profil de droits"),
    Origine.TRANSFERT: N_("Reprise des droits d’un collègue parti"),
    Origine.DEPART: N_("Départ de la personne"),
    Origine.RETRAIT: N_("Déclaration, établissement ou rôle retiré"),
    Origine.ANNULATION: N_("Annulation d’un changement"),
    Origine.RESILIATION: N_("Résiliation"),
    Origine.PORTEFEUILLE: N_("Composition d’un portefeuille"),
    Origine.FICHIER: N_("Demande par fichier"),
    Origine.CLIENT: N_("Décision de l’entreprise cliente"),
}


def mine(*, account: Account) -> list[Right]:
    """What ``account`` may file, since when, and who gave it; by declaration and établissement."""
    acteur = Acteur.objects.select_related("inscription").filter(account=account, ended_at=None).first()
    if acteur is None:
        return []
    held = Habilitation.objects.filter(acteur=acteur, closed_at=None).order_by("declaration", "siret")
    return list(_rights(acteur, _read(held)))


def recap(*, acteur: Acteur, filters: GridFilters, page: int = 1) -> Page[Right]:
    """The rights that are held now, a page: by person, établissement and declaration."""
    return _page(acteur, _recap(acteur, filters), page)


def history(*, acteur: Acteur, filters: GridFilters, page: int = 1) -> Page[Right]:
    """The rights that were ever held, a page; what was given last comes first."""
    return _page(acteur, _history(acteur, filters), page)


def recap_rows(*, acteur: Acteur, filters: GridFilters) -> Iterator[Right]:
    """All of ``recap``, for a download."""
    return _all(acteur, _recap(acteur, filters))


def history_rows(*, acteur: Acteur, filters: GridFilters) -> Iterator[Right]:
    """All of ``history``, for a download."""
    return _all(acteur, _history(acteur, filters))


def who_could_file(*, acteur: Acteur, siret: str, declaration: str, at: dt.datetime) -> list[Holder]:
    """Who could file ``declaration`` for ``siret`` at a moment, in the order of their names.

    Nobody could before the declaration opened, the company's and a client's. Raises ``NotAdministrateur``.
    """
    check_administrateur(acteur)
    siret, declaration = siret.replace("\0", ""), declaration.replace("\0", "")
    chosen = acteur.inscription.declarations.filter(code=declaration, opens_at__lte=at, added_at__lte=at)
    known: dict[str, Any] = {"siret": siret, "declaration": declaration, "at": at}
    if not chosen.filter(Q(removed_at=None) | Q(removed_at__gt=at)).exists():
        return []
    if is_waiting(inscription_id=acteur.inscription_id, **known):
        return []
    rights = Habilitation.objects.filter(
        Q(closed_at=None) | Q(closed_at__gt=at),
        acteur__inscription=acteur.inscription_id,
        siret=siret,
        declaration=declaration,
        opened_at__lte=at,
    )
    rows = list(rights.select_related("acteur__account", "opened_in"))
    names = names_of(row.opened_in.by for row in rows)
    holders = [
        Holder(
            acteur_id=row.acteur_id,
            name=named(row.acteur.account),
            since=row.opened_at,
            until=row.closed_at,
            given_by=names[row.opened_in.by],
        )
        for row in rows
    ]
    return sorted(holders, key=lambda one: (one.name.casefold(), one.acteur_id))


def changements(*, acteur: Acteur, page: int = 1) -> Page[Change]:
    """The changes of the rights of ``acteur``'s company, the last first. Raises ``NotAdministrateur``."""
    check_administrateur(acteur)
    rows = Changement.objects.filter(inscription=acteur.inscription_id).select_related("undone_by")
    total = rows.count()
    page, pages = pages_of(total, page)
    shown = list(rows.order_by("-at", "-pk")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    names = names_of(row.by for row in shown)
    return Page(lines=[_change(row, names[row.by]) for row in shown], total=total, page=page, pages=pages)


def count_of(*, inscription_id: uuid.UUID, declaration: str = "", siret: str = "") -> int:
    """How many rights are held: of a company, on one of its declarations, at one of its établissements."""
    held = Habilitation.objects.filter(acteur__inscription=inscription_id, closed_at=None)
    if declaration:
        held = held.filter(declaration=declaration)
    return (held.filter(siret=siret) if siret else held).count()


def _recap(acteur: Acteur, filters: GridFilters) -> QuerySet[Habilitation]:
    rows = _scope(acteur, filters).filter(closed_at=None)
    return rows.order_by("acteur__account__profile__name", "acteur_id", "siret", "declaration", "pk")


def _history(acteur: Acteur, filters: GridFilters) -> QuerySet[Habilitation]:
    return _scope(acteur, filters).order_by("-opened_at", "-pk")


def _scope(acteur: Acteur, filters: GridFilters) -> QuerySet[Habilitation]:
    rows = Habilitation.objects.filter(acteur__inscription=acteur.inscription_id)
    if not acteur.administrateur or acteur.ended_at is not None:
        rows = rows.filter(acteur=acteur)
    if filters.personnes:
        rows = rows.filter(acteur__in=filters.personnes)
    if filters.declarations:
        rows = rows.filter(declaration__in=filters.declarations)
    return rows.filter(_somewhere(acteur, filters))


def _somewhere(acteur: Acteur, filters: GridFilters) -> Q:
    """At the places that are looked at; those of a client also where it is one no more."""
    if not filters.etablissement and not filters.of_clients:
        return Q()
    of_clients = Q(siret__in=places(acteur.inscription_id, filters).values("siret"))
    if filters.of_clients:
        return of_clients
    known, text = etablissements(inscription=acteur.inscription), filters.etablissement
    own = [one.siret for one in known if finds(text, one.siret, one.name, one.address)]
    return Q(siret__in=own) | of_clients


def _read(rows: QuerySet[Habilitation]) -> QuerySet[Habilitation]:
    return rows.select_related("acteur__account", "opened_in", "closed_in")


def _page(acteur: Acteur, rows: QuerySet[Habilitation], page: int) -> Page[Right]:
    total = rows.count()
    page, pages = pages_of(total, page)
    shown = list(_read(rows)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return Page(lines=list(_rights(acteur, shown)), total=total, page=page, pages=pages)


def _all(acteur: Acteur, rows: QuerySet[Habilitation]) -> Iterator[Right]:
    """The rows that there were when it began, read in portions: rights that end meanwhile move none."""
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        portion = ids[start : start + CHUNK]
        found = {row.pk: row for row in _read(Habilitation.objects.filter(pk__in=portion))}
        yield from _rights(acteur, [found[pk] for pk in portion])


def _rights(acteur: Acteur, found: Iterable[Habilitation]) -> Iterator[Right]:
    rows = list(found)
    changes = [change for row in rows for change in (row.opened_in, row.closed_in) if change]
    names = names_of(change.by for change in changes)
    sirets = {row.siret for row in rows}
    named_places = {
        **{one.siret: one.name or one.address for one in etablissements(inscription=acteur.inscription)},
        **names_of_clients(acteur.inscription_id, sirets),
    }
    of_clients = waiting(acteur.inscription_id, sirets)
    later = {
        one.code: one.opens_at for one in declarations(inscription=acteur.inscription) if not one.is_open
    }
    for row in rows:
        yield Right(
            acteur_id=row.acteur_id,
            name=named(row.acteur.account),
            siret=row.siret,
            place=named_places.get(row.siret, ""),
            declaration=row.declaration,
            label=label_of(row.declaration),
            since=row.opened_at,
            until=row.closed_at,
            given_by=names[row.opened_in.by],
            ended_by=names[row.closed_in.by] if row.closed_in else "",
            origine=gettext(ORIGINES[Origine(row.opened_in.origine)]),
            opens_at=_latest(later.get(row.declaration), of_clients.get((row.siret[:9], row.declaration))),
        )


def _latest(*moments: dt.datetime | None) -> dt.datetime | None:
    return max((at for at in moments if at), default=None)


def opening_later(*, acteur: Acteur, changement_id: int) -> dt.datetime | None:
    """When the last declaration opens whose rights that change gave; ``None``: all are open, or it gave none.

    Raises ``NotAdministrateur``.
    """
    check_administrateur(acteur)
    given = set(
        Habilitation.objects.filter(opened_in=changement_id, acteur__inscription=acteur.inscription_id)
        .values_list("declaration", flat=True)
        .distinct()
    )
    closed = [one for one in declarations(inscription=acteur.inscription) if not one.is_open]
    own = max((one.opens_at for one in closed if one.code in given), default=None)
    return _latest(own, opening_of_clients(changement_id, acteur.inscription_id))


def _change(row: Changement, by: str) -> Change:
    undone = getattr(row, "undone_by", None)
    return Change(
        id=row.pk,
        at=row.at,
        by=by,
        origine=gettext(ORIGINES[Origine(row.origine)]),
        opened=row.opened,
        closed=row.closed,
        undoable=undone is None and row.origine in UNDOABLE,
        undone_at=undone.at if undone else None,
        undoes=row.undoes_id,
    )
