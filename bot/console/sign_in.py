"""Checks name, password and one-time code; slows down and locks out guessing."""

import hmac
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import pyotp
from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from bot.console import sessions
from bot.console.sessions import Ticket
from bot.privacy.keyring import open_team_key
from bot.privacy.sealing import hash_password, password_matches, unlock
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database
from bot.storage.tables import UserRow

FREE_TRIES = 2
LOCK_TRIES = 10
LOCK_OUT = timedelta(minutes=15)
TOTP_SECONDS = 30
LONGEST_PASSWORD = 1024
# Argon2id takes 64 MiB a check: more at once would let a flood of guesses exhaust the memory.
CHECKS_AT_ONCE = 2


class Refusal(StrEnum):
    """Why nobody was signed in. ``WRONG`` also stands for a locked or unknown account: it tells no names."""

    WRONG = "wrong"
    NEEDS_TOTP = "needs_totp"


@dataclass(frozen=True, repr=False)
class Claimed:
    """What the form said."""

    username: str
    password: str
    totp: str


class SignIn:
    """The door of the console. Safe to call from many threads."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._database = database
        self._service_key = secrets.service
        self._checks = threading.BoundedSemaphore(CHECKS_AT_ONCE)
        # Checked for names that do not exist, so that they take as long as those that do.
        self._nobody = hash_password("nobody")

    def enter(self, claimed: Claimed, now: datetime, *, exposed: bool) -> Ticket | Refusal:
        """Begin a session; ``exposed`` is whether the console can be reached from other machines."""
        user = self._count_try(claimed.username, now)
        if not self._password_fits(user, claimed.password) or user is None:
            return Refusal.WRONG
        step = self._totp_step(user, claimed.totp, now)
        if user.passing_totp is not None and step is None:
            return Refusal.WRONG
        if exposed and user.passing_totp is None:
            return Refusal.NEEDS_TOTP
        return self._begin(user, claimed.password, step, now)

    def _count_try(self, username: str, now: datetime) -> UserRow | None:
        """Count before checking, so that guesses made at the same time cannot share one try."""
        with self._database.write() as session:
            user = session.scalar(select(UserRow).where(UserRow.username == username).with_for_update())
            if user is None or user.disabled_at is not None:
                return None
            if user.locked_until is not None and user.locked_until > now:
                return None
            user.failures += 1
            user.locked_until = now + pause(user.failures)
            return user

    def _password_fits(self, user: UserRow | None, password: str) -> bool:
        if not password or len(password) > LONGEST_PASSWORD:
            return False
        with self._checks:
            return password_matches(user.password_hash if user else self._nobody, password)

    def _totp_step(self, user: UserRow, code: str, now: datetime) -> int | None:
        """The 30-second step whose code was typed; one step either way is allowed, none twice."""
        if user.passing_totp is None:
            return None
        totp = pyotp.TOTP(unlock(self._service_key, user.passing_totp).decode())
        current = int(now.timestamp()) // TOTP_SECONDS
        for step in (current - 1, current, current + 1):
            if step > user.totp_step and hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
                return step
        return None

    def _begin(self, user: UserRow, password: str, step: int | None, now: datetime) -> Ticket | Refusal:
        with self._database.read() as session, self._checks:
            key = open_team_key(session, user, password)
        with self._database.write() as session:
            unused = UserRow.totp_step < step if step is not None else UserRow.id == user.id
            result = session.execute(
                update(UserRow)
                .where(UserRow.id == user.id, unused)
                .values(failures=0, locked_until=None, totp_step=step or user.totp_step)
            )
            if not isinstance(result, CursorResult) or result.rowcount != 1:
                return Refusal.WRONG
            return sessions.begin(session, user, key, now)


def pause(failures: int) -> timedelta:
    """How long an account rests after so many wrong tries in a row: 0, 0, 2 s, 4 s … then 15 minutes."""
    if failures >= LOCK_TRIES:
        return LOCK_OUT
    return timedelta(seconds=2 ** (failures - FREE_TRIES) if failures > FREE_TRIES else 0)
