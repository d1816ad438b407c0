"""Dates of birth, only beside a word for birth; any other date or an age stays. Source: ways of writing a date in Việt Nam."""

import re
from functools import lru_cache

from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, loose

_CUE = r"(?:ngày tháng năm sinh|ngày sinh|năm sinh|sinh ngày|sinh nhật|sinh năm|sinh vào|sinh hôm|sinh tháng|sinh mùng|sinh mồng|sinh|snhat|sn|ns|dob|đẻ ngày|đẻ năm|birthday)"
_FILLER = r"(?:[\s:]*(?:của|em|mình|nó|tôi|tớ|cháu|con|bé|bạn|anh|chị|ấy|là|vào|hôm|ngày|đó|năm|tháng|mùng|mồng|thật|trên giấy)\b){0,6}[\s:=\-]{0,3}"
_NUMBER = r"(?:\d{1,2}|mười (?:một|hai|ba|bốn|lăm|sáu|bảy|tám|chín)|hai mươi(?: \w+)?|ba mươi(?: mốt)?|một|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười|chạp|giêng)"
_DIGITS = r"\d{1,2}\s?[/.\-–]\s?\d{1,2}(?:\s?[/.\-–]\s?(?:\d{4}|\d{2}))?"
_ISO = r"(?:19|20)\d{2}[/.\-]\d{1,2}[/.\-]\d{1,2}"
_WORDED = rf"(?:ngày\s|mùng\s|mồng\s)?{_NUMBER}\s*(?:tháng|thg|th|t)\s*{_NUMBER}(?:\s*,?\s*(?:năm\s*)?(?:\d{{4}}|2k\d{{1,2}}|hai nghìn(?: \w+){{1,4}}))?"
_SPACED = r"\d{1,2} \d{1,2} (?:19|20)\d{2}|\d{2}\d{2}(?:19|20)\d{2}"
_DATE = rf"(?:{_ISO}|{_DIGITS}|{_WORDED}|{_SPACED})"


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    after_cue = rf"(?<!\w){_CUE}(?!\w){_FILLER}(?P<date>{_DATE})(?!\w)"
    # "trẻ sinh năm 2015 thì có được lập tài khoản không" asks about a rule and names nobody.
    year = r"(?:sinh năm|năm sinh|sn|sinh)\s?:?\s?(?:là\s)?(?P<date>(?:19|20)\d{2})(?!\w)(?!\s?(?:thì|trở|đổ|mới|được|có được|hay)\b)"
    before_cue = rf"(?<![\w/])(?P<date>{_DATE})\s(?:là\s)?(?:ngày\s)?(?:sinh nhật|sinh|snhat)\b"
    return tuple(re.compile(loose(one)) for one in (after_cue, rf"(?<!\w){year}", before_cue))


def find(views: TextViews) -> list[Span]:
    """The date itself; the words around it stay."""
    if "s" not in views.lower and "d" not in views.bare and "n" not in views.lower:
        return []
    return [
        Span(*found.span("date"), SpanType.DATE_OF_BIRTH)
        for one in _patterns()
        for found in one.finditer(views.lower)
    ]
