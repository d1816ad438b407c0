"""What both fake platforms share: recorded calls, faults on demand, webhook delivery with retries, phones."""

import asyncio
import copy
import http.client
import inspect
import json
import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.support.helpline import serving

TRIES = 8
FIRST_BACKOFF = 0.1
TICK = 0.01

Dict = dict[str, Any]
Gone = Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class Call:
    """One request as received: form values stay strings; status 0 means that no answer was sent."""

    method: str
    params: Dict
    status: int
    at: float


@dataclass(frozen=True)
class Attempt:
    """One POST to the webhook; no status means that nobody answered."""

    status: int | None
    at: float


@dataclass(frozen=True)
class Line:
    """One message of the bot as the phone shows it."""

    message_id: int | str
    text: str
    buttons: tuple[str, ...]
    params: Dict


@dataclass(frozen=True)
class Fault:
    status: int | None
    retry_after: int | None = None
    html: bool = False
    ok_false: bool = False
    hang: float = 0
    after_sending: bool = False


@dataclass(frozen=True)
class Reply:
    """What goes back: JSON for a dict, HTML for a string, a broken connection for status 0."""

    status: int
    body: Dict | str


@dataclass(eq=False)
class Pending:
    """An update that the bot has not yet taken."""

    update: Dict
    lane: str
    tries: int = 0
    fetched: bool = False


class Refused(Exception):
    """A method's refusal; ``http`` differs from ``code`` where the platform hides errors in a 200."""

    def __init__(
        self, code: int, description: str, *, http: int | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(description)
        self.reply = Reply(http or code, refusal(code, description, retry_after))


class Broken(Response):
    """Promises a body and never sends it, so the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})


def refusal(code: int, description: str, retry_after: int | None = None) -> Dict:
    body: Dict = {"ok": False, "error_code": code, "description": description}
    return body if retry_after is None else body | {"parameters": {"retry_after": retry_after}}


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def is_local(url: str) -> bool:
    """Whether this is plain HTTP on this machine, which the fakes allow beside the platforms' HTTPS."""
    where = urlsplit(url)
    return where.scheme == "http" and where.hostname in {"127.0.0.1", "localhost"}


def post(url: str, body: bytes, headers: dict[str, str], seconds: float) -> int:
    """POST to this machine and return the status; raises OSError, and never reaches any other machine."""
    if not is_local(url):
        raise OSError("the fake delivers to plain HTTP on this machine only")
    where = urlsplit(url)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=seconds)
    try:
        connection.request("POST", where.path + (where.query and f"?{where.query}"), body, headers)
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


class Phone(ABC):
    """One chat as its person sees it."""

    def __init__(self, chat_id: int | str, state: threading.Condition) -> None:
        self.chat_id = chat_id
        self.typing_seen = 0
        self.blocked = False
        self.state = state
        self.shown: dict[int | str, Line] = {}
        self.written: dict[int | str, str] = {}

    @property
    def lines(self) -> list[Line]:
        """What the phone shows from the bot now, in order."""
        with self.state:
            return list(self.shown.values())

    @property
    def own(self) -> list[str]:
        """The person's own texts that are still shown."""
        with self.state:
            return list(self.written.values())

    @abstractmethod
    def choose(self, title: str) -> Dict:
        """Pick an offered answer in this platform's way."""

    def show(self, line: Line) -> None:
        with self.state:
            self.shown[line.message_id] = line
            self.state.notify_all()

    def wait(self, wanted: int | Callable[[list[Line]], bool], seconds: float = 15) -> list[Line]:
        """Wait for so many lines, or until ``wanted(lines)`` is true."""
        with self.state:
            self.state.wait_for(lambda: self._enough(wanted), seconds)
            assert self._enough(wanted), f"{len(self.shown)} lines were shown within {seconds} seconds"
            return self.lines

    def _enough(self, wanted: int | Callable[[list[Line]], bool]) -> bool:
        return wanted(self.lines) if callable(wanted) else len(self.shown) >= wanted


P = TypeVar("P", bound=Phone)
Handler = Callable[[Dict], Any]


