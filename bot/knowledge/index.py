"""The arithmetic under retrieval: text to vectors, vectors to one probability for each topic."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from bot.knowledge.concepts import read_concepts
from bot.knowledge.examples import Example
from bot.language import fold, nfc

WORD = r"\w+"
# All measured by cross-validation over the NLU files; tests/knowledge keeps the result from sinking.
STRENGTH = 10.0
NEIGHBOUR_SHARE = 0.2
NEIGHBOUR_SHARPNESS = 12.0

Scores = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Index:
    """Fitted vectorizers, a linear model, and every example as a vector with the row of its topic."""

    topics: tuple[str, ...]
    views: tuple[Any, ...]
    model: Any
    vectors: csr_matrix
    rows: NDArray[np.int64]

    def score(self, text: str) -> tuple[Scores, float]:
        """One probability for each topic, and the likeness (0 to 1) to the nearest example."""
        vector = _vectors(self.views, [text])
        likeness = np.asarray((self.vectors @ vector.T).todense()).ravel()
        near = np.zeros(len(self.topics))
        np.maximum.at(near, self.rows, likeness)
        weights = np.exp(NEIGHBOUR_SHARPNESS * (near - near.max()))
        linear = self.model.predict_proba(vector)[0]
        mixed = (1 - NEIGHBOUR_SHARE) * linear + NEIGHBOUR_SHARE * weights / weights.sum()
        return mixed, float(near.max())

    def to_bytes(self) -> bytes:
        buffer = io.BytesIO()
        joblib.dump((self.topics, self.views, self.model, self.vectors, self.rows), buffer)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Index":
        """Read what ``to_bytes`` wrote. The bytes are code to Python: only from our own files."""
        return cls(*joblib.load(io.BytesIO(data)))


def build_index(examples: Sequence[Example]) -> Index:
    """Fit on each example and on its copy without diacritics; the order of ``examples`` does not matter."""
    ordered = sorted(set(examples))
    topics = tuple(sorted({example.topic for example in ordered}))
    texts = [text for example in ordered for text in (example.text, fold(nfc(example.text)))]
    rows = np.array([topics.index(example.topic) for example in ordered for _ in range(2)])
    views = _new_views()
    for view in views:
        view.fit(texts)
    vectors = _vectors(views, texts)
    # One yes-or-no model a topic: as good as one model for all, and several times faster on two cores.
    one = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced", random_state=0)
    model = OneVsRestClassifier(one)
    model.fit(vectors, rows)
    return Index(topics, views, model, vectors, rows)


def _new_views() -> tuple[Any, ...]:
    """Words as written; words and letters without diacritics (they forgive slips); ideas behind the words."""
    return (
        TfidfVectorizer(preprocessor=_written, token_pattern=WORD, ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(preprocessor=_folded, token_pattern=WORD, ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(preprocessor=_folded, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        TfidfVectorizer(preprocessor=read_concepts, token_pattern=WORD, sublinear_tf=True),
    )


def _written(text: str) -> str:
    return nfc(text).lower()


def _folded(text: str) -> str:
    return fold(nfc(text))


def _vectors(views: Sequence[Any], texts: Sequence[str]) -> csr_matrix:
    """Unit vectors side by side, scaled so that the whole has length one (unless a view is empty)."""
    return csr_matrix(hstack([view.transform(texts) for view in views])) / np.sqrt(len(views))
