"""Questions about rights: who could file on a day, and whether somebody may file now."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guichet.kernel import clock
from guichet.kernel.clock import PARIS
from guichet.kernel.identifiers import Siret
from guichet.kernel.refusals import N_, Refusal
from guichet.web import forms

_HOUR = re.compile(r"([01]?[0-9]|2[0-3]) ?(?:[:hH] ?([0-5][0-9])?)?", re.ASCII)


class InvalidHour(Refusal):
    """Not an hour of the day."""

    code = "hour"
    message = N_(
        "Saisissez l’heure sous la forme heures:minutes, par exemple 14:05. Laissez vide pour tout le jour."
    )
    field = "heure"


class InTheFuture(Refusal):
    """Nobody knows yet who may file then."""

    code = "future"
    message = N_("Cette date est à venir : nous ne savons répondre que pour aujourd’hui et avant.")
    field = "le"


def parse_hour(text: str) -> dt.time:
    """« 14:05 », « 14h05 », « 14 h ». Raises ``InvalidHour``."""
    found = _HOUR.fullmatch(" ".join(text.split()))
    if found is None:
        raise InvalidHour
    return dt.time(int(found[1]), int(found[2] or 0))


class RightForm(forms.PortalForm):
    """Which declaration, for which établissement. ``places``: SIRET → name, proposed while one types."""

    declaration = forms.SelectField(
        label=_("Déclaration"), missing=_("Choisissez une déclaration dans la liste.")
    )
    siret = forms.ParsedField(
        label=_("SIRET de l’établissement"),
        help_text=_("14 chiffres, avec ou sans espaces"),
        missing=_("Saisissez le SIRET de l’établissement : 14 chiffres."),
        parse=lambda text: str(Siret.parse(text)),
        inputmode="numeric",
        max_length=60,
    )

    def __init__(self, *args: Any, declarations: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("Choisissez une déclaration")), *declarations.items()]
        self.let_choose("declaration", choices)
        self.fields["siret"].widget.attrs["list"] = "etablissements"


class WhoForm(RightForm):
    """« Qui pouvait transmettre X pour Y le Z ? »."""

    le = forms.DateField(
        label=_("Date"),
        missing=_("Saisissez une date sous la forme jour/mois/année, par exemple 31/12/2025."),
    )
    heure = forms.ParsedField(
        label=_("Heure, à Paris"),
        help_text=_("Exemple : 14:05. Laissez vide pour tout le jour."),
        parse=parse_hour,
        required=False,
        max_length=20,
    )

    def clean(self) -> dict[str, Any] | None:
        """Refuses what is to come."""
        data = super().clean() or self.cleaned_data
        if data.get("le") and self.begins > clock.now():
            self.refuse(InTheFuture())
        return data

    @property
    def right(self) -> dict[str, str]:
        """``siret`` and ``declaration``, as the query wants them."""
        return {name: self.cleaned_data[name] for name in ("siret", "declaration")}

    @property
    def begins(self) -> dt.datetime:
        """The moment that is asked for; without an hour, the first of the day."""
        return dt.datetime.combine(self.cleaned_data["le"], self.hour or dt.time(), PARIS)

    @property
    def ends(self) -> dt.datetime:
        """The first moment of the next day: what is asked for, where there is no hour, ends before."""
        following = self.cleaned_data["le"] + dt.timedelta(days=1)
        return dt.datetime.combine(following, dt.time(), PARIS)

    @property
    def hour(self) -> dt.time | None:
        """The hour, if one was typed."""
        hour: dt.time | None = self.cleaned_data.get("heure") or None
        return hour


class MayFileForm(RightForm):
    """« Peut-elle transmettre ? »; ``people``: id → name, of whom an administrateur may ask; nobody else's
    question names anybody."""

    personne = forms.SelectField(label=_("Personne"), missing=_("Choisissez une personne dans la liste."))
    field_order = ("personne", "declaration", "siret")

    def __init__(self, *args: Any, people: Mapping[int, str], **options: Any) -> None:
        super().__init__(*args, **options)
        if not people:
            del self.fields["personne"]
            return
        choices = [("", _("Choisissez une personne")), *((str(key), name) for key, name in people.items())]
        self.let_choose("personne", choices)
