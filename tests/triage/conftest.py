import pytest

from bot.triage import TriageModel
from bot.triage.examples import Example, load_examples
from bot.triage.training import fit, lessons

WRITERS = "abc"


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return load_examples()


@pytest.fixture(scope="session")
def tune(examples: list[Example]) -> list[Example]:
    """Lines of the three writers that the measured model has not seen."""
    return [example for example in examples if example.id[0] in WRITERS and not example.is_train]


@pytest.fixture(scope="session")
def measured_model(examples: list[Example], tune: list[Example]) -> TriageModel:
    """Fitted without the tune part; the service's own model learns from all lines."""
    unseen = {example.id for example in tune}
    return fit(lessons([example for example in examples if example.id not in unseen]))
