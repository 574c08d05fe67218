"""The two questions of a resiliation: what it is about, then what is asked for and why."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.inscriptions.rules import Genre
from guichet.kernel.refusals import Refusal
from guichet.teleprocedures.resiliation import rules, standing
from guichet.teleprocedures.resiliation.rules import COMPANY, CONNU, EFFET, END, GENRE, GENRES, MOTIF, OBJET
from guichet.web.filing.screens import Context, StepForm
from guichet.web.forms import ChoiceField, ParsedField
from guichet.web.messages import sentence


class ObjetForm(StepForm):
    """Step 1: the whole inscription, or an établissement."""

    step_template = "resiliation/objet.html"

    objet = ChoiceField(label=_("Que concerne votre demande ?"), missing=rules.NothingChosen.message)

    def __init__(self, data: Mapping[str, Any] | None = None, *, context: Context, **options: Any) -> None:
        super().__init__(data, context=context, **options)
        self.refused: Refusal | None = None
        self.known = {COMPANY: gettext("Toute l’inscription de l’entreprise")}
        try:
            self.acteur = standing.administrateur(context.account)
        except standing.ForAdministrateurs as refusal:
            self.refused, self.known = refusal, {}
        else:
            found = standing.removable(self.acteur.inscription)
            self.genre = gettext(GENRES[Genre(self.acteur.inscription.genre)])
            self.known |= {one.siret: standing.in_words(one) for one in found if not one.is_siege}
        self.let_choose(OBJET, self.known.items())

    def clean(self) -> dict[str, Any]:
        """Refuses who administers nothing, and what waits already."""
        if self.refused:
            raise ValidationError(sentence(self.refused), code=self.refused.code)
        if OBJET in self.cleaned_data:
            try:
                standing.check_free(self.acteur.inscription.siren, self.cleaned_data[OBJET])
            except standing.AlreadyAsked as refusal:
                self.add_error(OBJET, ValidationError(sentence(refusal), code=refusal.code))
        return self.cleaned_data

    def answers(self) -> dict[str, str]:
        """What is chosen, in words too, as it is known now."""
        objet = self.cleaned_data[OBJET]
        return {OBJET: objet, CONNU: self.known[objet]}


class MotifForm(StepForm):
    """Step 2: of the whole inscription, its end or another type; and why."""

    step_template = "resiliation/motif.html"

    effet = ChoiceField(label=_("Que demandez-vous ?"), missing=rules.NoEffect.message)
    motif = ParsedField(
        label=_("Pourquoi faites-vous cette demande ?"),
        help_text=_("Ce qui change pour votre entreprise, et depuis quand. 1 000 caractères au plus."),
        missing=rules.NoMotif.message,
        parse=rules.motif,
        max_length=None,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, context: Context, **options: Any) -> None:
        super().__init__(data, context=context, **options)
        self.ends_all = context.answers.get(OBJET) == COMPANY
        self.known = context.answers.get(CONNU, "")
        if not self.ends_all:
            del self.fields[EFFET]
            return
        acteur = standing.administrateur(context.account)
        others = [genre for genre in GENRES if genre != acteur.inscription.genre]
        words = gettext("Changer de type d’inscription : {genre}")
        end = (END, gettext("Mettre fin à l’inscription de l’entreprise"))
        self.let_choose(
            EFFET, [*((one.value, words.format(genre=gettext(GENRES[one]))) for one in others), end]
        )

    def answers(self) -> dict[str, str]:
        """The type apart from the end, as an agent's acceptance needs it."""
        effet = self.cleaned_data.get(EFFET, END)
        return {EFFET: effet, GENRE: "" if effet == END else effet, MOTIF: self.cleaned_data[MOTIF]}
