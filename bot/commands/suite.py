"""What ``lachan test`` runs, and the programs that it needs from Debian."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.config import ROOT
from bot.errors import LaChanError

PROGRAMS = {"chromium": "/usr/bin/chromium", "postgresql": "/usr/lib/postgresql/*/bin/initdb"}


@dataclass(frozen=True)
class Step:
    """One command of the suite, run in the repository's root."""

    name: str
    command: tuple[str, ...]


def run_suite(arguments: Sequence[str]) -> int:
    """Run every step even after a failure; with arguments only pytest. Not 0 if anything failed."""
    install_programs()
    if arguments:
        return _run(Step("pytest", _python("pytest", *arguments)))
    failed = [step.name for step in _steps() if _run(step)]
    if failed:
        print("lachan: failed: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


def _steps() -> Iterator[Step]:
    """Quick ones first; pytest last, so that its closing line closes the output.

    Rasa's own checks (`data validate`, `test`) are run by tests/dialogue.
    """
    yield Step("lint", _python("ruff", "check"))
    yield Step("format", _python("ruff", "format", "--check"))
    yield Step("types", _python("mypy", "--strict", "bot", "connectors"))
    yield Step("pytest", _python("pytest", "-q"))


def _run(step: Step) -> int:
    print(f"lachan: {step.name}", file=sys.stderr, flush=True)
    begun = time.monotonic()
    code = subprocess.run(step.command, cwd=ROOT, check=False).returncode
    print(
        f"lachan: {step.name} {'failed' if code else 'passed'} in {time.monotonic() - begun:.1f} s",
        file=sys.stderr,
    )
    return code


def install_programs() -> None:
    """Install what is missing; raises with one line when this account cannot."""
    missing = [package for package, pattern in PROGRAMS.items() if not any(Path("/").glob(pattern[1:]))]
    if not missing:
        return
    print(f"lachan: installing {' '.join(missing)} with apt-get", file=sys.stderr, flush=True)
    become_root = _root_prefix(missing)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        done = subprocess.run([*become_root, "apt-get", *command], check=False, env=quiet, stdout=sys.stderr)
        if done.returncode:
            raise LaChanError(f"apt-get {command[0]} failed; install yourself: {' '.join(missing)}")


def _root_prefix(missing: Sequence[str]) -> list[str]:
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        return ["sudo", "-n", "-E"]
    raise LaChanError(f"the tests need {' and '.join(missing)}: sudo apt-get install {' '.join(missing)}")
