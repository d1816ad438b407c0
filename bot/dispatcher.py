"""Takes waiting messages to Rasa in each conversation's own order and stores what comes back.

Text goes to Rasa only from here, only when nothing urgent was in it, and is wiped once it is answered.
"""

import logging
import secrets as random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import anyio.to_thread
from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from bot.dialogue import TurnAnswer, TurnRequest
from bot.errors import DialogueError
from bot.escalation import cases
from bot.escalation.states import Reason
from bot.messages import Reply
from bot.outbox import ANSWER, Outbox
from bot.privacy.sealing import unlock
from bot.quota import Quotas, Spending
from bot.replies import Replies
from bot.routing import Line, Mode
from bot.storage.engine import Database
from bot.storage.tables import ConversationRow, TurnRow
from bot.triage.assessment import About, Assessment, Category, Risk, Role

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
# Somebody who never stops typing is answered in between.
PATIENCE = timedelta(seconds=6)
LONGEST = 2000
EFFECTS = {"request_human": Line.QUEUED, "confirm_erase": Line.ERASE_ASK, "hide": Line.HIDDEN}


class Dialogue(Protocol):
    """What answers a turn; ``bot.dialogue.DialogueClient`` in life."""

    async def turn(self, request: TurnRequest) -> TurnAnswer: ...


@dataclass(frozen=True, repr=False)
class Work:
    """One conversation's waiting messages, joined into the turn that Rasa sees."""

    conversation_id: str
    turn_ids: tuple[int, ...]
    request: TurnRequest


