"""Files that go with questions and answers (001, « Mes messages »): a page that was missing."""

import hashlib
import io
from collections.abc import Iterator
from functools import partial
from typing import Any
from unittest import mock

import pikepdf
import pytest
from PIL import Image

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier, Pli
from guichet.depots.models import Depot
from guichet.depots.operations.uploads import FileRefused
from guichet.depots.queries import DepotNotFound
from guichet.depots.states import State
from guichet.files import checks
from guichet.files import queries as files
from guichet.files.models import StoredFile
from guichet.files.rules import Sheet, SheetRules
from guichet.instruction import operations, queries
from guichet.instruction.models import Agent, Message, MessageFile, Traitement
from guichet.instruction.operations import (
    JoinedTooBig,
    NoQuestion,
    TextMissing,
    TooManyFiles,
    TooManyPagesJoined,
    joined,
)
from guichet.instruction.queries import MessageFileNotFound
from guichet.instruction.rules import ANSWERED, Filters
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.courriers.boxes import mailboxes
from tests.depots import factories
from tests.files import samples
from tests.instruction import papers, people

pytestmark = pytest.mark.django_db
QUESTION = "Il manque la page deux : pouvez-vous l’envoyer ?"


@pytest.fixture(autouse=True)
def _papers() -> Iterator[None]:
    with papers.registered(), mailboxes("association"):
        yield


@pytest.fixture
def depot(owner: Account, agent: Agent) -> Depot:
    """A filing about which the service asks for a page."""
    made = papers.sent(owner)
    operations.ask(agent=agent, depot_id=made.pk, text=QUESTION)
    return made


def photo(rank: int = 0) -> factories.FakeUpload:
    """A small photograph; no two ranks are the same."""
    return factories.upload(samples.picture(size=(60 + rank, 40)), f"photo-{rank}.jpg")


def noisy(side: int) -> bytes:
    """A photograph that no encoder makes small."""
    content = io.BytesIO()
    Image.effect_noise((side, side), 120).save(content, "PNG")
    return content.getvalue()


def answer(owner: Account, depot: Depot, text: str = "La voici.", *uploads: factories.FakeUpload) -> Message:
    return operations.answer(account=owner, depot_id=depot.pk, text=text, uploads=uploads)


def test_a_missing_page_joins_the_same_filing(owner: Account, agent: Agent, depot: Depot) -> None:
    answer(owner, depot, "La voici.", photo(0), factories.upload(factories.pdf(2), "suite.pdf"))
    [_, said] = queries.messages(account=owner, depot_id=depot.pk)
    assert said.file
    assert (said.text, said.file.name, said.file.pages) == ("La voici.", "pages-jointes.pdf", 3)
    [_, seen] = queries.dossier(agent=agent, depot_id=depot.pk).messages
    assert seen.file == said.file
    with files.open_stored(sha256=said.file.stored_id) as content, pikepdf.open(content) as pdf:
        assert len(pdf.pages) == 3
    assert [line.question for line in queries.queue(agent=agent, filters=Filters()).lines] == [ANSWERED]


def test_one_file_keeps_its_name_and_becomes_a_pdf(owner: Account, depot: Depot) -> None:
    upload = factories.upload(samples.picture(), "C:\\Photos\\Page deux.jpg")
    assert answer(owner, depot, "Voilà.", upload).file.name == "Page deux.pdf"


def test_its_acknowledgement_stands_in_the_mailbox_and_its_e_mail_is_complete(
    owner: Account, depot: Depot
) -> None:
    message = answer(owner, depot, "Mon mot secret.", photo(0), photo(1))
    pli = Pli.objects.get(template="instruction/reponse_recue")
    letter = Courrier.objects.get(template="instruction/reponse_recue_avis")
    moment = "Votre réponse et 2 pages ont été reçues le"
    for body in (pli.body, " ".join(letter.body.split())):
        assert moment in body
        assert str(depot.reference) in body
        assert "secret" not in body
    assert (pli.box, pli.about) == (owner.subject, depot.evidence)
    assert message.file.pages == 2


def test_an_answer_without_a_file_is_acknowledged_as_well(owner: Account, depot: Depot) -> None:
    answer(owner, depot)
    assert "Votre réponse a été reçue le" in Pli.objects.get(template="instruction/reponse_recue").body


def test_no_e_mail_tells_a_word_of_what_was_said(owner: Account, agent: Agent, depot: Depot) -> None:
    answer(owner, depot, "Ornithorynque.", photo())
    operations.ask(agent=agent, depot_id=depot.pk, text="Et la Tasmanie ?", uploads=[photo(2)])
    sent = " ".join(f"{one.subject} {one.body}" for one in Courrier.objects.all())
    assert Courrier.objects.count() == 3
    assert not [word for word in ("manque", "deux", "Ornithorynque", "Tasmanie") if word in sent]
    plis = [pli for pli in Pli.objects.order_by("created_at") if pli.template == "instruction/question"]
    assert QUESTION in plis[0].body
    assert "Un document de 1 page est joint" in plis[1].body
    assert "est joint" not in plis[0].body


