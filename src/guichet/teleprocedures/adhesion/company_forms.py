"""What a company is asked: the code of its letter, then its answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.adhesions.rules import clean_reason
from guichet.web.forms import ChoiceField, ParsedField, PortalForm, SirenField

ACCEPT, REFUSE = "accepter", "refuser"


class CodeForm(PortalForm):
    """The SIREN and the code, both of them in the letter."""

    siren = SirenField(
        label=gettext_lazy("Numéro SIREN de votre entreprise"),
        missing=gettext_lazy("Saisissez le numéro SIREN de votre entreprise (9 chiffres)."),
    )
    code = ParsedField(
        label=gettext_lazy("Code de la lettre"),
        help_text=gettext_lazy(
            "12 lettres et chiffres après « Votre code », comme K7RM-3VXP-9QTC, et non le numéro du "
            "dossier. Majuscules ou minuscules, avec ou sans tirets."
        ),
        missing=gettext_lazy("Saisissez le code de la lettre : 12 lettres et chiffres."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].widget.attrs |= {"spellcheck": "false", "autocapitalize": "none"}


class AnswerForm(PortalForm):
    """Yes or no, each with what it does; a word to whoever asks, where one wants to."""

    reason = ParsedField(
        label=gettext_lazy("Si vous refusez, pourquoi ?"),
        help_text=gettext_lazy("La personne qui demande lira ce que vous écrivez ici."),
        parse=clean_reason,
        required=False,
        max_length=None,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, who: str, **options: Any) -> None:
        super().__init__(*args, **options)
        yes = _(
            "Oui, j’accepte : {who} pourra dès maintenant utiliser ces services pour mon entreprise. "
            "Je pourrai y mettre fin à tout moment."
        )
        no = _(
            "Non, je refuse : {who} ne pourra rien faire pour mon entreprise. "
            "C’est définitif pour cette demande."
        )
        self.fields["reponse"] = ChoiceField(
            label=_("Que répondez-vous ?"),
            missing=_("Choisissez votre réponse : oui ou non."),
            choices=[(ACCEPT, yes.format(who=who)), (REFUSE, no.format(who=who))],
        )
        self.order_fields(["reponse", "reason"])

    @property
    def accepts(self) -> bool:
        """Whether the answer is yes (call it on a valid form)."""
        return bool(self.cleaned_data["reponse"] == ACCEPT)
