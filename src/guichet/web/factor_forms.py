"""The forms of the second factor. What a passkey answers stands in a hidden field of the templates, which
``web/passkey.js`` fills: it is never given back to the page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from guichet.accounts.queries import FactorState
from guichet.web import forms
from guichet.web.account_forms import CodeForm

PASSKEY = "passkey"  # the hidden field: a browser's JSON


class GivenForm(CodeForm):
    """At sign-in: a code where the account has an application, unless a passkey answered."""

    def __init__(self, *args: Any, state: FactorState, **options: Any) -> None:
        super().__init__(*args, **options)
        if not state.application:
            del self.fields["code"]
        elif self.data.get(PASSKEY):
            self.fields["code"].required = False


class PasswordForm(forms.PortalForm):
    """The password again, before a first second factor is taken into use.

    ``asked``: not a short while after sign-in, nor of an account that comes in by a certificate alone.
    """

    current = forms.PasswordField(label=_("Mot de passe actuel"))

    def __init__(self, *args: Any, asked: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asked:
            del self.fields["current"]


class FactorForm(PasswordForm):
    """Both factors again, before the second one is changed."""

    code = forms.ParsedField(
        label=_("Code de votre application"),
        help_text=_("Si vous n’avez plus l’application : l’un de vos codes de secours"),
        missing=_("Saisissez le code que votre application affiche."),
        autocomplete="one-time-code",
    )

    def __init__(self, *args: Any, state: FactorState, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["code"]
        if not state.application:
            field.label = _("Code de secours")
            field.help_text = _("Seulement si vous n’avez pas votre clé d’accès sous la main")
            field.error_messages["required"] = _(
                "Vérifiez avec votre clé d’accès, ou saisissez l’un de vos codes de secours."
            )
        if self.data.get(PASSKEY):
            field.required = False


class PasskeyNameForm(forms.PortalForm):
    """How its person tells a passkey from the others."""

    name = forms.NameField(
        label=_("Nom de cette clé"),
        help_text=_("Pour la reconnaître dans la liste : « Ordinateur du bureau », « Mon téléphone »…"),
        missing=_("Donnez un nom à cette clé, par exemple « Mon téléphone »."),
        max_length=60,
    )
