"""The words of a decision. Each téléprocédure names what accepting is, and the state that follows it."""

from collections.abc import Iterable

from django.utils.translation import gettext

from guichet.depots.definitions import Teleprocedure, teleprocedure, teleprocedures


def of_codes(codes: Iterable[str]) -> list[Teleprocedure]:
    """The registered téléprocédures among ``codes``, each once."""
    known = teleprocedures()
    return [teleprocedure(code) for code in dict.fromkeys(codes) if code in known]


def accepting(procedures: Iterable[Teleprocedure]) -> str:
    """« Accepter »; « Accepter ou clore » where filings of several kinds meet."""
    return _together([one.instruction.accepting for one in procedures if one.publication is None], "Accepter")


def accepted(procedures: Iterable[Teleprocedure]) -> str:
    """« Accepté », « Accepté, traité ou clos »: the state that follows."""
    return _together([one.instruction.accepted for one in procedures if one.publication is None], "Accepté")


def lowered(words: str) -> str:
    """The same within a sentence."""
    return words[:1].lower() + words[1:]


def _together(words: list[str], usual: str) -> str:
    first, *others = dict.fromkeys(gettext(word) for word in words or [usual])
    *before, last = [first, *map(lowered, others)]
    return gettext(" ou ").join([", ".join(before), last] if before else [last])
