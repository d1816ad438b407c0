"""YAML values that remember where they stand, so that a fault names file, key, found and required."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import ContentError
from bot.language import nfc

LONGEST_QUOTE = 80


@dataclass(frozen=True)
class Node:
    """One value of a content file with the path of keys that leads to it."""

    file: str
    key: str
    value: Any

    def fault(self, required: str, found: Any = None) -> ContentError:
        """Build the error an editor can act on; the caller raises it."""
        shown = repr(self.value if found is None else found)[:LONGEST_QUOTE]
        return ContentError(f"{self.file}: {self.key or '(top)'}: found {shown}, required: {required}")

    def child(self, name: str, value: Any) -> "Node":
        return Node(self.file, f"{self.key}.{name}" if self.key else name, value)

    def fields(self, required: Iterable[str] = (), optional: Iterable[str] = ()) -> dict[str, "Node"]:
        """Read a mapping whose keys are known beforehand; a misspelt key is a fault, not silence."""
        entries, needed = self.entries(), list(required)
        known = [*needed, *optional]
        for name, node in entries.items():
            if name not in known:
                raise node.fault("one of the keys " + ", ".join(known), found=name)
        for name in needed:
            if name not in entries:
                raise self.fault(f"the key {name}", found=sorted(entries))
        return entries

    def entries(self) -> dict[str, "Node"]:
        """Read a mapping with free keys."""
        if not isinstance(self.value, dict):
            raise self.fault("a mapping (key: value)")
        return {str(name): self.child(str(name), value) for name, value in self.value.items()}

    def items(self) -> list["Node"]:
        if not isinstance(self.value, list):
            raise self.fault("a list (lines starting with '-')")
        return [self.child(str(place), value) for place, value in enumerate(self.value, start=1)]

    def text(self, longest: int | None = None) -> str:
        """Read text that must not be empty, in NFC, with the ends stripped."""
        text = self.optional_text()
        if not text:
            raise self.fault("text that is not empty")
        if longest is not None and len(text) > longest:
            raise self.fault(f"at most {longest} characters", found=f"{len(text)} characters: {text}")
        return text

    def optional_text(self) -> str:
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise self.fault("text (put it in quotes)")
        return nfc(self.value).strip()

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.fault("true or false")
        return self.value

    def day(self) -> date:
        day = self.optional_day()
        if day is None:
            raise self.fault("a day written YYYY-MM-DD")
        return day

    def optional_day(self) -> date | None:
        if self.value is None or self.value == "":
            return None
        if isinstance(self.value, datetime) or not isinstance(self.value, date):
            raise self.fault("a day written YYYY-MM-DD")
        return self.value

    def one_of(self, words: Iterable[str]) -> str:
        allowed = list(words)
        if self.value not in allowed:
            raise self.fault("one of " + ", ".join(allowed))
        return str(self.value)


def read_file(path: Path, root: Path) -> Node:
    """Load one YAML file; ``root`` only shortens the name in errors."""
    name = str(path.relative_to(root))
    try:
        return Node(name, "", YAML(typ="safe").load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{name}: (file): found nothing readable, required: a UTF-8 file") from error
    except YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f"line {place.line + 1}" if place else "unknown line"
        raise ContentError(
            f"{name}: {line}: found broken YAML, required: valid YAML, each key once"
        ) from error
