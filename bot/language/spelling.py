"""One thing typed, as the words it stands for: teencode, masked and spaced words, laughter, emoji."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.language.syllable import canonical, respell
from bot.language.text import fold, nfc

_FILE = Path(__file__).with_name("teencode.yml")
TOKEN = re.compile(
    r"(?P<masked>(?<![^\W_])(?:[^\W\d_]|gi|qu|[bcdđghklmnpqrstvx]{2,3})(?:[.*_\-·']+[^\W\d_]{1,4}){1,6}(?![^\W_]))"
    r"|(?P<spaced>(?<![^\W_])[^\W\d_](?: {1,3}[^\W\d_]){2,60}(?![^\W_]))"
    r"|(?P<number>\d+(?=[^\W\d_]*\b))"
    r"|(?P<unit>(?<=\d)[^\W\d_]+)"
    r"|(?P<word>[^\W_](?:[^\W_]|[@$](?=\w))*)"
    r"|(?P<laugh>(?:[=:]\)+|:v\b|:3\b|:D\b|=D\b))"
    r"|(?P<pause>\.(?=\w)|…+|\.{2,}|\n+)"
    r"|(?P<end>[.!?;][.!?…;\n]*|[,](?=\s*\w))"
    r"|(?P<emoji>[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff])",
)
_MASKS = re.compile(r"[.*_\-·']+")
_LAUGHS = re.compile(r"(?:(?:ha|hi|he|hj|ka|hehe|kk|keke){2,}h?|kk+|haha\w*|hihi\w*|hehe\w*|lol+|lmao+)\Z")


def words_of(kind: str, typed: str) -> tuple[list[str], list[str]]:
    """The likely and the other reading of one match of ``TOKEN``, as canonical words; ``kind`` is its group."""
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


@lru_cache(maxsize=8192)
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
    parts = _MASKS.split(typed)
    joined = "".join(parts)
    if "*" in typed:
        return _word(_starred(typed) or joined)
    apart = [word for part in parts for word in _word(part)[0]]
    return (_word(joined)[0], apart) if _hides_one_word(parts) else (apart, _word(joined)[0])


def _starred(typed: str) -> str | None:
    """The grave word that stars stand in ("ch*t"), if one of the list fits."""
    shape = re.compile(re.sub(r"\*+", lambda stars: f".{{1,{len(stars.group())}}}", fold(typed)))
    return next((word for word in _file()["starred"] if shape.fullmatch(fold(word))), None)


def _hides_one_word(parts: list[str]) -> bool:
    """In "t.ự" and "c.h.ế.t" it is one; "em.anh" are two with a full stop between them."""
    if max(map(len, parts)) == 1 and len(parts) > 2:
        return True
    found = respell("".join(parts))
    return found is not None and len(found) == 1


def _spaced(typed: str) -> tuple[list[str], list[str]]:
    apart = [word for letter in typed.split() for word in _word(letter)[0]]
    joined = [respell(letters) for letters in _letters_of(typed)]
    if any(found is None for found in joined):
        return apart, apart
    words = [word for found in joined if found for word in found]
    return (words, apart) if _hides_words(typed) else (apart, words)


def _letters_of(typed: str) -> list[str]:
    """What stands between wide blanks, without the narrow ones ("c o  a i" -> "co", "ai")."""
    return ["".join(part.split()) for part in re.split(" {2,}", typed)]


def _hides_words(typed: str) -> bool:
    """Three bare letters may each be a word of teencode ("t k e"); with more, or with marks, they are not."""
    return len(typed.split()) > 3 or not typed.isascii()


def unmasked(text: str) -> str:
    """The text with words that were masked or spaced out put together again, otherwise as typed."""
    return TOKEN.sub(_together, text)


def _together(match: re.Match[str]) -> str:
    typed = match.group()
    if match.lastgroup == "masked":
        parts = _MASKS.split(typed)
        return _starred(typed) or "".join(parts) if "*" in typed or _hides_one_word(parts) else typed
    if match.lastgroup == "spaced" and _spaced(typed)[0] != _spaced(typed)[1] and _hides_words(typed):
        return " ".join(_cut(letters) for letters in _letters_of(typed))
    return typed


def _cut(letters: str) -> str:
    """The syllables of letters that were all typed apart, as typed."""
    at, parts = 0, []
    for syllable in respell(letters) or ():
        # A tone is a capital of its own in the canonical spelling, and no letter in the typed one.
        size = len(syllable.rstrip("FSRJ"))
        parts.append(letters[at : at + size])
        at += size
    return " ".join(parts) if at == len(letters) else letters


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


def spellings() -> dict[str, str]:
    """Teencode -> the one word it is most often meant as, both as people write them."""
    likeliest = {
        key: value if isinstance(value, str) else value[0] for key, value in _file()["words"].items()
    }
    return {str(key): str(value) for key, value in likeliest.items()}


@lru_cache(maxsize=1)
def _emoji() -> dict[str, list[str]]:
    return {key: [canonical(value)] for key, value in _file()["emoji"].items()}
