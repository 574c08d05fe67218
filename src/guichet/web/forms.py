"""Forms that say what is wrong, where, and what to do about it, and lose nothing that was typed.

``show(request, template, form, …)`` makes the page. Its context variable ``form`` gives the base template the
error summary and « Erreur : » in the title; a form with errors answers 422.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts.definitions import PasswordPolicy
from guichet.accounts.rules import criteria, pasted
from guichet.accounts.rules.criteria import check_criteria, composed
from guichet.kernel import dates, names
from guichet.kernel.email_address import EmailAddress
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_, Refusal
from guichet.web.messages import retry_after, sentence


class PortalForm(forms.Form):
    """A form in the design system's clothes."""

    template_name = "web/forms/form.html"
    refusal: Refusal | None = None  # what an operation refused, for the answer's status

    def summary(self) -> list[tuple[str, str]]:
        """Every error as (id of the field that it is about or "", sentence)."""
        found: list[tuple[str, str]] = [("", str(error)) for error in self.non_field_errors()]
        for field in self:
            target = field.id_for_label or f"{field.auto_id}_0"
            found += [(target, str(error)) for error in field.errors]
        return found

    def refuse(self, refusal: Refusal) -> None:
        """Show ``refusal`` at the field that it is about, or above the form."""
        self.refusal = refusal
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(sentence(refusal), code=refusal.code))

    def let_choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        """Give the field ``name``, which lets one choose, its choices: (what is kept, what is read)."""
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = list(choices)

    @property
    def scripts(self) -> list[str]:
        """The script modules that its fields want; the form works without them."""
        each = (getattr(field, "scripts", [getattr(field, "script", "")]) for field in self.fields.values())
        return sorted({script for those in each for script in those} - {""})


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a form that was sent; None where its page is only opened."""
    return request.POST if request.method == "POST" else None


def show(
    request: HttpRequest,
    template: str | Sequence[str],
    form: PortalForm,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page of a form: with errors 422, or an operation's refusal's, or your own ``status``.

    ``template``: one, or several, of which the first that exists.
    """
    if status == 200 and form.is_bound and not form.is_valid():
        status = form.refusal.status if form.refusal else 422
    response = render(request, template, {**(context or {}), "form": form}, status=status)
    if form.refusal and (wait := retry_after(form.refusal)):
        response["Retry-After"] = wait
    return response


class ParsedField(forms.CharField):
    """A text that ``parse`` normalises, or refuses with a ``Refusal`` that becomes the field's error.

    ``missing`` says what to do when a required answer is empty; ``needed`` stands beside the label in the
    place of « (obligatoire) », where something else may do instead.
    """

    def __init__(
        self,
        *,
        parse: Callable[[str], Any] = str,
        missing: Any = None,
        needed: Any = "",
        autocomplete: str = "off",
        inputmode: str = "",
        **options: Any,
    ) -> None:
        self.parse = parse
        self.needed = needed
        if missing:
            options["error_messages"] = {"required": missing, **options.get("error_messages", {})}
        options.setdefault("max_length", 300)
        options.setdefault("template_name", "web/forms/field.html")
        super().__init__(**options)
        self.widget.attrs.setdefault("autocomplete", autocomplete)
        self.widget.attrs.setdefault("class", "fr-input")
        if inputmode:
            self.widget.attrs.setdefault("inputmode", inputmode)
        self.error_messages.setdefault("required", _("Répondez à cette question : elle est obligatoire."))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002 - Django's signature
        """No ``maxlength``: a browser that cuts what is pasted loses what was typed, without a word."""
        return {}

    def clean(self, value: Any) -> Any:
        """What ``parse`` makes of the text; an empty text stays empty."""
        text = super().clean(value)
        if text in self.empty_values:
            return text
        try:
            return self.parse(text)
        except Refusal as refusal:
            raise ValidationError(sentence(refusal), code=refusal.code) from refusal


