"""Schools by name. Source: the kinds of school in Luật Giáo dục 2019, Điều 33, as people shorten them (c2, thcs, ptdtbt)."""

import re
from functools import lru_cache

from bot.privacy.redact.gazetteer import school_names
from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import CAPITAL, TextViews, loose
from bot.privacy.redact.wordlists import loose_names

_LEVEL = (
    r"(?:th\s?&\s?thcs|th\s?-\s?thcs|th và thcs|tiểu học và thcs|thcs\s?&\s?thpt|thcs và thpt|thcs|thpt|ptdtbt|ptdtnt|pt ?dtnt|pt ?dtbt|dtnt|dtbt|"
    r"tiểu học|mầm non|mẫu giáo|nhà trẻ|trung học cơ sở|trung học phổ thông|trung học|phổ thông|dân tộc nội trú|dân tộc bán trú|nội trú|bán trú|"
    r"liên cấp|gdtx|gdnn|trung tâm gdtx|cao đẳng|đại học|cấp [123]|cấp i{1,3}|c[123]|th|mn|chuyên|năng khiếu)"
)
# Also everyday words when typed alone or without marks: only a known name may follow.
_UNSURE = (
    "th",
    "mn",
    "chuyen",
    "chuyên",
    "pho thong",
    "phổ thông",
    "noi tru",
    "ban tru",
    "trung hoc",
    "đại học",
    "dai hoc",
    "cao dang",
    "cao đẳng",
    "nang khieu",
    "năng khiếu",
    "nội trú",
    "bán trú",
)
_NAME_WORD = r"[^\W\d_]+"
_UNNAMED = (
    "em mình tôi tớ nó cháu con bạn của thì là có không nào này kia đó ở gần xa khác mới cũ với và mà nhưng rồi bị cũng đang đã sẽ cho để hay như "
    "học dạy lớp khối làng xã huyện tỉnh phường nhà làm nên được ai gì sao thế vậy ạ à nhé đều cứ hôm từ khi lúc vì nếu trên dưới cách phải chuẩn lên "
    "xuống ra vào đến về thôi luôn công lập tư thục quốc tế công chúng ta người trẻ các những mọi một hai ba bên ngay sắp vừa chưa còn đi chơi nghỉ nói "
    "cấm bảo bắt gọi tổ thầy cô giáo hiệu môn phần mềm sinh hs viên năm tuổi bao giờ đầu cuối bán nội ngoại trú cơ sở phổ thông e t m mk mik chuyên đông "
    "đua đời phái làng hiếm thường qua quá đọc thi xong rất hơi toàn vẫn chỉ muốn cần biết nghĩ thấy bố mẹ anh chị chú bác ông bà tan hợp nhiều ít tại nên dùng sử hoc sang"
).split()


@lru_cache(maxsize=1)
def _unnamed() -> frozenset[str]:
    from bot.privacy.redact.wordlists import spelled

    return spelled(_UNNAMED)


@lru_cache(maxsize=1)
def _cue() -> re.Pattern[str]:
    kind = loose(
        rf"(?:(?:trường|trừờng|trg|trường học)\s+)?{_LEVEL}(?:\s+{_LEVEL}){{0,2}}(?:\s+(?:tỉnh|huyện|xã|phường))?"
    )
    return re.compile(rf"(?<!\w)(?:{kind})(?!\w)\s*[:\-]?\s*")


@lru_cache(maxsize=1)
def _known() -> re.Pattern[str]:
    cue = loose(r"(?:trường|trg|học ở|học tại|học bên|học|hs)\s+")
    return re.compile(rf"(?<!\w)(?P<cue>{cue})(?P<name>{loose(school_names())})(?!\w)")


@lru_cache(maxsize=1)
def _titled() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)[Tt](?:rường|ruong|RƯỜNG)\s+(?P<name>{CAPITAL}\w*(?:\s+{CAPITAL}\w*){{0,4}})")


@lru_cache(maxsize=1)
def _name() -> re.Pattern[str]:
    return re.compile(rf"(?P<known>{loose(school_names())})(?!\w)|{_NAME_WORD}")


def find(views: TextViews) -> list[Span]:
    """From the word for school to the end of its name; "trường em" and "cấp 2" alone name nothing."""
    spans = [_with_school(found) for found in _known().finditer(views.lower)]
    spans += [
        Span(*found.span(), SpanType.SCHOOL)
        for found in _titled().finditer(views.text)
        if _is_name(found["name"])
    ]
    for found in _cue().finditer(views.lower):
        end = _name_end(views, found)
        if end > found.end():
            spans.append(Span(found.start(), end, SpanType.SCHOOL))
    return spans


def _with_school(found: re.Match[str]) -> Span:
    start = found.start() if found["cue"].startswith("tr") else found.start("name")
    return Span(start, found.end(), SpanType.SCHOOL)


def _is_name(name: str) -> bool:
    first = name.split(maxsplit=1)[0].lower()
    return first not in _unnamed() and first not in (
        "đại",
        "trung",
        "tiểu",
        "mầm",
        "thcs",
        "thpt",
        "th",
        "hợp",
    )


def _name_end(views: TextViews, cue: re.Match[str]) -> int:
    at = cue.end()
    known = _name().match(views.lower, at)
    if known and known["known"]:
        return known.end()
    if cue[0].strip() in _UNSURE:
        return 0
    return _titled_end(views, at) or _small_end(views, at)


def _titled_end(views: TextViews, at: int) -> int:
    found = _capitals().match(views.text, at)
    if not found or not views.capitals_mean_names:
        return 0
    return found.end() if found[0].split()[0].lower() not in _unnamed() else 0


@lru_cache(maxsize=1)
def _capitals() -> re.Pattern[str]:
    return re.compile(rf"{CAPITAL}\w*(?: (?:{CAPITAL}|\d)\w*){{0,4}}")


def _small_end(views: TextViews, at: int) -> int:
    """At most three small words, at least two unless the one is a given name: "thcs pò tấu" but not "c2 vui"."""
    words: list[re.Match[str]] = []
    place = at
    while len(words) < 3 and (word := re.compile(rf"{_NAME_WORD}").match(views.lower, place)):
        if word[0] in _unnamed():
            break
        words.append(word)
        if not (gap := re.compile(r"[ ]+").match(views.lower, word.end())):
            break
        place = gap.end()
    if not words or (len(words) == 1 and words[0][0] not in loose_names("clear")):
        return 0
    return words[-1].end()
