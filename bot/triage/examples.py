"""Labelled messages, written by hand: what the model learns from and what triage is measured on."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ContentError
from bot.language.text import fold, nfc
from bot.triage.assessment import About, Category, Risk, Role

EXAMPLES = Path(__file__).with_name("examples")
STYLES = frozenset(
    "normal stripped teencode typo dialect english_mixed emoji short long indirect masked spaced".split()
)
_KEYS = frozenset("id text role risk category about check_in style".split())
# Of a hundred messages so many are learnt from; the others are measured with and never learnt from.
_TRAIN_SHARE = 70


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

    @property
    def is_train(self) -> bool:
        """Whether the model may learn from it; the text alone decides, so that a line never changes sides."""
        digest = hashlib.sha256(fold(nfc(self.text)).encode()).digest()
        return int.from_bytes(digest[:4], "big") % 100 < _TRAIN_SHARE


def load_examples(folder: Path = EXAMPLES) -> list[Example]:
    """Read every ``*.jsonl``; raises ``ContentError`` naming file, line and fault, never the text."""
    found = [example for path in sorted(folder.glob("*.jsonl")) for example in _file(path)]
    _check_unique(found)
    return found


def _file(path: Path) -> list[Example]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [_line(line, f"{path.name} line {number}") for number, line in enumerate(lines, 1) if line.strip()]


def _line(line: str, where: str) -> Example:
    try:
        raw = json.loads(line)
    except ValueError as fault:
        raise ContentError(f"{where}: not JSON") from fault
    _check_keys(raw, where)
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


def _check_keys(raw: Any, where: str) -> None:
    if not isinstance(raw, dict) or set(raw) != _KEYS:
        raise ContentError(f"{where}: an object with the keys {', '.join(sorted(_KEYS))} is required")
    texts = all(isinstance(raw[key], str) for key in _KEYS - {"check_in"})
    if not texts or not isinstance(raw["check_in"], bool):
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
