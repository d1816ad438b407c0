"""Accounts on networks and in games. Source: how handles look on Facebook, Zalo, TikTok, Discord, Roblox, Free Fire."""

import re
from functools import lru_cache

from bot.privacy.redact.digits import is_public
from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, loose
from bot.privacy.redact.wordlists import loose_names, names, spelled

_SITES = (
    r"facebook|facbook|fbook|face|fb|phây|zalo|zl|instagram|insta|ig|ins|tiktok|tik tok|top top|tóp tóp|telegram|tele|discord|dis|"
    r"messenger|mess|snapchat|snap|threads|twitter|youtube|ytb|yt|roblox|rb|free fire|ff|liên quân|lq|lqmb|pubg|minecraft|mine|play together|valorant|lol|steam|kênh|wechat|viber|locket"
)
_KINDS = r"nick ?name|nick|ních|ních nêm|acc|account|tài khoản|tk|tên tài khoản|id game|idgame|id|uid|user ?name|user|tên game|tên trong game|ign|in game"
_OWNERS = r"của|em|e|mình|mk|t|tớ|nó|hắn|ổng|bạn ấy|bạn|anh ta|anh ấy|anh|chị|chú ấy|chú|thằng đó|thằng ấy|thằng|con|con bé|đó|ấy|kia|này|cháu|tôi|tao|bả|bố|mẹ"
_WORDS = r"tên là|tên|là|tìm|kb|kết bạn|add|ib|inbox|qua|số|game|chính|phụ|cũ|mới|clone|nha|nè|đây"


@lru_cache(maxsize=1)
def _cue() -> re.Pattern[str]:
    cue = rf"(?<!\w)(?:(?:{_KINDS})(?:\s+(?:{_SITES}))?|(?:{_SITES})(?:\s+(?:{_KINDS}))?)(?!\w)"
    filler = rf"(?P<filler>(?:[\s:]+(?:{_OWNERS}|{_WORDS})(?!\w))*)(?P<sign>[\s:=\-–\"“']*)"
    return re.compile(loose(cue + filler))


@lru_cache(maxsize=1)
def _handle() -> re.Pattern[str]:
    return re.compile(r"@?[\w][\w.#-]*[\w#]", re.ASCII)


@lru_cache(maxsize=1)
def _plain() -> re.Pattern[str]:
    at = r"(?<![\w.@])@[a-z0-9_][\w.]{1,40}"
    tagged = r"(?<!\w)[^\W\d_][\w.]{1,30}#\d{3,5}(?!\w)"
    lined = (
        r"(?<![\w@/.])_*[a-z0-9]+(?:[._]*_[._]*[a-z0-9]+)+_*(?![\w@])|(?<![\w@/.])_+[a-z0-9.]{3,}_*(?![\w@])"
    )
    return re.compile(rf"{at}|{tagged}|{lined}")


@lru_cache(maxsize=1)
def _mixed() -> re.Pattern[str]:
    return re.compile(r"(?<![\w@/.])(?=[a-z0-9.]*[a-z]{3})(?=[a-z0-9.]*\d)[a-z][a-z0-9.]{4,30}(?![\w@])")


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    """Small words that end a display name, or show that none follows."""
    words = (
        "của em mình tôi tớ nó bị có không ko k thì mà và với để cho là ai gì nào đâu sao thế này kia ấy đó đi rồi ạ à nhé nha bao giờ khi nếu nhưng hay hoặc "
        "cứ đang đã sẽ được vào ra lên trên ở từ người ta bạn cũng nên phải muốn thấy nhắn gửi đăng chơi dùng lập mất hack khóa khoá xóa bảo chặn báo lừa kết add "
        "inbox một hai những các mấy nhiều lạ riêng tư ngân hàng mật khẩu an toàn giả ảo thật mới cũ chính chủ hộ giúp xin hỏi làm như cách vì nên do sau trước anh chị chú "
        "cô bác ông bà bố mẹ con cháu thằng đứa hôm nay qua mai tối sáng chưa vẫn chỉ toàn suốt quá lắm luôn game online group nhóm chat video clip ảnh story live trẻ học sinh "
        "kết bạn lại nữa đòi cái lấy bán mua nạp đổi cấm tuổi đủ cần app mạng bật tắt cài đặt trang số tin để mở xem tên on off hình đại diện hết hẳn"
    )
    return spelled(words.split())


