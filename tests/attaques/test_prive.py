"""An attacker's go at the espace privé: what is somebody else's, and what nobody asked for."""

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse

from guichet.courriers.models import Pli
from guichet.depots.models import Depot, Page
from guichet.depots.states import State
from guichet.instruction.models import Message, MessageFile
from guichet.kernel import clock
from tests.espaces.prive.people import somebody
from tests.teleprocedures.depot_spontane.sender import Sender, a_child, a_photograph
from tests.teleprocedures.foyer.somebody import Somebody
from tests.web.desk.desk import an_agent, at_the_desk
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
SECRET = "chute de cheval"


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
def stranger() -> Sender:
    return Sender(somebody(identifier="autre@foyer.example", email="autre@foyer.example"))


def a_draft(sender: Sender) -> Depot:
    """A draft of two documents, one of them complete, the other with a page."""
    draft = sender.begin(2)
    sender.fill(draft, 1, commentaire=SECRET)
    sender.say(draft, 2, commentaire=SECRET)
    sender.upload(draft, 2, a_photograph("seconde"))
    return sender.again(draft)


def seen(answer: Any) -> tuple[int, str, str]:
    """What a refusal says, but for what differs each time."""
    page = re.sub(r'(nonce|value)="[^"]*"', "", html_of(answer))
    return answer.status_code, answer.get("Location", ""), page


class TestSomebodyElses:
    """What is another's is not there, in the very words of what never was."""

    STEPS = ("name", "type", "person", "comment", "pages", "remove_document", "complete")
    WHOLE = ("draft", "number", "discard", "documents", "add_document")

    def places(self, draft: uuid.UUID, page: int) -> list[str]:
        found = [reverse(f"depot_spontane:{name}", args=[draft]) for name in self.WHOLE]
        found += [reverse(f"depot_spontane:{name}", args=[draft, 2]) for name in self.STEPS]
        for name in ("page_image", "page_turn", "page_remove"):
            found.append(reverse(f"depot_spontane:{name}", args=[draft, 2, page]))
        found.append(reverse("depot_spontane:page_move", args=[draft, 2, page, "monter"]))
        return found

    def test_a_draft_and_its_pages(self, sender: Sender, stranger: Sender) -> None:
        draft = a_draft(sender)
        page = Page.objects.get(depot=draft, document=2).pk
        before = (draft.data, list(Page.objects.values_list()))
        for theirs, none in zip(self.places(draft.pk, page), self.places(uuid.uuid4(), page), strict=True):
            for ask in (stranger.client.get, stranger.client.post):
                answer = ask(theirs)
                assert answer.status_code in (404, 405), theirs
                assert seen(answer) == seen(ask(none)), theirs
                assert SECRET not in text_of(answer)
        assert (sender.again(draft).data, list(Page.objects.values_list())) == before

    def test_a_page_of_another_under_ones_own_draft(self, sender: Sender, stranger: Sender) -> None:
        a_draft(sender)
        theirs = Page.objects.get(document=2).pk
        mine = stranger.begin(2)
        stranger.say(mine, 2)
        for page in (theirs, theirs + 1000, 0, 2**63, 10**40):
            for place in self.places(mine.pk, page)[-4:]:
                for ask in (stranger.client.get, stranger.client.post):
                    assert ask(place).status_code in (404, 405), place
        assert Page.objects.filter(depot__account=sender.account).count() == 2

    def test_a_filing_and_all_that_hangs_on_it(self, sender: Sender, stranger: Sender) -> None:
        draft = sender.ready()
        sender.transmit(draft)
        at_the_desk(an_agent()).post(
            f"/agents/depots/{draft.pk}/question/", {"question": SECRET, "upload": a_photograph("jointe")}
        )
        message = MessageFile.objects.get().message
        for name, more in {
            "depot": (), "receipt": (), "document": (1,), "answer": (), "message_file": (message.pk,)
        }.items():  # fmt: skip
            theirs = sender.at(name, draft.pk, *more)
            assert sender.client.get(theirs).status_code in (200, 302, 405), name
            for ask in (stranger.client.get, stranger.client.post):
                answer = ask(theirs)
                assert answer.status_code in (404, 405), name
                assert seen(answer) == seen(ask(sender.at(name, uuid.uuid4(), *more))), name
        assert Message.objects.count() == 1

    def test_a_message_is_neither_shown_nor_read(self, sender: Sender, stranger: Sender) -> None:
        pli = Pli.objects.create(
            box=sender.account.subject, about=sender.account.subject, template="avis", subject="Bonjour",
            body=SECRET, created_at=clock.now(),
        )  # fmt: skip
        answer = stranger.client.get(f"/prive/messages/{pli.pk}/")
        assert seen(answer) == seen(stranger.client.get(f"/prive/messages/{uuid.uuid4()}/"))
        pli.refresh_from_db()
        assert (answer.status_code, pli.read_at) == (404, None)

    def test_somebody_of_another_household_is_corrected_by_nobody_else(
        self, sender: Sender, stranger: Sender
    ) -> None:
        child = a_child(sender.account, "Ondine")
        them = Somebody(stranger.account)
        for objet in (f"modifier:{child.pk}", f"retirer:{child.pk}"):
            answers = [them.propose(each) for each in (objet, objet[:-36] + str(uuid.uuid4()))]
            assert seen(answers[0]) == seen(answers[1])
            draft = them.begin()
            assert them.choose(draft, objet).status_code == 422
            them.tell(draft, objet, nom="Volee")
            assert "Ondine" not in text_of(them.question(draft))
            them.submit(draft)
            draft.refresh_from_db()
            assert draft.state == State.BROUILLON
        child.refresh_from_db()
        assert (child.first_name, child.removed_at) == ("Ondine", None)

    def test_a_correction_that_changes_its_mind_after_its_details(self, sender: Sender) -> None:
        """Details of one person under the name of another: they are asked for again."""
        one, other = a_child(sender.account, "Emma"), a_child(sender.account, "Lucas")
        me = Somebody(sender.account)
        draft = me.begin()
        me.choose(draft, f"modifier:{one.pk}")
        me.tell(draft, f"modifier:{one.pk}", prenom="Emmanuelle")
        me.choose(draft, f"modifier:{other.pk}")
        me.submit(draft)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON


