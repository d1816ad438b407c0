"""Alternations of place names for patterns, longest first, with full marks (callers widen them)."""

from collections.abc import Iterable
from functools import lru_cache

from bot.privacy.redact.wordlists import places


@lru_cache(maxsize=1)
def known_places() -> str:
    """Communes of today, and the districts, towns and communes people still say."""
    return _either((*places("commune"), *places("former")))


@lru_cache(maxsize=1)
def telling_places() -> str:
    """Known places whose names are not heard all over the country or as everyday words."""
    common = set(places("common"))
    return _either(place for place in (*places("commune"), *places("former")) if place not in common)


@lru_cache(maxsize=1)
def school_names() -> str:
    """Names that schools of the province, or of any province, carry."""
    return _either((*places("school"), *places("commune"), *places("former")))


@lru_cache(maxsize=1)
def village_prefixes() -> str:
    """First syllables of Tày and Nùng village names."""
    return _either(places("prefix"))


def _either(entries: Iterable[str]) -> str:
    ordered = sorted(set(entries), key=lambda name: (-len(name), name))
    return "(?:" + "|".join(entry.replace(" ", r"\s+") for entry in ordered) + ")"
