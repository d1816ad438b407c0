"""``lachan ask``: JSON lines in, findings and answers out, by the code path of a chat turn."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bot.errors import BadInput
from bot.knowledge.library import Knowledge
from bot.knowledge.retrieval import Finding, Retriever
from bot.language import VIETNAMESE, infer_language, nfc
from bot.messages import Reply
from bot.triage.assessment import Role


def validate(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Read the whole input before anything is answered; raises ``BadInput`` naming line and fault."""
    return [_record(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def ask_lines(
    records: Iterable[Mapping[str, Any]],
    knowledge: Knowledge,
    retriever: Retriever,
    urgent: Callable[[str, Role], bool] | None = None,
) -> Iterator[dict[str, Any]]:
    """Answer validated records one by one; an urgent text gets no topic and no answer from here."""
    for record in records:
        role = Role(record["role"])
        if urgent is not None and urgent(record["text"], role):
            yield {"id": record["id"], "topic": None, "score": 0.0, "options": [], "answer": ""}
        else:
            finding = retriever.find(record["text"], role)
            said_in = knowledge.of(infer_language(record["text"]) or VIETNAMESE)
            yield _answer(record, finding, answer(finding, said_in, role, record["age_band"]))


def answer(
    finding: Finding, knowledge: Knowledge, role: Role, age_band: str = "unknown"
) -> tuple[Reply, ...]:
    """The messages a chat turn says for a finding; Rasa's actions say the same."""
    if finding.is_sure:
        return (*knowledge.present(finding.topic, role, age_band), *knowledge.second(finding.also, role))
    return knowledge.offer(finding.options, role)


def _answer(record: Mapping[str, Any], finding: Finding, replies: tuple[Reply, ...]) -> dict[str, Any]:
    return {
        "id": record["id"],
        "topic": finding.topic,
        "score": round(finding.score, 4),
        "options": list(finding.options),
        "answer": "\n\n".join(reply.text for reply in replies),
    }


def _record(number: int, line: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise BadInput(f"line {number}: not JSON, required: one object a line") from error
    if not isinstance(data, dict):
        raise BadInput(f"line {number}: found {type(data).__name__}, required: an object with id and text")
    return {
        "id": _id(number, data),
        "text": _text(number, data),
        "role": _role(number, data),
        "age_band": _band(data),
    }


def _id(number: int, data: Mapping[str, Any]) -> str | int:
    name = data.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise BadInput(f"line {number}: id: required: a string or a whole number")
    return name


def _text(number: int, data: Mapping[str, Any]) -> str:
    text = data.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BadInput(f"line {number}: text: required: a string that is not empty")
    return nfc(text)


def _role(number: int, data: Mapping[str, Any]) -> str:
    role = data.get("role") or "unknown"
    if role not in set(Role):
        raise BadInput(f"line {number}: role: required: one of " + ", ".join(Role))
    return str(role)


def _band(data: Mapping[str, Any]) -> str:
    return str(data.get("age_band") or "unknown")
