"""Every message enters here: stored, assessed, cased and answered in one transaction before the platform's 200."""

import logging
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.arrival import Arrival, Outcome, Receipt
from bot.config import Settings
from bot.errors import StorageError
from bot.language import nfc, storable
from bot.messages import InboundMessage
from bot.outbox import Outbox
from bot.privacy.pseudonyms import message_hash
from bot.privacy.secrets import Secrets
from bot.quota import Quotas
from bot.recall import Recalls, remember_platform_id
from bot.replies import Replies
from bot.speaking import Desk
from bot.spool import Spool
from bot.storage.conversations import find_conversation, start_conversation
from bot.storage.engine import Database
from bot.storage.tables import MessageRow
from bot.triage import TriageModel, assess

log = logging.getLogger(__name__)

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
        quotas: Quotas,
        model: TriageModel | None = None,
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._replies = replies
        self._spool = spool
        self._quotas = quotas
        self._desk = Desk(secrets, outbox, replies, settings, model, quotas, Recalls(secrets))

    def receive(self, message: InboundMessage, now: datetime) -> Receipt:
        """Take one message in; when this returns it is safe, whatever is broken.

        Raises ``StorageError`` only when both the database and the spool refuse it.
        """
        message = replace(message, text=nfc(storable(message.text)))
        try:
            return self._store(message, now, answered=False)
        except StorageError:
            return self._set_aside(message)
        # A fault of ours: it must be found, and what the person wrote must not be lost by it.
        except Exception:
            log.exception("a message could not be handled")
            return self._set_aside(message)

    def _set_aside(self, message: InboundMessage) -> Receipt:
        self._spool.put(message, answered=False)
        reading, _ = assess(message.text, model=self._desk.model)
        template_id, direct = self._replies.without_database(reading)
        # What was not urgent is answered properly once it is stored.
        unanswered = message if reading.is_urgent else None
        return Receipt(Outcome.SPOOLED, direct=direct, direct_id=template_id, unanswered=unanswered)

    def answered(self, receipt: Receipt) -> None:
        """The spooled message's crisis reply has reached its channel, so the replay need not send it."""
        if receipt.unanswered is not None:
            self._spool.put(receipt.unanswered, answered=True)

    def replay(self, now: datetime) -> int:
        """Store what was spooled; the crisis reply that went out then is not sent twice."""
        done = 0
        for path, message, answered in self._spool.waiting():
            try:
                self._store(message, now, answered=answered)
            except StorageError:
                raise
            # One that cannot be handled stays, for whoever mends the fault; the others still come in.
            except Exception as error:
                log.debug("a spooled message could not be handled: %s", type(error).__name__)
                continue
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
            known = session.scalar(select(MessageRow).where(MessageRow.dedupe == dedupe))
            if known is not None:
                # The pictures of an album are one message to us and several on the phone.
                remember_platform_id(known, self._secrets.service, message.platform_id)
                return Receipt(Outcome.DUPLICATE, conversation.id)
            self._quotas.count(session, message.channel, 1, now)
            return Arrival(self._desk, session, conversation, message, dedupe, now, answered).handle()
