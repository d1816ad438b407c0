"""A small twin of the web channel's server: scripted answers, a real event stream, faults on demand."""

import asyncio
import itertools
import json
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

PAGE = Path(__file__).parents[2] / "connectors" / "web" / "page"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STRICT = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
Message = dict[str, Any]
Answer = Callable[[Message], Sequence[Message]]


def says(text: str, *titles: str, author: str = "bot") -> Message:
    """One message without its id; each title becomes a button with an opaque payload."""
    buttons = [{"title": title, "payload": f"token-{title}"} for title in titles]
    return {"text": text, "buttons": buttons, "author": author}


def echo(body: Message) -> list[Message]:
    return [says(f"Bot nghe: {body['message']}")]


@dataclass(frozen=True)
class Event:
    sender: str
    id: int
    kind: str
    data: str


@dataclass
class FakeBot:
    """What the page under test talks to; tests set the knobs and read the records."""

    answer: Answer = echo
    silence: float = 0.0
    slow_network: float = 0.0
    faults: list[int] = field(default_factory=list)
    streams_results: bool = True
    numbers_answers: bool = True
    posts: list[Message] = field(default_factory=list)
    stream_queries: list[dict[str, str]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    asked_paths: list[str] = field(default_factory=list)
    generation: int = 0
    _events: list[Event] = field(default_factory=list)
    _answered: dict[str, list[Message]] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def push(self, message: Message, sender: str | None = None) -> int:
        """Stream a message to a page, by default to the one that came last."""
        return self._stream(sender or self.senders[-1], self._numbered(message), "message")

    def push_again(self, sender: str | None = None) -> None:
        """Repeat the whole stream of a sender, as a careless reconnect would."""
        mine = [event for event in self._events if event.sender == (sender or self.senders[-1])]
        self._events.extend(mine)

    def hold(self, message: Message) -> Message:
        """Number a message now; ``release`` sends it later, after messages of higher numbers."""
        return self._numbered(message)

    def release(self, message: Message) -> None:
        self._stream(self.senders[-1], message, "message")

    def clear(self) -> int:
        return self._stream(self.senders[-1], {"id": next(self._ids)}, "clear")

    def clear_without_id(self) -> None:
        self._events.append(Event(self.senders[-1], 0, "clear", "{}"))

    def kick(self) -> None:
        """Drop every open stream."""
        self.generation += 1

    def texts(self) -> list[str]:
        return [str(post["message"]) for post in self.posts]

    @property
    def answered(self) -> int:
        return len(self._answered)

    def _numbered(self, message: Message) -> Message:
        return {**message, "id": next(self._ids)}

    def _stream(self, sender: str, data: Message, kind: str) -> int:
        number = int(data["id"])
        self._events.append(Event(sender, number, kind, json.dumps(data, ensure_ascii=False)))
        return number

    async def open_session(self, request: Request) -> Response:
        self.senders.append(secrets.token_hex(16))
        return JSONResponse({"sender": self.senders[-1]})

    async def receive(self, request: Request) -> Response:
        body: Message = await request.json()
        self.posts.append(body)
        if self.faults:
            return JSONResponse({"error": "fault"}, status_code=self.faults.pop(0))
        if body["sender"] not in self.senders:
            return JSONResponse({"error": "unknown sender"}, status_code=404)
        if body["message_id"] not in self._answered:
            self._answered[body["message_id"]] = await self._decide(body)
        await asyncio.sleep(self.slow_network)
        return JSONResponse(self._answered[body["message_id"]])

    async def _decide(self, body: Message) -> list[Message]:
        count = len(self.posts)
        await asyncio.sleep(self.silence)
        if len(self.posts) > count:
            return []
        number = self._numbered if self.numbers_answers else dict
        messages = [{**number(said), "recipient_id": body["sender"]} for said in self.answer(body)]
        if self.streams_results:
            for message in messages:
                self._stream(body["sender"], message, "message")
        return messages

    async def events(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.stream_queries.append(query)
        return StreamingResponse(self._lines(query), media_type="text/event-stream", headers=STRICT)

    async def _lines(self, query: dict[str, str]) -> AsyncIterator[str]:
        generation, position = self.generation, 0
        missed = {event.id for event in self._events if 0 < event.id <= int(query["after"])}
        yield ": hello\n\n"
        while generation == self.generation:
            for event in self._events[position:]:
                if event.sender == query["sender"] and event.id not in missed:
                    identity = f"id: {event.id}\n" if event.id else ""
                    yield f"{identity}event: {event.kind}\ndata: {event.data}\n\n"
            position = len(self._events)
            await asyncio.sleep(0.02)

    async def page(self, request: Request) -> Response:
        self.asked_paths.append(request.url.path)
        return Response((PAGE / "chat.html").read_bytes(), media_type="text/html", headers=STRICT)

    async def asset(self, request: Request) -> Response:
        self.asked_paths.append(request.url.path)
        path = PAGE / request.path_params["name"]
        return Response(path.read_bytes(), media_type=MEDIA_TYPES[path.suffix], headers=STRICT)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/chat", self.page),
                Route("/chat/assets/{name}", self.asset),
                Route("/webhooks/web/session", self.open_session, methods=["POST"]),
                Route("/webhooks/web/webhook", self.receive, methods=["POST"]),
                Route("/webhooks/web/events", self.events),
            ]
        )


class Served:
    """Runs one fake bot on a free loopback port while the ``with`` block lasts."""

    def __init__(self, bot: FakeBot) -> None:
        self.bot = bot
        self._socket = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(bot.app(), log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> "Served":
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        return self

    def __exit__(self, *error: object) -> None:
        self.bot.kick()
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()
