"""`lachan redact`: JSON lines in, JSON lines out (ARCHITECTURE.md, "Commands with a stable contract")."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.errors import BadInput
from bot.privacy.redact import redact


def validate(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Read every line before any answer is written; BadInput names the first faulty line, never its words."""
    return [_record(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def redact_lines(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Answer in the order of the records; RedactionFailed stops the whole run (fail closed)."""
    for record in records:
        redacted = redact(record["text"])
        spans = [{"start": span.start, "end": span.end, "type": span.type.value} for span in redacted.spans]
        yield {"id": record["id"], "text": redacted.text, "spans": spans}


def _record(number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        raise BadInput(f"line {number}: not valid JSON") from None
    if not isinstance(record, dict):
        raise BadInput(f'line {number}: expected an object {{"id", "text"}}')
    _check_id(number, record)
    _check_text(number, record)
    return record


def _check_id(number: int, record: dict[str, Any]) -> None:
    if "id" not in record:
        raise BadInput(f'line {number}: "id" is missing')
    if isinstance(record["id"], bool) or not isinstance(record["id"], (str, int)):
        raise BadInput(f'line {number}: "id" must be a string or a whole number')


def _check_text(number: int, record: dict[str, Any]) -> None:
    if "text" not in record:
        raise BadInput(f'line {number}: "text" is missing')
    if not isinstance(record["text"], str):
        raise BadInput(f'line {number}: "text" must be a string')
    if any("\ud800" <= letter <= "\udfff" for letter in record["text"]):
        raise BadInput(f'line {number}: "text" holds half a character (lone surrogate)')
