"""What a subscriber said, in the sheet's words and order (004, step 2): for the recap and for the PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.accounts.questions import TRUST_QUESTIONS
from guichet.espaces.abonne.definition import ABONNE
from guichet.espaces.abonne.drafts import Draft
from guichet.espaces.abonne.forms import DetailsForm
from guichet.espaces.abonne.person import CIVILITIES
from guichet.kernel.email_address import EmailAddress
from guichet.kernel.identifiers import Siren
from guichet.kernel.phones import in_pairs

NOT_TOLD = "—"


@dataclass(frozen=True)
class Row:
    """One answer. ``field``: where it is changed; ``secret``: shown on demand alone."""

    label: str
    value: str
    field: str = ""
    secret: bool = False


@dataclass(frozen=True)
class Section:
    """Some answers, under one of the sheet's headings. ``company``: whom to ask where its name is wrong."""

    title: str
    rows: tuple[Row, ...]
    company: bool = False


def sections(profile: Mapping[str, Any], email: str) -> list[Section]:
    """« Usager », « Entreprise d’appartenance » and « Contact »."""
    return [
        Section(_("Usager"), _person(profile)),
        Section(_("Entreprise d’appartenance"), _company(profile), company=bool(profile.get("siren"))),
        Section(_("Contact"), _contact(profile, email)),
    ]


def of_account(account: Account) -> list[Section]:
    """What is known of ``account``."""
    return sections(account.profile, account.email)


def recap(answers: DetailsForm, draft: Draft) -> list[dict[str, Any]]:
    """Everything that is about to count, each with the address where it is changed."""
    trust = answers.trust
    question = next(one.text for one in TRUST_QUESTIONS if one.code == trust.question)
    asked = (
        Row(_("Question"), _(question), "question"),
        Row(_("Réponse"), trust.answer, "answer", secret=True),
    )
    whole = [*sections(answers.profile, draft.email), Section(_("Question de confiance"), asked)]
    return [_with_ways_back(section, draft) for section in whole]


def civil_name(profile: Mapping[str, Any]) -> str:
    """« Madame ROSEMONDE Lila », as the sheet addresses people."""
    civility = dict(CIVILITIES).get(profile.get("civility", ""), "")
    return " ".join(filter(None, (str(civility), profile.get("last_name"), profile.get("first_name"))))


def company_name(profile: Mapping[str, Any]) -> str:
    """The raison sociale, or why it is not shown."""
    return profile.get("company") or _(
        "Non affichée : cette entreprise a demandé que son nom ne soit pas diffusé"
    )


def _person(profile: Mapping[str, Any]) -> tuple[Row, ...]:
    civility = dict(CIVILITIES).get(profile.get("civility", ""), NOT_TOLD)
    return (
        Row(_("Civilité"), str(civility), "civility"),
        _row(profile, _("Nom"), "last_name"),
        _row(profile, _("Prénom"), "first_name"),
    )


def _company(profile: Mapping[str, Any]) -> tuple[Row, ...]:
    foreign, siren = _("Entreprise étrangère"), profile.get("siren", "")
    if siren:
        return (
            Row(foreign, _("Non"), "foreign"),
            Row(_("S.I.R.E.N. ou équivalent"), Siren(siren).grouped, "company_number"),
            Row(_("Raison sociale"), company_name(profile)),
        )
    return (
        Row(foreign, _("Oui"), "foreign"),
        Row(_("S.I.R.E.N. ou équivalent"), profile.get("foreign_number", NOT_TOLD), "company_number"),
        Row(_("Raison sociale"), profile.get("company", NOT_TOLD), "company_name"),
        Row(_("Pays de l’entreprise"), profile.get("foreign_country", NOT_TOLD), "company_country"),
    )


def _contact(profile: Mapping[str, Any], email: str) -> tuple[Row, ...]:
    return (
        Row(_("Numéro de téléphone professionnel"), in_pairs(profile.get("phone", "")), "phone"),
        Row(_("Adresse électronique professionnelle"), EmailAddress(email).display, "email"),
        _row(profile, _("Numéro de la voie"), "street_number"),
        _row(profile, _("Nature de la voie"), "street_kind"),
        _row(profile, _("Libellé de la voie"), "street_name"),
        _row(profile, _("Complément d’adresse"), "address_extra"),
        _row(profile, _("Code postal"), "postcode"),
        _row(profile, _("Ville"), "city"),
        _row(profile, _("Pays"), "country"),
    )


def _row(profile: Mapping[str, Any], label: str, name: str) -> Row:
    return Row(label, profile.get(name) or NOT_TOLD, name)


def _with_ways_back(section: Section, draft: Draft) -> dict[str, Any]:
    page = reverse(f"{ABONNE.code}:register_form", args=[draft.number])
    before = reverse(f"{ABONNE.code}:register_identifiers", args=[draft.number])
    rows = [
        {
            "label": row.label,
            "value": row.value,
            "secret": row.secret,
            "change": f"{before if row.field == 'email' else page}#id_{_anchor(row)}" if row.field else "",
        }
        for row in section.rows
    ]
    return {"title": section.title, "rows": rows, "company": section.company}


def _anchor(row: Row) -> str:
    return "civility_0" if row.field == "civility" else row.field  # radio buttons: the first of them
