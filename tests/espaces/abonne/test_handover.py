"""« Remettre des dossiers »: choosing, checking, proposing; accepting, declining, cancelling."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guichet.accounts.models import Account
from guichet.adhesions.models import Remise
from guichet.adhesions.operations import colleagues, handover
from guichet.adhesions.states import Remittal
from guichet.depots.models import Depot
from tests.adhesions.firm import OTHER_FIRM, a_client, a_pair, an_abonne, client_files, handed
from tests.web.people import html_of, text_of

CHOOSE, CHECK = "/abonne/remettre/", "/abonne/remettre/verification/"
Pair = tuple[Account, Account]


@pytest.fixture
def pair(db: None) -> Pair:
    return a_pair()


def browser(account: Account) -> Any:
    client: Any = Client()
    client.force_login(account)
    return client


def test_from_the_choice_to_the_acceptance(pair: Pair) -> None:
    lila, omar = pair
    client = a_client(lila, name="BOULANGERIE DU PONT")
    page = browser(lila)
    assert "BOULANGERIE DU PONT" in text_of(page.get(CHOOSE))
    chosen = {"collegue": str(omar.pk), "sur": "coches", "dossier": [str(client.pk)]}
    recap = page.post(CHECK, chosen)
    assert "Proposer ce dossier" in text_of(recap)
    assert "BOULANGERIE DU PONT" in text_of(recap)
    assert not Remise.objects.exists()
    answer = page.post(CHECK, {**_hidden(recap), "envoyer": "1"}, follow=True)
    assert "1 dossier proposé à Omar Exemple" in text_of(answer)
    remise = Remise.objects.get()
    theirs = browser(omar)
    assert "1 dossier proposé par Lila Exemple" in text_of(theirs.get("/abonne/collegues/"))
    assert "Accepter ce dossier" in text_of(theirs.get(_at("remise", remise)))
    assert "en cours : 0 sur 1" in text_of(theirs.post(_at("remise_accept", remise), follow=True))
    handed(remise)
    assert "acceptée : 1 remis" in text_of(theirs.get(_at("remise", remise)))
    assert Depot.objects.get(pk=client.pk).account == omar


def _hidden(recap: Any) -> dict[str, str]:
    pairs = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html_of(recap))
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def _at(name: str, remise: Remise) -> str:
    return reverse(f"abonne:{name}", args=[remise.pk])


def test_all_of_three_hundred_make_a_small_recap(pair: Pair) -> None:
    lila, omar = pair
    client_files(lila, list(range(50_000, 50_300)))
    page = browser(lila)
    assert "Tous mes dossiers (300)" in text_of(page.get(CHOOSE))
    recap = page.post(CHECK, {"collegue": str(omar.pk), "sur": "tous"})
    assert "Proposer ces 300 dossiers" in text_of(recap)
    assert "et 280 autres" in text_of(recap)
    assert len(recap.content) < 20_000
    page.post(CHECK, {**_hidden(recap), "envoyer": "1"})
    assert Remise.objects.get().number == 300


def test_those_that_a_search_finds(pair: Pair) -> None:
    lila, omar = pair
    a_client(lila, name="Boulangerie Étoile")
    a_client(lila, name="GARAGE DU PONT")
    page = browser(lila)
    shown = text_of(page.get(CHOOSE, {"q": "etoile"}))
    assert "Celui que ma recherche a trouvé" in shown
    assert "GARAGE" not in shown
    recap = page.post(CHECK, {"collegue": str(omar.pk), "sur": "recherche", "q": "etoile"})
    page.post(CHECK, {**_hidden(recap), "envoyer": "1"})
    assert Remise.objects.get().demandes.get().depot.subject_name == "Boulangerie Étoile"


def test_a_search_that_finds_nothing_says_so(pair: Pair) -> None:
    a_client(pair[0])
    page = text_of(browser(pair[0]).get(CHOOSE, {"q": "introuvable"}))
    assert "Aucun dossier ne répond à cette recherche." in page
    assert "que ma recherche" not in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"sur": "tous"}, "Choisissez un collègue."),
        ({"sur": "coches", "collegue": "colleague"}, "Cochez au moins un dossier"),
        ({"collegue": "colleague"}, "Choisissez les dossiers à remettre."),
        # There was no search; and what no page offers.
        ({"sur": "recherche", "collegue": "colleague"}, "Choisissez une des réponses."),
        ({"sur": "autre", "collegue": "nobody"}, "Choisissez une des réponses."),
    ],
)
def test_what_is_missing_is_said_and_nothing_lost(pair: Pair, sent: dict[str, str], said: str) -> None:
    client = a_client(pair[0])
    sent = {name: str(pair[1].pk) if value == "colleague" else value for name, value in sent.items()}
    ticked = {"dossier": [str(client.pk)]} if "coches" not in sent.values() else {}
    answer = browser(pair[0]).post(CHECK, {**sent, **ticked})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Erreur" in text_of(answer)
    assert ("checked" in html_of(answer).partition("dossier")[2]) or not ticked


def test_rubbish_in_the_ids_is_nobodys_file(pair: Pair) -> None:
    lila, omar = pair
    client, strangers = a_client(lila), a_client(omar)
    ids = ["", "x", "\0", str(uuid.uuid4()), str(strangers.pk), str(client.pk)]
    recap = browser(lila).post(CHECK, {"collegue": str(omar.pk), "sur": "coches", "dossier": ids})
    assert "Proposer ce dossier" in text_of(recap)
    assert strangers.depot.subject_name not in text_of(recap)
    alone = browser(lila).post(
        CHECK, {"collegue": str(omar.pk), "sur": "coches", "dossier": [str(strangers.pk)]}
    )
    assert alone.status_code == 409


def test_what_ended_between_recap_and_proposal_is_told(pair: Pair) -> None:
    lila, omar = pair
    clients = [a_client(lila), a_client(lila)]
    page = browser(lila)
    ids = [str(one.pk) for one in clients]
    recap = page.post(CHECK, {"collegue": str(omar.pk), "sur": "coches", "dossier": ids})
    handover.propose(account=lila, to=omar.pk, depot_ids=[clients[0].pk])  # in another tab
    answer = page.post(CHECK, {**_hidden(recap), "envoyer": "1"}, follow=True)
    assert "1 dossiers n’y sont pas" in text_of(answer)


@pytest.mark.parametrize("wrong", ["self", "newcomer", "stranger", "nobody"])
def test_files_go_to_recognised_colleagues_alone(pair: Pair, wrong: str) -> None:
    lila, _ = pair
    a_client(lila)
    new, stranger = an_abonne("Nora Nouvelle"), an_abonne("Autre", siren=OTHER_FIRM)
    for account in (new, stranger):
        colleagues.present(account=account)
    to = {"self": lila.pk, "newcomer": new.pk, "stranger": stranger.pk, "nobody": uuid.uuid4()}[wrong]
    page = browser(lila)
    for more in ({}, {"envoyer": "1"}):
        answer = page.post(CHECK, {"collegue": str(to), "sur": "tous", **more})
        assert answer.status_code == 422
    assert not Remise.objects.exists()
    assert "Nora Nouvelle" not in text_of(page.get(CHOOSE))


def test_somebody_without_colleagues_or_files_reads_how_to_begin(db: None) -> None:
    alone = an_abonne()
    colleagues.present(account=alone)
    assert "Vous n’avez pas de collègue" in text_of(browser(alone).get(CHOOSE))
    other = an_abonne("Omar Exemple")
    colleagues.present(account=other)
    colleagues.recognise(account=alone, colleague_id=other.pk)
    assert "Vous n’avez aucun dossier à remettre" in text_of(browser(alone).get(CHOOSE))


@pytest.mark.parametrize(("name", "side", "state", "said"), [
    ("remise_decline", 1, Remittal.DECLINED, "déclinée"),
    ("remise_cancel", 0, Remittal.CANCELLED, "annulée"),
])  # fmt: skip
def test_answers_that_leave_everything_where_it_is(
    pair: Pair, name: str, side: int, state: Remittal, said: str
) -> None:
    client = a_client(pair[0])
    remise = handover.propose(account=pair[0], to=pair[1].pk)
    page = browser(pair[side])
    for _ in range(2):  # a double click
        answer = page.post(_at(name, remise), follow=True)
        assert answer.status_code == 200
        assert said in text_of(answer)
    late = browser(pair[1]).post(_at("remise_accept", remise))
    assert late.status_code == 409
    assert "n’a plus cours" in text_of(late)
    remise.refresh_from_db()
    assert remise.state == state
    assert Depot.objects.get(pk=client.pk).account == pair[0]


def test_a_remise_is_its_two_sides_alone(pair: Pair) -> None:
    a_client(pair[0])
    remise = handover.propose(account=pair[0], to=pair[1].pk)
    stranger = browser(an_abonne("Autre", siren=OTHER_FIRM))
    for name in ("remise", "remise_accept", "remise_decline", "remise_cancel"):
        method = stranger.get if name == "remise" else stranger.post
        assert method(_at(name, remise)).status_code == 404
        if name != "remise":
            assert browser(pair[0]).get(_at(name, remise)).status_code == 405
    assert browser(pair[0]).post(_at("remise_accept", remise)).status_code == 404
    assert browser(pair[1]).post(_at("remise_cancel", remise)).status_code == 404


def test_pages_of_a_long_list(pair: Pair) -> None:
    client_files(pair[0], list(range(51_000, 51_060)))
    page = browser(pair[0])
    first, second = text_of(page.get(CHOOSE)), text_of(page.get(CHOOSE, {"page": "2"}))
    assert "Page 1 sur 2" in first
    assert "Page 2 sur 2" in second
    for page_number in ("0", "-1", "x", "99999999999999999999", "²"):
        assert page.get(CHOOSE, {"page": page_number}).status_code == 200