class SirenField(ParsedField):
    """The nine digits of a unité légale; blanks and dashes are forgiven."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Numéro SIREN"))
        options.setdefault("help_text", _("9 chiffres, avec ou sans espaces. Exemple : 732 829 320"))
        options.setdefault("missing", _("Saisissez le numéro SIREN de votre association (9 chiffres)."))
        super().__init__(parse=Siren.parse, inputmode="numeric", **options)


class EmailField(ParsedField):
    """An e-mail address. A text field for the browser, so that our own sentences say what is wrong."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Adresse électronique"))
        options.setdefault("missing", _("Saisissez votre adresse électronique."))
        options.setdefault("autocomplete", "email")
        options.setdefault("max_length", 1000)
        super().__init__(parse=EmailAddress.parse, inputmode="email", **options)
        self.widget.attrs |= {"spellcheck": "false", "autocapitalize": "none"}


class NameField(ParsedField):
    """A name or a line of an address, cleaned by ``kernel.names``."""

    def __init__(self, *, max_length: int = 120, **options: Any) -> None:
        super().__init__(
            parse=lambda text: names.clean_name(text, max_length=max_length), max_length=None, **options
        )


class InvalidPostcode(Refusal):
    """Not five digits."""

    code = "postcode"
    message = N_("Un code postal a 5 chiffres. Exemple : 75015. Corrigez « {typed} ».")


class InvalidPhone(Refusal):
    """Neither a French nor an international telephone number."""

    code = "phone"
    message = N_(
        "Ce numéro de téléphone n’est pas complet, ou contient autre chose que des chiffres. "
        "Exemples : 01 23 45 67 89, ou +32 2 555 12 12 pour l’étranger."
    )


def parse_postcode(text: str) -> str:
    """Five digits; blanks are forgiven. Raises ``InvalidPostcode``."""
    digits = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]{5}", digits):
        raise InvalidPostcode(typed=text[:20])
    return digits


def parse_phone(text: str) -> str:
    """A French or foreign number as typed, its blanks folded: 6 to 15 digits. Raises ``InvalidPhone``."""
    folded = " ".join(text.split())
    digits = re.sub(r"[ .\-/()]", "", folded)
    national = re.fullmatch(
        r"0[1-9][0-9]{8}|[1-9][0-9]{5}", digits
    )  # ten digits, or six in New Caledonia and Polynesia
    if not national and not re.fullmatch(r"(?:\+|00)[1-9][0-9]{5,14}", digits):
        raise InvalidPhone
    return folded


class PostcodeField(ParsedField):
    """A French postcode."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Code postal"))
        options.setdefault("missing", _("Saisissez le code postal (5 chiffres)."))
        super().__init__(parse=parse_postcode, inputmode="numeric", autocomplete="postal-code", **options)


class PhoneField(ParsedField):
    """A telephone number, kept as it was typed."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Téléphone"))
        options.setdefault("help_text", _("Exemple : 01 23 45 67 89, ou +32 2 555 12 12 pour l’étranger"))
        options.setdefault("missing", _("Saisissez un numéro de téléphone où vous joindre."))
        super().__init__(parse=parse_phone, inputmode="tel", autocomplete="tel", **options)


class DateField(ParsedField):
    """A date by typing, or by the browser's calendar where scripts run. Cleaned to a ``datetime.date``."""

    script = "web/date.js"

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("Exemple : 31/12/2025"))
        options.setdefault("missing", _("Saisissez une date. Exemple : 31/12/2025."))
        super().__init__(parse=dates.parse_date, inputmode="text", **options)
        self.widget.attrs["data-calendar"] = gettext("Choisir dans un calendrier")

    def prepare_value(self, value: Any) -> Any:
        """A date is shown as one types it: 31/12/2025."""
        return f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else value


class PasswordField(ParsedField):
    """A password: blanks around it, which pasting brings along, are removed. Never given back to the page."""

    script = "web/password.js"

    def __init__(self, *, autocomplete: str = "current-password", **options: Any) -> None:
        options.setdefault("label", _("Mot de passe"))
        options.setdefault("missing", _("Saisissez votre mot de passe."))
        super().__init__(
            parse=pasted,
            autocomplete=autocomplete,
            widget=forms.PasswordInput(),
            template_name="web/forms/password.html",
            max_length=1000,
            **options,
        )
        self.widget.attrs |= {"spellcheck": "false", "autocapitalize": "none"}


