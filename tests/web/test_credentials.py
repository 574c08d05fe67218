"""Passwords and links, as pages."""

import re

import pytest
from django.conf import settings
from django.test import Client

from guichet.accounts import operations
from guichet.accounts.definitions import PasswordPolicy
from guichet.courriers.models import Courrier
from guichet.espaces.association.definition import ASSOCIATION
from guichet.web.account_forms import ChangePasswordForm, NewPasswordForm
from tests.web.people import PASSWORD, PROFILE, SIREN, an_association, signed_in, text_of

pytestmark = pytest.mark.django_db
NEW = "cheval agrafe pile correcte"


def _link(template: str) -> str:
    body = Courrier.objects.filter(template=template).latest("pk").body
    return str(re.findall(r"https?://[^/\s]+(/[ame]/\S+)", body)[0])


def _register() -> str:
    operations.register(
        espace="association",
        identifier=SIREN,
        email="bureau@asso.example",
        profile=PROFILE,
        client=operations.Client(),
    )
    return _link("votre_compte")


def _recovery_link() -> str:
    Client().post("/association/mot-de-passe-oublie/", {"identifier": SIREN})
    return _link("nouveau_mot_de_passe")


def test_the_link_of_the_message_creates_the_account() -> None:
    page = text_of(Client().get(_register()))
    assert "<h1>Votre compte est créé</h1>" in page
    assert "Les Amis du Lavoir" in page
    assert f"/association/connexion/?identifiant={SIREN}" in page


def test_a_mail_program_that_looks_at_the_link_does_not_use_it() -> None:
    link = _register()
    assert Client().head(link).status_code == 200
    assert "Les Amis du Lavoir" in text_of(Client().get(link))


def test_a_link_used_twice_still_says_that_the_account_is_there() -> None:
    link = _register()
    Client().get(link)
    again = Client().get(link)
    assert again.status_code == 200
    assert "Se connecter" in text_of(again)


@pytest.mark.parametrize("kind", ["a", "m", "e"])
@pytest.mark.parametrize("token", ["coupe", "x" * 200, "%00", "é"])
def test_a_link_cut_in_half_is_explained(kind: str, token: str) -> None:
    answer = Client().get(f"/{kind}/{token}")
    assert answer.status_code == 404
    assert "copiez l’adresse entière" in text_of(answer)
    assert "S’inscrire de nouveau" in text_of(answer)
    assert answer["Cache-Control"] == "no-store"


def test_forgotten_passwords_get_the_same_answer_with_and_without_account() -> None:
    an_association()
    answers = [
        Client().post("/association/mot-de-passe-oublie/", {"identifier": identifier})
        for identifier in (SIREN, "356000000")
    ]
    assert {(one.status_code, one["Location"]) for one in answers} == {
        (302, "/association/mot-de-passe-oublie/envoye/")
    }


def test_where_a_message_is_awaited_its_sender_is_told() -> None:
    page = text_of(Client().get("/association/mot-de-passe-oublie/envoye/"))
    assert settings.SENDER in page
    assert "expéditeur autorisé" in page
    assert "2 heures" in page


def test_a_new_password_by_the_link() -> None:
    an_association()
    link, client = _recovery_link(), Client()
    assert "732" in text_of(client.get(link))
    answer = client.post(link, {"password": f" {NEW} "})
    assert answer["Location"] == f"/association/connexion/?identifiant={SIREN}"
    assert "Votre mot de passe est changé" in text_of(client.get(answer["Location"]))
    sent = {"identifier": SIREN, "password": NEW}
    assert client.post("/association/connexion/", sent).status_code == 302
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize(
    ("typed", "said"), [("court", "au moins"), ("lesamisdulavoir", "deviné"), ("", "Choisissez")]
)
def test_a_weak_password_is_refused_with_its_reason(typed: str, said: str) -> None:
    an_association()
    answer = Client().post(_recovery_link(), {"password": typed})
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_what_the_policy_says_is_told_while_typing() -> None:
    an_association()
    link = _recovery_link()
    assert Client().post(link, {"live": "1", "password": "court"}).json()["holds"] is False
    assert Client().post(link, {"live": "1", "password": NEW}).json()["holds"] is True
    assert Client().get(link).status_code == 200  # trying out uses nothing up


@pytest.mark.parametrize("typed", ["   court-7x   ", "Associations-Guichet"])
def test_trying_out_says_what_the_change_would_say(typed: str) -> None:
    client = signed_in(an_association())
    tried = client.post("/association/mot-de-passe/", {"live": "1", "password": typed}).json()
    sent = client.post("/association/mot-de-passe/", {"current": PASSWORD, "password": typed})
    assert sent.status_code == 422
    assert tried["holds"] is False
    assert tried["sentence"].replace("\u00a0", " ") in text_of(sent)


@pytest.mark.parametrize("form", [NewPasswordForm, ChangePasswordForm])
def test_the_hint_tells_the_policy_of_the_door(form: type[NewPasswordForm]) -> None:
    hint = form(policy=PasswordPolicy(min_length=17)).fields["password"].help_text
    assert "Au moins 17 caractères" in hint


def test_changing_the_password_closes_the_other_sessions_and_keeps_this_one() -> None:
    account = an_association()
    here, elsewhere = signed_in(account), signed_in(account)
    answer = here.post("/association/mot-de-passe/", {"current": PASSWORD, "password": NEW})
    assert answer["Location"] == "/association/compte/"
    assert here.get("/association/").status_code == 200
    assert elsewhere.get("/association/").status_code == 302


def test_the_current_password_is_asked() -> None:
    client = signed_in(an_association())
    answer = client.post("/association/mot-de-passe/", {"current": "wrong", "password": NEW})
    assert answer.status_code == 422
    assert 'href="#id_current"' in text_of(answer)
    assert (
        Client().post("/association/connexion/", {"identifier": SIREN, "password": PASSWORD}).status_code
        == 302
    )


def test_what_the_policy_says_is_told_to_somebody_signed_in_as_well() -> None:
    client = signed_in(an_association())
    for password, holds in (("court", False), (NEW, True)):
        answer = client.post("/association/mot-de-passe/", {"live": "1", "password": password})
        assert answer.json()["holds"] is holds


def test_a_mail_program_that_looks_at_the_link_does_not_change_the_address() -> None:
    account = an_association()
    operations.ask_email_change(account=account, email="nouveau@asso.example", password=PASSWORD)
    link = _link("adresse_a_verifier")
    assert Client().head(link).status_code == 200
    account.refresh_from_db()
    assert account.email == "bureau@asso.example"
    assert "nouveau@asso.example" in text_of(Client().get(link))


def test_too_many_messages_asked_for_say_how_long_to_wait() -> None:
    an_association()
    most = ASSOCIATION.lockout.messages_per_account
    answers = [
        Client().post("/association/mot-de-passe-oublie/", {"identifier": SIREN}) for _ in range(most + 1)
    ]
    assert [answer.status_code for answer in answers] == [302] * most + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert "Il y a 1 point à corriger" in text_of(answers[-1])


def test_trying_out_a_password_asks_for_a_session() -> None:
    assert Client().post("/association/mot-de-passe/", {"live": "1", "password": NEW}).status_code == 302
