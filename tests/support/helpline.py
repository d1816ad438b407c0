"""The bot process as it really runs, in this process's threads: real HTTP, real SQLite, a scripted dialogue."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import bootstrap
from bot.config import Settings

START_SECONDS = 15


def say(
    *texts: str, effects: tuple[str, ...] = (), buttons: tuple[dict[str, str], ...] = ()
) -> dict[str, Any]:
    """An answer in the dialogue engine's form."""
    return {
        "replies": [{"text": text, "buttons": list(buttons)} for text in texts],
        "effects": list(effects),
        "slots": {},
    }


@dataclass
class FakeDialogue:
    """Answers turns as scripted and keeps what it was asked; ``fail`` replaces the next answers."""

    turns: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda turn: say(f"đã nhận: {turn['text']}")
    fail: Callable[[], Awaitable[Response]] | None = None

    def app(self) -> Starlette:
        async def turn(request: Request) -> Response:
            asked = await request.json()
            self.turns.append(asked)
            return await self.fail() if self.fail else JSONResponse(self.answer(asked))

        async def health(_: Request) -> Response:
            return JSONResponse({"model": "fake", "tracker_store": "LaChanTrackerStore"})

        return Starlette(routes=[Route("/turn", turn, methods=["POST"]), Route("/health", health)])


@contextmanager
def serving(app: Any, **where: Any) -> Iterator[uvicorn.Server]:
    """Run an ASGI application in a thread until the block ends."""
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1, **where)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError("the server under test did not start")
        time.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@dataclass
class RunningBot:
    settings: Settings
    dialogue: FakeDialogue
    http: httpx.Client

    def post(self, message: str, sender: str = "child", **given: Any) -> list[dict[str, Any]]:
        answer = self.http.post("/webhooks/web/webhook", json={"sender": sender, "message": message} | given)
        answer.raise_for_status()
        lines: list[dict[str, Any]] = answer.json()
        return lines

    def texts(self, message: str, sender: str = "child", **given: Any) -> list[str]:
        return [line["text"] for line in self.post(message, sender, **given)]


@contextmanager
def running_bot(settings: Settings, dialogue: FakeDialogue | None = None) -> Iterator[RunningBot]:
    """The bot on its port; with ``dialogue`` a fake engine answers on the socket, else nobody does."""
    bootstrap.ready_secrets(settings)
    bootstrap.ready_database(settings).close()
    socket: Path = settings.dialogue_socket
    socket.parent.mkdir(parents=True, exist_ok=True)
    fake = dialogue or FakeDialogue()
    if dialogue is not None:
        with serving(fake.app(), uds=str(socket)), _bot(settings, fake) as bot:
            yield bot
    else:
        with _bot(settings, fake) as bot:
            yield bot


@contextmanager
def _bot(settings: Settings, fake: FakeDialogue) -> Iterator[RunningBot]:
    app = bootstrap.build_bot(settings)
    with (
        serving(app, host=settings.bot_host, port=settings.bot_port),
        httpx.Client(base_url=f"http://{settings.bot_host}:{settings.bot_port}", timeout=30) as http,
    ):
        yield RunningBot(settings, fake, http)


async def hang() -> Response:
    await asyncio.sleep(30)
    return Response()


async def raise_error() -> Response:
    return JSONResponse({"error": "ActionFailed"}, status_code=500)


async def say_nothing() -> Response:
    return Response(json.dumps({"replies": [], "effects": [], "slots": {}}), media_type="application/json")
