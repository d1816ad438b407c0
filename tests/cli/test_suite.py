"""``lachan test``: what it runs, and what it does on a machine that lacks a program."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands import suite
from bot.commands.suite import Step, install_programs, run_suite
from bot.errors import LaChanError

FAKE_APT = '#!/bin/sh\necho "$*" >> "$APT_CALLS"\n[ "$1" != "${APT_FAILS:-none}" ]\n'


@pytest.fixture
def apt_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for apt-get that writes down what it was asked for."""
    (tmp_path / "apt-get").write_text(FAKE_APT)
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("APT_CALLS", str(tmp_path / "calls"))
    (tmp_path / "calls").touch()
    return tmp_path / "calls"


@pytest.fixture
def _all_programs_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "PROGRAMS", {"chromium": "/none", "postgresql": "/none/*/initdb"})
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def _steps(*codes: int) -> Iterator[Step]:
    for number, code in enumerate(codes):
        yield Step(
            f"step {number}", (sys.executable, "-c", f"print('ran {number}'); raise SystemExit({code})")
        )


def test_nothing_is_installed_where_nothing_is_missing(
    apt_calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "PROGRAMS", {"python": sys.executable})
    install_programs()
    assert apt_calls.read_text() == ""


@pytest.mark.usefixtures("_all_programs_missing")
def test_missing_programs_are_installed_from_debian(apt_calls: Path) -> None:
    install_programs()
    assert apt_calls.read_text().splitlines() == [
        "update -qq",
        "install -y -qq --no-install-recommends chromium postgresql",
    ]


@pytest.mark.usefixtures("_all_programs_missing")
@pytest.mark.parametrize("step", ["update", "install"])
def test_a_failed_installation_names_what_to_install(
    step: str, apt_calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APT_FAILS", step)
    with pytest.raises(LaChanError, match="chromium postgresql"):
        install_programs()


@pytest.mark.usefixtures("_all_programs_missing")
def test_an_account_that_may_not_install_is_told_the_command(
    apt_calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(LaChanError, match="sudo apt-get install chromium postgresql"):
        install_programs()
    assert apt_calls.read_text() == ""


def test_every_step_runs_and_one_failure_fails_all(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "_steps", lambda: _steps(0, 3, 0))
    assert run_suite([]) == 1
    shown = capfd.readouterr()
    assert shown.out.splitlines() == ["ran 0", "ran 1", "ran 2"]
    assert "failed: step 1" in shown.err


def test_a_suite_without_failure_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "_steps", lambda: _steps(0, 0))
    assert run_suite([]) == 0


def test_arguments_go_to_pytest_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_suite(["--version"]) == 0
    shown = capfd.readouterr()
    assert (shown.out + shown.err).count("passed in") == 1
    assert "pytest " in shown.out + shown.err


def test_pytest_closes_the_suite() -> None:
    *_, last = suite._steps()
    assert last.name == "pytest"
