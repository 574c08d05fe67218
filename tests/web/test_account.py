"""« Modifier vos données », the address, the sessions."""

import re

import pytest
from django.conf import settings
from django.test import Client

from guichet.courriers.models import Courrier
from tests.web.people import PASSWORD, PROFILE, SIREN, Answer, an_association, signed_in, text_of

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Les Amis du Lavoir",
    "address": "5 rue Neuve",
    "postcode": "37 100",
    "city": "Tours",
    "contact": "Zoé",
}


def test_the_data_that_one_gave_are_shown_and_can_be_changed() -> None:
    account = an_association()
    client = signed_in(account)
    assert 'value="3 rue du Lavoir"' in text_of(client.get("/association/compte/"))
    assert client.post("/association/compte/", TYPED)["Location"] == "/association/compte/"
    account.refresh_from_db()
    assert account.profile == {**PROFILE, **TYPED, "postcode": "37100"}
    assert "Vos données sont enregistrées" in text_of(client.get("/association/compte/"))


def test_a_mistake_keeps_what_was_typed() -> None:
    client = signed_in(an_association())
    answer = client.post("/association/compte/", {**TYPED, "postcode": "37"})
    assert answer.status_code == 422
    assert 'value="5 rue Neuve"' in text_of(answer)
    assert 'value="37"' in text_of(answer)


def test_the_registers_name_is_not_for_the_account_to_change() -> None:
    account = an_association(profile={**PROFILE, "in_register": True})
    client = signed_in(account)
    assert "id_name" not in text_of(client.get("/association/compte/"))
    client.post("/association/compte/", {**TYPED, "name": "Autre nom"})
    account.refresh_from_db()
    assert account.profile["name"] == "Les Amis du Lavoir"


def _ask(client: Client, **changes: str) -> Answer:
    typed = {"email": "neuf@asso.example", "email_again": "neuf@asso.example", "current": PASSWORD, **changes}
    return client.post("/association/adresse/", typed)


def test_a_new_address_counts_once_it_is_confirmed_by_its_link() -> None:
    account = an_association()
    client = signed_in(account)
    page = text_of(client.get(_ask(client)["Location"]))
    assert "neuf@asso.example" in page
    assert settings.SENDER in page
    account.refresh_from_db()
    assert account.email == "bureau@asso.example"
    message = Courrier.objects.filter(recipient="neuf@asso.example").latest("pk").body
    link = re.findall(r"https?://[^/\s]+(/e/\S+)", message)[0]
    assert "neuf@asso.example" in text_of(Client().get(link))
    account.refresh_from_db()
    assert account.email == "bureau@asso.example", "mail scanners open links too"
    for _press in range(2):
        answer = Client().post(link)
        assert "Votre adresse est changée" in text_of(Client().get(answer["Location"]))
    account.refresh_from_db()
    assert account.email == "neuf@asso.example"
    assert Courrier.objects.filter(template="adresse_changee").count() == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("id_current", {"current": "wrong"}),
        ("id_email_again", {"email_again": "autre@asso.example"}),
        ("id_email", {"email": "bureau@asso.example", "email_again": "bureau@asso.example"}),
    ],
)
def test_each_mistake_points_at_its_field(field: str, changes: dict[str, str]) -> None:
    answer = _ask(signed_in(an_association()), **changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in text_of(answer)


def test_no_message_is_awaited_before_one_was_asked() -> None:
    client = signed_in(an_association())
    assert client.get("/association/adresse/envoye/")["Location"] == "/association/adresse/"


def _sessions(client: Client) -> list[str]:
    return re.findall(r'name="session" value="(\w+)"', text_of(client.get("/association/sessions/")))


def test_sessions_are_listed_and_one_can_be_closed() -> None:
    account = an_association()
    here, there, elsewhere = signed_in(account), signed_in(account), signed_in(account)
    others = _sessions(here)
    assert len(others) == 2
    here.post("/association/sessions/", {"session": others[0]})
    assert len(_sessions(here)) == 1
    assert sorted(one.get("/association/").status_code for one in (there, elsewhere)) == [200, 302]


def test_all_the_others_can_be_closed_at_once() -> None:
    account = an_association()
    here, there = signed_in(account), signed_in(account)
    here.post("/association/sessions/")
    assert here.get("/association/").status_code == 200
    assert there.get("/association/").status_code == 302


def test_nobody_closes_a_strangers_session() -> None:
    mine, theirs = signed_in(an_association()), signed_in(an_association(identifier="356000000"))
    twin = Client()
    twin.post("/association/connexion/", {"identifier": SIREN, "password": PASSWORD})
    theirs.post("/association/sessions/", {"session": _sessions(mine)[0]})
    assert twin.get("/association/").status_code == 200
