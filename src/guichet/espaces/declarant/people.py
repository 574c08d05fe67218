"""« Gérer les déclarants »: the people of a company, their passwords and roles (003, chapter 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.definitions import espace
from guichet.espaces.declarant import people_forms, provisional, words
from guichet.espaces.declarant.access import ActeurRequest, administrateur_required
from guichet.habilitations import operations as rights
from guichet.habilitations.operations.hiring import hire
from guichet.habilitations.queries.summary import NONE, by_declaration, totals
from guichet.inscriptions import catalogue, operations, queries
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.values import Place, Somebody
from guichet.kernel.names import folded_name
from guichet.kernel.refusals import Refusal
from guichet.web.forms import posted, show

PAGE_SIZE = 50
MAX_SEARCH = 100
form_page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, kw_only=True)
class Line:
    """Somebody in the list; ``rights``: how many, on which ``declarations`` (in words)."""

    somebody: Somebody
    role: str
    rights: int
    declarations: str
    is_me: bool


@require_safe
@administrateur_required
def people(request: ActeurRequest) -> HttpResponse:
    """Everybody of the company, fifty a page; ``?q=`` looks for names and addresses."""
    acteur, text = request.acteur, request.GET.get("q", "")[:MAX_SEARCH].strip()
    everybody = queries.people(acteur=acteur)
    found = [one for one in everybody if _matches(one, text)]
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(_page(request), pages)
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    context = {
        "lines": _lines(acteur, shown),
        "text": text,
        "total": len(found),
        "everybody": len(everybody),
        "page": page,
        "pages": pages,
        "previous": _address(text, page - 1) if page > 1 else "",
        "next": _address(text, page + 1) if page < pages else "",
    }
    return render(request, "declarant/people.html", context)


@form_page
@administrateur_required
def person_new(request: ActeurRequest) -> HttpResponse:
    """« Nouveau déclarant »; the next page shows the provisional password, once."""
    acteur = request.acteur
    form = people_forms.NewPersonForm(
        posted(request),
        by=acteur,
        places=places_of(acteur),
        colleagues=queries.people(acteur=acteur),
        totals=totals(acteur=acteur),
    )
    if form.is_valid() and (given := _hired(acteur, form)):
        made, password = given
        provisional.keep(request, by=acteur, acteur_id=made.pk, password=password)
        return redirect("declarant:person_given", made.pk)
    return show(request, "declarant/person_new.html", form, {"acteur": acteur})


@require_safe
@administrateur_required
def person_given(request: ActeurRequest, acteur_id: int) -> HttpResponse:
    """The provisional password of a colleague, large, once; afterwards, how to give another one."""
    somebody = queries.colleague(acteur=request.acteur, acteur_id=acteur_id)
    given = provisional.take(request, by=request.acteur)
    shown = given.password if given and given.acteur_id == acteur_id else ""
    lifetimes = espace(request.account.espace).provisionals
    context = {"somebody": somebody, "password": shown, "tries": lifetimes.tries if lifetimes else 0}
    response = render(request, "declarant/person_given.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@administrateur_required
def person(request: ActeurRequest, acteur_id: int) -> HttpResponse:
    """A colleague: where she signs in, her roles and rights, and what may be done for her."""
    somebody = queries.colleague(acteur=request.acteur, acteur_id=acteur_id)
    held = by_declaration(acteur=request.acteur, acteur_id=acteur_id)
    context = {
        "somebody": somebody,
        "role": words.role(somebody.acteur),
        "is_me": somebody.acteur_id == request.acteur.pk,
        "held": [(catalogue.label(code), one) for code, one in held.items()],
        "filter": urlencode({"personne": acteur_id}),
    }
    return render(request, "declarant/person.html", context)


@form_page
@administrateur_required
def person_email(request: ActeurRequest, acteur_id: int) -> HttpResponse:
    """The address of a colleague is corrected: the former and the new one are told."""
    somebody = _looked_after(request, acteur_id)
    form = people_forms.EmailForm(posted(request))

    def correct() -> HttpResponse:
        email = str(form.cleaned_data["email"])
        operations.correct_email(by=request.acteur, acteur_id=acteur_id, email=email)
        messages.success(request, _("L’adresse électronique est corrigée."))
        return redirect("declarant:person", acteur_id)

    return answered(request, "declarant/person_email.html", form, correct, {"somebody": somebody})


@form_page
@administrateur_required
def person_password(request: ActeurRequest, acteur_id: int) -> HttpResponse:
    """Another provisional password: what it ends is told before."""
    somebody = _looked_after(request, acteur_id)
    if request.method == "POST":
        password = operations.new_provisional(by=request.acteur, acteur_id=acteur_id)
        provisional.keep(request, by=request.acteur, acteur_id=acteur_id, password=password)
        return redirect("declarant:person_given", acteur_id)
    return render(request, "declarant/person_password.html", {"somebody": somebody})


@form_page
@administrateur_required
def person_roles(request: ActeurRequest, acteur_id: int) -> HttpResponse:
    """Administrateur, déclarant, or both; one's own as well."""
    somebody = queries.colleague(acteur=request.acteur, acteur_id=acteur_id)
    form = people_forms.RolesForm(posted(request), initial={"role": people_forms.role_of(somebody.acteur)})

    def change() -> HttpResponse:
        wanted = people_forms.roles_of(form.cleaned_data["role"])
        rights.set_roles(by=request.acteur, acteur_id=acteur_id, **wanted)
        messages.success(request, _("Le rôle est modifié."))
        if acteur_id == request.acteur.pk and not wanted["administrateur"]:
            return redirect("declarant:home")
        return redirect("declarant:person", acteur_id)

    held = totals(acteur=request.acteur).get(acteur_id, NONE)
    context = {"somebody": somebody, "rights": held.number}
    return answered(request, "declarant/person_roles.html", form, change, context)


