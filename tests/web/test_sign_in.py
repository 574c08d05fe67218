"""Coming in: who may see what, and where one lands."""

import datetime as dt
import re
from unittest import mock

import pytest
from django.http import QueryDict
from django.test import Client

from guichet.accounts.operations import LockedOut
from guichet.kernel import clock
from guichet.web import access, account_forms, resume
from guichet.web.forms import PasswordField
from tests.web.people import PASSWORD, SIREN, Answer, an_association, signed_in, text_of

pytestmark = pytest.mark.django_db
PAGE = "/association/connexion/"


def _send(client: Client | None = None, **changes: str) -> Answer:
    return (client or Client()).post(PAGE, {"identifier": SIREN, "password": PASSWORD, **changes})


def test_siren_and_password_lead_to_the_home_of_the_espace() -> None:
    an_association()
    assert _send()["Location"] == "/association/"


@pytest.mark.parametrize("typed", ["732 829 320", "732-829-320", "732\u00a0829\u00a0320", " 732829320 "])
def test_blanks_and_dashes_in_the_number_are_forgiven(typed: str) -> None:
    an_association()
    assert _send(identifier=typed).status_code == 302


@pytest.mark.parametrize("around", [f" {PASSWORD}", f"{PASSWORD}\u00a0", f"\t{PASSWORD}\u200b"])
def test_blanks_around_a_pasted_password_are_removed(around: str) -> None:
    an_association()
    assert _send(password=around).status_code == 302


@pytest.mark.parametrize("wrong", [PASSWORD.lower(), PASSWORD.upper(), "x" * 900])
def test_case_matters(wrong: str) -> None:
    an_association()
    answer = _send(password=wrong)
    assert answer.status_code == 422
    assert "majuscules et les minuscules" in text_of(answer)


def test_an_account_that_does_not_exist_gets_the_same_page() -> None:
    an_association()

    def told(answer: Answer) -> str:
        return re.sub(r'value="\w{64}"', "", text_of(answer)).replace("356000000", SIREN)

    assert told(_send(password="wrong")) == told(_send(identifier="356000000", password="wrong"))


def test_an_error_is_in_the_title_and_keeps_the_number() -> None:
    page = text_of(_send(password="wrong"))
    assert "<title>Erreur : Se connecter - Guichet</title>" in page
    assert f'value="{SIREN}"' in page
    assert "wrong" not in page


def test_too_many_attempts_say_how_long_to_wait() -> None:
    with mock.patch("guichet.accounts.operations.sign_in", side_effect=LockedOut(retry_after=600)):
        answer = _send()
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert "10 min" in text_of(answer)
    assert f'value="{SIREN}"' in text_of(answer)


def test_signing_in_changes_the_session_key() -> None:
    an_association()
    client = Client()
    client.session["x"] = 1
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    _send(client)
    assert client.session.session_key != before


def test_a_page_behind_the_door_leads_to_sign_in_and_back() -> None:
    an_association()
    client = Client()
    answer = client.get("/association/compte/?onglet=2")
    assert answer["Location"] == "/association/connexion/?suite=%2Fassociation%2Fcompte%2F%3Fonglet%3D2"
    page = text_of(client.get(answer["Location"]))
    assert "Connectez-vous pour ouvrir cette page." in page
    assert _send(client, suite="/association/compte/?onglet=2")["Location"] == "/association/compte/?onglet=2"


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "http:///evil",
        "",
    ],
)
def test_it_leads_nowhere_else(away: str) -> None:
    an_association()
    assert _send(suite=away)["Location"] == "/association/"


def test_who_is_signed_in_is_not_asked_again() -> None:
    assert signed_in(an_association()).get(PAGE)["Location"] == "/association/"


def test_a_form_left_open_over_night_is_given_back_after_sign_in() -> None:
    client = signed_in(an_association())
    typed = {"address": "5 rue Neuve", "postcode": "37000", "city": "Tours", "contact": "Zoé", "phone": ""}
    with clock.travel(dt.timedelta(hours=13)):
        answer = client.post("/association/compte/", {**typed, "password": "not kept"})
        assert answer["Location"].startswith(PAGE)
        assert "est conservé" in text_of(client.get(answer["Location"]))
        back = _send(client, suite="/association/compte/")["Location"]
        assert back == "/association/reprise/"
        page = text_of(client.get(back))
    assert 'action="/association/compte/"' in page
    assert 'name="address" value="5 rue Neuve"' in page
    assert "not kept" not in page