class FakePlatform(ABC, Generic[P]):
    """A platform's server; its handlers run in the server's thread, everything else in the tests'."""

    secret_header: ClassVar[str]
    agent: ClassVar[str] = "fake-platform"
    descriptions: ClassVar[dict[int, str]]

    def __init__(self, token: str) -> None:
        self.token = token
        self.url = ""
        self.calls: list[Call] = []
        self.requests_with_wrong_token = 0
        self.webhook_url = ""
        self.webhook_secret = ""
        self.webhook_timeout = 10.0  # shorter than any platform's, so that tests end
        self.webhook_attempts: list[Attempt] = []
        self.pending: list[Pending] = []
        self.given_up: list[Dict] = []
        self.phones: dict[str, P] = {}
        self.state = threading.Condition()
        self.closing = False
        self._faults: dict[str, list[Fault]] = {}
        self._held: list[Dict] | None = None
        self._last: Dict | None = None
        self._lanes: set[str] = set()

    @abstractmethod
    def handlers(self) -> dict[str, Handler]:
        """The methods but getUpdates; a result of None is an answer without a result."""

    @abstractmethod
    async def get_updates(self, params: Dict, gone: Gone) -> Any: ...

    @abstractmethod
    def wrong_token(self, token: str) -> Reply: ...

    @abstractmethod
    def phone(self, chat_id: str | None = None, *, group: bool = False) -> P:
        """The phone of a chat that the platform knows; the same one for the same id."""

    def canonical(self, method: str) -> str:
        return method

    def body(self, update: Dict) -> Dict:
        """The webhook's body for an update."""
        return update

    def accepts(self, update: Dict) -> bool:
        """Whether the bot asked for this kind of update."""
        return True

    def calls_of(self, method: str) -> list[Call]:
        with self.state:
            return [call for call in self.calls if call.method == method]

    def fail(
        self,
        method: str,
        *,
        status: int = 500,
        times: int = 1,
        retry_after: int | None = None,
        html: bool = False,
        ok_false: bool = False,
        hang: float | None = None,
    ) -> None:
        """The next calls do nothing and answer an error, after ``hang`` seconds."""
        fault = Fault(status, retry_after, html, ok_false, hang or 0)
        self._faults.setdefault(method, []).extend([fault] * times)

    def fail_after_sending(
        self, method: str, times: int = 1, *, status: int | None = None, hang: float | None = None
    ) -> None:
        """The next calls succeed but their answer is lost: the connection breaks, or ``status`` comes."""
        fault = Fault(status, hang=hang or 0, after_sending=True)
        self._faults.setdefault(method, []).extend([fault] * times)

    def deliver(self, update: Dict) -> None:
        """Push any update as it is, even of a kind that the bot did not ask for."""
        with self.state:
            self._last = update = copy.deepcopy(update)
            if self._held is not None:
                self._held.append(update)
            else:
                self._queue(update)

    def emit(self, update: Dict) -> Dict:
        """Push an update that a phone made, if the bot asked for its kind; return it."""
        with self.state:
            if self.accepts(update):
                self.deliver(update)
        return update

    def deliver_again(self) -> None:
        """Push the very last update once more, even one that the bot has confirmed."""
        assert self._last is not None, "no update has been pushed yet"
        self.deliver(self._last)

    def hold(self) -> None:
        with self.state:
            self._held = self._held or []

    def release(self, reverse: bool = False) -> None:
        """Let out what was held; Telegram's getUpdates sorts it again, so only a webhook sees the disorder."""
        with self.state:
            held, self._held = self._held or [], None
            for update in reversed(held) if reverse else held:
                self._queue(update)

    def wait_delivered(self, seconds: float = 10) -> None:
        """Wait until the bot has taken every update that is not held back."""
        with self.state:
            self.state.wait_for(lambda: not self.pending or self.given_up, seconds)
            assert not self.given_up, f"{len(self.given_up)} updates were given up after {TRIES} tries"
            assert not self.pending, f"{len(self.pending)} updates were not taken within {seconds} seconds"

    def pause(self, seconds: float) -> None:
        with self.state:
            self.state.wait_for(lambda: self.closing, seconds)

    async def poll(self, ready: Callable[[], Any], seconds: float, gone: Gone) -> Any:
        """What ``ready`` gives, asked until it gives something, time is up or the client has left."""
        until = time.monotonic() + seconds
        while not await gone():
            with self.state:
                found = ready()
            if found or time.monotonic() >= until or self.closing:
                return found
            await asyncio.sleep(TICK)
        return None

    def remove(self, pending: Pending) -> None:
        with self.state:
            if pending in self.pending:
                self.pending.remove(pending)
            self.state.notify_all()

    def _queue(self, update: Dict) -> None:
        lane = _chat_of(update)
        self.pending.append(Pending(update, lane))
        self.state.notify_all()
        if lane not in self._lanes:
            self._lanes.add(lane)
            threading.Thread(target=self._carry, args=[lane], daemon=True).start()

    def _carry(self, lane: str) -> None:
        """Deliver one chat's updates in order: a failing one holds up its own chat alone."""
        while pending := self._next(lane):
            attempt = self._attempt(pending.update)
            taken = attempt.status is not None and 200 <= attempt.status < 300
            with self.state:
                self.webhook_attempts.append(attempt)
                pending.tries += 1
                if taken or pending.tries == TRIES:
                    self.given_up += [] if taken else [pending.update]
                    self.remove(pending)
                else:
                    self.pause(FIRST_BACKOFF * 2 ** (pending.tries - 1))

    def _next(self, lane: str) -> Pending | None:
        def first() -> Pending | None:
            return next((pending for pending in self.pending if pending.lane == lane), None)

        with self.state:
            self.state.wait_for(lambda: self.closing or (self.webhook_url and first()))
            return None if self.closing else first()

    def _attempt(self, update: Dict) -> Attempt:
        at = time.time()
        try:
            return Attempt(self.push(json.dumps(self.body(update)).encode()), at)
        except OSError:
            return Attempt(None, at)

    def push(self, body: bytes, *, with_secret: bool = True) -> int:
        """POST to the webhook; raises OSError where nobody answers in time."""
        headers = {"Content-Type": "application/json", "User-Agent": self.agent}
        if self.webhook_secret and with_secret:
            headers[self.secret_header] = self.webhook_secret
        return post(self.webhook_url, body, headers, self.webhook_timeout)

    async def _serve(self, request: Request) -> Response:
        at = time.time()
        path = request.path_params["path"]
        call = re.fullmatch(r"(file/)?bot([^/]*)/(.*)", path)
        download, token, method = call.groups("") if call else ("", "", path)
        method = download + self.canonical(method)
        fault = None
        params = await _params(request)
        if token != self.token:
            self.requests_with_wrong_token += 1
            reply = self.wrong_token(token)
        else:
            fault = next(iter(self._faults.get(method, [])), None)
            if fault:
                self._faults[method].pop(0)
            reply = await self._answer(method, params, fault, request.is_disconnected)
        with self.state:
            self.calls.append(Call(method, params, reply.status, at))
            self.state.notify_all()
        if fault and fault.hang:
            await asyncio.to_thread(self.pause, fault.hang)
        return _response(reply)

    async def _answer(self, method: str, params: Dict, fault: Fault | None, gone: Gone) -> Reply:
        if fault and not fault.after_sending:
            return self._failure(fault)
        try:
            if method == "getUpdates":
                result = await self.get_updates(params, gone)
            elif handler := self.handlers().get(method):
                with self.state:
                    result = handler(params)
                    self.state.notify_all()
                result = await result if inspect.isawaitable(result) else result
            else:
                raise Refused(404, self.descriptions[404])
        except Refused as refused:
            return refused.reply
        if fault:
            return self._failure(fault) if fault.status else Reply(0, "")
        return Reply(200, {"ok": True} if result is None else {"ok": True, "result": result})

    def _failure(self, fault: Fault) -> Reply:
        status = fault.status or 500
        description = self.descriptions.get(status, "Internal Server Error")
        if fault.retry_after is not None and status == 429:
            description = f"{description}: retry after {fault.retry_after}"
        if fault.html:
            return Reply(status, f"<html><body><center><h1>{status}</h1></center>nginx</body></html>")
        return Reply(200 if fault.ok_false else status, refusal(status, description, fault.retry_after))