class TestForgedAnswers:
    """What the pages never offer."""

    @pytest.mark.parametrize("number", ["11", "-1", "1e3", "２", "0", "", "1\0", "9" * 400, "+1", MARKUP])
    def test_a_number(self, sender: Sender, number: str) -> None:
        draft = sender.begin(1)
        answer = sender.post(draft, "number", nombre=number)
        assert answer.status_code == 422
        assert "<script>alert" not in html_of(answer)
        assert sender.again(draft).data["nombre"] == "1"

    @pytest.mark.parametrize("document", ["0", "2", "11", "99999999999999999999", "-1", "1e0", "%EF%BC%92"])
    def test_a_document_that_is_none(self, sender: Sender, document: str) -> None:
        draft = sender.begin(1)
        for step in ("nom", "type", "personne", "commentaire", "pages", "complet", "retirer"):
            place = f"/prive/documents/brouillons/{draft.pk}/documents/{document}/{step}/"
            assert sender.client.post(place, {"nom": "acte", "commentaire": "x"}).status_code == 404, place
        assert set(sender.again(draft).data) == {"nombre"}

    @pytest.mark.parametrize("forged", ["moi ", "", "\0", "0", "null", MARKUP, "adulte"])
    def test_a_person(self, sender: Sender, forged: str) -> None:
        draft = sender.begin(1)
        for step, typed in {"name": {"nom": "acte"}, "type": {"type": "autre"}}.items():
            sender.post(draft, step, 1, **typed)
        assert sender.post(draft, "person", 1, personne=forged, qui="Tom").status_code == 422
        assert not sender.again(draft).data.get("personne_1")

    def test_another_households_child(self, sender: Sender, stranger: Sender) -> None:
        child = a_child(stranger.account, "Ondine")
        draft = sender.ready()
        for forged in (str(child.pk), child.pk.hex, str(child.pk).upper(), f"{{{child.pk}}}"):
            assert sender.post(draft, "person", 1, personne=forged).status_code == 422
            # As if it had come by another way than the form, an older page of the portal perhaps.
            Depot.objects.filter(pk=draft.pk).update(data={**draft.data, "personne_1": forged})
            page = sender.transmit(draft)
            assert "Ondine" not in text_of(page)
            assert sender.again(draft).state == State.BROUILLON

    def test_ones_own_child_in_another_spelling_of_its_id(self, sender: Sender) -> None:
        child = a_child(sender.account)
        draft = sender.ready()
        Depot.objects.filter(pk=draft.pk).update(data={**draft.data, "personne_1": child.pk.hex})
        sender.transmit(draft)
        assert sender.again(draft).state == State.BROUILLON

    def test_a_type_that_is_not_offered(self, sender: Sender, settings: Any, tmp_path: Any) -> None:
        draft = sender.ready()
        own = tmp_path / "types.toml"
        own.write_text(NOMENCLATURE, encoding="utf-8")
        settings.NOMENCLATURE = str(own)
        for forged in ("vignette", "inconnu", "", MARKUP, "carte_identite"):
            assert sender.post(draft, "type", 1, type=forged).status_code == 422, forged
            assert sender.client.get(f"{sender.at('type', draft.pk, 1)}?choix={forged}").status_code == 200
            Depot.objects.filter(pk=draft.pk).update(data={**draft.data, "type_1": forged})
            assert sender.again(draft).state == State.BROUILLON
            sender.transmit(draft)
            assert sender.again(draft).state == State.BROUILLON

    def test_answers_beside_those_that_are_asked(self, sender: Sender) -> None:
        draft = sender.begin(2)
        sender.post(draft, "name", 1, nom="acte", nombre="9", nom_2="x", state="confirme", commentaire="y")
        kept = sender.again(draft)
        assert kept.data == {"nombre": "2", "nom_1": "acte"}

    @pytest.mark.parametrize("typed", ["x" * 10_000, "\0" * 50, "‮gpj.exe" * 30, "\ud800".join("ab"), MARKUP])
    def test_texts_of_every_kind_make_a_page_and_no_markup(self, sender: Sender, typed: str) -> None:
        draft = sender.ready()
        raw = typed.encode("utf-8", "surrogatepass")
        for step, field in {"name": "nom", "comment": "commentaire", "person": "qui", "type": "type"}.items():
            body = field.encode() + b"=" + b"".join(b"%%%02X" % sign for sign in raw) + b"&personne=autre"
            place = sender.at(step, draft.pk, 1)
            answer = sender.client.post(place, body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code in (302, 422), step
            for page in (answer, sender.client.get(place), sender.get(draft, "documents")):
                assert "<script>alert" not in html_of(page)
                assert "<img src=x" not in html_of(page)

    def test_a_comment_of_164_characters_is_not_transmitted(self, sender: Sender) -> None:
        draft = sender.ready()
        assert sender.post(draft, "comment", 1, commentaire="é" * 164).status_code == 422
        sender.transmit(draft)
        assert sender.again(draft).state == State.BROUILLON
        sender.post(draft, "comment", 1, commentaire="é" * 163)
        sender.transmit(draft)
        assert sender.again(draft).state == State.CONFIRME

    def test_what_an_agent_reads_is_no_markup_and_goes_in_its_direction(self, sender: Sender) -> None:
        draft = sender.ready()
        sender.post(draft, "comment", 1, commentaire=f"{MARKUP} ‮gpj.exe⁦")
        sender.transmit(draft)
        assert sender.again(draft).state == State.CONFIRME
        mine, theirs = sender.get(draft, "depot"), at_the_desk(an_agent()).get(f"/agents/depots/{draft.pk}/")
        for page in (mine, theirs):
            assert "&lt;script&gt;alert" in html_of(page)
            assert "<script>alert" not in html_of(page)
            assert not set("‮⁦") & set(text_of(page))

    def test_what_is_not_complete_is_not_transmitted(self, sender: Sender) -> None:
        draft = a_draft(sender)
        sender.transmit(draft)
        sender.client.post(sender.at("documents", draft.pk), {"accepted_terms": "on", "ready": "1"})
        assert sender.again(draft).state == State.BROUILLON


NOMENCLATURE = """
[[families]]
code = "divers"
label = "Divers"
[[types]]
code = "vignette"
label = "Vignette automobile"
family = "divers"
retired = true
[[types]]
code = "autre"
label = "Un autre document"
family = "divers"
"""
