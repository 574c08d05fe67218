"""« Mes messages », the message that is opened, and the answer that brings a missing page (001)."""

import uuid
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from pytest_django.fixtures import Settings

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier, Pli
from guichet.courriers.queries import PAGE_SIZE
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.files import checks
from guichet.files.models import StoredFile
from guichet.instruction import operations as instruction
from guichet.instruction.models import Agent, Message, MessageFile
from guichet.kernel import clock
from tests.espaces.prive.people import somebody
from tests.instruction import people
from tests.teleprocedures.depot_spontane.sender import Sender, a_photograph
from tests.web.people import an_association, html_of, text_of

pytestmark = pytest.mark.django_db
QUESTION = "Il manque la page 2.\n\nVoyez <b>http://exemple.fr</b> & merci."
MESSAGES = "/prive/messages/"


@pytest.fixture
def sender() -> Sender:
    """A particulier who is signed in."""
    return Sender()


@pytest.fixture
def agent() -> Agent:
    """Somebody of the service."""
    return people.agent(name="Camille Exemple")


@pytest.fixture
def depot(sender: Sender) -> Depot:
    """What the particulier has transmitted."""
    draft = sender.ready()
    sender.transmit(draft)
    return sender.again(draft)


@pytest.fixture
def asked(depot: Depot, agent: Agent) -> Depot:
    """The service asks for a page of it."""
    instruction.ask(agent=agent, depot_id=depot.pk, text=QUESTION)
    return depot


def put(account: Account, number: int = 1) -> list[Pli]:
    """Messages in a mailbox, about nothing that is filed."""
    return [
        Pli.objects.create(
            box=account.subject, about=account.subject, template="essai", subject=f"message {rank}",
            body="Bonjour.\n", created_at=clock.now(),
        )
        for rank in range(number)
    ]  # fmt: skip


def opened(sender: Sender, template: str) -> Any:
    """The page of the message that was written by this template."""
    pli = Pli.objects.filter(box=sender.account.subject, template=template).latest("created_at")
    return sender.client.get(f"{MESSAGES}{pli.pk}/")


def answer(sender: Sender, depot: Depot, text: str = "La voici.", *files: SimpleUploadedFile) -> Any:
    return sender.client.post(sender.at("answer", depot.pk), {"reponse": text, "upload": files}, follow=True)


def test_an_empty_mailbox_says_how_it_begins(sender: Sender) -> None:
    page = text_of(sender.client.get(MESSAGES))
    assert "Vous n’avez pas encore de message." in page
    assert "accusé de réception arrivera ici" in page
    assert "<table" not in page


def test_the_acknowledgement_of_a_filing_is_the_first_message(sender: Sender, depot: Depot) -> None:
    page = text_of(sender.client.get(MESSAGES))
    assert "1 message non lu." in page
    assert "Vos documents sont transmis" in page
    message = text_of(opened(sender, "depots/demande_transmise"))
    assert str(depot.reference) in message
    assert "Le service attend votre réponse" not in message
    letter = Courrier.objects.get(template="depots/demande_transmise_avis")
    assert str(depot.reference) in letter.body


def test_unread_ones_are_told_in_words_until_they_are_opened(sender: Sender) -> None:
    first, second = put(sender.account, 2)
    home = reverse("prive:home")
    assert "Mes messages (2 non lus)" in _plain(sender.client.get(home))
    page = text_of(sender.client.get(MESSAGES))
    assert page.count(">Non lu<") == 2
    sender.client.get(f"{MESSAGES}{second.pk}/")
    page = text_of(sender.client.get(MESSAGES))
    assert page.count(">Non lu<") == 1
    assert page.index("Message 0") < page.index("Message 1"), "what was not read comes first"
    assert "Mes messages (1 non lu)" in _plain(sender.client.get(home))
    sender.client.get(f"{MESSAGES}{first.pk}/")
    assert "non lu" not in _plain(sender.client.get(home))
    assert "Vous avez lu tous vos messages." in text_of(sender.client.get(MESSAGES))


def _plain(answer: Any) -> str:
    """The words of the header, without its tags."""
    page = html_of(answer).partition("<main")[0]
    return " ".join(page.replace("<strong>", "").replace("</strong>", "").split())


def test_the_page_of_a_message_counts_it_as_read(sender: Sender) -> None:
    [pli] = put(sender.account)
    assert "non lu" not in _plain(sender.client.get(f"{MESSAGES}{pli.pk}/"))


