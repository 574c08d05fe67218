"""The one question of a request for access: why, and who one is in the company."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.kernel.refusals import Refusal
from guichet.teleprocedures.acces import rules, standing
from guichet.web.filing.screens import StepForm
from guichet.web.forms import ChoiceField, ParsedField
from guichet.web.messages import sentence


class MotifForm(StepForm):
    """Why the desk is asked, and what links the candidate to the company."""

    step_template = "acces/motif.html"

    motif = ChoiceField(
        label=_("Pourquoi vous adressez-vous au service ?"),
        choices=[(code, _(label)) for code, label in rules.MOTIFS.items()],
        missing=rules.NoMotif.message,
    )
    precisions = ParsedField(
        label=_("Quelle est votre fonction dans l’entreprise ?"),
        help_text=_(
            "Et depuis quand. Dites aussi qui vous avez essayé de joindre. 1 000 caractères au plus."
        ),
        missing=rules.NothingSaid.message,
        parse=rules.precisions,
        max_length=None,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuses who is no candidate, and a second request while one waits."""
        try:
            standing.candidate(self.context.account)
            standing.check_free(self.context.account)
        except Refusal as refusal:
            raise ValidationError(sentence(refusal), code=refusal.code) from None
        return self.cleaned_data
