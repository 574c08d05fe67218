"""The espace of professionals as 002 and 004 tell it, from the home page to « Votre espace abonné »."""

import datetime as dt
import io
import re
from dataclasses import dataclass

import pikepdf
import pytest

from tests.parcours import register
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.visitor import DESK, PHONE, Variant, Visitor

CODE = "code d’activation"
PASSWORD = "wuq7zk3xtd"
HUNDRED = "a" * 60 + "@" + "b" * 31 + ".example"
HOURS = dt.timedelta(hours=48)
NO_SCRIPTS = Variant(False, *PHONE)
_numbers = iter(range(1000))


@dataclass
class Person:
    """Who subscribes."""

    email: str
    siren: str = register.SIRENS[0]
    password: str = PASSWORD


@pytest.fixture
def lila() -> Person:
    """Somebody whom no other walk knows."""
    return Person(f"lila.{next(_numbers)}@cabinet.example")


def access(visitor: Visitor) -> None:
    """From the home page to « Espace abonné » (004, step 2)."""
    visitor.open("/")
    visitor.reads("Professionnels et cabinets")
    door = visitor.page.locator(".g-doors > li", has_text="Professionnels et cabinets")
    visitor.press("Se connecter", within=door)
    visitor.reads(
        "L’espace abonné vous permet d’accéder à l’ensemble des services en ligne",
        "Vous n’avez pas encore d’espace abonné ? cliquez sur ce lien pour vous inscrire",
        "Vous souhaitez activer votre espace abonné ? cliquez sur ce lien pour l’activer",
        "Authentifiez-vous pour accéder à votre espace abonné",
        "Votre identifiant",
        "Votre mot de passe",
        "Mot de passe oublié ?",
        "Vous préférez utiliser un certificat électronique",
        "Accédez à votre espace abonné",
        "Abonnez-vous à votre espace",
        "Renouvelez / réactivez votre accès à l’espace abonné avec certificat",
    )


def conditions(visitor: Visitor) -> None:
    """1ère étape."""
    visitor.press("cliquez sur ce lien pour vous inscrire")
    visitor.reads(
        "Pour créer votre espace, vous devez",
        "1ère étape : accepter les conditions générales",
        "2ème étape : créer vos identifiants",
        "3ème étape : remplir le formulaire d’inscription",
        "4ème étape : activer votre espace abonné",
        "Lire les conditions générales",
    )
    beside = visitor.page.get_by_role("link", name="Lire les conditions générales").get_attribute("href")
    here = visitor.page.url
    visitor.open(str(beside))
    visitor.reads("Version : abonne-2026-11", "Télécharger ce texte")
    visitor.open(here)
    visitor.choose("Je reconnais avoir pris connaissance des conditions générales et les accepte sans")
    visitor.press("Saisir vos identifiants")


def identifiers(visitor: Visitor, who: Person) -> None:
    """2ème étape."""
    visitor.reads(
        "cette adresse électronique ne pourra être utilisée que pour un seul et unique espace",
        "8 caractères minimum et 20 caractères maximum. Les chiffres et les lettres sont autorisés",
        "Pensez à noter votre mot de passe",
    )
    visitor.fill(email=who.email, email_again=who.email, password=who.password, password_again=who.password)
    visitor.press("Valider")


def fill_in(visitor: Visitor, who: Person) -> None:
    """3ème étape, up to its button."""
    visitor.choose("Madame")
    visitor.fill(last_name="Rosemonde", first_name="Lila", company_number=who.siren, phone="01 99 00 12 34")
    visitor.fill(street_number="12", street_name="des Tilleuls", postcode="37000", city="Tours")
    visitor.page.select_option("[name=street_kind]", "Rue")
    visitor.page.select_option("[name=question]", "lost_object")
    visitor.fill(answer="un cerf-volant rouge")


def pre_register(visitor: Visitor, who: Person) -> None:
    """All of it, up to « un code d'activation a été envoyé »."""
    visitor.open("/abonne/connexion/")
    conditions(visitor)
    identifiers(visitor, who)
    fill_in(visitor, who)
    visitor.press("Valider")
    visitor.press("Confirmer")


