"""The stream of changes: who may follow it, what it tells, when it ends."""

import threading
import time

import httpx
import pytest

from bot.config import Settings
from bot.console.app import create_app
from bot.console.server import server
from bot.console.sessions import IDLE
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database

from .conftest import PASSWORD, Clock, Helpline, SignedIn, running

STREAM = {"accept": "text/event-stream"}


class Listener:
    """Follows a stream in a thread until it has told of ``event`` twice, or ends.

    It tells once at the start, for the page may be older than the stream.
    """

    def __init__(self, client: httpx.Client, path: str, event: str) -> None:
        self.told: list[str] = []
        self._thread = threading.Thread(target=self._follow, args=(client, path, event))
        self._thread.start()
        until = time.monotonic() + 5
        while event not in self.told and time.monotonic() < until:
            time.sleep(0.02)

    def _follow(self, client: httpx.Client, path: str, event: str) -> None:
        with client.stream("GET", path, headers=STREAM, timeout=10) as answer:
            for line in answer.iter_lines():
                self.told += [line.removeprefix("event: ")] if line.startswith("event: ") else []
                if self.told.count(event) == 2:
                    return

    def wait(self) -> float:
        """Seconds until it stopped."""
        began = time.monotonic()
        self._thread.join(timeout=15)
        assert not self._thread.is_alive()
        return time.monotonic() - began


@pytest.fixture
def lan(helpline: Helpline, signed_in: SignedIn) -> httpx.Client:
    helpline.account("lan")
    return signed_in("lan")


def test_a_new_case_is_told_within_a_second(helpline: Helpline, lan: httpx.Client) -> None:
    listener = Listener(lan, "/events", "queue")
    assert listener.told == ["left", "queue"]
    helpline.disclose("em sợ lắm")
    assert listener.wait() < 1.5
    assert listener.told == ["left", "queue", "queue"]


def test_a_line_in_the_case_is_told_to_those_who_read_it(helpline: Helpline, lan: httpx.Client) -> None:
    code = helpline.disclose("em sợ lắm")
    listener = Listener(lan, f"/events?case={code}", "case")
    helpline.child_says(code, "cô ơi")
    listener.wait()
    assert listener.told.count("case") == 2


@pytest.mark.parametrize(
    ("role", "granted", "status"), [("admin", True, 403), ("auditor", True, 403), ("counsellor", False, 403)]
)
def test_who_may_not_see_the_queue_may_not_follow_it(
    helpline: Helpline, signed_in: SignedIn, role: str, granted: bool, status: int
) -> None:
    helpline.account("dau")
    helpline.account("thu", role, granted=granted)
    assert signed_in("thu").get("/events", headers=STREAM).status_code == status


def test_nobody_follows_the_queue(visitor: httpx.Client) -> None:
    assert visitor.get("/events", headers=STREAM).status_code == 401


def test_an_idle_session_is_refused_and_the_page_is_told(
    helpline: Helpline, lan: httpx.Client, clock: Clock
) -> None:
    clock.shift += IDLE
    assert lan.get("/events", headers=STREAM).status_code == 401


def test_open_streams_do_not_hold_up_the_stop(
    helpline: Helpline, sqlite_database: Database, secrets: Secrets, settings: Settings, clock: Clock
) -> None:
    helpline.account("lan")
    with httpx.Client(base_url=f"http://127.0.0.1:{settings.console_port}") as lan:
        with running(server(create_app(sqlite_database, secrets, settings, clock), settings)):
            lan.post("/login", data={"username": "lan", "password": PASSWORD})
            listener = Listener(lan, "/events", "queue")
            began = time.monotonic()
        assert time.monotonic() - began < 2.5
        listener.wait()
