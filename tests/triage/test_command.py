import json

import pytest

from bot.errors import BadInput
from bot.triage.command import triage_lines, validate


def answers(*records: dict[str, object]) -> list[dict[str, object]]:
    return list(triage_lines(validate(json.dumps(record) for record in records)))


def test_an_answer_has_exactly_the_fields_of_the_contract():
    (answer,) = answers({"id": "a", "text": "xin chào"})
    assert list(answer) == ["id", "risk", "category", "about", "check_in", "rules", "risk_by_turn"]
    assert answer["risk_by_turn"] == ["none"]


def test_turns_may_be_strings_or_speakers_and_only_user_turns_count():
    turns = ["chào", {"from": "bot", "text": "Chào bạn"}, {"from": "user", "text": "chú ấy sờ em"}]
    (answer,) = answers({"id": 1, "turns": turns, "role": "child"})
    assert answer["risk_by_turn"] == ["none", "high"]
    assert answer["category"] == "sexual_abuse"


def test_user_turns_in_a_row_are_a_burst():
    (answer,) = answers({"id": "b", "turns": ["chú ấy", "bắt em", "cởi đồ"]})
    assert answer["risk"] == "high"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "not JSON"),
        ("[]", "an object is required"),
        ('{"text": "a"}', '"id"'),
        ('{"id": "a"}', "exactly one"),
        ('{"id": "a", "text": "x", "turns": ["y"]}', "exactly one"),
        ('{"id": "a", "text": 3}', '"text" must be a string'),
        ('{"id": "a", "turns": []}', "at least one turn"),
        ('{"id": "a", "turns": [{"from": "dog", "text": "x"}]}', "turn 1"),
        ('{"id": "a", "turns": [{"from": "bot", "text": "x"}]}', "user turn"),
        ('{"id": "a", "text": "x", "role": "king"}', '"role"'),
    ],
)
def test_a_bad_line_is_refused_with_its_number_before_any_output(line: str, fault: str):
    with pytest.raises(BadInput, match="line 2") as caught:
        validate(['{"id": "ok", "text": "a"}', line])
    assert fault in str(caught.value)
