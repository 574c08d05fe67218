"""The list, the certification, the submission and its acknowledgement (001, steps 3, 7, 8 and 9)."""

import pytest

from guichet.courriers.models import Courrier
from guichet.depots import operations
from guichet.depots.models import Depot
from guichet.depots.rules import InvalidAnswers
from guichet.depots.states import State
from guichet.teleprocedures.depot_spontane.definition import DEPOT_SPONTANE
from tests.espaces.prive.people import somebody
from tests.teleprocedures.depot_spontane.sender import Sender, a_child, a_photograph
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db


class TestTheList:
    def test_it_says_what_is_done_and_what_comes_next(self, sender: Sender) -> None:
        draft = sender.begin(2)
        page = text_of(sender.get(draft, "documents"))
        assert "Vous voulez transmettre 2 documents" in page
        assert "Aucun document complet sur 2" in page
        assert "Commencer le document 1" in page
        sender.fill(draft, 1, nom="acte de naissance")
        page = text_of(sender.get(draft, "documents"))
        assert "1 document complet sur 2" in page
        assert "Document 1 : acte de naissance" in page
        assert "Commencer le document 2" in page
        assert "J’atteste" not in page
        sender.post(draft, "name", 2, nom="relevé bancaire")
        assert "Compléter le document 2" in text_of(sender.get(draft, "documents"))

    def test_every_answer_has_its_way_back(self, sender: Sender) -> None:
        draft = sender.ready(2)
        page = html_of(sender.get(draft, "documents"))
        for number in (1, 2):
            for step in ("name", "type", "person", "comment", "pages"):
                assert f'href="{sender.at(step, draft.pk, number)}"' in page

    def test_one_more_up_to_ten(self, sender: Sender) -> None:
        draft = sender.begin(9)
        sender.post(draft, "add_document")
        assert sender.again(draft).data["nombre"] == "10"
        assert "Ajouter un autre document" not in text_of(sender.get(draft, "documents"))
        sender.post(draft, "add_document")
        assert sender.again(draft).data["nombre"] == "10"
        assert "10 documents au plus" in text_of(sender.get(draft, "documents"))

    def test_removing_the_first_of_three_renumbers_the_others(self, sender: Sender) -> None:
        draft = sender.begin(3)
        for document, name in enumerate(("premier", "deuxième", "troisième"), 1):
            sender.say(draft, document, nom=name)
            sender.upload(draft, document, a_photograph(name))
            sender.post(draft, "complete", document)
        assert "Retirer « Document 1 : premier » ?" in text_of(sender.get(draft, "remove_document", 1))
        assert sender.again(draft).data["nombre"] == "3"
        sender.post(draft, "remove_document", 1)
        left = sender.again(draft)
        assert [left.data[f"nom_{n}"] for n in (1, 2, 3)] == ["deuxième", "troisième", ""]
        assert [page.name for page in left.pages.order_by("document")] == ["deuxième.jpg", "troisième.jpg"]
        page = text_of(sender.get(draft, "documents"))
        assert "2 documents complets sur 2" in page
        assert "premier » est retiré" in page

    def test_the_only_document_goes_with_its_draft(self, sender: Sender) -> None:
        draft = sender.begin(1)
        assert sender.post(draft, "remove_document", 1).headers["Location"] == sender.at("discard", draft.pk)
        assert sender.again(draft).data["nombre"] == "1"


