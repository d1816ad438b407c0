"""What a conversation has shown so far, in coded words that hold no text."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.triage.assessment import About, Category, Risk, Teller

_KEEP = 12


@dataclass(frozen=True)
class ConversationState:
    """``seen`` holds (signal, turn) pairs that fade after twelve turns; the gravest reading never fades."""

    turn: int = 0
    risk: Risk = Risk.NONE
    category: Category = Category.NONE
    about: About = About.UNKNOWN
    teller: Teller = Teller.UNKNOWN
    urgent_turn: int = -1
    fiction_turn: int = -1
    retraction_turn: int = -1
    seen: tuple[tuple[str, int], ...] = field(default=())

    @property
    def case_seen(self) -> bool:
        """Whether an urgent reading was made before."""
        return self.risk >= Risk.HIGH

    def signals(self) -> frozenset[str]:
        """Signals that have not faded."""
        return frozenset(name for name, turn in self.seen if self.turn - turn < _KEEP)

    def with_signals(self, names: frozenset[str]) -> "ConversationState":
        """The state with ``names`` seen at this turn and what has faded dropped."""
        kept = [(name, turn) for name, turn in self.seen if name not in names and self.turn - turn < _KEEP]
        return replace(self, seen=tuple(sorted([*kept, *((name, self.turn) for name in names)])))

    def fiction_since(self) -> bool:
        """Whether a clear frame of story or game was set in the last few turns."""
        return self.fiction_turn >= 0 and self.turn - self.fiction_turn <= 4

    def retracted_since(self) -> bool:
        """Whether the person said lately that it was a joke or a mistake."""
        return self.retraction_turn >= 0 and self.turn - self.retraction_turn <= 4

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return {
            "turn": self.turn,
            "risk": self.risk.code,
            "category": self.category.value,
            "about": self.about.value,
            "teller": self.teller.value,
            "urgent_turn": self.urgent_turn,
            "fiction_turn": self.fiction_turn,
            "retraction_turn": self.retraction_turn,
            "seen": [list(pair) for pair in self.seen],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ConversationState":
        """Read ``to_json`` back; keys that are missing keep their start value."""
        return cls(
            turn=int(stored.get("turn", 0)),
            risk=Risk.parse(stored.get("risk", "none")),
            category=Category(stored.get("category", "none")),
            about=About(stored.get("about", "unknown")),
            teller=Teller(stored.get("teller", "unknown")),
            urgent_turn=int(stored.get("urgent_turn", -1)),
            fiction_turn=int(stored.get("fiction_turn", -1)),
            retraction_turn=int(stored.get("retraction_turn", -1)),
            seen=tuple((str(name), int(turn)) for name, turn in stored.get("seen", [])),
        )


START = ConversationState()
