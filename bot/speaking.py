"""Saying one of our fixed lines at the door: when, to whom it belongs, and whether the channel can afford it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.config import Settings
from bot.outbox import Outbox
from bot.privacy.secrets import Secrets
from bot.quota import Quotas, Spending
from bot.recall import Recalls
from bot.replies import Replies
from bot.routing import Line
from bot.storage.tables import CaseRow, ConversationRow
from bot.triage import TriageModel
from bot.triage.assessment import About, Assessment, Category, Teller

ACKNOWLEDGING = frozenset({Line.CRISIS, Line.UNSAFE, Line.ACKNOWLEDGE, Line.LATE})
# Said also when only the channel's reserve is left: what a person orders must happen.
ALWAYS = frozenset(
    {Line.ERASE_ASK, Line.ERASE_CANCELLED, Line.ERASE_LATER, Line.HIDDEN, Line.REOPENED, Line.UNSUPPORTED}
)


@dataclass(frozen=True, repr=False)
class Desk:
    """What every message at the door is handled with."""

    secrets: Secrets
    outbox: Outbox
    replies: Replies
    settings: Settings
    model: TriageModel | None
    quotas: Quotas
    recalls: Recalls


class Speaker:
    """Speaks into one conversation, inside the caller's transaction."""

    def __init__(
        self,
        desk: Desk,
        session: Session,
        conversation: ConversationRow,
        case: CaseRow | None,
        now: datetime,
    ) -> None:
        self._desk = desk
        self._session = session
        self._conversation = conversation
        self._case = case
        self._now = now

    def say(self, line: Line, reading: Assessment) -> tuple[int, ...]:
        """Put ``line`` on its way and give its outbox row; none when only the channel's reserve is left."""
        conversation = self._conversation
        spending = self._desk.quotas.spending(
            self._session,
            conversation.channel,
            conversation.id,
            self._now,
            has_case=self._case is not None or line in ALWAYS,
        )
        if spending is Spending.NOTHING:
            return ()
        return (self._queue(line if spending is Spending.FREE else Line.CHANNEL_FULL, reading),)

    def _queue(self, line: Line, reading: Assessment) -> int:
        conversation = self._conversation
        due_at = self._due_at(line)
        if line in ACKNOWLEDGING:
            conversation.acknowledged_at = due_at
        if line is Line.UNSUPPORTED:
            conversation.unsupported_at = self._now
        conversation.acknowledgements += 1
        template_id, reply = self._desk.replies.reply(
            self._session, line, conversation, self._known_harm(reading), self._case, self._now
        )
        row = self._desk.outbox.queue(
            self._session, conversation, reply, self._now, template_id=template_id, due_at=due_at
        )
        return row.id

    def _due_at(self, line: Line) -> datetime:
        """Acknowledgements keep their distance from each other."""
        last = self._conversation.acknowledged_at
        if line is not Line.ACKNOWLEDGE or last is None:
            return self._now
        return max(self._now, last + timedelta(seconds=self._desk.settings.acknowledge_seconds))

    def _known_harm(self, reading: Assessment) -> Assessment:
        """An answer ("not safe") names no harm; the wording then follows what the case knows."""
        case = self._case
        if case is None or reading.category is not Category.NONE:
            return reading
        return replace(
            reading, category=Category(case.category), teller=Teller(case.teller), about=About(case.about)
        )
