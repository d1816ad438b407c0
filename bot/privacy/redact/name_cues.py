"""Words that announce a name, and words that follow one. Source: Vietnamese kinship terms and titles, north and south."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from bot.privacy.redact.views import Token
from bot.privacy.redact.wordlists import spelled


class Strength(IntEnum):
    """How surely a name follows."""

    WEAK = 1
    STRONG = 2
    INTRODUCED = 3


@dataclass(frozen=True)
class Cue:
    """``childish`` cues are followed by nicknames, too; ``described``: a title stands between."""

    strength: Strength
    childish: bool = False
    described: bool = False


_STRONG = "thằng thg tk chú bác cô thầy thày anh chị bạn dì cậu mợ ông thím dượng bà bé cu lão nhỏ nhóc đứa bồ ck vk cj chj thèng thk cụ ngài sếp mụ a c b chế".split()
_WEAK = "em con cháu cái mình tớ bố mẹ ba má thầy nhà lớp vợ chồng e sinh".split()
_CHILDISH = "thằng thg thk thèng cu bé con bạn em anh chị cháu nhóc nhỏ cái tk".split()
# Words between the cue and the name: "cô chủ nhiệm Hoa", "anh hàng xóm tên Đức", "bạn cùng lớp Nam".
_BETWEEN = {
    "giáo": 1, "dạy toán": 2, "dạy văn": 2, "dạy anh": 2, "dạy thêm": 2, "dạy": 1, "chủ nhiệm": 2, "hiệu trưởng": 2, "hiệu phó": 2,
    "hàng xóm": 2, "họ": 1, "trai": 1, "gái": 1, "út": 1, "cả": 1, "ruột": 1, "nuôi": 1, "dượng": 1, "thân": 1, "cùng lớp": 2,
    "cùng bàn": 2, "cùng trường": 2, "cùng xóm": 2, "thể dục": 2, "bảo vệ": 2, "lớp trưởng": 2, "công an": 2, "trưởng thôn": 2, "bí thư": 2,
    "xe ôm": 2, "nội": 1, "ngoại": 1, "bạn": 1, "tổng phụ trách": 3, "kế": 1, "chồng": 1, "rể": 1, "dâu": 1, "bạn thân": 2, "yêu": 1, "cũ": 1, "bé": 1, "tổ trưởng": 2,
}  # fmt: skip
_INTRODUCING = (
    "tên là", "tên em là", "tên mình là", "tên con là", "tên cháu là", "tên tớ là", "tên nó là", "tên tôi là", "tên bạn ấy là", "tên chú ấy là", "tên thật là", "tên thật",
    "tên của em là", "tên đầy đủ là", "tên khai sinh là", "họ tên", "họ và tên", "họ tên là", "họ và tên là", "tên", "tên e là", "tên t là", "tên ổng là", "tên anh ấy là",
    "gọi em là", "gọi mình là", "gọi con là", "gọi cháu là", "tên gọi là", "tên gọi ở nhà là", "tên ở nhà là", "biệt danh là", "biệt danh", "tên con trai tôi là", "tên con gái tôi là",
)  # fmt: skip
_COPULAS = (
    "em là",
    "mình là",
    "con là",
    "cháu là",
    "tôi là",
    "tớ là",
    "đây là",
    "tên",
    "nó là",
    "đó là",
    "chính là",
    "thủ phạm là",
)
_DOING = (
    "lớp nhà hàng bên cạnh gần cùng học hay cứ bắt đánh sờ rủ nhắn bảo nói đòi trêu bị đã đang sẽ ở kia ấy với ơi làm chặn dọa đe hôm lúc cũng là vừa toàn tự dụ ép "
    "cho đọc doạ chụp quay đăng gửi gọi hỏi lấy cướp chửi mắng xúc phạm dạy đến sang vào ra về đưa chở thích yêu ghét và ôm hôn biết có không thì mà rất lừa hack vay đó này nó xin "
    "năm tuổi trường số sđt tên nghỉ khóc buồn uống say đuổi tát đấm đá ăn nhưng giật kéo khoe tung lan thân xóm người ngồi hứa hẹn trốn bỏ viết lén nhìn"
)
_BARE_DOING = frozenset(
    "lop nha hang ben canh danh bat ru nhan doa chui om hon day o ten que sdt so trom ep dam tat duoi bao cung va voi cu lay xin doi".split()
)
_DOING_BARE_NOT = frozenset("an la nam thi ma co khong y nay do".split())


@lru_cache(maxsize=1)
def _single() -> dict[str, Cue]:
    childish = spelled(_CHILDISH)
    table = {word: Cue(Strength.WEAK, word in childish) for word in spelled(_WEAK)}
    table.update({word: Cue(Strength.STRONG, word in childish) for word in spelled(_STRONG)})
    for bare in (
        "chi",
        "thay",
        "chu",
        "bac",
        "bu",
        "co",
        "ba",
        "nho",
        "cau",
        "ong",
        "bo",
        "me",
        "ma",
        "dua",
        "lao",
        "cai",
        "be",
        "a",
        "c",
        "b",
        "tk",
        "con",
        "cu",
    ):
        table[bare] = Cue(Strength.WEAK, bare in childish)
    for bare in ("di", "mo", "thim", "lao", "bu"):
        table.pop(bare, None)
    return table | {"cu": Cue(Strength.STRONG, True), "ông": Cue(Strength.STRONG), "cô": Cue(Strength.STRONG)}


@lru_cache(maxsize=1)
def _phrases() -> tuple[
    dict[tuple[str, ...], None], dict[tuple[str, ...], None], dict[tuple[str, ...], None]
]:
    from bot.privacy.redact.views import fold

    introducing = {tuple(fold(phrase).split()): None for phrase in _INTRODUCING}
    copulas = {tuple(fold(phrase).split()): None for phrase in _COPULAS}
    between = {tuple(fold(phrase).split()): None for phrase in _BETWEEN}
    return introducing, copulas, between


def cue_before(tokens: list[Token], at: int) -> Cue | None:
    """The cue that ends right before the word at ``at``, if any."""
    token = tokens[at]
    if at == 0 or not _touches(token):
        return None
    if introduces(tokens, at):
        return Cue(Strength.INTRODUCED, True)
    if not token.joined:
        return None
    if _ends_with(tokens, at, _phrases()[1]):
        return Cue(Strength.WEAK)
    return _single().get(tokens[at - 1].lower) or _through(tokens, at)


def _touches(token: Token) -> bool:
    return bool(token.gap) and token.gap.strip() in ("", ":", ".", "-", '"', "“", "'", "=")


def _through(tokens: list[Token], at: int) -> Cue | None:
    """A cue with a word of description between: "cô chủ nhiệm Hoa"."""
    for size in (3, 2, 1):
        begin = at - size
        if begin < 1 or not all(token.joined for token in tokens[begin:at]):
            continue
        said = tuple(token.bare for token in tokens[begin:at])
        if (
            said in _phrases()[2]
            and _is_marked_alike(tokens[begin:at])
            and tokens[begin - 1].lower in _single()
        ):
            return Cue(Strength.STRONG, True, described=True)
    return None


def _is_marked_alike(words: list[Token]) -> bool:
    """Whether the words, where they carry marks, carry those of a description and no others."""
    said = " ".join(word.lower for word in words)
    return said in _between_spellings()


@lru_cache(maxsize=1)
def _between_spellings() -> frozenset[str]:
    return spelled(_BETWEEN)


@lru_cache(maxsize=1)
def _introducing_spellings() -> frozenset[str]:
    from bot.privacy.redact.views import fold

    return frozenset(_INTRODUCING) | frozenset(fold(phrase) for phrase in _INTRODUCING) - {"ten"}


def introduces(tokens: list[Token], at: int) -> bool:
    """Whether the words before ``at`` say that a name comes: "em tên", "tên thật là"."""
    for size in (6, 5, 4, 3, 2, 1):
        begin = at - size
        if begin < 0 or not all(token.joined for token in tokens[begin + 1 : at]):
            continue
        said = " ".join(token.lower for token in tokens[begin:at])
        if said in _introducing_spellings():
            return True
        if said == "ten" and begin > 0 and tokens[begin - 1].bare in _OWNERS and tokens[begin].joined:
            return True
    return False


def introduces_oneself(tokens: list[Token], at: int) -> bool:
    """Whether a person stands right before "tên": "em tên …", "bạn ấy tên …"."""
    return (
        at > 1 and tokens[at - 1].bare == "ten" and tokens[at - 1].joined and tokens[at - 2].bare in _OWNERS
    )


_OWNERS = frozenset(
    "em minh con chau to toi ban anh chi co chu bac thay no dua e t ay lop xom trai gai".split()
)


def _ends_with(tokens: list[Token], at: int, phrases: dict[tuple[str, ...], None]) -> bool:
    if at < 2 or not tokens[at - 1].joined:
        return False
    return (tokens[at - 2].bare, tokens[at - 1].bare) in phrases and tokens[at - 1].lower in ("là", "la")


@lru_cache(maxsize=1)
def _doing() -> frozenset[str]:
    return spelled(_DOING.split()) - _DOING_BARE_NOT


def follows_a_bare_person(tokens: list[Token], at: int) -> bool:
    """The same where no marks are typed: only words that are hardly anything else there."""
    return tokens[at].bare in _BARE_DOING


def follows_a_person(tokens: list[Token], at: int) -> bool:
    """Whether the word at ``at`` often stands after a name."""
    return tokens[at].lower in _doing()
