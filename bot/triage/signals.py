"""What several harmless-looking messages add up to, and what a short message means after a disclosure."""

from dataclasses import replace

from bot.language.answers import SafetyAnswer, read_safety_answer, says_danger
from bot.language.phrases import read_lines, says
from bot.language.view import view
from bot.triage.assessment import Category, Risk
from bot.triage.lexicon_file import LEXICON
from bot.triage.reading import Reading
from bot.triage.state import ConversationState

_TELLERS = LEXICON / "tellers.yml"
_GROOMING = frozenset(
    {
        "groom_stranger",
        "groom_secret",
        "groom_gift",
        "groom_photo",
        "groom_meet",
        "groom_sexual",
        "groom_alone",
    }
)
_SELF_HARM = frozenset({"farewell", "means", "hopeless", "giving_away", "burden"})


def gathered(reading: Reading, state: ConversationState) -> Reading:
    """A reading from the signals of the whole talk; it needs a signal in this very message."""
    if not reading.signals:
        return Reading()
    seen = reading.signals | state.signals()
    return _grooming(reading.signals, seen) or _self_harm(reading.signals, seen) or Reading()


def _grooming(fresh: frozenset[str], seen: frozenset[str]) -> Reading | None:
    steps = seen & _GROOMING
    if not fresh & _GROOMING or len(steps) < 2:
        return None
    grave = len(steps) >= 4 or "groom_sexual" in steps
    return Reading(Risk.HIGH if grave else Risk.MEDIUM, Category.GROOMING)


def _self_harm(fresh: frozenset[str], seen: frozenset[str]) -> Reading | None:
    hints = seen & _SELF_HARM
    if not fresh & _SELF_HARM or len(hints) < 2:
        return None
    return Reading(Risk.HIGH, Category.SELF_HARM)


def after_a_case(
    reading: Reading, state: ConversationState, message: str, asked_safety: bool = False
) -> Reading:
    """After a disclosure an unclear message keeps its reading, and so does taking it back.

    An abuser who holds the phone types exactly that (safety.md 5). A plain word of danger ("nó vào rồi"), or "không"
    where the bot asked whether the child is safe, makes it an emergency.
    """
    if not state.case_seen:
        return reading
    if says_danger(message) or (asked_safety and read_safety_answer(message) is SafetyAnswer.UNSAFE):
        return _carried(reading, state, Risk.EMERGENCY)
    if reading.risk >= Risk.HIGH:
        return reading
    recent = state.turn - state.urgent_turn <= 6
    unclear = (
        0 < view(message).size <= 3
        or says(message, read_lines(_TELLERS)["goes_on"])
        or reading.risk is Risk.MEDIUM
    )
    if "retraction" in reading.frames or (recent and unclear and not state.retracted_since()):
        return _carried(reading, state, Risk.HIGH)
    return reading


def _carried(reading: Reading, state: ConversationState, risk: Risk) -> Reading:
    """``risk`` in the words of what was told before; what the message itself tells decides where it is urgent."""
    category = reading.category if reading.risk >= Risk.HIGH else state.category
    return replace(reading, risk=risk, category=category, check_in=False, frames=reading.frames | {"carried"})
