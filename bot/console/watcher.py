"""One look at the database for all open streams: tells each which of its topics changed."""

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.errors import StorageError
from bot.escalation.states import State
from bot.storage.engine import Database
from bot.storage.tables import CaseRow, ConversationRow, MessageRow, OutboxRow, PageRow

QUEUE = "queue"
LOOK_EVERY = 0.3
log = logging.getLogger(__name__)


class Follower:
    """One stream's wish list. ``wait`` returns the topics that changed since the last call."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self._news: set[str] = set()
        self._bell = asyncio.Event()

    def tell(self, changed: set[str]) -> None:
        if self.topics & changed:
            self._news |= self.topics & changed
            self._bell.set()

    async def wait(self, seconds: float) -> frozenset[str]:
        try:
            await asyncio.wait_for(self._bell.wait(), seconds)
        except TimeoutError:
            return frozenset()
        news, self._news = frozenset(self._news), set()
        self._bell.clear()
        return news


class Watcher:
    """Looks a few times a second while anybody follows, however many they are."""

    def __init__(self, database: Database, every: float = LOOK_EVERY) -> None:
        self._database = database
        self._every = every
        self._followers: set[Follower] = set()
        self._marks: dict[str, str] = {}
        self.closed = asyncio.Event()

    @contextmanager
    def follow(self, *topics: str) -> Iterator[Follower]:
        follower = Follower(frozenset(topics))
        self._followers.add(follower)
        try:
            yield follower
        finally:
            self._followers.discard(follower)

    async def run(self) -> None:
        while not self.closed.is_set():
            try:
                await self._look()
            except StorageError as error:
                log.warning("the console cannot look for changes: %s", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closed.wait(), self._every)

    def close(self) -> None:
        """Let the streams end, so that the server need not wait for them."""
        self.closed.set()
        for follower in self._followers:
            follower.tell(set(follower.topics))

    async def _look(self) -> None:
        topics = {topic for follower in self._followers for topic in follower.topics}
        if not topics:
            return
        marks = await asyncio.to_thread(self._read, topics)
        # A topic seen for the first time counts as changed: its page may be older than this first look.
        changed = {topic for topic, mark in marks.items() if self._marks.get(topic) != mark}
        self._marks = marks
        for follower in tuple(self._followers):
            follower.tell(changed)

    def _read(self, topics: set[str]) -> dict[str, str]:
        with self._database.read() as session:
            marks = {QUEUE: _mark(_queue_facts(session))} if QUEUE in topics else {}
            for code in topics - {QUEUE}:
                marks[code] = _mark(_case_facts(session, code))
            return marks


def _mark(facts: list[Any]) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _queue_facts(session: Session) -> list[Any]:
    cases = select(
        CaseRow.id,
        CaseRow.state,
        CaseRow.risk,
        CaseRow.category,
        CaseRow.queued_at,
        CaseRow.holder_id,
        CaseRow.unanswered_since,
    )
    pages = select(PageRow.id).where(PageRow.acknowledged_at.is_(None))
    return [
        [
            tuple(row)
            for row in session.execute(cases.where(CaseRow.state != State.CLOSED).order_by(CaseRow.id))
        ],
        list(session.scalars(pages.order_by(PageRow.id))),
    ]


def _case_facts(session: Session, code: str) -> list[Any]:
    case = session.scalar(select(CaseRow).where(CaseRow.code == code))
    if case is None:
        return []
    mine = MessageRow.conversation_id == case.conversation_id
    lines = select(
        func.max(MessageRow.id), func.count(MessageRow.id), func.count(MessageRow.hidden_at)
    ).where(mine)
    sending = (
        select(OutboxRow.state, func.count())
        .where(OutboxRow.conversation_id == case.conversation_id)
        .group_by(OutboxRow.state)
        .order_by(OutboxRow.state)
    )
    thread = select(
        ConversationRow.mode, ConversationRow.role, ConversationRow.age_band, ConversationRow.erase_due_at
    )
    return [
        (
            case.state,
            case.risk,
            case.category,
            case.holder_id,
            case.unanswered_since,
            case.warned_at,
            case.flags,
        ),
        [tuple(row) for row in session.execute(lines)],
        [tuple(row) for row in session.execute(sending)],
        [tuple(row) for row in session.execute(thread.where(ConversationRow.id == case.conversation_id))],
        list(
            session.scalars(
                select(PageRow.id).where(PageRow.case_id == case.id, PageRow.acknowledged_at.is_(None))
            )
        ),
    ]
