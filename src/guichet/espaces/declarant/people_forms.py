"""The forms about colleagues (003, chapter 3, « Gérez vos collaborateurs »)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.habilitations.queries.summary import NONE, Total
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Genre, Person
from guichet.inscriptions.values import Place, Somebody
from guichet.kernel.identifiers import Siret
from guichet.web import forms

MAX_NAME = 60
MANUAL, COPY, PROFILE = "manuel", "copie", "profil"
DECLARANT, BOTH, ADMINISTRATEUR = "declarant", "les-deux", "administrateur"
ROLES = [
    (DECLARANT, _("Déclarant : dépose ce que vous l’habilitez à déposer")),
    (BOTH, _("Administrateur et déclarant : dépose, et gère l’inscription comme vous")),
    (ADMINISTRATEUR, _("Administrateur seulement : gère l’inscription, ne dépose rien")),
]
COLLEAGUE, NEWCOMER, NOBODY = "collegue", "nouveau", "sans"


class PersonForm(forms.PortalForm):
    """Somebody new: names, e-mail address, and where several établissements declare, where they sign in."""

    last_name = forms.NameField(
        label=_("Nom"), max_length=MAX_NAME, missing=_("Saisissez le nom de la personne.")
    )
    first_name = forms.NameField(
        label=_("Prénom"), max_length=MAX_NAME, missing=_("Saisissez le prénom de la personne.")
    )
    email = forms.EmailField(
        label=_("Son adresse électronique"),
        autocomplete="off",
        help_text=_(
            "Une adresse que cette personne est seule à lire. Elle y est prévenue de ce qui touche ses droits"
        ),
        missing=_("Saisissez l’adresse électronique de la personne."),
    )

    def __init__(self, *args: Any, by: Acteur, places: Sequence[Place], **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        if by.inscription.genre == Genre.MULTI:
            field = forms.SelectField(
                label=gettext("SIRET de connexion"),
                help_text=gettext("En règle générale, celui de son lieu de travail"),
                choices=[("", gettext("Choisissez")), *_places(places)],
                missing=gettext("Choisissez l’établissement où la personne se connecte."),
            )
            self.fields = {**self.fields, "siret": field}

    @property
    def person(self) -> Person:
        """Who was typed."""
        data = self.cleaned_data
        return Person(last_name=data["last_name"], first_name=data["first_name"], email=str(data["email"]))

    @property
    def signs_in_at(self) -> str:
        """Where they sign in: what was chosen, or the inscription's own établissement."""
        return str(self.cleaned_data.get("siret") or self.by.inscription.siret)


class RightsFields(forms.PortalForm):
    """The rights to give: none yet, those of a colleague, or one of the profiles (several établissements).

    ``offer`` says between what one chooses.
    """

    mode = forms.ChoiceField(label=_("Ses droits"), missing=_("Dites comment donner ses droits."))
    source = forms.SelectField(
        label=_("De quel collègue copier les droits ?"),
        help_text=_("Si vous copiez les droits d’un collègue"),
        required=False,
        depends=True,
    )
    profil = forms.ChoiceField(
        label=_("Quel profil ?"), help_text=_("Si vous donnez les droits d’un profil"), required=False
    )

    def offer(
        self,
        *,
        by: Acteur,
        colleagues: Sequence[Somebody],
        totals: Mapping[int, Total],
        modes: Sequence[str] = (MANUAL, COPY, PROFILE),
    ) -> None:
        """The ways (``modes``), the ``colleagues`` who have rights, the profiles where there are some."""
        several = by.inscription.genre == Genre.MULTI
        self._choose_sources(colleagues, totals)
        if not several:
            del self.fields["profil"]
        known = {COPY: "source" in self.fields, PROFILE: several}
        self.let_choose(
            "mode", [(code, text) for code, text in _modes() if code in modes and known.get(code, True)]
        )
        if several:
            profiles = catalogue.profiles().values()
            self.let_choose("profil", [(one.code, f"{one.label} : {one.summary}") for one in profiles])

    def _choose_sources(self, colleagues: Sequence[Somebody], totals: Mapping[int, Total]) -> None:
        rich = [one for one in colleagues if one.acteur_id in totals]
        if not rich:
            del self.fields["source"]
            return
        options = [(str(one.acteur_id), described(one, totals)) for one in rich]
        self.let_choose("source", [("", gettext("Choisissez")), *options])

    def clean(self) -> dict[str, Any]:
        """Refuses a way of giving rights without what it needs."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("mode") == COPY and not data.get("source") and "source" not in self.errors:
            self.add_error("source", gettext("Choisissez le collègue dont copier les droits."))
        if data.get("mode") == PROFILE and not data.get("profil") and "profil" not in self.errors:
            self.add_error("profil", gettext("Choisissez l’un des profils."))
        return data

    @property
    def source_id(self) -> int | None:
        """The colleague to copy, where that was chosen."""
        return int(self.cleaned_data["source"]) if self.cleaned_data["mode"] == COPY else None

    @property
    def profile(self) -> str:
        """The profile's code, where that was chosen."""
        return str(self.cleaned_data["profil"]) if self.cleaned_data["mode"] == PROFILE else ""


