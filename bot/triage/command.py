"""What ``lachan triage`` does: JSON lines of people's messages in, one assessment a line out."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.errors import BadInput
from bot.triage.assessment import Assessment, Risk, Role
from bot.triage.model import TriageModel
from bot.triage.talk import Heard, follow

_SPEAKERS = frozenset({"user", "bot", "counsellor"})


def validate(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Read every line before the first is answered; raises ``BadInput`` naming the line and the fault."""
    records: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            records.append(_record(line, number))
    return records


def as_record(line: str) -> str:
    """A plain line as the record of one message; JSON stays as it is."""
    plain = line.strip() and not line.lstrip().startswith("{")
    return json.dumps({"id": 1, "text": line.strip()}) if plain else line


def triage_lines(records: list[dict[str, Any]], model: TriageModel | None = None) -> Iterator[dict[str, Any]]:
    """Assess validated records in order, each as its own conversation."""
    for record in records:
        yield _answer(record, model)


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as fault:
        raise BadInput(f"line {number}: not JSON") from fault
    if fault_found := _fault(record):
        raise BadInput(f"line {number}: {fault_found}")
    return dict(record)


def _fault(record: Any) -> str | None:
    if not isinstance(record, dict):
        return "an object is required"
    if not isinstance(record.get("id"), str | int) or isinstance(record.get("id"), bool):
        return '"id" must be a string or a number'
    if ("text" in record) == ("turns" in record):
        return 'exactly one of "text" and "turns" is required'
    if "text" in record and not isinstance(record["text"], str):
        return '"text" must be a string'
    if "turns" in record and (fault := _turns_fault(record["turns"])):
        return fault
    if record.get("role") is not None and record["role"] not in list(Role):
        return f'"role" must be one of {", ".join(Role)}'
    return None


def _turns_fault(turns: Any) -> str | None:
    if not isinstance(turns, list) or not turns:
        return '"turns" must be a list with at least one turn'
    for place, turn in enumerate(turns, start=1):
        if isinstance(turn, str):
            continue
        if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
            return f'turn {place} must be a string or an object with "from" and "text"'
        if turn.get("from") not in _SPEAKERS:
            return f'turn {place}: "from" must be user, bot or counsellor'
    if not any(isinstance(turn, str) or turn["from"] == "user" for turn in turns):
        return '"turns" must hold at least one user turn'
    return None


def hear(record: dict[str, Any], model: TriageModel | None) -> Iterator[Heard]:
    """Each message of a validated record with what was found in it."""
    return follow(_turns(record), Role(record.get("role") or Role.UNKNOWN), model)


def _answer(record: dict[str, Any], model: TriageModel | None) -> dict[str, Any]:
    found = [heard.found for heard in hear(record, model)]
    return _row(record, found[-1], [one.risk for one in found])


def _turns(record: dict[str, Any]) -> list[tuple[str, str]]:
    turns = record.get("turns") or [record.get("text", "")]
    return [("user", turn) if isinstance(turn, str) else (turn["from"], turn["text"]) for turn in turns]


def _row(record: dict[str, Any], assessment: Assessment, risks: list[Risk]) -> dict[str, Any]:
    return {
        "id": record["id"],
        "risk": assessment.risk.code,
        "category": assessment.category.value,
        "about": assessment.about.value,
        "check_in": assessment.check_in,
        "rules": list(assessment.rules),
        "risk_by_turn": [risk.code for risk in risks],
    }
