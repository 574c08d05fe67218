"""What the messages, copies, logs and sheets of the espace privé let out, and who comes in at its desk."""

import datetime as dt
import io
import json
import logging
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guichet.accounts.models import Account, Session
from guichet.courriers.models import Courrier, Pli
from guichet.depots.models import Page
from guichet.espaces.prive.definition import IDLE
from guichet.files import queries as files
from guichet.files.models import StoredFile
from guichet.foyers.models import Personne
from guichet.instruction import operations as instruction
from guichet.instruction.rules import Role
from guichet.journal.models import Event
from guichet.kernel import clock
from guichet.retention import operations as retention
from guichet.retention import queries as copies
from tests.espaces.prive import people
from tests.instruction import people as desk_people
from tests.teleprocedures.depot_spontane.sender import Sender, a_child, a_photograph
from tests.web.desk.desk import an_agent, at_the_desk
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
CHILD, COMMENT, QUESTION, TITLE = "Ondine", "chute de cheval", "radiographie manquante", "certificat de bosse"
SECRETS = (CHILD, COMMENT, QUESTION, TITLE, people.NUMBER, people.NUMBER[:13])


@pytest.fixture
def sender() -> Sender:
    return Sender()


class TestTheDesk:
    """Agents who see something else, or are signed in by half."""

    def places(self, sender: Sender) -> list[str]:
        draft = sender.ready()
        sender.transmit(draft)
        child = a_child(sender.account)
        return [
            f"/agents/depots/{draft.pk}/",
            f"/agents/depots/{draft.pk}/document.pdf?document=1",
            reverse("desk:reclassify", args=[draft.pk, 1]),
            reverse("desk:household", args=[sender.account.pk]),
            reverse("desk:household_person", args=[sender.account.pk, child.pk]),
            reverse("desk:household_remove", args=[sender.account.pk, child.pk]),
        ]

    def test_who_sees_another_teleprocedure(self, sender: Sender) -> None:
        desk = at_the_desk(an_agent(teleprocedures=["adhesion"]))
        allowed = at_the_desk(an_agent("Sacha Exemple", teleprocedures=["depot_spontane"]))
        for place in self.places(sender):
            assert allowed.get(place).status_code == 200, place
            for ask in (desk.get, desk.post):
                answer = ask(place)
                assert answer.status_code in (404, 405), place
                assert "Exemple, Noé" not in text_of(answer)
        assert Personne.objects.get().removed_at is None

    def test_who_gave_the_password_alone(self, sender: Sender) -> None:
        half: Any = Client()
        half.force_login(an_agent().account)
        for place in self.places(sender):
            for ask in (half.get, half.post):
                answer = ask(place)
                assert answer.status_code in (302, 403, 405), place
                assert answer.get("Location", "/agents/connexion/").startswith("/agents/connexion/")
        assert Personne.objects.get().removed_at is None

    def test_whose_filing_it_is_comes_in_nowhere(self, sender: Sender) -> None:
        for place in self.places(sender):
            assert sender.client.get(place).status_code in (302, 403), place


