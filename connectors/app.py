"""The bot process as a web application: channels, health, and the runner's life."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.dialogue import DialogueClient
from bot.errors import LaChanError
from bot.runner import Runner
from bot.sending import Sending
from bot.spool import Spool
from bot.storage.engine import Database
from bot.triage import TriageModel, assess
from connectors.listening import OK, Listener

log = logging.getLogger(__name__)


class Health:
    """What works right now, by name; ``ok`` or why not, never a person's data."""

    def __init__(
        self,
        database: Database,
        spool: Spool,
        runner: Runner,
        dialogue: DialogueClient,
        sending: Sending,
        listeners: Sequence[Listener],
        model: TriageModel | None,
    ) -> None:
        self._database = database
        self._model = model
        self._spool = spool
        self._runner = runner
        self._dialogue = dialogue
        self._sending = sending
        self._listeners = listeners

    def spare(self) -> dict[str, str]:
        """What helps and is not needed."""
        return {"encoder": OK if self._model and self._model.encoder else "absent: rules and n-grams decide"}

    def channels(self) -> dict[str, str]:
        """How each platform's way in goes. None of them is vital: the chat page works without any."""
        return {listener.channel.name: self._channel(listener) for listener in self._listeners}

    def _channel(self, listener: Listener) -> str:
        trouble = self._sending.troubles.get(listener.channel.name)
        found = {"receiving": listener.state, "sending": trouble or OK}
        return "; ".join(f"{way}: {state}" for way, state in found.items() if state != OK) or OK

    async def vital(self) -> dict[str, str]:
        """Intake, triage, storage and sending: a child is answered and nothing is lost while these are ok."""
        parts = {"storage": self._ping, "triage": self._triage}
        found = {name: await anyio.to_thread.run_sync(_outcome, check) for name, check in parts.items()}
        waiting = await anyio.to_thread.run_sync(self._spool.count)
        found["intake"] = "ok" if waiting == 0 else f"{waiting} spooled"
        found["sending"] = "ok" if self._runner.alive and "sending" not in self._runner.failing else "failing"
        return found

    async def dialogue(self) -> str:
        """Rasa: needed for answers, not for a crisis."""
        try:
            await self._dialogue.health()
        except LaChanError as error:
            return str(error)
        return "ok"

    def _ping(self) -> None:
        self._database.ping()

    def _triage(self) -> None:
        assess("xin chào", model=self._model)


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except LaChanError as error:
        return str(error)
    return "ok"


def create_bot_app(
    routes: Sequence[BaseRoute],
    runner: Runner,
    listeners: Sequence[Listener],
    health: Health,
    *,
    end_streams: Callable[[], None],
    closing: Callable[[], Awaitable[None]],
) -> Starlette:
    """Join the channels' ``routes``. ``end_streams`` comes first when stopping, ``closing`` last."""

    async def healthz(_: Request) -> Response:
        vital = await health.vital()
        return _report(vital, health)

    async def readyz(_: Request) -> Response:
        parts = await health.vital() | {"dialogue": await health.dialogue()}
        return _report(parts, health)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        runner.start()
        for listener in listeners:
            listener.start()
        yield
        await asyncio.gather(*(listener.stop() for listener in listeners))
        await runner.stop()
        await asyncio.gather(*(listener.channel.stop() for listener in listeners))
        await closing()

    own = [Route("/healthz", healthz), Route("/readyz", readyz)]
    app = Starlette(routes=[*own, *routes], lifespan=life)
    app.state.end_streams = end_streams
    return app


def _report(parts: dict[str, str], health: Health) -> Response:
    good = all(value == "ok" for value in parts.values())
    body = {
        "status": "ok" if good else "degraded",
        "parts": parts,
        "channels": health.channels(),
        "spare": health.spare(),
    }
    return JSONResponse(body, status_code=200 if good else 503)
