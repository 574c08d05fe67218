"""What registering asks (000, steps 1 and 2)."""

from django.utils.translation import gettext_lazy as _

from guichet.web import forms
from guichet.web.account_forms import ProfileForm


class NumberForm(forms.PortalForm):
    """The SIREN first."""

    siren = forms.SirenField()


class DetailsForm(forms.EmailTwice, ProfileForm):
    """Who, where, and the address that every message goes to, typed twice."""

    email = forms.EmailField(
        label=_("Adresse électronique"),
        help_text=_("Vérifiez-la bien : c’est là que vous recevrez le mot de passe et les liens à ouvrir."),
    )
    email_again = forms.EmailField(
        label=_("Adresse électronique, une deuxième fois"),
        missing=_("Saisissez l’adresse une deuxième fois."),
    )
