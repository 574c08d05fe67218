"""« Contact & échanges »: the way to the messages and to what may be sent (001, « Modalités d'accès »)."""

import pytest
from django.utils.html import escape

from guichet.courriers.models import Pli
from guichet.espaces.prive.definition import SERVICE
from guichet.kernel import clock
from tests.espaces.prive.people import signed_in, somebody
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db


def test_it_leads_to_the_messages_and_to_sending() -> None:
    page = html_of(signed_in(somebody()).get("/prive/contact/"))
    for address in ("/prive/messages/", "/prive/documents/", "/prive/foyer/"):
        assert f'<h2><a href="{address}">' in page
    assert escape(SERVICE.email) in page
    assert "non lu" not in page


def test_it_says_how_many_messages_wait() -> None:
    account = somebody()
    for _ in range(2):
        Pli.objects.create(box=account.subject, subject="un mot", body="Bonjour", created_at=clock.now())
    assert "2 messages non lus" in text_of(signed_in(account).get("/prive/contact/"))
