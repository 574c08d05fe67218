"""Who a subscriber is and how to be reached: asked while registering (004, step 2), changed afterwards."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.kernel import names
from guichet.kernel.refusals import Refusal
from guichet.web import forms
from guichet.web.account_forms import AnyProfileForm
from guichet.web.messages import sentence

FRANCE = "FRANCE"
CIVILITIES = (("madame", _("Madame")), ("monsieur", _("Monsieur")))
STREET_KINDS = (
    "Allée",
    "Avenue",
    "Boulevard",
    "Chemin",
    "Cours",
    "Faubourg",
    "Hameau",
    "Impasse",
    "Lieu-dit",
    "Lotissement",
    "Montée",
    "Passage",
    "Place",
    "Quai",
    "Résidence",
    "Rond-point",
    "Route",
    "Rue",
    "Ruelle",
    "Sentier",
    "Square",
    "Voie",
    "Zone d’activité",
)
# What stands in the profile of everybody here, besides the name made of first and last name, and the company.
PERSON = (
    "civility",
    "last_name",
    "first_name",
    "phone",
    "street_number",
    "street_kind",
    "street_name",
    "address_extra",
    "postcode",
    "city",
    "country",
)


class PersonForm(AnyProfileForm):
    """Who one is, and how to be reached; with « Numéro de la voie » to « Pays » as the sheet lists them."""

    civility = forms.ChoiceField(
        label=_("Civilité"), choices=CIVILITIES, missing=_("Choisissez une civilité.")
    )
    last_name = forms.NameField(
        label=_("Nom"), missing=_("Saisissez votre nom."), autocomplete="family-name", max_length=60
    )
    first_name = forms.NameField(
        label=_("Prénom"), missing=_("Saisissez votre prénom."), autocomplete="given-name", max_length=60
    )
    phone = forms.PhoneField(
        label=_("Numéro de téléphone professionnel"),
        missing=_("Saisissez un numéro de téléphone professionnel où vous joindre."),
    )
    street_number = forms.NameField(
        label=_("Numéro de la voie"), help_text=_("Exemple : 12 bis"), required=False, max_length=10
    )
    street_kind = forms.SelectField(
        label=_("Nature de la voie"),
        choices=[("", _("Aucune")), *((kind, kind) for kind in STREET_KINDS)],
        required=False,
    )
    street_name = forms.NameField(label=_("Libellé de la voie"), required=False, max_length=100)
    address_extra = forms.NameField(
        label=_("Complément d’adresse"),
        help_text=_("Bâtiment, étage, boîte postale"),
        required=False,
        max_length=100,
    )
    postcode = forms.ParsedField(
        label=_("Code postal"),
        parse=lambda text: names.clean_name(text, max_length=12),
        autocomplete="postal-code",
        required=False,
    )
    city = forms.NameField(
        label=_("Ville"), missing=_("Saisissez la ville."), autocomplete="address-level2", max_length=100
    )
    country = forms.NameField(
        label=_("Pays"),
        missing=_("Saisissez le pays."),
        autocomplete="country-name",
        initial=FRANCE,
        max_length=60,
    )

    def clean(self) -> dict[str, Any] | None:
        """A postcode of France has five digits; other countries' are taken as they are."""
        data = super().clean() or self.cleaned_data
        if data.get("postcode") and data.get("country", "").upper() == FRANCE:
            try:
                data["postcode"] = forms.parse_postcode(data["postcode"])
            except Refusal as refusal:
                self.refuse_at("postcode", refusal)
        return data

    @property
    def profile(self) -> dict[str, str]:
        """The answers, and the name that headers show: « Lila Rosemonde »."""
        asked = {name: str(self.cleaned_data[name]) for name in PERSON}
        return {"name": f"{asked['first_name']} {asked['last_name']}", **asked}

    def refuse_at(self, field: str, refusal: Refusal) -> None:
        """Show at ``field`` what the kernel, which knows it by another name, refuses."""
        self.add_error(field, ValidationError(sentence(refusal), code=refusal.code))
