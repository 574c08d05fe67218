"""Somebody who registers a company, as the guide tells it (003, chapter 2). Pages are checked."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.parcours import register as sirene
from tests.parcours.portal import Portal
from tests.parcours.visitor import Visitor

HOME = "/declarant/"
PASSWORD = "Tulipes42nuage"
PRIVE = "Une entreprise ou un organisme du secteur privé"
COTISATIONS = "Les cotisations sociales et contributions pour une entreprise ou un organisme du secteur privé"
_numbers: Iterator[int] = itertools.count(1)
_sirens: Iterator[str] = iter(sirene.SIRENS[20:])
_INSCRIBED = """
from django.db import transaction
from tests.inscriptions import world
with transaction.atomic():
    company = world.company("mono", rank={siren} // 10 - 2_000, registered=False)
    world.administrateur(company, "Anne Roux")
"""


@dataclass
class Declarant:
    """Somebody of a company."""

    siret: str
    email: str
    last_name: str = "Exemple-Durand"
    first_name: str = "Odile"
    password: str = PASSWORD


def somebody(siret: str = "", **names: str) -> Declarant:
    """Somebody without an account yet, of a company that nobody has inscribed where no ``siret`` is given."""
    return Declarant(siret or sirene.siret(next(_sirens)), f"odile-{next(_numbers)}@atelier.example", **names)


def inscribed(portal: Portal) -> str:
    """The SIRET of a company of the register that has an administrateur already."""
    siren = next(_sirens)
    portal.guichet("django", "shell", "-v", "0", "-c", _INSCRIBED.format(siren=siren))
    return sirene.siret(siren)


def to_the_profile(visitor: Visitor, who: Declarant) -> None:
    """Home › « Votre compte » › « Créez votre compte déclarant », until the company is asked about."""
    visitor.open("/")
    door = visitor.page.locator(".g-doors > li", has_text="Entreprises et tiers déclarants")
    visitor.press("Créer un compte", within=door)
    visitor.reads("Créez votre compte déclarant", "vos données de connexion")
    identify(visitor, who)
    visitor.choose("J’ai lu les conditions d’utilisation")
    visitor.press("Accepter et continuer")
    visitor.reads("Votre établissement", sirene.name_of(who.siret[:9]), "RUE DES TILLEULS")
    visitor.press("Étape suivante")
    choose_credentials(visitor, who)
    visitor.reads("Vos données d’authentification", who.last_name, who.email)
    visitor.press("S’inscrire aux services")


def identify(visitor: Visitor, who: Declarant) -> None:
    """« Je m’inscris »."""
    visitor.fill(siret=who.siret, last_name=who.last_name, first_name=who.first_name, email=who.email)
    visitor.fill(phone="01 99 00 12 34")
    visitor.press("Je m’inscris")


def choose_credentials(visitor: Visitor, who: Declarant) -> None:
    """Password, and secret question."""
    visitor.fill(password=who.password, password_again=who.password, answer="un cerf-volant rouge")
    visitor.page.locator("[name=question]").select_option("lost_object")
    visitor.press("Valider")


def to_the_declarations(visitor: Visitor, profil: str, sectors: Sequence[str]) -> None:
    """The questions that lead to « Vos déclarations », in the words of the reference."""
    visitor.page.get_by_role("radio", name=profil).first.check(force=True)
    visitor.press("Étape suivante")
    visitor.choose(PRIVE)
    visitor.press("Étape suivante")
    visitor.choose(COTISATIONS)
    visitor.press("Étape suivante")
    for sector in sectors:
        visitor.page.get_by_role("checkbox", name=sector).first.check(force=True)
    visitor.press("Étape suivante")


def validate(visitor: Visitor, portal: Portal, who: Declarant) -> None:
    """« Valider l’inscription », the report, and the link of the message."""
    visitor.reads("Vérifiez vos réponses", who.email)
    visitor.press("Valider l’inscription")
    visitor.reads("Consultez votre messagerie", who.email)
    assert visitor.download("Télécharger le compte rendu").startswith(b"%PDF-")
    visitor.open(portal.mailbox.expect(who.email, "votre compte").link)


def sign_in(visitor: Visitor, who: Declarant) -> None:
    """SIRET, nom, prénom and password; the second factor is for another day."""
    visitor.open(f"{HOME}connexion/")
    visitor.fill(siret=who.siret, last_name=who.last_name, first_name=who.first_name)
    visitor.fill(password=who.password)
    visitor.press("Se connecter")
    visitor.reads("Protégez votre compte")
    visitor.press("Pas maintenant")
