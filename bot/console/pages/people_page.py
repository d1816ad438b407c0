"""Accounts: who holds the team's key, who waits for it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.door import Act, Allow, Told, console_of
from bot.console.pages.rendering import page
from bot.console.sessions import Visit
from bot.errors import Conflict, NotAllowed
from bot.privacy.keyring import KEY_ROLES, current_team_key, grant
from bot.storage.tables import GrantRow, UserRow

router = APIRouter(prefix="/people")
REFUSED = "Không cấp khoá được: tài khoản này đã có khoá, đã khoá lại hoặc không được giữ khoá."


@dataclass(frozen=True)
class Person:
    """One account. ``key`` is ``held``, ``waits`` or ``never``."""

    id: int
    username: str
    role: str
    key: str
    has_totp: bool
    disabled: bool


@router.get("")
def show_people(request: Request, visit: Annotated[Visit, Depends(Allow("see_people"))]) -> Response:
    with console_of(request).database.read() as session:
        return page(request, "people.html", visit, people=people(session))


@router.post("/{user_id}/grant")
def grant_key(request: Request, user_id: int, visit: Annotated[Visit, Depends(Act("grant_key"))]) -> Response:
    console = console_of(request)
    try:
        with console.database.write() as session:
            user = session.get(UserRow, user_id)
            if user is None or user.disabled_at is not None:
                raise NotAllowed("no such active account")
            grant(session, visit.team_private or b"", user, visit.user_id, console.clock())
    except (Conflict, NotAllowed) as error:
        raise Told(REFUSED, 409, "/people") from error
    return RedirectResponse("/people", 303)


def people(session: Session) -> list[Person]:
    """Those who wait for the key first."""
    team = current_team_key(session)
    held = set(
        session.scalars(select(GrantRow.user_id).where(GrantRow.team_key_id == (team.id if team else "")))
    )
    users = session.scalars(select(UserRow).order_by(UserRow.username))
    listed = [
        Person(
            user.id,
            user.username,
            user.role,
            _key(user, held),
            bool(user.passing_totp),
            bool(user.disabled_at),
        )
        for user in users
    ]
    return sorted(listed, key=lambda person: person.key != "waits" or person.disabled)


def _key(user: UserRow, held: set[int]) -> str:
    if user.role not in KEY_ROLES:
        return "never"
    return "held" if user.id in held else "waits"
