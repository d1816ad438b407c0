"""Numbers of identity papers. Source: CCCD and mã định danh have 12 digits (first three the province, 001-096), CMND 9,
a passport one letter and 7 or 8 digits, a health-insurance card two letters and 13 digits.
"""

import re
from functools import lru_cache

from bot.privacy.redact.digits import GAP, follows_game_cue, is_public, only_digits
from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, loose

_CUE = (
    r"(?:cccd|cmnd|cmt|cmtnd|căn cước(?: công dân)?|chứng minh(?: thư| nhân dân)?|số giấy tờ|mã định danh|số định danh|"
    r"định danh|hộ chiếu|passport|giấy khai sinh|bhyt|bảo hiểm(?: y tế)?|mã học sinh|mã hs|mã số thuế|mst|số báo danh|sbd|thẻ học sinh)"
)
_FILLER = r"(?:\s*(?:của|em|mình|nó|tôi|tớ|cháu|mẹ|bố|con|anh|chị|là|số|thẻ|cá nhân|đây|nè|gắn chip)\b){0,5}[\s:=.\-#]{0,3}"


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    run = rf"(?:[a-z]{{1,3}}\s?)?\d(?:{GAP}\d){{5,14}}"
    return re.compile(loose(rf"(?<!\w){_CUE}(?!\w){_FILLER}") + rf"(?P<run>{run})(?!\w)")


@lru_cache(maxsize=1)
def _plain() -> re.Pattern[str]:
    citizen = r"0\d{2}[\s.\-]?\d{3}[\s.\-]?\d{3}[\s.\-]?\d{3}"
    passport = r"[bcnpek]\d{7,8}"
    health = r"[a-z]{2}\s?\d\s?\d{2}\s?\d{10}"
    return re.compile(rf"(?<![\w.,])(?:{citizen}|{passport}|{health}|\d{{9}}|\d{{12}})(?![\w])(?![.,]\d)")


def find(views: TextViews) -> list[Span]:
    """Numbers after the name of a paper, and bare runs of 9 or 12 digits that are no round sum."""
    if not views.has_digit:
        return []
    spans = [Span(*found.span("run"), SpanType.ID_NUMBER) for found in _named().finditer(views.lower)]
    for found in _plain().finditer(views.lower):
        digits = only_digits(found[0])
        if (
            not is_public(digits)
            and not follows_game_cue(views.bare, found.start())
            and not digits.endswith("000")
        ):
            spans.append(Span(*found.span(), SpanType.ID_NUMBER))
    return spans
