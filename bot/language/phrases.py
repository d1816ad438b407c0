"""Match a whole message, or a part of it, against a handful of cue lines (see pattern.py)."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.language.pattern import read_names, read_pattern
from bot.language.view import View, views

_FILE = Path(__file__).with_name("phrases.yml")
_NAMES = {
    "i": ["em|con|cháu|mình|tôi|tui|tớ|tao|bạn ấy|e"],
    "polite": [
        "ạ|a|ơi|nhé|nha|nhá|với|đi|cô ơi|chị ơi|ad|ad ơi|nè|luôn|giùm|dùm|giúp|được không",
        "xlaugh|xgrin|xcry|vậy|thôi",
        "giúp em|giúp mình|hộ em|giùm em",
    ],
}


def phrases() -> Mapping[str, tuple[str, ...]]:
    """The cue lines of the readers in this package, by name."""
    return read_lines(_FILE)


@lru_cache(maxsize=4)
def read_lines(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Cue lines of a YAML file, by name, read once."""
    return {name: tuple(lines) for name, lines in YAML(typ="safe").load(path).items()}


def compile_lines(path: Path = _FILE) -> None:
    """Compile every cue line of a file now, so that no message waits for it."""
    for lines in read_lines(path).values():
        for line in lines:
            _compiled(line)


@lru_cache(maxsize=1024)
def _compiled(line: str) -> re.Pattern[str]:
    return re.compile("(?<= )" + read_pattern(line, read_names(_NAMES)).regex)


def says(text: str | Sequence[View], lines: Sequence[str]) -> bool:
    """Whether any reading of ``text`` contains one of ``lines``; pass its views to ask several times."""
    read = views(text) if isinstance(text, str) else text
    return any(_compiled(line).search(view.text) for view in read for line in lines)


def begins_with(text: str, at: int, lines: Sequence[str]) -> int:
    """Length of the first of ``lines`` that stands at a place of a view's text; 0 where none does."""
    found = (match.end() - at for line in lines if (match := _compiled(line).match(text, at)))
    return next(found, 0)


def says_only(text: str, lines: Sequence[str]) -> bool:
    """Whether a whole reading of ``text`` is one of ``lines``, sentence ends aside."""
    for view in views(text):
        spoken = " " + view.text.replace(". ", "").replace("? ", "").lstrip()
        for line in lines:
            if _compiled(line).fullmatch(spoken, 1):
                return True
    return False
