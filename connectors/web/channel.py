"""Routes of the chat page: the page itself, a message in, the lines out."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import anyio.to_thread
from sqlalchemy import exists, select
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.delivery import Outgoing
from bot.errors import BadInput, StorageError
from bot.intake import Intake, Outcome, Receipt
from bot.outbox import Outbox
from bot.privacy.pseudonyms import pseudonyms
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database
from bot.storage.tables import ConversationRow, TurnRow
from connectors.web.client import Hub, to_json
from connectors.web.payload import CHANNEL, LONGEST_BODY, parse, sender_id

PAGE = Path(__file__).parent / "page"
ASSETS = frozenset({"chat.css", "chat.js", "icon.svg"})
POLL_SECONDS = 0.5
KEEP_ALIVE_SECONDS = 15
LARGEST_ID = 2**31
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class WebChannel:
    """Everything under ``/chat`` and ``/webhooks/web``."""

    def __init__(
        self,
        database: Database,
        secrets_: Secrets,
        intake: Intake,
        outbox: Outbox,
        hub: Hub,
        clock: Callable[[], datetime],
        answer_seconds: float,
    ) -> None:
        self._database = database
        self._secrets = secrets_
        self._intake = intake
        self._outbox = outbox
        self._hub = hub
        self._clock = clock
        self._answer_seconds = answer_seconds

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.home),
            Route("/chat", self.page),
            Route("/chat/assets/{name}", self.asset),
            Route("/webhooks/web/session", self.session, methods=["POST"]),
            Route("/webhooks/web/webhook", self.webhook, methods=["POST"]),
            Route("/webhooks/web/events", self.events),
        ]

    async def home(self, _: Request) -> Response:
        return RedirectResponse("/chat")

    async def page(self, _: Request) -> Response:
        return FileResponse(PAGE / "chat.html", headers=HEADERS)

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        return FileResponse(PAGE / name, headers=HEADERS) if name in ASSETS else _refuse(404, "no such file")

    async def session(self, _: Request) -> Response:
        return JSONResponse({"sender": secrets.token_hex(16)}, headers=HEADERS)

    async def webhook(self, request: Request) -> Response:
        """Answer with the list that Rasa's REST channel would give."""
        try:
            message = parse(await _body(request), self._clock())
        except _TooLarge:
            return _refuse(413, f"the body is larger than {LONGEST_BODY} bytes")
        except BadInput as error:
            return _refuse(400, str(error))
        try:
            receipt = await anyio.to_thread.run_sync(self._intake.receive, message, self._clock())
        except StorageError:
            return _refuse(503, "not stored; send it again")
        lines = await self._answer(receipt, message.chat_id)
        return JSONResponse([to_json(line, message.chat_id) for line in lines], headers=HEADERS)

    async def _answer(self, receipt: Receipt, sender: str) -> list[Outgoing]:
        if receipt.view:
            self._hub.signal(sender, receipt.view)
        if receipt.direct is not None:
            await anyio.to_thread.run_sync(self._intake.answered, receipt)
            return [Outgoing(0, "bot", receipt.direct.text, template_id=receipt.direct_id)]
        if receipt.conversation_id is None:
            return []
        ticket = self._hub.enter(receipt.conversation_id)
        try:
            if receipt.awaits_dialogue or receipt.outcome is Outcome.DUPLICATE:
                await self._dialogue_done(receipt.conversation_id, ticket)
            if not self._hub.is_latest(receipt.conversation_id, ticket):
                return []
            return await anyio.to_thread.run_sync(self._collect, receipt.conversation_id)
        finally:
            self._hub.leave(receipt.conversation_id)

    async def _dialogue_done(self, conversation_id: str, ticket: int) -> None:
        """Wait until nothing of the conversation waits for Rasa, or a newer post takes over."""
        end = asyncio.get_running_loop().time() + self._answer_seconds
        while self._hub.is_latest(conversation_id, ticket):
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or not await anyio.to_thread.run_sync(self._turn_waits, conversation_id):
                return
            await self._hub.wait(conversation_id, min(left, POLL_SECONDS))

    def _turn_waits(self, conversation_id: str) -> bool:
        waiting = exists().where(TurnRow.conversation_id == conversation_id, TurnRow.state == "pending")
        with self._database.read() as session:
            return bool(session.scalar(select(waiting)))

    def _collect(self, conversation_id: str) -> list[Outgoing]:
        with self._database.write() as session:
            conversation = session.get(ConversationRow, conversation_id, with_for_update=True)
            if conversation is None:
                return []
            return self._outbox.collect(session, conversation, self._clock())

    async def events(self, request: Request) -> Response:
        """Stream what comes later: a counsellor's words, the place in the queue, a cleared thread."""
        try:
            sender = sender_id(request.query_params.get("sender"))
            last = request.headers.get("last-event-id") or request.query_params.get("after")
            after = None if last is None else max(0, min(int(last), LARGEST_ID))
        except (BadInput, ValueError):
            return _refuse(400, "sender or after is malformed")
        headers = HEADERS | {"X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(sender, after), media_type="text/event-stream", headers=headers)

    async def _stream(self, sender: str, after: int | None) -> AsyncIterator[str]:
        signals, quiet = self._hub.signals(sender), 0.0
        again = after is not None
        yield ": open\n\n"
        while not self._hub.closed:
            for signal in self._hub.signals(sender)[len(signals) :]:
                yield f"event: {signal}\ndata: {{}}\n\n"
            signals = self._hub.signals(sender)
            conversation_id = await anyio.to_thread.run_sync(self._conversation, sender)
            # A post that waits gets the lines itself; giving them to both would show them twice.
            if conversation_id is not None and not self._hub.has_post(conversation_id):
                news = await anyio.to_thread.run_sync(self._news, conversation_id, after, again)
                for line in news.lines:
                    yield f"id: {line.id}\nevent: message\ndata: {_data(line, sender)}\n\n"
                after, again = news.after, False
            await self._hub.wait(conversation_id or sender, POLL_SECONDS)
            quiet += POLL_SECONDS
            if quiet >= KEEP_ALIVE_SECONDS:
                quiet = 0.0
                yield ": still here\n\n"

    def _conversation(self, sender: str) -> str | None:
        names = [name for name, _ in pseudonyms(self._secrets, CHANNEL, sender)]
        mine = select(ConversationRow.id).where(
            ConversationRow.channel == CHANNEL, ConversationRow.pseudonym.in_(names)
        )
        with self._database.read() as session:
            return session.scalar(mine)

    def _news(self, conversation_id: str, after: int | None, again: bool) -> "_News":
        """What one listener has not seen; takes the write lock only when there is something to take."""
        now = self._clock()
        with self._database.read() as session:
            since = self._outbox.newest(session, conversation_id) if after is None else after
            if not again and not self._outbox.has_news(session, conversation_id, since, now):
                return _News([], since)
        with self._database.write() as session:
            conversation = session.get(ConversationRow, conversation_id, with_for_update=True)
            if conversation is None:
                return _News([], since)
            lines = self._outbox.follow(session, conversation, since, now, again=again)
        return _News(lines, max([since, *(line.id for line in lines)]))


class _News(NamedTuple):
    """Lines for one listener, and the id up to which it has now heard."""

    lines: list[Outgoing]
    after: int


class _TooLarge(Exception):
    pass


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LONGEST_BODY:
            raise _TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


def _data(line: Outgoing, sender: str) -> str:
    return json.dumps(to_json(line, sender), ensure_ascii=False)


def _refuse(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status_code=status, headers=HEADERS)
