"""What one message leads to. Pure: the situation goes in, the decision comes out, in safety.md's order."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.escalation.states import Reason
from bot.language import Command, SafetyAnswer
from bot.messages import Kind
from bot.triage.assessment import About, Assessment, Category, Hit, Risk, Teller


class Mode(StrEnum):
    """What the thread shows: ordinary talk, the talk after a disclosure, or harmless homework talk."""

    NORMAL = "normal"
    DISCLOSURE = "disclosure"
    HIDDEN = "hidden"


class Line(StrEnum):
    """Fixed replies, by what they are for; the wording picks the sentence."""

    CRISIS = "crisis"
    ACKNOWLEDGE = "acknowledge"
    LATE = "late"
    HIDDEN = "hidden"
    REOPENED = "reopened"
    SAFE = "safe"
    UNSAFE = "unsafe"
    MISTAKE = "mistake"
    WANT_NEXT = "want_next"
    WANT_HEARD = "want_heard"
    BREATHE = "breathe"
    HUMAN_DECLINED = "human_declined"
    WANT_PERSON = "want_person"
    CANNOT_CALL = "cannot_call"
    CHECK_IN_NO = "check_in_no"
    TALK_READY = "talk_ready"
    TALK_LATER = "talk_later"
    ROLE_SET = "role_set"
    QUEUED = "queued"
    ERASE_ASK = "erase_ask"
    ERASE_CANCELLED = "erase_cancelled"
    ERASED = "erased"
    ERASE_LATER = "erase_later"
    MEDIA = "media"
    UNSUPPORTED = "unsupported"
    EMPTY = "empty"
    FALLBACK = "fallback"
    OPENING = "opening"
    OLD_BUTTON = "old_button"
    CHANNEL_FULL = "channel_full"


# What our own buttons mean without Rasa, so that they work when Rasa does not.
PAYLOAD_LINES = {
    "want:next": Line.WANT_NEXT,
    "want:heard": Line.WANT_HEARD,
    "breathe": Line.BREATHE,
    "human:no": Line.HUMAN_DECLINED,
    "call:cannot": Line.CANNOT_CALL,
    "check:no": Line.CHECK_IN_NO,
    "talk:ok": Line.TALK_READY,
    "talk:later": Line.TALK_LATER,
    "role:child": Line.ROLE_SET,
    "role:parent": Line.ROLE_SET,
    "role:teacher": Line.ROLE_SET,
    "role:other": Line.ROLE_SET,
    "erase:cancel": Line.ERASE_CANCELLED,
}
CALLS = frozenset({"want:person", "human:yes"})
# Saying yes to the check-in is a disclosure: unsure between medium and urgent is urgent.
CHECK_IN_YES = {"check:self": About.SELF, "check:other": About.OTHER_CHILD}
TELLERS = {
    (About.SELF, False): Teller.CHILD_HARMED,
    (About.SELF, True): Teller.ADULT_HARMED,
    (About.OTHER_CHILD, False): Teller.CHILD_FOR_OTHER,
    (About.OTHER_CHILD, True): Teller.ADULT_REPORTING,
}


@dataclass(frozen=True)
class Situation:
    """All that the decision rests on."""

    kind: Kind = Kind.TEXT
    reading: Assessment = field(default_factory=Assessment)
    command: Command | None = None
    safety_answer: SafetyAnswer | None = None  # only while the safety question is the last one asked
    payload: str | None = None
    adult: bool = False
    empty: bool = False
    unknown_button: bool = False
    mode: Mode = Mode.NORMAL
    held: bool = False
    late: bool = False
    case_risk: Risk | None = None
    answered_risk: Risk = Risk.NONE
    may_acknowledge: bool = True
    may_say_late: bool = True
    may_repeat_unsupported: bool = True
    unsupported_today: bool = False


@dataclass(frozen=True)
class Route:
    """What must be done; ``line`` is ``None`` when nothing is said now."""

    call: Reason | None = None
    reading: Assessment = field(default_factory=Assessment)
    line: Line | None = None
    mode: Mode | None = None
    to_rasa: bool = False
    erase: bool = False
    flags: tuple[str, ...] = ()


def route(now: Situation) -> Route:
    """Decide; the first rule that fits wins."""
    flags = _flags(now)
    reading = _with_answer(now)
    if reading.is_urgent:
        return replace(_urgent(now, reading), flags=flags)
    if now.mode is Mode.HIDDEN:
        return replace(_hidden(now), flags=flags)
    if now.command is Command.HIDE:
        return Route(mode=Mode.HIDDEN, line=None if now.held else Line.HIDDEN, flags=flags)
    if now.payload == "erase:confirm":
        return replace(_erase(now), flags=flags)
    if now.held:
        return Route(reading=reading, flags=flags)
    return replace(_open_talk(now), reading=reading, flags=flags)


def _with_answer(now: Situation) -> Assessment:
    """An answer of "not safe" is an emergency, and yes to a check-in is a disclosure."""
    about = CHECK_IN_YES.get(now.payload or "")
    if about is not None and not now.reading.is_urgent:
        return Assessment(
            Risk.HIGH,
            Category.DISTRESS,
            about,
            TELLERS[about, now.adult],
            hits=(Hit("answer.check_in", 0, 0),),
        )
    unsafe = now.payload == "safety:unsafe" or now.safety_answer is SafetyAnswer.UNSAFE
    if unsafe and now.reading.risk < Risk.EMERGENCY:
        hits = (*now.reading.hits, Hit("answer.not_safe", 0, 0))
        return replace(now.reading, risk=Risk.EMERGENCY, category=Category.NONE, hits=hits)
    return now.reading


def _flags(now: Situation) -> tuple[str, ...]:
    retracted = now.reading.retraction or now.payload == "safety:mistake"
    retracted = retracted or now.safety_answer is SafetyAnswer.MISTAKE
    return ("retraction",) if retracted and now.case_risk is not None else ()


def _urgent(now: Situation, reading: Assessment) -> Route:
    base = Route(call=Reason.DISCLOSURE, reading=reading)
    if now.mode is Mode.HIDDEN:
        return replace(base, line=None if now.held else Line.HIDDEN)
    base = replace(base, mode=Mode.DISCLOSURE)
    if now.held:
        return base
    if now.late:
        return replace(base, line=_late(now))
    if reading.category is Category.NONE:
        # The answer "not safe" gets its concrete moves each time, also when the risk was known.
        return replace(base, line=Line.UNSAFE)
    if reading.risk > now.answered_risk:
        return replace(base, line=Line.CRISIS)
    return replace(base, line=Line.ACKNOWLEDGE if now.may_acknowledge else None)


def _hidden(now: Situation) -> Route:
    if now.command is Command.REOPEN:
        mode = Mode.DISCLOSURE if now.case_risk is not None and now.case_risk >= Risk.HIGH else Mode.NORMAL
        return Route(mode=mode, line=None if now.held else Line.REOPENED)
    return Route(line=None if now.held else Line.HIDDEN)


def _erase(now: Situation) -> Route:
    urgent_case = now.case_risk is not None and now.case_risk >= Risk.HIGH
    line = Line.ERASE_LATER if urgent_case else Line.ERASED
    return Route(erase=True, line=None if now.held else line)


def _open_talk(now: Situation) -> Route:
    if now.payload in CALLS or now.command is Command.TALK_TO_HUMAN:
        line = Line.QUEUED if now.case_risk is None or now.case_risk < Risk.HIGH else Line.WANT_PERSON
        return Route(call=Reason.ASKED, line=_late(now) if now.late else line)
    if now.kind is Kind.UNSUPPORTED:
        return _withheld(now)
    if now.late:
        return Route(line=_late(now))
    if now.kind is Kind.START:
        return Route(line=Line.OPENING)
    if now.kind is Kind.MEDIA:
        return Route(line=Line.MEDIA)
    if now.command is Command.ERASE:
        return Route(line=Line.ERASE_ASK)
    if now.payload in PAYLOAD_LINES:
        return Route(line=PAYLOAD_LINES[now.payload])
    answer = _safety_line(now)
    if answer is not None:
        return Route(line=answer)
    if now.unknown_button:
        return Route(line=Line.OLD_BUTTON)
    return Route(line=Line.EMPTY) if now.empty else Route(to_rasa=True)


def _withheld(now: Situation) -> Route:
    """A platform keeps a child's words from us: one item a day for a human, one answer an hour."""
    line = Line.UNSUPPORTED if now.may_repeat_unsupported else None
    return Route(
        call=None if now.unsupported_today else Reason.UNSUPPORTED, line=_late(now) if now.late else line
    )


def _late(now: Situation) -> Line | None:
    """A backlog of a night is answered by one neutral line, not by one for each message in it."""
    return Line.LATE if now.may_say_late else None


def _safety_line(now: Situation) -> Line | None:
    if now.payload == "safety:safe" or now.safety_answer is SafetyAnswer.SAFE:
        return Line.SAFE
    if now.payload == "safety:mistake" or now.safety_answer is SafetyAnswer.MISTAKE:
        return Line.MISTAKE
    return None
