"""What the types are called, taken apart once for the search. Pure."""

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from guichet.teleprocedures.depot_spontane import french
from guichet.teleprocedures.depot_spontane.nomenclature import TypeDocument

LABEL, CALLED, INITIALS, FAMILY = 1.0, 0.95, 0.8, 0.25  # what a word weighs by where it stands
PALE = 0.35
ABBREVIATION = re.compile(r"\b[A-Z][A-Z0-9]{1,5}\b")  # written in capitals in the file: « RIB », « A1 »


@dataclass(frozen=True)
class Phrase:
    """A name of a type. ``total``: what its words weigh together."""

    type: int
    field: float
    words: tuple[str, ...]
    total: float


@dataclass
class Index:
    """Names by their words; ``weights``: by its rarity among types; the words, sorted, by stem and sound."""

    phrases: list[Phrase] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    holding: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    stems: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sounds: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    abbreviations: frozenset[str] = frozenset()
    words: list[str] = field(default_factory=list)
    long: list[str] = field(default_factory=list)  # those that may be mistyped
    heard: list[str] = field(default_factory=list)  # their sounds

    def beginning(self, start: str) -> Iterator[str]:
        """The words that begin so, in order, itself left out."""
        for at in range(bisect_left(self.words, start), len(self.words)):
            if not self.words[at].startswith(start):
                return
            if self.words[at] != start:
                yield self.words[at]


def build(types: Iterable[TypeDocument], families: Mapping[str, str]) -> Index:
    """The index of the types, numbered in their order."""
    index = Index()
    named = [list(_names(each, families)) for each in types]
    among: dict[str, set[int]] = defaultdict(set)
    for number, names in enumerate(named):
        for _field, name in names:
            for word in _telling(name):
                among[word].add(number)
    for word, holders in sorted(among.items()):
        rarity = math.log(1 + len(named) / len(holders))
        index.weights[word] = rarity * (PALE if french.pale(word) else 1)
    for number, names in enumerate(named):
        for where, name in names:
            _add(index, number, where, _telling(name))
    shouted = " ".join(name for names in named for _field, name in names)
    index.abbreviations = frozenset(
        word for found in ABBREVIATION.findall(shouted) for word in french.words(found)
    )
    _words(index)
    return index


def _names(each: TypeDocument, families: Mapping[str, str]) -> Iterator[tuple[float, str]]:
    yield LABEL, each.label
    if 3 <= len(telling := _telling(each.label)) <= 5:
        yield INITIALS, "".join(word[0] for word in telling).upper()
    for name in each.words:
        yield CALLED, name
    yield FAMILY, families[each.family]


def _telling(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in french.words(name) if word not in french.STOP))


def _add(index: Index, number: int, where: float, words: tuple[str, ...]) -> None:
    total = sum(index.weights[word] for word in words)
    for word in words:
        index.holding[word].append(len(index.phrases))
    index.phrases.append(Phrase(number, where, words, total))


def _words(index: Index) -> None:
    index.words = sorted(index.weights)
    index.long = [
        word for word in index.words if len(word) >= 4 and word.isalpha() and word not in index.abbreviations
    ]
    for word in index.long:
        index.stems[french.stem(word)].append(word)
        index.sounds[french.sound(word)].append(word)
    index.heard = sorted(index.sounds)
