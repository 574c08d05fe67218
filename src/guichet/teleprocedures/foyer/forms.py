"""The two questions of a correction: what is to be corrected, and who the person is."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.foyers import queries
from guichet.foyers.models import Personne
from guichet.foyers.rules import CONJOINT, LIENS, MAX_NAME, Action, SecondSpouse, birth, same
from guichet.kernel.refusals import N_, Refusal
from guichet.teleprocedures.foyer import rules
from guichet.teleprocedures.foyer.rules import Target
from guichet.web.filing.screens import Context, StepForm
from guichet.web.forms import ChoiceField, DateField, NameField, ParsedField
from guichet.web.messages import sentence


class AlreadyWaiting(Refusal):
    """Of two corrections about the same person, the second waits for the answer to the first.

    Params: ``reference``.
    """

    code = "already_waiting"
    message = N_(
        "Une demande de correction attend déjà une réponse pour cette personne (référence {reference}). "
        "Attendez cette réponse avant d’en proposer une autre."
    )
    field = rules.OBJET


class AlreadyKnown(Refusal):
    """Whom one wants to add is of the household."""

    code = "already_known"
    message = N_("{name} figure déjà dans votre foyer : il n’y a rien à ajouter.")
    field = rules.NOM


class NothingChanges(Refusal):
    """What was typed is what is known."""

    code = "nothing_changes"
    message = N_("Rien ne change : modifiez ce qui est faux, ou revenez à l’étape précédente.")
    field = rules.NOM


class ObjetForm(StepForm):
    """Step 1: what is to be corrected, and whom it is about."""

    step_template = "foyer/correction.html"

    objet = ChoiceField(label=_("Que voulez-vous corriger ?"), missing=rules.NothingChosen.message)

    def __init__(self, data: Mapping[str, Any] | None = None, *, context: Context, **options: Any) -> None:
        super().__init__(data, context=context, **options)
        self.people = queries.foyer(account=context.account)
        self.let_choose("objet", _choices(self.people))

    def clean_objet(self) -> str:
        """Refuses what waits already for the same person."""
        wanted = rules.target(self.cleaned_data["objet"])
        if wanted.person:
            _check_free(self.context, wanted.person)
        return str(wanted)

    def answers(self) -> dict[str, str]:
        """What is chosen, and the name under which the person is known now."""
        wanted = rules.target(self.cleaned_data["objet"])
        known = queries.find(self.people, wanted.person).name if wanted.person else ""
        return {rules.OBJET: str(wanted), rules.CONNUE: known}


class PersonneForm(StepForm):
    """Step 2: who the person is; of somebody to remove, why."""

    step_template = "foyer/personne.html"

    pour = forms.CharField(widget=forms.HiddenInput, required=False)
    lien = ChoiceField(
        label=_("Qui est cette personne pour vous ?"),
        choices=[(code, _(label)) for code, label in LIENS.items()],
        missing=_("Choisissez qui est cette personne pour vous."),
    )
    nom = NameField(
        label=_("Nom"),
        help_text=_("Comme sur son acte de naissance."),
        missing=_("Saisissez le nom de cette personne."),
        max_length=MAX_NAME,
    )
    prenom = NameField(
        label=_("Prénom"),
        help_text=_("Ou ses prénoms, dans l’ordre de l’état civil."),
        missing=_("Saisissez le prénom de cette personne."),
        max_length=MAX_NAME,
    )
    naissance = DateField(
        label=_("Date de naissance"),
        help_text=_("Exemple : 31/12/2010"),
        missing=rules.NoBirth.message,
    )
    precisions = ParsedField(
        label=_("Précisions"),
        help_text=_("Ce qui aidera le service à comprendre, s’il y a lieu. 500 caractères au plus."),
        required=False,
        max_length=None,
        parse=lambda text: rules.precisions(text, wanted=False),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, context: Context, **options: Any) -> None:
        self.target = rules.target(context.answers[rules.OBJET])
        self.known = _known(context, self.target)
        objet = str(self.target)
        # What was typed for another correction is not this one's: the page begins anew.
        data = data if data is not None and data.get(rules.POUR) == objet else None
        known = {rules.POUR: objet, **_initial(self.known), **options.pop("initial", {})}
        super().__init__(data, context=context, initial=known, **options)
        if self.target.action == Action.REMOVE:
            self._ask_why()

    def _ask_why(self) -> None:
        for name in rules.DETAILS:
            del self.fields[name]
        self.fields[rules.PRECISIONS].required = True
        self.fields[rules.PRECISIONS].label = gettext("Pourquoi ne fait-elle plus partie de votre foyer ?")
        self.fields[rules.PRECISIONS].help_text = gettext(
            "Dites-le en quelques mots, 500 caractères au plus."
        )
        self.fields[rules.PRECISIONS].error_messages["required"] = gettext(rules.NoReason.message)

    @property
    def name(self) -> str:
        """The name under which the person is known; empty for somebody to add."""
        return self.known.name if self.known else ""

    @property
    def is_added(self) -> bool:
        """Whether somebody is to be added."""
        return self.target.action == Action.ADD

    @property
    def is_removed(self) -> bool:
        """Whether somebody is to be removed."""
        return self.target.action == Action.REMOVE

    def clean_naissance(self) -> dt.date:
        """Holds the date against the rules."""
        try:
            return birth(self.cleaned_data["naissance"], self.context.today)
        except Refusal as refusal:
            raise ValidationError(sentence(refusal), code=refusal.code) from refusal

    def clean(self) -> dict[str, Any]:
        """Holds the person against the others of the household, and against what waits."""
        if set(rules.DETAILS) <= self.cleaned_data.keys():
            try:
                self._check()
            except Refusal as refusal:
                self.refuse(refusal)
        return self.cleaned_data

    def _check(self) -> None:
        wanted = rules.identity(self.answers())
        household = queries.foyer(account=self.context.account)
        if self.is_added:
            again = next((one for one in household if same(one.identity, wanted)), None)
            if again:
                raise AlreadyKnown(name=again.name)
            _check_new(self.context, self.answers())
        elif self.known and self.known.identity == wanted and not self.cleaned_data.get(rules.PRECISIONS):
            raise NothingChanges
        spouses = [one for one in household if one.lien == CONJOINT and one.pk != self.target.person]
        if wanted.lien == CONJOINT and spouses:
            raise SecondSpouse(name=spouses[0].name)


def _choices(people: list[Personne]) -> list[tuple[str, str]]:
    found = [(str(Target(action=Action.ADD)), gettext("Ajouter une personne"))]
    words = {
        Action.CHANGE: gettext("{name} ({lien}) : corriger ses informations"),
        Action.REMOVE: gettext("{name} ({lien}) : demander son retrait"),
    }
    for person in people:
        lien = gettext(LIENS[person.lien]).lower()
        for action, told in words.items():
            objet = str(Target(action=action, person=person.pk))
            found.append((objet, told.format(name=person.name, lien=lien)))
    return found


def _known(context: Context, target: Target) -> Personne | None:
    """Whom the correction is about; somebody of this account's household alone."""
    if target.person is None:
        return None
    return queries.one(account=context.account, person_id=target.person)


def _initial(known: Personne | None) -> dict[str, Any]:
    if known is None:
        return {}
    return {
        rules.LIEN: known.lien,
        rules.NOM: known.last_name,
        rules.PRENOM: known.first_name,
        rules.NAISSANCE: known.born_on,
    }


def _check_free(context: Context, person: uuid.UUID) -> None:
    """Raise a ``ValidationError`` where a correction about ``person`` waits.

    There is one draft at a time: whatever was transmitted before it is seen here, at the latest when this one
    is transmitted in its turn.
    """
    for depot in queries.waiting(account=context.account):
        if rules.target(depot.data[rules.OBJET]).person == person:
            refusal = AlreadyWaiting(reference=depot.reference)
            raise ValidationError(sentence(refusal), code=refusal.code)


def _check_new(context: Context, answers: Mapping[str, str]) -> None:
    """Raise ``AlreadyWaiting`` where it was asked already to add the same person."""
    wanted = rules.identity(answers)
    for depot in queries.waiting(account=context.account):
        added = rules.target(depot.data[rules.OBJET]).action == Action.ADD
        if added and same(rules.identity(depot.data), wanted):
            raise AlreadyWaiting(reference=depot.reference)