def test_a_password_that_came_too_late_is_kept_nowhere() -> None:
    client = Client()
    client.post("/association/adresse/", {"email": "a@exemple.fr", "current": "Motdepasse-actuel-26"})
    client.post("/association/mot-de-passe/", {"current": "Motdepasse-actuel-26", "password": "Nouveau-26"})
    assert "-26" not in str(dict(client.session))


def test_no_form_calls_a_password_what_would_be_given_back() -> None:
    forms = [form for form in vars(account_forms).values() if isinstance(form, type)]
    fields = {name: field for form in forms for name, field in getattr(form, "base_fields", {}).items()}
    passwords = {name for name, field in fields.items() if isinstance(field, PasswordField)}
    assert passwords == {"password", "current"}
    assert resume.kept(QueryDict("&".join(f"{name}=x" for name in passwords))) == []


def test_a_file_sent_too_late_leads_back_to_the_page_that_holds_its_form() -> None:
    sent = {"Referer": "http://testserver/association/compte/?x=1"}
    answer = Client().post("/association/sessions/", headers=sent)
    assert answer["Location"] == "/association/connexion/?suite=%2Fassociation%2Fcompte%2F"
    away = Client().post("/association/sessions/", headers={"Referer": "https://evil.example/x"})
    assert away["Location"] == "/association/connexion/?suite=%2Fassociation%2Fsessions%2F"


def test_what_was_given_back_is_given_back_once() -> None:
    client = signed_in(an_association())
    assert client.get("/association/reprise/").status_code == 302


def test_what_one_account_typed_is_not_given_to_another_that_signs_in_next() -> None:
    client = signed_in(an_association())
    other = an_association(identifier="443061841")
    with clock.travel(dt.timedelta(hours=1, minutes=1)):
        client.post("/association/compte/", {"address": "5 rue Neuve"})
        answer = _send(client, identifier=other.identifier)
        assert answer["Location"] == "/association/"
        assert client.get("/association/reprise/").status_code == 302
        assert "resume" not in client.session


def test_what_nobody_s_session_typed_is_given_to_an_account_of_the_same_door_alone() -> None:
    client = Client()
    client.post("/abonne/compte/", {"city": "Tours"})
    assert "resume" in client.session
    assert "conservé" not in text_of(client.get(PAGE))
    an_association()
    assert _send(client)["Location"] == "/association/"
    client = Client()
    client.post("/association/compte/", {"address": "5 rue Neuve"})
    assert _send(client)["Location"] == "/association/reprise/"


def test_a_text_too_long_for_a_session_is_not_kept() -> None:
    client = Client()
    client.post("/association/compte/", {"address": "x" * 30_000})
    assert "resume" not in client.session


def test_an_account_of_another_door_is_told_so() -> None:
    client = signed_in(an_association())
    with mock.patch.object(access, "account_of", return_value=mock.Mock(espace="autre")):
        answer = client.get("/association/compte/")
    assert answer.status_code == 403
    assert "Associations et fondations" in text_of(answer)


def test_signing_out_asks_then_does() -> None:
    client = signed_in(an_association())
    assert "<button" in text_of(client.get("/association/deconnexion/"))
    assert client.get("/association/").status_code == 200
    assert client.post("/association/deconnexion/")["Location"] == PAGE
    assert client.get("/association/").status_code == 302
    assert "Vous êtes déconnecté" in text_of(client.get(PAGE))


def test_what_a_session_showed_is_kept_in_no_cache() -> None:
    client = signed_in(an_association())
    assert client.get("/association/")["Cache-Control"] == "no-store"
    assert client.get("/aide/")["Cache-Control"] == "no-store"
    assert "Cache-Control" not in Client().get("/aide/")


def test_the_number_of_a_new_account_is_filled_in() -> None:
    page = text_of(Client().get(f"{PAGE}?identifiant={SIREN}"))
    assert 'value="732 829 320"' in page
    assert 'value=""' not in page


def test_what_is_no_number_is_not_filled_in() -> None:
    assert "1234" not in text_of(Client().get(f"{PAGE}?identifiant=1234"))


def test_caps_lock_has_its_notice_and_its_script() -> None:
    page = text_of(Client().get(PAGE))
    assert "data-caps-lock hidden" in page
    assert "web/password.js" in page