class TestTransmitting:
    @pytest.mark.parametrize(
        ("number", "button"), [(1, "Transmettre ce document"), (2, "Transmettre ces 2 documents")]
    )
    def test_the_button_names_its_effect(self, sender: Sender, number: int, button: str) -> None:
        draft = sender.ready(number)
        page = text_of(sender.get(draft, "documents"))
        assert button in page
        assert "J’atteste que tous les renseignements" in page

    def test_nothing_goes_without_the_attestation(self, sender: Sender) -> None:
        draft = sender.ready(1)
        answer = sender.post(draft, "documents")
        assert answer.status_code == 422
        assert "sans cette attestation" in text_of(answer)
        assert sender.again(draft).state == State.BROUILLON

    def test_nothing_goes_before_all_is_complete(self, sender: Sender) -> None:
        draft = sender.begin(2)
        sender.fill(draft, 1)
        sender.transmit(draft)
        assert sender.again(draft).state == State.BROUILLON

    def test_the_acknowledgement_comes_right_away(self, sender: Sender) -> None:
        draft = sender.ready(2)
        page = text_of(sender.transmit(draft))
        filed = sender.again(draft)
        assert filed.state == State.CONFIRME
        assert str(filed.reference) in page
        assert "Télécharger l’accusé de réception" in page
        assert "Confirmé" not in page  # there was nothing to confirm
        assert "SIREN" not in page
        assert "acte de naissance" in page
        assert Courrier.objects.filter(about=filed.evidence, recipient=sender.account.email).exists()
        receipt = sender.get(filed, "receipt")
        assert b"".join(receipt.streaming_content).startswith(b"%PDF")
        for number in (1, 2):
            assert sender.at("document", filed.pk, number) in page
            pdf = sender.get(filed, "document", number)
            assert b"".join(pdf.streaming_content).startswith(b"%PDF")
        assert sender.get(filed, "document", 3).status_code == 404
        assert sender.client.get(sender.at("depots")).status_code == 200

    def test_its_page_says_all_that_was_said_and_what_comes_next(self, sender: Sender) -> None:
        draft = sender.begin(1)
        sender.fill(draft, 1, commentaire="<b>Pour</b> mon dossier.")
        answer = sender.transmit(draft)
        page = text_of(answer)
        assert "Vos documents sont transmis" in page
        assert "dans les 15 jours" in page
        assert "Personne concernée : Noé Exemple" in page
        assert "<b>Pour</b> mon dossier." in page
        assert "<b>Pour" not in html_of(answer)

    def test_its_page_says_what_was_decided(self, sender: Sender) -> None:
        treated = sender.ready(1)
        sender.transmit(treated)
        operations.accept(depot_id=treated.pk, actor="operator", reason="Merci, c’est noté.")
        page = text_of(sender.get(treated, "depot"))
        assert "Le service a traité vos documents le" in page
        assert "Merci, c’est noté." in page
        refused = sender.ready(1)
        sender.transmit(refused)
        operations.refuse(depot_id=refused.pk, actor="operator", reason="L’image est floue.")
        page = text_of(sender.get(refused, "depot"))
        assert "Le service n’a pas pu traiter vos documents" in page
        assert "L’image est floue." in page
        assert "Faire un nouvel envoi" in page

    def test_a_second_press_leads_to_the_same_filing(self, sender: Sender) -> None:
        draft = sender.ready(1)
        first, second = sender.transmit(draft), sender.transmit(draft)
        reference = str(sender.again(draft).reference)
        assert reference in text_of(first)
        assert reference in text_of(second)
        assert Depot.objects.count() == 1
        for name in ("number", "documents"):
            assert sender.get(draft, name).headers["Location"] == sender.at("depot", draft.pk)
        assert sender.post(draft, "name", 1, nom="autre chose").headers["Location"] == sender.at(
            "depot", draft.pk
        )

    def test_one_sends_as_often_as_one_likes(self, sender: Sender) -> None:
        for _again in range(2):
            sender.transmit(sender.ready(1))
        assert Depot.objects.filter(state=State.CONFIRME).count() == 2

    def test_somebody_who_left_the_household_meanwhile_is_asked_for_again(self, sender: Sender) -> None:
        child = a_child(sender.account)
        draft = sender.begin(1)
        sender.fill(draft, 1, personne=str(child.pk))
        child.removed_at = child.updated_at
        child.save()
        sender.transmit(draft)
        assert sender.again(draft).state == State.BROUILLON
        assert sender.get(draft, "draft").headers["Location"] == sender.at("person", draft.pk, 1)

    def test_the_filing_itself_refuses_somebody_of_another_household(self, sender: Sender) -> None:
        stranger = a_child(somebody(identifier="autre@foyer.example", email="autre@foyer.example"))
        draft = sender.ready(1)
        operations.answer(account=sender.account, depot_id=draft.pk, data={"personne_1": str(stranger.pk)})
        with pytest.raises(InvalidAnswers) as refused:
            operations.submit(account=sender.account, depot_id=draft.pk, accepted_terms=True)
        assert set(refused.value.errors) == {"personne_1"}
        assert sender.again(draft).state == State.BROUILLON


class TestTheDefinition:
    def test_who_files_and_as_what(self) -> None:
        person, company = somebody(), somebody("employeur", identifier="b@b.example", email="b@b.example")
        alone = DEPOT_SPONTANE.subject(person, {})
        assert (alone.siren, alone.name, alone.capacity) == ("", "Noé Exemple", "En son nom")
        firm = DEPOT_SPONTANE.subject(company, {})
        assert (firm.siren, firm.name) == (company.siren, company.profile["company"])

    def test_another_document_is_always_the_last_type(self) -> None:
        rules = DEPOT_SPONTANE.documents
        assert rules
        for words in ("acte de naissance", "", "zzzzxqwkj"):
            assert [choice.code for choice in rules.types(words)][-1] == "autre"

    def test_what_tells_of_people_is_personal(self) -> None:
        assert {"nom_1", "qui_10", "commentaire_3", "personne_2"} <= DEPOT_SPONTANE.personal
        assert not {"nombre", "type_1"} & DEPOT_SPONTANE.personal

    def test_what_was_erased_can_still_be_described(self, sender: Sender) -> None:
        draft = sender.ready(1)
        draft.data = {
            key: "effacé" if key in DEPOT_SPONTANE.personal else text for key, text in draft.data.items()
        }
        rules = DEPOT_SPONTANE.documents
        assert rules
        told = rules.described(draft)[0]
        assert (told.name, told.person_label, told.comment) == ("effacé", "effacé", "effacé")
