"""Figures on the committed sets. A fall below a committed figure by more than its own interval fails."""

import json
from pathlib import Path

import pytest

from bot.language import fold
from bot.shares import Share, wilson
from bot.triage import TriageModel, assess
from bot.triage.evaluating import judge, judge_talks
from bot.triage.examples import TUNE, Conversation, Example, load_conversations, load_examples, read_labelled
from bot.triage.figures import main_figures, talk_figures

TALK = Path(__file__).resolve().parents[3] / "shared" / "data" / "talk.jsonl"
TEST = Path(__file__).resolve().parents[1] / "data" / "triage_test"
# Measured when the models were last changed, on the tune and on the test set; docs/triage.md says what they mean.
AT_LEAST = {
    "urgent recall": (0.950, 0.946),
    "emergency as emergency": (0.930, 0.897),
    "concern recall": (0.943, 0.940),
    "category right, given urgent": (0.903, 0.842),
    "about right, given urgent": (0.904, 0.856),
    "check_in asked where due": (0.843, 0.867),
    "urgent in time": (0.900, 0.903),
    "urgent at most one turn late": (0.979, 0.931),
}
AT_MOST = {
    "urgent false alarms (none)": (0.019, 0.022),
    "any concern (none)": (0.056, 0.062),
    "medium read as urgent": (0.233, 0.209),
    "check_in on plain messages": (0.040, 0.048),
    "false alarm in calm talks": (0.062, 0.100),
    "any concern in calm talks": (0.116, 0.233),
}
COMMENTS = {False: 0.0078, True: 0.0144}

Lines = tuple[list[Example], list[Conversation]]


@pytest.fixture(scope="module")
def sets(tune: list[Example]) -> tuple[Lines, Lines]:
    """Messages and conversations of the tune set and of the test set."""
    messages, _ = read_labelled(TEST / "messages.jsonl")
    _, talks = read_labelled(TEST / "conversations.jsonl")
    return (load_examples(TUNE), load_conversations(TUNE)), (messages, talks)


@pytest.fixture(scope="module")
def figures(sets: tuple[Lines, Lines], measured_model: TriageModel) -> list[dict[str, Share]]:
    found = []
    for messages, talks in sets:
        shares = main_figures(judge(messages, measured_model)) + talk_figures(
            judge_talks(talks, measured_model)
        )
        found.append({one.name: one for one in shares})
    return found


@pytest.mark.parametrize("number", [0, 1], ids=["tune", "test"])
@pytest.mark.parametrize("name", AT_LEAST)
def test_what_is_found_has_not_sunk(figures: list[dict[str, Share]], name: str, number: int):
    share = figures[number][name]
    assert share.value >= wilson(AT_LEAST[name][number], share.count)[0]


@pytest.mark.parametrize("number", [0, 1], ids=["tune", "test"])
@pytest.mark.parametrize("name", AT_MOST)
def test_what_is_read_too_gravely_has_not_grown(figures: list[dict[str, Share]], name: str, number: int):
    share = figures[number][name]
    assert share.value <= wilson(AT_MOST[name][number], share.count)[1]


def test_the_models_find_far_more_than_the_rules(figures: list[dict[str, Share]], sets: tuple[Lines, Lines]):
    for shares, (messages, _) in zip(figures, sets, strict=True):
        assert shares["urgent recall"].value >= main_figures(judge(messages, None))[0].value + 0.4


@pytest.mark.skipif(
    not TALK.exists(), reason=f"NOT MEASURED: the comments for false alarms are absent ({TALK})"
)
@pytest.mark.parametrize("stripped", [False, True])
def test_public_comments_hardly_ever_raise_an_urgent_alarm(measured_model: TriageModel, stripped: bool):
    texts = [json.loads(line)["text"] for line in TALK.read_text(encoding="utf-8").splitlines()]
    alarms = [assess(fold(text) if stripped else text, model=measured_model)[0].is_urgent for text in texts]
    assert sum(alarms) / len(alarms) <= wilson(COMMENTS[stripped], len(alarms))[1]
