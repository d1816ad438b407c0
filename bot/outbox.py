"""Every message leaves here: stored before the attempt, its outcome after.

The right to leave is judged inside the transaction that takes the row, under the conversation's lock,
so that a bot line queued before a claim never follows the claim.
"""

import secrets as random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from bot.delivery import Author, Option, Outgoing
from bot.errors import SendError, TemporarySendError
from bot.escalation import cases
from bot.language import fold
from bot.messages import Reply
from bot.privacy.sealing import lock_json, seal, unlock_json
from bot.recall import remember_platform_id
from bot.storage.tables import ChoiceRow, ConversationRow, MessageRow, OutboxRow

HIDDEN = "hidden"
HIDDEN_LINES = "utter_hidden"
# The template id of what Rasa answers; every other line has one of its own.
ANSWER = "rasa"
RETRY_SECONDS = (2, 5, 15, 60, 300, 900, 3600)
ATTEMPT_SECONDS = 60


@dataclass(frozen=True, repr=False)
class Delivery:
    """A row taken for sending; its first ``parts_sent`` parts have left already."""

    row_id: int
    conversation: ConversationRow
    message: Outgoing
    parts_sent: int


class Outbox:
    """Queues and releases messages. Callers begin and commit."""

    FETCHED = "fetched"
    STREAMED = "streamed"

    def __init__(self, service_key: bytes) -> None:
        self._key = service_key

    def queue(
        self,
        session: Session,
        conversation: ConversationRow,
        reply: Reply,
        now: datetime,
        *,
        author: Author = Author.BOT,
        template_id: str | None = None,
        user_id: int | None = None,
        due_at: datetime | None = None,
    ) -> OutboxRow:
        """Seal the line into the transcript and put it on its way, not before ``due_at``."""
        message = MessageRow(
            conversation_id=conversation.id,
            author=author,
            kind="text",
            template_id=template_id,
            user_id=user_id,
            sealed_text=seal(conversation.public_key, reply.text.encode()),
            sent_at=now,
            received_at=now,
        )
        session.add(message)
        session.flush()
        body = {"text": reply.text, "options": self._offer(session, conversation, reply, now)}
        row = OutboxRow(
            conversation_id=conversation.id,
            message_id=message.id,
            author=author,
            template_id=template_id,
            passing_body=lock_json(self._key, body),
            created_at=now,
            due_at=due_at or now,
        )
        session.add(row)
        session.flush()
        return row

    @staticmethod
    def withdraw(
        session: Session, conversation_id: str, authors: Collection[Author], template_id: str = ""
    ) -> None:
        """Take back what has not left yet, of one template if it is named; its text is wiped."""
        waiting = update(OutboxRow).where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.state == "pending",
            OutboxRow.author.in_(authors),
        )
        if template_id:
            waiting = waiting.where(OutboxRow.template_id == template_id)
        session.execute(waiting.values(state="withdrawn", passing_body=None))

    def _offer(
        self, session: Session, conversation: ConversationRow, reply: Reply, now: datetime
    ) -> list[dict[str, str]]:
        offered = []
        for position, button in enumerate(reply.buttons, start=1):
            token = random.token_urlsafe(12)
            session.add(
                ChoiceRow(
                    token=token,
                    conversation_id=conversation.id,
                    payload=button.payload,
                    title=button.title[:120],
                    title_folded=fold(button.title)[:60],
                    position=position,
                    offered_at=now,
                )
            )
            offered.append({"title": button.title, "token": token})
        return offered

    def due(self, session: Session, channels: frozenset[str], now: datetime) -> list[tuple[int, str]]:
        """Rows to try now, each with its channel; at most one a conversation, so that order holds.

        Answers to questions come after everything else: crisis lines and a human's words must not wait for them.
        """
        rows = session.execute(
            select(OutboxRow, ConversationRow.channel)
            .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
            .where(ConversationRow.channel.in_(channels), OutboxRow.state.in_(["pending", "sending"]))
            .where((ConversationRow.mode != HIDDEN) | OutboxRow.template_id.startswith(HIDDEN_LINES))
            # What is only meant for later holds nothing up; what is tried again does.
            .where((OutboxRow.due_at <= now) | (OutboxRow.attempts > 0))
            .order_by(OutboxRow.id)
        )
        first: dict[str, tuple[OutboxRow, str]] = {}
        for row, channel in rows:
            first.setdefault(row.conversation_id, (row, channel))
        due = [(row, channel) for row, channel in first.values() if row.due_at <= now]
        return [
            (row.id, channel) for row, channel in sorted(due, key=lambda pair: pair[0].template_id == ANSWER)
        ]

    def take(self, session: Session, row_id: int, now: datetime) -> Delivery | None:
        """Claim one row for sending; ``None`` when it may not leave (now). A lost process's row comes due again."""
        conversation = self._lock_conversation(session, row_id)
        row = session.get(OutboxRow, row_id, populate_existing=True)
        if conversation is None or row is None or row.state not in {"pending", "sending"} or row.due_at > now:
            return None
        if not self._may_leave(session, conversation, row):
            return None
        row.state, row.attempts = "sending", row.attempts + 1
        row.due_at = now + timedelta(seconds=ATTEMPT_SECONDS)
        return Delivery(row_id, conversation, self._read(row), row.parts_sent)

    def may_go_on(self, session: Session, row_id: int) -> bool:
        """Between two parts of one line: whether the rest may still leave."""
        conversation = self._lock_conversation(session, row_id)
        row = session.get(OutboxRow, row_id, populate_existing=True)
        if conversation is None or row is None or row.state != "sending":
            return False
        return self._may_leave(session, conversation, row)

    def part_sent(self, session: Session, row_id: int, parts: int, platform_id: str) -> bool:
        """Record that ``parts`` parts have left; ``False`` when the line was taken back meanwhile.

        ``platform_id`` is kept only of lines that their platform can delete, so it may be empty.
        """
        row = session.get(OutboxRow, row_id)
        if row is None or row.state != "sending":
            return False
        row.parts_sent = parts
        message = session.get(MessageRow, row.message_id) if row.message_id else None
        if message is not None:
            remember_platform_id(message, self._key, platform_id)
        return True

    def sent(self, session: Session, row_id: int, now: datetime) -> None:
        """Record the delivery and wipe the passing text."""
        self._finish(session, row_id, state="sent", sent_at=now, passing_body=None, error=None)

    def failed(self, session: Session, row_id: int, error: SendError, now: datetime) -> bool:
        """Try again later if that may help; else keep only that and why it failed, and answer ``True``."""
        row = session.get(OutboxRow, row_id)
        if row is None:
            return False
        name = type(error).__name__
        if not error.retry or row.attempts > len(RETRY_SECONDS):
            return self._finish(session, row_id, state="failed", passing_body=None, error=name)
        wait, attempts = float(RETRY_SECONDS[row.attempts - 1]), row.attempts
        if isinstance(error, TemporarySendError) and error.seconds is not None:
            # The platform is not broken, only busy: its pauses do not use up the attempts.
            wait, attempts = max(1, error.seconds), row.attempts - 1
        due_at = now + timedelta(seconds=wait)
        self._finish(session, row_id, state="pending", due_at=due_at, attempts=attempts, error=name)
        return False

    def collect(self, session: Session, conversation: ConversationRow, now: datetime) -> list[Outgoing]:
        """For a channel whose page fetches: what has not been fetched yet."""
        rows = [row for row in self._fetchable(session, conversation, now) if row.state == "pending"]
        return [self._hand_out(row, now, self.FETCHED) for row in rows]

    def follow(
        self,
        session: Session,
        conversation: ConversationRow,
        after: int,
        now: datetime,
        *,
        again: bool = False,
    ) -> list[Outgoing]:
        """For a page that listens: all lines after id ``after``, so that every open page shows them.

        What a post has fetched is given only to a page that comes back (``again``); it may have lost the answer.
        Handed-out text can be had until ``wipe_collected``.
        """
        rows = self._fetchable(session, conversation, now)
        fresh = [row for row in rows if row.state == "pending" or again or row.receipt == self.STREAMED]
        return [
            self._hand_out(row, now, self.STREAMED)
            for row in fresh
            if row.id > after or row.state == "pending"
        ]

    def _fetchable(self, session: Session, conversation: ConversationRow, now: datetime) -> list[OutboxRow]:
        rows = session.scalars(
            select(OutboxRow)
            .where(OutboxRow.conversation_id == conversation.id, OutboxRow.passing_body.is_not(None))
            .where(OutboxRow.state.in_(["pending", "sent"]), OutboxRow.due_at <= now)
            .order_by(OutboxRow.id)
        ).all()
        return [row for row in rows if self._may_leave(session, conversation, row)]

    def _hand_out(self, row: OutboxRow, now: datetime, how: str) -> Outgoing:
        if row.state == "pending":
            row.state, row.sent_at, row.attempts, row.receipt = "sent", now, 1, how
        return self._read(row)

    def has_news(self, session: Session, conversation_id: str, after: int, now: datetime) -> bool:
        """Whether ``follow`` might give something."""
        streamed = (OutboxRow.receipt == self.STREAMED) & (OutboxRow.id > after)
        news = exists().where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.passing_body.is_not(None),
            ((OutboxRow.state == "pending") & (OutboxRow.due_at <= now)) | streamed,
        )
        return bool(session.scalar(select(news)))

    @staticmethod
    def newest(session: Session, conversation_id: str) -> int:
        """The id of the last line so far, 0 before the first."""
        mine = OutboxRow.conversation_id == conversation_id
        return session.scalar(select(func.max(OutboxRow.id)).where(mine)) or 0

    def wipe_collected(self, session: Session, older_than: datetime) -> None:
        """Forget the text of what a page fetched before ``older_than``."""
        session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.state == "sent", OutboxRow.sent_at < older_than, OutboxRow.passing_body.is_not(None)
            )
            .values(passing_body=None)
        )

    def _may_leave(self, session: Session, conversation: ConversationRow, row: OutboxRow) -> bool:
        leaving = row.state in {"pending", "sending"}
        if leaving and row.author == Author.BOT and cases.is_held(session, conversation.id):
            row.state, row.passing_body = "withdrawn", None
            return False
        # "thoát" holds everything, a human's words too; only the harmless homework talk goes out.
        return conversation.mode != HIDDEN or (row.template_id or "").startswith(HIDDEN_LINES)

    def _read(self, row: OutboxRow) -> Outgoing:
        body: dict[str, Any] = unlock_json(self._key, row.passing_body or b"")
        options = tuple(Option(option["title"], option["token"]) for option in body["options"])
        return Outgoing(row.id, row.author, body["text"], options, row.template_id or "")

    @staticmethod
    def _lock_conversation(session: Session, row_id: int) -> ConversationRow | None:
        owner = select(OutboxRow.conversation_id).where(OutboxRow.id == row_id).scalar_subquery()
        return session.scalar(select(ConversationRow).where(ConversationRow.id == owner).with_for_update())

    @staticmethod
    def _finish(session: Session, row_id: int, **values: Any) -> bool:
        """Whether the row was still on its way; what was withdrawn meanwhile stays withdrawn."""
        mine = update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.state.in_(["pending", "sending"]))
        result = session.execute(mine.values(**values))
        return isinstance(result, CursorResult) and result.rowcount == 1
