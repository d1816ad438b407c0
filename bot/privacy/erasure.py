"""Making a person's words and address disappear, at once or when a human has finished."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.escalation.states import Outcome, State
from bot.storage.tables import (
    CaseRow,
    ChoiceRow,
    ConversationRow,
    ErasureRow,
    MessageRow,
    OutboxRow,
    TrackerRow,
    TurnRow,
)
from bot.triage.assessment import Risk

KEEP_FOR_CASE = timedelta(hours=72)


def erase_conversation(session: Session, conversation: ConversationRow, now: datetime) -> None:
    """Delete the key pair, every line, the address and the tracker.

    An open call for a human that was not urgent ends with it; an urgent case stays for a human to close.
    """
    session.execute(
        update(CaseRow)
        .where(CaseRow.conversation_id == conversation.id, CaseRow.state != State.CLOSED)
        .where(CaseRow.risk < Risk.HIGH)
        .values(state=State.CLOSED, outcome=Outcome.ERASED, closed_at=now, holder_id=None)
    )
    session.execute(delete(TrackerRow).where(TrackerRow.conversation_id == conversation.id))
    session.add(ErasureRow(conversation_id=conversation.id, at=now))
    session.delete(conversation)
    session.flush()


def hide_until_closed(session: Session, conversation: ConversationRow, now: datetime) -> None:
    """Clear the person's own view now; the sealed record goes when the case closes, or after 72 hours."""
    for table in (ChoiceRow, TurnRow):
        session.execute(delete(table).where(table.conversation_id == conversation.id))
    session.execute(delete(TrackerRow).where(TrackerRow.conversation_id == conversation.id))
    session.execute(
        update(MessageRow)
        .where(MessageRow.conversation_id == conversation.id, MessageRow.hidden_at.is_(None))
        .values(hidden_at=now)
    )
    mine = update(OutboxRow).where(OutboxRow.conversation_id == conversation.id)
    session.execute(mine.where(OutboxRow.state.in_(["pending", "sending"])).values(state="withdrawn"))
    session.execute(mine.values(passing_body=None))
    conversation.role = conversation.age_band = "unknown"
    conversation.mode, conversation.answered_risk = "normal", 0
    conversation.passing_recent = None
    conversation.erase_due_at = now + KEEP_FOR_CASE
