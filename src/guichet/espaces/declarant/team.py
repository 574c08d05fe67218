"""« Vos collaborateurs »: the déclarants whom a tiers déclarant adds with the inscription (003, 2)."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from guichet.espaces.declarant import drafts, flow
from guichet.espaces.declarant.definition import parse_name
from guichet.espaces.declarant.drafts import MAX_COLLEAGUES, Draft
from guichet.espaces.declarant.flow import Way
from guichet.espaces.declarant.forms import ColleagueForm
from guichet.espaces.declarant.steps import Situation, Step
from guichet.web.forms import PortalForm

FIELDS = ("last_name", "first_name", "email")


def page(request: HttpRequest, situation: Situation, step: Step, way: Way) -> HttpResponse:
    """Add people one by one, as many as one wants, or none; what is typed and not added yet is added."""
    draft = situation.draft
    form: PortalForm = ColleagueForm(initial=_waiting(draft))
    if request.method == "POST":
        if (number := request.POST.get("remove")) is not None:
            return _removed(request, draft, step, way, number)
        form = _taken(draft, request.POST)
        drafts.save(request, draft)
        if "previous" in request.POST or not form.errors:
            if "add" in request.POST and not form.errors:
                return flow.to(way, draft, step)
            answer = flow.left(request, situation, step, way, holds=not form.errors)
            if answer is not None:
                return answer
    return flow.shown(request, situation, step, way, form, {"colleagues": draft.colleagues})


def _waiting(draft: Draft) -> dict[str, str]:
    """What was typed of somebody who is not added yet."""
    return {name: draft.text(f"colleague_{name}") for name in FIELDS}


def _taken(draft: Draft, data: QueryDict) -> PortalForm:
    """Add whom the form names; where it does not hold, what was typed waits."""
    typed = {name: data.get(name, "").strip() for name in FIELDS}
    keep = QueryDict(mutable=True)
    keep.update({f"colleague_{name}": text for name, text in typed.items()})
    if not any(typed.values()) and "add" not in data:
        draft.take(keep, keep)
        return ColleagueForm()
    form = ColleagueForm(data)
    if form.is_valid() and not _is_refused(draft, form):
        draft.colleagues.append(asdict(form.person))
        draft.sent = False
        keep = QueryDict(mutable=True)
        keep.update(dict.fromkeys((f"colleague_{name}" for name in FIELDS), ""))
    draft.take(keep, keep)
    return form


def _is_refused(draft: Draft, form: ColleagueForm) -> bool:
    """Two of one name could not be told apart when they sign in: the second is told how to differ."""
    if len(draft.colleagues) >= MAX_COLLEAGUES:
        said = _("Vous avez ajouté {n} personnes. Vous en ajouterez d’autres depuis votre menu.")
        form.add_error(None, said.format(n=MAX_COLLEAGUES))
        return True
    person = form.person
    mine = (draft.text("last_name"), draft.text("first_name"))
    known = [(one["last_name"], one["first_name"]) for one in draft.colleagues]
    if _folded(person.last_name, person.first_name) in {_folded(*names) for names in (mine, *known)}:
        said = _(
            "Une personne porte déjà ce nom et ce prénom dans votre inscription. Ajoutez le deuxième prénom "
            "ou le nom d’usage de celle-ci, pour que chacune puisse se connecter."
        )
        form.add_error("first_name", said)
        return True
    return False


def _folded(last_name: str, first_name: str) -> tuple[str, str]:
    return parse_name(last_name), parse_name(first_name)


def _removed(request: HttpRequest, draft: Draft, step: Step, way: Way, number: str) -> HttpResponse:
    """Take one away again, by the rank that the list shows."""
    if number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= len(draft.colleagues):
        del draft.colleagues[int(number) - 1]
        draft.sent = False
        drafts.save(request, draft)
    return flow.to(way, draft, step)
