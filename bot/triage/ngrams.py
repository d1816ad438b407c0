"""The second net beside the rules: weights over words, letters and ideas, learnt from the examples.

Fitting lives in training.py and needs scikit-learn; reading a message needs numpy alone.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.language.greetings import after_greeting
from bot.language.syllable import bare
from bot.language.view import Token, View
from bot.triage.assessment import Category
from bot.triage.concepts import shipped_concepts

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

# What each group of features adds to the length of a vector; a feature's first letter names its group.
GROUPS = "cwi"
HEADS = (
    "urgent",
    "emergency",
    "concern",
    "told",
    "asks",
    *(c.value for c in Category if c is not Category.NONE),
)
_LETTERS = range(2, 6)
_REMEMBERED = 20_000


def tokens_of(seen: View) -> tuple[Token, ...]:
    """The words the models read."""
    return after_greeting(seen)


def features(tokens: Sequence[Token]) -> Iterator[str]:
    """Everything the model may weigh, with repeats; a name's first letter is its group."""
    for token in tokens:
        yield from _alone(token.word)
    for name, _ in _together(tokens):
        yield name


def _alone(word: str) -> Iterator[str]:
    """What one word shows whatever stands beside it."""
    plain = bare(word)
    yield from _letters(plain)
    yield f"w{plain}"
    if word != plain:
        yield f"w{word}"


def _letters(word: str) -> Iterator[str]:
    padded = f" {word} "
    for size in _LETTERS:
        for start in range(len(padded) - size + 1):
            yield f"c{padded[start : start + size]}"
        if size >= len(padded):
            return


def _together(tokens: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """What words show by standing near each other, and the place of the word at which it was seen."""
    typed = [token.word for token in tokens]
    plain = [bare(word) for word in typed]
    last = ""
    for place, word in enumerate(plain):
        yield f"w{last} {word}", place
        last = word
    for idea, place in shipped_concepts().features(typed, plain):
        yield f"i{idea}", place


@dataclass(frozen=True)
class Seen:
    """The known features of some words: the row of each and the place of its word, by place."""

    rows: Places
    places: Places

    def between(self, first: int, end: int) -> "Seen":
        """Those of the words ``first`` to before ``end``."""
        low, high = np.searchsorted(self.places, (first, end))
        return Seen(self.rows[low:high], self.places[low:high])


@dataclass(frozen=True, repr=False)
class Ngrams:
    """Fitted weights. ``names``: one feature a row of ``weights``; ``weights``: one head a column."""

    names: tuple[str, ...]
    rarity: Floats
    weights: Floats
    bias: Floats
    _known_words: dict[str, list[int]] = field(default_factory=dict, init=False, compare=False)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.names)}

    @cached_property
    def _groups(self) -> Places:
        return np.array([GROUPS.index(name[0]) for name in self.names], dtype=np.int64)

    def see(self, tokens: Sequence[Token]) -> Seen:
        """Look up every feature of some words."""
        rows: list[int] = []
        places: list[int] = []
        for place, token in enumerate(tokens):
            found = self._of_word(token.word)
            rows += found
            places += [place] * len(found)
        known = self._rows
        for name, place in _together(tokens):
            row = known.get(name)
            if row is not None:
                rows.append(row)
                places.append(place)
        at = np.array(places, dtype=np.int64)
        order = np.argsort(at, kind="stable")
        return Seen(np.array(rows, dtype=np.int64)[order], at[order])

    def _of_word(self, word: str) -> list[int]:
        found = self._known_words.get(word)
        if found is None:
            if len(self._known_words) >= _REMEMBERED:
                self._known_words.clear()
            known = self._rows
            found = [known[name] for name in _alone(word) if name in known]
            self._known_words[word] = found
        return found

    def odds(self, seen: Seen) -> Floats | None:
        """Log-odds in the order of ``HEADS``, or ``None`` where nothing known was seen."""
        if not seen.rows.size:
            return None
        unique, values = self._vector(seen.rows)
        # Summed without BLAS, whose threads cost more than so small a product.
        odds: Floats = (self.weights[unique] * values[:, None]).sum(axis=0) + self.bias
        return odds

    def heaviest(self, seen: Seen, count: int) -> list[int]:
        """Places of the words, at most ``count``, that weighed most for "urgent"."""
        unique, values = self._vector(seen.rows)
        at = np.searchsorted(unique, seen.rows)
        shares = np.bincount(at)[at]
        weight = np.bincount(seen.places, values[at] * self.weights[seen.rows, 0] / shares)
        return sorted(int(place) for place in np.argsort(-weight)[:count] if weight[place] > 0)

    def _vector(self, rows: Places) -> tuple[Places, Floats]:
        unique, counts = np.unique(rows, return_counts=True)
        values = (1.0 + np.log(counts)).astype(np.float32) * self.rarity[unique]
        return unique, values * scale(values, self._groups[unique])

    def to_bytes(self) -> bytes:
        """Plain arrays, weights in half precision; no code is stored."""
        buffer = io.BytesIO()
        names = np.frombuffer("\n".join(self.names).encode(), dtype=np.uint8)
        weights = self.weights.astype(np.float16)
        np.savez_compressed(buffer, names=names, rarity=self.rarity, weights=weights, bias=self.bias)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Ngrams":
        """Read what ``to_bytes`` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            names = tuple(stored["names"].tobytes().decode().split("\n"))
            return cls(names, stored["rarity"], stored["weights"].astype(np.float32), stored["bias"])


def scale(values: Floats, groups: Places) -> Floats:
    """What brings each group of one vector to the same length."""
    lengths = np.sqrt(np.bincount(groups, values.astype(np.float64) ** 2, minlength=len(GROUPS)))
    lengths[lengths == 0] = 1.0
    return np.asarray((1.0 / lengths)[groups], dtype=np.float32)
