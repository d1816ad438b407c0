"""How a single word is read: as a known name, as an everyday word, as either."""

from functools import lru_cache

from bot.privacy.redact.name_cues import follows_a_person
from bot.privacy.redact.views import TextViews, Token
from bot.privacy.redact.wordlists import compounds, loose_names, names

_BRANDS = frozenset(
    "facebook zalo tiktok google youtube roblox telegram messenger instagram minecraft garena internet discord gmail iphone samsung oppo "
    "viet cong vietnam bot admin ai app wifi vtv sim sms otp cccd momo viettel vina mobi shopee netflix anime idol kpop bts blackpink tet noel "
    "free fire lien wave dream toan van ly hoa su dia tin gdcd ngu chua phat".split()
) - {"van", "ly", "hoa"}


def is_capital(views: TextViews, token: Token) -> bool:
    return token.titled and views.capitals_mean_names and len(token.lower) > 1


def reads_as_word(views: TextViews, token: Token) -> bool:
    if token.unmarked and not views.marked:
        return token.lower in names("everyday bare")
    if token.unmarked and token.lower not in names("clear") and token.lower not in names("distinct"):
        return token.lower in names("everyday bare")
    return token.lower in names("everyday")


def is_given(token: Token) -> bool:
    return token.lower in loose_names("distinct") or token.lower in loose_names("clear")


def is_known(views: TextViews, token: Token) -> bool:
    """In a message typed with marks a name has its own; only a telling one may lack them."""
    if not views.marked:
        return is_given(token)
    if token.lower in names("clear") or token.lower in names("distinct"):
        return True
    return (
        token.unmarked
        and token.lower in loose_names("distinct")
        and token.lower not in names("everyday bare")
    )


def is_distinct(token: Token) -> bool:
    return token.lower in names("distinct") and not token.unmarked


def is_word(views: TextViews, at: int, token: Token) -> bool:
    """Whether the syllable belongs to an everyday pair, on either side."""
    exact, bare = compounds()
    before = views.tokens[at - 1] if at and token.joined else None
    after = next_word(views, at)
    for first, second in ((before, token), (token, after)):
        if first is None or second is None:
            continue
        if (first.lower, second.lower) in exact:
            return True
        if first.unmarked and second.unmarked and (first.bare, second.bare) in bare and not views.marked:
            return True
    return False


def next_word(views: TextViews, at: int) -> Token | None:
    after = views.tokens[at + 1] if at + 1 < len(views.tokens) else None
    return after if after and after.joined else None


def is_brand(token: Token) -> bool:
    return token.bare in _BRANDS


@lru_cache(maxsize=1)
def never_capital() -> frozenset[str]:
    return names("stop") - {"nhi", "tây", "hiền", "an", "sự", "công", "tiến", "toàn", "ngoan"}


def in_class(views: TextViews, at: int) -> bool:
    after = next_word(views, at)
    if after is None or after.lower not in ("lớp", "lop"):
        return False
    said = views.bare[after.end : after.end + 5].strip()
    return said[:1].isdigit() or said in ("ben", "em", "minh", "ta")


def has_company(views: TextViews, at: int) -> bool:
    """What follows speaks of a person: the end of a phrase, a school class, a house, a verb of doing."""
    after = next_word(views, at)
    return after is None or follows_a_person(views.tokens, at + 1)