def find(views: TextViews) -> list[Span]:
    """Handles by their shape, and whatever follows "nick em là …"."""
    spans = [
        Span(*found.span(), SpanType.ACCOUNT)
        for found in _plain().finditer(views.bare)
        if _is_handle(found[0])
    ]
    cues = list(_cue().finditer(views.lower))
    for cue in cues:
        span = _after(views, cue)
        if span:
            spans.append(span)
    if cues:
        spans += [Span(*found.span(), SpanType.ACCOUNT) for found in _mixed().finditer(views.bare)]
    return spans


def _is_handle(word: str) -> bool:
    return any(letter.isalpha() for letter in word) and len(word.strip("_.")) >= 3


def _after(views: TextViews, cue: re.Match[str]) -> Span | None:
    handle = _handle().match(views.lower, cue.end())
    if handle and _is_shaped(handle[0]) and not _continues(views.lower, handle.end()):
        return Span(*handle.span(), SpanType.ACCOUNT)
    if _announces(cue):
        end = _name_end(views, cue.end())
        return Span(cue.end(), end, SpanType.ACCOUNT) if end else None
    return None


def _continues(lower: str, end: int) -> bool:
    return end < len(lower) and lower[end].isalpha()


def _is_shaped(word: str) -> bool:
    if word.isdigit():
        return len(word) >= 6 and not is_public(word)
    letters = sum(letter.isalpha() for letter in word)
    return letters >= 2 and any(letter in "_.#@" or letter.isdigit() for letter in word)


def _announces(cue: re.Match[str]) -> bool:
    """Whether the words before promise a name: "là", "tên", a colon, a quotation mark."""
    words = cue["filler"].split()
    promised = any(sign in cue["sign"] for sign in ':="“') or any(word in _promises() for word in words)
    return promised or cue[0].lower().split()[0] in ("nick", "ních")


@lru_cache(maxsize=1)
def _promises() -> frozenset[str]:
    return spelled(["là", "tên"])


@lru_cache(maxsize=1)
def _closing() -> frozenset[str]:
    """Fewer words end a display name that has begun, as "tu" may be "từ" and "Tử"."""
    marked = "của em mình tôi nó bị có không thì mà và với là ai gì đâu đi rồi ạ nhé nha hay đang đã được vào ở người cũng nhắn gửi đăng chơi lừa hack chặn báo kết add"
    return frozenset(marked.split()) | frozenset(
        "cua em minh toi no bi co khong ko k thi ma va voi la ai gi roi nhe dang duoc vao nguoi cung nhan gui choi lua hack chan bao ket add".split()
    )


def _is_double_name(views: TextViews, at: int) -> bool:
    """Whether two words stand here that are names together, as "mai nguyen"."""
    words = re.compile(r"([^\W\d_]+) ([^\W\d_]+)").match(views.lower, at)
    if words is None:
        return False
    return words[1] in loose_names("clear") and words[2] in names("bare surname clear") | names("surname")


def _is_capital(views: TextViews, at: int) -> bool:
    return views.capitals_mean_names and views.text[at].isupper()


def _name_end(views: TextViews, at: int) -> int:
    """End of a display name: up to five words that are no ordinary small words."""
    end = 0
    word = re.compile(r"[\w.#@-]*\w")
    for _ in range(5):
        found = word.match(views.lower, at)
        small = _ordinary() if not end else _closing()
        if (
            not found
            or (found[0] in small and not _is_double_name(views, at) and not _is_capital(views, at))
            or (found[0].isdigit() and len(found[0]) < 4)
        ):
            break
        end = at = found.end()
        if not (gap := re.compile(r"[ ]+").match(views.lower, at)):
            break
        at = gap.end()
    return end
