"""Filings made of documents at the desk: each apart, put elsewhere, closed with a word, what is joined."""

import datetime as dt
import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.files.models import StoredFile
from guichet.files.operations import keep_bytes
from guichet.instruction import operations
from guichet.instruction.models import Agent, Classement, LotLine, Message, MessageFile
from guichet.instruction.rules import Role
from guichet.kernel import clock
from tests.depots import factories
from tests.espaces.prive import people as prive
from tests.foyers import people as household
from tests.instruction import papers
from tests.parcours.register import SIRENS
from tests.web.desk.desk import CODE, a_filing, an_agent, at_the_desk
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _papers() -> Iterator[None]:
    with papers.registered():
        yield


@pytest.fixture
def owner() -> Account:
    """Somebody who files."""
    return factories.account(siren=SIRENS[5])


@pytest.fixture
def depot(owner: Account) -> Depot:
    """Two documents that wait."""
    return papers.sent(owner, pages=2)


def at(depot: Depot, rest: str = "") -> str:
    return f"/agents/depots/{depot.pk}/{rest}"


class TestDossier:
    def test_each_document_stands_apart_with_its_pages(self, desk: Any, depot: Depot) -> None:
        answer = desk.get(at(depot))
        page, html = text_of(answer), html_of(answer)
        for said in (
            "Document 1 : Papier 1",
            "Document 2 : Papier 2",
            "Mon papier numéro 2",
            papers.TYPES["rib"],
        ):
            assert said in page
        assert "Fichiers tels que reçus" not in page
        assert f'{at(depot, "pages/2.png")}?document=2"' in html
        assert f'{at(depot, "document.pdf")}?document=1"' in html
        assert html.count("<img") == 4

    def test_each_is_drawn_and_downloaded_by_its_number(self, desk: Any, owner: Account) -> None:
        depot = papers.sent(owner)
        assert desk.get(at(depot, "pages/1.png?document=2")).content.startswith(b"\x89PNG")
        for number, status in (("1", 200), ("2", 200), ("3", 404), ("999999", 404)):
            assert desk.get(at(depot, f"document.pdf?document={number}")).status_code == status
        name = desk.get(at(depot, "document.pdf?document=2"))["Content-Disposition"]
        assert f"{depot.reference}-2.pdf" in name

    def test_a_long_one_turns_its_pages_alone(self, desk: Any, depot: Depot) -> None:
        depot.files.update(pages=23)
        html = html_of(desk.get(at(depot, "?document=2&feuilles=3")))
        assert html.count("<img") == 13
        assert "document=1&amp;feuilles=2#document-1" in html
        assert "document=2&amp;feuilles=2#document-2" in html

    def test_there_is_no_number_where_there_is_no_company(self, desk: Any, depot: Depot) -> None:
        page = text_of(desk.get(at(depot)))
        assert "Ondine Exemple" in page
        assert "SIREN" not in page.partition("Ondine Exemple")[2].partition("Historique")[0]
        assert "Saisi" not in page
        assert "Initial" not in page  # one sends as often as one likes
        assert "Initial" not in text_of(desk.get(f"/agents/?demarche={papers.CODE}"))

    def test_it_is_found_by_name_and_by_reference(self, desk: Any, depot: Depot) -> None:
        for text in ("exemple ondine", depot.reference):
            assert at(depot) in html_of(desk.get("/agents/", {"texte": text, "demarche": papers.CODE}))

    def test_its_line_of_the_csv_has_no_number(self, owner: Account) -> None:
        papers.sent(owner)
        supervisor = at_the_desk(an_agent(role=Role.SUPERVISEUR))
        answer = supervisor.get(f"/agents/export.csv?demarche={papers.CODE}")
        _head, line = b"".join(answer.streaming_content).decode().splitlines()
        assert line.split(";")[1:4] == [papers.CODE, "", "Ondine Exemple"]

    def test_five_documents_cost_as_much_as_one(self, desk: Any, owner: Account, agent: Agent) -> None:
        counts = []
        for number in (1, 5):
            one = papers.sent(owner, number, pages=10)
            operations.reclassify(agent=agent, depot_id=one.pk, document=1, type="avis", person="p-lea")
            desk.get(at(one))
            with CaptureQueriesContext(connection) as queries:
                desk.get(at(one))
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_so_do_five_people_of_a_household(self, desk: Any) -> None:
        account = prive.somebody()
        people = [str(household.somebody(account).pk) for _ in range(5)]
        counts = []
        for number in (1, 5):
            told = {f"personne_{rank}": people[rank - 1] for rank in range(1, number + 1)}
            told |= {f"type_{rank}": "autre" for rank in range(1, number + 1)}
            one = papers.sent(account, number, data=told, teleprocedure="depot_spontane")
            with CaptureQueriesContext(connection) as queries:
                page = text_of(desk.get(at(one)))
            counts.append(len(queries))
            assert "Voir le foyer du déposant" in page
            assert people[0] not in page
        assert counts[0] == counts[1]

    def test_ten_long_documents_stay_small(self, desk: Any, owner: Account) -> None:
        depot = papers.sent(owner, 10, pages=50)
        assert len(gzip.compress(desk.get(at(depot)).content)) < 30_000

    def test_an_infected_one_is_shown_to_nobody_and_the_others_are(self, desk: Any, depot: Depot) -> None:
        bad = keep_bytes(content=factories.pdf(pages=2), media_type="application/pdf")
        depot.files.filter(position=1).update(stored=bad)
        StoredFile.objects.filter(pk=bad.pk).update(scan="infected", scanned_at=clock.now())
        html = html_of(desk.get(at(depot)))
        assert "Ce document n’est montré à personne" in html
        assert html.count("<img") == 2
        assert desk.get(at(depot, "pages/1.png?document=1")).status_code == 404
        assert desk.get(at(depot, "document.pdf?document=1")).status_code == 410

    def test_filings_with_one_document_are_as_before(self, desk: Any) -> None:
        page = html_of(desk.get(at(a_filing())))
        assert "Fichiers tels que reçus" in page
        assert "Reclasser" not in page


