"""From data to a PDF, by typst. Every word comes through ``sys.inputs``: nothing is spliced into a layout."""

import datetime as dt
import json
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typst

if TYPE_CHECKING:
    from typst import PDFStandard  # of its stubs alone

TAGGED: "tuple[PDFStandard, ...]" = ("a-2a", "ua-1")
"""To be kept, and read aloud: what typst holds itself to; no other validator has looked."""


class Layout:
    """A ``.typ`` file, which reads its JSON from ``sys.inputs.data``; its compiler is made when first used.

    ``standards``: what each PDF is held to. ``system_fonts``: what the fonts of typst's wheel lack is written
    with the machine's; without, a PDF looks the same wherever it is made.
    """

    def __init__(self, path: Path, *standards: "PDFStandard", system_fonts: bool = False) -> None:
        self.path = path
        self.standards: Sequence[PDFStandard] = standards
        self.system_fonts = system_fonts
        self._one_at_a_time = threading.Lock()  # typst's compiler refuses to be used by two threads at once

    def pdf(self, data: Mapping[str, object], *, moment: dt.datetime) -> bytes:
        """``data`` set in this layout; its date is ``moment``.

        Raises ``typst.TypstError`` where a standard can't be held: a sign that no font can write.
        """
        said = json.dumps(data, ensure_ascii=False)
        with self._one_at_a_time:
            made = self._compiler.compile(
                format="pdf",
                sys_inputs={"data": said},
                pdf_standards=list(self.standards),
                timestamp=int(moment.timestamp()),
            )
        if not isinstance(
            made, bytes
        ):  # several files are made of several pages of a picture, never of a PDF
            raise TypeError("one PDF is expected")
        return made

    @cached_property
    def _compiler(self) -> typst.Compiler:
        ignored = not self.system_fonts
        return typst.Compiler(input=str(self.path), root=str(self.path.parent), ignore_system_fonts=ignored)
