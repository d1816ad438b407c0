"""``lachan ask``: the input is judged whole, the answer is what a chat turn says."""

import json

import pytest

from bot.errors import BadInput
from bot.knowledge import Knowledge
from bot.knowledge.command import ask_lines, validate
from bot.knowledge.retrieval import Finding, Retriever
from bot.triage.assessment import Role

GOOD = '{"id": "a", "text": "mã otp là gì", "role": "child"}'


class Unsure:
    """A retriever that never knows."""

    def find(self, text: str, role: Role = Role.UNKNOWN) -> Finding:
        return Finding("two_factor", 0.2, ("two_factor", "scam_links"))


def test_a_question_is_answered(knowledge: Knowledge, retriever: Retriever) -> None:
    (row,) = ask_lines(validate([GOOD]), knowledge, retriever)
    said = "\n\n".join(reply.text for reply in knowledge.present("two_factor", Role.CHILD))
    assert list(row) == ["id", "topic", "score", "options", "answer"]
    assert (row["id"], row["topic"], row["options"], row["answer"]) == ("a", "two_factor", [], said)
    assert json.loads(json.dumps(row)) == row


def test_an_unsure_finding_answers_with_the_offer(knowledge: Knowledge) -> None:
    (row,) = ask_lines(validate([GOOD]), knowledge, Unsure())  # type: ignore[arg-type]
    assert (row["topic"], row["options"]) == ("two_factor", ["two_factor", "scam_links"])
    assert row["answer"] == knowledge.line("unsure", Role.CHILD)


def test_an_urgent_text_gets_no_answer_from_here(knowledge: Knowledge, retriever: Retriever) -> None:
    (row,) = ask_lines(validate([GOOD]), knowledge, retriever, urgent=lambda text, role: role is Role.CHILD)
    assert (row["topic"], row["options"], row["answer"]) == (None, [], "")


def test_a_missing_role_is_unknown() -> None:
    assert validate(['{"id": 1, "text": "chào"}'])[0]["role"] == "unknown"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "not JSON"),
        ("[]", "an object"),
        ('{"text": "a"}', "id"),
        ('{"id": true, "text": "a"}', "id"),
        ('{"id": "a"}', "text"),
        ('{"id": "a", "text": "  "}', "text"),
        ('{"id": "a", "text": 5}', "text"),
        ('{"id": "a", "text": "b", "role": "king"}', "role"),
    ],
)
def test_a_fault_names_its_line_before_anything_is_answered(line: str, fault: str) -> None:
    with pytest.raises(BadInput, match=f"line 2: .*{fault}"):
        validate([GOOD, line])
