"""A message as the rules see it: canonical words, sentence ends, and the way back to what was typed."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from bot.language.syllable import bare, canonical, respell
from bot.language.text import nfc

_FILE = Path(__file__).with_name("teencode.yml")
_TOKEN = re.compile(
    r"(?P<masked>(?<![^\W_])[^\W\d_](?:[.*_\-·'][^\W\d_]{1,4}){1,6}(?![^\W_]))"
    r"|(?P<spaced>(?<![^\W_])[^\W\d_](?: [^\W\d_]){2,11}(?![^\W_]))"
    r"|(?P<number>\d+(?=[^\W\d_]*\b))"
    r"|(?P<unit>(?<=\d)[^\W\d_]+)"
    r"|(?P<word>[^\W_](?:[^\W_]|[@$](?=\w))*)"
    r"|(?P<laugh>(?:[=:]\)+|:v\b|:3\b|:D\b|=D\b))"
    r"|(?P<pause>\.(?=\w)|…+|\.{2,}|\n+)"
    r"|(?P<end>[.!?;][.!?…;\n]*|[,](?=\s*\w))"
    r"|(?P<emoji>[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff])",
)
_LAUGHS = re.compile(r"(?:(?:ha|hi|he|hj|ka|hehe|kk|keke){2,}h?|kk+|haha\w*|hihi\w*|hehe\w*|lol+|lmao+)\Z")
_NO = frozenset({"không", "chưaF", "chưa", "khong", "chua"})
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

    ``places``: where in ``text`` each word stands, by its bare spelling.
    """

    text: str
    places: Mapping[str, tuple[int, ...]]
    _starts: tuple[int, ...]
    _tokens: tuple[Token, ...]
    _plain: bool

    @property
    def words(self) -> AbstractSet[str]:
        """The words without tone and vowel marks."""
        return self.places.keys()

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

    @property
    def is_plain(self) -> bool:
        """Whether the message was typed without any diacritics."""
        return self._plain

    @property
    def size(self) -> int:
        """How many words were read, sentence ends left out."""
        return sum(1 for token in self._tokens if token.word not in (".", "?"))


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
    return View(text, _places(tokens, starts), tuple(starts), tuple(tokens), plain)


def _places(tokens: list[Token], starts: list[int]) -> dict[str, tuple[int, ...]]:
    places: dict[str, list[int]] = {}
    for token, start in zip(tokens, starts, strict=True):
        places.setdefault(bare(token.word), []).append(start)
    return {word: tuple(found) for word, found in places.items()}


def _readings(text: str) -> Iterator[tuple[list[Token], list[Token]]]:
    clean, back = _clean(nfc(text))
    last = ""
    for match in _TOKEN.finditer(clean):
        kind = match.lastgroup or ""
        start, end = back[match.start()], back[match.end() - 1] + 1
        if match.group() == "," and last not in _NO:
            continue
        first, second = _read(kind, match.group())
        last = first[-1] if first else last
        yield [Token(w, start, end) for w in first], [Token(w, start, end) for w in second]


def _clean(text: str) -> tuple[str, range | list[int]]:
    lowered = text.lower()
    if len(lowered) == len(text) and not _ODD.search(lowered) and not _WIDE.search(lowered):
        return lowered, range(len(lowered))
    letters, back = [], []
    for at, letter in enumerate(text):
        for plain in "" if _ODD.match(letter) else unicodedata.normalize("NFKC", letter).lower():
            letters.append(plain)
            back.append(at)
    return "".join(letters), back


def _read(kind: str, typed: str) -> tuple[list[str], list[str]]:
    if kind == "end":
        return ["?" if "?" in typed else "."], ["?" if "?" in typed else "."]
    if kind == "pause":
        return ["."], []
    if kind == "laugh":
        return ["xlaugh"], ["xlaugh"]
    if kind == "unit":
        return [typed], [typed]
    if kind == "emoji":
        words = _emoji().get(typed, [])
        return words, words
    if kind == "masked":
        return _masked(typed)
    if kind == "spaced":
        return _spaced(typed)
    return _word(typed)


def _word(typed: str) -> tuple[list[str], list[str]]:
    found = _teencode().get(typed)
    if found:
        return found
    if _LAUGHS.match(typed):
        return ["xlaugh"], ["xlaugh"]
    spelled = canonical(typed)
    found = _teencode().get(spelled)
    if found:
        return found
    spelled = _youth_letters(spelled)
    apart = None if typed.isascii() or len(typed) < 4 else respell(typed)
    return [spelled], apart if apart and len(apart) > 1 else [spelled]


def _youth_letters(word: str) -> str:
    if len(word) < 3 or not ("j" in word or "f" in word or "z" in word or "w" in word):
        return word
    body, tone = (word[:-1], word[-1]) if word[-1] in "FSRJ" else (word, "")
    if body.startswith("f"):
        body = "ph" + body[1:]
    if body.startswith("z"):
        body = "d" + body[1:]
    if body.startswith("w"):
        body = "qu" + body[1:]
    return body[0] + body[1:].replace("j", "i") + tone


def _masked(typed: str) -> tuple[list[str], list[str]]:
    parts = re.split(r"[.*_\-·']", typed)
    joined = "".join(parts)
    if (max(map(len, parts)) == 1 and len(parts) > 2) or "*" in typed:
        return _word(joined)
    apart = [word for part in parts for word in _word(part)[0]]
    return apart, _word(joined)[0]


def _spaced(typed: str) -> tuple[list[str], list[str]]:
    parts = typed.split(" ")
    apart = [word for part in parts for word in _word(part)[0]]
    return apart, respell("".join(parts)) or apart


def _spelled(value: str | list[str]) -> tuple[list[str], list[str]]:
    options = [value] if isinstance(value, str) else value
    lists = [[canonical(word) for word in str(option).split()] for option in options]
    return lists[0], lists[-1]


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(_FILE)
    return loaded


@lru_cache(maxsize=1)
def _teencode() -> dict[str, tuple[list[str], list[str]]]:
    return {nfc(str(key)): _spelled(value) for key, value in _file()["words"].items()}


@lru_cache(maxsize=1)
def _emoji() -> dict[str, list[str]]:
    return {key: [canonical(value)] for key, value in _file()["emoji"].items()}
