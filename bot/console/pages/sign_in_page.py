"""Signing in and out, and staying signed in."""

from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from bot.console import sessions
from bot.console.door import Act, Allow, console_of
from bot.console.pages.rendering import page
from bot.console.sessions import COOKIE, Visit
from bot.console.sign_in import Claimed, Refusal

router = APIRouter()
REFUSED = {
    Refusal.WRONG: "Tên, mật khẩu hoặc mã TOTP chưa đúng. Nếu đã sai nhiều lần, hãy đợi 15 phút rồi thử lại.",
    Refusal.NEEDS_TOTP: "Bảng tư vấn đang mở ra ngoài máy này nên tài khoản phải bật mã TOTP. "
    "Hãy nhờ người quản trị bật TOTP cho tài khoản của bạn.",
}


@router.get("/login")
def show_sign_in(
    request: Request, visit: Annotated[Visit, Depends(Allow("sign_in"))], ended: bool = False
) -> Response:
    if visit.is_signed_in:
        return RedirectResponse("/", 303)
    message = "Phiên làm việc đã hết. Hãy đăng nhập lại để tiếp tục nhận ca." if ended else ""
    return page(request, "login.html", visit, message=message, username="")


@router.post("/login")
def sign_in(
    request: Request,
    visit: Annotated[Visit, Depends(Act("sign_in"))],
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    totp: Annotated[str, Form()] = "",
) -> Response:
    console = console_of(request)
    exposed = is_exposed(request, console.settings.console_host)
    claimed = Claimed(username.strip(), password, totp.replace(" ", ""))
    result = console.sign_in.enter(claimed, console.clock(), exposed=exposed)
    if isinstance(result, Refusal):
        return page(
            request, "login.html", visit, 401, message=REFUSED[result], username=claimed.username[:40]
        )
    if visit.is_signed_in:
        _end(request, visit)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, result.cookie, httponly=True, samesite="strict", secure=exposed, path="/")
    return answer


@router.post("/logout")
def sign_out(request: Request, visit: Annotated[Visit, Depends(Act("sign_out"))]) -> Response:
    _end(request, visit)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


@router.post("/stay", status_code=204)
def stay(request: Request, visit: Annotated[Visit, Depends(Act("stay"))]) -> None:
    """The person moved a hand: the idle clock starts anew."""
    console = console_of(request)
    with console.database.write() as session:
        sessions.touch(session, visit.session_id, console.clock())


def _end(request: Request, visit: Visit) -> None:
    with console_of(request).database.write() as session:
        sessions.end(session, visit.session_id)


def is_exposed(request: Request, host: str) -> bool:
    """Whether other machines reach the console: bound beyond loopback, or behind a TLS proxy."""
    return request.url.scheme == "https" or not is_loopback(host)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
