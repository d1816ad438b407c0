"""What is asked and shown only on a terminal: the password, unseen, and the one-time-code secret."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bot.privacy.sealing import unlock
from bot.privacy.secrets import load_secrets
from bot.storage.engine import open_database
from bot.storage.tables import UserRow
from tests.support.lachan import environment

PASSWORD = "một mật khẩu"


def _on_terminal(home: Path, *arguments: str, answers: list[str]) -> tuple[int, str]:
    """Run a command on a terminal of its own, give each answer when it is asked, and return what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(home),
        cwd=home.parent,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    waiting = list(answers)
    while chunk := _read(ours):
        shown += chunk
        if waiting and shown.rstrip().endswith(b":"):
            # The prompt is shown before the echo is switched off.
            time.sleep(0.2)
            os.write(ours, waiting.pop(0).encode() + b"\n")
    os.close(ours)
    return process.wait(10), shown.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


def _user(home: Path) -> UserRow:
    database = open_database(f"sqlite:///{home / 'lachan.db'}")
    with database.read() as session:
        return session.query(UserRow).one()


def test_a_password_typed_twice_makes_the_account_and_is_not_shown(home: Path) -> None:
    code, shown = _on_terminal(home, "user", "add", "lan", "--role", "admin", answers=[PASSWORD, PASSWORD])
    assert (code, "account lan (admin) made" in shown) == (0, True)
    assert PASSWORD not in shown


def test_two_different_passwords_make_nothing(home: Path) -> None:
    code, shown = _on_terminal(
        home, "user", "add", "lan", "--role", "admin", answers=[PASSWORD, "một mật khác"]
    )
    assert (code, "the two passwords differ" in shown) == (2, True)
    assert not home.exists()


def test_a_one_time_secret_is_shown_once_and_is_the_one_stored(home: Path) -> None:
    arguments = ("user", "add", "lan", "--role", "admin", "--totp")
    code, shown = _on_terminal(home, *arguments, answers=[PASSWORD, PASSWORD])
    assert code == 0
    assert _stored_secret(home) == _shown_secret(shown)


def test_a_new_one_time_secret_replaces_the_old_one(home: Path) -> None:
    _on_terminal(home, "user", "add", "lan", "--role", "admin", "--totp", answers=[PASSWORD, PASSWORD])
    before = _stored_secret(home)
    _, shown = _on_terminal(home, "user", "totp", "lan", answers=[])
    assert before != _stored_secret(home) == _shown_secret(shown)


def _shown_secret(shown: str) -> str:
    (address,) = [line for line in shown.split() if line.startswith("otpauth://")]
    return parse_qs(urlsplit(address).query)["secret"][0]


def _stored_secret(home: Path) -> str:
    locked = _user(home).passing_totp
    assert locked is not None
    return unlock(load_secrets(home / "secrets").service, locked).decode()
