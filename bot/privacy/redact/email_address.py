"""E-mail addresses, also as children spell them out ("a còng gmail chấm com"). Source: RFC 5321's usual forms."""

import re
from functools import lru_cache

from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, loose

_AT = r"\s?(?:@|\(at\)|\[at\]|\ba còng\b|\ba vòng\b|\(a còng\))\s?"
_DOT = r"(?:\s?\.\s?|\s?\(dot\)\s?|\s+chấm\s+)"
_HOST = rf"(?:[a-z0-9-]+(?:{_DOT}[a-z0-9-]+)*?{_DOT}(?:com|vn|net|org|edu|gov|info|me|co|io)(?:\.vn)?|gmail|yahoo|hotmail|outlook|icloud)"
_LOCAL = r"[a-z0-9][a-z0-9._%+-]*(?:\s+chấm\s+[a-z0-9._-]+)?"


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    spelled = rf"(?<![\w.]){_LOCAL}{_AT}{_HOST}(?![\w-])"
    bare_host = rf"(?<![\w.]){_LOCAL}\s(?:gmail|yahoo|hotmail|outlook|icloud){_DOT}com(?!\w)"
    return re.compile(loose(spelled)), re.compile(loose(bare_host))


@lru_cache(maxsize=1)
def _hint() -> re.Pattern[str]:
    return re.compile(loose(r"@|\(at\)|\[at\]|còng|vòng|mail|yahoo|outlook|icloud"))


def find(views: TextViews) -> list[Span]:
    """Every address, written plainly or spelled out."""
    if not _hint().search(views.lower):
        return []
    return [Span(*found.span(), SpanType.EMAIL) for one in _patterns() for found in one.finditer(views.lower)]
