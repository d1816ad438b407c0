"""`lachan redact`: the contract other programs rely on."""

import json

import pytest

from bot.errors import BadInput
from bot.privacy.redact_command import redact_lines, validate


def test_a_line_is_answered_with_text_and_spans() -> None:
    records = validate(['{"id": 1, "text": "cháu tên Lan, số 0912345678"}'])
    assert list(redact_lines(records)) == [
        {
            "id": 1,
            "text": "cháu tên [TÊN], số [SỐ ĐIỆN THOẠI]",
            "spans": [{"start": 9, "end": 12, "type": "PERSON"}, {"start": 17, "end": 27, "type": "PHONE"}],
        }
    ]


def test_answers_can_be_written_as_json() -> None:
    [answer] = redact_lines(validate(['{"id": "a", "text": "lớp 7A2"}']))
    assert json.loads(json.dumps(answer))["spans"][0]["type"] == "CLASS"


def test_blank_lines_are_skipped_and_order_is_kept() -> None:
    records = validate(['{"id": "b", "text": ""}', "  \n", '{"id": "a", "text": "x"}'])
    assert [answer["id"] for answer in redact_lines(records)] == ["b", "a"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("not json", "not valid JSON"),
        ("[1]", "expected an object"),
        ('{"text": "a"}', '"id" is missing'),
        ('{"id": 1}', '"text" is missing'),
        ('{"id": 1, "text": 5}', '"text" must be a string'),
        ('{"id": null, "text": "a"}', '"id" must be'),
        ('{"id": true, "text": "a"}', '"id" must be'),
        ('{"id": 1, "text": "\\ud800"}', "lone surrogate"),
    ],
)
def test_the_first_fault_is_named_with_its_line(line: str, fault: str) -> None:
    with pytest.raises(BadInput, match="line 2: ") as caught:
        validate(['{"id": 0, "text": "ok"}', line])
    assert fault in str(caught.value)


def test_a_fault_never_quotes_the_words() -> None:
    with pytest.raises(BadInput) as caught:
        validate(['{"id": 1, "text": "bí mật của Lan"'])
    assert "Lan" not in str(caught.value)
