"""« Vos établissements »: those of the register, ticked page after page (003, chapter 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from guichet.espaces.declarant import drafts, flow
from guichet.espaces.declarant.flow import Way
from guichet.espaces.declarant.registrant import Place
from guichet.espaces.declarant.steps import Situation, Step
from guichet.web.forms import posted

PER_PAGE = 50
MAX_QUERY = 100


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One page of the établissements that answer ``q``."""

    q: str
    found: Sequence[Place]
    lines: Sequence[Place]
    page: int
    pages: int

    @property
    def sirets(self) -> list[str]:
        """The numbers of this page."""
        return [str(one.siret) for one in self.lines]


def page(request: HttpRequest, situation: Situation, step: Step, way: Way) -> HttpResponse:
    """Tick établissements; search, the pages of the list and « Tout cocher » lose nothing that is ticked."""
    shown = _shown(situation.places, request.GET.get("q", ""), request.GET.get("page", ""))
    if request.method == "POST":
        _take(request, situation, shown)
        if (answer := _moved(request, situation, step, way, shown)) is not None:
            return answer
        situation = Situation(situation.draft)
    form = situation.form(step, posted(request))
    if request.method == "POST":
        answer = flow.left(request, situation, step, way, holds=form.is_valid())
        if answer is not None:
            return answer
    ticked = {str(one.siret) for one in situation.ticked}
    context = {"shown": shown, "ticked": ticked, "total": len(situation.places), "per_page": PER_PAGE}
    return flow.shown(request, situation, step, way, form, context)


def _shown(places: Sequence[Place], q: str, page: str) -> Shown:
    wanted = " ".join(q.split())[:MAX_QUERY]
    found = [one for one in places if one.answers(wanted)]
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(max(int(page), 1), pages) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    lines = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Shown(q=wanted, found=found, lines=lines, page=number, pages=pages)


def _take(request: HttpRequest, situation: Situation, shown: Shown) -> None:
    """What is ticked: of this page, or of all that was found where a button says so."""
    action = request.POST.get("action", "")
    found = [str(one.siret) for one in shown.found]
    if action == "all":
        situation.draft.tick(shown=found, ticked=found)
    elif action == "none":
        situation.draft.tick(shown=found, ticked=())
    else:
        # The boxes that the person had before them: the register may have changed since.
        before = request.POST.get("shown", "").split()
        situation.draft.tick(shown=before, ticked=set(request.POST.getlist("sirets")) & _open(situation))
    drafts.save(request, situation.draft)


def _open(situation: Situation) -> set[str]:
    return {str(one.siret) for one in situation.places}


def _moved(
    request: HttpRequest, situation: Situation, step: Step, way: Way, shown: Shown
) -> HttpResponse | None:
    """On to another page of the same list, where a button asks for that."""
    action = request.POST.get("action", "")
    if action in {"all", "none"}:
        return _list(way, situation, step, shown.q, shown.page)
    if action == "search":
        return _list(way, situation, step, " ".join(request.POST.get("q", "").split())[:MAX_QUERY], 1)
    if action in {"before", "after"}:
        return _list(way, situation, step, shown.q, shown.page + (1 if action == "after" else -1))
    return None


def _list(way: Way, situation: Situation, step: Step, q: str, page: int) -> HttpResponse:
    query = {name: value for name, value in (("q", q), ("page", max(page, 1))) if value not in {"", 1}}
    address = reverse(way.step, args=[situation.draft.number, step.slug])
    return redirect(f"{address}?{urlencode(query)}#liste" if query else f"{address}#liste")
