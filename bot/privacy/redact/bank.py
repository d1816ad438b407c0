"""Bank account and card numbers. Source: names and short names of banks and wallets on the State Bank's list."""

import re
from functools import lru_cache

from bot.privacy.redact.digits import follows_game_cue, is_public, only_digits
from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, loose

_BANKS = (
    r"mb ?bank|mb|vcb|vietcombank|vietcom|agribank|agri|bidv|vietin(?:bank)?|ctg|techcom(?:bank)?|tcb|tp ?bank|tpb|acb|"
    r"vp ?bank|vpb|sacombank|stb|vib|shb|hd ?bank|ocb|msb|sea ?bank|lien ?viet(?:post ?bank)?|lpbank|lpb|eximbank|"
    r"oceanbank|cake|timo|viettel ?money|shopee ?pay|zalo ?pay|vnpay|nam a bank|bac a bank|kien long"
)
_CUE = (
    rf"(?:stk|s\.t\.k|số tài khoản|số tk|tk ngân hàng|tài khoản ngân hàng|tk|tài khoản|số thẻ|thẻ atm|thẻ visa|thẻ ngân hàng|"
    rf"chuyển khoản|ck|bank|banking|ngân hàng|nh|chuyển tiền|{_BANKS})"
)
_FILLER = (
    rf"(?:[\s:,\-–(]*(?:của|em|mình|nó|tôi|tớ|cháu|mẹ|bố|con|anh|chị|chú|là|số|qua|vào|cho|tới|đến|tk|stk|này|nè|bank|"
    rf"ngân hàng|nh|{_BANKS})\b){{0,6}}[\s:=.\-–)]{{0,4}}"
)
_RUN = r"\d(?:[\s.\-]?\d){5,18}"


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    return re.compile(loose(rf"(?<!\w){_CUE}(?!\w){_FILLER}") + rf"(?P<run>{_RUN})(?!\w)(?![.,]\d)")


@lru_cache(maxsize=1)
def _followed() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?P<run>{_RUN})\s?[,\-–(]?\s?" + loose(rf"(?:(?:ngân hàng|nh|bank)\s)?(?:{_BANKS})(?!\w)")
    )


@lru_cache(maxsize=1)
def _plain() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w.,])(?:\d{4}[ \-]\d{4}[ \-]\d{4}[ \-]\d{4}(?:[ \-]\d{3})?|\d{13,19}|[1-9]\d{9,10})(?!\w)(?![.,]\d)"
    )


def find(views: TextViews) -> list[Span]:
    """Numbers beside a bank's name or "stk", and bare runs as long as a card's; round sums are prices."""
    if not views.has_digit:
        return []
    runs = [found.span("run") for one in (_named(), _followed()) for found in one.finditer(views.lower)]
    plain = [found.span() for found in _plain().finditer(views.lower)]
    runs += [
        run
        for run in plain
        if not follows_game_cue(views.bare, run[0]) and not _looks_like_a_phone(views.lower[slice(*run)])
    ]
    return [Span(start, end, SpanType.BANK) for start, end in runs if _is_account(views.lower, start, end)]


def _looks_like_a_phone(run: str) -> bool:
    return len(run) == 11 and run[:2] == "84" and run[2] in "35789"


def _is_account(lower: str, start: int, end: int) -> bool:
    digits = only_digits(lower[start:end])
    priced = re.match(loose(r"\s?(?:k|đ|đồng|vnđ|vnd|tr|triệu|nghìn|ngàn|tỷ|tỉ)\b"), lower[end:])
    return not priced and not is_public(digits) and not digits.endswith("000")
