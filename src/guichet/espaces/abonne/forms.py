"""What registering and activating ask (002 and 004, steps 2 and 3)."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts.definitions import espace
from guichet.accounts.operations import PasswordWanted
from guichet.accounts.operations.passwords import check_new
from guichet.accounts.questions import TRUST_QUESTIONS
from guichet.accounts.rules import TrustChoice, folded_answer
from guichet.espaces.abonne.company import Company, company
from guichet.espaces.abonne.definition import ABONNE, parse_address
from guichet.espaces.abonne.person import PersonForm
from guichet.kernel import names
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import Refusal
from guichet.web import forms

OF_FOREIGN = ("company_name", "company_country")


class ConditionsForm(forms.PortalForm):
    """Step 1."""

    accepted = forms.ConsentField(
        label=_(
            "Je reconnais avoir pris connaissance des conditions générales et les accepte sans restriction."
        ),
        missing=_(
            "Cochez cette case pour vous abonner : sans votre accord, nous ne pouvons pas créer d’espace."
        ),
    )


def address_field(**options: Any) -> forms.ParsedField:
    """The e-mail address that one signs in with."""
    field = forms.ParsedField(
        parse=parse_address, inputmode="email", autocomplete="email", max_length=1000, **options
    )
    field.widget.attrs |= {"spellcheck": "false", "autocapitalize": "none"}
    return field


class IdentifiersForm(forms.EmailTwice, forms.PortalForm):
    """Step 2: both typed twice, as they are what everything else hangs on.

    ``with_password``: no where one was chosen already, or a certificate is presented instead.
    """

    email = address_field(
        label=_("Votre adresse électronique"),
        help_text=_(
            "Important : cette adresse électronique ne pourra être utilisée que pour un seul et unique "
            "espace."
        ),
        missing=_("Saisissez votre adresse électronique : elle sera votre identifiant."),
    )
    email_again = address_field(
        label=_("Confirmer votre adresse électronique"),
        missing=_("Saisissez votre adresse électronique une deuxième fois."),
    )
    password = forms.PasswordField(
        label=_("Votre mot de passe"),
        missing=_("Choisissez un mot de passe."),
        autocomplete="new-password",
    )
    password_again = forms.PasswordField(
        label=_("Confirmer votre mot de passe"),
        missing=_("Saisissez votre mot de passe une deuxième fois."),
        autocomplete="new-password",
    )

    def __init__(self, *args: Any, with_password: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not with_password:
            del self.fields["password"], self.fields["password_again"]
            return
        policy = espace(ABONNE.code).password  # an operator may ask for more than the reference
        said = gettext(
            "{minimum} caractères minimum et {maximum} caractères maximum. Les chiffres et les lettres sont "
            "autorisés, sans espace ni accent : il faut au moins une lettre et un chiffre. Pensez à noter "
            "votre mot de passe."
        )
        self.fields["password"].help_text = said.format(minimum=policy.min_length, maximum=policy.max_length)

    def clean(self) -> dict[str, Any] | None:
        """Refuses what differs, and a password that the policy refuses."""
        data = super().clean() or self.cleaned_data
        password, again = data.get("password"), data.get("password_again")
        if password:
            door = espace(ABONNE.code)
            self._try(lambda: check_new(password, door, own_data=[data.get("email", "")]))
        if password and again and password != again:
            self.add_error(
                "password_again",
                gettext("Les deux mots de passe ne sont pas identiques. Saisissez-les de nouveau."),
            )
        return data

    def _try(self, check: Callable[[], object]) -> None:
        try:
            check()
        except Refusal as refusal:
            self.refuse(refusal)


class DetailsForm(PersonForm):
    """Step 3. ``foreign`` changes what is asked of the company; others' raison sociale is the register's."""

    foreign = forms.ConsentField(
        label=_("Entreprise étrangère"),
        help_text=_("Ne cochez cette case que si vous êtes dans ce cas : une entreprise sans numéro SIREN."),
        required=False,
    )
    company_number = forms.ParsedField(
        label=_("S.I.R.E.N. ou équivalent"),
        help_text=_(
            "9 chiffres. Pour une entreprise étrangère : son numéro dans le registre de son pays, ou son "
            "numéro de TVA."
        ),
        missing=_("Saisissez le numéro SIREN de l’entreprise où vous exercez (9 chiffres)."),
    )
    company_name = forms.NameField(
        label=_("Raison sociale"),
        help_text=_("D’une entreprise étrangère ; les autres sont lues dans le répertoire Sirene."),
        missing=_("Saisissez la raison sociale de l’entreprise étrangère."),
        max_length=200,
    )
    company_country = forms.NameField(
        label=_("Pays de l’entreprise"),
        help_text=_("D’une entreprise étrangère"),
        missing=_("Saisissez le pays de l’entreprise étrangère."),
        max_length=60,
    )
    question = forms.SelectField(
        label=_("Question"),
        choices=[("", _("Choisissez une question")), *((one.code, one.text) for one in TRUST_QUESTIONS)],
        missing=_("Choisissez une question dans la liste."),
    )
    answer = forms.NameField(
        label=_("Réponse"),
        help_text=_("Les majuscules, les accents et les espaces ne comptent pas."),
        missing=_("Répondez à la question de confiance."),
        max_length=100,
    )
    company: Company | None = None

    def clean(self) -> dict[str, Any] | None:
        """The company as its country knows it, and an answer that can be checked one day."""
        data = super().clean() or self.cleaned_data
        try:
            self._check_company(data)
        except Refusal as refusal:
            self.refuse_at("company_number", refusal)
        try:
            folded_answer(data.get("answer") or "any")
        except Refusal as refusal:
            self.refuse(refusal)
        return data

    @property
    def profile(self) -> dict[str, str]:
        """All that the account is going to keep of the person and the company."""
        data = self.cleaned_data
        if self.company:
            return {**super().profile, "siren": str(self.company.siren), "company": self.company.name}
        return {
            **super().profile,
            "siren": "",
            "company": data["company_name"],
            "foreign_number": data["company_number"],
            "foreign_country": data["company_country"],
        }

    @property
    def trust(self) -> TrustChoice:
        """The question of trust and its answer."""
        return TrustChoice(self.cleaned_data["question"], self.cleaned_data["answer"])

    def _check_company(self, data: dict[str, Any]) -> None:
        number = data.get("company_number")
        if data.get("foreign"):
            if number:
                data["company_number"] = names.clean_name(number, max_length=40)
            return
        for name in OF_FOREIGN:  # asked, and shown, of a foreign company alone
            self.errors.pop(name, None)
        if number:
            self.company = company(Siren.parse(number))


class ActivationForm(forms.PortalForm):
    """« Saisie du code d’activation » (004, step 3). ``with_password``: on another browser than the one that
    registered (ADR 0019)."""

    email = address_field(
        label=_("Saisissez votre identifiant"),
        help_text=_("L’adresse électronique que vous avez donnée en vous inscrivant"),
        missing=_("Saisissez votre identifiant : c’est votre adresse électronique."),
    )
    code = forms.ParsedField(
        label=_("Entrez le code (à 12 caractères)"),
        help_text=_("Les majuscules et les minuscules comptent."),
        missing=_("Saisissez le code d’activation reçu par courrier électronique."),
        autocomplete="one-time-code",
    )
    password = forms.PasswordField(
        label=_("Votre mot de passe"),
        help_text=_(
            "Celui que vous avez choisi en vous inscrivant. Si vous vous êtes inscrit avec un certificat : "
            "la réponse à votre question de confiance."
        ),
        missing=PasswordWanted.message,
    )

    def __init__(self, *args: Any, with_password: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not with_password:
            del self.fields["password"]


class NewCodeForm(forms.PortalForm):
    """Who wants another code."""

    email = address_field(
        label=_("Votre identifiant"),
        help_text=_("L’adresse électronique que vous avez donnée en vous inscrivant"),
        missing=_("Saisissez votre identifiant : c’est votre adresse électronique."),
    )
