"""A declaration from its tile to its receipt, by who may; and by who may not."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from guichet.accounts.definitions import espace
from guichet.depots import operations, queries
from guichet.depots.models import Depot
from guichet.depots.receipts.content import content
from guichet.depots.states import State
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import MayNotFile
from guichet.inscriptions.models import Inscription
from guichet.inscriptions.queries import name_of_company
from guichet.instruction import operations as desk
from guichet.instruction.models import Agent
from guichet.kernel import clock
from guichet.teleprocedures.declaration import rights
from guichet.teleprocedures.declaration.rules import MONTH, periods
from guichet.web.filing import drafts
from tests.depots.declarants import give, take
from tests.inscriptions import world
from tests.teleprocedures.declaration.filer import DSN, Declarant, last_month
from tests.web.desk.desk import at_the_desk
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
PAGE = b"<!doctype html><script>alert(document.domain)</script>"


def right_of(declarant: Declarant) -> Habilitation:
    return Habilitation.objects.get(acteur=declarant.acteur, closed_at=None)


def why_not(declarant: Declarant, code: str) -> str:
    """The sentence, as a page is read."""
    return rights.why_not(declarant.account, code).replace("\u00a0", " ")


class TestByWhoMay:
    def test_from_the_tile_to_the_receipt(self, declarant: Declarant, company: Inscription) -> None:
        assert "Commencer la déclaration" in text_of(declarant.start("dsn"))
        declarant.begin("dsn")
        draft = declarant.draft()
        assert draft.data == {"declaration": "dsn"}  # the tile answered the first question
        declarant.place(draft)
        declarant.upload(draft)
        check = text_of(declarant.check(draft))
        assert "Déclaration sociale nominative (DSN)" in check
        assert "déjà transmis" not in check
        assert reverse("web:terms_of", args=[espace("declarant").terms_version]) in check
        page = text_of(declarant.submit(draft))
        draft.refresh_from_db()
        assert draft.state == State.CONFIRME
        assert (draft.siren, draft.capacity) == (company.siren, "Déclarant habilité")
        assert "Télécharger l’accusé de réception" in page
        assert str(draft.reference) in page
        receipt: Any = declarant.client.get(declarant.at("receipt", draft.pk))
        assert b"".join(receipt.streaming_content).startswith(b"%PDF")

    def test_the_receipt_names_the_place_the_declaration_and_the_file(
        self, declarant: Declarant, company: Inscription
    ) -> None:
        depot = queries.one(account=declarant.account, depot_id=declarant.filed().pk)
        said = str(content(depot)).replace("\\xa0", " ")
        for words in ("Déclaration sociale nominative", "mars.dsn", "Déclarant habilité", "ENTREPRISE"):
            assert words in said
        assert "".join(depot.data["lieu"].split()).startswith(company.siret)
        assert "n’a pas été contrôlé par le portail" in said

    def test_any_number_for_one_period_and_the_check_says_so(self, declarant: Declarant) -> None:
        first = declarant.filed()
        second = declarant.ready(content=DSN + b"2")
        page = text_of(declarant.check(second))
        assert "Vous avez déjà transmis cette déclaration pour cette période" in page
        assert str(first.reference) in page
        declarant.submit(second)
        second.refresh_from_db()
        assert second.state == State.CONFIRME
        assert first.unique_key != second.unique_key

    def test_a_colleagues_is_told_too_and_another_period_is_another(
        self, declarant: Declarant, company: Inscription
    ) -> None:
        declarant.filed()
        colleague = Declarant(world.declarant(company, "Ines Exemple"))
        give(colleague.acteur, company.siret, "dsn")
        assert "Un de vos collègues a déjà transmis" in text_of(colleague.check(colleague.ready()))
        draft = colleague.draft()
        colleague.place(draft, periode=periods(MONTH, clock.today())[2])
        assert "déjà transmis" not in text_of(colleague.check(draft))

    def test_only_what_one_may_is_offered(self, declarant: Declarant, company: Inscription) -> None:
        declarant.begin()
        draft = declarant.draft()
        page = text_of(declarant.client.get(declarant.at("step", draft.pk, "declaration")))
        assert 'value="dsn"' in page
        assert 'value="c3s"' not in page
        assert "C3S" in page  # with the reason
        declarant.choose(draft)
        assert [one.siret for one in rights.places(declarant.account, "dsn").places] == [company.siret]


class TestByWhoMayNot:
    def test_not_open_yet_says_when(self) -> None:
        company = world.company(opens_after=dt.timedelta(days=8))
        declarant = Declarant(world.declarant(company))
        give(declarant.acteur, company.siret, "dsn")
        answer = declarant.start("dsn")
        assert answer.status_code == 403
        opens = company.began_at + dt.timedelta(days=8)
        assert str(opens.astimezone(clock.PARIS).day) in text_of(answer)
        assert declarant.begin("dsn").status_code == 403
        assert not Depot.objects.exists()
        with clock.travel(dt.timedelta(days=8)):
            declarant.client.force_login(declarant.account)
            assert declarant.start("dsn").status_code == 200

    def test_without_any_right_each_declaration_has_its_reason(self, company: Inscription) -> None:
        nobody = Declarant(world.declarant(company))
        page = nobody.start()
        assert page.status_code == 403
        assert "aucune déclaration maintenant" in text_of(page)
        assert text_of(page).count("<dt>") == 2

    def test_a_candidate_is_told_to_wait(self, company: Inscription) -> None:
        candidate = Declarant(world.candidate(company))
        assert candidate.start("dsn").status_code == 403
        assert candidate.begin().status_code == 403

    def test_a_declaration_that_is_none_is_not_repeated(self, declarant: Declarant) -> None:
        answer = declarant.start("<script>")
        assert answer.status_code == 200
        assert "<script>&" not in answer.content.decode()
        declarant.begin("taux_atmp")
        assert declarant.draft().data == {}

    def test_a_forged_declaration_is_refused_with_its_reason(self, declarant: Declarant) -> None:
        declarant.begin()
        draft = declarant.draft()
        answer = declarant.choose(draft, "c3s")
        assert answer.status_code == 422
        assert why_not(declarant, "c3s") in text_of(answer)

    @pytest.mark.parametrize("whose", ["colleague", "stranger"])
    def test_a_forged_place_is_refused(self, declarant: Declarant, company: Inscription, whose: str) -> None:
        other = world.company()
        siret = world.sirets(company)[1] if whose == "colleague" else other.siret
        declarant.begin()
        draft = declarant.draft()
        declarant.choose(draft)
        answer = declarant.place(draft, siret)
        assert answer.status_code == 422
        if whose == "stranger":
            assert name_of_company(other) not in text_of(answer)
        assert declarant.check(draft).redirect_chain[-1][0] == declarant.at("step", draft.pk, "etablissement")

    @pytest.mark.parametrize("periode", ["", "2000-01", "9999-12", "2026-T1", "<b>"])
    def test_a_forged_period_is_refused(self, declarant: Declarant, periode: str) -> None:
        declarant.begin()
        draft = declarant.draft()
        declarant.choose(draft)
        assert declarant.place(draft, periode=periode).status_code == 422

    def test_somebody_elses_draft_does_not_exist(self, declarant: Declarant, company: Inscription) -> None:
        draft = declarant.ready()
        other = Declarant(world.administrateur(company))
        give(other.acteur, company.siret, "dsn")
        for answer in (other.check(draft), other.submit(draft), other.place(draft)):
            assert answer.status_code == 404


class TestARightThatEnds:
    def test_before_the_check_the_step_says_why(self, declarant: Declarant) -> None:
        draft = declarant.ready()
        take(right_of(declarant))
        answer = declarant.submit(draft)
        draft.refresh_from_db()
        assert (draft.state, draft.files.count()) == (State.BROUILLON, 1)
        assert why_not(declarant, "dsn") in text_of(answer)

    def test_between_the_look_and_the_submission_nothing_is_filed(
        self, declarant: Declarant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft, right = declarant.ready(), right_of(declarant)

        def late(**known: Any) -> Depot:
            take(right)
            return operations.submit(**known)

        monkeypatch.setattr(drafts, "operations", SimpleNamespace(submit=late))
        answer = declarant.submit(draft)
        draft.refresh_from_db()
        assert (draft.state, draft.reference, draft.files.count()) == (State.BROUILLON, None, 1)
        assert why_not(declarant, "dsn") in text_of(answer)

    def test_given_back_the_draft_goes_on(self, declarant: Declarant, company: Inscription) -> None:
        draft = declarant.ready()
        take(right_of(declarant))
        declarant.submit(draft)
        with clock.travel(dt.timedelta(minutes=1)):
            give(declarant.acteur, company.siret, "dsn")
            declarant.submit(draft)
        draft.refresh_from_db()
        assert draft.state == State.CONFIRME

    def test_without_a_page_it_is_refused_as_well(self, declarant: Declarant) -> None:
        draft = declarant.ready()
        take(right_of(declarant))
        with pytest.raises(MayNotFile):
            operations.submit(account=declarant.account, depot_id=draft.pk, accepted_terms=True)


class TestFiles:
    def test_those_of_another_declaration_are_refused(self, declarant: Declarant) -> None:
        draft = declarant.ready()
        page = declarant.upload(draft, PAGE, "mars.html")
        assert page.status_code == 422
        assert ".dsn, .edi, .txt" in text_of(page)

    def test_a_page_named_dsn_is_saved_and_never_shown(self, declarant: Declarant) -> None:
        depot = declarant.filed(PAGE)
        answer: Any = declarant.client.get(declarant.at("original", depot.pk, depot.files.get().pk))
        assert b"".join(answer.streaming_content) == PAGE
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")


class TestTheDesk:
    def test_an_agent_saves_the_file_and_takes_it_in_charge(self, declarant: Declarant, agent: Agent) -> None:
        depot = declarant.filed(PAGE)
        browser = at_the_desk(agent)
        page = text_of(browser.get(reverse("desk:dossier", args=[depot.pk])))
        assert "mars.dsn" in page
        assert depot.files.get().stored_id in page
        assert "Prendre en charge" in page
        assert "<img" not in page.partition("<main")[2]
        answer: Any = browser.get(reverse("desk:original", args=[depot.pk, depot.files.get().pk]))
        assert b"".join(answer.streaming_content) == PAGE
        assert answer.headers["Content-Type"] == "application/octet-stream"
        desk.accept(agent=agent, depot_id=depot.pk)
        shown = text_of(declarant.client.get(declarant.at("depot", depot.pk)))
        assert "prise en charge" in shown.lower()

    def test_a_refusal_says_why_and_may_be_answered(self, declarant: Declarant, agent: Agent) -> None:
        depot = declarant.filed()
        desk.refuse(agent=agent, depot_id=depot.pk, motif_id=None, text="Le fichier est illisible.")
        page = text_of(declarant.client.get(declarant.at("depot", depot.pk)))
        assert "Le fichier est illisible." in page
        declarant.client.post(declarant.at("correct", depot.pk))
        assert declarant.draft().data["periode"] == last_month()
