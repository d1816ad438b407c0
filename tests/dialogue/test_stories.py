"""The test conversations of tests/stories, judged by rasa itself; and proof that it can say no."""

import subprocess
import sys
from pathlib import Path

from bot.config import ROOT


def judge(model: Path, stories: Path, out: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "connectors.dialogue.rasa_cli", "test", "core", "--e2e", "--no-plot"]
    command += [
        "--fail-on-prediction-errors",
        "--model",
        str(model),
        "--stories",
        str(stories),
        "--out",
        str(out),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_conversations_go_as_written(model: Path, tmp_path: Path) -> None:
    done = judge(model, ROOT / "tests" / "stories", tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_wrong_prediction_fails_the_run(model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "test_broken.yml"
    steps = "      - user: |\n          chào bạn\n        intent: greeting\n      - action: action_offer\n"
    broken.write_text(f'version: "3.1"\nstories:\n  - story: broken\n    steps:\n{steps}')
    assert judge(model, broken, tmp_path / "out").returncode != 0


def test_data_and_rules_are_consistent() -> None:
    command = [sys.executable, "-m", "connectors.dialogue.rasa_cli", "data", "validate", "--fail-on-warnings"]
    command += ["--domain", "domain", "--data", "nlu", "stories"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "UserWarning: The" not in done.stdout + done.stderr
