"""The pages of a second factor that people take into use by themselves, at the door that offers one."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from pytest_django.fixtures import Settings

from guichet.accounts import operations
from guichet.accounts.models import Account, Passkey, SecondFactor
from guichet.accounts.sessions import FACTOR_KEY
from tests.accounts.authenticator import Device, add
from tests.accounts.factor import EMAIL, Telephone, Watch, an_agent, signed_in, watch
from tests.accounts.people import PASSWORD, an_account
from tests.web.people import Answer, html_of, text_of

pytestmark = pytest.mark.django_db
ROOT = "/abonne/"
DOOR, CODE, RECOVERY = f"{ROOT}connexion/", f"{ROOT}connexion/code/", f"{ROOT}connexion/code-de-secours/"
ENROL, ADD = f"{ROOT}connexion/application/", f"{ROOT}connexion/cle-d-acces/"
FACTOR, CODES, MINE = f"{ROOT}second-facteur/", f"{ROOT}codes-de-secours/", f"{ROOT}compte/"
KEY = re.compile(r'g-key">([A-Z2-7 ]+)<')
WHO = "anne@exemple.fr"


@pytest.fixture(autouse=True)
def _place(settings: Settings) -> None:
    settings.BASE_URL = "https://guichet.example"
    settings.LIMITS_A_MINUTE = {}


@pytest.fixture
def now() -> Any:
    """A clock that stands still until the test moves it."""
    with watch() as stopped:
        yield stopped


@pytest.fixture
def account(now: Watch) -> Account:
    """Somebody who has a password alone."""
    return an_account(WHO, espace="abonne")


def give_password(client: Client, suite: str = "") -> Answer:
    return client.post(DOOR, {"identifier": WHO, "password": PASSWORD, "suite": suite})


def asked(client: Client, page: str, **typed: str) -> dict[str, Any]:
    """What the script of ``page`` gets for the browser."""
    answer = client.post(page, {"begin": "1", **typed})
    assert answer.status_code == 200, text_of(answer)
    options: dict[str, Any] = json.loads(answer.content)["options"]
    return options


def make(client: Client, device: Device, **typed: str) -> Answer:
    """Make a passkey by its page."""
    typed = {"name": "Mon téléphone", **typed}
    return client.post(ADD, {**typed, "passkey": device.make(asked(client, ADD, **typed))})


def is_nobody(client: Client) -> bool:
    pages = (MINE, FACTOR, CODES, f"{ROOT}sessions/")
    return all(client.get(page).headers.get("Location", "").startswith(DOOR) for page in pages)


def cookie(client: Client) -> str:
    return client.cookies[configured.SESSION_COOKIE_NAME].value


# Chosen


def test_who_has_none_is_asked_once_and_not_again_for_three_months(account: Account, now: Watch) -> None:
    client = Client()
    assert give_password(client, suite=MINE)["Location"] == f"{FACTOR}?suite=%2Fabonne%2Fcompte%2F"
    page = text_of(client.get(f"{FACTOR}?suite={MINE}"))
    assert "Protégez votre compte" in page
    assert "Appareil perdu" in page
    assert 'type="password"' not in page  # given a moment ago
    assert client.post(FACTOR, {"what": "later", "suite": MINE})["Location"] == MINE
    assert "Protéger votre compte" in text_of(client.get(MINE))
    assert give_password(Client())["Location"] == ROOT
    now.forward(dt.timedelta(days=90))
    assert give_password(Client())["Location"] == FACTOR


def test_who_looks_away_reaches_every_page(account: Account) -> None:
    give_password(client := Client())
    assert client.get(MINE).status_code == 200


def test_an_application_is_linked_without_a_script(account: Account, now: Watch) -> None:
    here, elsewhere = Client(), signed_in(account, second_factor=False)
    give_password(here, suite=MINE)
    before = cookie(here)
    chosen = here.post(FACTOR, {"what": "application", "suite": MINE})
    assert chosen["Location"] == f"{ENROL}?suite=%2Fabonne%2Fcompte%2F"
    found = KEY.search(html_of(here.get(ENROL)))
    assert found
    telephone = Telephone.__new__(Telephone)
    telephone.secret = found[1].replace(" ", "")
    assert here.post(ENROL, {"code": telephone.wrong_code()}).status_code == 422
    linked = here.post(ENROL, {"code": telephone.code(), "suite": MINE})
    assert linked["Location"] == f"{CODES}?suite=%2Fabonne%2Fcompte%2F"
    assert len(re.findall(r"<li>[\w-]{19}</li>", html_of(here.get(CODES)))) == 10
    assert here.post(CODES, {"suite": MINE})["Location"] == MINE
    assert here.get(MINE).status_code == 200
    assert cookie(here) != before
    assert is_nobody(elsewhere)
    now.forward()
    assert give_password(again := Client(), suite=MINE)["Location"] == f"{CODE}?suite=%2Fabonne%2Fcompte%2F"
    assert is_nobody(again)
    assert "passkey.js" not in html_of(again.get(CODE))
    assert again.post(CODE, {"code": telephone.code(), "suite": MINE})["Location"] == MINE


def test_a_passkey_is_made_and_asked_for_ever_after(account: Account, now: Watch) -> None:
    here, device = Client(), Device()
    give_password(here)
    assert here.post(FACTOR, {"what": "passkey"})["Location"] == ADD
    page = html_of(here.get(ADD))
    assert "passkey.js" in page
    assert "demande JavaScript" in text_of(here.get(ADD))
    assert make(here, device)["Location"] == CODES
    assert len(re.findall(r"<li>[\w-]{19}</li>", html_of(here.get(CODES)))) == 10
    assert here.post(CODES)["Location"] == ROOT
    again = Client()
    assert give_password(again)["Location"] == CODE
    assert is_nobody(again)
    shown = text_of(again.get(CODE))
    assert "Utiliser ma clé d’accès" in shown
    assert 'name="code"' not in shown  # there is no application
    answer = again.post(CODE, {"passkey": device.sign(asked(again, CODE)), "suite": MINE})
    assert answer["Location"] == MINE
    assert again.get(MINE).status_code == 200


def test_the_portal_without_a_name_says_why_it_has_no_passkeys(account: Account, settings: Settings) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    give_password(client := Client())
    page = text_of(client.get(FACTOR))
    assert "c’est une suite de chiffres (127.0.0.1)" in page
    assert 'value="passkey"' not in page
    assert 'value="application"' in page
    refused = client.post(ADD, {"begin": "1", "name": "Clé"})
    assert "une suite de chiffres" in json.loads(refused.content)["sentence"]
    assert "une suite de chiffres" in text_of(client.get(ADD))


def test_the_choice_asks_the_password_again_after_twenty_minutes(account: Account, now: Watch) -> None:
    give_password(client := Client())
    now.forward(dt.timedelta(minutes=20))
    assert client.get(ADD)["Location"] == ROOT
    assert 'type="password"' in html_of(client.get(FACTOR))
    assert client.post(FACTOR, {"what": "passkey"}).status_code == 422
    assert client.post(FACTOR, {"what": "passkey", "current": "faux"}).status_code == 422
    assert client.get(ADD)["Location"] == ROOT
    assert client.post(FACTOR, {"what": "passkey", "current": PASSWORD})["Location"] == ADD
    assert client.get(ADD).status_code == 200


def test_a_name_that_cannot_be_is_refused_before_the_device_is_asked(account: Account) -> None:
    give_password(client := Client())
    refused = client.post(ADD, {"begin": "1", "name": " "})
    assert "Donnez un nom" in json.loads(refused.content)["sentence"]
    longer = client.post(ADD, {"begin": "1", "name": "é" * 61})
    assert "61 caractères" in json.loads(longer.content)["sentence"]
    assert make(client, Device(), name="é" * 60)["Location"] == CODES


def test_the_form_without_its_script_says_so_and_loses_nothing(account: Account) -> None:
    give_password(client := Client())
    answer = client.post(ADD, {"name": "Ordinateur du bureau"})
    assert answer.status_code == 422
    assert "demande JavaScript" in text_of(answer)
    assert "Ordinateur du bureau" in text_of(answer)


# Attacked


def test_a_half_signed_in_browser_adds_and_reads_nothing(account: Account) -> None:
    add(account, device := Device())
    give_password(client := Client())
    assert is_nobody(client)
    assert client.get(ADD)["Location"] == DOOR
    assert client.post(ADD, {"begin": "1", "name": "Clé"})["Location"] == DOOR
    assert client.get(ENROL)["Location"] == DOOR
    assert client.post(FACTOR, {"begin": "1"})["Location"].startswith(DOOR)
    asked(client, CODE)  # what it was given to sign is no key to anything
    assert is_nobody(client)
    assert client.post(CODE, {"passkey": Device().sign(asked(client, CODE))}).status_code == 422
    assert is_nobody(client)
    assert client.post(CODE, {"passkey": device.sign(asked(client, CODE))})["Location"] == ROOT


def test_an_answer_is_good_for_the_browser_that_was_asked(account: Account) -> None:
    add(account, device := Device())
    victim, thief = Client(), Client()
    give_password(victim)
    give_password(thief)
    answer = device.sign(asked(victim, CODE))
    asked(thief, CODE)
    assert thief.post(CODE, {"passkey": answer}).status_code == 422
    assert is_nobody(thief)
    assert victim.post(CODE, {"passkey": answer})["Location"] == ROOT
    give_password(victim)
    victim.post(f"{ROOT}deconnexion/")
    give_password(victim)
    assert victim.post(CODE, {"passkey": answer}).status_code == 422  # sent again
    assert is_nobody(victim)


def test_the_cookie_changes_at_the_password_and_at_the_passkey(account: Account) -> None:
    add(account, device := Device())
    client = Client()
    client.post(MINE, {"phone": "x"})  # a session before any sign-in, which somebody may have planted
    keys = [cookie(client)]
    give_password(client)
    keys.append(cookie(client))
    client.post(CODE, {"passkey": device.sign(asked(client, CODE))})
    keys.append(cookie(client))
    assert len(set(keys)) == 3
    for former in keys[:2]:
        thief = Client()
        thief.cookies[configured.SESSION_COOKIE_NAME] = former
        assert is_nobody(thief)
        assert thief.get(CODE)["Location"] == DOOR


def test_the_cookie_changes_when_a_passkey_is_made(account: Account) -> None:
    give_password(client := Client())
    planted = cookie(client)
    make(client, Device())
    thief = Client()
    thief.cookies[configured.SESSION_COOKIE_NAME] = planted
    assert is_nobody(thief)
    assert client.session[FACTOR_KEY]


def test_a_stale_answer_is_told_and_the_next_one_is_taken(account: Account, now: Watch) -> None:
    telephone = Telephone(account)
    add(account, device := Device(), more=True, keep="x")
    client = signed_in(account)
    options = asked(client, FACTOR)
    now.forward(dt.timedelta(minutes=5))
    given = {"current": PASSWORD, "what": "change"}
    late = client.post(FACTOR, {**given, "passkey": device.sign(options)})
    assert late.status_code == 422
    assert "Trop de temps" in text_of(late)
    assert client.post(FACTOR, {**given, "code": telephone.code()})["Location"] == ENROL


def test_wrong_passkeys_are_counted_and_the_way_out_is_told(account: Account) -> None:
    codes = add(account, device := Device())
    give_password(client := Client())
    for _ in range(5):
        assert client.post(CODE, {"passkey": Device().sign(asked(client, CODE))}).status_code == 422
    locked = client.post(CODE, {"passkey": device.sign(asked(client, CODE))})
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert "codes de secours" in text_of(locked)
    assert client.post(RECOVERY, {"code": codes[0]})["Location"] == ROOT


def test_what_a_passkey_answered_is_not_given_back_to_the_page(account: Account) -> None:
    add(account, Device())
    give_password(client := Client())
    answer = Device().sign(asked(client, CODE))
    assert json.loads(answer)["id"] not in html_of(client.post(CODE, {"passkey": answer}))


# Changed


def test_one_more_passkey_by_password_and_passkey(account: Account) -> None:
    add(account, device := Device())
    client = signed_in(account)
    assert client.get(ADD)["Location"] == ROOT  # not without both
    given = {"current": PASSWORD, "what": "passkey"}
    assert client.post(FACTOR, given).status_code == 422
    wrong = client.post(FACTOR, {**given, "passkey": Device().sign(asked(client, FACTOR))})
    assert wrong.status_code == 422
    right = client.post(FACTOR, {**given, "passkey": device.sign(asked(client, FACTOR))})
    assert right["Location"] == ADD
    assert make(client, Device(), name="Clé du coffre")["Location"] == FACTOR
    page = text_of(client.get(FACTOR))
    assert "Clé du coffre" in page
    assert "Mon téléphone" in page
    assert client.get(ADD)["Location"] == ROOT  # allowed once


def test_a_right_given_by_the_password_alone_ends_where_another_window_made_a_factor(
    account: Account,
) -> None:
    give_password(client := Client())
    add(account, Device(), keep=client.session.session_key or "")
    session = client.session
    session[FACTOR_KEY] = True  # even if it were believed
    session.save()
    assert client.get(ADD)["Location"] == ROOT
    assert client.get(ENROL)["Location"] == ROOT


def test_a_passkey_is_taken_away_by_its_line(account: Account) -> None:
    add(account, device := Device())
    add(account, Device(), name="Clé du coffre", more=True, keep="x")
    client = signed_in(account)
    second = Passkey.objects.get(name="Clé du coffre")
    what = f"remove:{second.pk}"
    assert f'value="{what}"' in html_of(client.get(FACTOR))
    given = {"current": PASSWORD, "what": what}
    answer = client.post(FACTOR, {**given, "passkey": device.sign(asked(client, FACTOR))})
    assert answer["Location"] == FACTOR
    page = text_of(client.get(FACTOR))
    assert "Clé du coffre" not in page
    assert 'value="remove' not in page  # the last one stays
    first = Passkey.objects.get()
    again = {**given, "what": f"remove:{first.pk}", "passkey": device.sign(asked(client, FACTOR))}
    refused = client.post(FACTOR, again)
    assert refused.status_code == 409
    assert "votre seule protection" in text_of(refused)
    for odd in ("remove:", "remove:x", "remove:²", f"remove:{10**30}"):
        sent = {**given, "what": odd, "passkey": device.sign(asked(client, FACTOR))}
        assert client.post(FACTOR, sent).status_code == 302
    assert Passkey.objects.count() == 1


def test_doing_without_again(account: Account) -> None:
    add(account, device := Device())
    client = signed_in(account)
    assert "Ne plus utiliser" in text_of(client.get(FACTOR))
    given = {"current": PASSWORD, "what": "give_up"}
    assert client.post(FACTOR, given).status_code == 422
    answer = client.post(FACTOR, {**given, "passkey": device.sign(asked(client, FACTOR))})
    assert answer["Location"] == MINE
    assert "n’a plus de seconde protection" in text_of(client.get(MINE))
    assert give_password(Client())["Location"] == ROOT  # and nobody proposes it at once


def test_an_application_goes_when_a_passkey_is_left(account: Account) -> None:
    codes = add(account, Device())
    SecondFactor.objects.update(secret=b"an application's")
    client = signed_in(account)
    given = {"current": PASSWORD, "what": "remove_application", "code": codes[0]}
    assert client.post(FACTOR, given)["Location"] == FACTOR
    assert bytes(SecondFactor.objects.get().secret) == b""


# Obliged


def test_an_agent_may_make_a_passkey_instead_of_an_application() -> None:
    agent, client, device = an_agent(), Client(), Device()
    door = "/agents/connexion/"
    client.post(door, {"identifier": EMAIL, "password": PASSWORD})
    assert "Créer plutôt une clé d’accès" in text_of(client.get(f"{door}application/"))
    page = f"{door}cle-d-acces/"
    made = device.make(asked(client, page, name="Poste 12"))
    assert client.post(page, {"name": "Poste 12", "passkey": made})["Location"] == "/agents/codes-de-secours/"
    shown = text_of(client.get("/agents/second-facteur/"))
    assert "Poste 12" in shown
    assert "Ne plus utiliser" not in shown
    state = {"current": PASSWORD, "what": "give_up"}
    answer = device.sign(asked(client, "/agents/second-facteur/"))
    refused = client.post("/agents/second-facteur/", {**state, "passkey": answer})
    assert refused.status_code == 403
    agent.refresh_from_db()
    assert agent.factor_since


def test_the_demonstration_leads_to_the_codes_it_shows(settings: Settings, now: Watch) -> None:
    Telephone(an_agent())
    settings.ROOT_URLCONF = "tests.demo.urls"
    for demo in (True, False):
        settings.DEMO = demo
        client = Client()
        client.post("/agents/connexion/", {"identifier": EMAIL, "password": PASSWORD})
        page = html_of(client.get("/agents/connexion/code/"))
        assert ("/demo/codes/" in page) is demo


def test_who_is_signed_in_costs_one_query_with_and_without_a_factor(
    account: Account, django_assert_num_queries: Any
) -> None:
    page = f"{ROOT}adresse/code/"
    plain = signed_in(account, second_factor=False)
    with django_assert_num_queries(1):
        assert plain.get(page).status_code == 200
    operations.postpone_second_factor(account=account)
    add(account, Device())
    protected = signed_in(account)
    with django_assert_num_queries(1):
        assert protected.get(page).status_code == 200
