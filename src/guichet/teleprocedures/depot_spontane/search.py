"""The type of document that somebody means by a few words (001, step 4): ADR 0024.

Each word that is typed stands for words of the nomenclature: itself, its kin, what sounds alike, what it
begins, what it was mistyped for, each worth less than the one before. A type is as good as the rare words
that it shares with what was typed, and as one of its names is covered by it.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from guichet.teleprocedures.depot_spontane import french, index, nomenclature
from guichet.teleprocedures.depot_spontane.index import Index
from guichet.teleprocedures.depot_spontane.nomenclature import TypeDocument

WORDS_AT_MOST = 10
KIN, ALIKE, TYPO, TWO_TYPOS, BEGUN, LONGER = 0.85, 0.8, 0.7, 0.55, 0.75, 0.3
NAME = 0.8  # what a name that is covered whole adds to the words themselves
FAR = 0.25  # of the best: what is worth less is not shown
LINKS = frozenset({"de", "du", "la", "le", "les", "des", "d", "l", "et", "a"})


def search(text: str, *, limit: int = 7) -> list[TypeDocument]:
    """The offered types that ``text`` may mean, the best first; ``autre`` never, nothing for no word.

    Raises ``NomenclatureInvalid``.
    """
    types, known = _known(nomenclature.source())
    worth = _worth(known, _meant(known, text))
    least = FAR * max(worth.values(), default=0)
    ranked = sorted((-round(score, 9), number) for number, score in worth.items() if score >= least)
    return [types[number] for _score, number in ranked[: max(limit, 0)]]


@cache
def _known(path: Path) -> tuple[list[TypeDocument], Index]:
    content = nomenclature.read(path)
    types = [each for code, each in content.offered.items() if code != nomenclature.OTHER]
    return types, index.build(types, content.families)


def _worth(known: Index, meant: list[dict[str, float]]) -> dict[int, float]:
    """What each type is worth, by its number."""
    asked = sum(max(known.weights[word] * share for word, share in each.items()) for each in meant)
    by_type: dict[int, float] = defaultdict(float)
    by_phrase: dict[int, float] = defaultdict(float)
    for each in meant:
        types: dict[int, float] = {}
        phrases: dict[int, float] = {}
        for word, share in each.items():
            value = share * known.weights[word] / asked
            for at in known.holding[word]:
                phrase = known.phrases[at]
                phrases[at] = max(phrases.get(at, 0), value)
                types[phrase.type] = max(types.get(phrase.type, 0), value * phrase.field)
        for at, value in phrases.items():
            by_phrase[at] += value
        for number, value in types.items():
            by_type[number] += value
    covered: dict[int, float] = defaultdict(float)
    for at, value in by_phrase.items():
        phrase = known.phrases[at]
        covering = phrase.field * value * min(1, value * asked / phrase.total) ** 0.5
        covered[phrase.type] = max(covered[phrase.type], covering)
    return {number: value + NAME * covered[number] for number, value in by_type.items()}


def _meant(known: Index, text: str) -> list[dict[str, float]]:
    """For each word that is typed, the words of the nomenclature that it may stand for, and how surely."""
    typed = french.words(text)[:WORDS_AT_MOST]
    telling = [word for word in typed if word not in french.STOP] or typed
    parts = [(word, word == typed[-1]) for word in telling]
    parts += [(word, False) for word in _joined(known, typed)]
    found = [meaning for word, last in parts for meaning in _meanings(known, word, last=last)]
    return [each for each in found if each]


def _joined(known: Index, typed: list[str]) -> Iterator[str]:
    """Words that were typed in two (« passe port »), and initials with blanks between (« r i b »)."""
    for first, second in pairwise(typed):
        if first + second in known.weights:
            yield first + second
    letters = "".join(word if len(word) == 1 else " " for word in typed)
    for run in letters.split():
        if len(run) > 2 and run in known.weights:
            yield run


def _meanings(known: Index, word: str, *, last: bool) -> Iterator[dict[str, float]]:
    exact = word in known.weights
    if exact and word in known.abbreviations:
        yield {word: 1.0}
        return
    found = dict.fromkeys(known.stems.get(french.stem(word), ()), KIN)
    if exact:
        found[word] = 1.0
    elif not found and (split := _split(known, word)):
        for each in split:
            yield from _meanings(known, each, last=False)
        return
    if not found:
        found = _mistyped(known, word)
    if (last and len(word) >= 2) or (len(word) >= 4 and not found):
        for longer in known.beginning(word):
            begun = LONGER if found else BEGUN
            found[longer] = max(found.get(longer, 0), begun * (0.6 + 0.4 * len(word) / len(longer)))
    yield found


def _mistyped(known: Index, word: str) -> dict[str, float]:
    """What a word that is not known was meant for: what sounds alike, and what a slip makes of it."""
    if len(word) < 4 or not word.isalpha():
        return {}
    found = dict.fromkeys(known.sounds.get(french.sound(word), ()), ALIKE)
    slips = process.extract(
        word, known.long, scorer=OSA.distance, score_cutoff=1 if len(word) <= 7 else 2, limit=None
    )
    for meant, distance, _at in slips:
        share = (TYPO if distance == 1 else TWO_TYPOS) * (1 if meant[0] == word[0] else 0.8)
        found[meant] = max(found.get(meant, 0), share)
    return found


def _split(known: Index, word: str) -> list[str]:
    """The known words that were typed as one (« livretfamille »), the longest first word that allows it."""
    if len(word) < 7:
        return []
    for cut in range(len(word) - 3, 2, -1):
        head = french.singular(word[:cut])
        if head not in known.weights:
            continue
        rest = word[cut:]
        for link in ("", *sorted(LINKS)):
            if not rest.startswith(link):
                continue
            tail = french.singular(rest[len(link) :])
            if len(tail) >= 3 and (tail in known.weights or tail in known.stems):
                return [head, tail]
            if len(tail) >= 7 and (more := _split(known, tail)):
                return [head, *more]
    return []
