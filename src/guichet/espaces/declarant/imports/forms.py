"""What one is asked for a new request: one question a page (003, chapter 4)."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms as django_forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from guichet.imports.states import Beneficiaires, Kind
from guichet.kernel.refusals import N_, Refusal
from guichet.portefeuilles.values import Summary
from guichet.web import forms

PLACES, ADD, REMOVE, RIGHTS = "etablissements", "ajouter", "supprimer", "habilitations"
OBJETS = [
    (PLACES, _("Ajouter ou supprimer des établissements pour tous mes déclarants, par fichier")),
    (ADD, _("Ajouter une déclaration à tous les clients du portefeuille")),
    (REMOVE, _("Supprimer une déclaration de tous les clients du portefeuille")),
    (RIGHTS, _("Ajouter ou supprimer des habilitations, personne par personne, par fichier")),
]
KINDS = {PLACES: Kind.ETABLISSEMENTS, RIGHTS: Kind.HABILITATIONS}  # those that want a file
BENEFICIAIRES = [
    (Beneficiaires.TOUS.value, _("Tous les déclarants de votre inscription")),
    (Beneficiaires.PRESENTS.value, _("Seulement les déclarants qui ont déjà un droit dans ce portefeuille")),
    (Beneficiaires.PERSONNE.value, _("Personne pour l’instant : vous donnerez les droits ensuite")),
]


class NoFileChosen(Refusal):
    """The form came without a file."""

    code: ClassVar[str] = "no_file"
    message: ClassVar[str] = N_("Choisissez le fichier à déposer sur votre appareil.")
    field: ClassVar[str | None] = "fichier"


class TableTooBig(Refusal):
    """A file of lines over the portal's ceiling. Params: ``limit`` (in words)."""

    code: ClassVar[str] = "too_big"
    status: ClassVar[int] = 413
    message: ClassVar[str] = N_(
        "Ce fichier dépasse {limit}, la taille la plus grande que le guichet reçoit. Gardez-y les seules "
        "colonnes du modèle, ou partagez-le en plusieurs fichiers."
    )
    field: ClassVar[str | None] = "fichier"


class PortefeuilleForm(forms.PortalForm):
    """Which portfolio."""

    portefeuille = forms.SelectField(
        label=_("Portefeuille à modifier"),
        help_text=_("Pour plusieurs portefeuilles, faites une demande pour chacun"),
        missing=_("Choisissez le portefeuille à modifier."),
    )

    def __init__(self, data: Any, *, mine: Iterable[Summary]) -> None:
        super().__init__(data)
        named = [(str(one.id), _named(one)) for one in mine]
        self.let_choose("portefeuille", [("", gettext("Choisissez")), *named])


class ObjetForm(forms.PortalForm):
    """What the request changes."""

    objet = forms.ChoiceField(
        label=_("Que voulez-vous faire ?"),
        choices=OBJETS,
        missing=_("Choisissez ce que la demande doit changer."),
    )


class DroitsForm(forms.PortalForm):
    """Who may file for what the request adds."""

    droits = forms.ChoiceField(
        label=_("Qui pourra déclarer pour ce que vous ajoutez ?"),
        help_text=_("Vous pourrez changer les droits de chacun à tout moment"),
        choices=BENEFICIAIRES,
        initial=Beneficiaires.TOUS.value,
        missing=_("Choisissez qui pourra déclarer."),
    )


class DeclarationForm(forms.PortalForm):
    """The declaration that is added or removed."""

    declaration = forms.SelectField(
        label=_("Déclaration"), missing=_("Choisissez une déclaration dans la liste.")
    )

    def __init__(self, data: Any, *, labels: Mapping[str, str]) -> None:
        super().__init__(data)
        self.let_choose("declaration", [("", gettext("Choisissez")), *labels.items()])


class FileForm(forms.PortalForm):
    """The file; what is wrong in it is told by the request's own page."""

    fichier = django_forms.FileField(
        label=_("Votre fichier"),
        help_text=_("CSV, Excel (.xlsx) ou LibreOffice (.ods) : 100 000 lignes au plus"),
        required=False,
        allow_empty_file=True,
    )


class ConfirmForm(forms.PortalForm):
    """Before a file changes another portfolio than the one that its name designates."""

    confirmed = forms.ConsentField(label="")

    def __init__(self, data: Any, *, label: str) -> None:
        super().__init__(data)
        self.fields["confirmed"].label = label
        self.fields["confirmed"].error_messages["required"] = gettext(
            "Cochez cette case si ce fichier est bien pour ce portefeuille. Sinon, supprimez cette demande "
            "et choisissez l’autre portefeuille."
        )


def _named(one: Summary) -> str:
    count = ngettext("{n} client", "{n} clients", one.clientes).format(n=one.clientes)
    return f"{one.name} ({count})"
