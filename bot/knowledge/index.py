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
from sklearn.linear_model import SGDClassifier

from bot.knowledge.concepts import read_concepts
from bot.knowledge.examples import Example
from bot.language import fold, nfc

WORD = r"\w+"
# Measured on the tune questions; tests/knowledge keeps the result from sinking.
PENALTY = 1e-6
ROUNDS = 15

Scores = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Index:
    """Fitted vectorizers and a linear model: one column of ``weights`` a topic."""

    topics: tuple[str, ...]
    views: tuple[Any, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def score(self, text: str) -> Scores | None:
        """One probability for each topic; ``None`` where no word, letter or idea is known."""
        vector = _vectors(self.views, [text])
        if not vector.nnz:
            return None
        raw = (self.weights[vector.indices] * vector.data[:, None]).sum(axis=0) + self.bias
        chances = np.exp((raw - raw.max()).astype(np.float64))
        return np.asarray(chances / chances.sum())

    def to_bytes(self) -> bytes:
        buffer = io.BytesIO()
        joblib.dump((self.topics, self.views, self.weights, self.bias), buffer, compress=1)
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
    # One yes-or-no model a topic, by stochastic descent: as good as an exact fit and twenty times faster.
    model = SGDClassifier(
        loss="log_loss",
        alpha=PENALTY,
        max_iter=ROUNDS,
        tol=None,
        class_weight="balanced",
        random_state=0,
        n_jobs=-1,
    )
    model.fit(_vectors(views, texts), rows)
    weights, bias = model.coef_.T, model.intercept_
    if len(topics) == 2:  # scikit-learn keeps one column for two classes
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return Index(topics, views, np.ascontiguousarray(weights, dtype=np.float32), bias.astype(np.float32))


def _new_views() -> tuple[Any, ...]:
    """Words as written; words and letters without diacritics (they forgive slips); ideas behind the words.

    Each example is there twice, so that what one line alone shows counts two.
    """
    return (
        TfidfVectorizer(preprocessor=_written, token_pattern=WORD, ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(preprocessor=_folded, token_pattern=WORD, ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(
            preprocessor=_folded, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3
        ),
        TfidfVectorizer(preprocessor=read_concepts, token_pattern=WORD, sublinear_tf=True),
    )


def _written(text: str) -> str:
    return nfc(text).lower()


def _folded(text: str) -> str:
    return fold(nfc(text))


def _vectors(views: Sequence[Any], texts: Sequence[str]) -> csr_matrix:
    """Vectors of length one side by side, scaled so that the whole has length one (unless a view is empty)."""
    return csr_matrix(hstack([view.transform(texts) for view in views])) / np.sqrt(len(views))
