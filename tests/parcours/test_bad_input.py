"""What people type: each gets its sentence and its status, and what was typed stays."""

from tests.parcours import steps
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.steps import Association
from tests.parcours.visitor import DESK, PHONE, Variant

SIRENS = {
    "73282932O": "que des chiffres",
    "73282932": "vous en avez saisi 8",
    "7328293201": "vous en avez saisi 10",
    "732829321": "erreur de saisie",
    "732 829 320 00074": "SIRET",
    "W751000001": "RNA",
    "": "Saisissez le numéro SIREN",
}
EMAILS = {
    "Jean Dupré <jean@exemple.fr>": "sans nom ni chevrons",
    f"{'a' * 300}@exemple.fr": "caractères",
    "jean.exemple.fr": "@",
    "jean@exemple.fr; marie@exemple.fr": "une seule adresse",
}
NAMES = {
    "Camille 🎉": "n’est pas accepté",
    "Camille \u202eelpmexE": "signe invisible",
    "<script>alert(1)</script>": "n’est pas accepté",
}
DATES = {
    "31/02/2026": "n’a que 28 jours",
    "31/12/2099": "n’est pas encore passé",
    "31/12/1899": "antérieure à 1901",
    "31/12/24": "quatre chiffres",
    "la semaine dernière": "jour/mois/année",
    "": "Indiquez la date",
}
_CHOSEN = "picker => { picker.value = '2023-12-31'; picker.dispatchEvent(new Event('change')); }"


def test_sirens(visitors: Visitors) -> None:
    treasurer = visitors(Variant(True, *PHONE))
    treasurer.open("/association/inscription/")
    for typed, sentence in SIRENS.items():
        treasurer.fill(siren=typed)
        treasurer.press("Continuer", status=422)
        treasurer.reads(sentence)
        assert treasurer.typed("siren") == typed
        assert treasurer.page.title().startswith("Erreur")
        assert treasurer.page.evaluate("document.activeElement.id") == "erreurs"


def test_details(visitors: Visitors, who: Association) -> None:
    treasurer = visitors(Variant(False, *PHONE))
    treasurer.open("/association/inscription/")
    treasurer.fill(siren=who.siren)
    treasurer.press("Continuer")
    treasurer.fill(contact="Camille Exemple", email=who.email, email_again=who.email)
    for field, table in (("contact", NAMES), ("email", EMAILS)):
        for typed, sentence in table.items():
            treasurer.fill(**{field: typed})
            treasurer.press("Continuer", status=422)
            treasurer.reads(sentence)
            assert treasurer.typed(field) == typed
        treasurer.fill(contact="Camille Exemple")
    idn = "tresor@élan-du-lavoir.example"
    treasurer.fill(email=idn, email_again=idn)
    treasurer.press("Continuer")
    treasurer.reads(idn)


def test_dates(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors(Variant(True, *DESK))
    steps.come_in(treasurer, portal, who)
    treasurer.open(steps.START)
    treasurer.press("Commencer le dépôt")
    treasurer.choose("Rectificatif")
    for typed, sentence in DATES.items():
        treasurer.fill(date_cloture=typed)
        treasurer.press("Enregistrer et continuer", status=422)
        treasurer.reads(sentence)
        assert treasurer.typed("date_cloture") == typed
        assert treasurer.page.get_by_label("Rectificatif").is_checked()
    treasurer.page.locator(".g-picker").evaluate(_CHOSEN)
    assert treasurer.typed("date_cloture") == "31/12/2023"
    treasurer.press("Enregistrer et continuer", status=422)
    treasurer.reads("Aucun dépôt")


def test_addresses_that_lead_nowhere(visitors: Visitors) -> None:
    stranger = visitors(Variant(False, *DESK))
    for path in ("/nulle-part/", "/v/ABCDEFGH", "/association/comptes-annuels/brouillons/12/"):
        stranger.open(path, status=404)
