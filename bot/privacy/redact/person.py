"""Given names and nicknames after a cue ("chú Hùng", "thằng tí", "em tên Páo"). Source: names.txt and the words of kinship.

The more a name sounds like an everyday word, and the fewer marks were typed, the more must speak for it:
a strong cue, a capital inside the sentence, or what follows ("lớp", "nhà", a verb of doing). The cue stays.
"""

from functools import lru_cache

from bot.privacy.redact.full_name import famous_at, length_after_cue, length_at
from bot.privacy.redact.name_cues import (
    Cue,
    Strength,
    cue_before,
    follows_a_bare_person,
    follows_a_person,
    introduces,
    introduces_oneself,
)
from bot.privacy.redact.name_words import (
    has_company,
    in_class,
    is_brand,
    is_capital,
    is_distinct,
    is_given,
    is_known,
    is_word,
    never_capital,
    next_word,
    reads_as_word,
)
from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, Token
from bot.privacy.redact.wordlists import loose_names, names, spelled


def find(views: TextViews) -> list[Span]:
    """Every name that a cue, a capital or its own sound gives away."""
    spans, at = [], 0
    while at < len(views.tokens):
        length = _length_at(views, at)
        if length:
            spans.append(Span(views.tokens[at].start, views.tokens[at + length - 1].end, SpanType.PERSON))
        at += length or 1
    return spans


def _length_at(views: TextViews, at: int) -> int:
    token = views.tokens[at]
    cue = cue_before(views.tokens, at)
    named = _is_named(views, at, token, cue)
    if not named:
        return 0
    length = _full_length(views, at, cue) or 1 + _more(views, at)
    return 0 if famous_at(views, token.start) else length


def _full_length(views: TextViews, at: int, cue: Cue | None) -> int:
    plain = length_at(views, at)
    if plain or cue is None:
        return plain
    introduced = cue.strength is Strength.INTRODUCED
    return length_after_cue(views, at, introduced=introduced, sure=cue.strength is not Strength.WEAK)


def _is_named(views: TextViews, at: int, token: Token, cue: Cue | None) -> bool:
    if cue is None:
        return _stands_alone(views, at, token)
    if cue.strength is Strength.INTRODUCED:
        return bool(_full_length(views, at, cue)) or _is_introduced(views, at, token)
    if is_capital(views, token):
        return _is_capital_name(views, at, token, cue)
    return not is_word(views, at, token) and _is_small_name(views, at, token, cue)


def _is_introduced(views: TextViews, at: int, token: Token) -> bool:
    """After "tên là" anything is a name that is no small word."""
    if (
        token.lower in _never_introduced()
        or len(token.lower) < 2
        or (is_word(views, at, token) and not token.titled)
    ):
        return False
    before = views.tokens[at - 1]
    if is_capital(views, token) or (
        is_given(token)
        and not (
            reads_as_word(views, token)
            and before.bare == "ten"
            and not introduces_oneself(views.tokens, at)
            and not in_class(views, at)
        )
    ):
        return True
    return before.bare == "la" and (
        token.lower in loose_names("nickname") or token.lower not in loose_names("stop")
    )


def _is_capital_name(views: TextViews, at: int, token: Token, cue: Cue) -> bool:
    if token.lower in never_capital() or is_brand(token):
        return False
    if is_given(token) or token.lower in names("nickname"):
        return True
    return cue.strength is Strength.STRONG and token.lower not in names("stop")


def _is_small_name(views: TextViews, at: int, token: Token, cue: Cue) -> bool:
    """Small letters: the word must be a known name, and everyday words need company."""
    if _full_length(views, at, cue):
        return True
    nicknames = names("nickname") if views.marked else loose_names("nickname")
    if token.lower in nicknames and cue.childish and (token.lower not in names("stop") or not views.marked):
        return _is_nickname(views, at, token)
    if token.lower in names("stop"):
        return False
    if not is_known(views, token):
        return length_at(views, at) > 0 or (cue.strength is Strength.STRONG and _is_surname(views, at, token))
    if not views.marked:
        return _is_bare_name(views, at, token, cue)
    if reads_as_word(views, token):
        return (cue.strength is Strength.STRONG and has_company(views, at)) or in_class(views, at)
    return cue.strength is Strength.STRONG or is_distinct(token) or has_company(views, at)


def _is_nickname(views: TextViews, at: int, token: Token) -> bool:
    if token.lower not in names("everyday bare") or (views.marked and token.lower not in names("everyday")):
        return True
    after = next_word(views, at)
    if not views.marked and views.tokens[at - 1].bare not in ("thang", "be", "cu", "ten", "la"):
        return False
    return after is not None and follows_a_bare_person(views.tokens, at + 1)


def _is_surname(views: TextViews, at: int, token: Token) -> bool:
    """A surname that is no given name, before a given name that is no other word: "bạn đặng tuấn"."""
    after = next_word(views, at)
    if after is None or token.lower not in names("surname") | names("bare surname clear"):
        return False
    return (
        is_known(views, after) and not reads_as_word(views, after) and after.lower not in loose_names("stop")
    )