@form_page
@administrateur_required
def person_rights(request: ActeurRequest, acteur_id: int) -> HttpResponse:
    """The rights of a colleague or of a profile are added to those that somebody has."""
    acteur = request.acteur
    somebody = queries.colleague(acteur=acteur, acteur_id=acteur_id)
    others = [one for one in queries.people(acteur=acteur) if one.acteur_id != acteur_id]
    form = people_forms.RightsForm(
        posted(request),
        by=acteur,
        colleagues=others,
        totals=totals(acteur=acteur),
    )

    def give() -> HttpResponse:
        source = form.source_id
        if source is not None:
            rights.copy(by=acteur, source_id=source, target_id=acteur_id)
        else:
            rights.give_profile(by=acteur, acteur_id=acteur_id, profile=form.profile)
        messages.success(request, _("Les droits sont donnés ; ils comptent dès maintenant."))
        return redirect("declarant:person", acteur_id)

    return answered(request, "declarant/person_rights.html", form, give, {"somebody": somebody})


def answered(
    request: ActeurRequest, template: str, form: Any, done: Any, context: dict[str, Any]
) -> HttpResponse:
    """The page of a form, then what ``done`` does; a refusal stands in the form."""
    if form.is_valid():
        try:
            response: HttpResponse = done()
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return response
    return show(request, template, form, context)


def places_of(acteur: Acteur) -> Sequence[Place]:
    """Where somebody new may sign in."""
    return queries.etablissements(inscription=acteur.inscription)


def _looked_after(request: ActeurRequest, acteur_id: int) -> Somebody:
    """A colleague whose address and password administrateurs change. Raises ``NotOneself`` and
    ``NotOverAdministrateur`` before anything is typed, not after.
    """
    somebody = queries.colleague(acteur=request.acteur, acteur_id=acteur_id)
    if acteur_id == request.acteur.pk:
        raise operations.NotOneself
    if somebody.acteur.administrateur:
        raise operations.NotOverAdministrateur
    return somebody


def _hired(acteur: Acteur, form: people_forms.NewPersonForm) -> tuple[Acteur, str] | None:
    roles = people_forms.roles_of(form.cleaned_data["role"])
    try:
        return hire(
            by=acteur,
            person=form.person,
            siret=form.signs_in_at,
            source_id=form.source_id,
            profile=form.profile,
            **roles,
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def _lines(acteur: Acteur, shown: Sequence[Somebody]) -> list[Line]:
    known = totals(acteur=acteur) if shown else {}
    made = []
    for one in shown:
        total = known.get(one.acteur_id, NONE)
        line = Line(
            somebody=one,
            role=words.role(one.acteur),
            rights=total.number,
            declarations=", ".join(catalogue.label(code) for code in total.declarations),
            is_me=one.acteur_id == acteur.pk,
        )
        made.append(line)
    return made


def _matches(one: Somebody, text: str) -> bool:
    """Whether all that was typed stands in a name or an address; accents and capitals don't count."""
    wanted = text.casefold()
    names = folded_name(one.name)
    return wanted in one.email.casefold() or all(folded_name(part) in names for part in text.split())


def _page(request: ActeurRequest) -> int:
    typed = request.GET.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _address(text: str, page: int) -> str:
    return f"?{urlencode({'q': text, 'page': page} if text else {'page': page})}"
