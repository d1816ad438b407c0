"""triage, ask and redact: nothing is answered before everything was understood."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.lachan import Run

COMMANDS = ("triage", "ask", "redact")
GOOD = '{"id": 1, "text": "mat khau the nao la manh"}\n'
FAULTS = {
    "not JSON": b"{\n",
    "a list": b"[]\n",
    "no text": b'{"id": 2}\n',
    "text is a number": b'{"id": 2, "text": 7}\n',
    "no id": b'{"text": "a"}\n',
    "not UTF-8": b'{"id": 2, "text": "\xff"}\n',
}


@pytest.fixture(scope="module")
def retriever_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fitting takes seconds; one cache serves all questions of this module."""
    return tmp_path_factory.mktemp("ask") / "var"


@pytest.fixture
def home(retriever_home: Path) -> Path:
    return retriever_home


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_second_line_is_named_and_the_first_is_not_answered(command: str, fault: str, run: Run) -> None:
    refused = run(command, stdin=GOOD.encode() + FAULTS[fault])
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("lachan: line 2: ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_no_input_is_no_output(command: str, run: Run) -> None:
    done = run(command)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_one_answer_a_line_with_its_id(command: str, run: Run) -> None:
    done = run(command, stdin=GOOD + '{"id": "b", "text": "em chào chị"}\n')
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, "b"]


def test_triage_speaks_its_contract(run: Run) -> None:
    answer = _only(run("triage", stdin='{"id":1,"turns":["em chào chị",{"from":"bot","text":"Chào em"}]}'))
    assert set(answer) == {"id", "risk", "category", "about", "check_in", "rules", "risk_by_turn"}
    assert answer["risk_by_turn"] == ["none"]


def test_redact_speaks_its_contract(run: Run) -> None:
    answer = _only(run("redact", stdin='{"id":1,"text":"số của em là 0912345678"}'))
    assert set(answer) == {"id", "text", "spans"}
    assert [set(span) for span in answer["spans"]] == [{"start", "end", "type"}]


def test_ask_speaks_its_contract(run: Run) -> None:
    assert set(_only(run("ask", stdin=GOOD))) == {"id", "topic", "score", "options", "answer"}


def test_a_file_is_read_like_standard_input(home: Path, run: Run) -> None:
    (home.parent / "lines.jsonl").write_text("\ufeff" + GOOD, encoding="utf-8")
    assert _only(run("triage", "lines.jsonl"))["id"] == 1


def test_a_missing_file_is_named(run: Run) -> None:
    refused = run("triage", "nothing.jsonl")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "nothing.jsonl" in refused.stderr


def test_a_line_separator_inside_a_string_does_not_end_the_line(run: Run) -> None:
    assert _only(run("triage", stdin='{"id":1,"text":"một\u2028hai"}'))["id"] == 1


def test_half_a_surrogate_pair_is_no_crash(run: Run) -> None:
    done = run("redact", stdin='{"id":1,"text":"a \\ud83d b"}')
    assert done.returncode in {0, 2}
    assert "unexpected" not in done.stderr


def _only(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    answer: dict[str, object] = json.loads(line)
    return answer


def test_triage_explains_itself_to_people(run: Run) -> None:
    done = run(
        "triage", "--explain", stdin='chu ay bat em coi do\n{"id":1,"turns":["alo","bài này khó chết mất"]}\n'
    )
    assert done.returncode == 0, done.stderr
    first, second, third, *_ = done.stdout.split("\n\n")
    assert first.startswith("chu ay bat em coi do\n  high · sexual_abuse · about self\n")
    assert "sexual_abuse.undress" in first and "'chu ay bat em coi do'" in first
    assert all(word in first for word in ("read as", "models", "n-grams", "urgent"))
    assert second.startswith("alo\n  none · none") and third.startswith("bài này khó chết mất\n  none · none")