def test_links_and_markup_in_a_question_are_text(owner: Account, agent: Agent, depot: Depot) -> None:
    typed = "Voyez <b>http://exemple.fr</b> & {{ 7|add:7 }} {% now 'Y' %}"
    operations.ask(agent=agent, depot_id=depot.pk, text=typed)
    assert typed in Pli.objects.latest("created_at").body


def test_at_a_door_without_mailboxes_the_e_mail_holds_the_question(owner: Account, agent: Agent) -> None:
    with mock.patch("guichet.instruction.operations.exchanges.mailbox_of", return_value=""):
        made = papers.sent(owner)
        operations.ask(agent=agent, depot_id=made.pk, text=QUESTION)
        answer(owner, made)
    [letter] = Courrier.objects.all()
    assert "Il manque la page deux" in letter.body
    assert not Pli.objects.exists()


def test_the_journal_proves_the_file_without_its_name(owner: Account, depot: Depot) -> None:
    file = answer(owner, depot, "", factories.upload(samples.picture(), "Untel.jpg")).file
    event = history(subject=depot.evidence)[-1]
    assert event.kind == "instruction.answered"
    assert {name: event.data[name] for name in ("file", "size", "pages")} == {
        "file": file.stored_id, "size": file.size, "pages": 1,
    }  # fmt: skip
    assert "Untel" not in str(event.data)
    with files.open_stored(sha256=file.stored_id) as content:
        assert hashlib.sha256(content.read()).hexdigest() == file.stored_id


def test_a_file_says_all_by_itself_and_nothing_says_nothing(owner: Account, depot: Depot) -> None:
    assert answer(owner, depot, " ", photo()).text == ""
    with pytest.raises(TextMissing):
        answer(owner, depot, " ")


def test_a_question_may_bring_a_file(owner: Account, agent: Agent, depot: Depot) -> None:
    operations.ask(agent=agent, depot_id=depot.pk, text="Est-ce ce modèle ?", uploads=[photo()])
    said = queries.messages(account=owner, depot_id=depot.pk)[-1]
    assert said.file
    assert not said.from_filer
    with pytest.raises(TextMissing):
        operations.ask(agent=agent, depot_id=depot.pk, text=" ", uploads=[photo()])


def test_what_is_sent_twice_is_joined_once(owner: Account, depot: Depot) -> None:
    assert answer(owner, depot, "Voilà.", photo(), photo()).file.pages == 1


def test_a_button_pressed_twice_sends_one_answer(owner: Account, depot: Depot) -> None:
    first = answer(owner, depot, "Voilà.", photo())
    assert answer(owner, depot, "Voilà.", photo()) == first
    assert answer(owner, depot, "Voilà.", photo(1)) != first
    assert answer(owner, depot, "Voilà.") != first
    assert Message.objects.filter(depot=depot, agent=None).count() == 3
    assert Pli.objects.filter(template="instruction/reponse_recue").count() == 3


def test_a_hostile_file_is_refused_by_name_and_nothing_is_said(owner: Account, depot: Depot) -> None:
    svg = factories.upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "dessin.svg")
    with pytest.raises(FileRefused) as refused:
        answer(owner, depot, "Voilà.", photo(), svg)
    assert refused.value.name == "dessin.svg"
    assert Message.objects.filter(agent=None).count() == 0
    assert not MessageFile.objects.exists()
    assert Traitement.objects.get(pk=depot.pk).answered_at is None


def test_nothing_is_made_ready_for_a_question_that_nobody_asked(owner: Account) -> None:
    unasked = papers.sent(owner)
    with (
        mock.patch.object(checks, "normalise", side_effect=AssertionError("slow")),
        pytest.raises(NoQuestion),
    ):
        answer(owner, unasked, "Voilà.", photo())


def test_what_is_decided_while_the_file_is_made_ready_is_not_answered(
    owner: Account, agent: Agent, depot: Depot
) -> None:
    normalise = checks.normalise

    def decided_meanwhile(*args: Any, **options: Any) -> Sheet:
        Depot.objects.filter(pk=depot.pk).update(state=State.ACCEPTE, decided_at=clock.now())
        return normalise(*args, **options)

    kept = StoredFile.objects.count()
    with (
        mock.patch.object(checks, "normalise", side_effect=decided_meanwhile),
        pytest.raises(NoQuestion),
    ):
        answer(owner, depot, "Voilà.", photo())
    assert StoredFile.objects.count() == kept
    assert not MessageFile.objects.exists()


