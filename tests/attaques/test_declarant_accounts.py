"""An attacker's go at what lets people of companies in: provisional passwords, links, the second factor.

Each goes through the pages, as a browser does; what the operations refuse is tested beside them.
"""

import re

import pytest
from django.conf import settings
from django.test import Client

from guichet.accounts.models import Provisional, Token
from guichet.courriers.models import Courrier
from guichet.inscriptions.models import Acteur
from tests.accounts.factor import Telephone
from tests.at_once import at_once
from tests.attaques.company_accounts import (
    CHOSEN,
    DOOR,
    FORGOTTEN,
    PEOPLE,
    POSSESSION,
    ROOT,
    TAKEN,
    a_pair,
    digits_for,
    is_in,
    link_to,
    names_of,
    sent_digits,
    sign_in,
)
from tests.espaces.declarant import registrants
from tests.espaces.declarant.acting import browser
from tests.web.people import Answer, text_of

pytestmark = pytest.mark.django_db


class TestProvisional:
    """Five digits are worth what they were given for, once, and nothing more."""

    def test_the_other_browser_and_the_first_one_after_possession(self) -> None:
        anne, omar = a_pair()
        digits = digits_for(omar, browser(anne.account))
        first, second = Client(), Client()
        for client in (first, second):
            assert sign_in(omar.account, digits, client)["Location"].startswith(POSSESSION)
            assert not is_in(client)
        assert first.post(POSSESSION, TAKEN).status_code == 302
        assert is_in(first)
        late = second.post(POSSESSION, {**TAKEN, "password": "Voleur77lune"})
        assert late["Location"].startswith(DOOR)
        assert not is_in(second)
        assert sign_in(omar.account, digits).status_code == 422
        assert sign_in(omar.account, "Voleur77lune").status_code == 422
        assert sign_in(omar.account, CHOSEN).status_code == 302

    def test_pages_beside_possession_open_for_nobody(self) -> None:
        anne, omar = a_pair()
        client = Client()
        sign_in(omar.account, digits_for(omar, browser(anne.account)), client)
        for page in ("", "compte/", "messages/", "habilitations/", "declarations/", "vos-donnees/copie/",
                     "question-de-confiance/", "mot-de-passe/", "second-facteur/"):  # fmt: skip
            assert client.get(f"{ROOT}{page}", follow=True).redirect_chain[-1][0].startswith(POSSESSION), page
        assert client.post(f"{ROOT}question-de-confiance/", TAKEN).status_code == 302
        assert not omar.account.has_usable_password() or sign_in(omar.account, CHOSEN).status_code == 422

    def test_the_key_of_the_session_is_another_after_each_step(self) -> None:
        anne, omar = a_pair()
        digits = digits_for(omar, browser(anne.account))
        client = Client()
        registrants.send(client, f"{ROOT}inscription/", registrants.person(omar.siret))
        keys = [client.cookies[settings.SESSION_COOKIE_NAME].value]
        sign_in(omar.account, digits, client)
        keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
        client.post(POSSESSION, TAKEN)
        keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
        assert len(set(keys)) == 3
        for known in keys[:2]:
            thief = Client()
            thief.cookies[settings.SESSION_COOKIE_NAME] = known
            assert not is_in(thief)

    @pytest.mark.parametrize(
        "wanted", ["https://malin.example/", "//malin.example", "/\\malin.example", "\0"]
    )
    def test_it_leads_nowhere_else(self, wanted: str) -> None:
        anne, omar = a_pair()
        client = Client()
        answer = sign_in(omar.account, digits_for(omar, browser(anne.account)), client, suite=wanted)
        assert "malin" not in answer["Location"]
        answer = client.post(f"{POSSESSION}?suite={wanted}", {**TAKEN, "suite": wanted})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/declarant/")

    def test_whoever_was_removed_is_shown_the_way_to_begin_again_and_nothing_of_the_company(self) -> None:
        anne, omar = a_pair("Omar Petit", places=3)
        boss = browser(anne.account)
        digits = digits_for(omar, boss)
        half, boss_page = Client(), f"{PEOPLE}{omar.pk}/retirer/?vers=sans"
        sign_in(omar.account, digits, half)
        assert boss.post(boss_page, {"compris": "on"}).status_code == 302
        half.post(POSSESSION, TAKEN)
        for page in ("", "habilitations/", "habilitations/recapitulatif.csv", "gestion/declarants/",
                     "declarations/commencer/"):  # fmt: skip
            assert "Anne Roux" not in text_of(half.get(f"{ROOT}{page}", follow=True)), page


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
def test_six_tries_at_once_and_the_right_one_after() -> None:
    anne, omar = a_pair()
    digits = digits_for(omar, browser(anne.account))
    wrong = [f"{(int(digits) + number) % 100_000:05}" for number in range(1, 7)]
    results = at_once(*[lambda typed=typed: sign_in(omar.account, typed) for typed in wrong])
    assert {answer.status_code for answer in results} <= {422, 429, 503}, results
    assert Provisional.objects.get(account=omar.account).tries == 5
    assert sign_in(omar.account, digits).status_code in (422, 429)


