"""Copies of a text as other hands would type it: fewer marks, teencode, slips, a masked word."""

from collections import defaultdict
from functools import lru_cache
from random import Random

from bot.language.spelling import spellings
from bot.language.text import fold, nfc

_SLIPS = (
    ("tr", "ch"),
    ("s", "x"),
    ("gi", "d"),
    ("r", "d"),
    ("l", "n"),
    ("ngh", "ng"),
    ("qu", "w"),
    ("ph", "f"),
)
_GLUE = (".", "*", " ", "-")
_LONG_ENOUGH = 3


def typed_again(text: str, chance: Random) -> str:
    """The text with a few of its words typed differently; often as it is."""
    words = nfc(text).split(" ")
    way = chance.random()
    if way < 0.35:
        return text
    share = chance.choice((0.1, 0.2, 0.4))
    if way < 0.5:
        share = chance.choice((0.3, 0.6))
        return " ".join(fold(word) if chance.random() < share else word for word in words)
    if way < 0.72:
        return " ".join(_short(word, chance) if chance.random() < 2 * share else word for word in words)
    if way < 0.9:
        return " ".join(_slip(word, chance) if chance.random() < share else word for word in words)
    at = chance.randrange(len(words))
    return " ".join([*words[:at], _masked(words[at], chance), *words[at + 1 :]])


def _short(word: str, chance: Random) -> str:
    found = _shorts().get(word.lower())
    return chance.choice(found) if found else word


@lru_cache(maxsize=1)
def _shorts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for typed, meant in spellings().items():
        for word in (meant, fold(meant)):
            found[word].append(typed)
    return found


def _slip(word: str, chance: Random) -> str:
    if len(word) < _LONG_ENOUGH or not word.isalpha():
        return word
    for one, other in chance.sample(_SLIPS, 4):
        for old, new in ((one, other), (other, one)):
            if word.startswith(old):
                return new + word[len(old) :]
    at = chance.randrange(1, len(word))
    return chance.choice(
        [word + word[-1], word[:at] + word[at - 1] + word[at:], word[:at] + word[at + 1 :], fold(word)]
    )


def _masked(word: str, chance: Random) -> str:
    if len(word) < _LONG_ENOUGH or not word.isalpha():
        return word
    glue = chance.choice(_GLUE)
    if glue == "*":
        at = chance.randrange(1, len(word))
        return word[:at] + "*" + word[at + 1 :]
    return glue.join(word)
