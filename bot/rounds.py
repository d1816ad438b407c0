"""What is looked after every few seconds: leases, waiting people, clocks that run out, the spool."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.choices import BUTTONS_LAST
from bot.config import Settings
from bot.delivery import Author
from bot.escalation import cases
from bot.escalation.duty import someone_on_duty
from bot.escalation.states import Reason, State, lease, lease_lost
from bot.escalation.takeover import Takeover
from bot.escalation.wording import Wording
from bot.intake import Intake
from bot.outbox import Outbox
from bot.privacy.erasure import erase_conversation
from bot.recall import WINDOW
from bot.routing import Mode
from bot.storage.engine import Database
from bot.storage.tables import (
    CaseRow,
    ChoiceRow,
    ConversationRow,
    MessageRow,
    OutboxRow,
    SessionRow,
    TrackerRow,
    TurnRow,
)
from bot.triage.assessment import Risk, Role

# A page that lost its signal for this long still gets a counsellor's words.
COLLECTED_STAYS = timedelta(minutes=15)
UPDATES = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15))
LATE = "utter_late"
# The page fetches its lines when it is open, so that nothing of it lights up by itself.
PAGE = "web"
UPDATE_LINES = ("utter_waiting_2", "utter_waiting_5", "utter_waiting_15")
FINISHED_STAYS = timedelta(days=1)


class Rounds:
    """Each method is one short transaction; a failure of one does not keep the others from running."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        takeover: Takeover,
        wording: Wording,
        intake: Intake,
        settings: Settings,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._takeover = takeover
        self._wording = wording
        self._intake = intake
        self._settings = settings

    def all(self) -> tuple[Callable[[datetime], None], ...]:
        return (self.replay, self.leases, self.waiting, self.late, self.forget_passing, self.erase_due)

    def replay(self, now: datetime) -> None:
        """Bring in what was spooled while the database was away."""
        self._intake.replay(now)

    def leases(self, now: datetime) -> None:
        """Warn a counsellor who does not answer, then return the case to the queue."""
        with self._database.write() as session:
            held = select(CaseRow).where(
                CaseRow.state == State.CLAIMED, CaseRow.unanswered_since.is_not(None)
            )
            for case in session.scalars(held).all():
                self._check_lease(session, case, now)

    def _check_lease(self, session: Session, case: CaseRow, now: datetime) -> None:
        allowed = lease(Risk(case.risk), self._settings.lease_seconds, self._settings.lease_emergency_seconds)
        warning = timedelta(seconds=self._settings.lease_warning_seconds)
        if lease_lost(case.unanswered_since, allowed + warning, now):
            self._takeover.lose(session, case, now)
        elif case.warned_at is None and lease_lost(case.unanswered_since, allowed, now):
            case.warned_at = now
            cases.record(session, case, "lease_warned", now, case.holder_id)

    def waiting(self, now: datetime) -> None:
        """Tell those who wait how it stands, at 2, 5 and 15 minutes, each time with another door.

        After a disclosure only where nothing lights up a locked screen: the page that is open.
        """
        with self._database.write() as session:
            rows = session.execute(
                select(CaseRow, ConversationRow)
                .join(ConversationRow, ConversationRow.id == CaseRow.conversation_id)
                .where(CaseRow.state == State.QUEUED, CaseRow.waiting_updates < len(UPDATES))
                .where(CaseRow.reason != Reason.UNSUPPORTED)
            ).all()
            for case, conversation in rows:
                if conversation.mode == Mode.HIDDEN:
                    continue
                discreet = case.reason == Reason.ASKED or conversation.channel == PAGE
                if discreet and now - case.queued_at >= UPDATES[case.waiting_updates]:
                    self._update(session, case, conversation, now)

    def _update(self, session: Session, case: CaseRow, conversation: ConversationRow, now: datetime) -> None:
        key = UPDATE_LINES[case.waiting_updates]
        case.waiting_updates += 1
        if not someone_on_duty(session, now):
            key, case.waiting_updates = "utter_nobody_on_duty", len(UPDATES)
        place = cases.place_in_queue(session, case)
        template_id, reply = self._wording.of(conversation.language).line(
            key, role=Role(conversation.role), age_band=conversation.age_band, place=place
        )
        self._outbox.queue(session, conversation, reply, now, template_id=template_id)

    def late(self, now: datetime) -> None:
        """What could not be sent in time must not light up a phone that somebody else may hold by now.

        One neutral line takes its place; a human's words are left to the human.
        """
        limit = now - timedelta(minutes=self._settings.late_minutes)
        with self._database.write() as session:
            rows = session.execute(
                select(OutboxRow, ConversationRow)
                .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
                .where(OutboxRow.state == "pending", OutboxRow.author == Author.BOT)
                .where(OutboxRow.created_at < limit, ConversationRow.channel != PAGE)
                .where(OutboxRow.template_id.is_(None) | ~OutboxRow.template_id.startswith(LATE))
            ).all()
            for row, _ in rows:
                row.state, row.passing_body = "expired", None
            for conversation in {mine.id: mine for _, mine in rows if mine.mode != Mode.HIDDEN}.values():
                template_id, reply = self._wording.of(conversation.language).line(
                    LATE, role=Role(conversation.role), age_band=conversation.age_band
                )
                self._outbox.queue(session, conversation, reply, now, template_id=template_id)

    def forget_passing(self, now: datetime) -> None:
        """Wipe passing text, addresses and coded rows whose time is over."""
        burst_over = now - timedelta(seconds=self._settings.burst_window_seconds)
        with self._database.write() as session:
            self._outbox.wipe_collected(session, now - COLLECTED_STAYS)
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.passing_recent.is_not(None), ConversationRow.last_in_at < burst_over)
                .values(passing_recent=None)
            )
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.address_expires_at < now)
                .values(passing_address=None, address_expires_at=None)
            )
            session.execute(
                update(MessageRow)
                .where(MessageRow.passing_platform_ids.is_not(None), MessageRow.received_at < now - WINDOW)
                .values(passing_platform_ids=None)
            )
            session.execute(delete(TrackerRow).where(TrackerRow.expires_at < now))
            session.execute(delete(SessionRow).where(SessionRow.ends_at < now))
            session.execute(delete(ChoiceRow).where(ChoiceRow.offered_at < now - BUTTONS_LAST))
            finished = now - FINISHED_STAYS
            session.execute(delete(TurnRow).where(TurnRow.state != "pending", TurnRow.created_at < finished))
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.state == "pending", OutboxRow.created_at < finished)
                .values(state="expired", passing_body=None)
            )

    def erase_due(self, now: datetime) -> None:
        """Carry out the erasures that waited for a case, 72 hours at most."""
        with self._database.write() as session:
            due = select(ConversationRow).where(ConversationRow.erase_due_at <= now)
            for conversation in session.scalars(due).all():
                erase_conversation(session, conversation, now)
