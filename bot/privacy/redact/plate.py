"""Number plates. Source: the series of Thông tư 24/2023/TT-BCA (province, letters, 4 or 5 digits; Cao Bằng is 11)."""

import re
from functools import lru_cache

from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, loose

_SERIES = r"[1-9]\d\s?[-.]?\s?[a-z]{1,2}\d?"


@lru_cache(maxsize=1)
def _plain() -> re.Pattern[str]:
    five = r"\s?[-–.]?\s?(?:\d{3}[.\s]\d{2}|\d{5})"
    four = r"\s?[-–]\s?\d{4}"
    return re.compile(rf"(?<![\w.,])(?P<plate>{_SERIES}(?:{five}|{four}))(?![\w/])")


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    cue = loose(
        r"(?:biển số|biển kiểm soát|biển xe|biển|bks|bsx|xe máy|xe số|xe)(?:\s?(?:xe|số|là|của nó|:))*"
    )
    return re.compile(
        rf"(?<!\w){cue}\s?:?\s?(?P<plate>{_SERIES}[\s\-–.]{{0,3}}(?:\d{{3}}[.\s]?\d{{2}}|\d{{4}}))(?!\w)"
    )


def find(views: TextViews) -> list[Span]:
    """Plates with their usual signs, and looser ones after a word for plate or vehicle."""
    if not views.has_digit:
        return []
    found = [match.span("plate") for one in (_plain(), _named()) for match in one.finditer(views.lower)]
    return [Span(start, end, SpanType.PLATE) for start, end in found if not _is_class(views.bare, start)]


def _is_class(bare: str, start: int) -> bool:
    return bare[:start].rstrip().endswith("lop")