def code_of(portal: Portal, who: Person) -> str:
    """The code of the oldest message, which holds no link (004, step 2)."""
    mail = portal.mailbox.expect(who.email, CODE)
    assert not re.search(r"https?://|www\.", mail.text)
    found = re.search(r"^\s*([A-Za-z0-9]{12})\s*$", mail.text, re.MULTILINE)
    assert found, mail.text
    return found.group(1)


def enter_code(visitor: Visitor, who: Person, code: str, *, status: int = 200) -> None:
    """« Saisie du code d'activation »."""
    visitor.open("/abonne/activation/")
    visitor.fill(email=who.email, code=code)
    visitor.press("Valider", status=status)


def come_in(visitor: Visitor, who: Person) -> None:
    """Sign in, and leave the second protection for another day."""
    visitor.open("/abonne/connexion/")
    visitor.fill(identifier=who.email, password=who.password)
    visitor.press("Se connecter")
    visitor.open("/abonne/")


def test_both_references(visitors: Visitors, portal: Portal, every_variant: Variant, lila: Person) -> None:
    visitor = visitors(every_variant)
    access(visitor)
    conditions(visitor)
    identifiers(visitor, lila)
    visitor.reads(
        "Usager",
        "Entreprise d’appartenance",
        "Il ne s’agit pas ici de saisir le SIREN pour lequel vous souhaitez adhérer aux services en ligne",
        "il s’agit du SIREN du cabinet et non pas de celui d’un de vos clients",
        "Entreprise étrangère",
        "S.I.R.E.N. ou équivalent",
        "Numéro de téléphone professionnel",
        "Adresse électronique professionnelle",
        lila.email,
        "Numéro de la voie",
        "Nature de la voie",
        "Libellé de la voie",
        "Complément d’adresse",
        "Code postal",
        "Question de confiance",
        "Choisissez soigneusement votre question",
    )
    fill_in(visitor, lila)
    visitor.press("Valider")
    visitor.reads(
        "Votre inscription",
        "Entreprise étrangère Non",
        "Raison sociale",
        register.name_of(lila.siren),
        "Si la raison sociale affichée est erronée, veuillez prendre contact avec",
        "01 99 00 12 34",
        "Quel objet perdu",
    )
    assert not visitor.page.get_by_text("un cerf-volant rouge").is_visible()
    visitor.press("Confirmer")
    visitor.reads(
        "Activation de votre espace abonné",
        "Madame Rosemonde Lila",
        "Un code d’activation de votre espace abonné a été envoyé dans votre boîte aux lettres électronique",
        "Vous disposez d’un délai de 48h, à compter de l’envoi du code ci-dessus, pour activer votre espace",
        "ce code n’est pas un mot de passe",
        "Il ne doit être utilisé qu’une seule fois pour activer votre espace abonné",
        "Courrier indésirable",
    )
    code = code_of(portal, lila)
    access(visitor)
    visitor.press("cliquez sur ce lien pour l’activer")
    visitor.reads(
        "Saisie du code d’activation",
        "en respectant les majuscules et les minuscules",
        "Saisissez votre identifiant",
        "Entrez le code (à 12 caractères)",
    )
    visitor.fill(email=lila.email, code=code.swapcase())
    visitor.press("Valider", status=422)
    visitor.fill(code=code)
    visitor.press("Valider")
    visitor.reads(
        "Votre inscription a été réalisée le",
        "sous le numéro",
        "Ce numéro d’abonné vous est personnel et doit le rester.",
        "Sauvegardez ou imprimez votre formulaire",
        "Visualiser votre formulaire d’inscription",
        "Pour adhérer ou utiliser les services en ligne, cliquez sur le lien ci-dessous",
    )
    number = visitor.page.locator(".g-large").inner_text().strip()
    assert re.fullmatch(rf"{portal.now():%Y%j}\d{{7}}", number)
    keep_the_form(visitor, number)
    visitor.press("Accédez à votre espace abonné")
    assert visitor.typed("identifier") == lila.email
    come_in(visitor, lila)
    visitor.reads("Votre espace abonné", number, "Lila Rosemonde", register.name_of(lila.siren))


