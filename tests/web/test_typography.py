"""French typography on every page, and nothing else changed."""

import time
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from guichet.web.typography import TypographyMiddleware, no_break


def shown(html: str) -> str:
    """The page with its no-break blanks made visible."""
    return no_break(html).replace("\u00a0", "~")


class TestNoBreak:
    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            ("<h1>Retirer « un.pdf » ?</h1>", "<h1>Retirer «~un.pdf~»~?</h1>"),
            ("<p>Non ! Si ; voici : rien</p>", "<p>Non~! Si~; voici~: rien</p>"),
            ("<p>« <strong>x</strong> » : y</p>", "<p>«~<strong>x</strong>~»~: y</p>"),
            ("<p>Empreinte : <code>a : b</code> ; fin</p>", "<p>Empreinte~: <code>a : b</code>~; fin</p>"),
            ("texte nu ?", "texte nu~?"),
        ],
    )
    def test_what_people_read_holds_together(self, html: str, expected: str) -> None:
        assert shown(html) == expected

    @pytest.mark.parametrize(
        "html",
        [
            '<input value="Amis : du « Lavoir » ?">',
            '<a href="/x?q=a ; b" title="Voir : « x »">y</a>',
            "<textarea>Qui ? « Moi »\n ; </textarea>",
            "<pre>a : b</pre>",
            '<script src="x">a ? b : c</script>',
            "<p>http://exemple.fr, 14:05, (a)</p>",
            "<p>a &lt; b</p>",
        ],
    )
    def test_what_is_typed_followed_or_read_sign_by_sign_stays(self, html: str) -> None:
        assert no_break(html) == html

    @given(st.text(alphabet='<>«»:;?! "=ax/\n'))
    def test_blanks_alone_ever_change_and_once(self, html: str) -> None:
        once = no_break(html)
        assert once.replace("\u00a0", " ") == html
        assert no_break(once) == once

    def test_it_costs_next_to_nothing(self) -> None:
        page = '<p class="fr-text"><a href="/x">Voici : « un lien » ?</a> et du texte.</p>\n' * 260
        assert len(page) > 19_000
        best = min(_seconds(page) for _ in range(20))
        assert best < 0.002  # 0.15 ms on a quiet machine


def _seconds(page: str) -> float:
    start = time.perf_counter()
    no_break(page)
    return time.perf_counter() - start


class TestTheMiddleware:
    def test_pages_of_any_status(self) -> None:
        page = HttpResponse("<h1>Perdu ?</h1>", status=404)
        answer = TypographyMiddleware(lambda _: page)(HttpRequest())
        assert answer.content.decode() == "<h1>Perdu\u00a0?</h1>"

    @pytest.mark.parametrize("kind", ["text/plain", "application/pdf", "application/json"])
    def test_nothing_but_pages(self, kind: str) -> None:
        content = "« a » : b".encode()
        answer = TypographyMiddleware(lambda _: HttpResponse(content, content_type=kind))(HttpRequest())
        assert answer.content == content

    def test_what_is_streamed_stays_a_stream(self) -> None:
        stream: Any = StreamingHttpResponse([b"<p>a : b</p>"])
        assert TypographyMiddleware(lambda _: stream)(HttpRequest()) is stream

    @pytest.mark.django_db
    def test_the_length_that_is_told_is_that_of_the_page(self) -> None:
        answer = Client().get("/association/inscription/")
        assert "\u00a0?" in answer.content.decode()
        assert int(answer["Content-Length"]) == len(answer.content)
