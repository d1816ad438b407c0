"""Keeps the parts of a helpline running: starts, starts again what dies, stops all."""

import ctypes
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from bot.errors import Conflict

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
# A part that ran this long had started properly; its next fault begins with a short pause again.
STEADY_SECONDS = 30.0
STOP_SECONDS = 10.0
TICK_SECONDS = 0.1
LOG_BYTES = 5_000_000
WARNING = re.compile(rb"^\S+ (WARNING|ERROR|CRITICAL) |^lachan: |^dialogue: ")
PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """One process to keep running. ``log`` takes what it prints."""

    name: str
    command: tuple[str, ...]
    log: Path


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0
    readers: list[threading.Thread] = field(default_factory=list)


class Supervisor:
    """Runs parts until told to stop. Each is a process group of its own, so that Ctrl-C reaches only us."""

    def __init__(self, parts: Sequence[Part], say: Say) -> None:
        self._running = [_Running(part) for part in parts]
        self._say = say
        self._stop = threading.Event()

    def start(self) -> None:
        for running in self._running:
            self._start(running, time.monotonic())

    def stop_on_signals(self) -> None:
        """Ctrl-C, an orderly kill and a closed terminal all end the helpline cleanly."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())

    def keep_running(self, every_tick: Callable[[], None] = lambda: None) -> None:
        """Watch until a signal came; then everything is stopped when this returns."""
        try:
            while not self._stop.wait(TICK_SECONDS):
                self._watch(time.monotonic())
                every_tick()
        finally:
            self.stop()

    def pids(self) -> dict[str, int]:
        """Process ids of the parts that run."""
        return {each.part.name: each.process.pid for each in self._running if each.process}

    def stop(self) -> None:
        """Ask all parts to end, wait, then end them by force, with whatever they had started."""
        for each in self._running:
            _signal_group(each.process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for each in self._running:
            if each.process and not _ended(each.process, deadline - time.monotonic()):
                self._say(f"{each.part.name} did not stop in time and is ended by force")
                _signal_group(each.process, signal.SIGKILL)
                each.process.wait()
            _signal_group(each.process, signal.SIGKILL)
            for reader in each.readers:
                reader.join(1)

    def _watch(self, now: float) -> None:
        for each in self._running:
            if each.process is not None and each.process.poll() is not None:
                self._plan_restart(each, now)
            elif each.process is None and now >= each.due:
                self._start(each, now)

    def _plan_restart(self, each: _Running, now: float) -> None:
        code = each.process.returncode if each.process else 0
        if now - each.started >= STEADY_SECONDS:
            each.pause = FIRST_PAUSE
        self._say(
            f"{each.part.name} ended ({_reason(code)}); starting it again in {each.pause:g} s, see {each.part.log}"
        )
        each.process, each.due = None, now + each.pause
        each.pause = min(each.pause * 2, LONGEST_PAUSE)

    def _start(self, each: _Running, now: float) -> None:
        each.started = now
        each.process = subprocess.Popen(
            each.part.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        reader = threading.Thread(target=self._keep_log, args=(each.part, each.process), daemon=True)
        reader.start()
        each.readers = [thread for thread in each.readers if thread.is_alive()] + [reader]

    def _keep_log(self, part: Part, process: subprocess.Popen[bytes]) -> None:
        """Write what the part prints to its log and show its warnings."""
        if process.stdout is None:
            return
        for line in process.stdout:
            _append(part.log, line)
            if WARNING.match(line):
                text = line.decode(errors="replace").rstrip()
                self._say(f"{part.name}: {text.removeprefix(part.name + ': ')}")


def _append(log: Path, line: bytes) -> None:
    """Two files of at most ``LOG_BYTES`` each; the operator alone may read them."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(log.name + ".1"))
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        return False
    return True


def _signal_group(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    """The part leads its own group, which may outlive it; a group that is gone is no fault."""
    if process is not None:
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


@contextmanager
def only_one(lock_file: Path) -> Iterator[None]:
    """Hold the folder for this process; the second one gets ``Conflict`` naming the first one's id."""
    lock_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock_file.open("a+") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Conflict(
                f"lachan up already runs on {lock_file.parent.parent} (process {holder}); stop it first"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def end_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when ``parent`` does, even if that one is killed outright."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    # It may have died before we asked.
    if os.getppid() != parent:
        raise SystemExit("lachan: the process that started this one is gone")
