"""« Mes dossiers »: every request of an account, found by reference, SIREN, name, state or service."""

import re
from collections.abc import Iterator, Mapping

from django.db.models import Count, F, QuerySet, Value
from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.adhesions.models import Demande
from guichet.adhesions.queries.adhesions import as_adhesion, masked
from guichet.adhesions.rules import PAGE_SIZE, Filters, Sort
from guichet.adhesions.values import WITHHELD, Adhesion, Dossiers
from guichet.depots.models import SearchKey
from guichet.depots.states import State
from guichet.kernel.clock import PARIS
from guichet.kernel.identifiers import Siren
from guichet.kernel.reference import Reference
from guichet.kernel.refusals import N_, Refusal

CHUNK = 1000  # lines of an export that are read at a time
CSV_HEAD = (
    "reference",
    "siren",
    "nom",
    "etat",
    "services",
    "qualite",
    "demande_le",
    "caduc_le",
    "repondu_le",
    "fin_le",
    "motif",
)
_BETWEEN_WORDS = re.compile(r"""[\s’'".,;:/&()-]+""")  # what the search key makes blanks of
ORDERS = {
    Sort.NEWEST: (F("asked_at").desc(), F("pk").desc()),
    Sort.OLDEST: (F("asked_at").asc(), F("pk").asc()),
    Sort.NAME: (SearchKey("depot__subject_name"), F("pk").asc()),
    Sort.ENDING: (F("lapses_at").asc(), F("pk").asc()),
}
STATES: Mapping[State, str] = {
    State.CONFIRME: N_("en attente de l’entreprise"),
    State.ACCEPTE: N_("en vigueur"),
    State.REFUSE: N_("refusée"),
    State.CADUC: N_("caduque"),
    State.TERMINE: N_("terminée"),
}


def dossiers(*, account: Account, filters: Filters, page: int = 1) -> Dossiers:
    """A page of what ``account`` asked for; one that does not exist is the nearest one that does.

    Names of companies that refuse diffusion today are masked, whatever they were when they were asked.
    """
    scoped = _scope(account, filters)
    counts = {
        State(state): number for state, number in scoped.values_list("depot__state").annotate(Count("pk"))
    }
    total = counts.get(State(filters.state), 0) if filters.state else sum(counts.values())
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = _chosen(scoped, filters)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Dossiers(lines=_lines(list(rows)), total=total, counts=counts, page=page, pages=pages)


def export(*, account: Account, filters: Filters) -> Iterator[list[str]]:
    """The rows of a CSV file, its head first, of all that ``filters`` choose. Moments are those of Paris."""
    yield list(CSV_HEAD)
    ids = list(_chosen(_scope(account, filters), filters).values_list("pk", flat=True))
    for at in range(0, len(ids), CHUNK):
        chunk = ids[at : at + CHUNK]
        rows = Demande.objects.select_related("depot__account", "remise").in_bulk(chunk)
        for line in _lines([rows[each] for each in chunk if each in rows]):
            yield _cells(line)


def _lines(rows: list[Demande]) -> list[Adhesion]:
    return list(map(as_adhesion, masked(rows)))


def _scope(account: Account, filters: Filters) -> QuerySet[Demande]:
    """Those of the text and the service that are looked for, in whatever state they are."""
    rows = Demande.objects.filter(depot__account=account)
    if filters.service:
        rows = rows.filter(services__contains=[filters.service])
    return _by_text(rows, filters.text) if filters.text else rows


def _chosen(rows: QuerySet[Demande], filters: Filters) -> QuerySet[Demande]:
    if filters.state:
        rows = rows.filter(depot__state=filters.state)
    return rows.select_related("depot__account", "remise").order_by(*ORDERS[filters.sort])


def _by_text(rows: QuerySet[Demande], text: str) -> QuerySet[Demande]:
    """By reference or SIREN where ``text`` is one, else by the words of a name in whatever order."""
    for field, parse in (("depot__reference", Reference.parse), ("siren", Siren.parse)):
        try:
            return rows.filter(**{field: str(parse(text))})
        except Refusal:
            continue
    rows = rows.annotate(search_key=SearchKey("depot__subject_name"))
    for word in filter(None, _BETWEEN_WORDS.split(text)):
        rows = rows.filter(search_key__contains=SearchKey(Value(word)))
    return rows


def _cells(line: Adhesion) -> list[str]:
    moments = (line.asked_at, line.lapses_at, line.settled_at, line.ended_at)
    return [
        line.reference,
        line.siren,
        gettext(WITHHELD) if line.name == WITHHELD else line.name,
        gettext(STATES.get(line.state, line.state)),
        ", ".join(line.services),
        line.capacity,
        *(moment.astimezone(PARIS).strftime("%Y-%m-%d %H:%M:%S") if moment else "" for moment in moments),
        line.reason,
    ]