def _response(reply: Reply) -> Response:
    if not reply.status:
        return Broken()
    if isinstance(reply.body, str):
        return HTMLResponse(reply.body, reply.status)
    return JSONResponse(reply.body, reply.status)


async def _params(request: Request) -> Dict:
    """The query with the body over it; a body that is neither form nor JSON object gives nothing."""
    query = dict(request.query_params)
    if "json" not in request.headers.get("content-type", ""):
        return query | dict(await request.form())
    try:
        body: Dict = json.loads(await request.body() or "{}")
        return query | body
    except (ValueError, TypeError):
        return query


def _chat_of(update: Any) -> str:
    """The first chat id anywhere in an update, or nothing."""
    if not isinstance(update, dict):
        return ""
    if isinstance(update.get("chat"), dict):
        return str(update["chat"].get("id", ""))
    return next(filter(None, map(_chat_of, update.values())), "")


F = TypeVar("F", bound=FakePlatform[Any])


@contextmanager
def running(platform: F) -> Iterator[F]:
    """Serve a fake on a free port of this machine until the block ends."""
    app = Starlette(routes=[Route("/{path:path}", platform._serve, methods=["GET", "POST"])])
    with serving(app, host="127.0.0.1", port=0) as server:
        platform.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        try:
            yield platform
        finally:
            with platform.state:
                platform.closing = True
                platform.state.notify_all()
