"""Postal letters as the mailing service gets them: PDF in a folder, read as one reads them."""

import re
from functools import cache
from pathlib import Path

import pypdfium2

from tests.parcours.portal import Portal
from tests.parcours.visitor import Visitor

TRIES, PAUSE = 150, 200  # so many milliseconds between two looks into the folder
_CODE = re.compile(r"Votre (?:code|clé d.activation) : ([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})")


def code_for(visitor: Visitor, portal: Portal, name: str) -> str:
    """The code, or the key, of the letter to the company called ``name``, once it is printed."""
    for _ in range(TRIES):
        for path in sorted((portal.var / "letters").glob("*.pdf"), reverse=True):
            found = _CODE.search(_text(path))
            if found and name in _text(path):
                return found[1]
        visitor.page.wait_for_timeout(PAUSE)
    raise AssertionError(f"no letter to {name}")


@cache
def _text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    pages = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(pages.split())
