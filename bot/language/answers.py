"""Typed answers to "Ngay lúc này em có đang an toàn không?"."""

from enum import StrEnum

from bot.language.phrases import phrases, says, says_only


class SafetyAnswer(StrEnum):
    """The three one-tap answers of the safety question."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    MISTAKE = "mistake"


_DOUBT = ("an toàn ~2 không ?", "an toàn là")


def says_danger(text: str) -> bool:
    """A plain word of danger now, for a talk in which something was disclosed before."""
    return says(text, phrases()["danger"])


def read_safety_answer(text: str) -> SafetyAnswer | None:
    """Read one typed answer; danger wins where the words say both, and ``None`` means ask again."""
    if says(text, phrases()["unsafe"]) or says_only(text, phrases()["no"]):
        return SafetyAnswer.UNSAFE
    if says(text, phrases()["mistake"]) or says_only(text, phrases()["three"]):
        return SafetyAnswer.MISTAKE
    if says_only(text, phrases()["yes"]) or (says(text, phrases()["safe"]) and "?" not in text):
        return SafetyAnswer.SAFE
    return None
