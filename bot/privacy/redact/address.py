"""Places where somebody lives. Source: address parts of Cao Bằng before and after 1/7/2025 (places.txt).

A province or a distant city alone ("ở Hà Nội") is too wide to find anybody and stays.
"""

import re
from functools import lru_cache

from bot.privacy.redact.gazetteer import known_places, telling_places, village_prefixes
from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import CAPITAL, SMALL, TextViews, loose
from bot.privacy.redact.wordlists import loose_names, spelled

_CAPS = rf"{CAPITAL}{SMALL}*(?:\s+{CAPITAL}{SMALL}*){{0,3}}"
_NUMBER = r"\d{1,4}[a-e]?(?:[/-]\d{1,4}[a-e]?){0,3}"
_UNITS = r"xã|phường|huyện|thị trấn|thị xã|thành phố|tp|tt|quận|h\.|x\.|p\."
_HAMLETS = r"thôn|xóm|bản|làng|tổ dân phố|tdp|khu phố|buôn|khu tập thể|khu dân cư|chung cư|phố|đường|ngõ|hẻm|ngách|kiệt"
_LANDMARKS = r"chợ|cầu|cây xăng|bến xe|bệnh viện|nhà máy|đèo|chùa|đền|hồ|suối|thác|ủy ban|ubnd|trạm y tế|nhà văn hóa|bưu điện|tiệm|quán|quán net|tạp hóa|công viên|nhà nghỉ|khách sạn|quán cà phê|homestay"
_LIVING = r"(?:ở|sống ở|sống tại|trọ ở|nhà ở|tại|quê ở|quê|nhà|về|lên|xuống|trên|dưới|tận|gần|từ|trong|ngoài|đến|tới|qua|sang|khu|chợ|vùng|bên|địa chỉ|đc|đ/c|dân|người)"
_FILLER = r"(?:\s*(?:em|e|mình|tớ|cháu|con|tôi|nó|bạn ấy|chú ấy|của|là|ở|tại|tận|trên|dưới|bên|trong|khu|chỗ|:)(?!\w)){0,4}"
_STOP = (
    "em mình tôi tớ nó cháu con bạn của thì là có không nào này kia đó ấy đây với và mà nhưng rồi bị cũng đang đã sẽ cho để hay như nhà ai gì trên dưới trong ngoài bên cạnh "
    "hội giao thân chất tin đồ quyền lĩnh năng tính nhạc chính sao gốc ghi mới cũ lề game giải trí trọ giềng làng nước mạng dây link truyền sắt bộ đời đi về đua phố phường cùng "
    "nên vắng lớn nhỏ to ra vào lên xuống khác gần xa cả cuối đầu bọn mọi người một hai ba các những mấy thế vậy ạ à nhé bao táo hoa kể lẽ đã nghĩ toàn vẫn chỉ học bộ cụt chơi tối rất hơi "
    "cáo án lai vá demo full crack beta thảo kê cam kiểm hợp giao điệu phim ngã vì nếu khi lúc từ bắt đánh quê đều tan thương chọn phố lòng phải đen tắt được theo ơi thị nhau em e t cách thẳng biết hiểu mùa"
)


@lru_cache(maxsize=1)
def _stop() -> frozenset[str]:
    return spelled(_STOP.split())


@lru_cache(maxsize=1)
def _no_village() -> frozenset[str]:
    return _stop() | loose_names("stop")


@lru_cache(maxsize=1)
def _numbered() -> re.Pattern[str]:
    house = rf"(?:số nhà|nhà số|địa chỉ(?: nhà)?(?: (?:em|mình|của em))?(?: là)?\s?:?(?: số)?)\s*{_NUMBER}"
    street = rf"(?:số\s)?{_NUMBER}\s?,?\s(?:đường|phố|ngõ|ngách|hẻm|kiệt)\s(?=\w)"
    lane = rf"(?:ngõ|ngách|hẻm|kiệt|tổ dân phố|tdp|khu phố|xóm|thôn|đội sản xuất|lô)\s?(?:số\s)?{_NUMBER}"
    # A "tổ 2" or "khu 3" may be a group in class, so a word for living must stand before or a place after.
    group = rf"(?:ở\s)(?P<lived>(?:tổ|khu|đội|phòng|km|cây số)\s?\d{{1,3}})|(?:tổ|khu|km)\s?\d{{1,3}}(?=\s?,?\s?(?:{_UNITS}|{_HAMLETS}|{known_places()})\b)|(?:nhà|tại|trọ|địa chỉ)\s(?:em\s|mình\s|ở\s)*(?P<group>(?:tổ|khu|đội|km)\s?\d{{1,3}})"
    room = (
        r"phòng\s(?:trọ\s)?(?:số\s)?\d{2,4}\b(?:\s(?:tầng|nhà|tòa|khu|chung cư)\s?\w+)?|tầng \d{1,2} chung cư"
    )
    return re.compile(
        loose(rf"(?<!\w)(?:{house}|{street}|{lane}|{group}|{room})") + r"(?!\w)|" + loose(rf"(?<!\w){street}")
    )


@lru_cache(maxsize=1)
def _titled() -> re.Pattern[str]:
    unit = loose(rf"{_UNITS}|{_HAMLETS}")
    return re.compile(rf"(?<!\w)(?:(?i:{unit}))(?:\s+|(?<=\.))(?P<name>{_CAPS}(?:\s?\d{{1,2}}(?!\w))?)")