class TestReclassify:
    def test_search_then_choose_without_any_script(self, desk: Any, depot: Depot) -> None:
        address = at(depot, "documents/2/reclasser/?etat=tous&cherche=naissance")
        page = html_of(desk.get(address))
        assert 'name="etat" value="tous"' in page
        for code in ("rib", "naissance", "autre"):
            assert f'name="type" value="{code}"' in page
        assert 'value="avis"' not in page
        answer = desk.post(address, {"type": "naissance", "person": "p-lea"})
        assert answer.url == f"{at(depot)}?etat=tous#document-2"
        page = text_of(desk.get(at(depot)))
        assert "Le document 2 est reclassé" in page
        assert "Le déposant avait choisi : Relevé d’identité bancaire" in page
        told = "Document 2 reclassé : « Relevé d’identité bancaire » devient « Acte de naissance », personne"
        assert told in page.replace("\u00a0", " ")

    def test_a_person_alone(self, desk: Any, depot: Depot) -> None:
        desk.post(at(depot, "documents/1/reclasser/"), {"type": "rib", "person": "p-noe"})
        assert "Document 1 reclassé : personne concernée changée" in text_of(desk.get(at(depot)))

    def test_the_name_is_searched_for_at_first(self, desk: Any, owner: Account) -> None:
        depot = papers.sent(owner, 1, data={"nom_1": "Acte de Léa"})
        assert 'value="naissance"' in html_of(desk.get(at(depot, "documents/1/reclasser/")))

    @pytest.mark.parametrize(
        "form",
        [
            {}, {"type": "avis"}, {"person": "moi"}, {"type": "x", "person": "moi"},
            {"type": "<script>alert(1)</script>", "person": "moi"}, {"type": "rib", "person": "p-inconnue"},
            {"type": "rib\x00", "person": "moi"}, {"type": "rib", "person": "moi"},
        ],
    )  # fmt: skip
    def test_what_does_not_hold_is_told_and_changes_nothing(
        self, desk: Any, depot: Depot, form: dict[str, str]
    ) -> None:
        answer = desk.post(at(depot, "documents/1/reclasser/?cherche=avis"), form)
        assert answer.status_code == 422
        assert b"<script>alert" not in answer.content
        assert not Classement.objects.exists()

    @pytest.mark.parametrize("text", ["<script>alert(1)</script>", "x" * 100_000, "\x00", "%", "' OR 1=1"])
    def test_whatever_is_searched_for(self, desk: Any, depot: Depot, text: str) -> None:
        answer = desk.get(at(depot, "documents/1/reclasser/"), {"cherche": text})
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content

    def test_a_document_or_a_filing_that_is_not_there(self, desk: Any, depot: Depot) -> None:
        assert desk.get(at(depot, "documents/3/reclasser/")).status_code == 404
        assert desk.get(at(a_filing(), "documents/1/reclasser/")).status_code == 404

    def test_who_does_not_see_it_does_not_find_it(self, depot: Depot) -> None:
        elsewhere = at_the_desk(an_agent(teleprocedures=[CODE]))
        address = at(depot, "documents/1/reclasser/")
        assert elsewhere.get(address).status_code == 404
        assert elsewhere.post(address, {"type": "avis", "person": "moi"}).status_code == 404

    def test_what_a_colleague_has_open_is_left_alone(self, desk: Any, depot: Depot) -> None:
        other = an_agent("Dominique Exemple")
        operations.hold(agent=other, depot_id=depot.pk)
        assert "Reclasser" not in text_of(desk.get(at(depot)))
        answer = desk.post(
            at(depot, "documents/1/reclasser/?cherche=avis"), {"type": "avis", "person": "moi"}
        )
        assert answer.status_code == 409
        assert "Dominique Exemple a ouvert ce dépôt" in text_of(answer)


