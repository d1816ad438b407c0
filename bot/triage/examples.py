"""Labelled messages and conversations, written by hand (docs/writing-examples.md).

``train`` is what the model learns from, ``tune`` what thresholds are chosen on; each was written by other hands.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ContentError
from bot.language.text import nfc
from bot.triage.assessment import About, Category, Risk, Role

EXAMPLES = Path(__file__).with_name("examples")
TRAIN, TUNE = EXAMPLES / "train", EXAMPLES / "tune"
STYLES = frozenset(
    "normal stripped teencode typo dialect tay_nung english_mixed emoji short long indirect masked spaced".split()
)
_LABELS = frozenset("id role category about check_in style".split())
_KEYS = _LABELS | {"text", "risk"}
_TALK_KEYS = _LABELS | {"turns", "risk_by_turn"}
_TALKS = "*conversations*.jsonl"


@dataclass(frozen=True, repr=False)
class Example:
    """One message and the reading it must get (docs/triage.md)."""

    id: str
    text: str
    role: Role
    risk: Risk
    category: Category
    about: About
    check_in: bool
    style: str


@dataclass(frozen=True, repr=False)
class Conversation:
    """Turns as (speaker, text), and the risk due after each turn of the person.

    ``category``, ``about`` and ``check_in`` are those after the last turn.
    """

    id: str
    turns: tuple[tuple[str, str], ...]
    risk_by_turn: tuple[Risk, ...]
    role: Role
    category: Category
    about: About
    check_in: bool
    style: str


def load_examples(folder: Path = TRAIN) -> list[Example]:
    """Every message of a folder; raises ``ContentError`` naming file, line and fault, never the text."""
    talks = set(folder.glob(_TALKS))
    paths = [path for path in sorted(folder.glob("*.jsonl")) if path not in talks]
    found = [_example(raw, where) for path in paths for raw, where in _records(path)]
    _check_unique(found)
    return found


def load_conversations(folder: Path = TRAIN) -> list[Conversation]:
    """Every conversation of a folder; raises ``ContentError`` as ``load_examples`` does."""
    return [_talk(raw, where) for path in sorted(folder.glob(_TALKS)) for raw, where in _records(path)]


def read_labelled(path: Path) -> tuple[list[Example], list[Conversation]]:
    """One file that may hold both."""
    records = list(_records(path))
    messages = [_example(raw, where) for raw, where in records if "turns" not in raw]
    return messages, [_talk(raw, where) for raw, where in records if "turns" in raw]


def _records(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path.name} line {number}"
        try:
            raw = json.loads(line)
        except ValueError as fault:
            raise ContentError(f"{where}: not JSON") from fault
        if not isinstance(raw, dict):
            raise ContentError(f"{where}: an object is required")
        yield raw, where


def _example(raw: dict[str, Any], where: str) -> Example:
    _check_keys(raw, _KEYS, _KEYS - {"check_in"}, where)
    try:
        example = Example(
            id=raw["id"],
            text=nfc(raw["text"]),
            role=Role(raw["role"]),
            risk=Risk.parse(raw["risk"]),
            category=Category(raw["category"]),
            about=About(raw["about"]),
            check_in=raw["check_in"],
            style=raw["style"],
        )
    except (KeyError, ValueError) as fault:
        raise ContentError(f"{where}: unknown label {fault}") from fault
    _check(example, where)
    return example


def _talk(raw: dict[str, Any], where: str) -> Conversation:
    _check_keys(raw, _TALK_KEYS, _LABELS - {"check_in"}, where)
    try:
        turns = tuple(_turn(turn) for turn in raw["turns"])
        talk = Conversation(
            id=raw["id"],
            turns=turns,
            risk_by_turn=tuple(Risk.parse(code) for code in raw["risk_by_turn"]),
            role=Role(raw["role"]),
            category=Category(raw["category"]),
            about=About(raw["about"]),
            check_in=raw["check_in"],
            style=raw["style"],
        )
    except (KeyError, ValueError, TypeError) as fault:
        raise ContentError(f"{where}: unknown label or turn") from fault
    said = sum(speaker == "user" for speaker, _ in turns)
    if not said or said != len(talk.risk_by_turn):
        raise ContentError(f"{where}: {said} turns of the person, {len(talk.risk_by_turn)} risks")
    return talk


def _turn(turn: Any) -> tuple[str, str]:
    return ("user", nfc(turn)) if isinstance(turn, str) else (turn["from"], nfc(turn["text"]))


def _check_keys(raw: dict[str, Any], keys: frozenset[str], texts: frozenset[str], where: str) -> None:
    if set(raw) != keys:
        raise ContentError(f"{where}: an object with the keys {', '.join(sorted(keys))} is required")
    if not all(isinstance(raw[key], str) for key in texts) or not isinstance(raw["check_in"], bool):
        raise ContentError(f"{where}: strings are required, and true or false for check_in")


def _check(example: Example, where: str) -> None:
    if not example.text.strip() or not example.id:
        raise ContentError(f"{where}: id and text must not be empty")
    if (example.risk is Risk.NONE) != (example.category is Category.NONE):
        raise ContentError(f"{where}: category is none exactly where risk is none")
    if example.check_in and example.risk is not Risk.NONE:
        raise ContentError(f"{where}: check_in goes with risk none only")
    if example.style not in STYLES:
        raise ContentError(f"{where}: unknown style {example.style!r}")


def _check_unique(examples: Iterable[Example]) -> None:
    """Two hands may write the same greeting; they must then have read it alike."""
    ids: set[str] = set()
    labels: dict[str, tuple[Risk, Category]] = {}
    for example in examples:
        text = " ".join(example.text.lower().split())
        label = (example.risk, example.category)
        if example.id in ids:
            raise ContentError(f"example {example.id}: the id is there twice")
        if labels.setdefault(text, label) != label:
            raise ContentError(f"example {example.id}: the same text has another label elsewhere")
        ids.add(example.id)
