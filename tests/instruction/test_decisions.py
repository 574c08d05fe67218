"""Publish, refuse, withdraw: what becomes of the filing, of the public's list, and what the filer reads."""

import datetime as dt
from typing import Any

import pytest

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots import operations as depots
from guichet.depots import queries
from guichet.depots.models import Depot
from guichet.depots.queries import DepotNotFound
from guichet.depots.rules import AlreadyFiled
from guichet.depots.states import IllegalTransition, State
from guichet.files.models import StoredFile
from guichet.files.queries import Infected
from guichet.instruction import operations
from guichet.instruction.models import Agent, Traitement
from guichet.instruction.operations import AlreadyDecided, HeldByAnother, ReasonMissing, UnknownMotif
from guichet.instruction.rules import MotifKind, NotAllowed
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.publications.models import Publication
from tests.depots import factories
from tests.instruction import people

pytestmark = pytest.mark.django_db


def told(depot: Depot) -> Courrier:
    """The last message about ``depot``."""
    return Courrier.objects.filter(about=depot.evidence).latest("pk")


def kinds(depot: Depot) -> list[str]:
    return [event.kind for event in history(subject=depot.evidence)]


def state_of(depot: Depot) -> str:
    return Depot.objects.get(pk=depot.pk).state


class TestPublish:
    def test_the_public_finds_it_and_the_filer_reads_so(self, owner: Account, agent: Agent) -> None:
        depot = factories.confirmed(owner)
        done = operations.publish(agent=agent, depot_id=depot.pk)
        assert (done.state, done.decided_at is not None) == (State.PUBLIE, True)
        assert Publication.objects.filter(depot=depot).count() == 1
        assert told(depot).subject == "votre dépôt est publié"
        assert told(depot).recipient == owner.email

    def test_the_journal_says_who_and_in_what_role(self, owner: Account, agent: Agent) -> None:
        depot = factories.confirmed(owner)
        operations.publish(agent=agent, depot_id=depot.pk)
        published, decided = history(subject=depot.evidence)[-2:]
        assert (published.kind, published.actor) == ("depot.published", agent.actor)
        assert decided.kind == "instruction.decided"
        assert decided.data == {"role": "agent", "decision": "depot.published"}

    def test_a_rectification_takes_the_place_of_what_was_published(
        self, owner: Account, agent: Agent
    ) -> None:
        first = factories.confirmed(owner)
        operations.publish(agent=agent, depot_id=first.pk)
        second = factories.confirmed(owner, nature="rectificatif")
        assert state_of(first) == State.PUBLIE  # until the rectification is published too
        operations.publish(agent=agent, depot_id=second.pk)
        first.refresh_from_db()
        assert (first.state, first.superseded_by_id) == (State.REMPLACE, second.pk)
        assert {row.depot_id: row.state for row in Publication.objects.all()} == {
            first.pk: "remplacee",
            second.pk: "en_vigueur",
        }

    def test_twice_is_refused_and_changes_nothing(self, owner: Account, agent: Agent) -> None:
        depot = factories.confirmed(owner)
        operations.publish(agent=agent, depot_id=depot.pk)
        before = kinds(depot)
        with pytest.raises(AlreadyDecided):
            operations.publish(agent=agent, depot_id=depot.pk)
        assert kinds(depot) == before

    def test_nothing_infected_is_published(self, owner: Account, agent: Agent) -> None:
        depot = factories.confirmed(owner)
        StoredFile.objects.update(scan=StoredFile.Scan.INFECTED, scanned_at=clock.now())
        with pytest.raises(Infected):
            operations.publish(agent=agent, depot_id=depot.pk)
        assert state_of(depot) == State.CONFIRME
        assert not Publication.objects.exists()

    def test_what_is_not_confirmed_is_nobodys_to_decide(self, owner: Account, agent: Agent) -> None:
        depot = factories.submitted(owner)
        with pytest.raises(DepotNotFound):
            operations.publish(agent=agent, depot_id=depot.pk)

    def test_what_publishes_is_not_merely_accepted(self, owner: Account, agent: Agent) -> None:
        depot = people.filed(owner)
        with pytest.raises(operations.OnlyPublished):
            operations.accept(agent=agent, depot_id=depot.pk)


