"""The lexicon as data: entries, frames and named sets, checked as they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import ContentError
from bot.language.pattern import Pattern, read_names, read_pattern
from bot.triage.assessment import Category, Risk, Teller

LEXICON = Path(__file__).with_name("lexicon")
GUARDS = frozenset({"negation", "fiction", "game", "news", "hypothetical", "joke", "jest"})
_DEFAULT = ("negation", "fiction", "news", "hypothetical")
# A game's words ("bắn", "giết") explain away violence, never a touch, a picture or a bribe in skins.
_PLAYED = frozenset(
    {
        Category.PHYSICAL_VIOLENCE,
        Category.EMOTIONAL_ABUSE,
        Category.SELF_HARM,
        Category.MISSING,
        Category.BULLYING,
    }
)
_KEYS = frozenset(
    "id risk cues with unless guards now signal teller check_in source reviewer hits near".split()
)


@dataclass(frozen=True)
class Entry:
    """One rule. One of ``within`` must stand near a cue; one of ``unless`` in the sentence cancels it."""

    id: str
    category: Category
    risk: Risk
    cues: tuple[Pattern, ...]
    within: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    guards: frozenset[str]
    now: bool
    signal: str
    teller: Teller | None
    check_in: bool
    hits: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Everything the rules know: entries, and the frames that change how an entry is read."""

    entries: tuple[Entry, ...]
    frames: Mapping[str, tuple[Pattern, ...]]


def read_lexicon(folder: Path = LEXICON) -> Lexicon:
    """Read and check a lexicon; raises ``ContentError`` quoting file, entry and fault."""
    names = _names(folder / "words.yml")
    frames = {
        name: _patterns(lines, names, f"frames.yml {name}")
        for name, lines in _load(folder / "frames.yml").items()
    }
    entries = []
    for category in Category:
        if category is not Category.NONE:
            entries += _entries(folder / f"{category}.yml", category, names)
    _check_unique(entries)
    return Lexicon(tuple(entries), frames)


def _load(path: Path) -> Any:
    try:
        return YAML(typ="safe").load(path)
    except (OSError, YAMLError) as fault:
        raise ContentError(f"{path.name}: cannot be read: {type(fault).__name__}") from fault


def _names(path: Path) -> dict[str, Pattern]:
    try:
        return read_names(_load(path))
    except ContentError as fault:
        raise ContentError(f"{path.name}: {fault}") from fault


def _entries(path: Path, category: Category, names: Mapping[str, Pattern]) -> list[Entry]:
    loaded = _load(path)
    if not isinstance(loaded, list):
        raise ContentError(f"{path.name}: a list of entries is required")
    return [_entry(raw, category, names, path.name) for raw in loaded]


def _entry(raw: Any, category: Category, names: Mapping[str, Pattern], file: str) -> Entry:
    where = f"{file} {raw.get('id', '?') if isinstance(raw, dict) else '?'}"
    _check_shape(raw, where)
    guards = frozenset(raw.get("guards", _usual(category)))
    if not guards <= GUARDS:
        raise ContentError(f"{where}: unknown guard {sorted(guards - GUARDS)}")
    return Entry(
        id=f"{category}.{raw['id']}",
        category=category,
        risk=_risk(raw["risk"], where),
        cues=_cues(raw["cues"], names, where),
        within=_patterns(raw.get("with", []), names, where),
        unless=_patterns(raw.get("unless", []), names, where),
        guards=guards,
        now=bool(raw.get("now", False)),
        signal=str(raw.get("signal", "")),
        teller=_teller(raw.get("teller"), where),
        check_in=bool(raw.get("check_in", False)),
        hits=tuple(raw["hits"]),
        near=tuple(raw["near"]),
    )


def _usual(category: Category) -> tuple[str, ...]:
    return (*_DEFAULT, "game") if category in _PLAYED else _DEFAULT


def _check_shape(raw: Any, where: str) -> None:
    if not isinstance(raw, dict):
        raise ContentError(f"{where}: an entry is a mapping")
    if unknown := set(raw) - _KEYS:
        raise ContentError(f"{where}: unknown key {min(unknown)!r}")
    for key in ("id", "risk", "cues", "source", "reviewer", "hits", "near"):
        if key not in raw:
            raise ContentError(f"{where}: {key!r} is missing")
    for key in ("hits", "near"):
        if not isinstance(raw[key], list) or len(raw[key]) < 2:
            raise ContentError(f"{where}: {key!r} needs at least two sentences")


def _risk(code: Any, where: str) -> Risk:
    try:
        return Risk.parse(str(code))
    except KeyError as fault:
        raise ContentError(f"{where}: unknown risk {code!r}") from fault


def _teller(code: Any, where: str) -> Teller | None:
    try:
        return None if code is None else Teller(code)
    except ValueError as fault:
        raise ContentError(f"{where}: unknown teller {code!r}") from fault


def _patterns(lines: Any, names: Mapping[str, Pattern], where: str) -> tuple[Pattern, ...]:
    if not isinstance(lines, list):
        raise ContentError(f"{where}: a list of cues is required")
    try:
        return tuple(read_pattern(str(line), names) for line in lines)
    except ContentError as fault:
        raise ContentError(f"{where}: {fault}") from fault


def _cues(lines: Any, names: Mapping[str, Pattern], where: str) -> tuple[Pattern, ...]:
    cues = _patterns(lines, names, where)
    if not all(cue.needs for cue in cues):
        raise ContentError(f"{where}: a cue needs at least one word that is not optional")
    return cues


def _check_unique(entries: list[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise ContentError(f"{entry.category}.yml {entry.id}: the id is used twice")
        seen.add(entry.id)
