"""The supervisor with parts that do nothing: what matters is how they begin and end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bot import supervisor as supervisor_module
from bot.config import ROOT
from bot.errors import Conflict
from bot.supervisor import Part, Supervisor, only_one

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")
IGNORES = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
)
OWNER = r"""
import sys
from pathlib import Path
from bot.supervisor import Part, Supervisor
child = "import os, sys, time; from bot.supervisor import end_with_parent; "
child += "end_with_parent(int(sys.argv[1])); print('lachan: up', flush=True); time.sleep(600)"
import os
command = (sys.executable, "-c", child, str(os.getpid()))
parts = [Part(name, command, Path(sys.argv[1]) / f"{name}.log") for name in ("one", "two")]
supervisor = Supervisor(parts, lambda line: (sys.stdout.write(line + "\n"), sys.stdout.flush()))
supervisor.stop_on_signals()
supervisor.start()
print(*supervisor.pids().values(), flush=True)
supervisor.keep_running()
"""


class Kept:
    """A supervisor watching in a thread, and what it said."""

    def __init__(self, *parts: Part) -> None:
        self.said: list[str] = []
        self.supervisor = Supervisor(parts, self.said.append)
        self._thread = threading.Thread(target=self.supervisor.keep_running)

    def begin(self) -> None:
        self.supervisor.start()
        self._thread.start()

    def end(self) -> None:
        self.supervisor._stop.set()
        self._thread.join(20)


@pytest.fixture
def keep() -> Iterator[Callable[..., Kept]]:
    kept: list[Kept] = []

    def _keep(*parts: Part) -> Kept:
        kept.append(Kept(*parts))
        kept[-1].begin()
        return kept[-1]

    yield _keep
    for each in kept:
        each.end()


def _until(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def _gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_killed_part_is_started_again(keep: Callable[..., Kept], tmp_path: Path) -> None:
    kept = keep(Part("bot", SLEEPS, tmp_path / "bot.log"))
    first = kept.supervisor.pids()["bot"]
    os.kill(first, signal.SIGKILL)
    assert _until(lambda: kept.supervisor.pids().get("bot", first) != first)
    assert "bot ended (signal SIGKILL); starting it again in 0.5 s" in kept.said[0]


def test_the_pause_grows_while_a_part_keeps_dying(
    keep: Callable[..., Kept], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "LONGEST_PAUSE", 1.0)
    kept = keep(Part("bot", (sys.executable, "-c", "raise SystemExit(3)"), tmp_path / "bot.log"))
    assert _until(lambda: len(kept.said) >= 3)
    assert [line.split(" in ")[1].split(",")[0] for line in kept.said[:3]] == ["0.5 s", "1 s", "1 s"]
    assert "exit status 3" in kept.said[0]


def test_a_deaf_part_is_ended_by_force(
    keep: Callable[..., Kept], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "STOP_SECONDS", 0.3)
    kept = keep(Part("bot", IGNORES, tmp_path / "bot.log"))
    assert _until(lambda: (tmp_path / "bot.log").exists())
    pid = kept.supervisor.pids()["bot"]
    kept.end()
    assert _gone(pid)
    assert any("by force" in line for line in kept.said)


def test_a_warning_is_shown_and_everything_is_logged(keep: Callable[..., Kept], tmp_path: Path) -> None:
    script = "import time; print('2026Z INFO a: quiet'); print('2026Z WARNING a: loud', flush=True); time.sleep(600)"
    kept = keep(Part("bot", (sys.executable, "-c", script), tmp_path / "bot.log"))
    assert _until(lambda: bool(kept.said))
    assert kept.said == ["bot: 2026Z WARNING a: loud"]
    assert "quiet" in (tmp_path / "bot.log").read_text()
    assert (tmp_path / "bot.log").stat().st_mode & 0o777 == 0o600


def test_a_full_log_is_set_aside(
    keep: Callable[..., Kept], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "LOG_BYTES", 100)
    script = "import time; [print('x' * 60, flush=True) for _ in range(5)]; time.sleep(600)"
    keep(Part("bot", (sys.executable, "-c", script), tmp_path / "bot.log"))
    assert _until(lambda: (tmp_path / "bot.log.1").exists())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_and_leaves_no_process(number: signal.Signals, tmp_path: Path) -> None:
    owner, pids = _owner(tmp_path)
    owner.send_signal(number)
    assert owner.wait(15) == 0
    assert [pid for pid in pids if not _gone(pid)] == []


def test_no_part_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    owner, pids = _owner(tmp_path)
    owner.kill()
    owner.wait(5)
    assert _until(lambda: all(_gone(pid) for pid in pids))


def _owner(folder: Path) -> tuple["subprocess.Popen[str]", list[int]]:
    """A supervisor in a process of its own, with two parts that are fully started."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert owner.stdout is not None
    pids = [int(pid) for pid in owner.stdout.readline().split()]
    assert {owner.stdout.readline().strip() for _ in pids} == {"one: lachan: up", "two: lachan: up"}
    return owner, pids


def test_a_second_one_is_refused_by_name(tmp_path: Path) -> None:
    lock = tmp_path / "var" / "run" / "up.lock"
    with only_one(lock), pytest.raises(Conflict, match=f"process {os.getpid()}"), only_one(lock):
        pass


def test_a_lock_left_by_a_dead_process_is_no_obstacle(tmp_path: Path) -> None:
    lock = tmp_path / "up.lock"
    lock.write_text("1\n")
    with only_one(lock):
        assert lock.read_text() == f"{os.getpid()}\n"