def keep_the_form(visitor: Visitor, number: str) -> None:
    """« Visualiser votre formulaire d'inscription »: a tagged PDF without secrets."""
    answer = visitor.context.request.get(f"{visitor.url}/abonne/formulaire-inscription.pdf")
    assert answer.status == 200
    assert number in answer.headers["content-disposition"]
    with pikepdf.open(io.BytesIO(answer.body())) as pdf:
        assert pdf.Root.MarkInfo.Marked


def test_the_step_before_keeps_everything(visitors: Visitors, every_variant: Variant, lila: Person) -> None:
    visitor = visitors(every_variant)
    visitor.open("/abonne/connexion/")
    conditions(visitor)
    identifiers(visitor, lila)
    fill_in(visitor, lila)
    visitor.fill(city="")
    visitor.press("Étape précédente")
    assert visitor.typed("email") == lila.email
    visitor.reads("Le mot de passe que vous avez choisi est conservé")
    visitor.press("Valider")
    assert visitor.typed("last_name") == "Rosemonde"
    assert visitor.typed("answer") == "un cerf-volant rouge"
    visitor.press("Valider", status=422)
    visitor.reads("Saisissez la ville")
    visitor.fill(city="Tours")
    visitor.press("Valider")
    visitor.press("Modifier : Nature de la voie")
    visitor.page.select_option("[name=street_kind]", "Avenue")
    visitor.press("Valider")
    visitor.reads("Avenue")
    visitor.press("Étape précédente")
    assert visitor.typed("first_name") == "Lila"


def test_a_foreign_company(visitors: Visitors, portal: Portal, every_variant: Variant, lila: Person) -> None:
    visitor = visitors(every_variant)
    visitor.open("/abonne/connexion/")
    conditions(visitor)
    identifiers(visitor, lila)
    name = visitor.page.locator("[name=company_name]")
    assert not name.is_visible()  # hidden by the style sheet: without scripts too
    fill_in(visitor, lila)
    visitor.choose("Entreprise étrangère")
    name.wait_for(state="visible")
    visitor.fill(company_number="BE 0428.759.497")
    visitor.press("Valider", status=422)
    visitor.reads(
        "Saisissez la raison sociale de l’entreprise étrangère", "Saisissez le pays de l’entreprise"
    )
    visitor.fill(company_name="Fiduciaire Exemple SA", company_country="Belgique")
    visitor.press("Valider")
    visitor.reads("Entreprise étrangère Oui", "Fiduciaire Exemple SA", "Belgique")
    visitor.press("Confirmer")
    enter_code(visitor, lila, code_of(portal, lila))
    come_in(visitor, lila)
    visitor.reads("Fiduciaire Exemple SA", "Belgique")


def test_edges_of_address_and_password(visitors: Visitors, lila: Person) -> None:
    visitor = visitors()
    visitor.open("/abonne/connexion/")
    conditions(visitor)
    typed = {"email": f"a{HUNDRED}", "email_again": f"a{HUNDRED}"}
    visitor.fill(**typed, password="wuq7zk3", password_again="wuq7zk3")
    visitor.page.get_by_text("il en faut au moins 8").wait_for()
    visitor.press("Valider", status=422)
    visitor.reads("101 caractères", "il en faut au moins 8")
    assert visitor.typed("email") == f"a{HUNDRED}"
    visitor.fill(email=HUNDRED, email_again=HUNDRED, password=f"{PASSWORD}{PASSWORD}v")
    visitor.page.get_by_text("plus de 20").wait_for()
    visitor.fill(password="wuq7zk3xé")
    visitor.page.get_by_text("accentuées").first.wait_for()
    visitor.fill(password="wuq7zk3x")
    visitor.page.get_by_text("Ce mot de passe convient.").wait_for()
    visitor.fill(password_again="wuq7zk3y")
    visitor.press("Valider", status=422)
    visitor.reads("Les deux mots de passe ne sont pas identiques")
    visitor.fill(password="wuq7zk3xwuq9pk3xhtd5", password_again="wuq7zk3xwuq9pk3xhtd5")
    visitor.press("Valider")
    visitor.reads(HUNDRED)


