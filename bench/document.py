"""The document that is filed: ten pages of text and tables with a picture."""

import io
import json
import random
import tempfile
from pathlib import Path

import typst
from PIL import Image

SIZE = 200_000  # bytes, within a few per cent
_MARK = "exemplaire-000000000000"

_SOURCE = """
#set document(title: "Comptes annuels _MARK")
#set page(paper: "a4", numbering: "1")
#set text(lang: "fr")
#let rows = json(bytes(sys.inputs.rows))
= Comptes annuels
#image("tampon.jpg", width: 8cm)
#for page in range(10) [
  == Annexe #page
  #lorem(180)
  #table(columns: 4, ..rows.slice(page * 80, page * 80 + 80).map(str))
  #pagebreak(weak: true)
]
"""


def document() -> bytes:
    """One document of about 200 kB."""
    made = _compiled(b"")
    return _compiled(_picture(SIZE - len(made)))


def copy(content: bytes, number: int) -> bytes:
    """The same document with other bytes, so that nothing is stored under a hash that is known already."""
    return content.replace(_MARK.encode(), f"exemplaire-{number:012}".encode())


def _compiled(picture: bytes) -> bytes:
    chance = random.Random(2026)
    rows = json.dumps([chance.randint(0, 999_999) for _ in range(800)])
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "comptes.typ"
        source.write_text(_SOURCE.replace("_MARK", _MARK))
        (Path(folder) / "tampon.jpg").write_bytes(picture or _jpeg(8))
        made = typst.Compiler(str(source), root=folder, ignore_system_fonts=True).compile(
            format="pdf", sys_inputs={"rows": rows}
        )
    assert isinstance(made, bytes)
    return made


def _picture(size: int) -> bytes:
    """A picture of about ``size`` bytes, which no compression makes smaller."""
    side = 64
    while len(made := _jpeg(side)) < size:
        side += 8
    return made


def _jpeg(side: int) -> bytes:
    pixels = random.Random(side).randbytes(side * side)
    written = io.BytesIO()
    Image.frombytes("L", (side, side), pixels).save(written, "JPEG", quality=70)
    return written.getvalue()
