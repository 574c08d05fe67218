"""Filings made of documents, from the button « Transmettre » on: what is filed, and what is said of it."""

import unicodedata
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import pypdfium2
import pytest
from django.test import Client

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots import operations, queries, receipts
from guichet.depots.definitions import Document, Subject, teleprocedure
from guichet.depots.models import Depot, DepotFile, Page
from guichet.depots.states import State
from guichet.files import queries as files
from guichet.files.models import StoredFile
from guichet.files.operations import keep_bytes
from guichet.journal.queries import history
from guichet.retention import personal
from guichet.web.filing.presentation import card_of, filed_documents
from tests.depots import documents as sent
from tests.depots import factories, small
from tests.web.people import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]
OnCommit = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def filed(firm: Account) -> Depot:
    """Two documents that were sent."""
    return sent.submit(firm, sent.ready(firm))


def receipt_text(depot: Depot) -> str:
    with files.open_stored(sha256=receipts.ensure(depot_id=depot.pk).stored_id) as stored:
        pages = pypdfium2.PdfDocument(stored.read())
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    return " ".join(unicodedata.normalize("NFKC", text).split())


def letter(depot: Depot) -> Courrier:
    return Courrier.objects.filter(about=depot.evidence).latest("pk")


class TestSubmitting:
    @pytest.mark.parametrize("lacking", [1, 2])
    def test_every_document_must_be_complete(self, firm: Account, lacking: int) -> None:
        depot = sent.begun(firm)
        for document in {1, 2} - {lacking}:
            sent.add(firm, depot, document)
            sent.complete(firm, depot, document)
        sent.add(firm, depot, lacking)  # it has a page, and nobody said that it was complete
        with pytest.raises(operations.NotComplete) as refused:
            sent.submit(firm, depot)
        assert refused.value.params == {"number": lacking}
        assert "Rien n’est transmis" in str(refused.value)
        assert len(queries.pages(depot)) == 2  # nothing is lost

    def test_ten_documents_and_not_eleven(self, firm: Account) -> None:
        depot = sent.begun(firm, 11)
        for rank in range(1, 11):
            stored = keep_bytes(content=factories.pdf(), media_type="application/pdf")
            DepotFile.objects.create(
                depot=depot, kind="published", position=rank, name="x", stored=stored, size=1, pages=1
            )
        with pytest.raises(operations.NotComplete) as refused:
            sent.submit(firm, depot)
        assert refused.value.params == {"number": 11}
        operations.answer(account=firm, depot_id=depot.pk, data=sent.said(10))
        assert len(queries.documents(sent.submit(firm, depot))) == 10

    def test_the_pdfs_are_what_is_filed_and_the_pages_are_gone(
        self, firm: Account, django_capture_on_commit_callbacks: OnCommit
    ) -> None:
        depot = sent.ready(firm)
        made = queries.documents(sent.seen(firm, depot))
        with django_capture_on_commit_callbacks(execute=True):
            depot = sent.submit(firm, depot)
        assert depot.state == State.CONFIRME
        assert queries.documents(depot) == made
        assert not Page.objects.exists()
        assert set(StoredFile.objects.values_list("pk", flat=True)) == {file.stored_id for file in made}
        [told] = [event.data for event in history(subject=depot.evidence) if event.kind == "depot.submitted"]
        assert told["files"] == [
            {"kind": "published", "sha256": file.stored_id, "size": file.size} for file in made
        ]

    def test_a_pdf_whose_pages_go_stays_where_it_is_filed_itself(
        self, firm: Account, django_capture_on_commit_callbacks: OnCommit
    ) -> None:
        depot = sent.begun(firm, 1)
        with django_capture_on_commit_callbacks(execute=True):
            sent.add(firm, depot, content=factories.pdf(2))
            file = sent.complete(firm, depot)
            sent.submit(firm, depot)
        assert files.verify(sha256=file.stored_id) == "sound"

    def test_what_is_no_more_announced_is_not_filed(self, firm: Account) -> None:
        depot = sent.ready(firm, 3)
        operations.answer(account=firm, depot_id=depot.pk, data={"nombre": "2"})
        depot = sent.submit(firm, depot)
        assert [file.position for file in queries.documents(depot)] == [1, 2]
        assert not Page.objects.exists()

    def test_a_document_bears_the_name_that_it_has_at_the_end(self, firm: Account) -> None:
        depot = sent.ready(firm, 1)
        operations.answer(account=firm, depot_id=depot.pk, data={"nom_1": "Ma carte"})
        assert [file.name for file in queries.documents(sent.submit(firm, depot))] == ["Ma carte.pdf"]

    def test_what_they_are_called_is_asked_once(self, firm: Account) -> None:
        depot = sent.ready(firm, 3)
        asked: list[Depot] = []

        def described(depot: Depot) -> Sequence[Document]:
            asked.append(depot)
            return sent.described(depot)

        sent.limited(described=described)
        assert len(queries.documents(sent.submit(firm, depot))) == 3
        assert len(asked) == 1

    def test_it_can_not_be_filed_without_its_documents(self, firm: Account) -> None:
        with pytest.raises(operations.NotComplete):
            operations.file_at_once(
                account=firm, teleprocedure=sent.CODE, answers=sent.said(1), accepted_terms=True
            )
        assert not Depot.objects.exists()

    def test_there_may_be_any_number_of_them_and_none_takes_another_s_place(self, firm: Account) -> None:
        first, second = (sent.submit(firm, sent.ready(firm, 1)) for _ in range(2))
        assert [(one.unique_key, one.version) for one in (first, second)] == [
            (str(first.pk), 0),
            (str(second.pk), 0),
        ]
        for one in (first, second):
            operations.accept(depot_id=one.pk, actor="anonymous")
        assert set(Depot.objects.values_list("state", flat=True)) == {State.ACCEPTE}

    def test_a_corrected_one_answers_the_refusal(
        self, firm: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = replace(sent.WITH_DOCUMENTS.instruction, correctable=True)
        monkeypatch.setitem(teleprocedure(sent.CODE).__dict__, "instruction", desk)
        refused = sent.submit(firm, sent.ready(firm, 1))
        operations.refuse(depot_id=refused.pk, actor="anonymous", reason="Illisible.")

        def wanting() -> list[Depot]:
            return queries.to_correct(account=firm, filings=queries.of_account(account=firm))

        assert wanting() == [refused]
        draft = operations.start_correction(account=firm, depot_id=refused.pk)
        assert wanting() == []
        sent.fill(firm, draft, [("photo.jpg", sent.photo())])
        sent.submit(firm, draft)
        assert wanting() == []

    def test_pages_are_no_draft_to_be_written_over(
        self, firm: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = replace(sent.WITH_DOCUMENTS.instruction, correctable=True)
        monkeypatch.setitem(teleprocedure(sent.CODE).__dict__, "instruction", desk)
        refused = sent.submit(firm, sent.ready(firm, 1))
        operations.refuse(depot_id=refused.pk, actor="anonymous", reason="Illisible.")
        begun = sent.begun(firm, 1)
        sent.add(firm, begun)
        Depot.objects.filter(pk=begun.pk).update(data={})
        with pytest.raises(operations.OtherDraft):
            operations.start_correction(account=firm, depot_id=refused.pk)


class TestWhatIsSaid:
    def test_the_receipt_names_each_document_its_type_its_size_and_its_hash(self, filed: Depot) -> None:
        text = receipt_text(filed)
        for number, type_label in [(1, "Carte d’identité"), (2, "Facture")]:
            file = queries.documents(filed)[number - 1]
            assert f"Document {number} : Papier {number}" in text
            assert f"{type_label}, " in text
            assert file.stored_id in text.replace(" ", "")
        assert "1 page" in text
        assert "Les documents tels que nous les avons reçus" in text
        assert "détient les documents et les réponses depuis ce moment" in text

    def test_the_receipt_speaks_of_no_company_no_publication_and_no_version(self, filed: Depot) -> None:
        text = receipt_text(filed)
        assert "Pour le compte de Camille Exemple" in text
        for absent in ("SIREN", "publication", "Initial", "Version", "confirmés aux deux dates"):
            assert absent not in text

    def test_what_is_filed_for_a_company_still_has_its_number(self, firm: Account) -> None:
        assert "Numéro SIREN 443 061 841" in receipt_text(small.filed(firm))

    def test_the_message_has_no_number_either(self, firm: Account, filed: Depot) -> None:
        assert "Pour : Camille Exemple\n" in letter(filed).body
        assert "SIREN" not in letter(filed).body
        assert "(SIREN 443" in letter(small.filed_by_draft(firm)).body

    def test_the_public_page_lists_the_hashes_and_names_nobody(self, filed: Depot) -> None:
        page = text_of(Client().get(f"/v/{filed.verification_code}"))
        assert all(file.stored_id in page for file in queries.documents(filed))
        assert "Les 2 documents reçus" in page
        assert "Documents reçus le" in page
        for absent in ("Camille", "Papier 1", "SIREN", "publication", "Version"):
            assert absent not in page

    def test_the_decision_is_called_what_it_is(self, filed: Depot) -> None:
        depot = operations.accept(depot_id=filed.pk, actor="anonymous", reason="Tout y est.")
        message = letter(depot)
        assert message.subject == "votre dépôt : traité"
        assert "accepté" not in message.body
        assert "Le service vous écrit :\nTout y est." in message.body
        page = text_of(Client().get(f"/v/{depot.verification_code}"))
        assert "Où il en est : traité." in page

    def test_elsewhere_what_is_accepted_is_accepted(self, firm: Account) -> None:
        depot = operations.accept(depot_id=small.filed(firm).pk, actor="anonymous", reason="Mandat produit.")
        message = letter(depot)
        assert message.subject == "réponse favorable à votre dépôt"
        assert "est accepté : demande pour" in message.body
        assert "Motif :\nMandat produit." in message.body

    def test_its_documents_are_plain_data_for_its_page(self, filed: Depot) -> None:
        shown = filed_documents(filed)
        assert [(one.number, one.name, one.type, one.person, one.pages) for one in shown] == [
            (1, "Papier 1", "Carte d’identité", "Vous", 1),
            (2, "Papier 2", "Facture", "Vous", 1),
        ]

    def test_a_filing_of_something_else_has_none(self, firm: Account) -> None:
        assert filed_documents(small.filed(firm)) == []


@pytest.mark.urls("tests.depots.document_urls")
class TestItsPlaceInLists:
    def test_its_state_is_in_its_own_words_and_it_has_no_version(self, filed: Depot) -> None:
        card = card_of(operations.accept(depot_id=filed.pk, actor="anonymous"))
        assert (card.state_words, card.version, card.discard_url) == ("Traité", "", "")
        assert card.title == "Envoi de 2 document(s)"

    def test_a_draft_is_given_up_at_an_address_of_its_own(self, firm: Account) -> None:
        depot = sent.begun(firm)
        assert card_of(depot).discard_url == f"/envoi/brouillons/{depot.pk}/supprimer/"


class TestItsPerson:
    def test_takes_the_pages_of_a_draft_home_a_pdf_once(self, firm: Account) -> None:
        depot = sent.begun(firm)
        sent.add(firm, depot, content=factories.pdf(2), name="deux.pdf")
        [photo] = sent.add(firm, depot, 2, name="IMG.HEIC")
        [(told, contents)] = personal.filings(firm)
        pages = told["pages"]
        assert [(page["document"], page["page"]) for page in pages] == [(1, 1), (1, 2), (2, 1)]
        assert len(contents) == 2
        assert pages[0]["dans_l_archive"] == pages[1]["dans_l_archive"]
        assert contents[1] == (f"depots/brouillon-{depot.pk}/pages/document-2/01-IMG.jpg", photo.stored_id)

    def test_is_forgotten_in_the_names_of_the_documents_too(self, filed: Depot) -> None:
        assert operations.forget_person(depot_ids=[filed.pk]) == 1
        assert [file.name for file in queries.documents(filed)] == ["document-1.pdf", "document-2.pdf"]

    def test_other_files_keep_their_names(self, owner: Account) -> None:
        depot = factories.confirmed(owner)
        operations.forget_person(depot_ids=[depot.pk])
        assert {file.name for file in depot.files.all()} == {"comptes.pdf"}


def test_a_place_without_a_key_is_asked_for_nowhere(firm: Account) -> None:
    definition = teleprocedure(sent.CODE)
    assert definition.subject(firm, {}) == Subject(
        siren="", name="Camille Exemple", capacity="Pour elle-même"
    )
    assert queries.in_whose_name(Depot(siren="", subject_name="Camille Exemple")) == "Camille Exemple"
    named = queries.in_whose_name(Depot(siren=small.CLIENT, subject_name="CLIENT"))
    assert unicodedata.normalize("NFKC", named) == "CLIENT (SIREN 443 061 841)"
