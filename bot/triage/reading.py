"""One text read by the rules: what fired, what a frame around it took back, and what remains."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

from bot.language.view import View
from bot.triage.assessment import Category, Hit, Risk, Teller
from bot.triage.matching import Match, Matcher, matcher, sentence

_REACH = 200
# "Chú sờ em thì có đi tù không" asks about the law and tells of the writer all the same.
_FIRST_PERSON = re.compile(r" (?:em|con|ch[aâ]uS?|minhF?|t[oô]i|tui|t[oơ]S?) ")
_GRAVEST = (
    Category.SEXTORTION,
    Category.SEXUAL_ABUSE,
    Category.SELF_HARM,
    Category.MISSING,
    Category.EXPLOITATION,
    Category.IMAGE_ABUSE,
    Category.GROOMING,
    Category.PHYSICAL_VIOLENCE,
    Category.NEGLECT,
    Category.EMOTIONAL_ABUSE,
    Category.BULLYING,
    Category.SCAM_PRIVACY,
    Category.HARMFUL_CONTENT,
    Category.DISTRESS,
    Category.NONE,
)


@dataclass(frozen=True)
class Reading:
    """What one text says by itself. ``frames`` are the frames that stand in it."""

    risk: Risk = Risk.NONE
    category: Category = Category.NONE
    check_in: bool = False
    hits: tuple[Hit, ...] = field(default=())
    signals: frozenset[str] = frozenset()
    frames: frozenset[str] = frozenset()
    teller: Teller | None = None


def read(seen: Sequence[View], fiction: bool = False) -> Reading:
    """Read one text by its views; ``fiction`` says that a story or game was announced before it."""
    return reduce(graver, (_read_view(view, matcher(), fiction) for view in seen))


def frames_in(view: View, names: tuple[str, ...]) -> bool:
    """Whether one of the named frames stands anywhere in a text."""
    return any(matcher().frames(view, name) for name in names)


def graver(one: Reading, other: Reading) -> Reading:
    """The graver of two readings, with the signals of both."""
    best = one if _rank(one) >= _rank(other) else other
    return Reading(
        risk=best.risk,
        category=best.category,
        check_in=(one.check_in or other.check_in) and best.risk is Risk.NONE,
        hits=best.hits,
        signals=one.signals | other.signals,
        frames=one.frames | other.frames,
        teller=best.teller,
    )


def _rank(reading: Reading) -> tuple[int, int]:
    return (reading.risk, -_GRAVEST.index(reading.category))


def _read_view(view: View, rules: Matcher, fiction: bool) -> Reading:
    frames = _Frames(view, rules)
    kept: list[tuple[Match, Risk]] = []
    doubted: list[Match] = []
    for match in rules.matches(view):
        verdict = frames.verdict(match, fiction)
        if verdict == "keep":
            kept.append((match, frames.risk(match)))
        elif verdict == "doubt":
            doubted.append(match)
    return _reading(view, kept, doubted, frames)


def _reading(view: View, kept: list[tuple[Match, Risk]], doubted: list[Match], frames: "_Frames") -> Reading:
    kept.sort(key=lambda pair: (-pair[1], _GRAVEST.index(pair[0].entry.category), pair[0].start))
    counted = [(match, risk) for match, risk in kept if risk > Risk.NONE]
    risk, category = (counted[0][1], counted[0][0].entry.category) if counted else (Risk.NONE, Category.NONE)
    asks = any(match.entry.check_in for match, _ in kept) or bool(doubted)
    return Reading(
        risk=risk,
        category=category,
        check_in=asks and risk is Risk.NONE,
        hits=tuple(Hit(match.entry.id, *view.span(match.start, match.end)) for match, _ in kept),
        signals=frozenset(match.entry.signal for match, _ in kept if match.entry.signal),
        frames=frames.present(),
        teller=next((match.entry.teller for match, _ in counted if match.entry.teller), None),
    )


class _Frames:
    """The frames of one view, searched only when a match asks for them."""

    def __init__(self, view: View, rules: Matcher) -> None:
        self._view = view
        self._rules = rules
        self._found: dict[str, list[tuple[int, int]]] = {}

    def present(self) -> frozenset[str]:
        return frozenset(name for name in ("fiction_start", "retraction") if self._spans(name))

    def risk(self, match: Match) -> Risk:
        if match.entry.now and match.entry.risk is Risk.HIGH and self._near("now", match):
            return Risk.EMERGENCY
        return match.entry.risk

    def verdict(self, match: Match, fiction: bool) -> str:
        guards = match.entry.guards
        if "negation" in guards and self._negated(match):
            return "drop"
        if "fiction" in guards and (fiction or self._near("fiction", match)):
            return "drop"
        if "game" in guards and self._near("game", match):
            return "drop"
        if "news" in guards and self._beside("news", match) and not self._first_person(match):
            return "drop"
        if "joke" in guards and self._beside("joke", match):
            return "drop" if self._spans("laugh") else "doubt"
        if "jest" in guards and self._beside("jest", match):
            return "doubt"
        if "hypothetical" in guards and self._supposed(match):
            return "doubt"
        return "keep"

    def _first_person(self, match: Match) -> bool:
        return _FIRST_PERSON.search(self._view.text, match.start - 1, match.end) is not None

    def _negated(self, match: Match) -> bool:
        low, _ = sentence(self._view.text, match.start, match.end)
        return any(
            low <= start and end <= match.end and match.start - end <= 1
            for start, end in self._spans("negation")
        )

    def _supposed(self, match: Match) -> bool:
        low, high = sentence(self._view.text, match.start, match.end)
        before = any(low <= start < match.start + 4 for start, _ in self._spans("supposed"))
        return before or any(low <= start < high for start, _ in self._spans("abstract"))

    def _beside(self, name: str, match: Match) -> bool:
        low, high = sentence(self._view.text, match.start, match.end)
        return any(low <= start < high for start, _ in self._spans(name))

    def _near(self, name: str, match: Match) -> bool:
        return any(
            start < match.end + _REACH and end > match.start - _REACH for start, end in self._spans(name)
        )

    def _spans(self, name: str) -> list[tuple[int, int]]:
        if name not in self._found:
            self._found[name] = self._rules.frames(self._view, name)
        return self._found[name]
