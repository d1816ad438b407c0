"""Every message enters here: stored, assessed, cased and answered in one transaction before the platform's 200."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.arrival import Arrival, Desk, Outcome, Receipt
from bot.config import Settings
from bot.errors import StorageError
from bot.language import nfc
from bot.messages import InboundMessage
from bot.outbox import Outbox
from bot.privacy.pseudonyms import message_hash
from bot.privacy.secrets import Secrets
from bot.replies import Replies
from bot.spool import Spool
from bot.storage.conversations import find_conversation, start_conversation
from bot.storage.engine import Database
from bot.storage.tables import MessageRow
from bot.triage import TriageModel, assess

__all__ = ["Intake", "Outcome", "Receipt"]


class Intake:
    """The door. Safe to call from many threads and processes at once; without a ``model`` rules read alone."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        outbox: Outbox,
        replies: Replies,
        spool: Spool,
        settings: Settings,
        model: TriageModel | None = None,
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._replies = replies
        self._spool = spool
        self._desk = Desk(secrets, outbox, replies, settings, model)

    def receive(self, message: InboundMessage, now: datetime) -> Receipt:
        """Take one message in; when this returns it is safe, whatever is broken.

        Raises ``StorageError`` only when both the database and the spool refuse it.
        """
        message = replace(message, text=nfc(message.text))
        try:
            return self._store(message, now, answered=False)
        except StorageError:
            reading, _ = assess(message.text, model=self._desk.model)
            self._spool.put(message, answered=reading.is_urgent)
            template_id, direct = self._replies.without_database(reading)
            return Receipt(Outcome.SPOOLED, direct=direct, direct_id=template_id)

    def replay(self, now: datetime) -> int:
        """Store what was spooled; the crisis reply that went out then is not sent twice."""
        done = 0
        for path, message, answered in self._spool.waiting():
            self._store(message, now, answered=answered)
            path.unlink()
            done += 1
        return done

    def _store(self, message: InboundMessage, now: datetime, *, answered: bool) -> Receipt:
        try:
            return self._transaction(message, now, answered)
        except StorageError as error:
            # Two first messages of one person at once: the loser finds the winner's row on a second try.
            if isinstance(error.__cause__, IntegrityError):
                return self._transaction(message, now, answered)
            raise

    def _transaction(self, message: InboundMessage, now: datetime, answered: bool) -> Receipt:
        with self._database.write() as session:
            conversation = find_conversation(session, self._secrets, message.channel, message.chat_id)
            if conversation is None:
                conversation = start_conversation(
                    session, self._secrets, message.channel, message.chat_id, now
                )
            dedupe = message_hash(self._secrets, message.channel, message.chat_id, message.message_id)
            if session.scalar(select(MessageRow.id).where(MessageRow.dedupe == dedupe)):
                return Receipt(Outcome.DUPLICATE, conversation.id)
            return Arrival(self._desk, session, conversation, message, dedupe, now, answered).handle()
