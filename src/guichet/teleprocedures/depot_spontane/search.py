"""The type of document that somebody means by a few words (001, step 4): ADR 0024.

Each word that is typed stands for words of the nomenclature: itself, its kin, what sounds alike, what it
begins, what it was mistyped for, each worth less than the one before. A type is as good as the rare words
that it shares with what was typed, and as one of its names is covered by it.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from guichet.teleprocedures.depot_spontane import french, index, nomenclature
from guichet.teleprocedures.depot_spontane.index import Index
from guichet.teleprocedures.depot_spontane.nomenclature import TypeDocument

READ_AT_MOST = 100  # signs: the field takes 30, an address may bring anything
WORDS_AT_MOST = 10
PIECE = 4  # letters of a word in words typed as one
KIN, ALIKE, TYPO, NEARLY_ALIKE, TWO_TYPOS = 0.85, 0.85, 0.8, 0.6, 0.6
BEGUN, LONGER = 0.75, 0.45
NAME = 0.8  # what a name that is covered whole adds to the words themselves
FAR = 0.2  # of the best: what is worth less is not shown


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
    asked = sum(max(each.values()) for each in meant)
    by_type: dict[int, float] = defaultdict(float)
    by_phrase: dict[int, float] = defaultdict(float)
    for each in meant:
        types: dict[int, float] = {}
        phrases: dict[int, float] = {}
        for word, weight in each.items():
            value = weight / asked
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
    """For each word that is typed, the words of the nomenclature that it may mean, and what each weighs."""
    typed = _joined(known, french.words(text[:READ_AT_MOST])[:WORDS_AT_MOST])
    telling = [word for word in typed if word not in french.STOP] or typed
    found = [meaning for word in telling for meaning in _meanings(known, word, last=word == typed[-1])]
    return [each for each in found if each]


def _joined(known: Index, typed: list[str]) -> list[str]:
    """The words, joined where one was typed in two (« passe port ») or initials in many (« r i b »)."""
    joined: list[str] = []
    for word in typed:
        before = joined[-1] if joined else ""
        told = before and french.STOP.isdisjoint((before, word))
        if told and before + word in known.weights:
            joined[-1] = before + word
        else:
            joined.append(word)
    return _initials(known, joined)


def _initials(known: Index, typed: list[str]) -> list[str]:
    spelled = "".join(word for word in typed if len(word) == 1)
    if len(spelled) < 3 or spelled not in known.abbreviations:
        return typed
    return [word for word in typed if len(word) > 1] + [spelled]


def _meanings(known: Index, word: str, *, last: bool) -> Iterator[dict[str, float]]:
    """What each of the words that ``word`` may stand for weighs; several, where words were typed as one."""
    exact = known.weights.get(word)
    if exact is not None and word in known.abbreviations:
        yield {word: exact}
        return
    shares = dict.fromkeys(known.stems.get(french.stem(word), ()), KIN)
    begun = LONGER if shares or exact is not None else BEGUN
    shares = shares or _mistyped(known, word)
    if exact is None and not shares and len(pieces := _pieces(known, word)) > 1:
        for piece in pieces:
            yield from _meanings(known, piece, last=False)
        return
    found = {each: share * min(known.weights[each], exact or math.inf) for each, share in shares.items()}
    if exact is not None:
        found[word] = exact
    if (last and len(word) >= 2) or (len(word) >= 4 and begun == BEGUN):
        longer = list(known.beginning(word))
        commonest = min((known.weights[each] for each in longer), default=0.0)
        for each in longer:
            worth = begun * (0.6 + 0.4 * len(word) / len(each)) * commonest
            found[each] = max(found.get(each, 0), worth)
    yield found


def _mistyped(known: Index, word: str) -> dict[str, float]:
    """What a word that is not known was meant for: what sounds alike, and what a slip makes of it."""
    if len(word) < 4 or not word.isalpha():
        return {}
    heard = french.sound(word)
    found = dict.fromkeys(known.sounds.get(heard, ()), ALIKE)
    if len(heard) >= 5:
        for near, _distance, _at in _near(heard, known.heard, 1):
            for meant in known.sounds[near]:
                found.setdefault(meant, NEARLY_ALIKE)
    for meant, distance, _at in _near(word, known.long, 1 if len(word) <= 7 else 2):
        share = (TYPO if distance == 1 else TWO_TYPOS) * (1 if meant[0] == word[0] else 0.8)
        found[meant] = max(found.get(meant, 0), share)
    return found


def _near(word: str, among: list[str], most: int) -> list[tuple[str, int, int]]:
    return process.extract(word, among, scorer=OSA.distance, score_cutoff=most, limit=None)


def _pieces(known: Index, word: str) -> list[str]:
    """The known words that were typed as one (« livretfamille »), the longest ones; none if it is not so."""
    best: list[tuple[int, list[str]] | None] = [(0, [])] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            before, piece = best[start], word[start:end]
            if before is None or not (piece in french.STOP or _is_piece(known, piece)):
                continue
            telling = piece not in french.STOP
            worth = before[0] + (len(piece) ** 2 if telling else -1)
            so_far = best[end]
            if so_far is None or worth > so_far[0]:
                best[end] = (worth, before[1] + [french.singular(piece)] * telling)
    whole = best[-1]
    return whole[1] if whole else []


def _is_piece(known: Index, piece: str) -> bool:
    return len(piece) >= PIECE and french.singular(piece) in known.weights
