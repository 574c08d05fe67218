"""Filings for others, without files, effective at once; those that lapse, end, and change hands."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import transaction

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots import definitions, operations, queries, receipts
from guichet.depots.definitions import UNKNOWN, Confirmation, teleprocedure
from guichet.depots.models import Depot
from guichet.depots.operations.drafts import NotForThisEspace
from guichet.depots.operations.filing import NoFile, TermsNotAccepted
from guichet.depots.operations.uploads import NothingToJoin
from guichet.depots.queries import DepotNotFound
from guichet.depots.rules import AlreadyFiled, InvalidAnswers
from guichet.depots.states import IllegalTransition, State
from guichet.journal.models import Event
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.depots import factories
from tests.depots import small as essai

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def kinds(depot: Depot) -> list[str]:
    return [event.kind for event in history(subject=depot.evidence) if event.kind.startswith("depot.")]


def drafted(firm: Account, siren: str = essai.CLIENT, code: str = "essai") -> Depot:
    depot = operations.start_draft(account=firm, teleprocedure=code)
    return operations.answer(account=firm, depot_id=depot.pk, data={"siren": siren, "objet": "TVA"})


def accepted(firm: Account, reason: str = "") -> Depot:
    return operations.accept(depot_id=essai.filed(firm).pk, actor="system", reason=reason)


class TestForWhom:
    def test_a_draft_names_nobody_before_its_answers_do(self, firm: Account) -> None:
        depot = operations.start_draft(account=firm, teleprocedure="essai")
        assert (depot.siren, depot.subject_name, depot.capacity) == ("", "", "")
        assert teleprocedure("essai").subject(firm, depot.data) == UNKNOWN

    def test_the_submission_names_whom_the_answers_name(self, firm: Account) -> None:
        depot = operations.submit(account=firm, depot_id=drafted(firm).pk, accepted_terms=True)
        assert (depot.siren, depot.subject_name, depot.capacity) == (essai.CLIENT, "CLIENT 443", "Mandataire")
        assert depot.unique_key == str(firm.pk)

    def test_one_place_a_client(self, firm: Account) -> None:
        first, second = essai.filed(firm), essai.filed(firm, essai.OTHER_CLIENT)
        assert first.unique_key == second.unique_key
        assert {first.state, second.state} == {State.CONFIRME}

    def test_a_correction_takes_its_answers_up(self, firm: Account) -> None:
        refused = operations.refuse(depot_id=essai.filed(firm).pk, actor="system", reason="Mandat absent.")
        draft = operations.start_correction(account=firm, depot_id=refused.pk)
        assert draft.data["siren"] == essai.CLIENT


class TestAtOnce:
    def test_submitting_confirms(self, firm: Account) -> None:
        depot = operations.submit(account=firm, depot_id=drafted(firm).pk, accepted_terms=True)
        assert depot.state == State.CONFIRME
        assert depot.submitted_at == depot.expires_at
        assert depot.confirmed_at is not None
        assert kinds(depot) == ["depot.submitted", "depot.confirmed"]
        assert [event for _, event, _ in essai.happened] == ["depot.submitted", "depot.confirmed"]
        assert {actor for _, _, actor in essai.happened} == {firm.subject}

    def test_the_message_acknowledges_and_holds_no_link(self, firm: Account) -> None:
        depot = operations.submit(account=firm, depot_id=drafted(firm).pk, accepted_terms=True)
        assert factories.subjects_of(depot) == ["nous avons reçu votre dépôt"]
        body = Courrier.objects.get(about=depot.evidence).body
        assert str(depot.reference) in body
        assert not depot.links.exists()
        assert not any(sign in body for sign in ("http", "www.", "://"))

    def test_a_second_click_is_the_same_filing(self, firm: Account) -> None:
        draft = drafted(firm)
        first = operations.submit(account=firm, depot_id=draft.pk, accepted_terms=True)
        second = operations.submit(account=firm, depot_id=draft.pk, accepted_terms=True)
        assert (first.pk, first.reference) == (second.pk, second.reference)
        assert len(kinds(first)) == 2
        assert len(factories.subjects_of(first)) == 1

    def test_the_box_is_still_to_be_ticked(self, firm: Account) -> None:
        with pytest.raises(TermsNotAccepted):
            operations.submit(account=firm, depot_id=drafted(firm).pk, accepted_terms=False)

    def test_nothing_is_there_to_confirm_or_to_recall(self, firm: Account) -> None:
        depot = essai.filed(firm)
        with clock.travel(dt.timedelta(days=20)):
            assert operations.remind_unconfirmed() == operations.expire_unconfirmed() == 0
        with pytest.raises(IllegalTransition):
            operations.resend_confirmation(account=firm, depot_id=depot.pk)
        with pytest.raises(IllegalTransition):
            operations.discard(account=firm, depot_id=depot.pk)

    def test_nothing_can_be_joined_where_nothing_is_asked(self, firm: Account) -> None:
        draft = queries.one(account=firm, depot_id=drafted(firm).pk)
        with pytest.raises(NothingToJoin):
            operations.attach(account=firm, depot=draft, upload=factories.upload())
        assert not draft.files.exists()

    def test_a_door_without_links_confirms_by_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(essai.SMALL.__dict__, "confirmation", Confirmation())
        definitions.teleprocedures.cache_clear()
        with pytest.raises(ValueError, match="no link that confirms"):
            definitions.teleprocedures()


class TestOneLineOfAList:
    def test_it_is_filed_beside_the_draft_that_was_begun(self, firm: Account) -> None:
        draft = drafted(firm)
        depot = essai.filed(firm, essai.OTHER_CLIENT)
        assert depot.state == State.CONFIRME
        assert kinds(depot) == ["depot.submitted", "depot.confirmed"]
        draft.refresh_from_db()
        assert (draft.state, draft.data["siren"]) == (State.BROUILLON, essai.CLIENT)
        assert queries.one(account=firm, depot_id=depot.pk).data == {
            "siren": essai.OTHER_CLIENT,
            "objet": "Déclarer la TVA",
        }

    def test_nobody_gets_three_thousand_messages(self, firm: Account) -> None:
        assert factories.subjects_of(essai.filed(firm)) == []

    def test_where_a_link_confirms_it_is_sent(self, owner: Account) -> None:
        depot = operations.file_at_once(
            account=owner, teleprocedure="essai_a_confirmer", answers=essai.sample()[0], accepted_terms=True
        )
        assert depot.state == State.A_CONFIRMER
        assert operations.confirm(token=factories.token_of(depot)).state == State.CONFIRME

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"answers": {"siren": "123"}}, InvalidAnswers),
            ({"accepted_terms": False}, TermsNotAccepted),
            ({"teleprocedure": "comptes_annuels"}, NotForThisEspace),
            ({"teleprocedure": "essai_avec_fichiers"}, NoFile),
        ],
    )
    def test_a_refusal_leaves_nothing_behind(
        self, firm: Account, changes: dict[str, object], refusal: type[Exception]
    ) -> None:
        asked: dict[str, Any] = {
            "teleprocedure": "essai",
            "answers": essai.sample()[0],
            "accepted_terms": True,
            **changes,
        }
        events = Event.objects.count()
        with pytest.raises(refusal):
            operations.file_at_once(account=firm, **asked)
        assert not Depot.objects.exists()
        assert Event.objects.count() == events
        assert not essai.happened

    def test_a_place_that_is_taken_is_refused_and_the_caller_goes_on(self, firm: Account) -> None:
        essai.filed(firm)
        with transaction.atomic():
            with pytest.raises(AlreadyFiled):
                essai.filed(firm)
            essai.filed(firm, essai.OTHER_CLIENT)
        assert Depot.objects.count() == 2

    def test_what_follows_may_still_refuse_it_all(
        self, firm: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(depot: Depot, event: str, actor: str) -> None:
            if event == "depot.confirmed":
                raise RuntimeError

        monkeypatch.setitem(essai.SMALL.__dict__, "after", fail)
        with pytest.raises(RuntimeError):
            essai.filed(firm)
        assert not Depot.objects.exists()

    def test_it_is_cheap(
        self, firm: Account, assert_queries: Callable[[int], AbstractContextManager[None]]
    ) -> None:
        with assert_queries(11):
            essai.filed(firm)


class TestTheReceipt:
    def test_it_says_what_was_asked_and_what_silence_means(self, firm: Account) -> None:
        with clock.travel(dt.datetime(2026, 11, 2, 12, tzinfo=clock.PARIS) - clock.now()):
            depot = queries.one(account=firm, depot_id=essai.filed(firm).pk)
        said = receipts.content.content(depot)
        titles = [section["title"] for section in said["sections"]]
        assert titles.index("Ce qui est demandé") == 2
        assert not any("fichier" in title or "publication" in title for title in titles)
        assert [moment["label"] for moment in said["moments"]] == ["Dossier reçu le"]
        words = str(said)
        assert "Sans réponse le 23 novembre 2026, la demande est refusée." in words
        assert "empreinte" not in words
        assert "Déclarer la TVA" in words

    def test_where_it_was_confirmed_both_moments_stand(self, owner: Account) -> None:
        depot = operations.file_at_once(
            account=owner, teleprocedure="essai_a_confirmer", answers=essai.sample()[0], accepted_terms=True
        )
        depot = operations.confirm(token=factories.token_of(depot))
        said = receipts.content.content(depot)
        assert [moment["label"] for moment in said["moments"]] == ["Réponses reçues le", "Dépôt confirmé le"]


class TestLapsing:
    def test_what_nobody_answered_lapses_and_frees_its_place(self, firm: Account) -> None:
        depot = operations.lapse(depot_id=essai.filed(firm).pk, actor="system")
        assert (depot.state, depot.withdrawn_at) == (State.CADUC, None)
        assert depot.decided_at is not None
        assert kinds(depot)[-1] == "depot.lapsed"
        assert (str(depot.pk), "depot.lapsed", "system") in essai.happened
        again = essai.filed(firm)
        assert (again.version, again.state) == (0, State.CONFIRME)

    def test_the_filer_is_told_without_a_link(self, firm: Account) -> None:
        depot = operations.lapse(depot_id=essai.filed(firm).pk, actor="system")
        assert factories.subjects_of(depot) == ["votre demande est caduque : elle est restée sans réponse"]
        assert "http" not in Courrier.objects.get(about=depot.evidence).body

    def test_what_was_answered_does_not_lapse(self, firm: Account) -> None:
        depot = accepted(firm)
        with pytest.raises(IllegalTransition):
            operations.lapse(depot_id=depot.pk, actor="system")

    def test_its_receipt_is_still_given(self, firm: Account) -> None:
        depot = operations.lapse(depot_id=essai.filed(firm).pk, actor="system")
        assert receipts.ensure(depot_id=depot.pk).depot_id == depot.pk

    def test_what_does_not_exist(self) -> None:
        with pytest.raises(DepotNotFound):
            operations.lapse(depot_id="00000000-0000-4000-8000-000000000000", actor="system")


class TestEnding:
    def test_what_was_in_force_ends_and_frees_its_place(self, firm: Account) -> None:
        depot = accepted(firm)
        ended = operations.end(depot_id=depot.pk, actor="anonymous", reason=" Nous changeons de cabinet. ")
        assert (ended.state, ended.decided_at) == (State.TERMINE, depot.decided_at)
        assert ended.withdrawn_at is not None
        assert ended.decision_text == "Nous changeons de cabinet."
        assert kinds(ended)[-1] == "depot.ended"
        assert history(subject=ended.evidence)[-1].data == {"reference": ended.reference, "version": 0}
        again = essai.filed(firm)
        assert again.version == 0

    def test_a_reason_is_not_needed_and_told_where_there_is_one(self, firm: Account) -> None:
        told, silent = (
            operations.end(depot_id=accepted(who).pk, actor="system", reason=reason)
            for who, reason in ((firm, "Fin du mandat."), (essai.firm(1), ""))
        )
        bodies = [Courrier.objects.filter(about=depot.evidence).latest("pk").body for depot in (told, silent)]
        assert "Fin du mandat." in bodies[0]
        assert "Motif" not in bodies[1]
        assert not any("http" in body for body in bodies)

    def test_only_what_was_accepted_ends_and_once(self, firm: Account) -> None:
        waiting = essai.filed(firm)
        with pytest.raises(IllegalTransition):
            operations.end(depot_id=waiting.pk, actor="system")
        operations.accept(depot_id=waiting.pk, actor="system")
        operations.end(depot_id=waiting.pk, actor="system")
        with pytest.raises(IllegalTransition):
            operations.end(depot_id=waiting.pk, actor="system")

    def test_accepting_tells_its_reason(self, firm: Account) -> None:
        depot = accepted(firm, reason="  Mandat produit au guichet. ")
        assert depot.decision_text == "Mandat produit au guichet."
        body = Courrier.objects.filter(about=depot.evidence).latest("pk").body
        assert "Motif :\nMandat produit au guichet." in body

    def test_accepting_without_one_says_nothing_of_it(self, firm: Account) -> None:
        body = Courrier.objects.filter(about=accepted(firm).evidence).latest("pk").body
        assert "Motif" not in body


class TestHandingOver:
    def test_the_new_account_has_the_filing_and_its_messages(self, firm: Account) -> None:
        other, depot = essai.firm(1), essai.filed(firm)
        given = operations.hand_over(depot_id=depot.pk, to=other, actor=firm.subject)
        assert given.account == other
        assert queries.one(account=other, depot_id=depot.pk).unique_key == depot.unique_key
        with pytest.raises(DepotNotFound):
            queries.one(account=firm, depot_id=depot.pk)
        operations.lapse(depot_id=depot.pk, actor="system")
        assert Courrier.objects.filter(about=depot.evidence).latest("pk").recipient == other.email

    def test_it_is_journalled_by_ids_alone(self, firm: Account) -> None:
        other, depot = essai.firm(1), essai.filed(firm)
        operations.hand_over(depot_id=depot.pk, to=other, actor=other.subject)
        event = history(subject=depot.evidence)[-1]
        assert (event.kind, event.actor) == ("depot.handed_over", other.subject)
        assert event.data == {"from": firm.subject, "to": other.subject}

    def test_the_receipt_stays_that_of_who_filed(self, firm: Account) -> None:
        other, depot = essai.firm(1), essai.filed(firm)
        operations.hand_over(depot_id=depot.pk, to=other, actor=firm.subject)
        last_two = [event.kind for event in history(subject=depot.evidence)][-2:]
        assert last_two == ["depot.receipt_issued", "depot.handed_over"]
        issued = receipts.ensure(depot_id=depot.pk)
        assert issued.issued_at <= history(subject=depot.evidence)[-1].at

    def test_to_whom_it_belongs_nothing_happens(self, firm: Account) -> None:
        depot = essai.filed(firm)
        operations.hand_over(depot_id=depot.pk, to=firm, actor=firm.subject)
        assert kinds(depot) == ["depot.submitted", "depot.confirmed"]

    @pytest.mark.parametrize("state", [State.ACCEPTE, State.CADUC, State.TERMINE, State.REFUSE])
    def test_the_history_of_a_client_goes_with_it(self, firm: Account, state: State) -> None:
        depot, other = essai.filed(firm), essai.firm(1)
        if state == State.CADUC:
            operations.lapse(depot_id=depot.pk, actor="system")
        elif state == State.REFUSE:
            operations.refuse(depot_id=depot.pk, actor="system", reason="Non.")
        else:
            operations.accept(depot_id=depot.pk, actor="system")
        if state == State.TERMINE:
            operations.end(depot_id=depot.pk, actor="system")
        given = operations.hand_over(depot_id=depot.pk, to=other, actor=firm.subject)
        assert (given.state, given.account_id) == (state, other.pk)

    def test_a_draft_is_nobody_elses(self, firm: Account) -> None:
        draft, other = drafted(firm), essai.firm(1)
        with pytest.raises(IllegalTransition):
            operations.hand_over(depot_id=draft.pk, to=other, actor=firm.subject)

    def test_another_door_takes_nothing(self, firm: Account, owner: Account) -> None:
        depot = essai.filed(firm)
        with pytest.raises(NotForThisEspace):
            operations.hand_over(depot_id=depot.pk, to=owner, actor=firm.subject)
        assert queries.one(account=firm, depot_id=depot.pk)

    def test_what_does_not_exist(self, firm: Account) -> None:
        with pytest.raises(DepotNotFound):
            operations.hand_over(depot_id="x", to=firm, actor="system")
