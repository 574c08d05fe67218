"""The door of agents, page by page, and what somebody tries who has the password alone."""

import re
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from pytest_django.fixtures import Settings

from guichet.accounts import definitions, operations
from guichet.accounts.models import Account, SecondFactor, Session
from guichet.instruction.models import Agent
from guichet.kernel import clock
from tests.accounts.factor import EMAIL, PERIOD, Telephone, an_agent, signed_in, watch
from tests.accounts.people import PASSWORD
from tests.web.people import PASSWORD as FILERS_PASSWORD
from tests.web.people import an_association, html_of, text_of

pytestmark = pytest.mark.django_db
DOOR, CODE, ENROL = "/agents/connexion/", "/agents/connexion/code/", "/agents/connexion/application/"
CODES, FACTOR = "/agents/codes-de-secours/", "/agents/second-facteur/"
MINE = ("/agents/", "/agents/compte/", FACTOR, CODES, "/agents/sessions/", "/agents/equipe/")
KEY = re.compile(r'g-key">([A-Z2-7 ]+)<')


@pytest.fixture(autouse=True)
def _no_rate_limit(settings: Settings) -> None:
    settings.LIMITS_A_MINUTE = {}


def at_the_desk(email: str = EMAIL) -> Account:
    account = an_agent(email)
    Agent.objects.create(account=account, role="gestionnaire", created_at=clock.now())
    return account


def give_password(client: Client, suite: str = "") -> Any:
    return client.post(DOOR, {"identifier": EMAIL, "password": PASSWORD, "suite": suite})


def showing(answer: Any, account: Account) -> Telephone:
    """A telephone that has read the key of the page."""
    found = KEY.search(html_of(answer))
    assert found
    telephone = Telephone.__new__(Telephone)
    telephone.account, telephone.secret = account, found[1].replace(" ", "")
    return telephone


def is_nobody(client: Client) -> bool:
    return all(client.get(page).headers.get("Location", "").startswith(DOOR) for page in MINE)


def test_the_first_sign_in_links_an_application_and_leads_on() -> None:
    account, client = at_the_desk(), Client()
    assert (
        give_password(client, suite="/agents/equipe/")["Location"] == f"{ENROL}?suite=%2Fagents%2Fequipe%2F"
    )
    page = client.get(ENROL)
    telephone = showing(page, account)
    assert client.get(f"{ENROL}qr.png")["Content-Type"] == "image/png"
    assert showing(client.get(ENROL), account).secret == telephone.secret
    wrong = client.post(ENROL, {"code": telephone.wrong_code()})
    assert wrong.status_code == 422
    assert "ne correspond pas à la clé" in text_of(wrong)
    assert is_nobody(client)
    answer = client.post(ENROL, {"code": telephone.code(), "suite": "/agents/equipe/"})
    assert answer["Location"] == f"{CODES}?suite=%2Fagents%2Fequipe%2F"
    shown = re.findall(r"<li>([\w-]{19})</li>", html_of(client.get(CODES)))
    assert len(shown) == 10
    assert all(code in client.get(f"{CODES}fichier/").content.decode() for code in shown)
    assert client.post(CODES, {"suite": "/agents/equipe/"})["Location"] == "/agents/equipe/"
    assert client.get("/agents/equipe/").status_code == 200
    assert client.get(CODES)["Location"] == "/agents/"  # never again
    assert client.get(f"{CODES}fichier/").status_code == 404


def test_nothing_shown_once_lies_open_in_the_table_of_sessions() -> None:
    account, client = at_the_desk(), Client()
    give_password(client)
    telephone = showing(client.get(ENROL), account)
    assert telephone.secret not in str(client.session.items())
    client.post(ENROL, {"code": telephone.code()})
    shown = re.findall(r"<li>([\w-]{19})</li>", html_of(client.get(CODES)))
    kept = str(client.session.items())
    assert not [code for code in shown if code in kept]


def test_who_owes_an_application_reaches_nothing_by_its_address() -> None:
    at_the_desk()
    client = Client()
    give_password(client)
    assert is_nobody(client)
    assert client.get(CODE)["Location"] == ENROL


def test_the_code_of_the_application_signs_in_where_one_wanted_to_go() -> None:
    with watch() as now:
        telephone, client = Telephone(at_the_desk()), Client()
        now.forward()
        assert (
            give_password(client, suite="/agents/compte/")["Location"]
            == f"{CODE}?suite=%2Fagents%2Fcompte%2F"
        )
        assert is_nobody(client)
        wrong = client.post(CODE, {"code": telephone.wrong_code()})
        assert (wrong.status_code, "Erreur" in text_of(wrong)) == (422, True)
        assert is_nobody(client)
        answer = client.post(CODE, {"code": telephone.code(), "suite": "/agents/compte/"})
        assert answer["Location"] == "/agents/compte/"
        assert client.get("/agents/compte/").status_code == 200


def test_a_recovery_code_signs_in_and_no_page_links_another_application_by_it() -> None:
    with watch():
        telephone, client = Telephone(at_the_desk()), Client()
        give_password(client)
        assert client.get(ENROL)["Location"] == DOOR
        assert client.get(f"{ENROL}qr.png").status_code == 404
        answer = client.post("/agents/connexion/code-de-secours/", {"code": telephone.recovery_codes[0]})
        assert answer["Location"] == "/agents/"
        assert client.get(ENROL)["Location"] == "/agents/"


def test_a_password_waits_five_minutes_for_its_code() -> None:
    with watch() as now:
        telephone, client = Telephone(at_the_desk()), Client()
        give_password(client)
        now.forward(10 * PERIOD)
        assert client.get(CODE)["Location"] == DOOR
        assert client.post(CODE, {"code": telephone.code()})["Location"] == DOOR
        assert is_nobody(client)
        assert "saisissez-le de nouveau" in text_of(client.get(DOOR))


