"""From a question to a topic: sure, unsure with a few offers, or outside what the assistant knows.

Two nets read a question: words, letters and ideas against the ways of asking, and the encoder's head for topics
(``bot/triage/encoder.py``) where it is there. Each gives a probability for each topic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.knowledge.examples import Example, load_examples
from bot.knowledge.following import asks_for_more, leans_on_the_last, questions_in
from bot.knowledge.index import Index, Scores, build_index
from bot.knowledge.topics import Topic, load_topics
from bot.language import infer_role
from bot.triage.assessment import Role
from bot.triage.encoder import Encoder, open_encoder

__all__ = ["Example", "Finding", "Retriever", "load_examples"]

OUT_OF_SCOPE = "out_of_scope"
OFFERS = 3
# Measured on the tune questions: docs/answers.md, tests/knowledge/test_measured.py.
SURE = 0.65
TINY = 1e-6
# The encoder's share in the log of the probability.
SHARE = 0.2
# Balanced learning makes "anything else" as rare as any topic; among what people type it is not.
OUTSIDE = 4.0
# A topic without a text for this reader may still be what is meant, but seldom.
OTHER_READER = 0.3
# A question that names only what differs from the last one stays near it.
NEAR_THE_LAST = 4.0
NEVER_OFFERED = frozenset({"greeting", "thanks", "goodbye", OUT_OF_SCOPE})


@dataclass(frozen=True)
class Finding:
    """``topic``: the likeliest. When unsure ``options`` holds two or three topic ids to choose from, likeliest first.

    ``also``: what a second question in the same message asks for. ``more``: more of the last answer is wanted.
    """

    topic: str
    score: float
    options: tuple[str, ...] = ()
    also: str = ""
    more: bool = False

    @property
    def is_sure(self) -> bool:
        return not self.options


class Retriever:
    """Finds the topic of a question. Same examples, topics and encoder, same findings, in every process."""

    def __init__(self, index: Index, topics: Mapping[str, Topic], encoder: Encoder | None) -> None:
        self._index = index
        self._topics = topics
        taught = list(encoder.facts.get("topics", ())) if encoder else []
        # An encoder that was taught before a topic was added has no say about any.
        self._encoder = encoder if set(index.topics) <= set(taught) else None
        self._outside = np.array([name == OUT_OF_SCOPE for name in index.topics])
        self._places = [taught.index(name) for name in index.topics] if self._encoder else []

    @classmethod
    def fit(cls, examples: Sequence[Example], topics: Mapping[str, Topic] | None = None) -> "Retriever":
        """Learn from ways of asking; topics the list of topics does not name are left out."""
        known = topics if topics is not None else load_topics()
        index = build_index([example for example in examples if example.topic in known])
        return cls(index, known, open_encoder())

    def find(self, text: str, role: Role = Role.UNKNOWN, last: str = "") -> Finding:
        """Read one message. The role is a prior: it weighs topics, it does not forbid them.

        ``last`` is the topic answered before, on which a follow-up leans.
        """
        if role is Role.UNKNOWN:
            role = infer_role(text) or role
        if last in self._topics and asks_for_more(text):
            return Finding(last, 1.0, more=True)
        whole = self._find(text, role, last)
        parts = [one for part in questions_in(text) if (one := self._find(part, role, last)).is_sure]
        asked = list(dict.fromkeys(one.topic for one in parts if one.topic not in NEVER_OFFERED))
        if len(asked) > 1 and whole.topic in asked:
            return replace(parts[0], topic=asked[0], also=asked[1])
        return whole

    def ranked(self, text: str) -> list[str]:
        """All topics, the likeliest first, whoever asks; for measuring."""
        scores = self._scores(text)
        return [] if scores is None else [self._index.topics[at] for at in np.argsort(-scores, kind="stable")]

    def _find(self, text: str, role: Role, last: str) -> Finding:
        scores = self._scores(text)
        if scores is None:
            return Finding(OUT_OF_SCOPE, 1.0)
        weighted = self._weigh(scores, role)
        if last in self._topics and leans_on_the_last(text):
            group = self._topics[last].group
            near = [self._topics[name].group == group for name in self._index.topics]
            weighted = weighted * np.where(near, NEAR_THE_LAST, 1.0)
            weighted = weighted / weighted.sum()
        order = np.argsort(-weighted, kind="stable")
        first = float(weighted[order[0]])
        name = self._index.topics[order[0]]
        if first >= SURE and (served := self._served(name, role)):
            return Finding(served, first)
        return self._unsure([self._index.topics[place] for place in order], first, role)

    def _scores(self, text: str) -> Scores | None:
        """One probability for each topic; ``None`` for a text in which nothing is known."""
        words = self._index.score(text)
        heard = self._encoder.topics(text) if self._encoder and words is not None else None
        if heard is None or words is None:
            return words
        return np.asarray(np.exp((1 - SHARE) * np.log(words + TINY) + SHARE * heard[self._places]))

    def to_bytes(self) -> bytes:
        """The learnt part; the list of topics and the encoder are read again by ``from_bytes``."""
        return self._index.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes, topics: Mapping[str, Topic] | None = None) -> "Retriever":
        """Read what ``to_bytes`` wrote; only for bytes from our own files."""
        known = topics if topics is not None else load_topics()
        return cls(Index.from_bytes(data), known, open_encoder())

    def _weigh(self, scores: Scores, role: Role) -> Scores:
        served = [self._topics[name].audience_for(role) is not None for name in self._index.topics]
        weighted = scores * np.where(served, 1.0, OTHER_READER) * np.where(self._outside, OUTSIDE, 1.0)
        return np.asarray(weighted / weighted.sum())

    def _served(self, name: str, role: Role) -> str | None:
        """The topic itself, or the one that answers the same need for this reader."""
        if self._topics[name].audience_for(role) is not None:
            return name
        other = self._topics[name].instead.get(role)
        return other if other in self._index.topics else None

    def _unsure(self, ranked: Sequence[str], score: float, role: Role) -> Finding:
        if ranked[0] in NEVER_OFFERED:
            return Finding(ranked[0], score)
        fitting = (self._served(name, role) for name in ranked if name not in NEVER_OFFERED)
        options = tuple(dict.fromkeys(name for name in fitting if name is not None))[:OFFERS]
        return Finding(options[0], score, options)
