"""The whole helpline as an operator starts it: `./lachan up` with the real Rasa model, in a folder of its own."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.config import ROOT
from tests.support.fake_telegram import FakeTelegram, running_telegram
from tests.support.fake_zalo import FakeZalo, running_zalo
from tests.support.lachan import FITTED, free_port

READY_SECONDS = 180
PASSWORD = "mot hai ba bon nam"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test waits for the model to be trained as well."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(READY_SECONDS + 120))


@dataclass
class Helpline:
    """A running helpline and the commands an operator would type beside it."""

    env: dict[str, str]
    bot: str
    console: str
    process: subprocess.Popen[bytes]

    def run(self, *words: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ROOT / "lachan", *words],
            env=self.env | settings,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def command(self, *words: str, given: str = "") -> str:
        done = self.run(*words, given=given)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def cases(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.command("cases", "--json"))
        return found

    def say(self, sender: str, message: str, **given: str) -> list[dict[str, Any]]:
        answer = httpx.post(
            f"{self.bot}/webhooks/web/webhook",
            json={"sender": sender, "message": message} | given,
            timeout=30,
        )
        answer.raise_for_status()
        lines: list[dict[str, Any]] = answer.json()
        return lines

    def wait_ready(self, seconds: float = READY_SECONDS) -> float:
        """Seconds until /readyz says 200."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if httpx.get(f"{self.bot}/readyz", timeout=2).status_code == 200:
                    return time.monotonic() - began
            except httpx.HTTPError:
                pass
            assert self.process.poll() is None, "lachan up ended"
            time.sleep(0.2)
        raise AssertionError("not ready in time")

    def parts(self) -> dict[str, int]:
        """Process ids of the parts that are running."""
        listed = subprocess.run(
            ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
        ).stdout
        found = {}
        for line in listed.splitlines()[1:]:
            pid, parent, words = line.split(None, 2)
            if int(parent) == self.process.pid and " serve " in words:
                found[words.split(" serve ")[1].split()[0]] = int(pid)
        return found


@pytest.fixture(scope="session")
def telegram() -> Iterator[FakeTelegram]:
    with running_telegram() as platform:
        yield platform


@pytest.fixture(scope="session")
def zalo() -> Iterator[FakeZalo]:
    with running_zalo() as platform:
        yield platform


def channels(telegram: FakeTelegram, zalo: FakeZalo) -> dict[str, str]:
    """The settings that open both platforms' channels."""
    return {
        "LACHAN_TELEGRAM_TOKEN": telegram.token,
        "LACHAN_TELEGRAM_API": telegram.url,
        "LACHAN_ZALO_BOT_TOKEN": zalo.token,
        "LACHAN_ZALO_BOT_API": zalo.url,
    }


@pytest.fixture(scope="session")
def helpline(
    tmp_path_factory: pytest.TempPathFactory, telegram: FakeTelegram, zalo: FakeZalo
) -> Iterator[Helpline]:
    home: Path = tmp_path_factory.mktemp("helpline") / "var"
    ports = {"LACHAN_BOT_PORT": str(free_port()), "LACHAN_CONSOLE_PORT": str(free_port())}
    env = (
        {k: v for k, v in os.environ.items() if not k.startswith("LACHAN_")}
        | ports
        | {"LACHAN_HOME": str(home), "LACHAN_CACHE": str(FITTED)}
        | channels(telegram, zalo)
    )
    log = (home.parent / "up.log").open("wb")
    process = subprocess.Popen([ROOT / "lachan", "up"], env=env, stdout=log, stderr=log)
    running = Helpline(
        env,
        f"http://127.0.0.1:{ports['LACHAN_BOT_PORT']}",
        f"http://127.0.0.1:{ports['LACHAN_CONSOLE_PORT']}",
        process,
    )
    try:
        running.wait_ready()
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        log.close()
