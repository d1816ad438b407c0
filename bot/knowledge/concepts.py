"""Different words for one idea ("nick", "acc", "tài khoản"), read from ``concepts.yml``."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.knowledge.reading import Node, read_file
from bot.knowledge.topics import ROOT
from bot.language import fold, nfc


@dataclass(frozen=True, repr=False)
class Concepts:
    """Which phrase stands for which idea; phrases are folded and match whole words."""

    ideas: dict[str, str]
    pattern: re.Pattern[str]

    def read(self, text: str) -> str:
        """The ideas of a text in the order of their phrases, as words of their own."""
        return " ".join(self.ideas[found.group(0)] for found in self.pattern.finditer(fold(nfc(text))))

    @property
    def stamp(self) -> str:
        """All of it as text, for a cache key."""
        return repr(sorted(self.ideas.items()))


def load_concepts(root: Path | None = None) -> Concepts:
    """Read ``concepts.yml``; raises ``ContentError`` for a phrase that is not folded or serves two ideas."""
    base = root or ROOT
    ideas: dict[str, str] = {}
    for idea, node in read_file(base / "concepts.yml", base).entries().items():
        for item in node.items():
            ideas[_phrase(item, ideas)] = idea
    longest_first = sorted(ideas, key=lambda phrase: (-len(phrase), phrase))
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(phrase) for phrase in longest_first) + r")(?!\w)")
    return Concepts(ideas, pattern)


@lru_cache(maxsize=1)
def shipped_concepts() -> Concepts:
    return load_concepts()


def read_concepts(text: str) -> str:
    """The shipped ideas of a text; a plain function so that a fitted index can name it."""
    return shipped_concepts().read(text)


def _phrase(node: Node, known: dict[str, str]) -> str:
    phrase = node.text()
    if phrase != fold(phrase):
        raise node.fault("a phrase without diacritics in small letters")
    if phrase in known:
        raise node.fault(f"a phrase that serves one idea (it already serves {known[phrase]})")
    return phrase
