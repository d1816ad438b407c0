"""Fitting takes seconds, reading the result takes milliseconds: one file for one set of examples."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import sklearn

from bot.fitted_files import forget_old, read_fitted, write_fitted
from bot.knowledge import index
from bot.knowledge.concepts import shipped_concepts
from bot.knowledge.examples import Example, load_examples
from bot.knowledge.retrieval import Retriever
from bot.knowledge.topics import load_topics
from bot.language import fold

# Raise it when index.py changes what it learns.
CODE_VERSION = 2


def open_retriever(nlu_dir: Path, cache_dir: Path) -> Retriever:
    """Load the retriever for the examples as they are now, fitting it only when something changed."""
    topics = load_topics()
    examples = [example for example in load_examples(nlu_dir) if example.topic in topics]
    path = cache_dir / f"retriever-{cache_key(examples)}.joblib"
    if data := read_fitted(path):
        return Retriever.from_bytes(data, topics)
    retriever = Retriever.fit(examples, topics)
    write_fitted(path, retriever.to_bytes())
    forget_old(path, "retriever-*.joblib")
    return retriever


def cache_key(examples: Sequence[Example]) -> str:
    """Hash what the learnt part depends on: examples, their folded form, code and library versions."""
    versions = (CODE_VERSION, sklearn.__version__, index.PENALTY, index.ROUNDS, shipped_concepts().stamp)
    digest = hashlib.sha256(repr(versions).encode())
    for example in sorted(set(examples)):
        digest.update("\x1f".join((example.topic, example.text, fold(example.text), "\x1e")).encode())
    return digest.hexdigest()[:24]
