"""Documents put under another type, or with another person: who may, what stays, what is learned."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.queries import DepotNotFound
from guichet.depots.states import State
from guichet.instruction import operations, queries
from guichet.instruction.models import Agent, Classement
from guichet.instruction.operations import (
    AlreadyDecided,
    HeldByAnother,
    NoSuchDocument,
    NothingChanged,
    UnknownPerson,
    UnknownType,
)
from guichet.instruction.rules import NotAllowed, Role
from guichet.instruction.values import Reclassification
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.depots import factories
from tests.instruction import papers, people

pytestmark = pytest.mark.django_db
Limit = Callable[[int], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _papers() -> Iterator[None]:
    with papers.registered():
        yield


@pytest.fixture
def depot(owner: Account) -> Depot:
    """Two documents that wait."""
    return papers.sent(owner)


def put(agent: Agent, depot: Depot, document: int = 1, type: str = "avis", person: str = "moi") -> Classement:  # noqa: A002 - as the operation has it
    return operations.reclassify(agent=agent, depot_id=depot.pk, document=document, type=type, person=person)


class TestReclassify:
    def test_the_document_is_elsewhere_and_what_was_filed_stays(self, agent: Agent, depot: Depot) -> None:
        before = dict(depot.data)
        made = put(agent, depot, 2, "naissance", "p-lea")
        assert (made.former_type, made.former_person, made.typed) == ("rib", "moi", "Papier 2")
        depot.refresh_from_db()
        assert depot.data == before
        first, second = queries.documents(depot)
        assert (first.type, first.reclassified) == ("rib", False)
        assert (second.type_label, second.person_label) == ("Acte de naissance", "Léa Exemple")
        assert (second.described.type, second.described.person_label) == ("rib", "Vous")
        assert second.reclassified
        assert second.file is not None
        assert second.file.position == 2

    def test_the_last_one_counts_and_knows_the_one_before(self, agent: Agent, depot: Depot) -> None:
        put(agent, depot, type="naissance")
        again = put(agent, depot, type="avis", person="p-noe")
        assert (again.former_type, again.former_person) == ("naissance", "moi")
        assert queries.documents(depot)[0].type == "avis"

    def test_back_where_it_was_it_is_no_more_told_as_moved(self, agent: Agent, depot: Depot) -> None:
        put(agent, depot, type="naissance")
        put(agent, depot, type="rib")
        assert not queries.documents(depot)[0].reclassified

    def test_the_journal_holds_codes_and_no_name(self, agent: Agent, depot: Depot) -> None:
        put(agent, depot, type="naissance", person="p-lea")
        put(agent, depot, type="avis", person="p-lea")
        first, second = history(subject=depot.evidence)[-2:]
        assert first.kind == "instruction.reclassified"
        assert first.data == {
            "role": "agent", "document": 1, "type": "naissance", "former_type": "rib", "person_changed": True,
        }  # fmt: skip
        assert second.data["person_changed"] is False
        assert "Papier" not in str([event.data for event in history(subject=depot.evidence)])

    @pytest.mark.parametrize(
        "code", ["", "x", "RIB", " rib", "vignette", "rib\x01", "'; DROP TABLE", "<script>", "é" * 5000]
    )
    def test_a_type_that_is_not_offered(self, agent: Agent, depot: Depot, code: str) -> None:
        with pytest.raises(UnknownType):
            put(agent, depot, type=code)
        assert not Classement.objects.exists()

    @pytest.mark.parametrize("code", ["", "MOI", "p-inconnue", "moi ", "<b>", "x" * 5000])
    def test_a_person_whom_the_file_does_not_know(self, agent: Agent, depot: Depot, code: str) -> None:
        with pytest.raises(UnknownPerson):
            put(agent, depot, person=code)
        assert not Classement.objects.exists()

    def test_what_is_retired_may_stay_when_the_person_alone_changes(
        self, agent: Agent, owner: Account
    ) -> None:
        depot = papers.sent(owner, 1, data={"type_1": "vignette"})
        assert put(agent, depot, type="vignette", person="p-lea").type == "vignette"

    def test_nothing_changed_is_nothing_journalled(self, agent: Agent, depot: Depot) -> None:
        with pytest.raises(NothingChanged):
            put(agent, depot, type="rib", person="moi")
        assert not [e for e in history(subject=depot.evidence) if e.kind == "instruction.reclassified"]

    @pytest.mark.parametrize("number", [0, 3, -1])
    def test_a_document_that_is_not_there(self, agent: Agent, depot: Depot, number: int) -> None:
        with pytest.raises(NoSuchDocument):
            put(agent, depot, number)

    def test_a_filing_that_is_not_made_of_documents(self, agent: Agent, owner: Account) -> None:
        other = people.with_pdf(people.filed(owner))
        assert queries.documents(other) == []
        with pytest.raises(NoSuchDocument):
            put(agent, other)


class TestWho:
    def test_an_agent_of_something_else_finds_nothing(self, depot: Depot) -> None:
        elsewhere = people.agent(Role.GESTIONNAIRE, factories.CODE)
        with pytest.raises(DepotNotFound):
            put(elsewhere, depot)

    def test_somebody_suspended(self, agent: Agent, depot: Depot) -> None:
        agent.active = False
        with pytest.raises(NotAllowed):
            put(agent, depot)

    def test_what_a_colleague_has_open_is_left_alone(
        self, agent: Agent, colleague: Agent, depot: Depot
    ) -> None:
        operations.hold(agent=colleague, depot_id=depot.pk)
        with pytest.raises(HeldByAnother):
            put(agent, depot)
        with clock.travel(dt.timedelta(minutes=10, seconds=1)):
            assert put(agent, depot).agent == agent

    @pytest.mark.parametrize("state", [State.ACCEPTE, State.REFUSE])
    def test_what_is_decided_may_still_be_put_right(self, agent: Agent, owner: Account, state: State) -> None:
        assert put(agent, papers.sent(owner, state=state)).type == "avis"

    @pytest.mark.parametrize("state", [State.RETIRE, State.TERMINE])
    def test_what_is_withdrawn_or_over_is_left_as_it_is(
        self, agent: Agent, owner: Account, state: State
    ) -> None:
        with pytest.raises(AlreadyDecided):
            put(agent, papers.sent(owner, state=state))

    def test_a_draft_is_nobodys_to_put_elsewhere(self, agent: Agent, owner: Account) -> None:
        draft = papers.sent(owner)
        Depot.objects.filter(pk=draft.pk).update(
            state=State.BROUILLON, confirmed_at=None, submitted_at=None, reference=None
        )
        with pytest.raises(DepotNotFound):
            put(agent, draft)


class TestDocuments:
    def test_many_cost_as_many_queries_as_one(
        self, agent: Agent, owner: Account, assert_queries: Limit
    ) -> None:
        for number in (1, 5):
            depot = papers.sent(owner, number)
            put(agent, depot, number, "avis")
            with assert_queries(2):  # the files, and what was put elsewhere
                assert len(queries.documents(depot)) == number

    def test_a_person_who_left_the_file_is_told_so(
        self, agent: Agent, depot: Depot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(agent, depot, person="p-noe", type="rib")
        monkeypatch.delitem(papers.PERSONS, "p-noe")
        assert "n’est plus connue" in queries.documents(depot)[0].person_label

    def test_who_is_no_more_offered_is_named_still(
        self, agent: Agent, owner: Account, assert_queries: Limit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        depot = papers.sent(owner, 5)
        for number in range(1, 6):
            put(agent, depot, number, "rib", "p-noe")
        monkeypatch.setitem(papers.GONE, "p-noe", papers.PERSONS["p-noe"])
        monkeypatch.delitem(papers.PERSONS, "p-noe")
        with assert_queries(2):
            assert {one.person_label for one in queries.documents(depot)} == {"Noé Exemple"}
        with pytest.raises(UnknownPerson):
            put(agent, papers.sent(owner), person="p-noe")

    def test_a_type_that_left_the_nomenclature_is_told_by_its_code(
        self, agent: Agent, depot: Depot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(agent, depot, type="avis")
        monkeypatch.delitem(papers.TYPES, "avis")
        assert queries.documents(depot)[0].type_label == "avis"

    def test_a_file_of_which_nothing_is_known_any_more_is_shown_by_its_name(self, depot: Depot) -> None:
        depot.data = {}
        assert [one.described.name for one in queries.documents(depot)] == ["Papier 1.pdf", "Papier 2.pdf"]

    def test_the_words_stay_when_the_files_are_gone(self, depot: Depot) -> None:
        depot.files.all().delete()
        assert [one.file for one in queries.documents(depot)] == [None, None]


class TestReport:
    def lines(self, agent: Agent, days: int = 30) -> list[Reclassification]:
        since = clock.today() - dt.timedelta(days=days)
        return queries.reclassifications(agent=agent, since=since)

    def test_each_document_counts_once_with_what_was_chosen_and_where_it_is(
        self, agent: Agent, supervisor: Agent, owner: Account
    ) -> None:
        names = {"nom_1": "RIB", "nom_2": " rib "}
        one, other = papers.sent(owner, data=names), papers.sent(owner, 1, data={"nom_1": "Feuille"})
        put(agent, one, 1, "naissance")
        put(agent, one, 1, "avis")
        put(agent, one, 2, "avis")
        put(agent, other, 1, "naissance")
        first, second = self.lines(supervisor)
        assert (first.typed, first.former, first.type, first.number) == ("RIB", "rib", "avis", 2)
        assert (first.former_label, first.type_label) == (papers.TYPES["rib"], papers.TYPES["avis"])
        assert (second.typed, second.type, second.number) == ("Feuille", "naissance", 1)

    def test_a_person_corrected_teaches_the_nomenclature_nothing(
        self, agent: Agent, supervisor: Agent, depot: Depot
    ) -> None:
        put(agent, depot, 1, "rib", "p-lea")
        put(agent, depot, 2, "avis")
        put(agent, depot, 2, "rib")
        assert self.lines(supervisor) == []

    def test_the_period_begins_at_midnight_in_paris(
        self, agent: Agent, supervisor: Agent, depot: Depot
    ) -> None:
        put(agent, depot)
        day = dt.date(2026, 3, 1)
        midnight = dt.datetime(2026, 2, 28, 23, 0, tzinfo=dt.UTC)
        for moment, number in ((midnight, 1), (midnight - dt.timedelta(microseconds=1), 0)):
            Classement.objects.update(at=moment)
            assert len(queries.reclassifications(agent=supervisor, since=day)) == number

    def test_only_what_one_sees(self, agent: Agent, depot: Depot) -> None:
        put(agent, depot)
        assert self.lines(people.agent(Role.SUPERVISEUR, factories.CODE)) == []
        assert len(queries.learned(since=clock.today())) == 1

    def test_supervisors_alone(self, agent: Agent) -> None:
        with pytest.raises(NotAllowed):
            self.lines(agent)

    def test_the_names_are_forgotten_with_the_texts(
        self, agent: Agent, supervisor: Agent, depot: Depot
    ) -> None:
        put(agent, depot)
        assert operations.forget_texts(depot_ids=[depot.pk]) == 1
        [line] = self.lines(supervisor)
        assert (line.typed, line.type) == ("", "avis")
