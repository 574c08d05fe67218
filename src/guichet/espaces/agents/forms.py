"""What is known of an agent."""

from django.utils.translation import gettext_lazy as _

from guichet.web import forms
from guichet.web.account_forms import AnyProfileForm


class AgentForm(AnyProfileForm):
    """Who one is for one's colleagues."""

    name = forms.NameField(
        label=_("Prénom et nom"), missing=_("Saisissez votre prénom et votre nom."), autocomplete="name"
    )
    phone = forms.PhoneField(required=False)
