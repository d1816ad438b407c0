"""The second net beside the rules: weights over words, letters and ideas, learnt from the examples.

Fitting lives in training.py and needs scikit-learn; reading a message needs numpy alone.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.language.syllable import bare
from bot.language.view import Token, view
from bot.triage.assessment import Category
from bot.triage.concepts import shipped_concepts

Floats = NDArray[np.float32]

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
_HARMS = HEADS.index(Category.SEXUAL_ABUSE)
NOTHING = -10.0
_WORDS_SHOWN = 3
_LETTERS = range(2, 6)


class Feature(NamedTuple):
    """One thing seen in a text and the place of the word at which it was seen."""

    name: str
    place: int


@dataclass(frozen=True)
class ModelReading:
    """What the model makes of one text, as log-odds: 0 is even, 2 is 88 %.

    ``spans`` (NFC text) are those of the words that weighed most for "urgent". ``told``: somebody writes to the helpline, as against people talking among themselves in public.
    ``asks``: a question or hint behind which something may be hidden (``check_in``).
    """

    urgent: float = NOTHING
    emergency: float = NOTHING
    concern: float = NOTHING
    told: float = NOTHING
    asks: float = NOTHING
    category: Category = Category.NONE
    spans: tuple[tuple[int, int], ...] = ()


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words the model reads."""
    return view(text).tokens


def features(tokens: tuple[Token, ...]) -> Iterator[Feature]:
    """Everything the model may weigh, with repeats; learning and reading use the same list."""
    typed = [token.word for token in tokens]
    plain = [bare(word) for word in typed]
    last = ""
    for place, word in enumerate(plain):
        yield from _letters(word, place)
        yield Feature(f"w{word}", place)
        yield Feature(f"w{last} {word}", place)
        if typed[place] != word:
            yield Feature(f"w{typed[place]}", place)
        last = word
    for idea, place in shipped_concepts().features(typed, plain):
        yield Feature(f"i{idea}", place)


def _letters(word: str, place: int) -> Iterator[Feature]:
    padded = f" {word} "
    for size in _LETTERS:
        for start in range(len(padded) - size + 1):
            yield Feature(f"c{padded[start : start + size]}", place)
        if size >= len(padded):
            return


@dataclass(frozen=True, repr=False)
class TriageModel:
    """Fitted weights. ``names``: one feature a row of ``weights``; ``weights``: one head a column."""

    names: tuple[str, ...]
    rarity: Floats
    weights: Floats
    bias: Floats

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.names)}

    @cached_property
    def _groups(self) -> NDArray[np.int64]:
        return np.array([GROUPS.index(name[0]) for name in self.names], dtype=np.int64)

    def read(self, text: str) -> ModelReading:
        """Read one text of at most a window's length; an empty one reads as nothing."""
        tokens = tokens_of(text)
        rows, places = self._seen(tokens)
        if not rows.size:
            return ModelReading()
        unique, values = self._vector(rows)
        # Summed without BLAS, whose threads cost more than so small a product.
        odds = (self.weights[unique] * values[:, None]).sum(axis=0) + self.bias
        return ModelReading(
            urgent=float(odds[0]),
            emergency=float(odds[1]),
            concern=float(odds[2]),
            told=float(odds[3]),
            asks=float(odds[4]),
            category=Category(HEADS[_HARMS + int(np.argmax(odds[_HARMS:]))]),
            spans=self._spans(tokens, rows, places, unique, values),
        )

    def _seen(self, tokens: tuple[Token, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        known = self._rows
        pairs = [(known[name], place) for name, place in features(tokens) if name in known]
        both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def _vector(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
        unique, counts = np.unique(rows, return_counts=True)
        values = (1.0 + np.log(counts)).astype(np.float32) * self.rarity[unique]
        return unique, values * scale(values, self._groups[unique])

    def _spans(
        self,
        tokens: tuple[Token, ...],
        rows: NDArray[np.int64],
        places: NDArray[np.int64],
        unique: NDArray[np.int64],
        values: Floats,
    ) -> tuple[tuple[int, int], ...]:
        at = np.searchsorted(unique, rows)
        shares = np.bincount(at)[at]
        weight = np.bincount(places, values[at] * self.weights[rows, 0] / shares, minlength=len(tokens))
        best = sorted(place for place in np.argsort(-weight)[:_WORDS_SHOWN] if weight[place] > 0)
        return tuple((tokens[place].start, tokens[place].end) for place in best)

    def to_bytes(self) -> bytes:
        """Plain arrays; no code is stored."""
        buffer = io.BytesIO()
        names = np.frombuffer("\n".join(self.names).encode(), dtype=np.uint8)
        np.savez(buffer, names=names, rarity=self.rarity, weights=self.weights, bias=self.bias)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "TriageModel":
        """Read what ``to_bytes`` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            names = tuple(stored["names"].tobytes().decode().split("\n"))
            return cls(names, stored["rarity"], stored["weights"], stored["bias"])


def scale(values: Floats, groups: NDArray[np.int64]) -> Floats:
    """What brings each group of one vector to the same length."""
    lengths = np.sqrt(np.bincount(groups, values.astype(np.float64) ** 2, minlength=len(GROUPS)))
    lengths[lengths == 0] = 1.0
    return np.asarray((1.0 / lengths)[groups], dtype=np.float32)
