"""What the learnt nets make of a text: n-grams, and the encoder where its files are there."""

from dataclasses import dataclass

import numpy as np

from bot.language.view import Token, View, view
from bot.triage.assessment import Category
from bot.triage.encoder import Encoder
from bot.triage.ngrams import HEADS, Floats, Ngrams, Seen, tokens_of

NOTHING = -10.0
# The encoder's share in the log-odds.
SHARE = 0.4
# Slope and shift that make "urgent" true odds on the tune set, with and without the encoder.
CALIBRATED, CALIBRATED_ALONE = (1.15, -0.14), (1.0, -0.34)
_HARMS = HEADS.index(Category.SEXUAL_ABUSE)
_WORDS_SHOWN = 3
# One grave sentence must not drown in a flood, but a letter is understood as a whole: of 300 long letters parts of
# fifty words found .72 of the urgent ones at 5 % false alarms, the whole letters .93. So parts are long, and begin late.
_SHORT = 220
_PART = 120
_OVERLAP = 30
# The encoder costs more and reads only the gravest parts of a long text.
_PARTS_READ = 2


@dataclass(frozen=True)
class ModelReading:
    """What the models make of one text, as log-odds: 0 is even, 2 is 88 %.

    ``spans`` (NFC text) are those of the words that weighed most for "urgent".
    ``told``: somebody writes to the helpline, as against people talking among themselves in public.
    ``asks``: a question or hint behind which something may be hidden (``check_in``).
    ``part``: the text was long, and this is its gravest part. ``encoded``: the encoder had its say.
    """

    urgent: float = NOTHING
    emergency: float = NOTHING
    concern: float = NOTHING
    told: float = NOTHING
    asks: float = NOTHING
    category: Category = Category.NONE
    spans: tuple[tuple[int, int], ...] = ()
    part: bool = False
    encoded: bool = False


@dataclass(frozen=True, repr=False)
class Graded:
    """A text as the n-grams see it. ``parts``: the odds and features of each, the gravest first."""

    text: str
    tokens: tuple[Token, ...]
    parts: tuple[tuple[Floats, Seen], ...]
    long: bool

    @property
    def urgent(self) -> float:
        """The n-grams' own log-odds for the gravest part."""
        return float(self.parts[0][0][0]) if self.parts else NOTHING


@dataclass(frozen=True, repr=False)
class TriageModel:
    """``read`` a text; without an ``encoder`` the n-grams decide alone."""

    ngrams: Ngrams
    encoder: Encoder | None = None

    def read(self, text: str, seen_as: View | None = None) -> ModelReading:
        """The reading of the gravest part of a text; an empty one reads as nothing."""
        return self.judge(self.grade(text, seen_as or view(text)))

    def grade(self, text: str, seen_as: View) -> Graded:
        """What the n-grams make of each part of a text, seen as ``seen_as``."""
        tokens = tokens_of(seen_as)
        seen = self.ngrams.see(tokens)
        parts = [seen.between(first, end) for first, end in _parts(len(tokens))]
        graded = [(odds, part) for part in parts if (odds := self.ngrams.odds(part)) is not None]
        graded.sort(key=lambda pair: -pair[0][0])
        return Graded(text, tokens, tuple(graded), len(parts) > 1)

    def judge(self, graded: Graded, closely: bool = True) -> ModelReading:
        """The reading of the gravest part; the encoder has its say where it is to be read ``closely``."""
        encoder = self.encoder if closely else None
        read = [self._reading(graded, at, encoder) for at in range(len(graded.parts[:_PARTS_READ]))]
        return max(read, key=lambda one: one.urgent, default=ModelReading())

    def _reading(self, graded: Graded, at: int, encoder: Encoder | None) -> ModelReading:
        odds, part = graded.parts[at]
        tokens = graded.tokens
        start, end = tokens[int(part.places[0])].start, tokens[int(part.places[-1])].end
        second = encoder.read(graded.text[start:end]) if encoder else None
        if second is not None:
            odds = (1 - SHARE) * odds + SHARE * second
        slope, shift = CALIBRATED_ALONE if second is None else CALIBRATED
        urgent, emergency, concern, told, asks = (float(one) for one in odds[:_HARMS])
        return ModelReading(
            urgent=slope * urgent + shift,
            emergency=emergency,
            concern=concern,
            told=told,
            asks=asks,
            category=Category(HEADS[_HARMS + int(np.argmax(odds[_HARMS:]))]),
            spans=tuple(
                (tokens[place].start, tokens[place].end) for place in self.ngrams.heaviest(part, _WORDS_SHOWN)
            ),
            part=graded.long,
            encoded=second is not None,
        )


def _parts(count: int) -> list[tuple[int, int]]:
    """First and end of the parts in which a text of ``count`` words is read."""
    if count <= _SHORT:
        return [(0, count)]
    return [(first, first + _PART) for first in range(0, count - _OVERLAP, _PART - _OVERLAP)]
