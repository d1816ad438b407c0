"""Runs triage over labelled messages and conversations, as the service would read them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.triage.assessment import Risk
from bot.triage.examples import Conversation, Example
from bot.triage.figures import Judged, JudgedTalk
from bot.triage.judgement import assess
from bot.triage.model import TriageModel
from bot.triage.talk import follow


def judge(examples: Sequence[Example], model: TriageModel | None) -> list[Judged]:
    """Each message alone, as a conversation's first."""
    judged = []
    for example in examples:
        found, _ = assess(example.text, role=example.role, model=model)
        odds = model.read(example.text).urgent if model else None
        judged.append(Judged(example, found, odds))
    return judged


def judge_talks(talks: Sequence[Conversation], model: TriageModel | None) -> list[JudgedTalk]:
    """Each conversation from its first turn on; turns without an answer between them are a burst."""
    return [JudgedTalk(talk, _risks(talk, model)) for talk in talks]


def _risks(talk: Conversation, model: TriageModel | None) -> tuple[Risk, ...]:
    return tuple(heard.found.risk for heard in follow(talk.turns, talk.role, model))


def stripped(examples: Sequence[Example], fold: Callable[[str], str]) -> list[Example]:
    """The same messages as somebody types who never uses diacritics."""
    return [replace(example, text=fold(example.text)) for example in examples]
