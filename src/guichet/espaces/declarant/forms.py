"""What registering asks of a person: sign-in data, conditions, password, secret question (003, chapter 2)."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts.definitions import espace
from guichet.accounts.operations.passwords import check_new
from guichet.accounts.rules import TrustChoice, folded_answer
from guichet.espaces.declarant import registrant
from guichet.espaces.declarant.definition import DECLARANT, MAX_NAME, parse_name
from guichet.inscriptions.rules import Person
from guichet.kernel.identifiers import Siret
from guichet.kernel.names import clean_name
from guichet.kernel.refusals import N_, Refusal
from guichet.web import forms
from guichet.web.messages import sentence

IDENTITY = ("siret", "last_name", "first_name")


class NoLetters(Refusal):
    """A name without a single letter: nobody could sign in by it."""

    code = "no_letters"
    message = N_("Un nom ou un prénom s’écrit avec des lettres. Saisissez le vôtre.")


def _name(text: str) -> str:
    """A nom or prénom as it was typed. Raises ``kernel.names.InvalidName``, ``NoLetters``."""
    name = clean_name(text, max_length=MAX_NAME)
    if not any(sign.isalpha() for sign in name):
        raise NoLetters
    return name


def name_field(**options: Any) -> forms.ParsedField:
    """A nom or a prénom that can be part of a sign-in."""
    return forms.ParsedField(parse=_name, max_length=None, **options)


class PersonForm(forms.PortalForm):
    """Somebody who is to have an account."""

    last_name = name_field(label=_("Nom"), missing=_("Saisissez votre nom."), autocomplete="family-name")
    first_name = name_field(
        label=_("Prénom"), missing=_("Saisissez votre prénom."), autocomplete="given-name"
    )
    email = forms.EmailField(
        help_text=_(
            "Elle doit être valide : un message y sera envoyé, dont le lien termine votre inscription."
        ),
    )
    phone = forms.PhoneField(
        help_text=_("Pour vous joindre au sujet d’une déclaration. Exemple : 01 23 45 67 89"),
    )


class IdentityForm(PersonForm):
    """« Je m’inscris »: SIRET, nom and prénom become what one signs in with."""

    siret = forms.ParsedField(
        label=_("SIRET de votre établissement"),
        help_text=_("14 chiffres, avec ou sans espaces. Exemple : 732 829 320 00074"),
        missing=_("Saisissez le SIRET de votre établissement (14 chiffres)."),
        parse=Siret.parse,
        inputmode="numeric",
        template_name="declarant/siret_field.html",
    )
    field_order = (*IDENTITY, "email", "phone")
    place: registrant.Place | None = None

    def clean(self) -> dict[str, Any] | None:
        """Refuses an établissement that the register does not know, or knows as closed."""
        data = super().clean() or self.cleaned_data
        if data.get("siret"):
            try:
                self.place = registrant.place(data["siret"])
            except Refusal as refusal:
                self.refuse(refusal)
        return data

    @property
    def identifier(self) -> str:
        """What one signs in with."""
        data = self.cleaned_data
        parsed = {name: parse_name(data[name]) for name in ("last_name", "first_name")}
        return DECLARANT.identifier.join({"siret": str(data["siret"]), **parsed})

    @property
    def profile(self) -> dict[str, Any]:
        """What the account is going to keep of the person."""
        data = self.cleaned_data
        names = {name: data[name] for name in ("last_name", "first_name", "phone")}
        name = f"{data['first_name']} {data['last_name']}"
        return {"name": name, **names, "siret": str(data["siret"])}


class ConditionsForm(forms.PortalForm):
    """The conditions, without which nothing goes on."""

    accepted = forms.ConsentField(
        label=_("J’ai lu les conditions d’utilisation et je les accepte."),
        missing=_(
            "Cochez cette case pour continuer : sans votre accord, nous ne pouvons pas créer de compte."
        ),
    )


class CredentialsForm(forms.PortalForm):
    """Password, and the question that helps to get another one.

    ``own_data``: what no password may be made of. ``with_password``: no where one was chosen already.
    """

    password_again = forms.PasswordField(
        label=_("Mot de passe, une deuxième fois"),
        missing=_("Saisissez le mot de passe une deuxième fois."),
        autocomplete="new-password",
    )
    question = forms.SelectField(
        label=_("Question secrète"),
        help_text=_("Choisissez une question dont vous êtes seul à connaître la réponse."),
        missing=_("Choisissez une question dans la liste."),
        choices=lambda: [
            ("", _("Choisissez une question")),
            *((one.code, gettext(one.text)) for one in DECLARANT.trust_questions),
        ],
    )
    answer = forms.NameField(
        label=_("Réponse à la question secrète"),
        help_text=_("Les majuscules, les accents et les espaces ne comptent pas. Notez-la bien."),
        missing=_("Répondez à la question secrète."),
        max_length=100,
    )

    def __init__(
        self, *args: Any, own_data: Sequence[str] = (), with_password: bool = True, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.own_data = own_data
        if with_password:
            # As strict as the operator wants it.
            field = forms.NewPasswordField(espace(DECLARANT.code).password, label=_("Mot de passe"))
            self.fields = {"password": field, **self.fields}
        else:
            del self.fields["password_again"]

    def clean(self) -> dict[str, Any] | None:
        """Refuses what differs, a password that the policy refuses, an answer that says nothing."""
        data = super().clean() or self.cleaned_data
        password, again = data.get("password"), data.get("password_again")
        if password:
            self._check(password, data.get("answer") or "")
        if password and again and password != again:
            said = gettext("Les deux mots de passe ne sont pas identiques. Saisissez-les de nouveau.")
            self.add_error("password_again", said)
        if data.get("answer"):
            self._check_answer(data["answer"])
        return data

    @property
    def trust(self) -> TrustChoice:
        """The secret question and its answer."""
        return TrustChoice(self.cleaned_data["question"], self.cleaned_data["answer"])

    def _check(self, password: str, answer: str) -> None:
        try:
            check_new(password, espace(DECLARANT.code), own_data=[*self.own_data, answer])
        except Refusal as refusal:
            self.add_error("password", ValidationError(sentence(refusal), code=refusal.code))

    def _check_answer(self, answer: str) -> None:
        try:
            folded_answer(answer)
        except Refusal as refusal:
            self.refuse(refusal)


class ColleagueForm(forms.PortalForm):
    """A collaborateur of a tiers déclarant, to be given an account; all empty: nobody is to be added."""

    last_name = name_field(label=_("Nom"), missing=_("Saisissez le nom de cette personne."))
    first_name = name_field(label=_("Prénom"), missing=_("Saisissez le prénom de cette personne."))
    email = forms.EmailField(
        missing=_("Saisissez l’adresse électronique de cette personne."), autocomplete="off"
    )

    @property
    def person(self) -> Person:
        """As the inscriptions room wants it."""
        data = self.cleaned_data
        return Person(last_name=data["last_name"], first_name=data["first_name"], email=str(data["email"]))
