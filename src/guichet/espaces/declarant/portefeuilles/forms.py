"""What the pages of portfolios ask (003, chapter 4)."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms as django_forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.espaces.declarant.portefeuilles import typed
from guichet.espaces.declarant.portefeuilles.pages import number
from guichet.portefeuilles.states import Beneficiaires
from guichet.portefeuilles.values import Summary
from guichet.web import forms

MAX_PASTED = 60_000  # signs: five hundred lines with their companies' names
INTO, LET_GO = "transferer", "retirer"


class NameForm(forms.PortalForm):
    """What a portfolio is called."""

    name = forms.ParsedField(
        label=_("Nom du portefeuille"),
        help_text=_("60 signes au plus. Exemples : Clients de Lyon, Agriculture, Dossiers de Mme Roux"),
        missing=_("Donnez un nom au portefeuille."),
    )


class RightsForm(forms.PortalForm):
    """Who gets the rights on what is added."""

    beneficiaires = forms.ChoiceField(
        label=_("Qui pourra déclarer pour ce que vous ajoutez ?"),
        help_text=_("Vous pourrez toujours changer ces droits ensuite, personne par personne"),
        missing=_("Dites qui pourra déclarer."),
        choices=[
            (Beneficiaires.PERSONNE, _("Personne pour l’instant : je donnerai les droits moi-même")),
            (Beneficiaires.PRESENTS, _("Les déclarants du portefeuille : ceux qui y ont déjà un droit")),
            (Beneficiaires.TOUS, _("Tous les déclarants de notre inscription")),
        ],
        initial=Beneficiaires.PERSONNE,
    )

    @property
    def who(self) -> Beneficiaires:
        """Who was chosen."""
        return Beneficiaires(self.cleaned_data["beneficiaires"])

    @property
    def who_in_words(self) -> str:
        """The same, as it was read."""
        field = cast(django_forms.ChoiceField, self.fields["beneficiaires"])
        return str(dict(cast(Iterable[tuple[Any, Any]], field.choices))[self.who])


class AddForm(RightsForm):
    """The companies to add, by their SIREN, and who gets the rights on them."""

    sirens = forms.ParsedField(
        label=_("SIREN des entreprises à ajouter"),
        help_text=_(
            "9 chiffres, avec ou sans espaces. Un par ligne si vous en ajoutez plusieurs, 500 au plus : "
            "vous pouvez coller une colonne de tableur"
        ),
        missing=_("Saisissez le SIREN d’au moins une entreprise : 9 chiffres."),
        max_length=MAX_PASTED,
        strip=False,
        widget=django_forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none", "wrap": "off"}
        ),
        error_messages={"max_length": _("Cette liste est trop longue : 500 SIREN au plus à la fois.")},
    )

    field_order = ("sirens", "beneficiaires")

    def clean_sirens(self) -> str:
        """Refuses a list that names nothing, or more than can be looked at on one page."""
        text = str(self.cleaned_data["sirens"])
        found = typed.numbers(text)
        if not found:
            raise django_forms.ValidationError(
                gettext("Saisissez le SIREN d’au moins une entreprise : 9 chiffres.")
            )
        if len(found) > typed.MOST:
            said = gettext(
                "Votre liste compte {n} lignes, et cette page en prend {most} au plus. Coupez-la en "
                "plusieurs, ou ajoutez ces entreprises par dépôt de fichier."
            )
            raise django_forms.ValidationError(said.format(n=number(len(found)), most=typed.MOST))
        return text


class BoxesForm(RightsForm):
    """Boxes to tick, any number of them; ``avant``: what was ticked when the page was made.

    ``with_rights``: who gets the rights on what is added is asked too.
    """

    codes = django_forms.MultipleChoiceField(
        required=False,
        error_messages={
            "invalid_choice": _(
                "La liste a changé depuis que vous avez ouvert cette page : vérifiez les cases, puis "
                "recommencez."
            )
        },
    )
    avant = django_forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, allowed: Sequence[str], with_rights: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        for name in ("codes", "avant"):
            fields[name].choices = [(code, code) for code in allowed]
        if not with_rights:
            del fields["beneficiaires"]


class TowardsForm(forms.PortalForm):
    """Another portfolio of the inscription."""

    vers = forms.SelectField(
        label=_("Dans quel portefeuille la transférer ?"), missing=_("Choisissez un portefeuille.")
    )

    def __init__(self, *args: Any, others: Sequence[Summary], **options: Any) -> None:
        super().__init__(*args, **options)
        self.let_choose("vers", options_of(others))


class CloseForm(forms.PortalForm):
    """What becomes of the clients of a portfolio that is closed."""

    issue = forms.ChoiceField(
        label=_("Que deviennent ses entreprises ?"), missing=_("Dites ce que deviennent ses entreprises.")
    )
    vers = forms.SelectField(
        label=_("Dans quel portefeuille ?"),
        help_text=_("Si elles passent dans un autre portefeuille"),
        required=False,
        depends=True,
    )

    def __init__(self, *args: Any, others: Sequence[Summary], let_go: str, **options: Any) -> None:
        super().__init__(*args, **options)
        kept = (INTO, gettext("Elles passent dans un autre portefeuille : leurs droits ne changent pas"))
        self.let_choose("issue", [*([kept] if others else []), (LET_GO, let_go)])
        if others:
            self.let_choose("vers", options_of(others))
        else:
            del self.fields["vers"]

    def clean(self) -> dict[str, Any]:
        """Refuses to move them nowhere."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("issue") == INTO and not data.get("vers") and "vers" not in self.errors:
            self.add_error("vers", gettext("Choisissez le portefeuille où elles passent."))
        return data


def options_of(others: Sequence[Summary]) -> list[tuple[str, str]]:
    """Portfolios to choose from, none first."""
    return [("", gettext("Choisissez")), *((str(one.id), one.name) for one in others)]
