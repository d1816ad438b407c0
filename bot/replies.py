"""From a decision to the sentence: which of our written lines is said, with which numbers filled in."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from bot.escalation import cases
from bot.escalation.duty import someone_on_duty
from bot.escalation.wording import Wording
from bot.language import VIETNAMESE
from bot.messages import Reply
from bot.privacy.erasure import KEEP_FOR_CASE
from bot.recall import WINDOW
from bot.routing import Line
from bot.storage.tables import CaseRow, ConversationRow
from bot.triage.assessment import Assessment, Risk, Role, Teller

# The chat page clears itself.
PAGE = "web"
KEEP_HOURS = int(KEEP_FOR_CASE.total_seconds() // 3600)
KEYS = {
    Line.LATE: "utter_late",
    Line.REOPENED: "utter_reopened",
    Line.SAFE: "utter_safety_safe",
    Line.MISTAKE: "utter_safety_mistake",
    Line.WANT_NEXT: "utter_want_next",
    Line.WANT_HEARD: "utter_want_heard",
    Line.BREATHE: "utter_breathe",
    Line.WANT_PERSON: "utter_want_person",
    Line.CANNOT_CALL: "utter_cannot_call",
    Line.CHECK_IN_NO: "utter_check_in_no",
    Line.TALK_READY: "utter_talk_ready",
    Line.TALK_LATER: "utter_talk_later",
    Line.ROLE_SET: "utter_role_set",
    Line.HUMAN_DECLINED: "utter_human_declined",
    Line.ERASE_ASK: "utter_erase_confirm",
    Line.ERASE_CANCELLED: "utter_erase_cancelled",
    Line.ERASED: "utter_erase_done",
    Line.ERASE_LATER: "utter_erase_done_sealed",
    Line.MEDIA: "utter_media_refused",
    Line.UNSUPPORTED: "utter_unsupported",
    Line.EMPTY: "utter_empty",
    Line.FALLBACK: "utter_fallback_failure",
    Line.OPENING: "utter_opening",
    Line.OLD_BUTTON: "utter_old_button",
    Line.CHANNEL_FULL: "utter_channel_full",
}
# What is said where neither we nor the platform can clear the person's own view.
ON_PHONE = {
    Line.ERASED: "utter_erase_done_on_phone",
    Line.ERASE_LATER: "utter_erase_done_sealed_on_phone",
}


class Replies:
    """Looks at the conversation only for what the wording depends on: role, age band, language, place in the queue.

    ``stays_on_phone`` names the channels on which "xoá" cannot clear what the person sees.
    """

    def __init__(self, wording: Wording, stays_on_phone: Collection[str] = ()) -> None:
        self._wording = wording
        self._stays_on_phone = frozenset(stays_on_phone)

    def reply(
        self,
        session: Session,
        line: Line,
        conversation: ConversationRow,
        reading: Assessment,
        case: CaseRow | None,
        now: datetime,
    ) -> tuple[str, Reply]:
        """The template's id and the reply with its buttons."""
        wording = self._wording.of(conversation.language)
        role, age, n = Role(conversation.role), conversation.age_band, conversation.acknowledgements
        if line is Line.CRISIS:
            raised = conversation.answered_risk > Risk.NONE
            return wording.crisis(reading.teller, reading.risk, reading.category, age, role, raised=raised)
        if line is Line.UNSAFE:
            writer = "_writer" if reading.teller is Teller.WRITER_HARMS else ""
            return wording.line(
                f"utter_safety_unsafe{writer}", role=role, age_band=age, teller=reading.teller
            )
        if line is Line.ACKNOWLEDGE:
            return wording.acknowledgement(role, n, age_band=age, teller=reading.teller)
        if line is Line.HIDDEN:
            return wording.hidden(n)
        if line is Line.QUEUED:
            return self._queued(session, case, wording, role, now)
        key = self._key(line, self.stays_on_phone(conversation, now))
        if line is Line.WANT_PERSON and not someone_on_duty(session, now):
            key = "utter_nobody_on_duty"
        return wording.line(key, role=role, age_band=age, hours=KEEP_HOURS)

    @staticmethod
    def _queued(
        session: Session, case: CaseRow | None, wording: Wording, role: Role, now: datetime
    ) -> tuple[str, Reply]:
        if case is None or not someone_on_duty(session, now):
            return wording.line("utter_human_off_duty", role=role)
        place = cases.place_in_queue(session, case)
        if place == 1:
            return wording.line("utter_human_queued_first", role=role)
        return wording.line("utter_human_queued", role=role, place=str(place))

    def plain(
        self, line: Line, role: Role, *, on_phone: bool = False, language: str = VIETNAMESE
    ) -> tuple[str, Reply]:
        """A line said when no conversation is left to look at."""
        return self._wording.of(language).line(self._key(line, on_phone), role=role)

    def stays_on_phone(self, conversation: ConversationRow, now: datetime) -> bool:
        """Whether the person will still see lines after "xoá": nobody can delete them, or they are too old."""
        too_old = conversation.channel != PAGE and conversation.created_at < now - WINDOW
        return too_old or conversation.channel in self._stays_on_phone

    @staticmethod
    def _key(line: Line, on_phone: bool) -> str:
        return ON_PHONE.get(line, KEYS[line]) if on_phone else KEYS[line]

    def without_database(self, reading: Assessment) -> tuple[str, Reply]:
        """What is said at once while nothing can be stored: the crisis reply where it is due, else calm and 111."""
        if reading.is_urgent:
            return self._wording.line("utter_crisis_unrecorded")
        return self.plain(Line.FALLBACK, Role.UNKNOWN)
