"""A message as the rules see it: canonical words, sentence ends, and the way back to what was typed."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.language.spelling import TOKEN, words_of
from bot.language.syllable import bare
from bot.language.text import nfc

_NO = frozenset({"không", "chưaF", "chưa", "khong", "chua"})
# "em em em em" says no more than "em em em".
_REPEATS = 3
_ENDS = frozenset({".", "?"})
_ODD = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0f]")
_WIDE = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff\u24b6-\u24e9]")


class Token(NamedTuple):
    """One canonical word and the span of the NFC text it was typed in."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, repr=False)
class View:
    """One reading of a message. ``text`` is its words, each followed by one blank; "." and "?" end sentences.

    ``places``: where in ``text`` each word stands, by its bare spelling, and the bit of its sentence.
    ``sentences``: the bits of all sentences that hold a word.
    """

    text: str
    places: Mapping[str, tuple[tuple[int, int], ...]]
    sentences: Mapping[str, int]
    _starts: tuple[int, ...]
    _tokens: tuple[Token, ...]
    _plain: bool

    @property
    def words(self) -> AbstractSet[str]:
        """The words without tone and vowel marks."""
        return self.places.keys()

    def holding(self, needs: Sequence[AbstractSet[str]]) -> int:
        """The bits of the sentences that hold a word of each set; 0 where none does."""
        held = -1
        for needed in needs:
            here = 0
            for word in self.words & needed:
                here |= self.sentences[word]
            held &= here
            if not held:
                return 0
        return held

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the NFC text the slice ``start:end`` of ``text`` was typed."""
        if not self._tokens:
            return (0, 0)
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = max(bisect_left(self._starts, end) - 1, first)
        return (self._tokens[first].start, self._tokens[last].end)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The words in order, sentence ends among them, each with its span of the NFC text."""
        return self._tokens

    def tokens_from(self, start: int) -> tuple[Token, ...]:
        """The words that begin at ``start`` of ``text`` or later."""
        return self._tokens[bisect_left(self._starts, start) :]

    @property
    def is_plain(self) -> bool:
        """Whether the message was typed without any diacritics."""
        return self._plain

    @property
    def size(self) -> int:
        """How many words were read, sentence ends left out."""
        return sum(1 for token in self._tokens if token.word not in _ENDS)


def views(text: str) -> tuple[View, ...]:
    """The readings of a message: the likeliest first, then one with every second reading, if there is any."""
    likely: list[Token] = []
    other: list[Token] = []
    for first, second in _readings(text):
        likely.extend(first)
        other.extend(second)
    plain = not any(letter.isalpha() and not letter.isascii() for letter in text)
    if likely == other:
        return (_view(likely, plain),)
    return (_view(likely, plain), _view(other, plain))


def view(text: str) -> View:
    """The likeliest reading alone."""
    return views(text)[0]


def _view(tokens: list[Token], plain: bool) -> View:
    starts, at = [], 1
    for token in tokens:
        starts.append(at)
        at += len(token.word) + 1
    text = " " + "".join(token.word + " " for token in tokens)
    places: dict[str, list[tuple[int, int]]] = {}
    sentences: dict[str, int] = {}
    bit = 1
    for token, start in zip(tokens, starts, strict=True):
        word = bare(token.word)
        places.setdefault(word, []).append((start, bit))
        sentences[word] = sentences.get(word, 0) | bit
        if word in _ENDS:
            bit <<= 1
    found = {word: tuple(there) for word, there in places.items()}
    return View(text, found, sentences, tuple(starts), tuple(tokens), plain)


def _readings(text: str) -> Iterator[tuple[list[Token], list[Token]]]:
    clean, back = _clean(nfc(text))
    last, again = "", 0
    for match in TOKEN.finditer(clean):
        kind = match.lastgroup or ""
        start, end = back[match.start()], back[match.end() - 1] + 1
        if match.group() == "," and last not in _NO:
            continue
        first, second = words_of(kind, match.group())
        again = again + 1 if first == [last] else 0
        if again >= _REPEATS:
            continue
        last = first[-1] if first else last
        made = [Token(word, start, end) for word in first]
        yield made, made if first == second else [Token(word, start, end) for word in second]


def _clean(text: str) -> tuple[str, range | list[int]]:
    lowered = text.lower()
    if len(lowered) == len(text) and not _ODD.search(lowered) and not _WIDE.search(lowered):
        return lowered, range(len(lowered))
    letters, back = [], []
    for at, letter in enumerate(text):
        plain = _plain_letters(letter)
        letters.append(plain)
        back += [at] * len(plain)
    return "".join(letters), back


@lru_cache(maxsize=8192)
def _plain_letters(letter: str) -> str:
    return "" if _ODD.match(letter) else unicodedata.normalize("NFKC", letter).lower()
