"""Which of the answers that we offered a person has chosen, by tapping or by typing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.language import fold
from bot.messages import InboundMessage
from bot.storage.tables import ChoiceRow, OutboxRow

CHOICES_LAST = timedelta(days=2)
# Buttons stay under old messages on a platform, and "Gặp người thật" must still do what it says.
BUTTONS_LAST = timedelta(days=30)


def latest_choices(session: Session, conversation_id: str, now: datetime) -> list[ChoiceRow]:
    """The answers offered with the very last line, in their order; none once two days have passed.

    After any later line, a counsellor's question most of all, "1" or "hai" answers that and chooses nothing.
    """
    last_line = select(func.max(OutboxRow.created_at)).where(OutboxRow.conversation_id == conversation_id)
    rows = session.scalars(
        select(ChoiceRow)
        .where(ChoiceRow.conversation_id == conversation_id, ChoiceRow.offered_at > now - CHOICES_LAST)
        .where(ChoiceRow.offered_at >= last_line.scalar_subquery())
        .order_by(ChoiceRow.position)
    )
    return list(rows)


def chosen(
    session: Session, conversation_id: str, message: InboundMessage, latest: Sequence[ChoiceRow]
) -> ChoiceRow | None:
    """A tapped token of this very conversation, or a typed number or title of the ``latest`` answers."""
    if message.token:
        row = session.get(ChoiceRow, message.token)
        if row is not None and row.conversation_id == conversation_id:
            return row
    typed = fold(message.text).strip(" .)!")
    number = typed.removeprefix("so ").strip()
    return next((row for row in latest if typed == row.title_folded or number == str(row.position)), None)