def test_companies_that_the_register_does_not_know_or_closed(visitors: Visitors, lila: Person) -> None:
    visitor = visitors(NO_SCRIPTS)
    visitor.open("/abonne/connexion/")
    conditions(visitor)
    identifiers(visitor, lila)
    fill_in(visitor, lila)
    for siren, said in (
        (register.UNKNOWN, "ne figure pas dans le répertoire Sirene"),
        (register.CLOSED, "a cessé son activité"),
    ):
        visitor.fill(company_number=siren)
        visitor.press("Valider", status=422)
        visitor.reads(said)
    visitor.fill(company_number=register.DISCREET)
    visitor.press("Valider")
    visitor.reads("a demandé que son nom ne soit pas diffusé")
    assert register.name_of(register.DISCREET) not in visitor.page.content()


def test_a_new_code_replaces_the_old_one(visitors: Visitors, portal: Portal, lila: Person) -> None:
    visitor = visitors(NO_SCRIPTS)
    pre_register(visitor, lila)
    old = code_of(portal, lila)
    visitor.press("demandez un nouveau code")
    assert visitor.typed("email") == lila.email
    visitor.press("Recevoir un nouveau code")
    visitor.reads("un nouveau code vient d’y être envoyé")
    new = code_of(portal, lila)
    enter_code(visitor, lila, old, status=422)
    assert visitor.typed("email") == lila.email
    enter_code(visitor, lila, new)
    visitor.reads("Votre inscription a été réalisée le")


def test_a_wrong_address_is_corrected(visitors: Visitors, portal: Portal, lila: Person) -> None:
    visitor = visitors(Variant(False, *DESK))
    wrong = Person(f"wrong-{lila.email}")
    pre_register(visitor, wrong)
    code_of(portal, wrong)
    visitor.press("Corriger l’adresse")
    identifiers(visitor, lila)
    assert visitor.typed("last_name") == "Rosemonde"
    assert visitor.typed("answer") == ""
    visitor.fill(answer="un cerf-volant rouge")
    visitor.press("Valider")
    visitor.press("Confirmer")
    enter_code(visitor, lila, code_of(portal, lila))
    visitor.reads("Votre inscription a été réalisée le")


def test_past_48_hours_the_address_is_free_again(visitors: Visitors, portal: Portal, lila: Person) -> None:
    visitor, late = visitors(NO_SCRIPTS), Person(f"late-{lila.email}")
    pre_register(visitor, lila)
    code = code_of(portal, lila)
    portal.forward(HOURS - dt.timedelta(minutes=2))
    enter_code(visitor, lila, code, status=422)
    visitor.reads("votre navigateur ne s’en souvient plus : saisissez aussi votre mot de passe")
    visitor.fill(password=lila.password)
    visitor.press("Valider")
    visitor.reads("Votre inscription a été réalisée le")
    pre_register(visitor, late)
    code = code_of(portal, late)
    portal.forward(HOURS + dt.timedelta(seconds=2))
    enter_code(visitor, late, code, status=422)
    visitor.reads("recommencez votre inscription")
    portal.run_job("accounts.purge_expired")
    pre_register(visitor, late)
    enter_code(visitor, late, code_of(portal, late))
    visitor.reads("Votre inscription a été réalisée le")


def test_details_are_changed_and_the_form_read_again(
    visitors: Visitors, portal: Portal, lila: Person
) -> None:
    visitor = visitors(Variant(True, *PHONE))
    pre_register(visitor, lila)
    enter_code(visitor, lila, code_of(portal, lila))
    come_in(visitor, lila)
    visitor.press("Modifier vos données")
    assert visitor.typed("last_name") == "Rosemonde"
    visitor.fill(phone="12", city="Blois")
    visitor.press("Enregistrer ces données", status=422)
    assert visitor.typed("city") == "Blois"
    visitor.fill(phone="+32 2 555 12 12")
    visitor.press("Enregistrer ces données")
    visitor.reads("Vos données sont enregistrées")
    visitor.open("/abonne/")
    keep_the_form(visitor, visitor.page.locator("main strong").first.inner_text())
