"""The small language in which lexicon cues are written, and its translation to regular expressions.

Words are written with full diacritics. A word matches itself, and any spelling of it in which marks
are missing, never one in which other marks were typed; "tự!" must carry its marks.
``[a|b c]`` one of, ``(a|b)`` optional, ``{a|b}`` not followed by one of, ``<name>`` a named set,
``~3`` up to three words in between (never across the end of a sentence), ``#`` a number,
``^`` and ``$`` the ends of a sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.errors import ContentError
from bot.language.syllable import bare, canonical

_PIECE = re.compile(r"\s*(?:(<[\w]+>)|(~\d)|([\[\](){}|^$#])|([^\s\[\](){}|<>~^$#]+))")
_CLOSE = {"[": "]", "(": ")", "{": "}"}
_MARKED = {"ă": "[aă]", "â": "[aâ]", "đ": "[dđ]", "ê": "[eê]", "ô": "[oô]", "ơ": "[oơ]", "ư": "[uư]"}
_COMMON = frozenset(
    "em con chau minh toi tao may no bi cho co khong la va the nay di lam ban me bo ba anh chi chu ong bac "
    "nha hoc thi o ra den voi duoc noi nguoi cai mot ma da dang cu hay bat ta gi ay".split()
)


@dataclass(frozen=True)
class Pattern:
    """``needs``: sets of bare words, rarest first, of each of which every match contains one.

    A match stands within one sentence. Most patterns are never run, because no sentence of a message has a
    word of each set. ``starts``: the bare words
    a match may begin with, ``None`` where that is open.
    """

    regex: str
    needs: tuple[frozenset[str], ...]
    starts: frozenset[str] | None


@dataclass(frozen=True)
class _Part:
    regex: str
    needs: tuple[frozenset[str], ...] = ()
    starts: frozenset[str] | None = None
    may_be_empty: bool = False


class _Reader:
    def __init__(self, source: str, names: Mapping[str, Pattern]) -> None:
        self._source = source
        self._names = names
        self._pieces = _pieces(source)
        self._at = 0

    def whole(self) -> _Part:
        part = self._choice()
        if self._at < len(self._pieces):
            raise ContentError(f"unexpected {self._pieces[self._at]!r} in cue {self._source!r}")
        return part

    def _choice(self) -> _Part:
        parts = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _one_of(parts)

    def _sequence(self) -> _Part:
        parts = []
        while (piece := self._peek()) is not None and piece not in ("|", "]", ")", "}"):
            parts.append(self._item(piece))
        if not parts:
            raise ContentError(f"empty alternative in cue {self._source!r}")
        return _Part(
            "".join(part.regex for part in parts),
            _all_needs(parts),
            _first_words(parts),
            all(part.may_be_empty for part in parts),
        )

    def _item(self, piece: str) -> _Part:
        self._at += 1
        if piece in _CLOSE:
            return self._group(_CLOSE[piece])
        if piece.startswith("<"):
            return self._named(piece[1:-1])
        return _simple(piece)

    def _group(self, close: str) -> _Part:
        inner = self._choice()
        if self._peek() != close:
            raise ContentError(f"missing {close!r} in cue {self._source!r}")
        self._at += 1
        if close == "}":
            return _Part(f"(?!{inner.regex})", (), frozenset(), True)
        if close == ")":
            return _Part(f"(?:{inner.regex})?", (), inner.starts, True)
        return replace(inner, regex=f"(?:{inner.regex})")

    def _named(self, name: str) -> _Part:
        if name not in self._names:
            raise ContentError(f"unknown set <{name}> in cue {self._source!r}")
        known = self._names[name]
        return _Part(known.regex, known.needs, known.starts)

    def _peek(self) -> str | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None


def _pieces(source: str) -> list[str]:
    found, at = [], 0
    source = source.strip()
    while at < len(source):
        match = _PIECE.match(source, at)
        if match is None:
            raise ContentError(f"cannot read cue {source!r} at {source[at:]!r}")
        found.append(next(group for group in match.groups() if group))
        at = match.end()
    return found


def _simple(piece: str) -> _Part:
    if piece.startswith("~"):
        return _Part(rf"(?:[^\s.?]+ ){{0,{piece[1:]}}}?")
    if piece == "#":
        return _Part(r"\d+ ")
    if piece == "^":
        return _Part(r"(?:(?<=[.?] )|(?<=\A ))", (), frozenset(), True)
    if piece == "$":
        return _Part(r"(?=[.?] |\Z)", (), frozenset(), True)
    return _word(piece)


def _word(piece: str) -> _Part:
    strict = piece.endswith("!")
    spelled = canonical(piece.rstrip("!").lower())
    word = frozenset({bare(spelled)})
    if strict:
        return _Part(re.escape(spelled) + " ", (word,), word)
    tone = spelled[-1] if spelled[-1] in "FSRJ" else ""
    letters = "".join(_MARKED.get(letter, re.escape(letter)) for letter in spelled.removesuffix(tone))
    return _Part(letters + (f"{tone}? " if tone else " "), (word,), word)


def _one_of(parts: list[_Part]) -> _Part:
    regex = "(?:" + "|".join(part.regex for part in parts) + ")"
    empty = any(part.may_be_empty for part in parts)
    starts = _union([part.starts for part in parts])
    if not all(part.needs for part in parts):
        return _Part(regex, (), starts, empty)
    return _Part(regex, (frozenset().union(*(part.needs[0] for part in parts)),), starts, empty)


def _union(sets: list[frozenset[str] | None]) -> frozenset[str] | None:
    known = [words for words in sets if words is not None]
    return frozenset().union(*known) if len(known) == len(sets) else None


def _first_words(parts: list[_Part]) -> frozenset[str] | None:
    firsts: list[frozenset[str] | None] = []
    for part in parts:
        firsts.append(part.starts)
        if not part.may_be_empty:
            return _union(firsts)
    return None


def _all_needs(parts: list[_Part]) -> tuple[frozenset[str], ...]:
    return tuple(sorted((needed for part in parts for needed in part.needs), key=_cost))


def _cost(words: frozenset[str]) -> int:
    return sum(20 if word in _COMMON else 1 for word in words)


def read_pattern(source: str, names: Mapping[str, Pattern] | None = None) -> Pattern:
    """Translate one cue; raises ``ContentError`` quoting the cue."""
    part = _Reader(source, names or {}).whole()
    if not part.needs and re.fullmatch(part.regex, ""):
        raise ContentError(f"cue {source!r} would match nothing at all")
    return Pattern(part.regex, part.needs, part.starts)


def read_names(sets: Mapping[str, list[str]]) -> dict[str, Pattern]:
    """Translate named sets in order; a set may use those before it."""
    names: dict[str, Pattern] = {}
    for name, lines in sets.items():
        parts = [_Reader(line, names).whole() for line in lines]
        part = _one_of(parts)
        names[name] = Pattern(part.regex, part.needs, part.starts)
    return names
