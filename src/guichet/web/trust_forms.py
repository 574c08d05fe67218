"""Questions of trust in forms: choosing one with its answer, answering it (004, step 2; 003, chapter 5)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts.definitions import Espace, TrustQuestion
from guichet.accounts.rules import TrustChoice, folded_answer
from guichet.kernel.names import clean_name
from guichet.web import forms
from guichet.web.account_forms import NewPasswordForm

FORGIVEN = _("Les majuscules, les accents, les espaces et la ponctuation ne comptent pas.")


def answer_field(question: TrustQuestion) -> forms.ParsedField:
    """The answer to the question of trust of an account: the question is its label."""
    return forms.ParsedField(
        label=gettext(question.text),
        help_text=_(
            "Votre réponse à cette question. Les majuscules, les accents, les espaces et la ponctuation ne "
            "comptent pas."
        ),
        missing=_("Répondez à cette question."),
    )


def question_field(door: Espace, *, label: str = "") -> forms.SelectField:
    """One of the questions of ``door``."""
    known = [(question.code, gettext(question.text)) for question in door.trust_questions]
    return forms.SelectField(
        label=label or gettext(door.question_label),
        missing=_("Choisissez une question dans la liste."),
        choices=[("", gettext("Choisissez une question")), *known],
    )


def chosen_answer_field(*, label: str = "") -> forms.ParsedField:
    """The answer to the question that one chooses."""
    return forms.ParsedField(
        label=label or gettext("Réponse"),
        help_text=FORGIVEN,
        missing=_("Répondez à la question que vous avez choisie."),
        parse=_answer,
    )


def _answer(text: str) -> str:
    """``text`` as it was typed, where enough of it counts. Raises ``AnswerTooShort``, ``InvalidName``."""
    folded_answer(text)
    return clean_name(text, max_length=120)


class RecoverByLinkForm(NewPasswordForm):
    """The answer to the question of trust, where the account has one, and the new password."""

    def __init__(self, *args: Any, question: TrustQuestion | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if question:
            self.fields = {"answer": answer_field(question), **self.fields}


class PossessionForm(NewPasswordForm):
    """A password of one's own, and a question of trust with its answer (003, chapter 3)."""

    def __init__(self, *args: Any, door: Espace, **options: Any) -> None:
        super().__init__(*args, policy=door.password, **options)
        self.fields["question"] = question_field(door)
        self.fields["answer"] = chosen_answer_field()

    @property
    def trust(self) -> TrustChoice:
        """The question and its answer."""
        return TrustChoice(self.cleaned_data["question"], self.cleaned_data["answer"])


class ChangeTrustForm(forms.PortalForm):
    """The password and the present answer, where there is one, then another question with its answer."""

    current = forms.PasswordField(label=_("Mot de passe actuel"))

    def __init__(self, *args: Any, door: Espace, question: TrustQuestion | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if question:
            self.fields["answer"] = answer_field(question)
        self.fields["question"] = question_field(door, label=gettext("Nouvelle question"))
        self.fields["new_answer"] = chosen_answer_field(label=gettext("Nouvelle réponse"))

    @property
    def trust(self) -> TrustChoice:
        """The new question and its answer."""
        return TrustChoice(self.cleaned_data["question"], self.cleaned_data["new_answer"])
