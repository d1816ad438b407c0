"""One message in the forms the recognisers read. Every form has the length of the NFC text, so offsets agree."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

_SHAPES = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u", "đ": "d"}
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_TONE_MARKS = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_LATE_TONE = re.compile(r"(?<!q)(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?!\w)")
_MARKED_LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
CAPITAL = f"[A-Z{_MARKED_LETTERS.upper()}]"
SMALL = f"[a-z{_MARKED_LETTERS}]"
_WORD = re.compile(r"[^\W\d_]+")
_WIDE_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)}


@lru_cache(maxsize=1)
def _bare_letters() -> dict[int, str]:
    table = {}
    for shape in "aăâeêioôơuưy":
        for tone in _TONES:
            letter = unicodedata.normalize("NFC", shape + tone)
            table[ord(letter)] = _SHAPES.get(shape, shape)
    return table | {ord("đ"): "d"}


def fold(lower: str) -> str:
    """Lower-case text without any Vietnamese mark, character by character."""
    return lower.translate(_bare_letters())


@lru_cache(maxsize=512)
def shades(letter: str) -> tuple[str, ...]:
    """The letter itself and what is left of it when a shape, a tone or both are not typed."""
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in parts if mark in _TONE_MARKS)
    shape = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONE_MARKS))
    plain = _SHAPES.get(shape, shape)
    forms = (letter, shape, unicodedata.normalize("NFC", plain + tone), plain)
    return tuple(dict.fromkeys(form for form in forms if len(form) == 1))


def loose(pattern: str) -> str:
    """A regular expression written with full marks, widened to spellings in which marks are missing.

    Marked letters must not stand inside a character class of ``pattern``.
    """
    return "".join(_widened(letter) if ord(letter) > 127 else letter for letter in settle(pattern))


def _widened(letter: str) -> str:
    forms = shades(letter)
    return letter if len(forms) == 1 else f"[{''.join(forms)}]"


def settle(lower: str) -> str:
    """Put the tone of an open "oà", "uý" where older spelling has it ("òa", "úy"), keeping the length."""
    return _LATE_TONE.sub(lambda found: _early(found[0]), lower)


def _early(pair: str) -> str:
    parts = unicodedata.normalize("NFD", pair[1])
    return unicodedata.normalize("NFC", pair[0] + parts[1:]) + parts[0]


def _lower(text: str) -> str:
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    return lower


@dataclass(frozen=True, repr=False)
class Token:
    """One run of letters; ``shouted``: all capitals; ``gap``: what stands between it and the run before."""

    start: int
    end: int
    lower: str
    bare: str
    titled: bool
    shouted: bool
    gap: str

    @property
    def unmarked(self) -> bool:
        """Typed without any mark, which may be how the word is spelled."""
        return self.lower == self.bare

    @property
    def joined(self) -> bool:
        """Only spaces lie between this word and the one before."""
        return bool(self.gap) and not self.gap.strip()


class TextViews:
    """``text`` is the NFC text, ``lower`` its settled small letters, ``bare`` the same without marks."""

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)
        self.lower = settle(_lower(self.text)).translate(_WIDE_DIGITS)
        self.bare = fold(self.lower)

    @cached_property
    def tokens(self) -> list[Token]:
        """The words of the message in order."""
        found: list[Token] = []
        last = 0
        for match in _WORD.finditer(self.lower):
            start, end = match.span()
            found.append(self._token(start, end, self.text[last:start]))
            last = end
        return found

    def _token(self, start: int, end: int, gap: str) -> Token:
        typed = self.text[start:end]
        titled = typed[0].isupper() and (len(typed) == 1 or typed[1:].islower())
        return Token(start, end, self.lower[start:end], self.bare[start:end], titled, typed.isupper(), gap)

    @cached_property
    def has_digit(self) -> bool:
        """Whether any digit was typed; most number recognisers have nothing to do without one."""
        return any(letter.isdigit() for letter in self.lower)

    @cached_property
    def capitals_mean_names(self) -> bool:
        """Whether most words are small, so that a capital inside a sentence says something."""
        small = sum(1 for token in self.tokens if self.text[token.start].islower())
        return small * 5 >= len(self.tokens) * 2

    @cached_property
    def marked(self) -> bool:
        """Whether the message is typed with Vietnamese marks."""
        with_marks = sum(1 for token in self.tokens if not token.unmarked)
        return with_marks * 5 >= len(self.tokens)