def _is_bare_name(views: TextViews, at: int, token: Token, cue: Cue) -> bool:
    """Without marks most short words are several words ("nam": Nam, năm, nằm), so company decides."""
    if in_class(views, at):
        return True
    after = next_word(views, at)
    if token.lower in loose_names("stop") and (
        token.lower not in _RESCUED
        or (cue.strength is Strength.WEAK and at > 1 and views.tokens[at - 1].bare in _PRONOUNS)
    ):
        return False
    if after is not None and after.bare == "anh" and token.bare in _BEFORE_ANH and at + 2 < len(views.tokens):
        return follows_a_bare_person(views.tokens, at + 2)
    if cue.described and after is not None and follows_a_person(views.tokens, at + 1):
        return True
    if token.lower in names("everyday bare") or token.lower in _RESCUED:
        return after is not None and follows_a_bare_person(views.tokens, at + 1)
    return cue.strength is Strength.STRONG or after is None or follows_a_person(views.tokens, at + 1)


def _more(views: TextViews, at: int) -> int:
    """How many further words belong to the name: "bảo ngọc", "tuấn anh", "Mai Phương"."""
    count = 0
    while count < 3:
        after = next_word(views, at + count)
        if after is None or not _goes_on(views, at + count, after):
            break
        count += 1
    return count


def _goes_on(views: TextViews, at: int, after: Token) -> bool:
    here = views.tokens[at]
    if is_capital(views, here):
        return is_capital(views, after) and after.lower not in never_capital() and not is_brand(after)
    if after.bare == "anh":
        return here.bare in _BEFORE_ANH and not introduces(views.tokens, at + 1)
    if after.lower in names("stop") or is_word(views, at + 1, after):
        return False
    return is_given(after) and not reads_as_word(views, after)


def _stands_alone(views: TextViews, at: int, token: Token) -> bool:
    """Without a cue: a capital given name inside a sentence, or a telling one called or acted upon."""
    if not is_given(token) or is_word(views, at, token):
        return False
    if is_capital(views, token) and not _opens(views, at):
        return not is_brand(token) and token.lower not in names("stop") and not _in_capital_phrase(views, at)
    if is_capital(views, token) and in_class(views, at):
        return True
    telling = is_distinct(token) and token.lower not in names("everyday")
    after = next_word(views, at)
    if is_capital(views, token) and after is not None:
        known = token.lower in names("distinct") and follows_a_person(views.tokens, at + 1)
        acted = token.lower not in names("stop") and (
            after.bare == "oi" or follows_a_bare_person(views.tokens, at + 1)
        )
        return not is_capital(views, after) and (known or acted)
    before = views.tokens[at - 1] if at and token.joined else None
    return telling and before is not None and before.lower in _TOWARDS


def _opens(views: TextViews, at: int) -> bool:
    return at == 0 or any(sign in views.tokens[at].gap for sign in '.!?\n:"“')


def _in_capital_phrase(views: TextViews, at: int) -> bool:
    """A neighbour with a capital that is no name makes it a place or a title ("Việt Nam", "Hải Phòng")."""
    before = views.tokens[at - 1] if at and views.tokens[at].joined else None
    after = next_word(views, at)
    for other in (before, after):
        if other is not None and is_capital(views, other) and not is_given(other) and not _is_cue_word(other):
            return True
    pair = " ".join(
        token.bare
        for token in (before, views.tokens[at], after)
        if token is not None and is_capital(views, token)
    )
    return any(place in pair for place in _PLACE_PAIRS)


def _is_cue_word(token: Token) -> bool:
    return token.lower in names("stop")


@lru_cache(maxsize=1)
def _never_introduced() -> frozenset[str]:
    return spelled(
        "gì em mình tôi tớ nó con cháu bạn của là và mà thì có không nào này kia đó ấy thật giả tuổi đầy đủ khai trường lớp ai sao trên bị được tài khoản miền file nhóm "
        "game hiển thị hay cho các những một với ở như người bố mẹ anh chị cô chú bác ông bà thế vậy ra vào lên rồi cũng nhưng đẹp xấu hơi rất quá học sinh biết nhớ hỏi riêng bí mật gọi cụ để e".split()
    )


# Bare spellings that are names as often as they are the small words they collide with, where company speaks.
_RESCUED = frozenset(
    "tuan nam dung mai hien hieu huyen khoa khoi kien lan nhung phuong quan quyen thai tham thang thu tien toan trang trung tuyet vien viet ha hang hong duong dat tung tam canh nhi quy".split()
)
_PRONOUNS = frozenset("em con chau minh a c b e to nha".split())
_TOWARDS = frozenset(
    "với bị cho của bởi cùng thích yêu gặp ghét quen thằng tag nhớ chặn cạnh tên là nhắn gọi hỏi sợ thấy bạn".split()
)
_BEFORE_ANH = frozenset(
    "tuan lan ngoc hoang quynh van mai kim hai nam duc viet the phuong tram ha bao thuy chau duy nhat minh hong tu trung lam vu".split()
)
_PLACE_PAIRS = ("viet nam", "ha noi", "hai phong", "cao bang", "nam dinh", "ha giang", "da nang", "an giang", "thai nguyen", "quang ninh", "trung quoc", "hai duong", "phu tho", "thanh hoa", "binh duong", "lien quan", "bac giang", "vinh phuc", "ha long", "hoa binh")  # fmt: skip
