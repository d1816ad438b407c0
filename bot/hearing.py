"""What the service learns from a message: its risk, who writes, and whether it may still be the same person."""

from datetime import datetime, timedelta

from bot.language import infer_age_band, infer_language, infer_role
from bot.privacy.sealing import lock_json, unlock_json
from bot.routing import Mode
from bot.storage.tables import CaseRow, ChoiceRow, ConversationRow
from bot.triage import ConversationState, TriageModel, assess
from bot.triage.assessment import Assessment, Risk, Role

# After this pause somebody else may hold the phone: the talk begins anew, the case stays.
PAUSE = timedelta(minutes=30)
LONGEST_PART, MOST_PARTS = 500, 10


def settle_after_pause(conversation: ConversationRow, now: datetime) -> None:
    """Resume nothing after a pause; a new cry for help is then answered in full again."""
    if conversation.last_in_at is None or now - conversation.last_in_at <= PAUSE:
        return
    conversation.answered_risk, conversation.acknowledged_at = 0, None
    if conversation.mode == Mode.DISCLOSURE:
        conversation.mode = Mode.NORMAL


def learn_person(
    conversation: ConversationRow, case: CaseRow | None, text: str, choice: ChoiceRow | None
) -> bool:
    """Take language, role and age from the person's own words; ``True`` when the role breaks while a case is open."""
    if choice is not None and choice.payload.startswith("role:"):
        conversation.role = Role(choice.payload.removeprefix("role:"))
        return False
    conversation.language = infer_language(text) or conversation.language
    told = infer_role(text)
    if told in {None, Role.CHILD} and conversation.role in {Role.UNKNOWN, Role.CHILD}:
        conversation.age_band = infer_age_band(text) or conversation.age_band
    if told is None or told == conversation.role:
        return False
    if case is None or conversation.role == Role.UNKNOWN:
        conversation.role = told
        return False
    # Who says now to be the father may hold the child's phone: neutral words, nothing resumed.
    conversation.role = Role.UNKNOWN
    if conversation.mode == Mode.DISCLOSURE:
        conversation.mode = Mode.NORMAL
    return True


def read_message(
    conversation: ConversationRow,
    text: str,
    service_key: bytes,
    window: timedelta,
    now: datetime,
    model: TriageModel | None,
) -> Assessment:
    """Assess ``text`` alone, joined with what was said within ``window``, and in the light of the talk so far."""
    state = ConversationState.from_json(conversation.triage_state)
    recent = _recent(conversation, service_key, now - window)
    said = [part for _, part in recent]
    reading, state = assess(text, state, recent=said, role=Role(conversation.role), model=model)
    conversation.triage_state = state.to_json()
    # What has been understood is not joined again, or the next "dạ" would read as another disclosure.
    understood = reading.risk >= Risk.HIGH and reading.hits
    kept = [] if understood else [*recent, (now.isoformat(), text[-LONGEST_PART:])]
    conversation.passing_recent = lock_json(service_key, kept[-MOST_PARTS:])
    return reading


def _recent(conversation: ConversationRow, service_key: bytes, since: datetime) -> list[tuple[str, str]]:
    if conversation.passing_recent is None:
        return []
    kept = unlock_json(service_key, conversation.passing_recent)
    return [(at, said) for at, said in kept if datetime.fromisoformat(at) >= since]