class TestClosing:
    def test_in_one_gesture_or_with_a_word(self, desk: Any, owner: Account) -> None:
        first, second = papers.sent(owner), papers.sent(owner)
        page = text_of(desk.get(at(first)))
        assert "Clore ce dépôt" in page
        assert "Accepter" not in page
        answer = desk.post(at(first, "accepter/"), {"envoyer": "1"}, follow=True)
        assert f"{first.reference} est clos" in text_of(answer)
        first.refresh_from_db()
        assert (first.state, first.decision_text) == (State.ACCEPTE, "")
        assert second.state == State.CONFIRME

    def test_the_word_is_shown_before_it_is_sent(self, desk: Any, depot: Depot) -> None:
        address = at(depot, "accepter/")
        assert "facultatif" in text_of(desk.get(address))
        preview = text_of(desk.post(address, {"text": "Merci, tout y est."}))
        assert "Ce que lira le déposant" in preview
        assert "Le message habituel" in text_of(desk.post(address, {"text": " "}))
        depot.refresh_from_db()
        assert depot.state == State.CONFIRME
        desk.post(address, {"text": "Merci, tout y est.", "envoyer": "1"})
        depot.refresh_from_db()
        assert (depot.state, depot.decision_text) == (State.ACCEPTE, "Merci, tout y est.")
        assert "Merci, tout y est." in Courrier.objects.filter(about=depot.evidence).latest("pk").body
        page = text_of(desk.get(at(depot)))
        assert "Ce que le déposant a lu" in page
        assert "Clos" in page
        assert "Accepté" not in page

    def test_too_long_a_word(self, desk: Any, depot: Depot) -> None:
        answer = desk.post(at(depot, "accepter/"), {"text": "x" * 5001, "envoyer": "1"})
        assert answer.status_code == 422
        depot.refresh_from_db()
        assert depot.state == State.CONFIRME

    def test_many_at_once(self, desk: Any, owner: Account) -> None:
        sent = [papers.sent(owner) for _ in range(2)]
        ids = [str(one.pk) for one in sent]
        queue = html_of(desk.get(f"/agents/?demarche={papers.CODE}"))
        assert '<option value="accepter">Clore</option>' in queue
        page = text_of(desk.post("/agents/lots/preparer/", {"action": "accepter", "depot": ids}))
        assert "Clore ces 2 dépôts" in page
        assert "Chacun est clos" in page
        form = {"action": "accepter", "depots": ",".join(ids), "text": "Merci.", "envoyer": "1"}
        lot = desk.post("/agents/lots/lancer/", form)
        operations.run_bulk(lot_id=lot.url.rstrip("/").rpartition("/")[2])
        assert {one.outcome for one in LotLine.objects.all()} == {LotLine.Outcome.DONE}
        assert set(Depot.objects.filter(pk__in=ids).values_list("state", "decision_text")) == {
            (State.ACCEPTE, "Merci.")
        }
        assert "Clore ces 2 dépôts" in text_of(desk.get(lot.url))
        assert "Clore ces 2 dépôts" in text_of(desk.get("/agents/lots/"))

    def test_the_page_says_with_which_filings_the_word_goes(self, desk: Any, owner: Account) -> None:
        with papers.registered("SILENT"):
            sent = [papers.sent(owner), papers.sent(owner, teleprocedure=papers.SILENT.code)]
            ids = [str(one.pk) for one in sent]
            mixed = text_of(desk.post("/agents/lots/preparer/", {"action": "accepter", "depot": ids}))
            alone = text_of(desk.post("/agents/lots/preparer/", {"action": "accepter", "depot": ids[:1]}))
        assert "Votre texte ne part qu’avec ces démarches : Envoi d’essai." in mixed
        assert "Votre texte" not in alone

    def test_kinds_that_meet_are_told_together(self, depot: Depot) -> None:
        desk = at_the_desk(an_agent(teleprocedures=["adhesion", papers.CODE]))
        papers.sent(depot.account, state=State.ACCEPTE)
        page = text_of(desk.get("/agents/"))
        assert "Accepter ou clore" in page
        assert "Accepté ou clos (1)" in page
        figures = text_of(desk.get("/agents/chiffres/"))
        assert "Accepté ou clos" in figures


