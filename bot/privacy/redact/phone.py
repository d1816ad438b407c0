"""Phone numbers of Việt Nam. Source: the numbering plan since 2018 (mobile 03 05 07 08 09, fixed lines 02).

Children dodge filters with o for 0, l for 1, dots, spaces and digits in words; hotlines and prices stay.
"""

import re
from functools import lru_cache

from bot.privacy.redact.digits import GAP, is_public, only_digits
from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, loose

_DIGIT = r"[0-9oli]"
_ZERO = r"[0o]"
_WORDS = {
    "không": "0", "khong": "0", "hong": "0", "ko": "0", "zero": "0", "o": "0", "một": "1", "mốt": "1", "hai": "2",
    "ba": "3", "bốn": "4", "tư": "4", "năm": "5", "lăm": "5", "nhăm": "5", "sáu": "6", "bảy": "7", "bẩy": "7",
    "tám": "8", "chín": "9",
}  # fmt: skip


@lru_cache(maxsize=1)
def _written() -> re.Pattern[str]:
    country = rf"\+?{GAP}84{GAP}(?:\(?{_ZERO}\)?{GAP})?"
    mobile = rf"(?:{country}|{_ZERO}{GAP})[35789s]{GAP}(?:{_DIGIT}{GAP}){{7}}{_DIGIT}"
    fixed = rf"(?:{country}|{_ZERO}{GAP})2{GAP}(?:{_DIGIT}{GAP}){{8}}{_DIGIT}"
    old = rf"{_ZERO}{GAP}1{GAP}(?:{_DIGIT}{GAP}){{8}}{_DIGIT}"
    return re.compile(
        rf"(?<![\d.,])(?<![a-zà-ỹ](?=[oO]))(?:\({_ZERO}\d{{2,3}}\)|)(?:{mobile}|{fixed}|{old})(?!\d)"
    )


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    cue = r"(?:sđt|sdt|số đt|đt|dt|số điện thoại|số máy|số phone|phone|hotline riêng|alo|gọi|gọi số|zalo|zl|liên hệ|lh|tel|mobile)"
    filler = r"(?:\s*(?:của|em|mình|nó|chú|tôi|tớ|cháu|anh|chị|mẹ|bố|là|số|qua|vào|cho|theo|này|nè)\b){0,4}"
    run = rf"\+?{_DIGIT}(?:{GAP}{_DIGIT}){{7,11}}"
    return re.compile(loose(rf"(?<!\w){cue}(?!\w){filler}[\s:=.\-]{{0,3}}") + rf"(?P<run>{run})(?!\w)")


@lru_cache(maxsize=1)
def _spoken() -> re.Pattern[str]:
    word = rf"(?:{loose('|'.join(sorted(_WORDS, key=len, reverse=True)))}|\d{{1,4}})"
    first = rf"(?:{loose('không')}|ko|zero|o|0\d{{0,3}}|{loose('cộng tám (?:tư|bốn)')})"
    return re.compile(rf"(?<!\w){first}(?:[\s,.\-]{{1,3}}{word}){{6,12}}(?!\w)")


def find(views: TextViews) -> list[Span]:
    """Every number that can be dialled and is not a hotline."""
    spans = [
        Span(*found.span(), SpanType.PHONE)
        for found in _spoken().finditer(views.lower)
        if _is_spoken(found[0])
    ]
    if not views.has_digit:
        return spans
    runs = [found.span() for found in _written().finditer(views.lower)]
    runs += [found.span("run") for found in _named().finditer(views.lower)]
    spans += [Span(start, end, SpanType.PHONE) for start, end in runs if _is_number(views.lower[start:end])]
    return spans


def _is_number(run: str) -> bool:
    digits = only_digits(run)
    typed = sum(letter.isdigit() for letter in run)
    return typed >= 5 and not is_public(digits) and not digits.endswith("00000") and len(set(digits)) > 1


def _is_spoken(run: str) -> bool:
    parts = re.findall(r"\w+", run)
    length = sum(len(part) if part.isdigit() else 1 for part in parts)
    spoken = sum(not part.isdigit() for part in parts)
    return 8 <= length <= 13 and spoken >= 3
