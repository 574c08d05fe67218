"""What registering asks of a company: the questions that lead to declarations, places, ways (003, 2)."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms as django_forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.inscriptions import catalogue
from guichet.inscriptions.catalogue import Branch, Declaration
from guichet.inscriptions.rules import Voie
from guichet.web import forms

COMPANY, CLIENTS = "entreprise", "clients"
CHARTER = "charte_"  # before the code of a declaration: the field that accepts its charter


class BoxesField(django_forms.MultipleChoiceField):
    """Several of some answers, all visible: boxes. ``missing`` is said where none is ticked."""

    def __init__(self, *, missing: Any = None, **options: Any) -> None:
        errors = {
            "required": missing or _("Cochez au moins une réponse."),
            "invalid_choice": _("Une des réponses cochées n’est plus proposée. Relisez-les."),
        }
        super().__init__(widget=django_forms.CheckboxSelectMultiple(), error_messages=errors, **options)
        self.template_name = "declarant/boxes_field.html"


def hinted(label: str, hint: str) -> SafeString:
    """An answer with what explains it."""
    if not hint:
        return format_html("{}", label)
    return format_html('{}<span class="fr-hint-text">{}</span>', label, hint)


def below(branches: Iterable[Branch], given: Collection[str]) -> Sequence[Branch]:
    """The answers that those ``given`` to the question before lead to."""
    return [one for one in branches if not one.under or set(one.under) & set(given)]


def _choices(branches: Iterable[Branch]) -> list[tuple[str, SafeString]]:
    return [(one.code, hinted(gettext(one.label), gettext(one.hint) if one.hint else "")) for one in branches]


class ProfilForm(forms.PortalForm):
    """« Quel est votre profil d’inscription ? »: for oneself, or for clients as well."""

    profil = forms.ChoiceField(
        label=_("Pour qui allez-vous déclarer ?"),
        missing=_("Choisissez pour qui vous allez déclarer."),
        choices=lambda: [
            (
                COMPANY,
                hinted(
                    gettext("Votre entreprise"),
                    gettext("Vous déclarez pour votre entreprise et ses établissements."),
                ),
            ),
            (
                CLIENTS,
                hinted(
                    gettext("Votre entreprise et vos clients"),
                    gettext(
                        "Vous êtes tiers déclarant : cabinet d’expertise comptable, centre de gestion agréé, "
                        "holding qui déclare pour ses filiales…"
                    ),
                ),
            ),
        ],
    )


class VousEtesForm(forms.PortalForm):
    """« Vous êtes »."""

    vous_etes = forms.ChoiceField(
        label=_("Vous êtes :"),
        missing=_("Choisissez ce que vous êtes."),
        choices=lambda: _choices(catalogue.tree().vous_etes),
    )


class ServicesForm(forms.PortalForm):
    """« Vous souhaitez utiliser les services liés à… »."""

    lies_a = BoxesField(
        label=_("Vous souhaitez utiliser les services liés à :"),
        help_text=_("Plusieurs réponses sont possibles."),
        missing=_("Cochez au moins un domaine : il conduit aux déclarations qui vous concernent."),
    )

    def __init__(self, *args: Any, vous_etes: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.let_choose("lies_a", _choices(below(catalogue.tree().lies_a, [vous_etes])))


class SecteurForm(forms.PortalForm):
    """« Régime ou secteur »."""

    secteurs = BoxesField(
        label=_("Quel est votre régime ou votre secteur ?"),
        help_text=_("Plusieurs réponses sont possibles."),
        missing=_("Cochez au moins un régime ou un secteur."),
    )

    def __init__(self, *args: Any, lies_a: Collection[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.let_choose("secteurs", _choices(below(catalogue.tree().secteurs, lies_a)))


class DeclarationsForm(forms.PortalForm):
    """« Vos déclarations »: those that the answers propose, of which the person ticks some."""

    declarations = BoxesField(
        label=_("Cochez les déclarations que vous voulez faire ici"),
        help_text=_("Vous pourrez en ajouter ou en retirer à tout moment."),
        missing=_("Cochez au moins une déclaration."),
    )

    def __init__(self, *args: Any, proposed: Sequence[Declaration], **options: Any) -> None:
        super().__init__(*args, **options)
        self.let_choose(
            "declarations", [(one.code, hinted(gettext(one.label), gettext(one.summary))) for one in proposed]
        )


class ChartersForm(forms.PortalForm):
    """The charters of those declarations that have one, each read and accepted."""

    def __init__(self, *args: Any, declarations: Sequence[Declaration], **options: Any) -> None:
        super().__init__(*args, **options)
        self.declarations = declarations
        for one in declarations:
            label = gettext("J’ai lu la charte et je l’accepte : {declaration}")
            self.fields[f"{CHARTER}{one.code}"] = forms.ConsentField(
                label=label.format(declaration=gettext(one.label)),
                missing=gettext(
                    "Cochez cette case pour continuer, ou retirez cette déclaration à l’étape précédente."
                ),
            )


class PlacesForm(forms.PortalForm):
    """The établissements that are to declare. What is ticked is kept beside the form, page after page.

    ``chosen``: how many are, in all.
    """

    def __init__(self, *args: Any, chosen: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.chosen = chosen

    def clean(self) -> dict[str, Any] | None:
        """Refuses a company that would declare nowhere."""
        data = super().clean()
        if not self.chosen:
            self.add_error(None, gettext("Cochez au moins un établissement, ou « Tout cocher »."))
        return data


class WayForm(forms.PortalForm):
    """How a company's further administrateur becomes one: by colleagues, or by a letter."""

    voie = forms.ChoiceField(
        label=_("Comment voulez-vous être reconnu comme administrateur ?"),
        missing=_("Choisissez une des deux façons."),
        choices=lambda: [
            (
                Voie.COOPTATION.value,
                hinted(
                    gettext("Par les administrateurs de votre entreprise"),
                    gettext(
                        "Un message leur est envoyé à tous. Dès que l’un d’eux donne son accord, vous "
                        "accédez à votre menu. C’est le plus rapide."
                    ),
                ),
            ),
            (
                Voie.CLE.value,
                hinted(
                    gettext("Par une clé reçue par courrier postal"),
                    gettext(
                        "Une lettre part à l’adresse de votre établissement. Vous saisissez ici la clé "
                        "qu’elle contient."
                    ),
                ),
            ),
        ],
    )
