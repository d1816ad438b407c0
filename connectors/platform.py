"""What every channel with a platform of its own does alike: updates in, replies out, its health."""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.delivery import Outgoing, Sender
from bot.errors import LaChanError, SendError, StorageError
from bot.intake import Intake, Receipt
from bot.messages import GroupMessage, Ignored, InboundMessage, Reply

log = logging.getLogger(__name__)

LONGEST_BODY = 512 * 1024
# A group hears once in this time that the bot talks with one person at a time.
REFUSE_AGAIN_SECONDS = 3600
DIRECT_RETRY_SECONDS = (1, 3, 10, 30, 60)


@dataclass(frozen=True)
class Webhook:
    """What the platform says of the webhook; ``url`` is empty when none is set."""

    url: str
    waiting: int | None = None
    trouble: str = ""


class Client(Sender, Protocol):
    """One platform's API. Every method raises ``SendError`` and nothing else."""

    async def close(self) -> None: ...

    async def name(self) -> str:
        """The bot's public name; also the check of the token."""

    async def acknowledge(self, update: Mapping[str, Any]) -> None:
        """Do what the platform wants to be told of a stored update."""

    async def leave_group(self, chat_id: str) -> None: ...

    async def updates(self) -> list[Mapping[str, Any]]:
        """Wait for what comes next; what is not confirmed may come again."""

    def confirm(self, update: Mapping[str, Any]) -> None:
        """The update is safe with us."""

    async def webhook(self) -> Webhook: ...

    async def set_webhook(self, url: str, secret: str) -> str:
        """Have updates pushed to ``url``; answers what the platform dislikes about it, or nothing."""

    async def delete_webhook(self) -> None: ...


Parse = Callable[[Mapping[str, Any], datetime], InboundMessage | GroupMessage | Ignored]


@dataclass(frozen=True, repr=False)
class Platform:
    """What a channel's folder gives: its name, its API, its parser, and the header that proves its calls."""

    name: str
    client: Client
    parse: Parse
    secret_header: str


def webhook_path(name: str) -> str:
    return f"/webhooks/{name}/webhook"


class PlatformChannel:
    """Takes a platform's updates in and sees to what must happen at once, in this very process."""

    def __init__(
        self,
        platform: Platform,
        secret: str,
        intake: Intake,
        send: Callable[[int], Coroutine[Any, Any, None]],
        private_only: Reply,
        clock: Callable[[], datetime],
    ) -> None:
        self.name = platform.name
        self.client = platform.client
        self._platform = platform
        self._secret = secret
        self._intake = intake
        self._send = send
        self._private_only = private_only
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._refused: dict[str, float] = {}

    def routes(self) -> list[BaseRoute]:
        return [Route(webhook_path(self.name), self.webhook, methods=["POST"])]

    async def webhook(self, request: Request) -> Response:
        """One update. 200 means that it is stored; only what could be stored nowhere gets another answer."""
        shown = request.headers.get(self._platform.secret_header, "")
        if not hmac.compare_digest(shown.encode(), self._secret.encode()):
            return _answer(403, "wrong secret")
        body = await _body(request)
        if body is None:
            return _answer(413, f"the body is larger than {LONGEST_BODY} bytes")
        update = _object(body)
        try:
            if update is not None:
                await self.take(update)
        except StorageError:
            return _answer(503, "not stored; send it again")
        return _answer(200, "")

    async def take(self, update: Mapping[str, Any]) -> None:
        """Store one update and begin what follows; raises ``StorageError`` when nothing could keep it."""
        parsed = self._platform.parse(update, self._clock())
        if isinstance(parsed, Ignored):
            log.debug("%s update ignored: %s", self.name, parsed.reason)
            return
        if isinstance(parsed, GroupMessage):
            self._later(self._refuse_group(parsed.chat_id))
            return
        receipt = await anyio.to_thread.run_sync(self._intake.receive, parsed, self._clock())
        self._later(self._follow(parsed, receipt))
        self._later(self.client.acknowledge(update))

    async def _follow(self, message: InboundMessage, receipt: Receipt) -> None:
        if receipt.direct is not None:
            await self._say(message.chat_id, receipt.direct)
            await anyio.to_thread.run_sync(self._intake.answered, receipt)
        for row_id in receipt.outbox:
            await self._send(row_id)
        if receipt.awaits_dialogue:
            await self.client.typing(message.chat_id)

    async def _say(self, chat_id: str, reply: Reply) -> None:
        """Send what no row holds: the database is gone, or the person has just erased everything."""
        for part in self.client.parts(Outgoing(0, "bot", reply.text)):
            for wait in (*DIRECT_RETRY_SECONDS, None):
                try:
                    await self.client.turn(chat_id, patient=False)
                    await self.client.send(chat_id, part)
                    break
                except SendError as error:
                    if wait is None or not error.retry:
                        raise
                    await asyncio.sleep(wait)

    async def _refuse_group(self, chat_id: str) -> None:
        """Say once that this is no place to talk, and go."""
        now = asyncio.get_running_loop().time()
        self._refused = {chat: at for chat, at in self._refused.items() if now - at < REFUSE_AGAIN_SECONDS}
        if chat_id in self._refused:
            return
        self._refused[chat_id] = now
        for part in self.client.parts(Outgoing(0, "bot", self._private_only.text)):
            await self.client.send(chat_id, part)
        await self.client.leave_group(chat_id)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """What the platform need not wait for; kept, so that it is neither lost nor silent when it fails."""
        task = asyncio.create_task(self._quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except LaChanError as error:
            log.warning("%s: %s", self.name, error)
        # The outermost of this task: nobody else would ever hear of it.
        except Exception:
            log.exception("%s: a step after an update failed", self.name)

    async def stop(self) -> None:
        """Let what has begun end, then hang up."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)
        await self.client.close()


async def _body(request: Request) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LONGEST_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _object(body: bytes) -> Mapping[str, Any] | None:
    """An empty probe or a broken body asks for nothing; an error would only bring it again."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, Mapping) else None


def _answer(status: int, reason: str) -> Response:
    return JSONResponse({"ok": status == 200} | ({"error": reason} if reason else {}), status_code=status)
