"""Cuts a long message where a reader would pause, so that no platform refuses it."""

import re

# Better places first: after a paragraph, a line, a sentence, a word.
_PAUSES = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…:;])\s"), re.compile(r"\s"))


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most ``limit`` UTF-16 units each, in order; nothing but white space at the cuts is lost."""
    pieces = []
    rest = text.strip()
    while utf16_length(rest) > limit:
        head = _first_units(rest, limit)
        cut = _last_pause(head, rest)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def utf16_length(text: str) -> int:
    """Both platforms are counted this way; an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def _first_units(text: str, limit: int) -> str:
    """The longest beginning that fits; a character of two units is not torn."""
    return text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore")


def _last_pause(head: str, text: str) -> int:
    """The cut's place: the last pause of the best kind in the second half, else of any kind, else the limit."""
    # One more character, so that a pause right behind the limit counts.
    seen = text[: len(head) + 1]
    for earliest in (len(head) // 2, 1):
        for pause in _PAUSES:
            places = [found.start() for found in pause.finditer(seen) if found.start() >= earliest]
            if places:
                return places[-1]
    return len(head)
