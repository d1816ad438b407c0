"""After "xoá": deleting the lines from the person's own phone, where the platform lets a bot do that."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from bot.errors import SendError
from bot.privacy.sealing import lock_json, unlock_json
from bot.privacy.secrets import Secrets
from bot.storage.conversations import address
from bot.storage.tables import ConversationRow, MessageRow, RecallRow

# No platform deletes older lines, so nothing to do it by is kept longer.
WINDOW = timedelta(hours=48)
RETRY_SECONDS = (5, 30, 300, 1800, 7200)
ATTEMPT_SECONDS = 60


@dataclass(frozen=True, repr=False)
class Recall:
    """Lines of one chat that must disappear from the phone."""

    row_id: int
    channel: str
    chat_id: str
    platform_ids: tuple[str, ...]


def remember_platform_id(line: MessageRow, service_key: bytes, platform_id: str) -> None:
    """Keep what the platform can delete this line by; nothing is kept where it cannot (an empty id)."""
    known = line.passing_platform_ids
    ids = unlock_json(service_key, known)["ids"] if known else []
    if platform_id and platform_id not in ids:
        line.passing_platform_ids = lock_json(service_key, {"ids": [*ids, platform_id]})


class Recalls:
    """Remembers what is to be deleted until it is; the conversation itself may be gone by then."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def request(self, session: Session, conversation: ConversationRow, now: datetime) -> None:
        """Note every line of the conversation that its platform can still delete."""
        # An edited message stands in the transcript twice and on the phone once.
        ids = tuple(dict.fromkeys(self._platform_ids(session, conversation, now)))
        chat_id = address(conversation, self._secrets)
        if ids and chat_id:
            self.add(session, conversation.channel, chat_id, ids, now)

    def add(
        self, session: Session, channel: str, chat_id: str, platform_ids: tuple[str, ...], now: datetime
    ) -> None:
        """Note single lines, such as one that left while the chat was being erased."""
        body = lock_json(self._secrets.service, {"chat_id": chat_id, "ids": platform_ids})
        session.add(RecallRow(channel=channel, passing_body=body, created_at=now, due_at=now))

    def _platform_ids(self, session: Session, conversation: ConversationRow, now: datetime) -> Iterator[str]:
        kept = session.scalars(
            select(MessageRow.passing_platform_ids)
            .where(MessageRow.conversation_id == conversation.id)
            .where(MessageRow.passing_platform_ids.is_not(None), MessageRow.sent_at > now - WINDOW)
            .order_by(MessageRow.id)
        )
        for locked in kept:
            yield from unlock_json(self._secrets.service, locked or b"")["ids"]

    @staticmethod
    def waits(session: Session, channels: Collection[str], now: datetime) -> bool:
        """Whether ``take`` might give something."""
        due = exists().where(RecallRow.due_at <= now, RecallRow.channel.in_(channels))
        return bool(session.scalar(select(due)))

    def take(self, session: Session, channels: Collection[str], now: datetime) -> Recall | None:
        """Claim the next one to try; a lost process's one comes due again."""
        due = select(RecallRow).where(RecallRow.due_at <= now, RecallRow.channel.in_(channels))
        row = session.scalar(due.order_by(RecallRow.id).limit(1))
        if row is None:
            return None
        mine = update(RecallRow).where(RecallRow.id == row.id, RecallRow.attempts == row.attempts)
        values = {"attempts": row.attempts + 1, "due_at": now + timedelta(seconds=ATTEMPT_SECONDS)}
        result = session.execute(mine.values(**values), execution_options={"synchronize_session": False})
        if not isinstance(result, CursorResult) or result.rowcount != 1:
            return None
        body = unlock_json(self._secrets.service, row.passing_body)
        return Recall(row.id, row.channel, body["chat_id"], tuple(body["ids"]))

    @staticmethod
    def done(session: Session, recall: Recall) -> None:
        """Forget chat and lines: they are gone, or cannot be deleted."""
        session.execute(delete(RecallRow).where(RecallRow.id == recall.row_id))

    def failed(self, session: Session, recall: Recall, error: SendError, now: datetime) -> None:
        """Try again later where that may help and the lines are young enough."""
        row = session.get_one(RecallRow, recall.row_id)
        if not error.retry or row.attempts > len(RETRY_SECONDS) or row.created_at < now - WINDOW:
            self.done(session, recall)
        else:
            row.due_at = now + timedelta(seconds=RETRY_SECONDS[row.attempts - 1])
