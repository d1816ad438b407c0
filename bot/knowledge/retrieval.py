"""From a question to a topic: sure, unsure with a few offers, or outside what the assistant knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.knowledge.examples import Example, load_examples
from bot.knowledge.index import Index, Scores, build_index
from bot.knowledge.topics import Topic, load_topics
from bot.language import infer_role
from bot.triage.assessment import Role

__all__ = ["Example", "Finding", "Retriever", "load_examples"]

OUT_OF_SCOPE = "out_of_scope"
OFFERS = 3
# Measured over the NLU files and unseen questions: see tests/knowledge/test_retrieval.py.
SURE = 0.40
LEAD = 0.14
# Outside: nothing alike at all, or little alike and no topic that stands out.
STRANGE = 0.14
VAGUE, WEAK = 0.26, 0.2
# A topic without a text for this reader may still be what is meant, but seldom.
OTHER_READER = 0.3
NEVER_OFFERED = frozenset({"greeting", "thanks", "goodbye", OUT_OF_SCOPE})


@dataclass(frozen=True)
class Finding:
    """``topic`` is None when unsure; then ``options`` holds two or three topic ids, likeliest first."""

    topic: str | None
    score: float
    options: tuple[str, ...] = ()


class Retriever:
    """Finds the topic of a question. Same examples and topics, same findings, in every process."""

    def __init__(self, index: Index, topics: Mapping[str, Topic]) -> None:
        self._index = index
        self._topics = topics

    @classmethod
    def fit(cls, examples: Sequence[Example], topics: Mapping[str, Topic] | None = None) -> "Retriever":
        """Learn from ways of asking; topics the list of topics does not name are left out."""
        known = topics if topics is not None else load_topics()
        return cls(build_index([example for example in examples if example.topic in known]), known)

    def find(self, text: str, role: Role = Role.UNKNOWN) -> Finding:
        """Read one question. The role is a prior: it weighs topics, it does not forbid them."""
        if role is Role.UNKNOWN:
            role = infer_role(text) or role
        scores, likeness = self._index.score(text)
        if likeness < STRANGE:
            return Finding(OUT_OF_SCOPE, 1.0 - likeness)
        weighted = self._weigh(scores, role)
        order = np.argsort(-weighted, kind="stable")
        first, second = float(weighted[order[0]]), float(weighted[order[1]])
        if likeness < VAGUE and first < WEAK:
            return Finding(OUT_OF_SCOPE, 1.0 - likeness)
        name = self._index.topics[order[0]]
        if (first >= SURE or first - second >= LEAD) and (served := self._served(name, role)):
            return Finding(served, first)
        return self._unsure([self._index.topics[place] for place in order], first, role)

    def to_bytes(self) -> bytes:
        """The learnt part; the list of topics is read again by ``from_bytes``."""
        return self._index.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes, topics: Mapping[str, Topic] | None = None) -> "Retriever":
        """Read what ``to_bytes`` wrote; only for bytes from our own files."""
        return cls(Index.from_bytes(data), topics if topics is not None else load_topics())

    def _weigh(self, scores: Scores, role: Role) -> Scores:
        served = [self._topics[name].audience_for(role) is not None for name in self._index.topics]
        weighted = scores * np.where(served, 1.0, OTHER_READER)
        return np.asarray(weighted / weighted.sum())

    def _served(self, name: str, role: Role) -> str | None:
        """The topic itself, or the one that answers the same need for this reader."""
        if self._topics[name].audience_for(role) is not None:
            return name
        other = self._topics[name].instead.get(role)
        return other if other in self._index.topics else None

    def _unsure(self, ranked: Sequence[str], score: float, role: Role) -> Finding:
        if ranked[0] in NEVER_OFFERED and OUT_OF_SCOPE in ranked[:2]:
            return Finding(OUT_OF_SCOPE, score)
        fitting = (self._served(name, role) for name in ranked if name not in NEVER_OFFERED)
        options = tuple(dict.fromkeys(name for name in fitting if name is not None))[:OFFERS]
        return Finding(None, score, options)