def test_a_program_that_looks_where_a_link_leads_reads_nothing(sender: Sender) -> None:
    [pli] = put(sender.account)
    assert sender.client.head(f"{MESSAGES}{pli.pk}/").status_code == 200
    pli.refresh_from_db()
    assert pli.read_at is None


def test_where_one_is_stands_above(sender: Sender) -> None:
    [pli] = put(sender.account)
    for page in (MESSAGES, f"{MESSAGES}{pli.pk}/"):
        shown = text_of(sender.client.get(page)).partition("<main")[2]
        path = [shown.index(words) for words in ("Mon espace privé", "Contact & échanges", "Mes messages</")]
        assert path == sorted(path)


def test_a_question_is_plain_text_and_leads_to_its_answer(sender: Sender, asked: Depot) -> None:
    page = html_of(opened(sender, "instruction/question"))
    assert "&lt;b&gt;http://exemple.fr&lt;/b&gt; &amp; merci." in page
    assert '<a href="http://exemple.fr' not in page
    assert "<p>Voyez" in page
    assert "Le service attend votre réponse" in page
    assert f'href="{sender.at("depot", asked.pk)}#echanges"' in page
    assert "Camille" not in page
    answer(sender, asked)
    assert "Le service attend votre réponse" not in text_of(opened(sender, "instruction/question"))


def test_no_e_mail_tells_a_word_of_the_question(sender: Sender, asked: Depot) -> None:
    told = [f"{one.subject} {one.body}" for one in Courrier.objects.filter(recipient=sender.account.email)]
    assert "Un nouveau message vous attend" in " ".join(told[-1].split())
    assert f"{settings.BASE_URL}{MESSAGES}\n" in told[-1]
    assert not [word for word in ("manque", "page 2", "exemple.fr", "merci") if word in " ".join(told)]


def test_another_s_message_does_not_exist(sender: Sender) -> None:
    [pli] = put(somebody("exploitant", identifier="voisine@ferme.example", email="voisine@ferme.example"))
    for number in (pli.pk, uuid.uuid4()):
        assert sender.client.get(f"{MESSAGES}{number}/").status_code == 404
    pli.refresh_from_db()
    assert pli.read_at is None
    assert "Message 0" not in text_of(sender.client.get(MESSAGES))


def test_without_a_session_one_signs_in_first() -> None:
    assert "/prive/connexion/" in Client().get(MESSAGES)["Location"]


def test_a_door_without_mailboxes_has_no_such_page_and_asks_for_no_number() -> None:
    client = Client()
    client.force_login(an_association())
    assert client.get("/association/messages/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("association:messages")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/association/")
    assert "Mes messages" not in text_of(page)
    assert not [one for one in asked if "courriers_pli" in one["sql"]]


def test_the_number_in_the_header_is_one_query(sender: Sender) -> None:
    put(sender.account)
    with CaptureQueriesContext(connection) as asked:
        sender.client.get(reverse("prive:contact"))
    assert len([one for one in asked if "courriers_pli" in one["sql"]]) == 1


def test_many_messages_have_pages(sender: Sender) -> None:
    put(sender.account, PAGE_SIZE + 1)
    first = text_of(sender.client.get(MESSAGES))
    assert "Page 1 sur 2" in first
    assert "Messages suivants" in first
    assert "Messages précédents" not in first
    last = text_of(sender.client.get(f"{MESSAGES}?page=2"))
    assert "Page 2 sur 2" in last
    assert last.count(">Non lu<") == 1
    for nonsense in ("abc", "-1", "0", "99999999999999999999", "²"):
        assert sender.client.get(MESSAGES, {"page": nonsense}).status_code == 200


def test_what_was_closed_or_handed_over_leads_nowhere(sender: Sender, asked: Depot) -> None:
    other = somebody("exploitant", identifier="voisine@ferme.example", email="voisine@ferme.example")
    Depot.objects.filter(pk=asked.pk).update(account=other)
    page = opened(sender, "instruction/question")
    assert page.status_code == 200
    assert "Voir le dossier" not in text_of(page)


def test_a_missing_page_joins_the_same_filing(sender: Sender, asked: Depot, agent: Agent) -> None:
    told = text_of(answer(sender, asked, "La voici.", a_photograph("deux"), a_photograph("trois")))
    assert "Votre réponse et 2 pages sont transmises au service." in told
    file = MessageFile.objects.get()
    assert f"{file.name}</a>" in told
    assert "2 pages," in told
    got = sender.client.get(sender.at("message_file", asked.pk, file.pk))
    assert got["Content-Type"] == "application/pdf"
    assert got["Content-Disposition"] == 'attachment; filename="pages-jointes.pdf"'
    assert b"".join(got.streaming_content).startswith(b"%PDF")
    receipt = text_of(opened(sender, "instruction/reponse_recue"))
    assert "Votre réponse et 2 pages ont été reçues le" in receipt
    assert str(asked.reference) in receipt