class TestJoined:
    @pytest.fixture
    def message(self, depot: Depot) -> Message:
        """The filer's answer, with a page that was missing."""
        made = Message.objects.create(depot=depot, text="La voici.", at=clock.now())
        stored = keep_bytes(content=factories.pdf(), media_type="application/pdf")
        MessageFile.objects.create(message=made, name="reponse.pdf", stored=stored, size=stored.size, pages=3)
        return made

    def test_it_stands_in_the_thread(self, desk: Any, depot: Depot, message: Message) -> None:
        page = text_of(desk.get(at(depot)))
        assert "reponse.pdf" in page
        assert "3 pages" in page
        answer = desk.get(at(depot, f"echanges/{message.pk}/document.pdf"))
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert answer["Content-Disposition"].startswith("attachment")

    @pytest.mark.parametrize(("scan", "status"), [("infected", 410), ("pending", 409)])
    def test_what_is_not_cleared_is_kept_back(
        self, desk: Any, depot: Depot, message: Message, scan: str, status: int
    ) -> None:
        StoredFile.objects.filter(pk=message.file.stored_id).update(
            scan=scan, scanned_at=clock.now() if scan == "infected" else None
        )
        address = at(depot, f"echanges/{message.pk}/document.pdf")
        assert f'href="{address}"' not in html_of(desk.get(at(depot)))
        assert desk.get(address).status_code == status

    def test_of_another_filing_or_to_another_agent_it_is_not_there(
        self, desk: Any, owner: Account, depot: Depot, message: Message
    ) -> None:
        other, bare = papers.sent(owner), Message.objects.create(depot=depot, text="Seul.", at=clock.now())
        assert desk.get(at(other, f"echanges/{message.pk}/document.pdf")).status_code == 404
        assert desk.get(at(depot, f"echanges/{bare.pk}/document.pdf")).status_code == 404
        assert desk.get(at(depot, "echanges/99999999999/document.pdf")).status_code == 404
        elsewhere = at_the_desk(an_agent("Dominique Exemple", teleprocedures=[CODE]))
        assert elsewhere.get(at(depot, f"echanges/{message.pk}/document.pdf")).status_code == 404


