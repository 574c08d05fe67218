"""What was said while registering, each answer with the address where it is changed (003, chapter 2)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.espaces.declarant import choices
from guichet.espaces.declarant.definition import DECLARANT
from guichet.espaces.declarant.registrant import Place
from guichet.espaces.declarant.steps import Situation, Step
from guichet.inscriptions import catalogue
from guichet.inscriptions.catalogue import Branch, Declaration
from guichet.inscriptions.rules import MOST_DELAY, Genre, Voie
from guichet.kernel.phones import in_pairs
from guichet.kernel.refusals import N_

GENRES: Mapping[Genre, str] = {
    Genre.MONO: N_("Entreprise, un établissement"),
    Genre.MULTI: N_("Entreprise, plusieurs établissements"),
    Genre.TIERS: N_("Tiers déclarant : votre entreprise et vos clients"),
}
VOIES: Mapping[Voie, str] = {
    Voie.COOPTATION: N_("Par l’accord d’un administrateur de votre entreprise"),
    Voie.CLE: N_("Par une clé reçue par courrier postal"),
}


@dataclass(frozen=True)
class Row:
    """One answer, in lines. ``slug`` and ``field``: where it is changed; empty where it can't be."""

    label: str
    lines: Sequence[str]
    slug: str = ""
    field: str = ""


@dataclass(frozen=True)
class Section:
    """A heading with its rows."""

    title: str
    rows: Sequence[Row] = field(default_factory=tuple)


def of_step(situation: Situation, step: Step) -> dict[str, Any]:
    """What the page of ``step`` shows beside its form."""
    if step.slug == "recapitulatif":
        return {"sections": [sign_in_data(situation)], "place": situation.place}
    if step.slug == "validation":
        return {"sections": recap(situation)}
    if step.slug == "charte":
        return {"charters": [(one.label, paragraphs(one.charter)) for one in situation.with_charter]}
    if step.slug == "conditions":
        return {"terms_version": situation.draft.terms_version}
    if step.slug in {"etablissement", "activation"}:
        return {"place": situation.place, "door": DECLARANT}
    return {}


def paragraphs(text: str) -> list[str]:
    """The parts of a text between its empty lines."""
    return [part.strip() for part in text.strip().split("\n\n") if part.strip()]


def recap(situation: Situation) -> list[Section]:
    """Everything that is about to count, but password and answer."""
    person = [] if situation.draft.account else [sign_in_data(situation, changes=True)]
    whom = Section(_("Votre établissement"), _of_the_place(situation.place))
    if situation.is_candidate:
        way = _(VOIES[Voie(situation.draft.text("voie") or Voie.COOPTATION)])
        rows = [Row(_("Pour devenir administrateur"), [way], "activation", "voie_0")]
        return [*person, whom, Section(_("Votre activation"), rows)]
    return [*person, whom, _of_the_choice(situation), *_where_and_who(situation)]


def sign_in_data(situation: Situation, *, changes: bool = False) -> Section:
    """« Vos données d’authentification »."""
    draft = situation.draft
    siret = situation.place.siret.grouped if situation.place else draft.text("siret")
    phone = draft.text("phone")
    where = "identite"
    rows = [
        Row(_("SIRET"), [siret], where, "siret"),
        Row(_("Nom"), [draft.text("last_name")], where, "last_name"),
        Row(_("Prénom"), [draft.text("first_name")], where, "first_name"),
        Row(_("Adresse électronique"), [draft.text("email")], where, "email"),
        Row(_("Téléphone"), [in_pairs(phone) if phone else ""], where, "phone"),
    ]
    if changes:
        return Section(_("Vos données d’authentification"), [*rows, *_secrets(situation)])
    return Section("", [*rows, *_secrets(situation)])


def _secrets(situation: Situation) -> list[Row]:
    texts = {one.code: one.text for one in DECLARANT.trust_questions}
    question = texts.get(situation.draft.text("question"), "")
    return [
        Row(_("Mot de passe"), ["••••••••"], "authentification", "password"),
        Row(_("Question secrète"), [_(question) if question else ""], "authentification", "question"),
    ]


def _of_the_place(place: Place | None) -> list[Row]:
    if place is None:
        return []
    rows = [
        Row(_("Entreprise"), [place.company or _("Nom non diffusé")]),
        Row(_("SIREN"), [place.siren.grouped]),
        Row(_("SIRET"), [place.siret.grouped]),
    ]
    return [*rows, Row(_("Adresse"), list(place.address))]


def _of_the_choice(situation: Situation) -> Section:
    typed, tree = situation.draft.typed, catalogue.tree()
    rows = [
        Row(_("Type d’inscription"), [_(GENRES[situation.genre])], "profil", "profil_0"),
        Row(_("Vous êtes"), _labels(tree.vous_etes, typed.getlist("vous_etes")), "vous-etes", "vous_etes_0"),
        Row(_("Services liés à"), _labels(tree.lies_a, typed.getlist("lies_a")), "services", "lies_a_0"),
    ]
    if choices.below(tree.secteurs, typed.getlist("lies_a")):
        sectors = _labels(tree.secteurs, typed.getlist("secteurs"))
        rows.append(Row(_("Régime ou secteur"), sectors, "secteur", "secteurs_0"))
    declarations = [_declared(one) for one in situation.declarations]
    rows.append(Row(_("Vos déclarations"), declarations, "declarations", "declarations_0"))
    if situation.with_charter:
        accepted = [
            _("Acceptée : {declaration}").format(declaration=one.label) for one in situation.with_charter
        ]
        rows.append(Row(_("Charte"), accepted, "charte", ""))
    return Section(_("Vos déclarations"), rows)


def _labels(branches: Sequence[Branch], codes: Sequence[str]) -> list[str]:
    return [_(one.label) for one in branches if one.code in codes]


def _declared(one: Declaration) -> str:
    """« DSN : accès dans 8 jours au plus »."""
    days = min(one.delay, MOST_DELAY) // dt.timedelta(days=1)
    if not days:
        return _("{declaration} : accès immédiat").format(declaration=_(one.label))
    said = ngettext(
        "{declaration} : accès {days} jour après votre inscription",
        "{declaration} : accès {days} jours après votre inscription",
        days,
    )
    return said.format(declaration=_(one.label), days=days)


def _where_and_who(situation: Situation) -> list[Section]:
    if situation.genre == Genre.TIERS:
        people = [
            f"{one['first_name']} {one['last_name']}, {one['email']}" for one in situation.draft.colleagues
        ]
        row = Row(_("Personnes à inscrire"), people or [_("Personne pour l’instant")], "declarants", "")
        return [Section(_("Vos collaborateurs"), [row])]
    if situation.genre == Genre.MULTI:
        row = Row(_("Qui déclarent ici"), _places(situation), "etablissements", "")
        return [Section(_("Vos établissements"), [row])]
    return []


def _places(situation: Situation) -> list[str]:
    most = 10
    ticked = situation.ticked
    said = [f"{one.siret.grouped} {one.line}" for one in ticked[:most]]
    left = len(ticked) - most
    total = ngettext("{n} établissement sur {total}", "{n} établissements sur {total}", len(ticked))
    head = total.format(n=len(ticked), total=len(situation.places))
    more = ngettext("et {n} autre", "et {n} autres", max(left, 1)).format(n=left)
    return [head, *said, *([more] if left > 0 else [])]
