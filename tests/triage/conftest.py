import pytest

from bot.triage import TriageModel
from bot.triage.examples import TUNE, Conversation, Example, load_conversations, load_examples
from bot.triage.training import open_model
from tests.support.lachan import FITTED


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return load_examples()


@pytest.fixture(scope="session")
def tune() -> list[Example]:
    """Messages by a hand whose lines the model never learns from."""
    return load_examples(TUNE)


@pytest.fixture(scope="session")
def tune_talks() -> list[Conversation]:
    return load_conversations(TUNE)


@pytest.fixture(scope="session")
def measured_model() -> TriageModel:
    """The service's own model."""
    return open_model(FITTED)
