"""The counsellor's side of a chat: joining, writing, reading, giving it back. Callers begin and commit."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import Author
from bot.errors import BadInput, NotAllowed
from bot.escalation import cases
from bot.escalation.wording import Wording
from bot.messages import Reply
from bot.outbox import Outbox
from bot.privacy.erasure import erase_conversation
from bot.privacy.keyring import open_conversation
from bot.privacy.sealing import unseal
from bot.storage.tables import AssessmentRow, CaseRow, ConversationRow, MessageRow, OutboxRow
from bot.triage.assessment import Risk, Role

LONGEST = 2000


@dataclass(frozen=True, repr=False)
class Line:
    """One opened line of a transcript. ``hits`` are (rule, start, end) in code points of the NFC text."""

    message_id: int
    at: datetime
    author: str
    kind: str
    text: str
    risk: Risk = Risk.NONE
    category: str = "none"
    check_in: bool = False
    hits: tuple[tuple[str, int, int], ...] = field(default=())
    delivery: str | None = None
    hidden: bool = False


class Takeover:
    """What a counsellor does with the chat of a case."""

    def __init__(self, outbox: Outbox, wording: Wording) -> None:
        self._outbox = outbox
        self._wording = wording

    def join(self, session: Session, case_id: int, user_id: int, now: datetime) -> CaseRow:
        """Claim the case and tell the person that a human is here; raises ``Conflict`` if another was faster."""
        case = cases.claim(session, case_id, user_id, now)
        self._tell(session, case, "utter_human_joined", now)
        return case

    def say(self, session: Session, case_id: int, user_id: int, text: str, now: datetime) -> None:
        """Send the counsellor's words; writing is an act, so it renews the lease."""
        text = text.strip()
        if not text or len(text) > LONGEST:
            raise BadInput(f"a message holds 1 to {LONGEST} characters")
        case = cases.held_by(session, case_id, user_id)
        conversation = _conversation(session, case)
        self._outbox.queue(session, conversation, Reply(text), now, author=Author.COUNSELLOR, user_id=user_id)
        case.unanswered_since = case.warned_at = None

    def give_back(self, session: Session, case_id: int, user_id: int, now: datetime) -> CaseRow:
        """The bot answers again; the person is told so."""
        case = cases.hand_back(session, case_id, user_id, now)
        self._answer_at_once(session, case)
        self._tell(session, case, "utter_handed_back", now)
        return case

    def close(
        self, session: Session, case_id: int, user_id: int, closing: cases.Closing, now: datetime
    ) -> CaseRow:
        """End the case; what the person asked to erase meanwhile is erased now."""
        case = cases.close(session, case_id, user_id, closing, now)
        conversation = session.get(ConversationRow, case.conversation_id) if case.conversation_id else None
        if conversation is None:
            return case
        if conversation.erase_due_at is not None:
            erase_conversation(session, conversation, now)
            return case
        if conversation.mode == "disclosure":
            conversation.mode = "normal"
        conversation.answered_risk = 0
        self._tell(session, case, "utter_case_closed", now)
        return case

    def lose(self, session: Session, case: CaseRow, now: datetime) -> None:
        """Return the case of a silent counsellor to the queue and say so honestly."""
        cases.lose_lease(session, case, now)
        self._answer_at_once(session, case)
        self._tell(session, case, "utter_lease_lost", now)

    @staticmethod
    def _answer_at_once(session: Session, case: CaseRow) -> None:
        """The first words after the human has left are not met with the silence between two acknowledgements."""
        conversation = session.get(ConversationRow, case.conversation_id) if case.conversation_id else None
        if conversation is not None:
            conversation.acknowledged_at = None

    def _tell(self, session: Session, case: CaseRow, key: str, now: datetime) -> None:
        conversation = session.get(ConversationRow, case.conversation_id) if case.conversation_id else None
        if conversation is None:
            return
        # What the page never fetched ("a person is here now") may no longer be true.
        self._outbox.withdraw(session, conversation.id, {Author.SYSTEM})
        template_id, reply = self._wording.of(conversation.language).line(key, role=Role(conversation.role))
        self._outbox.queue(session, conversation, reply, now, author=Author.SYSTEM, template_id=template_id)


def _conversation(session: Session, case: CaseRow) -> ConversationRow:
    conversation = session.get(ConversationRow, case.conversation_id) if case.conversation_id else None
    if conversation is None:
        raise NotAllowed("the person erased this conversation")
    return conversation


def transcript(session: Session, case: CaseRow, team_private: bytes) -> list[Line]:
    """Every line of the case's conversation, opened with the team's private key, oldest first."""
    conversation = _conversation(session, case)
    private = open_conversation(session, conversation, team_private)
    rows = session.execute(
        select(MessageRow, AssessmentRow, OutboxRow.state)
        .outerjoin(AssessmentRow, AssessmentRow.message_id == MessageRow.id)
        .outerjoin(OutboxRow, OutboxRow.message_id == MessageRow.id)
        .where(MessageRow.conversation_id == conversation.id)
        .order_by(MessageRow.id)
    )
    return [_open_line(private, message, reading, delivery) for message, reading, delivery in rows]


def _open_line(
    private: bytes, message: MessageRow, reading: AssessmentRow | None, delivery: str | None
) -> Line:
    text = unseal(private, message.sealed_text).decode() if message.sealed_text else ""
    line = Line(
        message_id=message.id,
        at=message.received_at,
        author=message.author,
        kind=message.kind,
        text=text,
        delivery=delivery,
        hidden=message.hidden_at is not None,
    )
    if reading is None:
        return line
    hits = tuple((rule, start, end) for rule, start, end in reading.hits)
    return Line(
        **{
            **line.__dict__,
            "risk": Risk(reading.risk),
            "category": reading.category,
            "check_in": reading.check_in,
            "hits": hits,
        }
    )