class TestRefuse:
    def test_the_filer_reads_the_reason_and_how_to_answer(self, owner: Account, agent: Agent) -> None:
        depot, motif = people.filed(owner), people.motif()
        done = operations.refuse(agent=agent, depot_id=depot.pk, motif_id=motif.pk, text="Page 3 surtout.")
        assert done.state == State.REFUSE
        assert done.decision_text == "Les pages sont illisibles.\n\nPage 3 surtout."
        body = told(depot).body
        assert "Page 3 surtout." in body
        assert "Déposer un dossier corrigé" in body
        assert Traitement.objects.get(pk=depot.pk).motif == motif

    def test_the_reason_stays_out_of_the_journal(self, owner: Account, agent: Agent) -> None:
        depot = people.filed(owner)
        operations.refuse(agent=agent, depot_id=depot.pk, motif_id=None, text="Mme Untel figure page 3.")
        assert "Untel" not in str([event.data for event in history(subject=depot.evidence)])

    def test_a_reason_is_needed_one_way_or_the_other(self, owner: Account, agent: Agent) -> None:
        depot = people.filed(owner)
        with pytest.raises(ReasonMissing):
            operations.refuse(agent=agent, depot_id=depot.pk, motif_id=None, text=" \n ")
        assert state_of(depot) == State.CONFIRME

    @pytest.mark.parametrize(
        "changes",
        [{"kind": MotifKind.RETRAIT}, {"teleprocedure": "autre"}, {"active": False}],
    )
    def test_the_reason_is_one_of_the_list(
        self, owner: Account, agent: Agent, changes: dict[str, Any]
    ) -> None:
        depot = people.filed(owner)
        with pytest.raises(UnknownMotif):
            operations.refuse(agent=agent, depot_id=depot.pk, motif_id=people.motif(**changes).pk)

    def test_what_was_published_stays_so_when_its_rectification_is_refused(
        self, owner: Account, agent: Agent
    ) -> None:
        first = factories.confirmed(owner)
        operations.publish(agent=agent, depot_id=first.pk)
        second = factories.confirmed(owner, nature="rectificatif")
        operations.refuse(agent=agent, depot_id=second.pk, motif_id=people.motif().pk)
        assert (state_of(first), state_of(second)) == (State.PUBLIE, State.REFUSE)
        third = factories.confirmed(owner, nature="rectificatif")
        assert third.version == 1  # nobody ever read the refused one

    def test_its_place_is_free_and_it_keeps_its_receipt(self, owner: Account, agent: Agent) -> None:
        depot = factories.confirmed(owner)
        with pytest.raises(AlreadyFiled):
            factories.submitted(owner)
        draft = depots.start_draft(account=owner, teleprocedure=factories.CODE)
        operations.refuse(agent=agent, depot_id=depot.pk, motif_id=people.motif().pk)
        again = depots.submit(account=owner, depot_id=draft.pk, accepted_terms=True)
        assert again.version == 0
        assert queries.by_verification_code(code=depot.verification_code or "") == depot

    def test_a_closed_account_does_not_hold_the_decision_up(self, owner: Account, agent: Agent) -> None:
        depot = people.filed(owner)
        Account.objects.filter(pk=owner.pk).update(email="")
        operations.refuse(agent=agent, depot_id=depot.pk, motif_id=people.motif().pk)
        assert state_of(depot) == State.REFUSE
        assert "depot.filer_not_told" in kinds(depot)
        assert not Courrier.objects.filter(about=depot.evidence).exists()


class TestCorrection:
    def test_the_refused_answers_come_back_and_the_link_is_kept(self, owner: Account, agent: Agent) -> None:
        refused = people.filed(owner)
        operations.refuse(agent=agent, depot_id=refused.pk, motif_id=people.motif().pk)
        draft = depots.start_correction(account=owner, depot_id=refused.pk)
        assert (draft.data, draft.corrects_id) == (refused.data, refused.pk)
        assert depots.start_correction(account=owner, depot_id=refused.pk) == draft
        depots.attach(account=owner, depot=draft, upload=factories.upload())
        sent = depots.submit(account=owner, depot_id=draft.pk, accepted_terms=True)
        assert history(subject=sent.evidence)[-1].data["corrects"] == str(refused.pk)

    def test_another_draft_is_not_overwritten(self, owner: Account, agent: Agent) -> None:
        refused = people.filed(owner)
        operations.refuse(agent=agent, depot_id=refused.pk, motif_id=people.motif().pk)
        draft = factories.draft(owner, date="2023-12-31")
        with pytest.raises(depots.OtherDraft):
            depots.start_correction(account=owner, depot_id=refused.pk)
        draft.refresh_from_db()
        assert (draft.data["date_cloture"], draft.corrects_id) == ("2023-12-31", None)

    @pytest.mark.parametrize("state", [State.CONFIRME, State.PUBLIE, State.REMPLACE])
    def test_what_was_not_refused_needs_no_answer(self, owner: Account, state: State) -> None:
        depot = people.filed(owner, state=state)
        with pytest.raises(IllegalTransition):
            depots.start_correction(account=owner, depot_id=depot.pk)

    def test_a_strangers_refusal_is_not_found(self, owner: Account) -> None:
        depot = people.filed(factories.account(siren=factories.SIRENS[1]), state=State.REFUSE)
        with pytest.raises(DepotNotFound):
            depots.start_correction(account=owner, depot_id=depot.pk)


