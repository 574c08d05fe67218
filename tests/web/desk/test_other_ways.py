"""What has no files, is accepted with a reason, lapses or ends; and what a filter's filings allow."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from guichet.courriers.models import Courrier
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.instruction.models import Agent, Lot, LotLine
from guichet.instruction.operations import run_bulk, start_bulk
from tests.depots import factories, small
from tests.depots.small import ALL, registered
from tests.instruction import people
from tests.web.desk.desk import a_filing, published
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
REASON = "Mandat signé, produit au guichet."


@pytest.fixture(autouse=True)
def _the_tests_own(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.teleprocedures.small_urls"
    with registered(*ALL.values()):
        yield


@pytest.fixture
def request_() -> Depot:
    """A request for a client, which waits."""
    return small.filed(small.firm())


def accept(depot: Depot) -> str:
    return f"/agents/depots/{depot.pk}/accepter/"


def offered(desk: Any, query: str) -> list[str]:
    page = html_of(desk.get(f"/agents/?{query}"))
    chosen = re.search(r'<select class="fr-select" id="action".*?</select>', page, re.DOTALL)
    assert ('name="depot"' in page) == bool(chosen)
    return re.findall(r'<option value="(\w+)"', chosen[0]) if chosen else []


class TestWithoutFiles:
    def test_the_screen_shows_the_answers_and_no_document(self, desk: Any, request_: Depot) -> None:
        page = text_of(desk.get(f"/agents/depots/{request_.pk}/"))
        assert "Déclarer la TVA" in page
        assert "CLIENT 443" in page
        assert "Le document" not in page
        assert "Fichiers tels que reçus" not in page
        assert desk.get(f"/agents/depots/{request_.pk}/document.pdf").status_code == 404
        assert desk.get(f"/agents/depots/{request_.pk}/pages/1.png").status_code == 404

    def test_it_is_refused_as_any_other(self, desk: Any, request_: Depot) -> None:
        answers = {"motif": "autre", "text": "Aucun mandat.", "envoyer": "1"}
        desk.post(f"/agents/depots/{request_.pk}/refuser/", answers)
        request_.refresh_from_db()
        assert (request_.state, request_.decision_text) == (State.REFUSE, "Aucun mandat.")
        body = Courrier.objects.filter(about=request_.evidence).latest("pk").body
        assert "joindre les documents" not in body
        assert "http" not in body

    def test_a_question_goes_without_a_link(self, desk: Any, request_: Depot) -> None:
        desk.post(f"/agents/depots/{request_.pk}/question/", {"question": "Voir https://exemple.fr ?"})
        assert "://" not in Courrier.objects.get(about=request_.evidence).body


class TestAcceptingWithAReason:
    def test_the_button_leads_to_the_reason(self, desk: Any, request_: Depot) -> None:
        page = html_of(desk.get(f"/agents/depots/{request_.pk}/"))
        assert f'href="{accept(request_)}"' in page
        assert "Pourquoi vous acceptez" in text_of(desk.get(accept(request_)))

    def test_what_the_filer_reads_is_shown_first(self, desk: Any, request_: Depot) -> None:
        preview = text_of(desk.post(accept(request_), {"text": REASON}))
        assert "Ce que lira le déposant" in preview
        assert REASON in preview
        request_.refresh_from_db()
        assert request_.state == State.CONFIRME
        desk.post(accept(request_), {"text": REASON, "envoyer": "1"})
        request_.refresh_from_db()
        assert (request_.state, request_.decision_text) == (State.ACCEPTE, REASON)
        assert REASON in Courrier.objects.filter(about=request_.evidence).latest("pk").body

    @pytest.mark.parametrize("answers", [{}, {"text": " \u00a0"}, {"text": "x" * 5001}])
    def test_not_without_one(self, desk: Any, request_: Depot, answers: dict[str, str]) -> None:
        answer = desk.post(accept(request_), {**answers, "envoyer": "1"})
        assert answer.status_code == 422
        request_.refresh_from_db()
        assert request_.state == State.CONFIRME

    def test_the_longest_reason_holds(self, desk: Any, request_: Depot) -> None:
        desk.post(accept(request_), {"text": "x" * 5000, "envoyer": "1"})
        request_.refresh_from_db()
        assert request_.state == State.ACCEPTE

    def test_who_comes_late_is_told(self, desk: Any, request_: Depot) -> None:
        depots.lapse(depot_id=request_.pk, actor="system")
        answer = desk.post(accept(request_), {"text": REASON, "envoyer": "1"})
        assert "a changé d’état entre-temps" in text_of(answer)
        request_.refresh_from_db()
        assert request_.state == State.CADUC

    def test_where_none_is_wanted_one_button_does_it(self, desk: Any) -> None:
        depot = depots.file_at_once(
            account=small.firm(), teleprocedure="essai", answers=small.sample()[0], accepted_terms=True
        )
        Depot.objects.filter(pk=depot.pk).update(teleprocedure="essai_a_confirmer")
        assert desk.get(accept(depot)).url == f"/agents/depots/{depot.pk}/"
        desk.post(accept(depot))
        depot.refresh_from_db()
        assert (depot.state, depot.decision_text) == (State.ACCEPTE, "")


class TestInBulk:
    def test_one_reason_for_many(self, desk: Any) -> None:
        filings = [small.filed(small.firm(rank)) for rank in range(2)]
        form = {"action": "accepter", "depots": ",".join(str(one.pk) for one in filings)}
        assert desk.post("/agents/lots/lancer/", {**form, "envoyer": "1"}).status_code == 422
        assert REASON in text_of(desk.post("/agents/lots/lancer/", {**form, "text": REASON}))
        desk.post("/agents/lots/lancer/", {**form, "text": REASON, "envoyer": "1"})
        run_bulk(lot_id=Lot.objects.get().pk)
        assert {one.decision_text for one in Depot.objects.filter(state=State.ACCEPTE)} == {REASON}

    def test_a_line_without_its_reason_is_left_as_it_is(self, agent: Agent, request_: Depot) -> None:
        lot = start_bulk(agent=agent, action="accepter", depot_ids=[request_.pk])
        run_bulk(lot_id=lot.pk)
        line = LotLine.objects.get()
        assert (line.outcome, line.sentence[:19]) == (LotLine.Outcome.REFUSED, "Le motif manque : é")

    def test_what_there_is_none_of_is_not_told(self, desk: Any, agent: Agent) -> None:
        gone = published(agent, 0)
        for ids in ([a_filing(1).pk], [a_filing(2).pk, gone.pk], [gone.pk]):
            run_bulk(lot_id=start_bulk(agent=agent, action="publier", depot_ids=ids).pk)
        every = text_of(desk.get("/agents/lots/"))
        assert re.search(r"terminé, 1 réussi\s*<", every)
        assert re.search(r"terminé, 1 réussi, 1 laissé tel quel\s*<", every)
        assert re.search(r"terminé, 1 laissé tel quel\s*<", every)
        for lot in Lot.objects.all():
            page = text_of(desk.get(f"/agents/lots/{lot.pk}/"))
            assert not re.search(r"\b0 (réussi|laissé)", page)

    @pytest.mark.parametrize(
        ("query", "actions"),
        [
            ("demarche=comptes_annuels", ["publier", "refuser", "attribuer", "liberer"]),
            ("demarche=essai", ["accepter", "refuser", "attribuer", "liberer"]),
            ("", ["publier", "accepter", "refuser", "attribuer", "liberer"]),
            ("etat=publie", ["retirer"]),
            ("etat=remplace", ["retirer"]),
            ("etat=remplace&demarche=essai", []),
            *((f"etat={state}", []) for state in ("accepte", "refuse", "retire", "caduc", "termine")),
            ("etat=tous&demarche=essai", ["accepter", "refuser", "attribuer", "liberer"]),
            ("etat=tous", ["publier", "accepter", "refuser", "retirer", "attribuer", "liberer"]),
        ],
    )
    def test_only_what_can_succeed_is_offered(self, desk: Any, query: str, actions: list[str]) -> None:
        owner, other = small.firm(), factories.account(siren=small.OTHER_CLIENT)
        states = [state for state in State if state.value in (*FILED_WORDS, "confirme")]
        for rank, state in enumerate(states):
            people.filed(other, state=state)
            asked: dict[str, Any] = {
                "teleprocedure": "essai",
                "data": small.sample()[0],
                "siren": small.CLIENT,
            }
            people.filed(owner, state=state, unique_key=str(rank), **asked)
        assert offered(desk, query) == actions


FILED_WORDS = ("publie", "accepte", "refuse", "retire", "caduc", "termine", "remplace")


class TestWhatBecameOfIt:
    def test_the_queue_finds_what_lapsed_and_what_ended(self, desk: Any) -> None:
        lapsed, ended = (small.filed(small.firm(rank)) for rank in range(2))
        depots.lapse(depot_id=lapsed.pk, actor="system")
        depots.accept(depot_id=ended.pk, actor="anonymous")
        depots.end(depot_id=ended.pk, actor="anonymous")
        for state, words, depot in (("caduc", "Caduc", lapsed), ("termine", "Terminé", ended)):
            page = text_of(desk.get(f"/agents/?etat={state}"))
            assert f"{words} (1)" in page
            assert str(depot.reference) in page

    def test_the_history_names_everybody_by_their_part(self, desk: Any) -> None:
        first, second = small.firm(0), small.firm(1)
        depot = small.filed(first)
        depots.hand_over(depot_id=depot.pk, to=second, actor=first.subject)
        depots.accept(depot_id=depot.pk, actor="anonymous")
        depots.end(depot_id=depot.pk, actor=small.firm(2).subject)
        page = text_of(desk.get(f"/agents/depots/{depot.pk}/"))
        for words in (
            "Dépôt transmis (le déposant)",  # who had it then
            "Confié à un autre compte (le déposant)",
            "Accepté (une personne sans compte)",
            "Terminé : ce qui avait été accepté n’a plus d’effet (un autre compte)",
        ):
            assert words in page

    def test_the_figures_tell_both_apart_from_decisions(self, desk: Any) -> None:
        lapsed, ended = (small.filed(small.firm(rank)) for rank in range(2))
        depots.lapse(depot_id=lapsed.pk, actor="system")
        depots.accept(depot_id=ended.pk, actor="anonymous")
        depots.end(depot_id=ended.pk, actor="anonymous")
        page = text_of(desk.get("/agents/chiffres/?jours=7"))
        assert "3 décisions ou fins sur la période" in page
        assert "La seule décision de la période" in page
        assert all(words in page for words in ("Caducs", "Terminés", "Accepté"))


def test_a_corrected_filing_shows_the_refusal_that_it_answers(desk: Any) -> None:
    owner = small.firm()
    refused = small.filed(owner)
    depots.refuse(depot_id=refused.pk, actor="system", reason="Le mandat est périmé.")
    draft = depots.start_correction(account=owner, depot_id=refused.pk)
    depots.submit(account=owner, depot_id=draft.pk, accepted_terms=True)
    page = desk.get(f"/agents/depots/{draft.pk}/")
    assert "Répond à un dépôt antérieur" in text_of(page)
    assert "Le mandat est périmé." in text_of(page)
    assert f'href="/agents/depots/{refused.pk}/"' in html_of(page)
    assert "Répond à un dépôt antérieur" not in text_of(desk.get(f"/agents/depots/{refused.pk}/"))