def test_a_new_password_ends_what_the_old_one_began() -> None:
    with watch() as now:
        telephone, client = Telephone(account := at_the_desk()), Client()
        give_password(client)
        account.set_password("Girafe7-parapluie-lent")
        account.save()
        now.forward()
        assert client.post(CODE, {"code": telephone.code()})["Location"] == DOOR
        assert is_nobody(client)


def test_the_cookie_changes_at_the_password_and_at_the_code() -> None:
    with watch() as now:
        telephone, client = Telephone(at_the_desk()), Client()
        client.post("/association/compte/", {"address": "x"})  # a session before any sign-in
        keys = [client.cookies[configured.SESSION_COOKIE_NAME].value]
        give_password(client)
        keys.append(client.cookies[configured.SESSION_COOKIE_NAME].value)
        now.forward()
        client.post(CODE, {"code": telephone.code()})
        keys.append(client.cookies[configured.SESSION_COOKIE_NAME].value)
    assert len(set(keys)) == 3
    for former in keys[:2]:
        thief = Client()
        thief.cookies[configured.SESSION_COOKIE_NAME] = former
        assert is_nobody(thief)
        assert thief.get(CODE)["Location"] == DOOR


def test_a_session_of_before_the_second_factor_is_nobodys() -> None:
    account = at_the_desk()
    assert is_nobody(signed_in(account, second_factor=False))
    assert signed_in(account).get("/agents/").status_code == 200


def test_giving_the_password_here_ends_the_session_of_another_door() -> None:
    at_the_desk()
    client = signed_in(an_association(), second_factor=False)
    assert client.get("/association/").status_code == 200
    give_password(client)
    assert client.get("/association/").status_code == 302
    assert not Session.objects.exclude(account=None).exists()


def test_the_lock_out_is_told_with_its_way_out() -> None:
    with watch() as now:
        telephone, client = Telephone(at_the_desk()), Client()
        now.forward()
        give_password(client)
        for _ in range(5):
            client.post(CODE, {"code": telephone.wrong_code()})
        locked = client.post(CODE, {"code": telephone.code()})
        assert (locked.status_code, locked["Retry-After"]) == (429, "900")
        assert "codes de secours" in text_of(locked)
        give_password(client)  # the password again gives no new tries
        assert client.post(CODE, {"code": telephone.code()}).status_code == 429


def test_another_application_by_password_and_code() -> None:
    with watch() as now:
        telephone = Telephone(account := at_the_desk())
        client = signed_in(account)
        assert client.get(ENROL)["Location"] == "/agents/"  # not without both
        now.forward()
        given = {"current": PASSWORD, "code": telephone.code(), "what": "change"}
        assert client.post(FACTOR, {**given, "current": "faux"}).status_code == 422
        assert client.post(FACTOR, given)["Location"] == ENROL
        second = showing(client.get(ENROL), account)
        assert second.secret != telephone.secret
        assert client.post(ENROL, {"code": second.code()})["Location"] == CODES
        assert client.get(ENROL)["Location"] == "/agents/"  # allowed once
        now.forward()
        operations.check_second_factor(account=account, code=second.code())


def test_new_recovery_codes_by_password_and_code() -> None:
    with watch() as now:
        telephone = Telephone(account := at_the_desk())
        client = signed_in(account)
        now.forward()
        given = {"current": PASSWORD, "code": telephone.code(), "what": "codes"}
        assert client.post(FACTOR, given)["Location"] == CODES
        shown = re.findall(r"<li>([\w-]{19})</li>", html_of(client.get(CODES)))
        operations.check_second_factor(account=account, code=shown[0])


def test_nobody_registers_here_and_the_home_page_names_no_such_door() -> None:
    assert "Créer un compte" not in text_of(Client().get(DOOR))
    assert "Agents de l’administration" not in text_of(Client().get("/"))


def test_an_invitation_leads_from_its_link_to_the_desk(settings: Settings) -> None:
    settings.BASE_URL = "https://guichet.example"
    from tests.accounts.people import token_in

    account = operations.invite(
        espace="agents", identifier=EMAIL, email=EMAIL, profile={"name": "Camille"}, actor="operator"
    )
    client, link = Client(), f"/m/{token_in('invitation')}"
    assert "Choisir votre mot de passe" in text_of(client.get(link))
    assert client.post(link, {"password": PASSWORD})["Location"].startswith(DOOR)
    assert "une application de codes" in text_of(client.get(DOOR))
    used = client.get(link)
    assert used.status_code == 410
    assert "/agents/mot-de-passe-oublie/" in html_of(used)
    assert "/association/" not in html_of(used)
    assert give_password(client)["Location"] == ENROL
    assert not SecondFactor.objects.filter(account=account).exists()


def test_an_operator_asks_filers_for_a_second_factor_too(settings: Settings) -> None:
    account = an_association()
    before = signed_in(account, second_factor=False)
    settings.SECOND_FACTOR = ["association"]
    definitions.espaces.cache_clear()
    try:
        assert before.get("/association/").status_code == 302
        client = Client()
        form = {"identifier": account.identifier, "password": FILERS_PASSWORD}
        assert (
            client.post("/association/connexion/", form)["Location"] == "/association/connexion/application/"
        )
        telephone = showing(client.get("/association/connexion/application/"), account)
        client.post("/association/connexion/application/", {"code": telephone.code()})
        assert client.get("/association/").status_code == 200
        assert "Seconde protection" in text_of(client.get("/association/compte/"))
    finally:
        settings.SECOND_FACTOR = []
        definitions.espaces.cache_clear()
