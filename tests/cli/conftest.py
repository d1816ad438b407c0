"""Runs commands inside the test's own process: the same entry, without the time a start takes."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from tests.support.lachan import FITTED, Run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """``run("user", "add", …, stdin=…, LACHAN_X=…)`` gives exit status and both streams."""

    def _run(*arguments: str, stdin: str | bytes = b"", **settings: str) -> subprocess.CompletedProcess[str]:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "argv", ["lachan", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        monkeypatch.chdir(home.parent)
        for name, value in {"LACHAN_HOME": str(home), "LACHAN_CACHE": str(FITTED), **settings}.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        before = os.umask(0o022)
        with pytest.raises(SystemExit) as ended:
            main()
        os.umask(before)
        sys.stdout.flush()
        shown = capfd.readouterr()
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), shown.out, shown.err)

    return _run
