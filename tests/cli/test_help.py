"""The commands as an operator meets them."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.cli import build_app
from bot.config import ROOT
from tests.support.lachan import Run, environment, lachan

COMMANDS = "up test doctor triage ask redact cases referrals migrate train version user".split()


def test_help_lists_every_command(run: Run) -> None:
    shown = run("--help")
    assert shown.returncode == 0
    assert [name for name in COMMANDS if f"\n  {name} " not in shown.stdout] == []


def test_help_answers_within_a_second(home: Path) -> None:
    """The best of three, for other work on the machine is not the command's."""
    assert min(_seconds(home) for _ in range(3)) < 1


def _seconds(home: Path) -> float:
    begun = time.monotonic()
    assert lachan(home, "--help").returncode == 0
    return time.monotonic() - begun


def test_help_makes_no_folder(home: Path, run: Run) -> None:
    run("--help")
    assert not home.exists()


@pytest.mark.parametrize("command", [*COMMANDS[:-1], "user add", "user list", "user totp"])
def test_each_command_has_help_with_examples(command: str, run: Run) -> None:
    assert "Examples:\n    " in run(*command.split(), "--help").stdout


def test_an_unknown_command_is_refused_in_plain_words(run: Run) -> None:
    refused = run("fly")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "No such command 'fly'" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_bad_setting_is_named(run: Run) -> None:
    refused = run("cases", "--json", LACHAN_BOT_PORT="many")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("lachan: LACHAN_BOT_PORT: ")
    assert refused.stderr.count("\n") == 1


def test_an_unknown_setting_is_named(run: Run) -> None:
    assert "LACHAN_BOT_PROT: is not a setting" in run("doctor", LACHAN_BOT_PROT="1").stderr


def test_a_database_out_of_reach_is_one_line(run: Run) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    refused = run("cases", "--json", LACHAN_DATABASE_URL=url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1
    assert "Traceback" not in refused.stderr


HEAVY = ("rasa", "tensorflow", "sqlalchemy", "fastapi", "starlette", "uvicorn")


@pytest.mark.parametrize("command", ["triage", "redact"])
def test_reading_words_imports_neither_rasa_nor_a_database(command: str, home: Path, run: Run) -> None:
    script = (
        "import sys; from bot.cli import build_app\n"
        f"build_app()([{command!r}], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=b"",
        capture_output=True,
        env=environment(home),
        cwd=ROOT,
        check=False,
    )
    assert done.stderr.decode().splitlines()[-1] == "[]"


def test_serve_is_not_shown_but_there() -> None:
    hidden = {
        info.callback.__name__ for info in build_app().registered_commands if info.hidden and info.callback
    }
    assert hidden == {"serve"}
