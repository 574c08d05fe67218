"""What is asked of a sending and of each of its documents, one question a page (001, steps 2 to 5, 8)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guichet.depots.definitions import Choice
from guichet.teleprocedures.depot_spontane import rules
from guichet.web.forms import ChoiceField, ConsentField, ParsedField, PortalForm
from guichet.web.messages import sentence

Typed = Mapping[str, Any] | None


class RemovedField(forms.MultipleChoiceField):
    """Check boxes, one for each document that could go."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple(), required=False, **options)
        self.template_name = "web/forms/checkboxes.html"


class NumberForm(PortalForm):
    """How many documents (step 2). Where fewer are wanted than are filled in, which of them go."""

    nombre = ParsedField(
        label=gettext_lazy("Combien de documents voulez-vous transmettre ?"),
        help_text=gettext_lazy(
            "De 1 à 10. Un document peut compter plusieurs pages : une carte recto verso est un seul "
            "document."
        ),
        missing=rules.InvalidNumber.message,
        parse=rules.number,
        inputmode="numeric",
    )

    def __init__(self, data: Typed = None, *, filled: Sequence[Choice] = (), **options: Any) -> None:
        """``filled``: the documents of which something was said or joined, by their number."""
        super().__init__(data, **options)
        self.fields["nombre"].widget.attrs["size"] = 4
        self._filled = filled
        if len(filled) > self._wanted():
            self.fields["retires"] = RemovedField(
                label=_("Quels documents voulez-vous retirer ?"),
                choices=[(choice.code, choice.label) for choice in filled],
            )

    @property
    def asks_which(self) -> bool:
        """Whether documents that are filled in would have to go."""
        return "retires" in self.fields

    @property
    def removed(self) -> list[int]:
        """The documents to take away."""
        return [int(code) for code in self.cleaned_data.get("retires", [])]

    def clean(self) -> dict[str, Any]:
        """Nothing that was filled in goes unless it was named: as many as there are too many."""
        wanted = self.cleaned_data.get("nombre")
        if wanted and self.asks_which and "retires" in self.cleaned_data:
            over = len(self._filled) - wanted
            if len(self.removed) != over:
                self.add_error("retires", self._which(wanted, over))
        return self.cleaned_data

    def _which(self, wanted: int, over: int) -> str:
        many = len(self._filled)
        words = ngettext(
            "Vous avez déjà rempli {many} documents et vous en voulez {wanted} : cochez celui à retirer, ou "
            "changez le nombre. Ce qui est retiré est effacé.",
            "Vous avez déjà rempli {many} documents et vous en voulez {wanted} : cochez les {over} à "
            "retirer, ou changez le nombre. Ce qui est retiré est effacé.",
            over,
        )
        return words.format(many=many, wanted=wanted, over=over)

    def _wanted(self) -> int:
        """What was typed, or as many as there are while it does not hold."""
        typed = {rules.NUMBER: str(self.data.get("nombre", ""))} if self.is_bound else {}
        return rules.count(typed) or len(self._filled)


class NameForm(PortalForm):
    """What the document is called (step 4)."""

    nom = ParsedField(
        label=gettext_lazy("Nom du document"),
        help_text=gettext_lazy(
            "De 3 à 30 caractères. Soyez précis : évitez sigles et abréviations. Exemple : acte de naissance"
        ),
        missing=rules.InvalidTitle.message,
        parse=rules.name,
        max_length=None,
    )


class TypeForm(PortalForm):
    """Which type it is, of those that the search found for the name (step 4)."""

    def __init__(self, data: Typed = None, *, found: Sequence[Choice], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["type"] = ChoiceField(
            label=_("Type de document"),
            choices=[(choice.code, choice.label) for choice in found],
            missing=rules.UnknownType.message,
        )


class PersonForm(PortalForm):
    """Whom the document is about, and the name where it is somebody who is not known yet (step 5)."""

    def __init__(self, data: Typed = None, *, persons: Sequence[Choice], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["personne"] = ChoiceField(
            label=_("Personne concernée par ce document"),
            choices=[(choice.code, choice.label) for choice in persons],
            missing=rules.UnknownPerson.message,
        )
        self.fields["qui"] = ParsedField(
            label=_("Prénom et nom de cette autre personne"),
            help_text=_("Seulement si vous avez choisi « Une autre personne »."),
            required=False,
            parse=rules.who,
            max_length=None,
            template_name="depot_spontane/who_field.html",
        )

    def clean(self) -> dict[str, Any]:
        """A name for « une autre personne », and for nobody else."""
        if self.cleaned_data.get("personne") != rules.OTHER:
            self.errors.pop("qui", None)  # it is not asked
            self.cleaned_data["qui"] = ""
        elif "qui" in self.cleaned_data and not self.cleaned_data["qui"]:
            refusal = rules.WhoMissing()
            self.add_error("qui", ValidationError(sentence(refusal), code=refusal.code))
        return self.cleaned_data


class CommentForm(PortalForm):
    """The words that explain the document: obligatory (step 5)."""

    commentaire = ParsedField(
        label=gettext_lazy("Commentaire"),
        help_text=gettext_lazy(
            "Pourquoi transmettez-vous ce document ? 163 caractères au plus. Exemple : naissance de ma fille "
            "le 3 mars."
        ),
        missing=rules.InvalidComment.message,
        parse=rules.comment,
        max_length=None,
        widget=forms.Textarea(attrs={"rows": 4}),
        template_name="depot_spontane/comment_field.html",
    )
    script = "depot_spontane/count.js"

    @property
    def scripts(self) -> list[str]:
        """The live count; the hint says the limit without it."""
        return [self.script]


class FilesForm(PortalForm):
    """Carries what was refused to the error summary; the files come hashed from the upload handler."""

    upload = forms.FileField(label=gettext_lazy("Ajouter un fichier"), required=False)


class CertifyForm(PortalForm):
    """The box of the last page (step 8)."""

    accepted_terms = ConsentField(
        label=gettext_lazy(
            "J’atteste que tous les renseignements que je transmets, et les documents joints, sont exacts."
        ),
        missing=gettext_lazy(
            "Cochez cette case : sans cette attestation, vos documents ne peuvent pas être transmis."
        ),
    )
