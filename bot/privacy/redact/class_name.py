"""School classes (7A2, 8b, 10 Tin). A bare grade ("lớp 7") identifies nobody and stays. Source: how schools name classes."""

import re
from functools import lru_cache

from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, loose

_GRADE = r"(?:1[0-2]|[1-9])"
_SUBJECT = r"(?:chuyên )?(?:toán|văn|anh|tin|lý|hóa|sinh|sử|địa|pháp|trung)"
_CUE = r"(?:lớp|lop|lp|chi đội|khối)"


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    named = (
        rf"(?<!\w){_CUE}\s?[:\-]?\s?(?:"
        rf"{_GRADE}\s?[.\-/]?\s?[a-z]\d{{1,2}}(?!\w)"  # lớp 7a2, lớp 7 a2, lớp 10-A1
        rf"|{_GRADE}[.\-/]?[a-gk-pt](?!\w)"  # lớp 8b; 7h is a time unless typed H
        rf"|{_GRADE}\s?[/.]\s?\d{{1,2}}(?![\w/])"  # lớp 6/2
        rf"|{_GRADE} [a-g] \d{{1,2}}(?!\w)"  # lớp 7 a 2
        rf"|{_GRADE}\s?{_SUBJECT}(?:\s?\d)?(?!\w)(?! (?:ơi|em|chị|ấy|đã|đang|bị))"  # lớp 10 tin
        rf"|{_GRADE} [bcdg](?=\s*(?:$|[,.!?;)]|trường|thcs|thpt|tiểu học|c[123]\b))"  # lớp 8 b,
        rf"|chuyên (?:toán|văn|anh|tin|lý|hóa|sinh|sử|địa)(?!\w)"
        rf")"
    )
    # Without "lớp" the shape must be plain: 7A2, 10A1; 4g1 or 3d2 are not classes.
    shaped = rf"(?<![\w/.\-]){_GRADE}[a-e]\d{{1,2}}(?![\w.\-/])"
    learning = rf"(?<!\w)(?:học|hs|học sinh|đứa|bạn|thằng|con|bên|ở|trong|của)\s(?P<only>{_GRADE}[a-g])(?!\w)"
    return tuple(re.compile(loose(one)) for one in (named, shaped, learning))


@lru_cache(maxsize=1)
def _capital() -> re.Pattern[str]:
    return re.compile(
        r"(?i:l[ớơo]p)\s?(?:1[0-2]|[1-9])\s?[A-HK-PT]\d{0,2}(?!\w)|(?<![\w.,/])(?:1[0-2]|[1-9])[A-F](?!\w)"
    )


def find(views: TextViews) -> list[Span]:
    """The class with the word for it, where there is one."""
    if not views.has_digit:
        return []
    runs = [
        found.span("only" if "only" in pattern.groupindex else 0)
        for pattern in _patterns()
        for found in pattern.finditer(views.lower)
    ]
    runs += [found.span() for found in _capital().finditer(views.text)]
    return [Span(start, end, SpanType.CLASS) for start, end in runs]