def joined(replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """As few messages as can be, for a platform that counts them; buttons stay under their own text."""
    few: list[Reply] = []
    for reply in replies:
        if few and not few[-1].buttons:
            few[-1] = Reply(f"{few[-1].text}\n\n{reply.text}", reply.buttons)
        else:
            few.append(reply)
    return tuple(few)


class Dispatcher:
    """Many processes may run one: a lease on the conversation's row lets only one of them work on it."""

    def __init__(
        self,
        database: Database,
        dialogue: Dialogue,
        outbox: Outbox,
        replies: Replies,
        quotas: Quotas,
        service_key: bytes,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._dialogue = dialogue
        self._outbox = outbox
        self._replies = replies
        self._quotas = quotas
        self._key = service_key
        self._clock = clock
        self._name = random.token_hex(8)

    def ready(self, now: datetime) -> list[str]:
        """Conversations whose burst has ended and that nobody works on."""
        silent = (
            select(TurnRow.conversation_id)
            .where(TurnRow.state == "pending")
            .group_by(TurnRow.conversation_id)
            .having((func.max(TurnRow.due_at) <= now) | (func.min(TurnRow.due_at) <= now - PATIENCE))
        )
        free = (ConversationRow.lease_until.is_(None)) | (ConversationRow.lease_until <= now)
        with self._database.read() as session:
            return list(
                session.scalars(select(ConversationRow.id).where(ConversationRow.id.in_(silent), free))
            )

    async def work(self, conversation_id: str) -> bool:
        """Answer what waits in one conversation; ``False`` when another process has it or nothing waits."""
        work = await anyio.to_thread.run_sync(self._lease, conversation_id, self._clock())
        if work is None:
            return False
        try:
            answer: TurnAnswer | None = await self._dialogue.turn(work.request)
        except DialogueError as error:
            log.warning("dialogue failed: %s", error)
            answer = None
        await anyio.to_thread.run_sync(self._finish, work, answer, self._clock())
        return True

    def _lease(self, conversation_id: str, now: datetime) -> Work | None:
        with self._database.write() as session:
            free = (ConversationRow.lease_until.is_(None)) | (ConversationRow.lease_until <= now)
            result = session.execute(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id, free)
                .values(lease_owner=self._name, lease_until=now + LEASE)
            )
            if not isinstance(result, CursorResult) or result.rowcount != 1:
                return None
            conversation = session.get_one(ConversationRow, conversation_id)
            rows = self._next_turns(session, conversation_id)
            if not rows:
                conversation.lease_owner = conversation.lease_until = None
                return None
            return Work(conversation_id, tuple(row.id for row in rows), self._request(conversation, rows))

    @staticmethod
    def _next_turns(session: Session, conversation_id: str) -> list[TurnRow]:
        """The typed messages up to the first tapped button, or that button alone."""
        rows = session.scalars(
            select(TurnRow)
            .where(TurnRow.conversation_id == conversation_id, TurnRow.state == "pending")
            .order_by(TurnRow.id)
        ).all()
        taken: list[TurnRow] = []
        for row in rows:
            if row.payload is not None:
                return taken or [row]
            taken.append(row)
        return taken

    def _request(self, conversation: ConversationRow, rows: list[TurnRow]) -> TurnRequest:
        said = [unlock(self._key, row.passing_text).decode() for row in rows if row.passing_text]
        gravest: dict[str, Any] = max(
            (row.metadata_ for row in rows), key=lambda data: Risk.parse(data["risk"])
        )
        return TurnRequest(
            conversation_id=conversation.id,
            text=" ".join(said)[:LONGEST],
            payload=rows[0].payload,
            role=Role(conversation.role),
            age_band=conversation.age_band,
            language=conversation.language,
            talk=Mode.DISCLOSURE if conversation.mode == Mode.DISCLOSURE else Mode.NORMAL,
            end_form=conversation.end_form,
            risk=Risk.parse(gravest["risk"]),
            category=Category(gravest["category"]),
            about=About(gravest["about"]),
            check_in=any(row.metadata_["check_in"] for row in rows),
        )

    def _finish(self, work: Work, answer: TurnAnswer | None, now: datetime) -> None:
        """Store the replies and forget the texts, in one transaction: a crash in between repeats the whole turn."""
        with self._database.write() as session:
            conversation = session.get(ConversationRow, work.conversation_id, with_for_update=True)
            if conversation is None:
                return
            conversation.lease_owner = conversation.lease_until = None
            waiting = session.execute(
                update(TurnRow)
                .where(TurnRow.id.in_(work.turn_ids), TurnRow.state == "pending")
                .values(state="done", passing_text=None)
            )
            # Dropped meanwhile: something urgent came in, or the person erased the chat.
            if not isinstance(waiting, CursorResult) or waiting.rowcount == 0:
                return
            if answer is None:
                self._say(session, conversation, Line.FALLBACK, now)
                return
            conversation.end_form = False
            self._learn(conversation, answer)
            self._answer(session, conversation, answer, now)
            for effect in answer.effects:
                self._carry_out(session, conversation, effect, now)

    def _answer(
        self, session: Session, conversation: ConversationRow, answer: TurnAnswer, now: datetime
    ) -> None:
        case = cases.open_case_of(session, conversation.id)
        spending = self._quotas.spending(
            session, conversation.channel, conversation.id, now, has_case=case is not None
        )
        if spending is Spending.TELL:
            self._say(session, conversation, Line.CHANNEL_FULL, now)
        replies = answer.replies
        if self._quotas.limit(conversation.channel) is not None:
            replies = joined(replies)
        for reply in replies if spending is Spending.FREE else ():
            self._outbox.queue(session, conversation, reply, now, template_id=ANSWER)

    @staticmethod
    def _learn(conversation: ConversationRow, answer: TurnAnswer) -> None:
        role, age_band = answer.slots.get("role"), answer.slots.get("age_band")
        if role and role != Role.UNKNOWN:
            conversation.role = Role(role)
        if age_band and age_band != "unknown":
            conversation.age_band = str(age_band)

    def _carry_out(self, session: Session, conversation: ConversationRow, effect: str, now: datetime) -> None:
        if effect not in EFFECTS:
            log.error("dialogue asked for an unknown effect")
            return
        if effect == "request_human" and not cases.is_held(session, conversation.id):
            cases.call_for_human(session, conversation, Assessment(), Reason.ASKED, now)
        if effect == "hide":
            conversation.mode = Mode.HIDDEN
        self._say(session, conversation, EFFECTS[effect], now)

    def _say(self, session: Session, conversation: ConversationRow, line: Line, now: datetime) -> None:
        case = cases.open_case_of(session, conversation.id)
        template_id, reply = self._replies.reply(session, line, conversation, Assessment(), case, now)
        self._outbox.queue(session, conversation, reply, now, template_id=template_id)