@lru_cache(maxsize=1)
def _landmark() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:(?i:{loose(_LANDMARKS)}))\s+(?:xã\s)?(?P<name>{_CAPS})")


@lru_cache(maxsize=1)
def _known() -> re.Pattern[str]:
    unit = loose(rf"(?:{_UNITS}|{_HAMLETS}|{_LANDMARKS})")
    city = loose(r"(?:thành phố|tp\.?|t\.p\.?)\s?cao bằng")
    lived = rf"{loose(_LIVING)}{loose(_FILLER)}[\s:]+(?P<place>{loose(known_places())})"
    return re.compile(rf"(?<!\w)(?:(?P<unit>{unit}[\s.]*{loose(known_places())}|{city})|{lived})(?!\w)")


@lru_cache(maxsize=1)
def _village() -> re.Pattern[str]:
    hamlet = loose(r"(?:thôn|xóm|bản|làng|khu phố)")
    return re.compile(
        rf"(?<!\w)(?<!hàng\s)(?<!hang\s)(?<!cùng\s)(?<!cung\s)(?P<hamlet>{hamlet})\s+(?P<first>[^\W\d_]+)(?:[ ]+(?P<second>[^\W\d_]+))?"
    )


@lru_cache(maxsize=1)
def _commune() -> re.Pattern[str]:
    lead = loose(r"(?:ở|tại|thuộc|quê|về|nhà|trên|dưới|,)")
    unit = loose(r"(?:xã|phường|huyện|thị trấn)")
    return re.compile(
        rf"(?:(?<!\w){lead}\s(?:em\s)?)(?P<all>{unit}\s(?P<first>[^\W\d_]+)[ ](?P<second>[^\W\d_]+))"
    )


@lru_cache(maxsize=1)
def _capital_known() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){loose(telling_places())}(?!\w)")


@lru_cache(maxsize=1)
def _join() -> re.Pattern[str]:
    return re.compile(
        loose(r"\s?[,.;\-–]?\s?(?:(?:ở|thuộc|của|tỉnh|huyện|xã|phường|gần|cạnh|đường|phố|thôn|xóm)\s)?")
    )


def find(views: TextViews) -> list[Span]:
    """Address parts, joined where only a comma or a small word lies between them."""
    parts = [*_numbers(views), *_names(views), *_places(views), *_villages(views), *_communes(views)]
    return [Span(start, end, SpanType.ADDRESS) for start, end in _joined(views, sorted(set(parts)))]


def _numbers(views: TextViews) -> list[tuple[int, int]]:
    if not views.has_digit:
        return []
    return [_group_or_all(found) for found in _numbered().finditer(views.lower)]


def _group_or_all(found: re.Match[str]) -> tuple[int, int]:
    for part in ("group", "lived"):
        if found[part]:
            return found.span(part)
    return found.start(), found.start() + len(found[0].rstrip())


def _names(views: TextViews) -> list[tuple[int, int]]:
    if not views.capitals_mean_names:
        return []
    spans = [found for one in (_titled(), _landmark()) for found in one.finditer(views.text)]
    return [found.span() for found in spans if found["name"].split()[0].lower() not in _stop()]


def _places(views: TextViews) -> list[tuple[int, int]]:
    found = [one.span("unit") if one["unit"] else one.span("place") for one in _known().finditer(views.lower)]
    for one in _capital_known().finditer(views.lower):
        words = views.text[one.start() : one.end()].split()
        if views.capitals_mean_names and all(word[0].isupper() for word in words):
            found.append(one.span())
    return found


def _villages(views: TextViews) -> list[tuple[int, int]]:
    """Small-letter villages: "thôn bản viết", "xóm nà lắc"; "bản thân" and "xóm em" are none."""
    found = []
    for one in _village().finditer(views.lower):
        village = _is_village(one) and one["second"] not in _stop()
        if one["first"] in _no_village() and not village:
            continue
        if one["hamlet"] in ("bản", "ban", "làng", "lang") and not village:
            continue
        named = (
            one["second"]
            and (village or one["second"] not in _no_village())
            and one["second"] not in _stop()
            and _gap_is_space(one)
        )
        found.append((one.start(), one.end("second" if named else "first")))
    return found


@lru_cache(maxsize=1)
def _prefix() -> re.Pattern[str]:
    return re.compile(loose(village_prefixes()))


def _gap_is_space(found: re.Match[str]) -> bool:
    return found.start("second") - found.end("first") == 1


def _is_village(found: re.Match[str]) -> bool:
    prefix = _prefix().fullmatch(found["first"])
    # "ban" without marks is "bạn" far more often; only syllables that are nothing else may follow.
    unsure = found["hamlet"] in ("ban", "lang") and found["first"] not in (
        "na",
        "pac",
        "lung",
        "coc",
        "khuoi",
        "phia",
        "phja",
        "keo",
    )
    return bool(prefix) and not unsure and bool(found["second"])


def _communes(views: TextViews) -> list[tuple[int, int]]:
    words = [one for one in _commune().finditer(views.lower) if one["first"] not in _stop()]
    return [one.span("all") for one in words if one["second"] not in _stop()]


def _joined(views: TextViews, parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in parts:
        if joined and (start <= joined[-1][1] or _join().fullmatch(views.lower, joined[-1][1], start)):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
