"""Short orders that change the conversation itself. A question about the same thing is no order."""

from enum import StrEnum

from bot.language.phrases import phrases, says, says_only


class Command(StrEnum):
    """What a person may order by typing (safety.md 7 and 8)."""

    TALK_TO_HUMAN = "talk_to_human"
    ERASE = "erase"
    HIDE = "hide"
    REOPEN = "reopen"


def read_command(text: str) -> Command | None:
    """Read one typed order, or ``None``; "xoá ảnh thế nào" asks how to, and orders nothing."""
    if len(text) > 200:
        return None
    if says_only(text, phrases()["reopen"]):
        return Command.REOPEN
    if says_only(text, phrases()["hide"]):
        return Command.HIDE
    if says_only(text, phrases()["erase"]):
        return Command.ERASE
    if says(text, phrases()["human"]) and not says(text, phrases()["question"]):
        return Command.TALK_TO_HUMAN
    return None
