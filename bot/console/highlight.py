"""Cuts a message at the places where rules fired, so that a page can mark them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.triage.assessment import Hit


@dataclass(frozen=True, repr=False)
class Piece:
    """A stretch of a message and the rules that read it; none for plain text."""

    text: str
    rules: tuple[str, ...]


def pieces(text: str, hits: Sequence[Hit]) -> tuple[Piece, ...]:
    """The NFC text whole and in order; overlapping hits are cut into stretches that name all of theirs."""
    text = unicodedata.normalize("NFC", text)
    edges = {0, len(text)}
    for hit in hits:
        edges |= {min(max(hit.start, 0), len(text)), min(max(hit.end, 0), len(text))}
    return tuple(Piece(text[start:end], _rules(hits, start, end)) for start, end in pairwise(sorted(edges)))


def _rules(hits: Sequence[Hit], start: int, end: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.rule for hit in hits if hit.start <= start and end <= hit.end))
