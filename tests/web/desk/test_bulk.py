"""Many filings at once: told, confirmed, done line by line, and the result of each."""

import uuid
from typing import Any

import pytest

from guichet.instruction.models import Lot, Traitement
from guichet.instruction.operations import run_bulk
from guichet.instruction.rules import Role
from tests.web.desk.desk import a_filing, an_agent, at_the_desk
from tests.web.people import text_of

pytestmark = pytest.mark.django_db


def test_the_number_and_the_effect_are_told_before_anything_is_done(desk: Any) -> None:
    depots = [a_filing(rank) for rank in range(2)]
    page = desk.post("/agents/lots/preparer/", {"action": "publier", "depot": [one.pk for one in depots]})
    assert "Publier ces 2 dépôts" in text_of(page)
    assert "son déposant prévenu" in text_of(page)
    assert Lot.objects.count() == 0


def test_each_line_has_its_result(desk: Any) -> None:
    good, gone = a_filing(0), a_filing(1)
    desk.post(f"/agents/depots/{gone.pk}/publier/")
    form = {"action": "publier", "depots": f"{good.pk},{gone.pk},{uuid.uuid4()}", "envoyer": "1"}
    answer = desk.post("/agents/lots/lancer/", form)
    waiting = text_of(desk.get(answer.url))
    assert "0 sur 3 traités" in waiting
    assert "data-watch" in waiting
    assert "Actualiser l’avancement" in waiting
    run_bulk(lot_id=Lot.objects.get().pk)
    page = text_of(desk.get(answer.url))
    assert "1 réussi" in page
    assert "2 laissés tels quels" in page
    assert f"/agents/depots/{good.pk}/" in page
    assert "a changé d’état entre-temps" in page
    assert "Un dépôt que vous ne pouvez pas voir" in page
    assert "data-watch" not in page
    assert "Publier ces 3 dépôts" in text_of(desk.get("/agents/lots/"))


def test_a_refusal_in_bulk_shows_what_the_filers_will_read(desk: Any) -> None:
    depot = a_filing()
    form = {"action": "refuser", "depots": str(depot.pk), "motif": "autre", "text": "Illisible."}
    preview = text_of(desk.post("/agents/lots/lancer/", form))
    assert "Ce que liront les déposants" in preview
    assert Lot.objects.count() == 0
    missing = desk.post("/agents/lots/lancer/", {**form, "text": "", "envoyer": "1"})
    assert missing.status_code == 422
    desk.post("/agents/lots/lancer/", {**form, "envoyer": "1"})
    run_bulk(lot_id=Lot.objects.get().pk)
    depot.refresh_from_db()
    assert (depot.state, depot.decision_text) == ("refuse", "Illisible.")


@pytest.mark.parametrize(("which", "number"), [("coches", 1), ("page", 2), ("filtre", 3)])
def test_one_chooses_by_hand_or_by_page_or_by_filter(desk: Any, which: str, number: int) -> None:
    depots = [a_filing(rank) for rank in range(3)]
    form = {
        "sur": which,
        "action": "liberer",
        "depot": [depots[0].pk],
        "page": f"{depots[0].pk},{depots[1].pk}",
    }
    page = text_of(desk.post("/agents/lots/preparer/", form))
    assert page.count(str(depots[0].pk)) == 1
    assert sum(str(depot.pk) in page for depot in depots) == number


@pytest.mark.parametrize(
    "form", [{}, {"action": "publier"}, {"action": "effacer", "depot": str(uuid.UUID(int=1))}, {"depot": "x"}]
)
def test_nothing_chosen_leads_back_to_the_queue(desk: Any, form: dict[str, str]) -> None:
    assert "Cochez au moins un dépôt" in text_of(desk.post("/agents/lots/preparer/", form, follow=True))
    assert desk.post("/agents/lots/lancer/", {**form, "envoyer": "1"}).url == "/agents/"


def test_more_than_five_hundred_are_too_many(desk: Any) -> None:
    ids = ",".join(str(uuid.uuid4()) for _ in range(501))
    answer = desk.post("/agents/lots/lancer/", {"action": "publier", "depots": ids, "envoyer": "1"})
    assert answer.status_code == 422
    assert "501 dépôts sont choisis, 500 au plus" in text_of(answer)


def test_anothers_work_is_not_ones_own_to_see(desk: Any) -> None:
    form = {"action": "publier", "depots": str(a_filing().pk), "envoyer": "1"}
    address = desk.post("/agents/lots/lancer/", form).url
    assert at_the_desk(an_agent("Dominique Exemple")).get(address).status_code == 404
    supervisor = at_the_desk(an_agent("Claude Exemple", role=Role.SUPERVISEUR))
    assert supervisor.get(address).status_code == 200


def test_a_supervisor_gives_many_to_one(db: None) -> None:
    depots, other = [a_filing(rank) for rank in range(2)], an_agent("Dominique Exemple")
    form = {
        "action": "attribuer",
        "depots": ",".join(str(one.pk) for one in depots),
        "to": other.pk,
        "envoyer": "1",
    }
    agent = at_the_desk(an_agent())
    assert agent.post("/agents/lots/lancer/", form).status_code == 422  # not among the choices of an agent
    supervisor = at_the_desk(an_agent("Claude Exemple", role=Role.SUPERVISEUR))
    assert supervisor.post("/agents/lots/lancer/", form).status_code == 302
    run_bulk(lot_id=Lot.objects.get().pk)
    assert Traitement.objects.filter(assigned_to=other).count() == 2