class TestWithdraw:
    def test_a_trace_stays_and_the_next_one_takes_another_number(self, owner: Account, agent: Agent) -> None:
        depot = factories.confirmed(owner)
        operations.publish(agent=agent, depot_id=depot.pk)
        motif = people.motif(MotifKind.RETRAIT, text="Données personnelles.")
        with clock.travel(dt.timedelta(days=2)):
            done = operations.withdraw(agent=agent, depot_id=depot.pk, motif_id=motif.pk)
        assert done.withdrawn_at is not None
        assert done.decided_at is not None
        assert (done.withdrawn_at - done.decided_at).days == 2  # when it was published is not forgotten
        trace = Publication.objects.get(depot=depot)
        assert (trace.state, trace.reason) == ("retiree", "Données personnelles.")
        assert told(depot).subject == "votre dépôt est retiré de la publication"
        draft = depots.start_correction(account=owner, depot_id=depot.pk)
        depots.attach(account=owner, depot=draft, upload=factories.upload())
        depots.submit(account=owner, depot_id=draft.pk, accepted_terms=True)
        again = depots.confirm(token=factories.token_of(draft))
        assert again.version == 1
        operations.publish(agent=agent, depot_id=again.pk)
        assert (state_of(depot), state_of(again)) == (State.RETIRE, State.PUBLIE)

    def test_only_what_is_published_can_be_withdrawn(self, owner: Account, agent: Agent) -> None:
        depot, motif = people.filed(owner), people.motif(MotifKind.RETRAIT)
        with pytest.raises(AlreadyDecided):
            operations.withdraw(agent=agent, depot_id=depot.pk, motif_id=motif.pk)

    def test_what_was_published_and_then_replaced_can_be_withdrawn(
        self, owner: Account, agent: Agent
    ) -> None:
        first = factories.confirmed(owner)
        operations.publish(agent=agent, depot_id=first.pk)
        second = factories.confirmed(owner, nature="rectificatif")
        operations.publish(agent=agent, depot_id=second.pk)
        motif = people.motif(MotifKind.RETRAIT, text="Données personnelles.")
        operations.withdraw(agent=agent, depot_id=first.pk, motif_id=motif.pk)
        assert (state_of(first), state_of(second)) == (State.RETIRE, State.PUBLIE)
        states = dict(Publication.objects.values_list("version", "state"))
        assert states == {0: "retiree", 1: "en_vigueur"}
        assert "vous n’avez rien à faire" in told(first).body
        with pytest.raises(IllegalTransition):  # the rectification has answered it
            depots.start_correction(account=owner, depot_id=first.pk)

    @pytest.mark.parametrize("state", [State.CONFIRME, State.REFUSE, State.RETIRE])
    def test_nothing_else_can_be_withdrawn(self, owner: Account, state: State) -> None:
        depot = people.filed(owner, state=state)
        with pytest.raises(IllegalTransition):
            depots.withdraw(depot_id=depot.pk, actor="operator", reason="Données personnelles.")

    def test_what_was_replaced_before_it_was_published_cannot(self, owner: Account, agent: Agent) -> None:
        depot, motif = people.filed(owner, state=State.REMPLACE), people.motif(MotifKind.RETRAIT)
        with pytest.raises(AlreadyDecided):
            operations.withdraw(agent=agent, depot_id=depot.pk, motif_id=motif.pk)

    def test_what_it_had_replaced_does_not_come_back(self, owner: Account, agent: Agent) -> None:
        first = factories.confirmed(owner)
        operations.publish(agent=agent, depot_id=first.pk)
        second = factories.confirmed(owner, nature="rectificatif")
        operations.publish(agent=agent, depot_id=second.pk)
        operations.withdraw(agent=agent, depot_id=second.pk, motif_id=people.motif(MotifKind.RETRAIT).pk)
        assert state_of(first) == State.REMPLACE
        # Nothing counts any more: an initial is as good as a rectification, under a number of its own.
        assert factories.confirmed(owner).version == 2


class TestWhoMay:
    def test_another_procedures_filing_does_not_exist(self, owner: Account) -> None:
        elsewhere = people.agent()
        elsewhere.teleprocedures = ["autre"]
        with pytest.raises(DepotNotFound):
            operations.publish(agent=elsewhere, depot_id=people.filed(owner).pk)

    def test_a_suspended_agent_decides_nothing(self, owner: Account, agent: Agent) -> None:
        agent.active = False
        with pytest.raises(NotAllowed):
            operations.publish(agent=agent, depot_id=people.filed(owner).pk)

    def test_what_a_colleague_has_open_waits(self, owner: Account, agent: Agent, colleague: Agent) -> None:
        depot = people.with_pdf(people.filed(owner))
        operations.hold(agent=colleague, depot_id=depot.pk)
        with pytest.raises(HeldByAnother, match="Dominique Besson"):
            operations.publish(agent=agent, depot_id=depot.pk)
        with clock.travel(dt.timedelta(minutes=10)):  # to the second: the hold is over
            assert operations.publish(agent=agent, depot_id=depot.pk).state == State.PUBLIE

    def test_an_identifier_that_is_none_is_not_found(self, agent: Agent) -> None:
        with pytest.raises(DepotNotFound):
            operations.publish(agent=agent, depot_id="n’importe quoi")
