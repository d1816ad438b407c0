"""What every route declares: the permission it asks for, and whether it changes something."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.templating import Jinja2Templates
from starlette.routing import Mount

from bot.config import Settings
from bot.console import sessions
from bot.console.permissions import NEEDS_KEY, PERMISSIONS, may
from bot.console.sessions import COOKIE, TOUCH_EVERY, Visit
from bot.console.sign_in import SignIn
from bot.console.watcher import Watcher
from bot.errors import ConfigError, LaChanError, NotAllowed
from bot.escalation.takeover import Takeover
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database

FRAGMENT = "x-fragment"
OWN_SITES = frozenset({"same-origin", "none"})


class SignedOut(LaChanError):
    """The request needs a signed-in account."""


class WaitsForKey(LaChanError):
    """The account has not been handed the team's key yet."""


class Told(LaChanError):
    """An act that came to nothing; ``text`` says why, to the person who tried it."""

    def __init__(self, text: str, status: int, back: str) -> None:
        super().__init__(text)
        self.text, self.status, self.back = text, status, back


@dataclass(frozen=True, repr=False)
class Console:
    """Everything the pages work with."""

    database: Database
    secrets: Secrets
    settings: Settings
    clock: Callable[[], datetime]
    templates: Jinja2Templates
    watcher: Watcher
    sign_in: SignIn
    takeover: Takeover


def console_of(request: Request) -> Console:
    console: Console = request.app.state.console
    return console


class Allow:
    """A route's permission. Called for each request, it hands over who makes it or raises."""

    acts = False

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            raise ConfigError(f"permission {permission!r} is not in PERMISSIONS")
        self.permission = permission

    def __call__(self, request: Request) -> Visit:
        return self._visit(request, console_of(request))

    def _visit(self, request: Request, console: Console) -> Visit:
        now = console.clock()
        with console.database.read() as session:
            visit = sessions.find(session, request.cookies.get(COOKIE), now)
        if not may(visit.role, self.permission):
            raise NotAllowed("role") if visit.is_signed_in else SignedOut("no session")
        if self.permission in NEEDS_KEY and visit.team_private is None:
            raise WaitsForKey("no grant")
        if visit.seen_at and not is_fragment(request) and now - visit.seen_at >= TOUCH_EVERY:
            with console.database.write() as session:
                sessions.touch(session, visit.session_id, now)
        return visit


class Act(Allow):
    """The permission of a route that changes something: asks for the session's token as well."""

    acts = True

    def __call__(self, request: Request, csrf: Annotated[str, Form()] = "") -> Visit:
        # The sign-in form has no session yet; what the browser says of its origin guards it.
        if request.headers.get("sec-fetch-site", "none") not in OWN_SITES:
            raise NotAllowed("another site's form")
        visit = self._visit(request, console_of(request))
        token = request.headers.get("x-csrf-token") or csrf
        needs_token = visit.is_signed_in and self.permission != "sign_in"
        if needs_token and not hmac.compare_digest(token.encode(), visit.csrf.encode()):
            raise NotAllowed("form token")
        return visit


def is_fragment(request: Request) -> bool:
    """Whether a script asks, not a person: a part of a page, or the stream of changes."""
    return FRAGMENT in request.headers or request.headers.get("accept", "").startswith("text/event-stream")


def declared(route: APIRoute) -> Allow | None:
    """The permission that a route declares, if any."""
    calls = [dependency.call for dependency in route.dependant.dependencies]
    return next((call for call in calls if isinstance(call, Allow)), None)


def check_routes(app: FastAPI) -> None:
    """Refuse to start with a route that declares no permission, or that changes things without a token."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, Mount) and route.path == "/static":
            continue
        permission = declared(route) if isinstance(route, APIRoute) else None
        if permission is None:
            raise ConfigError(f"console route {context.path} declares no permission")
        if (context.methods or set()) - {"GET", "HEAD"} and not permission.acts:
            raise ConfigError(f"console route {context.path} changes something and asks for no token")
