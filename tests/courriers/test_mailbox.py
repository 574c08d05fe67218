"""Mailboxes inside the portal: the text stands there in full, and the e-mail says that it waits."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from guichet.courriers import operations, queries
from guichet.courriers.models import Courrier, Pli
from guichet.courriers.queries import PAGE_SIZE, PliNotFound
from guichet.kernel import clock
from guichet.kernel.service import Service

pytestmark = pytest.mark.django_db
BOX, OTHER = "account:1", "account:2"
SERVICE = Service(name="Service", address=("1 rue A",), email="s@guichet.example", phone="0199000009")
MINUTE = dt.timedelta(minutes=1)
Template = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def _question(template: Template) -> None:
    template("question", "Objet : une question\n\nBonjour,\n\nManque-t-il la page {{ page_number }} ?\n")


def put(box: str = BOX, **more: Any) -> Courrier:
    """A message of which the e-mail tells."""
    context = {"page_number": "sept", "service": SERVICE, "name": "Anne"}
    wanted = {"template": "question", "context": context, "about": "depot:1", **more}
    with transaction.atomic():
        return operations.send_email(to="anne@exemple.fr", box=box, **wanted)


def test_the_text_stands_in_the_mailbox_and_the_e_mail_says_nothing_of_it() -> None:
    told = put()
    [kept] = Pli.objects.all()
    assert (kept.box, kept.about, kept.template, kept.subject) == (BOX, "depot:1", "question", "une question")
    assert "la page sept" in kept.body
    assert told.template == "avis"
    assert told.subject == "un message vous attend dans votre espace"
    assert "sept" not in told.subject + told.body
    assert "question" not in (told.subject + told.body).lower()


def test_without_a_box_the_e_mail_is_the_message() -> None:
    told = put("")
    assert "la page sept" in told.body
    assert not Pli.objects.exists()


def test_a_message_may_have_a_notice_of_its_own(template: Template) -> None:
    template("question_avis", "Objet : c’est reçu\n\nBonjour,\n\nTout va bien.\n")
    told = put()
    assert (told.template, told.subject) == ("question_avis", "c’est reçu")
    assert Pli.objects.get().template == "question"


def test_lines_are_folded_for_mail_programs_and_not_for_the_portal(template: Template) -> None:
    words = " ".join(["mot"] * 60)
    template("longue", f"Objet : longue\n\n{words}  \n\n\n\nFin.\n")
    template("longue_avis", f"Objet : longue\n\n{words}\n")
    told = put(template="longue")
    assert Pli.objects.get().body == f"{words}\n\nFin.\n"
    assert max(len(line) for line in told.body.splitlines()) <= 75


def test_a_message_without_links_has_none_in_the_mailbox_either(template: Template) -> None:
    template("question_par_code", "Objet : question\n\n{{ name }}\n")
    put(links=False, context={"name": "www.exemple.fr", "service": SERVICE})
    [kept] = Pli.objects.all()
    assert (kept.template, kept.body) == ("question_par_code", "www[.]exemple.fr\n")


def test_a_secret_stands_in_no_mailbox() -> None:
    with pytest.raises(ValueError, match="mailbox"):
        put(secret=True)
    assert not Pli.objects.exists()
    assert not Courrier.objects.exists()


def test_what_is_rolled_back_was_never_put_there() -> None:
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert not Pli.objects.exists()


def test_what_was_not_read_comes_first_and_the_newest_of_each_first() -> None:
    for minute in range(4):
        with clock.travel(minute * MINUTE):
            put(context={"page_number": minute, "service": SERVICE})
    oldest, second, third, newest = Pli.objects.order_by("created_at")
    for one in (third, oldest):
        operations.read(box=BOX, pli_id=one.pk)
    found = queries.plis(box=BOX)
    assert [line.id for line in found.lines] == [newest.pk, second.pk, third.pk, oldest.pk]
    assert [line.is_unread for line in found.lines] == [True, True, False, False]
    assert (found.total, found.unread, found.page, found.pages) == (4, 2, 1, 1)


def test_opening_a_message_reads_it_once() -> None:
    put()
    [kept] = Pli.objects.all()
    assert queries.unread(box=BOX) == 1
    first = operations.read(box=BOX, pli_id=kept.pk).read_at
    with clock.travel(MINUTE):
        assert operations.read(box=BOX, pli_id=kept.pk).read_at == first
    assert queries.unread(box=BOX) == 0


def test_another_s_message_is_one_that_does_not_exist() -> None:
    put(OTHER)
    [theirs] = Pli.objects.all()
    for pli_id in (theirs.pk, uuid.uuid4()):
        with pytest.raises(PliNotFound):
            operations.read(box=BOX, pli_id=pli_id)
        with pytest.raises(PliNotFound):
            queries.pli(box=BOX, pli_id=pli_id)
    theirs.refresh_from_db()
    assert theirs.read_at is None
    assert queries.plis(box=BOX).lines == []
    assert queries.unread(box=BOX) == 0


@pytest.mark.parametrize(
    ("number", "asked", "page", "pages", "shown"),
    [
        (0, 1, 1, 1, 0),
        (PAGE_SIZE, 2, 1, 1, PAGE_SIZE),
        (PAGE_SIZE + 1, 1, 1, 2, PAGE_SIZE),
        (PAGE_SIZE + 1, 2, 2, 2, 1),
        (PAGE_SIZE + 1, 3, 2, 2, 1),
        (PAGE_SIZE + 1, -1, 1, 2, PAGE_SIZE),
    ],
)
def test_a_mailbox_has_pages(number: int, asked: int, page: int, pages: int, shown: int) -> None:
    for _ in range(number):
        put()
    found = queries.plis(box=BOX, page=asked)
    assert (found.page, found.pages, len(found.lines), found.total) == (page, pages, shown, number)


def test_the_number_of_unread_ones_is_one_query() -> None:
    put()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        queries.unread(box=BOX)
    assert len(asked) == 1
    assert "COUNT(*)" in asked[0]["sql"]


def test_a_message_outlives_its_notice() -> None:
    put()
    Courrier.objects.update(status="sent", ended_at=clock.now())
    with clock.travel(operations.KEPT_FOR + MINUTE):
        assert operations.purge_expired() == 1
    assert "la page sept" in queries.all_plis(box=BOX)[0].body


def test_a_mailbox_is_emptied_alone_and_what_is_about_a_subject_goes_from_all() -> None:
    put(BOX)
    put(OTHER)
    put(OTHER, about="depot:2")
    assert operations.forget_plis(about=["depot:2"]) == 1
    assert operations.empty(box=BOX) == 1
    assert [(one.box, one.about) for one in Pli.objects.all()] == [(OTHER, "depot:1")]