class RightsForm(RightsFields):
    """Rights for somebody who is there already."""

    def __init__(
        self, *args: Any, by: Acteur, colleagues: Sequence[Somebody], totals: Mapping[int, Total]
    ) -> None:
        super().__init__(*args)
        self.offer(by=by, colleagues=colleagues, totals=totals, modes=(COPY, PROFILE))


class NewPersonForm(PersonForm, RightsFields):
    """« Nouveau déclarant »: who, which roles, and with which rights."""

    role = forms.ChoiceField(label=_("Son rôle"), choices=ROLES, missing=_("Choisissez son rôle."))
    field_order = ("last_name", "first_name", "email", "siret", "role", "mode", "source", "profil")

    def __init__(
        self,
        *args: Any,
        by: Acteur,
        places: Sequence[Place],
        colleagues: Sequence[Somebody],
        totals: Mapping[int, Total],
    ) -> None:
        super().__init__(*args, by=by, places=places, initial={"role": DECLARANT, "mode": MANUAL})
        self.offer(by=by, colleagues=colleagues, totals=totals)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Refuses rights for somebody who is not to file anything."""
        data = super().clean()
        if data.get("role") == ADMINISTRATEUR and data.get("mode") in (COPY, PROFILE):
            said = gettext(
                "Un administrateur qui ne dépose rien n’a pas de droits : choisissez un autre rôle."
            )
            self.add_error("role", said)
        return data


class EmailForm(forms.PortalForm):
    """The right address of a colleague."""

    email = forms.EmailField(
        label=_("Adresse électronique corrigée"),
        autocomplete="off",
        missing=_("Saisissez l’adresse électronique de la personne."),
    )


class RolesForm(forms.PortalForm):
    """What a colleague is."""

    role = forms.ChoiceField(label=_("Son rôle"), choices=ROLES, missing=_("Choisissez son rôle."))


class SuccessorForm(forms.PortalForm):
    """To whom rights and filings go, or that they go to nobody."""

    issue = forms.ChoiceField(
        label=_("Transférer ses droits et ses dépôts ?"), missing=_("Dites ce que deviennent ses droits.")
    )
    collegue = forms.SelectField(
        label=_("À quel collègue ?"),
        help_text=_("Si vous transférez à un collègue déjà inscrit"),
        required=False,
        depends=True,
    )

    def __init__(
        self, *args: Any, colleagues: Sequence[Somebody], totals: Mapping[int, Total], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        issues = [
            (COLLEAGUE, gettext("Oui, à un collègue déjà inscrit (conseillé)")),
            (NEWCOMER, gettext("Oui, à une personne que j’inscris maintenant")),
            (NOBODY, gettext("Non, sans transfert")),
        ]
        self.let_choose("issue", issues if colleagues else issues[1:])
        if not colleagues:
            del self.fields["collegue"]
            return
        found = [(str(one.acteur_id), described(one, totals)) for one in colleagues]
        self.let_choose("collegue", [("", gettext("Choisissez")), *found])

    def clean(self) -> dict[str, Any]:
        """Refuses a transfer to nobody."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("issue") == COLLEAGUE and not data.get("collegue") and "collegue" not in self.errors:
            self.add_error("collegue", gettext("Choisissez le collègue qui reprend ses droits."))
        return data

    @property
    def towards(self) -> str:
        """What stands in the next page's address: a colleague's id, ``nouveau`` or ``sans``."""
        issue = self.cleaned_data["issue"]
        return str(self.cleaned_data["collegue"] if issue == COLLEAGUE else issue)


class NothingForm(forms.PortalForm):
    """A button alone: what it does stands beside it, and a refusal above it."""


class UnderstoodForm(forms.PortalForm):
    """What has consequences, once they are said: one box to tick. ``final``: it can't be undone."""

    compris = forms.ConsentField(
        missing=_("Cochez cette case pour continuer : ce que vous allez faire est définitif.")
    )

    def __init__(self, *args: Any, said: str, final: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        box = self.fields["compris"]
        box.label = said
        if not final:
            box.error_messages["required"] = gettext("Cochez cette case pour continuer.")


def described(one: Somebody, totals: Mapping[int, Total]) -> str:
    """« Anne Roux : DSN, C3S (12 droits) », as a list shows a colleague."""
    total = totals.get(one.acteur_id, NONE)
    if not total.number:
        return gettext("{name} : aucun droit").format(name=one.name)
    names = ", ".join(catalogue.label(code) for code in total.declarations)
    return gettext("{name} : {names}").format(name=one.name, names=names)


def roles_of(role: str) -> dict[str, bool]:
    """What an operation wants to know of a chosen role."""
    return {"administrateur": role != DECLARANT, "declarant": role != ADMINISTRATEUR}


def role_of(acteur: Acteur) -> str:
    """The choice that says what somebody is."""
    if not acteur.administrateur:
        return DECLARANT
    return BOTH if acteur.declarant else ADMINISTRATEUR


def _places(places: Sequence[Place]) -> list[tuple[str, str]]:
    living = [one for one in places if one.ticked and not one.closed]
    return [(one.siret, f"{Siret(one.siret).grouped}, {one.address}") for one in living]


def _modes() -> list[tuple[str, str]]:
    return [
        (MANUAL, gettext("Je les donne moi-même, ensuite, dans « Gérer les habilitations »")),
        (COPY, gettext("Les mêmes que ceux d’un collègue")),
        (PROFILE, gettext("Ceux d’un profil")),
    ]
