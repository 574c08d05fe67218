"""The desk's forms: filters, questions and notes, reasons, agents."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.depots.definitions import Teleprocedure
from guichet.instruction.models import Motif
from guichet.instruction.rules import (
    ALL_STATES,
    ANSWERED,
    ASKED,
    MAX_LABEL,
    ME,
    NOBODY,
    STATES,
    Action,
    Filters,
    MotifKind,
    Role,
    Sort,
    clean_text,
    reason,
)
from guichet.instruction.values import Person
from guichet.kernel import names
from guichet.web.desk.presentation import QUESTIONS, ROLES, state_in_words
from guichet.web.desk.presentation import STATES as STATE_WORDS
from guichet.web.filing.answering import JoiningForm
from guichet.web.forms import ChoiceField, EmailField, NameField, ParsedField, PortalForm, SelectField

OTHER = "autre"  # no reason of the list: the agent writes it
SORTS = (
    (Sort.OLDEST, _("Les plus anciens d’abord")),
    (Sort.NEWEST, _("Les plus récents d’abord")),
    (Sort.NAME, _("Par nom")),
)
Choices = Sequence[tuple[str, Any]]


class TextField(ParsedField):
    """Several lines, cleaned by ``rules.clean_text``."""

    def __init__(self, *, rows: int = 5, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(parse=clean_text, widget=widget, max_length=None, **options)


class QuestionForm(JoiningForm):
    """What the service asks the filer, or sends them."""

    question = TextField(
        label=_("Votre question"),
        help_text=_(
            "Le déposant en est prévenu par courrier électronique et y répond sur la page de son dépôt."
        ),
        missing=_("Écrivez votre question avant de l’envoyer."),
    )
    field_order = ("question", "upload")


class NoteForm(PortalForm):
    """What agents tell one another."""

    note = TextField(label=_("Nouvelle note"), missing=_("Écrivez votre note avant de l’ajouter."), rows=3)


class ReasonForm(PortalForm):
    """A reason of the list, and what the agent adds to it."""

    motif = ChoiceField(label=_("Motif"), missing=_("Choisissez un motif."))
    text = TextField(
        label=_("Ce que vous ajoutez au motif"),
        help_text=_(
            "Dites ce que le déposant doit corriger. Le motif de la liste vient d’abord, puis votre texte."
        ),
        required=False,
    )

    def __init__(self, data: Any = None, *, motifs: Sequence[Motif], is_public: bool = False) -> None:
        super().__init__(data)
        if is_public:
            self.fields["text"].help_text = gettext(
                "Le public le lit aussi : n’y écrivez aucune donnée personnelle. "
                "Le motif de la liste vient d’abord, puis votre texte."
            )
        self.motifs = {str(motif.pk): motif for motif in motifs}
        listed = [(key, motif.label) for key, motif in self.motifs.items()]
        self.let_choose("motif", [*listed, (OTHER, gettext("Autre motif, que j’écris ci-dessous"))])

    def clean(self) -> dict[str, Any] | None:
        """Nobody is told no without being told why."""
        data = super().clean() or self.cleaned_data
        if data.get("motif") == OTHER and not data.get("text") and not self.errors:
            self.add_error("text", gettext("Écrivez le motif : le déposant doit savoir quoi corriger."))
        return data

    @property
    def motif_id(self) -> int | None:
        """The reason chosen, none for one's own words (on a valid form)."""
        chosen: str = self.cleaned_data["motif"]
        return None if chosen == OTHER else int(chosen)

    @property
    def told(self) -> str:
        """What the filer will read (on a valid form)."""
        motif = self.motifs.get(self.cleaned_data["motif"])
        return reason(motif.text if motif else "", self.cleaned_data["text"])


class AcceptForm(PortalForm):
    """Why an agent accepts what somebody else should have answered."""

    text = TextField(
        label=_("Pourquoi vous acceptez"),
        help_text=_("Dites ce qui justifie de décider à la place de la personne à qui cela est demandé."),
        missing=_("Écrivez pourquoi vous acceptez : le déposant doit le savoir."),
    )

    @property
    def told(self) -> str:
        """What the filer will read (on a valid form)."""
        return str(self.cleaned_data["text"])


class ClosingForm(AcceptForm):
    """Some words to the filer, if any, beside a filing that is closed."""

    text = TextField(
        label=_("Un mot au déposant"),
        help_text=_("Il le lit avec la nouvelle. Sans lui, le message habituel part seul."),
        required=False,
    )

    @property
    def told(self) -> str:
        """What the filer will read beside the message (on a valid form)."""
        return super().told or gettext("Le message habituel, sans rien de votre part.")


