"""Who tells, and of whom; it decides the wording of the reply and never the risk."""

from collections.abc import Mapping, Sequence

from bot.language.phrases import read_lines, says
from bot.language.view import View, views
from bot.triage.assessment import About, Category, Role, Teller
from bot.triage.lexicon_file import LEXICON

_TELLERS = LEXICON / "tellers.yml"
_ADULTS = frozenset({Role.PARENT, Role.TEACHER, Role.OTHER})


def teller_of(text: str, role: Role, category: Category) -> tuple[About, Teller]:
    """Read who tells and of whom; the role a person gave wins over what the words suggest."""
    if category is Category.NONE:
        return About.UNKNOWN, Teller.UNKNOWN
    read = views(text)
    if says(read, _lines()["writer_harms"]):
        return About.OTHER_CHILD, Teller.WRITER_HARMS
    if role in _ADULTS:
        return _adult(read)
    if says(read, _lines()["other_child"]):
        return About.OTHER_CHILD, Teller.CHILD_FOR_OTHER
    if says(read, _lines()["husband"]):
        return About.ADULT, Teller.ADULT_HARMED
    return About.SELF, Teller.CHILD_HARMED


def _adult(read: Sequence[View]) -> tuple[About, Teller]:
    if says(read, _lines()["adult_self"]) and not says(read, _lines()["child_hurt"]):
        return About.ADULT, Teller.ADULT_HARMED
    return About.OTHER_CHILD, Teller.ADULT_REPORTING


def _lines() -> Mapping[str, tuple[str, ...]]:
    return read_lines(_TELLERS)
