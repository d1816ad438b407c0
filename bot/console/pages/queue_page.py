"""The queue: who waits, who is held, what rings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.console.door import Allow, console_of
from bot.console.pages.rendering import page
from bot.console.permissions import Role
from bot.console.queue_view import alarms, sections
from bot.console.sessions import Visit
from bot.privacy.keyring import has_grant

router = APIRouter()
# Roles that never hold the key begin where their work is.
FIRST_PAGE = {Role.ADMIN: "/people", Role.AUDITOR: "/referrals"}


@router.get("/")
def home(request: Request, visit: Annotated[Visit, Depends(Allow("home"))]) -> Response:
    if visit.role in FIRST_PAGE:
        return RedirectResponse(FIRST_PAGE[visit.role], 303)
    if visit.team_private is None:
        return waiting_for_key(request, visit)
    return _queue(request, visit, "queue.html")


@router.get("/queue")
def queue_part(request: Request, visit: Annotated[Visit, Depends(Allow("see_queue"))]) -> Response:
    return _queue(request, visit, "queue_live.html")


@router.get("/alarms")
def alarm_part(
    request: Request, visit: Annotated[Visit, Depends(Allow("see_queue"))], case: str = ""
) -> Response:
    """The calls, as the page of ``case`` shows them."""
    console = console_of(request)
    with console.database.read() as session:
        calls = alarms(session, visit.user_id, console.clock())
        return page(request, "alarms_live.html", visit, alarms=calls, here=case)


def _queue(request: Request, visit: Visit, template: str) -> Response:
    console = console_of(request)
    with console.database.read() as session:
        calls = alarms(session, visit.user_id, console.clock())
        return page(request, template, visit, sections=sections(session), alarms=calls, here="")


def waiting_for_key(request: Request, visit: Visit, status: int = 200) -> Response:
    """A key granted meanwhile opens with the password only, so the person signs in once more."""
    with console_of(request).database.read() as session:
        granted = has_grant(session, visit.user_id)
    return page(request, "waiting.html", visit, status, granted=granted)