class TestLinks:
    def asked(self) -> tuple[Acteur, str]:
        _, omar = a_pair()
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        return omar, link_to(omar.account)

    def test_a_scanner_that_opens_it_changes_nothing(self) -> None:
        omar, link = self.asked()
        for look in (Client().get, Client().head, Client().options):
            look(link)
        assert not Provisional.objects.exists()
        assert Token.objects.filter(account=omar.account, used_at=None).exists()
        person = Client()
        shown = person.post(link)
        assert shown.status_code == 200
        assert "no-store" in shown["Cache-Control"]
        assert shown["Referrer-Policy"] in ("no-referrer", "same-origin", "strict-origin")
        digits = sent_digits(shown)
        assert len(digits) == 8
        for again in (person.post(link), person.get(link)):
            assert digits not in text_of(again).replace(" ", "")
            assert again.status_code != 500
        assert sign_in(omar.account, digits)["Location"].startswith(POSSESSION)

    def test_the_former_mailbox_opens_nothing_once_the_address_is_corrected(self) -> None:
        anne, omar = a_pair()
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        Client().post(FORGOTTEN, names_of(omar.account))
        link = link_to(omar.account)
        body = Courrier.objects.filter(template="nouveau_mot_de_passe").latest("pk").body
        other = str(re.findall(r"https?://[^/\s]+(/\w/\S+)", body)[0])
        shown = sent_digits(Client().post(link))
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        link = link_to(omar.account)
        page = f"{PEOPLE}{omar.pk}/adresse/"
        answer = browser(anne.account).post(page, {"email": "omar.neuf@entreprise.example"})
        assert answer.status_code == 302, text_of(answer)
        for old in (link, other):
            assert Client().post(old, {"password": CHOSEN, "answer": "x"}).status_code >= 400
        assert sign_in(omar.account, shown).status_code == 422
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        latest = Courrier.objects.filter(template="mot_de_passe_provisoire").latest("pk")
        assert latest.recipient == "omar.neuf@entreprise.example"


class TestFactor:
    """None of the ways back in leads around the application of codes."""

    def owes(self, answer: Answer, client: Client) -> bool:
        return "/connexion/code/" in answer["Location"] and not is_in(client)

    def test_what_an_administrateur_gives(self) -> None:
        anne, omar = a_pair()
        Telephone(omar.account)
        client = Client()
        sign_in(omar.account, digits_for(omar, browser(anne.account)), client)
        assert self.owes(client.post(POSSESSION, TAKEN), client)

    def test_what_the_mailbox_shows(self) -> None:
        _, omar = a_pair()
        Telephone(omar.account)
        Client().post(FORGOTTEN, {**names_of(omar.account), "voie": "provisoire"})
        client = Client()
        sign_in(omar.account, sent_digits(client.post(link_to(omar.account))), client)
        assert self.owes(client.post(POSSESSION, TAKEN), client)

    def test_the_link_and_the_answer(self) -> None:
        _, omar = a_pair()
        Telephone(omar.account)
        Client().post(FORGOTTEN, names_of(omar.account))
        body = Courrier.objects.filter(template="nouveau_mot_de_passe").latest("pk").body
        link = str(re.findall(r"https?://[^/\s]+(/\w/\S+)", body)[0])
        client = Client()
        assert client.post(link, {"password": CHOSEN})["Location"].startswith(DOOR)
        assert not is_in(client)
        assert self.owes(sign_in(omar.account, CHOSEN, client), client)

    @pytest.mark.parametrize(("email", "status"), [("malin@entreprise.example", 409), ("", 302)])
    def test_removed_and_created_again(self, email: str, status: int) -> None:
        """Another mailbox is another person's: it opens nothing of who left. The same one is theirs again,
        and the factor has ended with the password, as for everybody who is created."""
        anne, omar = a_pair()
        Telephone(omar.account)
        boss = browser(anne.account)
        boss.post(f"{PEOPLE}{omar.pk}/retirer/?vers=sans", {"compris": "on"})
        person = {**names_of(omar.account), "email": email or omar.account.email, "role": "declarant",
                  "mode": "manuel"}  # fmt: skip
        assert boss.post(f"{PEOPLE}nouveau/", person).status_code == status
        omar.account.refresh_from_db()
        again = Acteur.objects.filter(account=omar.account, ended_at=None).exists()
        assert (omar.account.email == "malin@entreprise.example", again) == (False, status == 302)
        assert (omar.account.factor_since is None) == (status == 302)
