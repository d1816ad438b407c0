"""Signed-in sessions. The cookie is ``id.secret``; the row alone opens nothing."""

import hashlib
import secrets as random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.console.permissions import Role
from bot.privacy.sealing import SealBroken, lock, unlock
from bot.storage.tables import SessionRow, UserRow

COOKIE = "lachan_console"
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
TOUCH_EVERY = timedelta(seconds=30)
SECRET_BYTES = 32


@dataclass(frozen=True, repr=False)
class Ticket:
    """What the browser carries. ``repr`` is off, for the secret opens the session's key."""

    id: str
    secret: bytes

    @classmethod
    def new(cls) -> "Ticket":
        return cls(random.token_urlsafe(24), random.token_bytes(SECRET_BYTES))

    @classmethod
    def read(cls, cookie: str) -> "Ticket | None":
        """``None`` for anything that no sign-in of ours has made."""
        name, _, secret = cookie.partition(".")
        try:
            raw = urlsafe_b64decode(secret.encode())
        except (NotBase64, ValueError):
            return None
        return cls(name, raw) if name and len(raw) == SECRET_BYTES else None

    @property
    def cookie(self) -> str:
        return f"{self.id}.{urlsafe_b64encode(self.secret).decode()}"

    @property
    def row_id(self) -> str:
        return hashlib.sha256(self.id.encode()).hexdigest()


@dataclass(frozen=True, repr=False)
class Visit:
    """Who makes a request, and with which key. A visitor who is not signed in has role ``NOBODY``."""

    role: Role = Role.NOBODY
    user_id: int = 0
    username: str = ""
    session_id: str = ""
    csrf: str = ""
    team_private: bytes | None = None
    began_at: datetime | None = None
    seen_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def is_signed_in(self) -> bool:
        return self.role is not Role.NOBODY

    def seconds_left(self, now: datetime) -> int:
        """Until the session ends if nothing more is done."""
        if self.seen_at is None or self.ends_at is None:
            return 0
        return max(0, int((min(self.seen_at + IDLE, self.ends_at) - now).total_seconds()))


def begin(session: Session, user: UserRow, team_private: bytes | None, now: datetime) -> Ticket:
    """A new session for every sign-in; an id that the browser brought along is never taken over."""
    session.execute(
        delete(SessionRow).where((SessionRow.ends_at <= now) | (SessionRow.seen_at <= now - IDLE))
    )
    ticket = Ticket.new()
    session.add(
        SessionRow(
            id=ticket.row_id,
            user_id=user.id,
            csrf=random.token_urlsafe(32),
            locked_key=lock(ticket.secret, team_private) if team_private else None,
            created_at=now,
            seen_at=now,
            ends_at=now + ABSOLUTE,
        )
    )
    return ticket


def find(session: Session, cookie: str | None, now: datetime) -> Visit:
    """The visit behind a cookie; ``NOBODY`` once it is idle, over, signed out or its account disabled."""
    ticket = Ticket.read(cookie) if cookie else None
    row = session.get(SessionRow, ticket.row_id) if ticket else None
    if ticket is None or row is None or row.ends_at <= now or row.seen_at + IDLE <= now:
        return Visit()
    user = session.get(UserRow, row.user_id)
    if user is None or user.disabled_at is not None:
        return Visit()
    try:
        key = unlock(ticket.secret, row.locked_key) if row.locked_key else None
    except SealBroken:
        return Visit()
    return Visit(
        Role(user.role),
        user.id,
        user.username,
        row.id,
        row.csrf,
        key,
        row.created_at,
        row.seen_at,
        row.ends_at,
    )


def touch(session: Session, session_id: str, now: datetime) -> None:
    """Note an act of the person; pages that refresh themselves are none."""
    row = session.get(SessionRow, session_id)
    if row is not None:
        row.seen_at = now


def end(session: Session, session_id: str) -> None:
    """With the row goes the only copy of the key that the cookie opens."""
    session.execute(delete(SessionRow).where(SessionRow.id == session_id))
