"""A whole conversation, message after message, as the service would read it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.triage.assessment import Assessment, Role
from bot.triage.judgement import assess
from bot.triage.model import TriageModel
from bot.triage.state import START

_BURST = 3
_ASKED = "an toàn không"


class Heard(NamedTuple):
    """One message of a person and what was found in it."""

    text: str
    found: Assessment


def follow(turns: Iterable[tuple[str, str]], role: Role, model: TriageModel | None) -> Iterator[Heard]:
    """Each message of the "user" among (speaker, text) turns; with no answer between them they are joined."""
    state = START
    burst: list[str] = []
    asked_safety = False
    for speaker, text in turns:
        if speaker != "user":
            asked_safety = _ASKED in text.lower()
            continue
        found, state = assess(
            text, state, recent=tuple(burst[-_BURST:]), role=role, model=model, asked_safety=asked_safety
        )
        asked_safety = False
        burst.append(text)
        yield Heard(text, found)