class ReclassifyForm(PortalForm):
    """Where a document belongs."""

    type = ChoiceField(label=_("Type du document"), missing=_("Choisissez un type."))
    person = ChoiceField(label=_("Personne concernée"), missing=_("Choisissez une personne."))

    def __init__(self, data: Any = None, *, types: Choices, persons: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        self.let_choose("type", types)
        self.let_choose("person", persons)


class AssignForm(PortalForm):
    """To whom filings go."""

    to = SelectField(label=_("À qui les attribuer"))

    def __init__(self, data: Any = None, *, colleagues: Sequence[Person]) -> None:
        super().__init__(data)
        self.let_choose("to", [(str(one.id), one.name) for one in colleagues])


class NothingForm(PortalForm):
    """A bulk action that asks nothing more."""


class AgentForm(PortalForm):
    """What an agent may do."""

    role = ChoiceField(label=_("Rôle"), missing=_("Choisissez un rôle."), choices=list(ROLES.items()))
    teleprocedures = forms.MultipleChoiceField(
        label=_("Téléprocédures"),
        help_text=_("N’en cochez aucune pour les lui donner toutes, y compris celles à venir."),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )

    def __init__(self, data: Any = None, *, procedures: Sequence[Teleprocedure], **options: Any) -> None:
        super().__init__(data, **options)
        self.let_choose("teleprocedures", [(one.code, gettext(one.label)) for one in procedures])
        boxes: Any = self.fields["teleprocedures"]
        boxes.template_name = "web/forms/checkboxes.html"

    @property
    def rank(self) -> Role:
        """The role chosen (on a valid form)."""
        return Role(self.cleaned_data["role"])


class InviteForm(AgentForm):
    """A new agent."""

    name = NameField(label=_("Prénom et nom"), missing=_("Saisissez le prénom et le nom de l’agent."))
    email = EmailField(autocomplete="off", missing=_("Saisissez l’adresse professionnelle de l’agent."))
    field_order = ("name", "email", "role", "teleprocedures")


class MotifForm(PortalForm):
    """A reason as the operator keeps it."""

    teleprocedure = SelectField(label=_("Téléprocédure"))
    kind = ChoiceField(
        label=_("Pour"),
        missing=_("Choisissez à quoi sert ce motif."),
        choices=[(MotifKind.REFUS, _("Refuser un dépôt")), (MotifKind.RETRAIT, _("Retirer une publication"))],
    )
    label = ParsedField(
        label=_("Nom dans la liste"),
        help_text=_("Court, pour que les agents le trouvent vite."),
        missing=_("Donnez un nom à ce motif."),
        parse=lambda text: names.clean_name(text, max_length=MAX_LABEL),
        max_length=None,
    )
    text = TextField(
        label=_("Ce que lit le déposant"),
        help_text=_("Ce qui ne va pas, et ce qu’il faut faire."),
        missing=_("Écrivez ce que le déposant lira."),
    )

    def __init__(self, data: Any = None, *, procedures: Sequence[Teleprocedure], **options: Any) -> None:
        super().__init__(data, **options)
        self.let_choose("teleprocedure", [(one.code, gettext(one.label)) for one in procedures])

    def keep(self, **fixed: str) -> None:
        """What stays as it is, and is not asked."""
        for name in fixed:
            del self.fields[name]


class FilterForm(forms.Form):
    """The queue's filters, as its address keeps them: never refused, as ``Filters.parse`` forgives."""

    use_required_attribute = False

    etat = forms.ChoiceField(label=_("État"))
    demarche = forms.ChoiceField(label=_("Téléprocédure"))
    agent = forms.ChoiceField(label=_("Attribué à"))
    question = forms.ChoiceField(label=_("Question au déposant"))
    texte = forms.CharField(
        label=_("Référence, SIREN ou nom"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    du = forms.CharField(label=_("Transmis à partir du"), widget=forms.DateInput(attrs={"type": "date"}))
    au = forms.CharField(label=_("Transmis jusqu’au"), widget=forms.DateInput(attrs={"type": "date"}))
    tri = forms.ChoiceField(label=_("Ordre"))
    retard = forms.CharField(label=_("En retard seulement"), widget=forms.CheckboxInput(attrs={"value": "1"}))

    def __init__(
        self,
        filters: Filters,
        sort: Sort,
        *,
        procedures: Sequence[Teleprocedure],
        colleagues: Sequence[Person],
    ) -> None:
        said = {"etat": filters.state, "tri": sort, **filters.query(), "retard": filters.late}
        super().__init__(initial=said, auto_id="filtre_%s")
        if len(procedures) < 2:
            del self.fields["demarche"]
        for name, choices in _filter_choices(procedures, colleagues).items():
            if name in self.fields:
                field: Any = self.fields[name]
                field.choices, field.widget.attrs["class"] = choices, "fr-select"
        for name in ("texte", "du", "au"):
            self.fields[name].widget.attrs["class"] = "fr-input"


def _filter_choices(procedures: Sequence[Teleprocedure], colleagues: Sequence[Person]) -> dict[str, Choices]:
    any_of = ("", _("Peu importe"))
    states = [(state, state_in_words(state, procedures)) for state in STATE_WORDS if state in STATES]
    return {
        "etat": [*states, (ALL_STATES, _("Tous"))],
        "demarche": [("", _("Toutes")), *((one.code, gettext(one.label)) for one in procedures)],
        "agent": [
            any_of,
            (ME, _("Moi")),
            (NOBODY, _("Personne")),
            *((str(one.id), one.name) for one in colleagues),
        ],
        "question": [any_of, *((key, QUESTIONS[key]) for key in (ASKED, ANSWERED))],
        "tri": SORTS,
    }


ACTIONS = {
    Action.PUBLISH: _("Publier"),
    Action.ACCEPT: _("Accepter"),
    Action.REFUSE: _("Refuser avec un même motif"),
    Action.WITHDRAW: _("Retirer de la publication"),
    Action.ASSIGN: _("Attribuer"),
    Action.RELEASE: _("Rendre à la file"),
}
