"""What finding the topic is worth on labelled questions: shares with their intervals, and what is confused."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import BadInput
from bot.knowledge.retrieval import OUT_OF_SCOPE, Finding, Retriever
from bot.knowledge.topics import Topic, load_topics
from bot.language import nfc
from bot.shares import Share
from bot.triage import TriageModel, assess
from bot.triage.assessment import Role

# A person who asks for one of these must be understood at once.
ORDERS = ("talk_to_human", "delete_data")


@dataclass(frozen=True, repr=False)
class Question:
    """``topics``: what answers it, the best first; ``style`` as docs/writing-examples.md names it."""

    id: str
    text: str
    role: Role
    topics: tuple[str, ...]
    style: str

    @property
    def is_real(self) -> bool:
        return self.topics[0] != OUT_OF_SCOPE


@dataclass(frozen=True, repr=False)
class Judged:
    """``finding`` is None where triage took the text for urgent, which is answered without a topic."""

    question: Question
    finding: Finding | None

    @property
    def right(self) -> bool:
        return self.finding is not None and self.finding.topic in self.question.topics

    @property
    def within_reach(self) -> bool:
        """The right topic is answered, or stands on one of the buttons."""
        found = self.finding
        return found is not None and bool({found.topic, *found.options} & {*self.question.topics})

    @property
    def name(self) -> str:
        """What was found, for tables."""
        return "(urgent)" if self.finding is None else self.finding.topic

    @property
    def refused(self) -> bool:
        return self.finding is not None and self.finding.topic == OUT_OF_SCOPE and self.finding.is_sure


@dataclass(frozen=True, repr=False)
class Report:
    """Everything `lachan eval ask` shows, in its order."""

    sections: dict[str, list[Share]] = field(default_factory=dict)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    misses: list[Judged] = field(default_factory=list)


def read_questions(path: Path) -> list[Question]:
    """JSON lines {"id", "text", "role", "topics", "style"}; raises ``BadInput`` naming line and fault."""
    topics = load_topics()
    lines = path.read_text(encoding="utf-8").split("\n")
    return [_question(n, line, topics) for n, line in enumerate(lines, start=1) if line.strip()]


def _question(number: int, line: str, topics: dict[str, Topic]) -> Question:
    try:
        row: Any = json.loads(line)
        made = Question(
            str(row["id"]), nfc(row["text"]), Role(row["role"]), tuple(row["topics"]), row["style"]
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise BadInput(f"line {number}: required: id, text, role, topics, style") from fault
    strange = {*made.topics} - topics.keys()
    if not made.topics or strange:
        raise BadInput(f"line {number}: topics: found {sorted(strange)}, required: ids of topics.yml")
    return made


def judge(questions: Iterable[Question], retriever: Retriever, model: TriageModel | None) -> list[Judged]:
    """Each question as the chat reads a first message: triage first, then the topic."""
    return [
        Judged(
            one,
            None
            if assess(one.text, role=one.role, model=model)[0].is_urgent
            else retriever.find(one.text, one.role),
        )
        for one in questions
    ]


def report(judged: Sequence[Judged]) -> Report:
    """All figures; an empty part leaves its lines out."""
    real = [one for one in judged if one.question.is_real]
    sections = {
        "all questions": main_figures(judged),
        "right by role": _right_by(real, lambda one: str(one.question.role)),
        "right by style": _right_by(real, lambda one: one.question.style),
        "right by topic": _right_by(real, lambda one: one.question.topics[0]),
    }
    misses = [one for one in judged if not one.right]
    confused = Counter((one.question.topics[0], one.name) for one in misses)
    return Report(sections, confused, misses)


def main_figures(judged: Sequence[Judged]) -> list[Share]:
    """The figures that have targets (docs/answers.md)."""
    real = [one for one in judged if one.question.is_real]
    other = [one for one in judged if not one.question.is_real]
    unsure = [one for one in real if one.finding is not None and not one.finding.is_sure]
    sure = [one for one in real if one.finding is not None and one.finding.is_sure]
    heard = [one for one in real if one.finding is not None]
    return [
        _share("right topic first", real, lambda one: one.right),
        _share("the same, not taken for urgent", heard, lambda one: one.right),
        _share("right topic answered or offered", real, lambda one: one.within_reach),
        _share(
            "unsure: buttons are offered",
            real,
            lambda one: one.finding is not None and not one.finding.is_sure,
        ),
        _share("right topic among the buttons", unsure, lambda one: one.within_reach),
        _share("right where it answers at once", sure, lambda one: one.right),
        _share("real questions refused", real, lambda one: one.refused),
        _share("taken for urgent", real, lambda one: one.finding is None),
        _share("out_of_scope recognised", other, lambda one: one.right),
        *(_share(name, _asking(judged, name), lambda one: one.right) for name in ORDERS),
    ]


def _asking(judged: Iterable[Judged], topic: str) -> list[Judged]:
    return [one for one in judged if one.question.topics[0] == topic]


def _share(name: str, among: Sequence[Judged], hit: Callable[[Judged], bool]) -> Share:
    return Share(name, sum(map(hit, among)), len(among))


def _right_by(judged: Sequence[Judged], group: Callable[[Judged], str]) -> list[Share]:
    names = sorted({group(one) for one in judged})
    return [
        _share(name, [one for one in judged if group(one) == name], lambda one: one.right) for name in names
    ]