class TestAsking:
    def ask(self, desk: Any, depot: Depot, *files: tuple[str, bytes], question: str = "Laquelle ?") -> Any:
        sent = [SimpleUploadedFile(name, content) for name, content in files]
        return desk.post(at(depot, "question/"), {"question": question, "upload": sent})

    def test_files_go_with_the_question_as_one(self, desk: Any, depot: Depot) -> None:
        assert 'enctype="multipart/form-data"' in html_of(desk.get(at(depot)))
        files = [("a.pdf", factories.pdf()), ("b.pdf", factories.pdf(2))]
        assert self.ask(desk, depot, *files).status_code == 302
        assert Message.objects.get().file.pages == 3
        assert "3 pages" in text_of(desk.get(at(depot)))

    def test_without_any_it_goes_alone(self, desk: Any, depot: Depot) -> None:
        assert self.ask(desk, depot).status_code == 302
        assert not MessageFile.objects.exists()

    @pytest.mark.parametrize(
        ("name", "content", "question", "told"),
        [
            ("virus.exe", b"MZ" + b"\0" * 200, "Laquelle ?", "« virus.exe »"),
            ("coupe.pdf", b"%PDF-1.7\n1 0 obj", "Laquelle ?", "« coupe.pdf »"),
            ("bon.pdf", b"", "", "Écrivez votre question"),
        ],
    )
    def test_what_does_not_hold_sends_nothing_and_loses_no_word(
        self, desk: Any, depot: Depot, name: str, content: bytes, question: str, told: str
    ) -> None:
        answer = self.ask(desk, depot, (name, content or factories.pdf()), question=question)
        assert answer.status_code == 422
        page = text_of(answer)
        assert told in page
        assert "choisissez de nouveau vos fichiers" in page
        assert question in page
        assert not Message.objects.exists()


class TestReport:
    def test_supervisors_read_what_was_put_elsewhere(self, agent: Agent, owner: Account) -> None:
        depot = papers.sent(owner, data={"nom_1": "=HYPERLINK(1)", "nom_2": "<b>Rib</b>"})
        for number in (1, 2):
            operations.reclassify(agent=agent, depot_id=depot.pk, document=number, type="avis", person="moi")
        desk = at_the_desk(an_agent("Éloi Exemple", role=Role.SUPERVISEUR))
        assert "/agents/reclassements/" in html_of(desk.get("/agents/chiffres/"))
        page = html_of(desk.get("/agents/reclassements/?jours=7"))
        assert "&lt;b&gt;Rib" in page
        assert "2 documents reclassés" in page
        assert "/agents/reclassements/export.csv?jours=7" in page
        answer = desk.get("/agents/reclassements/export.csv?jours=7")
        head, first, second = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert head.startswith("demarche;nom_saisi;type_choisi")
        labels = (papers.TYPES["rib"], papers.TYPES["avis"])
        for typed in ("'=HYPERLINK(1)", "<b>Rib</b>"):
            assert f"{papers.CODE};{typed};rib;{labels[0]};avis;{labels[1]};1" in (first, second)

    @pytest.mark.parametrize(("days", "number"), [(6, 1), (7, 0)])
    def test_seven_days_are_today_and_six_more(
        self, agent: Agent, depot: Depot, days: int, number: int
    ) -> None:
        operations.reclassify(agent=agent, depot_id=depot.pk, document=1, type="avis", person="moi")
        Classement.objects.update(at=clock.now() - dt.timedelta(days=days))
        desk = at_the_desk(an_agent("Éloi Exemple", role=Role.SUPERVISEUR))
        page = text_of(desk.get("/agents/reclassements/?jours=7"))
        assert ("1 document reclassé" in page) == bool(number)
        assert ("Aucun document n’a changé" in page) != bool(number)

    @pytest.mark.parametrize("text", ["0", "-1", "²", "7'", "100000"])
    def test_a_period_that_is_none_is_the_usual_one(self, text: str) -> None:
        desk = at_the_desk(an_agent("Éloi Exemple", role=Role.SUPERVISEUR))
        page = html_of(desk.get("/agents/reclassements/", {"jours": text}))
        assert 'jours=90" aria-current="true"' in page

    def test_agents_have_no_link_to_it(self, desk: Any) -> None:
        assert "/agents/reclassements/" not in html_of(desk.get("/agents/chiffres/"))
        assert desk.get("/agents/reclassements/").status_code == 403
        assert desk.get("/agents/reclassements/export.csv").status_code == 403
