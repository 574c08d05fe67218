"""The household of somebody who files, as agents keep it: who is known, and what was changed when by whom."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.models import Account
from guichet.accounts.operations.closing import is_closed
from guichet.depots.models import Depot
from guichet.depots.queries import DepotNotFound
from guichet.foyers import operations, queries
from guichet.foyers.models import Personne
from guichet.foyers.queries import Foyer
from guichet.foyers.rules import LIENS, MAX_NAME, Identity, birth
from guichet.instruction import queries as instruction
from guichet.instruction.values import HistoryLine
from guichet.kernel import clock
from guichet.kernel.refusals import Refusal
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.pages import desk, desk_form, with_parameter
from guichet.web.desk.presentation import Said
from guichet.web.forms import ChoiceField, DateField, NameField, PortalForm, posted
from guichet.web.messages import sentence

FROM = "depot"  # the parameter that says from which filing one came
EITHER = require_http_methods(["GET", "HEAD", "POST"])
NOT_OURS = (403, 404)  # pages of their own
EVENTS = {
    "foyer.added": gettext_lazy("{name} : personne ajoutée"),
    "foyer.changed": gettext_lazy("{name} : {fields}"),
    "foyer.removed": gettext_lazy("{name} : personne retirée"),
    "foyer.forgotten": gettext_lazy("Personnes effacées, leur durée de conservation étant passée : {number}"),
}
FIELDS = {
    "lien": gettext_lazy("lien changé"),
    "last_name": gettext_lazy("nom changé"),
    "first_name": gettext_lazy("prénom changé"),
    "born_on": gettext_lazy("date de naissance changée"),
}
BY = {"system": gettext_lazy("le portail"), "operator": gettext_lazy("l’exploitant")}


class PersonneForm(PortalForm):
    """Somebody of a household, as an agent knows them."""

    lien = ChoiceField(
        label=gettext_lazy("Lien avec le titulaire du dossier"),
        choices=[(code, gettext_lazy(label)) for code, label in LIENS.items()],
        missing=gettext_lazy("Choisissez le lien de cette personne avec le titulaire du dossier."),
    )
    last_name = NameField(
        label=gettext_lazy("Nom"), missing=gettext_lazy("Saisissez le nom."), max_length=MAX_NAME
    )
    first_name = NameField(
        label=gettext_lazy("Prénom"), missing=gettext_lazy("Saisissez le prénom."), max_length=MAX_NAME
    )
    born_on = DateField(
        label=gettext_lazy("Date de naissance"),
        help_text=gettext_lazy("Si vous la connaissez. Exemple : 31/12/2010"),
        required=False,
    )

    def clean_born_on(self) -> dt.date | None:
        """Holds the date against the rules; none is no error."""
        typed = self.cleaned_data["born_on"]
        try:
            return birth(typed, clock.today()) if typed else None
        except Refusal as refusal:
            raise ValidationError(sentence(refusal), code=refusal.code) from refusal

    @property
    def identity(self) -> Identity:
        """What was typed (on a valid form)."""
        return Identity(**self.cleaned_data)


def household_url(depot: Depot) -> str:
    """Where the household of whoever filed ``depot`` is kept; empty where its espace knows none."""
    if not queries.has_foyer(depot.espace):
        return ""
    return with_parameter(reverse("desk:household", args=[depot.account_id]), FROM, depot.pk)


@require_safe
@agent_required()
def household(request: DeskRequest, account_id: uuid.UUID) -> HttpResponse:
    """Who is known, and what was changed, the latest first."""
    found = queries.foyer_of(agent=request.agent, account_id=account_id)
    context = {
        "owner": _owner(found.account),
        "people": [_line(request, one) for one in found.personnes],
        "add_url": _at(request, "household_add", account_id),
        "history": [_said(one, found) for one in reversed(found.history)],
        "closed": is_closed(found.account),
        "dossier_url": _dossier_url(request),
    }
    return desk(request, "web/desk/household.html", context)


@EITHER
@agent_required()
def person(request: DeskRequest, account_id: uuid.UUID, person_id: uuid.UUID | None = None) -> HttpResponse:
    """Somebody more, or other words about somebody."""
    found = queries.foyer_of(agent=request.agent, account_id=account_id)
    known = queries.find(found.personnes, person_id) if person_id else None
    initial = {name: getattr(known, name) for name in PersonneForm.base_fields} if known else {}
    form = PersonneForm(posted(request), initial=initial)
    if form.is_valid() and _kept(request, account_id, person_id, form):
        told = _("{name} est ajouté au foyer.") if known is None else _("{name} : c’est enregistré.")
        messages.success(request, told.format(name=form.identity.name))
        return redirect(_at(request, "household", account_id))
    context = {
        "owner": _owner(found.account),
        "known": known.name if known else "",
        "household_url": _at(request, "household", account_id),
    }
    return desk_form(request, "web/desk/household_person.html", form, context)


@EITHER
@agent_required()
def remove(request: DeskRequest, account_id: uuid.UUID, person_id: uuid.UUID) -> HttpResponse:
    """Asks once, in words, whether to remove somebody; then removes them."""
    found = queries.foyer_of(agent=request.agent, account_id=account_id)
    back = _at(request, "household", account_id)
    if request.method == "POST":
        try:
            operations.remove(agent=request.agent, account_id=account_id, person_id=person_id)
        except Refusal as refusal:
            if refusal.status in NOT_OURS:
                raise
            messages.warning(request, sentence(refusal))
        else:
            name = found.names.get(str(person_id), "")
            messages.success(request, _("{name} ne fait plus partie de ce foyer.").format(name=name))
        return redirect(back)
    known = queries.find(found.personnes, person_id)
    context = {"owner": _owner(found.account), "name": known.name, "household_url": back}
    return desk(request, "web/desk/household_remove.html", context)


def _kept(
    request: DeskRequest, account_id: uuid.UUID, person_id: uuid.UUID | None, form: PersonneForm
) -> bool:
    """Whether it was written down; if not, the form says why."""
    try:
        operations.keep(agent=request.agent, account_id=account_id, person_id=person_id, data=form.identity)
    except Refusal as refusal:
        if refusal.status in NOT_OURS:
            raise
        form.refuse(refusal)
    return form.is_valid()


def _owner(account: Account) -> str:
    return queries.label(account, "moi")


def _line(request: DeskRequest, one: Personne) -> dict[str, Any]:
    return {
        "name": one.name,
        "lien": _(LIENS[one.lien]),
        "born_on": one.born_on,
        "url": _at(request, "household_person", one.account_id, one.pk),
        "remove_url": _at(request, "household_remove", one.account_id, one.pk),
    }


def _said(event: HistoryLine, found: Foyer) -> Said:
    """An event of the household in words; whoever was erased has no name any more."""
    data = event.data
    fields = data.get("fields", ())
    people = data.get("people", ())
    changed = [str(FIELDS[name]) for name in fields if name in FIELDS] if isinstance(fields, list) else []
    words = str(EVENTS.get(event.kind, event.kind)).format(
        name=found.names.get(str(data.get("person", "")), _("Une personne effacée depuis")),
        fields=", ".join(changed),
        number=len(people) if isinstance(people, list) else 0,
    )
    asked = _(", par une demande de correction acceptée") if "depot" in data else ""
    return Said(who=event.who or str(BY.get(event.by, "")), at=event.at, text=f"{words}{asked}")


def _dossier_url(request: DeskRequest) -> str:
    """The filing from which one came, if the agent sees it; else empty."""
    text = request.GET.get(FROM, "")
    try:
        found = instruction.depot(agent=request.agent, depot_id=text) if text else None
    except DepotNotFound:
        return ""
    return reverse("desk:dossier", args=[found.pk]) if found else ""


def _at(request: DeskRequest, name: str, *args: object) -> str:
    """A page of the household, which remembers from which filing one came."""
    depot = request.GET.get(FROM, "")
    address = reverse(f"desk:{name}", args=args)
    return with_parameter(address, FROM, depot) if depot else address