def test_another_s_file_does_not_exist(owner: Account, agent: Agent, depot: Depot) -> None:
    stranger, other = factories.account(siren=factories.SIRENS[1]), papers.sent(owner)
    message = answer(owner, depot, "Voilà.", photo())
    of_me, of_agents = queries.my_message_file, queries.message_file
    assert of_me(account=owner, depot_id=depot.pk, message_id=message.pk) == message.file
    assert of_agents(agent=agent, depot_id=depot.pk, message_id=message.pk) == message.file
    with pytest.raises(DepotNotFound):
        of_me(account=stranger, depot_id=depot.pk, message_id=message.pk)
    for depot_id, message_id in ((other.pk, message.pk), (depot.pk, message.pk + 1)):
        with pytest.raises(MessageFileNotFound):
            of_me(account=owner, depot_id=depot_id, message_id=message_id)
    first = Message.objects.filter(depot=depot).earliest("pk")  # a question without a file
    with pytest.raises(MessageFileNotFound):
        of_agents(agent=agent, depot_id=depot.pk, message_id=first.pk)


def test_a_pdf_of_the_limit_is_kept_as_it_is_and_one_byte_less_is_too_little(
    owner: Account, depot: Depot
) -> None:
    content = factories.pdf()
    with mock.patch.object(joined, "_of_documents", side_effect=partial(_room, room=10**6)):
        whole = answer(owner, depot, "Voilà.", factories.upload(content)).file
    with mock.patch.object(joined, "_of_documents", side_effect=partial(_room, room=whole.size)):
        same = answer(owner, depot, "Encore.", factories.upload(content)).file
        assert same.stored_id == whole.stored_id
    with (
        mock.patch.object(joined, "_of_documents", side_effect=partial(_room, room=whole.size - 1)),
        pytest.raises(JoinedTooBig, match="même une fois les photographies allégées"),
    ):
        answer(owner, depot, "Trop.", factories.upload(content))


def _room(rules: object, *, room: int) -> SheetRules:
    types = ("application/pdf", "image/jpeg", "image/png")
    return SheetRules(max_size=20_000_000, max_pages=50, media_types=types, room=room)


def test_photographs_share_the_room_where_the_first_would_take_it_all(owner: Account, depot: Depot) -> None:
    content = noisy(900)
    alone = answer(owner, depot, "Une.", factories.upload(content, "a.png")).file.size
    room = partial(_room, room=int(alone * 1.6))
    with mock.patch.object(joined, "_of_documents", side_effect=room):
        file = answer(owner, depot, "Deux.", factories.upload(content, "a.png"), photo()).file
    assert file.pages == 2
    assert file.size <= alone * 1.6


def test_more_files_or_pages_than_anybody_looks_through_are_refused(owner: Account, depot: Depot) -> None:
    many = [photo(rank) for rank in range(joined.MAX_FILES + 1)]
    with pytest.raises(TooManyFiles):
        answer(owner, depot, "Voilà.", *many)
    whole, more = factories.upload(factories.pdf(50), "a.pdf"), factories.upload(factories.pdf(1), "b.pdf")
    assert answer(owner, depot, "Cinquante.", whole).file.pages == 50
    with pytest.raises(TooManyPagesJoined):
        answer(owner, depot, "Et une.", whole, more)


def test_where_a_filing_takes_no_files_an_answer_may_still_bring_some(owner: Account, agent: Agent) -> None:
    rules = operations.message_limits(teleprocedure_code="adhesion")
    assert (rules.room, rules.max_pages) == (joined.MAX_SIZE, joined.MAX_PAGES)
    assert rules.media_types == ("application/pdf", "image/jpeg", "image/png")
    accounts = people.filed(owner)
    operations.ask(agent=agent, depot_id=accounts.pk, text=QUESTION)
    with pytest.raises(FileRefused) as refused:
        answer(owner, accounts, "Voilà.", factories.upload(samples.boxes(b"heic", b"mif1"), "a.heic"))
    assert refused.value.name == "a.heic"


def test_a_closed_account_is_asked_nothing(owner: Account, agent: Agent, depot: Depot) -> None:
    Account.objects.filter(pk=owner.pk).update(email="")
    plis = Pli.objects.count()
    with pytest.raises(operations.NoAddress):
        operations.ask(agent=agent, depot_id=depot.pk, text="Encore ?", uploads=[photo()])
    assert Pli.objects.count() == plis
    assert not MessageFile.objects.exists()


def test_the_file_stays_with_the_filing_without_its_name(owner: Account, depot: Depot) -> None:
    upload = factories.upload(samples.picture(), "divorce de Camille.jpg")
    stored = answer(owner, depot, "Voilà.", upload).file.stored_id
    operations.forget_texts(depot_ids=[depot.pk])
    assert StoredFile.objects.filter(pk=stored).exists()
    assert MessageFile.objects.get().name == "pages-jointes.pdf"
    assert set(Message.objects.values_list("text", flat=True)) == {""}
