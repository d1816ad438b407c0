"""Links and bare domains. Source: the generic and country domains seen in Vietnamese chat; short links are listed.

The front page of a service everybody uses ("facebook.com") or of a helpline tells nothing about anybody and stays.
"""

import re
from functools import lru_cache

from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, loose

_SAFE_DOMAINS = (
    r"com|vn|net|org|edu|gov|info|xyz|site|online|website|store|shop|club|top|pro|biz|dev|icu|vip|win|bet|live|link|"
    r"app|page|blog|space|cloud|world|asia|mobi|click|fun|io|gg|ru|cn|kr|jp|tk|ml"
)
# These endings are also Vietnamese or English words after a full stop ("khong.co ai"), so a path must follow.
_WORDY_DOMAINS = r"co|me|to|us|ly|la|tv|cc|be|gl|ee|ai|in|id|is"
_SHORTENERS = (
    r"bit\.ly|t\.me|m\.me|youtu\.be|fb\.me|fb\.com|fb\.gg|wa\.me|goo\.gl|discord\.gg|vt\.tiktok\.com|zalo\.me"
)
_PUBLIC = frozenset(
    "facebook.com youtube.com google.com google.com.vn tiktok.com zalo.me zalo.vn gmail.com instagram.com "
    "tongdai111.vn vn-cop.vn takeitdown.ncmec.org takeitdown.ncmec.org/vi stopncii.org report.iwf.org.uk "
    "canhbao.khonggianmang.vn khonggianmang.vn chongthurac.vn tingia.gov.vn roblox.com shopee.vn".split()
)
_PATH = r"(?:[/?#][^\s<>\"'…]*)"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    parts = (
        r"(?:https?|hxxps?)\s?:\s?/\s?/\s?[^\s<>\"']+",
        r"www\.[^\s<>\"']+",
        rf"(?:{_SHORTENERS})\s?/\s?[^\s<>\"']+",
        rf"(?:{_LABEL}\.)+(?:{_SAFE_DOMAINS})(?:\.[a-z]{{2,3}})?(?::\d+)?(?![\w-]){_PATH}?",
        rf"(?:{_LABEL}\.)+(?:{_WORDY_DOMAINS})/[^\s<>\"']+",
        rf"[a-z0-9-]{{2,}}(?:\s+chấm\s+|\s?\(?\bdot\b\)?\s?|\s+\.\s?|\[\.\])(?:com|vn|net|org|xyz)(?!\w){_PATH}?",
    )
    return re.compile(loose(rf"(?<![\w@.-])(?:{'|'.join(parts)})"))


@lru_cache(maxsize=1)
def _hint() -> re.Pattern[str]:
    return re.compile(loose(r"[.:\]]|chấm|\bdot\b"))


def find(views: TextViews) -> list[Span]:
    """Every link but the front pages of public services; closing punctuation stays outside."""
    if not _hint().search(views.lower):
        return []
    spans = []
    for found in _pattern().finditer(views.lower):
        shown = found[0].rstrip(".,;:!?)]}”’…")
        if _identifies(shown):
            spans.append(Span(found.start(), found.start() + len(shown), SpanType.URL))
    return spans


def _identifies(shown: str) -> bool:
    page = re.sub(r"^https?://", "", shown).removeprefix("www.").rstrip("/")
    return page not in _PUBLIC