def test_a_photograph_alone_is_an_answer_and_nothing_is_none(sender: Sender, asked: Depot) -> None:
    empty = answer(sender, asked, " ")
    assert empty.status_code == 422
    assert "Écrivez votre réponse, ou joignez un fichier" in text_of(empty)
    assert "choisissez de nouveau vos fichiers" not in text_of(empty)
    assert "et 1 page sont transmises" in text_of(answer(sender, asked, "", a_photograph("deux")))


def test_a_refused_file_is_named_with_its_reason_and_what_was_typed_stays(
    sender: Sender, asked: Depot
) -> None:
    drawing = SimpleUploadedFile("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    page = answer(sender, asked, "Voici <la> page.", a_photograph("deux"), drawing)
    assert page.status_code == 422
    shown = html_of(page)
    assert "Voici &lt;la&gt; page.</textarea>" in shown
    assert "« dessin.svg » :" in shown
    assert "choisissez de nouveau vos fichiers" in shown
    assert "<title>Erreur" in shown
    assert 'href="#id_upload"' in shown
    assert not Message.objects.filter(agent=None).exists()


def test_a_file_over_the_ceiling_loses_nothing_that_was_typed(
    sender: Sender, asked: Depot, settings: Settings
) -> None:
    photograph = a_photograph("deux")
    assert photograph.size
    settings.UPLOAD_MAX_SIZE = photograph.size - 1
    page = answer(sender, asked, "Voici la page.", photograph)
    assert "Voici la page.</textarea>" in html_of(page)
    assert "« deux.jpg » dépasse" in text_of(page)
    assert not Message.objects.filter(agent=None).exists()


def test_what_was_decided_meanwhile_takes_no_answer_and_gives_the_text_back(
    sender: Sender, asked: Depot, agent: Agent
) -> None:
    instruction.accept(agent=agent, depot_id=asked.pk)
    page = answer(sender, asked, "Ma longue réponse.", a_photograph("deux"))
    assert page.status_code == 409
    shown = text_of(page)
    assert "n’attend pas de réponse" in shown
    assert "Ma longue réponse.</textarea>" in shown
    assert "Rien n’a été envoyé. Copiez votre texte" in shown
    assert "Envoyer ma réponse" not in shown
    assert Depot.objects.get(pk=asked.pk).state == State.ACCEPTE


def test_an_infected_file_is_shown_to_nobody(sender: Sender, asked: Depot) -> None:
    answer(sender, asked, "La voici.", a_photograph("deux"))
    file = MessageFile.objects.get()
    address = sender.at("message_file", asked.pk, file.pk)
    StoredFile.objects.filter(pk=file.stored_id).update(scan="infected", scanned_at=clock.now())
    assert sender.client.get(address).status_code == 410
    page = text_of(sender.client.get(sender.at("depot", asked.pk)))
    assert "Un virus a été trouvé dans ce fichier" in page
    assert address not in page


def test_another_s_file_does_not_exist(sender: Sender, asked: Depot) -> None:
    answer(sender, asked, "La voici.", a_photograph("deux"))
    file = MessageFile.objects.get()
    stranger = Client()
    stranger.force_login(
        somebody("exploitant", identifier="voisine@ferme.example", email="voisine@ferme.example")
    )
    assert stranger.get(sender.at("message_file", asked.pk, file.pk)).status_code == 404
    assert sender.client.get(sender.at("message_file", asked.pk, file.pk + 1)).status_code == 404


def test_the_form_takes_files_and_the_camera_without_a_script(sender: Sender, asked: Depot) -> None:
    page = html_of(sender.client.get(sender.at("depot", asked.pk)))
    form = page.partition('id="repondre"')[2].partition("</form>")[0]
    assert 'enctype="multipart/form-data"' in form
    assert (
        'name="upload" multiple accept="application/pdf,image/jpeg,image/png,image/heic,image/webp"' in form
    )
    assert 'capture="environment"' in form
    assert "PDF, JPEG, PNG, HEIC, WebP" in form


def test_checks_that_do_not_answer_say_when_to_try_again(sender: Sender, asked: Depot) -> None:
    with mock.patch.object(checks, "normalise", side_effect=checks.ChecksUnavailable):
        page = answer(sender, asked, "La voici.", a_photograph("deux"))
    assert page.status_code == 503
    assert "La voici.</textarea>" in html_of(page)
