"""The forms about what a company declares, where, and who asks to administer it (003, chapters 2 and 3)."""

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.inscriptions import catalogue
from guichet.inscriptions.catalogue import Declaration
from guichet.inscriptions.values import Place
from guichet.kernel.identifiers import Siret
from guichet.web import forms

MAX_MOTIF = 1000


class SeveralField(django_forms.MultipleChoiceField):
    """Some answers of a list: boxes to tick."""

    def __init__(self, *, missing: Any = None, **options: Any) -> None:
        errors = {
            "required": missing or _("Cochez au moins une case."),
            "invalid_choice": _("La liste a changé entre-temps : vérifiez les cases, puis recommencez."),
        }
        super().__init__(widget=django_forms.CheckboxSelectMultiple(), error_messages=errors, **options)
        self.template_name = "web/forms/checkboxes.html"


class AddDeclarationsForm(forms.PortalForm):
    """What is to be declared besides; a box for each charter of those that are ticked.

    ``charters``: on the page that asks for them.
    """

    declarations = SeveralField(
        label=_("Quelles déclarations ajouter ?"), missing=_("Cochez la déclaration à ajouter.")
    )

    def __init__(
        self, *args: Any, offered: Sequence[Declaration], charters: Sequence[Declaration] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        self.let_choose("declarations", [(one.code, f"{one.label}, {one.organism}") for one in offered])
        self.charters = charters
        if charters:
            fields["declarations"].widget = django_forms.MultipleHiddenInput()
        for one in charters:
            fields[f"charte-{one.code}"] = forms.ConsentField(
                label=gettext("J’accepte la charte : {label}").format(label=one.label),
                missing=gettext("Sans accepter cette charte, la déclaration ne peut pas être ajoutée."),
            )

    @property
    def asked(self) -> list[tuple[Declaration, Any]]:
        """Each charter, with the box that accepts it."""
        return [(one, self[f"charte-{one.code}"]) for one in self.charters]


class PlacesForm(forms.PortalForm):
    """The établissements that declare."""

    sirets = SeveralField(
        label=_("Établissements déclarés"),
        missing=_("Cochez au moins un établissement. Pour ne plus rien déclarer, demandez la résiliation."),
    )

    def __init__(self, *args: Any, places: Sequence[Place], **options: Any) -> None:
        super().__init__(*args, **options)
        self.let_choose("sirets", [(one.siret, Siret(one.siret).grouped) for one in places])

    @property
    def typed(self) -> list[str] | None:
        """What is ticked on a page that was sent, whether or not it holds; ``None`` on one that is opened."""
        return self["sirets"].data if self.is_bound else None


class MotifForm(forms.PortalForm):
    """Why a candidate is refused: the sentence that she reads."""

    motif = forms.ParsedField(
        label=_("Motif du refus"),
        help_text=_("La personne le lira tel quel. Exemple : vous ne travaillez plus dans l’entreprise."),
        missing=_("Écrivez pourquoi : la personne doit pouvoir comprendre."),
        max_length=MAX_MOTIF,
        widget=django_forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("Abrégez : 1 000 caractères au plus.")},
    )


def with_charters(codes: Sequence[str]) -> list[Declaration]:
    """Those of ``codes`` that have a charter to accept."""
    return [one for code in codes if (one := catalogue.declaration(code)).charter]
