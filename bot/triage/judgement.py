"""The verdict on one message: alone, joined with what was typed just before, after what was said earlier."""

from collections.abc import Sequence
from dataclasses import replace

from bot.language import roles
from bot.language.text import nfc
from bot.language.view import views
from bot.triage.assessment import About, Assessment, Category, Hit, Risk, Role, Teller
from bot.triage.combining import combined
from bot.triage.model import TriageModel
from bot.triage.reading import Reading, graver, read
from bot.triage.signals import after_a_case, gathered
from bot.triage.state import START, ConversationState
from bot.triage.teller import teller_of
from bot.triage.windows import windows

_WINDOW = 1_500
_OVERLAP = 250
# The encoder costs most. Of texts in several windows, longer than most messages, it reads the gravest alone.


def assess(
    text: str,
    state: ConversationState = START,
    *,
    recent: Sequence[str] = (),
    role: Role = Role.UNKNOWN,
    model: TriageModel | None = None,
    asked_safety: bool = False,
) -> tuple[Assessment, ConversationState]:
    """Decide how urgent one message is. Reads nothing and stores nothing.

    Without a ``model`` the rules decide alone. ``recent`` holds the person's messages of the last minute, oldest first,
    which are read joined with this one; ``asked_safety``: the last thing said was the bot's question whether the person
    is safe. Nothing typed lowers an earlier reading: the state that comes back is never less grave.
    """
    message = nfc(text)
    alone = _whole(message, state, model)
    joined, before = _joined(message, alone, state, recent, model)
    reading = graver(alone, joined)
    reading = graver(reading, gathered(reading, state))
    reading = after_a_case(reading, state, message, asked_safety)
    assessment = _assessment(message, before, reading, state, role)
    return assessment, _next(state, reading, assessment)


def _read(
    texts: Sequence[str], fiction: bool, model: TriageModel | None, joined: bool = False
) -> list[Reading]:
    seen = [views(text) for text in texts]
    found = [read(each, fiction) for each in seen]
    if model is None:
        return found
    graded = [model.grade(text, each[0]) for text, each in zip(texts, seen, strict=True)]
    gravest = max(range(len(graded)), key=lambda at: graded[at].urgent)
    return [
        combined(found[at], model.judge(graded[at], at == gravest), text, seen[at][0], fiction, joined)
        for at, text in enumerate(texts)
    ]


def _whole(message: str, state: ConversationState, model: TriageModel | None) -> Reading:
    parts = windows(message, _WINDOW, _OVERLAP)
    reading = Reading()
    found = _read([part for _, part in parts], state.fiction_since(), model)
    for (start, _), each in zip(parts, found, strict=True):
        moved = tuple(Hit(hit.rule, hit.start + start, hit.end + start) for hit in each.hits)
        reading = graver(reading, replace(each, hits=moved))
    return reading


def _joined(
    message: str,
    alone: Reading,
    state: ConversationState,
    recent: Sequence[str],
    model: TriageModel | None,
) -> tuple[Reading, str]:
    if not recent or "retraction" in alone.frames or "fiction_start" in alone.frames:
        return Reading(), ""
    before = nfc(" ".join(recent[-3:]))[-_WINDOW:] + " "
    (found,) = _read([before + message[:_WINDOW]], state.fiction_since(), model, joined=True)
    shifted = (Hit(hit.rule, hit.start - len(before), hit.end - len(before)) for hit in found.hits)
    kept = tuple(Hit(hit.rule, max(hit.start, 0), max(hit.end, 0)) for hit in shifted)
    return replace(found, hits=kept), before


def _assessment(
    message: str, before: str, reading: Reading, state: ConversationState, role: Role
) -> Assessment:
    if reading.risk is Risk.NONE and not reading.check_in:
        return Assessment(retraction="retraction" in reading.frames, hits=reading.hits)
    known = role if role is not Role.UNKNOWN else roles.infer_role(before + message) or Role.UNKNOWN
    about, teller = _who(before + message, reading, state, known)
    return Assessment(
        risk=reading.risk,
        category=reading.category,
        about=about,
        teller=teller,
        check_in=reading.check_in and reading.risk is Risk.NONE,
        retraction="retraction" in reading.frames,
        hits=reading.hits,
    )


def _who(text: str, reading: Reading, state: ConversationState, role: Role) -> tuple[About, Teller]:
    if reading.teller is Teller.WRITER_HARMS:
        return About.OTHER_CHILD, Teller.WRITER_HARMS
    if reading.teller is Teller.ADULT_HARMED:
        return About.ADULT, Teller.ADULT_HARMED
    if reading.category is Category.NONE:
        return About.UNKNOWN, Teller.UNKNOWN
    if "carried" in reading.frames:
        return state.about, state.teller
    return teller_of(text, role, reading.category)


def _next(state: ConversationState, reading: Reading, assessment: Assessment) -> ConversationState:
    graver_now = assessment.risk >= state.risk and assessment.risk > Risk.NONE
    moved = replace(
        state,
        risk=max(state.risk, assessment.risk),
        category=assessment.category if graver_now else state.category,
        about=assessment.about if graver_now else state.about,
        teller=assessment.teller if graver_now else state.teller,
        urgent_turn=state.turn if assessment.is_urgent else state.urgent_turn,
        fiction_turn=state.turn if "fiction_start" in reading.frames else state.fiction_turn,
        retraction_turn=state.turn if assessment.retraction else state.retraction_turn,
    ).with_signals(reading.signals)
    return replace(moved, turn=state.turn + 1)