class TestWhatGetsOut:
    """What was written stays with who wrote it and who reads it for the service."""

    @pytest.fixture
    def told(self, caplog: pytest.LogCaptureFixture) -> tuple[Sender, str]:
        """Everything was said, asked and answered; and what was logged meanwhile."""
        sender = Sender()
        child = a_child(sender.account, CHILD)
        with caplog.at_level(logging.DEBUG):
            draft = sender.begin(1)
            sender.fill(draft, 1, nom=TITLE, commentaire=COMMENT, personne=str(child.pk))
            sender.client.get(f"{sender.at('type', draft.pk, 1)}?q={TITLE}")
            sender.transmit(draft)
            agent = desk_people.agent()
            instruction.ask(agent=agent, depot_id=draft.pk, text=QUESTION)
            sender.post(draft, "answer", reponse=COMMENT, upload=a_photograph(COMMENT))
            at_the_desk(agent).get(f"/agents/depots/{draft.pk}/")
            instruction.accept(agent=agent, depot_id=draft.pk, text=QUESTION)
        return sender, caplog.text

    def test_no_email_no_log_and_no_proof_tells_it(self, told: tuple[Sender, str]) -> None:
        sender, log = told
        letters = Courrier.objects.filter(recipient=sender.account.email)
        assert letters.count() == 4  # transmitted, asked, answered, decided
        written = "".join(one.subject + one.body for one in Courrier.objects.all())
        events = [[one.kind, one.actor, one.data] for one in Event.objects.all()]
        proofs = json.dumps(events, ensure_ascii=False)
        for secret in SECRETS:
            assert secret not in written
            assert secret not in proofs
            assert secret not in log
        boxes = "".join(one.body for one in Pli.objects.filter(box=sender.account.subject))
        assert QUESTION in boxes

    def test_the_number_of_the_file_is_on_no_page_and_in_no_csv(self, told: tuple[Sender, str]) -> None:
        sender, _ = told
        draft = sender.ready()
        depot = sender.account.depots.exclude(pk=draft.pk).get()
        pli = Pli.objects.filter(box=sender.account.subject).latest("created_at")
        mine = ["/prive/", "/prive/contact/", "/prive/messages/", f"/prive/messages/{pli.pk}/",
                "/prive/foyer/", "/prive/documents/", sender.at("depots"), sender.at("depot", depot.pk),
                sender.at("documents", draft.pk), sender.at("person", draft.pk, 1)]  # fmt: skip
        pages = {place: text_of(sender.client.get(place)) for place in mine}
        desk = at_the_desk(an_agent("Sacha Exemple", role=Role.GESTIONNAIRE))
        for place in ("/agents/", "/agents/?etat=tous", "/agents/reclassements/"):
            pages[place] = text_of(desk.get(place))
        for place in ("/agents/export.csv?etat=tous", "/agents/reclassements/export.csv"):
            answer = desk.get(place)
            sheet = b"".join(answer.streaming_content) if answer.streaming else answer.content
            pages[place] = sheet.decode("utf-8-sig")
        assert str(depot.reference) in pages["/agents/export.csv?etat=tous"]
        for place, page in pages.items():
            digits = re.sub(r"\s", "", page)
            assert people.NUMBER[:13] not in digits, place
            assert sender.account.profile["file_number"] not in page, place

    def test_what_is_typed_when_a_session_is_over_waits_sealed(self, sender: Sender) -> None:
        browser = people.signed_in(sender.account)
        typed = {"last_name": "Exemple", "first_name": "Noé", "phone": "", "file_number": people.NUMBER}
        with clock.travel(IDLE + dt.timedelta(minutes=1)):
            assert browser.post("/prive/compte/", typed).status_code == 302
            kept = str([row.get_decoded() for row in Session.objects.all()])
            assert "/prive/compte/" in kept
            assert people.NUMBER not in kept
            form = {"identifier": people.EMAIL, "password": people.PASSWORD}
            browser.post("/prive/connexion/", form)
            page = html_of(browser.get("/prive/reprise/"))
        assert f'name="file_number" value="{people.NUMBER}"' in page

    def test_the_copy_of_ones_data_holds_all_of_it(self, told: tuple[Sender, str]) -> None:
        sender, _ = told
        sender.begin(1)
        draft = sender.account.depots.get(state="brouillon")
        sender.say(draft, 1, commentaire="brouillon en cours")
        sender.upload(draft, 1, a_photograph("en cours"))
        retention.ask_export(account=sender.account)
        retention.build_export(account_id=str(sender.account.pk))
        copy = copies.export_of(account=sender.account)
        assert copy
        with files.open_stored(sha256=copy.sha256) as content:
            archive = zipfile.ZipFile(io.BytesIO(content.read()))
        whole = archive.read("vos-donnees.json").decode()
        for known in (CHILD, COMMENT, QUESTION, TITLE, people.NUMBER, "brouillon en cours"):
            assert known in whole, known
        assert any("pages/document-1/" in name for name in archive.namelist())

    def test_a_closed_account_leaves_no_photograph_and_no_message(
        self, told: tuple[Sender, str], django_capture_on_commit_callbacks: Callable[..., Any]
    ) -> None:
        sender, _ = told
        draft = sender.begin(1)
        sender.fill(draft, 1)
        sender.upload(draft, 1, a_photograph("encore"))
        erased = [page.stored_id for page in Page.objects.all()]
        assert len(erased) == 2
        with django_capture_on_commit_callbacks(execute=True):
            retention.close(account=sender.account, password=people.PASSWORD)
        assert not Page.objects.exists()
        assert not Pli.objects.exists()
        assert not StoredFile.objects.filter(pk__in=erased).exists()
        for sha256 in erased:
            assert files.verify(sha256=sha256) == "missing"
        closed = Account.objects.get(pk=sender.account.pk)
        assert people.NUMBER not in json.dumps(closed.profile)
        assert not closed.profile.get("file_number")
        # Who is named by what was filed is known as long as that is.
        assert [one.first_name for one in Personne.objects.all()] == [CHILD]


def test_a_message_opened_in_two_tabs_is_read_once() -> None:
    sender = Sender()
    pli = Pli.objects.create(
        box=sender.account.subject, about=sender.account.subject, template="avis", subject="Bonjour",
        body="Bonjour.", created_at=clock.now(),
    )  # fmt: skip
    assert "1 non lu" in text_of(sender.client.get("/prive/messages/"))
    sender.client.get(f"/prive/messages/{pli.pk}/")
    first = Pli.objects.get().read_at
    page = text_of(sender.client.get(f"/prive/messages/{pli.pk}/"))
    assert (Pli.objects.get().read_at, "non lu" in page) == (first, False)
