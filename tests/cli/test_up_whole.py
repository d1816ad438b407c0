"""``lachan up`` as an operator runs it: the three real parts, a part that dies, Ctrl-C."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import httpx
import psutil
import pytest

from bot.config import Settings
from tests.support.lachan import environment, free_port

PATIENCE = 90


@dataclass
class Helpline:
    """A running ``lachan up`` and what it printed when it was ready."""

    process: "subprocess.Popen[str]"
    settings: Settings
    greeting: str

    def part(self, name: str) -> psutil.Process:
        """The process of one part as it is now; raises ``StopIteration`` while there is none."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if f"serve {name} " in " ".join(child.cmdline()))

    def status(self, path: str) -> int:
        try:
            return httpx.get(f"http://127.0.0.1:{self.settings.bot_port}{path}", timeout=5).status_code
        except httpx.HTTPError:
            return 0


@pytest.fixture(scope="module")
def helpline(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Helpline]:
    home = tmp_path_factory.mktemp("up") / "var"
    (home / "models").mkdir(parents=True)
    shutil.copy(model, home / "models")
    settings = Settings(home=home, bot_port=free_port(), console_port=free_port())
    ports = {"LACHAN_BOT_PORT": str(settings.bot_port), "LACHAN_CONSOLE_PORT": str(settings.console_port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "up"],
        env=environment(home, **ports),
        stdout=subprocess.PIPE,
        text=True,
        cwd=home,
    )
    assert process.stdout is not None
    # Ends at the greeting's last line, or early when `up` itself has ended.
    greeting = takewhile(lambda line: not line.startswith("Ctrl-C stops"), process.stdout)
    yield Helpline(process, settings, "".join(greeting))
    process.terminate()
    process.wait(20)


def _until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    return true()


def test_it_is_ready_when_it_says_so(helpline: Helpline) -> None:
    assert f"http://127.0.0.1:{helpline.settings.bot_port}/chat" in helpline.greeting
    assert helpline.status("/readyz") == 200
    assert helpline.status("/chat") == 200


def test_the_bot_lives_on_while_the_dialogue_is_started_again(helpline: Helpline) -> None:
    helpline.part("dialogue").kill()
    assert _until(lambda: helpline.status("/readyz") == 503)
    assert helpline.status("/healthz") == 200
    assert _until(lambda: helpline.status("/readyz") == 200)


def test_a_killed_bot_is_started_again(helpline: Helpline) -> None:
    helpline.part("bot").kill()
    assert _until(lambda: helpline.status("/healthz") == 200)


def test_logs_and_data_are_private(helpline: Helpline) -> None:
    files = [path for path in helpline.settings.home.rglob("*") if path.is_file() and path.suffix != ".gz"]
    assert [path for path in files if path.stat().st_mode & 0o077] == []
    assert {path.name for path in files} >= {"bot.log", "lachan.db", "service.key"}


def test_ctrl_c_stops_everything(helpline: Helpline) -> None:
    family = psutil.Process(helpline.process.pid).children(recursive=True)
    os.kill(helpline.process.pid, signal.SIGINT)
    assert helpline.process.wait(20) == 0
    assert [child.pid for child in psutil.wait_procs(family, timeout=5)[1]] == []
