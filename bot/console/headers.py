"""What every answer carries, and which requests are turned away unread."""

import logging
import traceback

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)
FAULT = "Hệ thống gặp lỗi. Việc vừa làm có thể chưa được ghi lại."
LARGEST_BODY = 64 * 1024
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """Adds the headers and refuses bodies that are too large or of unknown size."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["cache-control"] = "no-cache" if static else "no-store"
            await send(message)

        refused = None if scope["method"] in {"GET", "HEAD"} else _refused(Headers(scope=scope))
        try:
            await (refused or self._app)(scope, receive, guarded)
        except Exception as error:
            # The outermost edge: what an unforeseen error says may hold somebody's words, so only its
            # kind and its place are logged.
            log.error("console request failed: %s at %s", type(error).__name__, _place(error))
            if not started:
                await PlainTextResponse(FAULT, 500)(scope, receive, guarded)


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename.rpartition('/')[2]}:{last.lineno}"


def _refused(headers: Headers) -> PlainTextResponse | None:
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return PlainTextResponse("Thiếu độ dài nội dung.", 411)
    if int(length) > LARGEST_BODY:
        return PlainTextResponse("Nội dung gửi lên quá dài.", 413)
    return None
