"""One library and one retriever for all tests here; both are read-only."""

from pathlib import Path

import pytest

from bot.knowledge import Knowledge, load_knowledge
from bot.knowledge.retrieval import Retriever, load_examples

NLU = Path(__file__).parents[2] / "nlu"


@pytest.fixture(scope="session")
def nlu_dir() -> Path:
    return NLU


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def retriever(nlu_dir: Path) -> Retriever:
    return Retriever.fit(load_examples(nlu_dir))
