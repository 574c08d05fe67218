"""Lists of SIRENs: what was read there, the verdicts, and how far the sending has come."""

import uuid
from collections.abc import Mapping

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.adhesions import catalogue
from guichet.adhesions.lists import NOTES, Note
from guichet.adhesions.models import Ligne, Liste
from guichet.adhesions.queries.verdicts import verdicts
from guichet.adhesions.rules import PAGE_SIZE, Code
from guichet.adhesions.states import Outcome
from guichet.adhesions.values import ListLine, ListPage, ListSummary, sentence
from guichet.kernel.refusals import N_, Refusal

LATEST = 50  # lists that are shown
BY_COLLEAGUES = (Code.IN_FORCE_BY_COLLEAGUE, Code.ASKED_BY_COLLEAGUE)
# What of a list one may look at: the address keeps it.
ONLY: Mapping[str, Q] = {
    "bonnes": Q(ok=True),
    "ecartees": Q(ok=False),
    "envoyees": Q(outcome=Outcome.SENT),
    "refusees": Q(outcome=Outcome.REFUSED),
}


class ListNotFound(Refusal):
    """No such list, or somebody else's, or one whose time is over."""

    code = "list_not_found"
    message = N_("Cette liste n’existe pas, ou n’existe plus. Vos demandes sont dans « Mes dossiers ».")
    status = 404


def listes(*, account: Account) -> list[ListSummary]:
    """The latest lists of ``account``, the newest first, and how far each has come."""
    rows = Liste.objects.filter(account=account).annotate(
        total=Count("lignes"),
        good=Count("lignes", filter=Q(lignes__ok=True)),
        sent=Count("lignes", filter=Q(lignes__outcome=Outcome.SENT)),
        refused=Count("lignes", filter=Q(lignes__outcome=Outcome.REFUSED)),
    )
    names = ("id", "created_at", "sent_at", "finished_at", "total", "good", "sent", "refused")
    return [ListSummary(**row) for row in rows.order_by("-created_at").values(*names)[:LATEST]]


def liste(*, account: Account, liste_id: uuid.UUID | str, page: int = 1, only: str = "") -> ListPage:
    """A list of ``account`` and a page of its lines, all or those of ``ONLY``. Raises ``ListNotFound``."""
    found = find(account=account, liste_id=liste_id)
    tally = Ligne.objects.filter(liste=found).values_list("verdict", "ok", "outcome").annotate(Count("pk"))
    counted = [(Code(verdict), ok, Outcome(outcome), number) for verdict, ok, outcome, number in tally]
    rows = Ligne.objects.filter(liste=found).filter(ONLY.get(only, Q()))
    pages = max(1, -(-rows.count() // PAGE_SIZE))
    page = min(max(page, 1), pages)
    return ListPage(
        id=found.pk,
        services=tuple(map(catalogue.service_label, found.services)),
        capacity=catalogue.capacity_label(found.qualite),
        header=found.header,
        skipped=found.skipped,
        created_at=found.created_at,
        sent_at=found.sent_at,
        finished_at=found.finished_at,
        total=sum(number for *_, number in counted),
        good=sum(number for _, ok, _, number in counted if ok),
        sent=sum(number for *_, outcome, number in counted if outcome == Outcome.SENT),
        refused=sum(number for *_, outcome, number in counted if outcome == Outcome.REFUSED),
        verdicts={code: sum(number for each, *_, number in counted if each == code) for code, *_ in counted},
        lines=_lines(account, found, rows.order_by("number")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        page=page,
        pages=pages,
    )


def find(*, account: Account, liste_id: uuid.UUID | str, among: QuerySet[Liste] | None = None) -> Liste:
    """The row of a list of ``account``. Raises ``ListNotFound``."""
    rows = Liste.objects.all() if among is None else among
    try:
        return rows.get(account=account, pk=uuid.UUID(str(liste_id)))
    except (ValueError, Liste.DoesNotExist):
        raise ListNotFound from None


def _lines(account: Account, found: Liste, rows: QuerySet[Ligne]) -> list[ListLine]:
    lines = list(rows.select_related("depot"))
    # Who of the firm has asked is kept nowhere: a list outlives neither an account nor a name.
    theirs = [line.siren for line in lines if line.verdict in BY_COLLEAGUES]
    known = verdicts(account=account, sirens=theirs, qualite=found.qualite) if theirs else {}
    return [_line(line, known[line.siren].who if line.siren in known else "") for line in lines]


def _line(line: Ligne, who: str) -> ListLine:
    return ListLine(
        number=line.number,
        typed=line.typed,
        siren=line.siren,
        name=line.name,
        notes=tuple(gettext(NOTES[Note(note)]) for note in line.notes),
        verdict=Code(line.verdict),
        ok=line.ok,
        sentence=line.sentence or sentence(Code(line.verdict), who),
        outcome=Outcome(line.outcome),
        depot_id=line.depot_id,
        reference=(line.depot.reference or "") if line.depot else "",
    )
