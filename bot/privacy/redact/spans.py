"""What redaction hands back, and the error after which a record must be refused."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import LaChanError


class RedactionFailed(LaChanError):
    """The text could not be searched; whoever wanted to keep or send it must not (fail closed)."""


class SpanType(StrEnum):
    """What was found. The list follows Nghị định 56/2017, Điều 33: what identifies a child."""

    PERSON = "PERSON"
    PHONE = "PHONE"
    ADDRESS = "ADDRESS"
    SCHOOL = "SCHOOL"
    CLASS = "CLASS"
    ACCOUNT = "ACCOUNT"
    EMAIL = "EMAIL"
    ID_NUMBER = "ID_NUMBER"
    BANK = "BANK"
    DATE_OF_BIRTH = "DATE_OF_BIRTH"
    PLATE = "PLATE"
    URL = "URL"


PLACEHOLDERS = {
    SpanType.PERSON: "[TÊN]",
    SpanType.PHONE: "[SỐ ĐIỆN THOẠI]",
    SpanType.ADDRESS: "[ĐỊA CHỈ]",
    SpanType.SCHOOL: "[TRƯỜNG]",
    SpanType.CLASS: "[LỚP]",
    SpanType.ACCOUNT: "[TÀI KHOẢN]",
    SpanType.EMAIL: "[EMAIL]",
    SpanType.ID_NUMBER: "[SỐ GIẤY TỜ]",
    SpanType.BANK: "[NGÂN HÀNG]",
    SpanType.DATE_OF_BIRTH: "[NGÀY SINH]",
    SpanType.PLATE: "[BIỂN SỐ]",
    SpanType.URL: "[LIÊN KẾT]",
}


@dataclass(frozen=True)
class Span:
    """``start`` and ``end`` count code points of the NFC text, ``end`` excluded."""

    start: int
    end: int
    type: SpanType


@dataclass(frozen=True, repr=False)
class Redacted:
    """``text`` carries placeholders; ``spans`` point into the NFC form of the original."""

    text: str
    spans: tuple[Span, ...]
