"""Runs ``lachan`` as another program would: a process of its own, its streams kept apart."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bot.config import ROOT

# Fitted once for all tests: each has a home of its own, and fitting takes seconds.
FITTED = ROOT / ".pytest_cache" / "fitted"
Run = Callable[..., subprocess.CompletedProcess[str]]


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, **settings: str) -> dict[str, str]:
    """This machine's environment with an installation in ``home``."""
    # Without compiled files each process would take seconds to start.
    dropped = {"PYTHONDONTWRITEBYTECODE", *(key for key in os.environ if key.startswith("LACHAN_"))}
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    ours = {"PYTHONPATH": str(ROOT), "LACHAN_HOME": str(home), "LACHAN_CACHE": str(FITTED)}
    return kept | ours | settings


def lachan(
    home: Path, *arguments: str, stdin: str | bytes = b"", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; both streams come back as text."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        input=given,
        capture_output=True,
        cwd=home.parent,
        env=environment(home, **settings),
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