def has_criteria(policy: PasswordPolicy) -> bool:
    """Whether what ``policy`` wants is a list of criteria; else one sentence says it."""
    return bool(policy.min_letters or policy.min_digits or policy.both_cases or policy.signs is not None)


def _shaped(text: str, *, policy: PasswordPolicy) -> str:
    """A password that meets the criteria of ``policy``, so that what misses is told with the other errors.

    Raises ``WeakPassword``; how strong it is, the operation says, which knows the person.
    """
    password = pasted(text)
    check_criteria(composed(password), policy=policy)
    return password


@dataclass(frozen=True)
class Listed:
    """A criterion of a password, in the reader's language; an ``obligatory`` one bears an asterisk."""

    code: str
    label: str
    obligatory: bool


class NewPasswordField(PasswordField):
    """A password of one's own choice, with the criteria of ``policy`` and a gauge (003, chapter 2).

    Both live where scripts run: a view answers what holds ``live`` by ``live_password.try_out``.
    Without scripts the list stands, and the errors of the answer name what misses.
    """

    scripts = ("web/criteria.js", "web/password.js")

    def __init__(self, policy: PasswordPolicy, **options: Any) -> None:
        options.setdefault("label", _("Nouveau mot de passe"))
        options.setdefault("missing", _("Choisissez un mot de passe."))
        options.setdefault("autocomplete", "new-password")
        options.setdefault("help_text", _("Les critères suivis d’un astérisque (*) sont obligatoires."))
        super().__init__(**options)
        self.template_name = "web/forms/new_password.html"
        self.policy = policy
        self.parse = partial(_shaped, policy=policy)
        self.signs = policy.signs

    @property
    def listed(self) -> list[Listed]:
        """The criteria, as the page lists them."""
        return [
            Listed(one.code, gettext(one.template).format(**one.params), one.obligatory)
            for one in criteria(self.policy)
        ]


class ChoiceField(forms.ChoiceField):
    """One of a few answers, all visible: radio buttons. ``choices``: (value, label)."""

    def __init__(self, *, missing: Any = None, **options: Any) -> None:
        errors = {
            "required": missing or _("Choisissez une réponse."),
            "invalid_choice": _("Choisissez une des réponses."),
        }
        super().__init__(widget=forms.RadioSelect(), error_messages=errors, **options)
        self.template_name = "web/forms/radio.html"


class SelectField(forms.ChoiceField):
    """One answer of many: a list that unfolds. ``choices``: (value, label).

    ``depends``: another answer makes it needed or idle, as its help text says; its label says neither
    « (obligatoire) » nor « (facultatif) ».
    """

    def __init__(self, *, missing: Any = None, depends: bool = False, **options: Any) -> None:
        self.depends = depends
        errors = {
            "required": missing or _("Choisissez dans la liste."),
            "invalid_choice": _("Choisissez dans la liste."),
        }
        super().__init__(error_messages=errors, **options)
        self.template_name = "web/forms/select.html"
        self.widget.attrs["class"] = "fr-select"


class ConsentField(forms.BooleanField):
    """A box to tick. ``missing`` says what ticking it means, and that one can't go on without."""

    def __init__(self, *, missing: Any = None, **options: Any) -> None:
        errors = {"required": missing or _("Cochez cette case pour continuer.")}
        super().__init__(error_messages=errors, **options)
        self.template_name = "web/forms/checkbox.html"


class EmailTwice(forms.Form):
    """Adds an e-mail address typed twice (000, step 2) to a form: ``email`` and ``email_again``."""

    def clean(self) -> dict[str, Any] | None:
        """Refuses two addresses that differ."""
        data = super().clean() or self.cleaned_data
        if data.get("email") and data.get("email_again") and data["email"] != data["email_again"]:
            self.add_error(
                "email_again",
                gettext("Les deux adresses ne sont pas identiques. Vérifiez-les lettre par lettre."),
            )
        return data
