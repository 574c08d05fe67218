"""« Compte rendu de votre inscription » (003, chapter 2): what was validated, as a tagged PDF to keep.

Neither the password nor the secret question stands in it: a paper lies about.
"""

import datetime as dt
import json
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from guichet.depots.receipts.content import held, writable
from guichet.espaces.declarant.definition import DECLARANT
from guichet.espaces.declarant.presentation import Row, Section
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words

LAYOUT = Path(__file__).with_name("record.typ")
SECRET = "authentification"  # noqa: S105 - the page where password and question are chosen

_one_at_a_time = threading.Lock()  # typst's compiler refuses to be used by two threads at once


def pdf(sections: Sequence[Section]) -> bytes:
    """The report of what ``sections`` hold, at this moment."""
    now = clock.now()
    with override("fr"):
        said = json.dumps(writable(_content(sections, now)), ensure_ascii=False)
    with _one_at_a_time:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"data": said},
            # To be kept, and read aloud: what typst holds itself to; no other validator has looked.
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(now.timestamp()),
        )
    assert isinstance(made, bytes)  # noqa: S101 - one PDF in memory, as no path and no other format is asked for
    return made


def _content(sections: Sequence[Section], now: dt.datetime) -> dict[str, Any]:
    title = _("Compte rendu de votre inscription")
    fake = _("DÉMONSTRATION : données fictives, ce document n’a aucune valeur.")
    next_step = _(
        "Votre compte n’existe qu’une fois ouvert le lien du message envoyé à votre adresse électronique. "
        "Vous vous connecterez ensuite avec votre SIRET, votre nom, votre prénom et votre mot de passe."
    )
    return {
        "title": title,
        "author": _(DECLARANT.service.name),
        "opening": [held(text) for text in ([fake, next_step] if settings.DEMO else [next_step])],
        "sections": [*map(_section, sections), _help()],
        "footer": held(f"{settings.PORTAL_NAME} · {title} · {moment_in_words(now)}"),
        "page_label": _("Page"),
    }


def _section(section: Section) -> dict[str, Any]:
    kept = [row for row in section.rows if row.slug != SECRET]
    return {"title": section.title, "rows": [_row(row) for row in kept]}


def _row(row: Row) -> dict[str, Any]:
    return {"label": row.label, "lines": [held(line) for line in row.lines] or [""]}


def _help() -> dict[str, Any]:
    service = DECLARANT.service
    rows = [
        Row(_("Service"), [_(service.name)]),
        Row(_("Adresse"), list(service.address)),
        Row(_("Courriel"), [service.email]),
        Row(_("Téléphone"), [service.phone_in_pairs]),
    ]
    return _section(Section(_("Votre contact"), rows))


@cache
def _compiler() -> typst.Compiler:
    # The fonts of the wheel alone: the report looks the same wherever it is made.
    return typst.Compiler(input=str(LAYOUT), root=str(LAYOUT.parent), ignore_system_fonts=True)
