"""The dialogue process: Rasa behind three small routes on a Unix socket. See bot/dialogue.py for the other side."""

import asyncio
import json
import logging
import os
import re
import socket
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakValueDictionary

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.dialogue import TurnAnswer, TurnRequest
from bot.errors import BadInput, DialogueError, LaChanError

log = logging.getLogger(__name__)

# Rasa strips white space and then reads a leading slash as a direct intent.
TYPED_PREFIX = re.compile(r"^[\s/]+")
PAYLOAD = re.compile(r"/([a-z_]+)(\{.*\})?", re.DOTALL)


class Engine(Protocol):
    """What the routes need of ``connectors.dialogue.processor.TurnProcessor``."""

    payload_intents: frozenset[str]
    model_filename: str
    store: Any

    async def answer(self, turn: TurnRequest, text: str) -> TurnAnswer: ...


class Dialogue:
    """The three routes. Turns of one conversation run one after the other; different ones do not wait."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def turn(self, request: Request) -> Response:
        try:
            turn = TurnRequest.from_json(await request.json())
            text = engine_text(turn, self._engine.payload_intents)
        except (BadInput, json.JSONDecodeError) as error:
            return _error(400, error)
        try:
            async with self._lock(turn.conversation_id):
                answer = await self._engine.answer(turn, text)
        except asyncio.CancelledError:
            raise
        # The outermost catch of a turn; ActionFailed is no Exception (see actions_in_process.py).
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            return _error(500, error)
        return JSONResponse(answer.to_json())

    async def forget(self, request: Request) -> Response:
        try:
            conversation_id = str((await request.json())["conversation_id"])
            async with self._lock(conversation_id):
                await self._engine.store.forget(conversation_id)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            return _error(400, error)
        except LaChanError as error:
            return _error(500, error)
        return JSONResponse({})

    async def health(self, _: Request) -> Response:
        """503 while the tracker store cannot be reached."""
        try:
            await self._engine.store.exists("health")
        except LaChanError as error:
            return _error(503, error)
        store = type(self._engine.store).__name__
        return JSONResponse({"model": self._engine.model_filename, "tracker_store": store})

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/turn", self.turn, methods=["POST"]),
                Route("/forget", self.forget, methods=["POST"]),
                Route("/health", self.health, methods=["GET"]),
            ]
        )

    def _lock(self, conversation_id: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation_id, asyncio.Lock())


def engine_text(turn: TurnRequest, payload_intents: frozenset[str]) -> str:
    """What Rasa is given: a payload of ours as a direct intent, typed words never as one."""
    if turn.payload is None:
        return TYPED_PREFIX.sub("", turn.text)
    found = PAYLOAD.fullmatch(turn.payload)
    if found is None or found[1] not in payload_intents:
        raise BadInput("payload: names no intent of ours")
    entities = json.loads(found[2]) if found[2] else {}
    if not all(isinstance(value, str) for value in entities.values()):
        raise BadInput("payload: entities must be codes")
    return turn.payload


def serve(socket_path: Path, model: Path, database_url: str, actions: str = "actions") -> None:
    """Serve until told to stop. Exits with one line and status 1 when the model is missing or unusable."""
    try:
        engine = open_engine(model, database_url, actions)
    except LaChanError as error:
        raise SystemExit(f"dialogue: {error}") from None
    config = uvicorn.Config(
        Dialogue(engine).application(), log_level="warning", access_log=False, lifespan="off"
    )
    listening = _listen(socket_path)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        socket_path.unlink(missing_ok=True)


def open_engine(model: Path, database_url: str, actions: str = "actions") -> Engine:
    """Load the model; raises ``DialogueError`` if there is none, or if the tracker store is not ours."""
    from connectors.dialogue.compat import prepare
    from connectors.dialogue.logs import silence_words

    if not model.is_file():
        raise DialogueError(f"no model at {model.name}; train one first")
    prepare()
    silence_words()
    from bot.storage.engine import open_database
    from connectors.dialogue.actions_in_process import InProcessActions
    from connectors.dialogue.processor import TurnProcessor
    from connectors.tracker_store import LaChanTrackerStore

    processor = TurnProcessor(
        model, LaChanTrackerStore(database=open_database(database_url)), InProcessActions(actions)
    )
    if type(processor.tracker_store) is not LaChanTrackerStore:
        raise DialogueError(f"tracker store is {type(processor.tracker_store).__name__}")
    return processor


def _listen(path: Path) -> socket.socket:
    """Bind so that no other account of the machine can connect; a socket left by a crash is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    return listening


def _error(status: int, error: BaseException) -> Response:
    """The answer and the log name the kind of failure, never what a person wrote."""
    reason = str(error) if isinstance(error, LaChanError) or type(error).__name__ == "ActionFailed" else ""
    log.error("turn failed: %s %s", type(error).__name__, reason)
    return JSONResponse({"error": type(error).__name__}, status_code=status)
