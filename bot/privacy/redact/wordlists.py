"""Reads names.txt and places.txt once. A word also counts where some of its marks are missing, never with other marks."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from pathlib import Path

from bot.privacy.redact.views import fold, settle, shades

_HERE = Path(__file__).parent


@lru_cache(maxsize=4)
def _sections(file: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in (_HERE / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            name = line[2:].strip()
        elif line.strip() and not line.startswith("#"):
            found.setdefault(name, []).extend(_entries(settle(line.lower())))
    return {key: tuple(entries) for key, entries in found.items()}


def _entries(line: str) -> list[str]:
    return [entry.strip() for entry in line.split("|")] if "|" in line else line.split()


@lru_cache(maxsize=64)
def names(section: str) -> frozenset[str]:
    """One list of names.txt, exactly as written."""
    return frozenset(_sections("names.txt").get(section, ()))


@lru_cache(maxsize=64)
def loose_names(section: str) -> frozenset[str]:
    """One list of names.txt with every spelling in which marks are missing."""
    return _spellings(names(section))


@lru_cache(maxsize=8)
def places(section: str) -> tuple[str, ...]:
    """One list of places.txt, longest first so that a pattern prefers the whole name."""
    return tuple(sorted(_sections("places.txt").get(section, ()), key=len, reverse=True))


def _spellings(words: Iterable[str]) -> frozenset[str]:
    return frozenset("".join(letters) for word in words for letters in product(*map(shades, word)))


@lru_cache(maxsize=1)
def compounds() -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Everyday pairs of syllables ("an toàn", "anh hùng"): as written, and without any marks."""
    pairs = [tuple(pair.split()) for pair in names("compound")]
    exact = frozenset((pair[0], pair[1]) for pair in pairs if len(pair) == 2)
    return exact, frozenset((fold(first), fold(second)) for first, second in exact)


def spelled(words: Iterable[str]) -> frozenset[str]:
    """The words with every spelling in which marks are missing."""
    return _spellings(settle(word) for word in words)
