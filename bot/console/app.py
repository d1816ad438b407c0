"""Puts the console together, and refuses to if a route declares no permission."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from bot.config import ROOT, Settings
from bot.console import sessions
from bot.console.door import Console, SignedOut, Told, WaitsForKey, check_routes, console_of, is_fragment
from bot.console.headers import Guard
from bot.console.pages import case_page, events, people_page, queue_page, referral_page, sign_in_page
from bot.console.pages.rendering import STATIC, load_templates, page
from bot.console.sessions import COOKIE, Visit
from bot.console.sign_in import SignIn
from bot.console.watcher import Watcher
from bot.errors import NotAllowed, StorageError
from bot.escalation.takeover import Takeover
from bot.escalation.wording import Wording, load_wording
from bot.outbox import Outbox
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database

ROUTERS = (
    sign_in_page.router,
    queue_page.router,
    events.router,
    case_page.router,
    people_page.router,
    referral_page.router,
)
# FastAPI would hand addresses, which name cases, to any tracer that the environment brings along.
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
NOT_ALLOWED = "Tài khoản của bạn không được làm việc này, hoặc trang đã cũ. Hãy tải lại trang."
NOT_FOUND = "Không có trang này."
UNREADABLE = "Không đọc được dữ liệu gửi lên."
NO_STORAGE = "Cơ sở dữ liệu chưa trả lời. Việc vừa làm chưa được ghi lại: hãy thử lại sau giây lát."


def create_app(
    database: Database,
    secrets: Secrets,
    settings: Settings,
    clock: Callable[[], datetime],
    wording: Wording | None = None,
) -> FastAPI:
    """The web application over an opened database; starts nothing before it is served.

    ``wording`` is read from ``domain/responses`` unless the caller has it already.
    """
    watcher = Watcher(database)
    takeover = Takeover(Outbox(secrets.service), wording or load_wording(ROOT / "domain" / "responses"))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan, telemetry=NO_TELEMETRY)
    app.state.console = Console(
        database, secrets, settings, clock, load_templates(), watcher, SignIn(database, secrets), takeover
    )
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in ROUTERS:
        app.include_router(router)
    _handle_errors(app)
    app.add_middleware(Guard)
    check_routes(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    watcher = app.state.console.watcher
    looking = asyncio.create_task(watcher.run())
    try:
        yield
    finally:
        watcher.close()
        await looking


def _handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(SignedOut, _signed_out)
    app.add_exception_handler(WaitsForKey, _waits_for_key)
    app.add_exception_handler(Told, _told)
    app.add_exception_handler(NotAllowed, _sorry(NOT_ALLOWED, 403))
    app.add_exception_handler(StorageError, _sorry(NO_STORAGE, 503))
    app.add_exception_handler(RequestValidationError, _sorry(UNREADABLE, 422))
    app.add_exception_handler(HTTPException, _http_fault)


def _signed_out(request: Request, _: Exception) -> Response:
    if request.method == "GET" and not is_fragment(request):
        return RedirectResponse("/login", 303)
    return PlainTextResponse("Hãy đăng nhập lại.", 401)


def _waits_for_key(request: Request, _: Exception) -> Response:
    return queue_page.waiting_for_key(request, _visit(request), 403)


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, Told)
    return _answer(request, error.text, error.status, error.back)


def _sorry(text: str, status: int) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, _: Exception) -> Response:
        return _answer(request, text, status, "/")

    return handle


def _http_fault(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _answer(request, NOT_FOUND if status in {404, 405} else UNREADABLE, status, "/")


def _answer(request: Request, text: str, status: int, back: str) -> Response:
    if is_fragment(request):
        return PlainTextResponse(text, status)
    return page(request, "error.html", _visit(request), status, text=text, back=back)


def _visit(request: Request) -> Visit:
    """Who sees the page of an error; nobody, where the database is what failed."""
    console = console_of(request)
    try:
        with console.database.read() as session:
            return sessions.find(session, request.cookies.get(COOKIE), console.clock())
    except StorageError:
        return Visit()
