"""One token at a time: tone to the end, repeated letters once, masked letters back to letters.

The canonical spelling of a token is its letters without the tone, then the tone as a capital:
F huyền, S sắc, R hỏi or ngã (the south does not tell them apart), J nặng; "tử" is "tưR".
Old and new places of the tone mark ("hoà", "hòa") thereby become one spelling.
"""

import re
import unicodedata
from functools import lru_cache
from math import log
from pathlib import Path

_TONES = {"\u0300": "F", "\u0301": "S", "\u0309": "R", "\u0303": "R", "\u0323": "J"}
_TONE = re.compile("[FSRJ]")
_REPEAT = re.compile(r"([^\W\d_])\1+")
_LEET = str.maketrans("0134@$", "oieass")
_LEET_SHAPE = re.compile(r"[^\W\d_]+[0134@$]+[^\W\d_]+\Z")
_BARE = str.maketrans("ăâđêôơư", "aadeoou")
_ONSET = "ngh|ng|nh|ch|th|tr|kh|ph|gi|gh|qu|[bcdđghklmnpqrstvx]"
_VOWELS = "aăâeêioôơuưy"
_SYLLABLE = re.compile(
    rf"(?:{_ONSET})?(?:[{_VOWELS}][FSRJ]?){{1,3}}(?:(?:ng|nh|ch|[cnpt])(?![{_VOWELS}h])|m(?![{_VOWELS}]))?[FSRJ]?"
)
# The syllables of our own examples, the commonest first.
_COMMON = Path(__file__).with_name("syllables.txt")
# Letters and tones of the longest syllable, and the cost of one that is not common.
_LONGEST, _UNKNOWN = 8, 14.0


def _decomposed(letter: str) -> str:
    tone = ""
    kept = []
    for part in unicodedata.normalize("NFD", letter):
        if part in _TONES:
            tone = _TONES[part]
        else:
            kept.append(part)
    return unicodedata.normalize("NFC", "".join(kept)) + tone


_LETTERS = {
    code: _decomposed(chr(code))
    for code in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA))
    if chr(code).islower()
}


def canonical(token: str) -> str:
    """Spell one lower-case NFC token canonically."""
    if token.isascii():
        return _unmasked(token)
    spelled = token.translate(_LETTERS)
    tones = _TONE.findall(spelled)
    if tones:
        spelled = _TONE.sub("", spelled)
    return _unmasked(spelled) + (tones[-1] if tones else "")


def _unmasked(letters: str) -> str:
    if not letters.isalpha() and _LEET_SHAPE.match(letters):
        letters = letters.translate(_LEET)
    return _REPEAT.sub(r"\1", letters)


def bare(spelled: str) -> str:
    """Drop tone and vowel marks from a canonical spelling."""
    return spelled.rstrip("FSRJ").translate(_BARE)


def respell(letters: str) -> list[str] | None:
    """Cut letters that were typed apart ("đánhem") back into the likeliest syllables, or ``None`` if they are none."""
    spelled = letters.translate(_LETTERS)
    # For each end the cheapest way to get there: its cost and where its last syllable begins.
    ways: list[tuple[float, int] | None] = [(0.0, 0)]
    for end in range(1, len(spelled) + 1):
        found = [
            (before[0] + _cost(spelled[start:end]), start)
            for start in range(max(0, end - _LONGEST), end)
            if (before := ways[start]) and _SYLLABLE.fullmatch(spelled, start, end)
        ]
        ways.append(min(found, default=None))
    parts, end = [], len(spelled)
    while end and (way := ways[end]):
        parts.append(canonical_tone(spelled[way[1] : end]))
        end = way[1]
    return parts[::-1] if parts and not end else None


def _cost(syllable: str) -> float:
    return _costs().get(canonical_tone(syllable), _UNKNOWN)


@lru_cache(maxsize=1)
def _costs() -> dict[str, float]:
    """The rarer a syllable the dearer; one without its marks costs what the commonest with them does."""
    found: dict[str, float] = {}
    for rank, word in enumerate(_COMMON.read_text(encoding="utf-8").split()):
        spelled = canonical(word)
        for spelling in (spelled, bare(spelled)):
            found.setdefault(spelling, log(rank + 10))
    return found


def canonical_tone(spelled: str) -> str:
    """Move the tone capital of one syllable to its end."""
    tones = _TONE.findall(spelled)
    return _TONE.sub("", spelled) + (tones[-1] if tones else "")
