"""Carries outbox rows to the platforms, and takes back from phones what was erased."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

import anyio.to_thread
from sqlalchemy import select

from bot.delivery import Sender
from bot.errors import (
    MessageRefused,
    QuotaExhausted,
    RateLimited,
    RecipientGone,
    SendError,
    StorageError,
    TemporarySendError,
)
from bot.escalation import cases
from bot.outbox import ANSWER, Delivery, Outbox
from bot.privacy.secrets import Secrets
from bot.quota import Quotas
from bot.recall import Recall, Recalls
from bot.storage.conversations import address
from bot.storage.engine import Database
from bot.storage.tables import ConversationRow, OutboxRow

log = logging.getLogger(__name__)

# For each channel, so that a platform that hangs holds up no other.
AT_ONCE = 16
# Shorter than the outbox's lease, so that nobody else takes the row while this attempt still runs.
LONGEST_ATTEMPT_SECONDS = 45


class Sending:
    """One attempt at a time a row. ``senders`` by channel; a channel without one fetches its own lines."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        outbox: Outbox,
        recalls: Recalls,
        quotas: Quotas,
        senders: Mapping[str, Sender],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._outbox = outbox
        self._recalls = recalls
        self._quotas = quotas
        self._senders = senders
        self._clock = clock
        self._running: dict[tuple[int, str], asyncio.Task[None]] = {}
        self.troubles: dict[str, str] = {}

    async def step(self) -> None:
        """Begin what is due; a slow platform holds up nobody but its own chats."""
        if not self._senders:
            return
        for row_id, channel in await anyio.to_thread.run_sync(self._due):
            busy = sum(running == channel for _, running in self._running)
            if (row_id, channel) not in self._running and busy < AT_ONCE:
                self._running[row_id, channel] = asyncio.create_task(self._try(row_id, channel))

    async def stop(self) -> None:
        """Let running attempts end; their outcome must be stored."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _try(self, row_id: int, channel: str) -> None:
        try:
            await self.send(row_id)
        except StorageError as error:
            # The row's lease runs out and the row comes due again.
            log.warning("a line's outcome could not be stored: %s", error)
        finally:
            self._running.pop((row_id, channel), None)

    def _due(self) -> list[tuple[int, str]]:
        with self._database.read() as session:
            return self._outbox.due(session, frozenset(self._senders), self._clock())

    async def send(self, row_id: int) -> None:
        """Try one outbox row now; its outcome is stored either way."""
        waiting = await anyio.to_thread.run_sync(self._peek, row_id)
        if waiting is None:
            return
        # The pace is waited for before the line is judged: what happens meanwhile must still hold it back.
        await self._turn(*waiting)
        taken = await anyio.to_thread.run_sync(self._take, row_id)
        if taken is None:
            return
        delivery, chat_id = taken
        channel = delivery.conversation.channel
        try:
            async with asyncio.timeout(LONGEST_ATTEMPT_SECONDS):
                await self._carry(delivery, chat_id)
        except TimeoutError:
            await self._note(row_id, channel, TemporarySendError("the attempt took too long"))
        except SendError as error:
            await self._note(row_id, channel, error)
        else:
            self.troubles.pop(channel, None)

    async def _note(self, row_id: int, channel: str, error: SendError) -> None:
        """Store the outcome; what concerns more than this one chat is told to the operator, once."""
        await anyio.to_thread.run_sync(self._failed, row_id, error)
        if isinstance(error, (RecipientGone, RateLimited)):
            return
        if self.troubles.get(channel) != str(error):
            log.error("%s: sending: %s", channel, error)
        self.troubles[channel] = str(error)

    async def _carry(self, delivery: Delivery, chat_id: str) -> None:
        channel = delivery.conversation.channel
        sender = self._senders[channel]
        parts = sender.parts(delivery.message)
        if not parts:
            raise MessageRefused("a line without a word")
        for number, part in enumerate(parts[delivery.parts_sent :], start=delivery.parts_sent + 1):
            if number > delivery.parts_sent + 1:
                await self._turn(channel, chat_id, delivery.message.template_id)
                if not await anyio.to_thread.run_sync(self._may_go_on, delivery.row_id):
                    return
            platform_id = await sender.send(chat_id, part)
            known, is_last = platform_id if sender.deletes else "", number == len(parts)
            if not await anyio.to_thread.run_sync(self._part_sent, delivery, number, known, is_last):
                await self._take_back(channel, chat_id, platform_id)
                return

    async def _take_back(self, channel: str, chat_id: str, platform_id: str) -> None:
        """The person erased the chat while this line was on its way."""
        if self._senders[channel].deletes:
            await anyio.to_thread.run_sync(self._remember_recall, channel, chat_id, platform_id)

    async def _turn(self, channel: str, chat_id: str, template_id: str) -> None:
        """Answers to questions keep each chat's pace; a crisis line and a human's words do not wait behind them."""
        if channel in self._senders:
            await self._senders[channel].turn(chat_id, patient=template_id == ANSWER)

    def _peek(self, row_id: int) -> tuple[str, str, str] | None:
        with self._database.read() as session:
            found = session.execute(
                select(OutboxRow, ConversationRow)
                .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
                .where(OutboxRow.id == row_id, OutboxRow.due_at <= self._clock())
            ).first()
            if found is None:
                return None
            row, conversation = found
            return conversation.channel, address(conversation, self._secrets) or "", row.template_id or ""

    def _may_go_on(self, row_id: int) -> bool:
        with self._database.write() as session:
            return self._outbox.may_go_on(session, row_id)

    def _take(self, row_id: int) -> tuple[Delivery, str] | None:
        with self._database.write() as session:
            delivery = self._outbox.take(session, row_id, self._clock())
            if delivery is None:
                return None
            chat_id = address(delivery.conversation, self._secrets)
            if delivery.conversation.channel not in self._senders or chat_id is None:
                self._outbox.failed(session, row_id, SendError("no address"), self._clock())
                return None
            return delivery, chat_id

    def _part_sent(self, delivery: Delivery, parts: int, platform_id: str, is_last: bool) -> bool:
        now = self._clock()
        with self._database.write() as session:
            self._quotas.count(session, delivery.conversation.channel, 1, now)
            if not self._outbox.part_sent(session, delivery.row_id, parts, platform_id):
                return False
            if is_last:
                self._outbox.sent(session, delivery.row_id, now)
        return True

    def _failed(self, row_id: int, error: SendError) -> None:
        now = self._clock()
        with self._database.write() as session:
            given_up = self._outbox.failed(session, row_id, error, now)
            row = session.get(OutboxRow, row_id)
            case = cases.open_case_of(session, row.conversation_id) if row else None
            if case is not None and (given_up or isinstance(error, QuotaExhausted)):
                name = "unreachable" if isinstance(error, RecipientGone) else "undelivered"
                cases.flag(session, case, name, now)

    def _remember_recall(self, channel: str, chat_id: str, platform_id: str) -> None:
        with self._database.write() as session:
            self._recalls.add(session, channel, chat_id, (platform_id,), self._clock())

    async def recall(self) -> None:
        """Delete from phones what is due to be deleted."""
        while recall := await anyio.to_thread.run_sync(self._next_recall):
            try:
                await self._senders[recall.channel].delete(recall.chat_id, recall.platform_ids)
            except SendError as error:
                await anyio.to_thread.run_sync(self._recall_failed, recall, error)
            else:
                await anyio.to_thread.run_sync(self._recalled, recall)

    def _next_recall(self) -> Recall | None:
        deleting = [name for name, sender in self._senders.items() if sender.deletes]
        if not deleting:
            return None
        with self._database.read() as session:
            if not self._recalls.waits(session, deleting, self._clock()):
                return None
        with self._database.write() as session:
            return self._recalls.take(session, deleting, self._clock())

    def _recalled(self, recall: Recall) -> None:
        with self._database.write() as session:
            self._recalls.done(session, recall)

    def _recall_failed(self, recall: Recall, error: SendError) -> None:
        with self._database.write() as session:
            self._recalls.failed(session, recall, error, self._clock())
