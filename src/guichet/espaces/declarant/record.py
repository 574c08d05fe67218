"""« Compte rendu de votre inscription » (003, chapter 2): what was validated, as a tagged PDF to keep.

Neither the password nor the secret question stands in it: a paper lies about.
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from guichet.depots.receipts.content import held, writable
from guichet.espaces.declarant.definition import DECLARANT
from guichet.espaces.declarant.presentation import Row, Section
from guichet.files.typesetting import TAGGED, Layout
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words

LAYOUT = Layout(Path(__file__).with_name("record.typ"), *TAGGED)
SECRET = "authentification"  # noqa: S105 - the page where password and question are chosen


def pdf(sections: Sequence[Section]) -> bytes:
    """The report of what ``sections`` hold, at this moment."""
    now = clock.now()
    with override("fr"):
        return LAYOUT.pdf(writable(_content(sections, now)), moment=now)


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
