"""What was said while registering, each answer with the address where it is changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.espaces.prive.company import company
from guichet.espaces.prive.drafts import Draft
from guichet.kernel.identifiers import Siren
from guichet.kernel.nir import Nir
from guichet.kernel.phones import in_pairs


@dataclass(frozen=True)
class Row:
    """One answer; ``change``: the address of its field."""

    label: str
    value: str
    change: str


def recap(draft: Draft) -> Sequence[Row]:
    """Everything that is about to count but the address, which is shown above it."""
    typed = draft.typed
    rows = [_row(draft, _("Situation"), _(draft.kind.label), "situation", "kind_0")]
    if draft.kind.company:
        found = company(Siren.parse(typed["siren"]))
        rows += [
            _row(draft, _("Numéro SIREN"), found.siren.grouped, "entreprise", "siren"),
            _row(draft, _("Entreprise"), found.name or _("Nom non diffusé"), "entreprise", "siren"),
        ]
    number = Nir.parse(typed["file_number"]).masked if typed["file_number"] else _("Non indiqué")
    phone = in_pairs(typed["phone"]) if typed["phone"] else _("Non indiqué")
    return [
        *rows,
        _row(draft, _("Nom"), typed["last_name"], "identite", "last_name"),
        _row(draft, _("Prénom"), typed["first_name"], "identite", "first_name"),
        _row(draft, _("Numéro de sécurité sociale ou de dossier"), number, "identite", "file_number"),
        _row(draft, _("Téléphone"), phone, "identite", "phone"),
    ]


def _row(draft: Draft, label: str, value: str, slug: str, field: str) -> Row:
    return Row(label, value, f"{reverse('prive:register_step', args=[draft.number, slug])}#id_{field}")
