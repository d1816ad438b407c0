"""Questions that lean on the one before ("thế còn Facebook?", "nói rõ hơn"), and two questions in one message."""

import re
from collections.abc import Iterator

from bot.language import fold, nfc

_MOST_WORDS = 9
_MORE = re.compile(
    r"(?:(?:noi|giai thich|chi|huong dan)(?: \w+){0,2} (?:ro|ki|ky|chi tiet|cu the)(?: hon)?(?: \w+){0,3}"
    r"|(?:ro|ki|ky|chi tiet|cu the) hon(?: \w+){0,2}"
    r"|(?:roi|xong|the|vay)? ?(?:lam (?:sao|gi|the nao|ntn)|sao|gi) nua(?: \w+){0,2}"
    r"|(?:roi|the roi|vay roi|xong roi)(?: thi)? (?:sao|lam sao|lam gi|the nao)(?: \w+){0,2}"
    r"|(?:con )?(?:gi|cach nao|cach gi) nua (?:khong|ko|k|hong|a)(?: \w+){0,2}"
    r"|(?:noi )?tiep(?: di| nhe| nua)?|vi du(?: nhu)?(?: sao| the nao| di)?"
    r"|(?:em|con|chau|toi|minh|t|e)? ?(?:van )?(?:chua|khong|ko|k|hok|hong) hieu(?: lam| gi| a| lắm)*"
    r"|tung buoc(?: di| nhe| mot| a)*|cu the(?: di| la sao)?)(?: a| ạ| di| voi| nhe| nha)*\Z"
)
_ALSO = re.compile(
    r"[?!;\n]+|\.+(?=\s)|,?\s+(?:với lại|voi lai|tiện thể|tien the|à mà|a ma|ngoài ra|ngoai ra|còn nữa là?|con nua la|"
    r"cho (?:em|con|cháu|tôi|mình) hỏi thêm|hỏi thêm là?|hoi them|một chuyện nữa|mot chuyen nua|nữa là|nua la)\s+",
    re.IGNORECASE,
)
_WHAT_ABOUT = re.compile(
    r"(?:(?:the|vay|vậy|rua|z|v|u|o)? ?con (?:neu |doi voi |tren |o |ben |voi )?(?P<a>.+?)(?: thi sao| thi| sao| the nao| ntn)?"
    r"|(?:the|vay|z|v) (?:neu |doi voi |tren |ben )?(?P<b>.+?) thi (?:sao|the nao|lam sao|ntn))(?: a| ha| nhi| nhe)*\Z"
)
_FEWEST_WORDS = 3


def asks_for_more(text: str) -> bool:
    """Whether nothing but more of the answer before is asked for."""
    words = _words(text)
    return len(words) <= _MOST_WORDS and _MORE.match(" ".join(words)) is not None


def leans_on_the_last(text: str) -> bool:
    """Whether a short question names only what differs from the one before."""
    words = _words(text)
    return len(words) <= _MOST_WORDS and _WHAT_ABOUT.match(" ".join(words)) is not None


def questions_in(text: str) -> Iterator[str]:
    """The parts of a message that may each be a question; nothing where it is one."""
    parts = [part.strip() for part in _ALSO.split(nfc(text))]
    long = [part for part in parts if len(part.split()) >= _FEWEST_WORDS]
    if len(long) > 1:
        yield from long


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(nfc(text)))
