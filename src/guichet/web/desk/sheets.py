"""The pages of a document as pictures: some at once, the others one link further."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import ngettext

from guichet.depots.models import Depot, DepotFile
from guichet.web.desk.pages import Place, number_in, with_parameter

SHEETS = 10  # pages shown at once
TURN = "feuilles"  # the parameter that says which ten
DOCUMENT = "document"  # and the one that says of which document, where there are several


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page of the document."""

    number: int
    image: str
    large: str


def sheets_of(
    query: QueryDict, depot: Depot, place: Place, file: DepotFile | None, *, document: int = 0
) -> dict[str, Any]:
    """The pages of ``file`` to show now, none where it is not to be shown; ``document``: its number, or 0."""
    count = file.pages if file else 0
    turns = -(-count // SHEETS) or 1
    asked = number_in(query, TURN) if document in (0, number_in(query, DOCUMENT)) else 1
    turn = min(asked, turns)
    first, last = (turn - 1) * SHEETS + 1, min(turn * SHEETS, count)
    here = place.at("dossier", depot.pk)
    here = with_parameter(here, DOCUMENT, document) if document else here
    return {
        "count": count,
        "sheets": [_sheet(depot, number, document) for number in range(first, last + 1)],
        "pages_before": with_parameter(here, TURN, turn - 1) if turn > 1 else "",
        "pages_after": with_parameter(here, TURN, turn + 1) if turn < turns else "",
        "after_words": _after_words(last, count),
    }


def _after_words(last: int, count: int) -> str:
    left = min(SHEETS, count - last)
    return ngettext("La page suivante", "Les {n} pages suivantes", left).format(n=left) if left > 0 else ""


def _sheet(depot: Depot, number: int, document: int) -> Sheet:
    image = reverse("desk:page", args=[depot.pk, number])
    image = with_parameter(image, DOCUMENT, document) if document else image
    return Sheet(number=number, image=image, large=with_parameter(image, "taille", "grand"))
