"""Figures on the tune set. A fall below a committed figure by more than its own interval fails."""

import json
from pathlib import Path

import pytest

from bot.language import fold
from bot.triage import TriageModel, assess
from bot.triage.evaluating import judge, judge_talks
from bot.triage.examples import Conversation, Example
from bot.triage.figures import Judged, Share, main_figures, talk_figures, wilson

TALK = Path(__file__).resolve().parents[3] / "shared" / "data" / "talk.jsonl"
# Measured when the model was last changed; docs/triage.md says what they mean. At least, and at most.
AT_LEAST = {
    "urgent recall": 0.938,
    "emergency as emergency": 0.933,
    "concern recall": 0.887,
    "category right, given urgent": 0.828,
    "about right, given urgent": 0.885,
    "check_in asked where due": 0.619,
}
AT_MOST = {
    "urgent false alarms (none)": 0.014,
    "any concern (none)": 0.029,
    "medium read as urgent": 0.277,
    "check_in on plain messages": 0.051,
}
TALKS_AT_LEAST = {"urgent in time": 0.833, "urgent at most one turn late": 0.90}
TALKS_AT_MOST = {"false alarm in calm talks": 0.089, "any concern in calm talks": 0.111}
COMMENTS = {False: 0.0051, True: 0.0080}


@pytest.fixture(scope="module")
def judged(tune: list[Example], measured_model: TriageModel) -> list[Judged]:
    return judge(tune, measured_model)


@pytest.fixture(scope="module")
def figures(judged: list[Judged]) -> dict[str, Share]:
    return {one.name: one for one in main_figures(judged)}


@pytest.fixture(scope="module")
def talks(tune_talks: list[Conversation], measured_model: TriageModel) -> dict[str, Share]:
    return {one.name: one for one in talk_figures(judge_talks(tune_talks, measured_model))}


@pytest.mark.parametrize(("name", "figure"), AT_LEAST.items())
def test_what_is_found_has_not_sunk(figures: dict[str, Share], name: str, figure: float):
    assert figures[name].value >= wilson(figure, figures[name].count)[0]


@pytest.mark.parametrize(("name", "figure"), AT_MOST.items())
def test_what_is_read_too_gravely_has_not_grown(figures: dict[str, Share], name: str, figure: float):
    assert figures[name].value <= wilson(figure, figures[name].count)[1]


@pytest.mark.parametrize(("name", "figure"), TALKS_AT_LEAST.items())
def test_conversations_are_understood_as_early_as_before(talks: dict[str, Share], name: str, figure: float):
    assert talks[name].value >= wilson(figure, talks[name].count)[0]


@pytest.mark.parametrize(("name", "figure"), TALKS_AT_MOST.items())
def test_calm_conversations_stay_as_calm_as_before(talks: dict[str, Share], name: str, figure: float):
    assert talks[name].value <= wilson(figure, talks[name].count)[1]


def test_the_model_finds_far_more_than_the_rules(judged: list[Judged], tune: list[Example]):
    rules = main_figures(judge(tune, None))[0]
    assert main_figures(judged)[0].value >= rules.value + 0.2


@pytest.mark.skipif(
    not TALK.exists(), reason=f"NOT MEASURED: the comments for false alarms are absent ({TALK})"
)
@pytest.mark.parametrize("stripped", [False, True])
def test_public_comments_hardly_ever_raise_an_urgent_alarm(measured_model: TriageModel, stripped: bool):
    texts = [json.loads(line)["text"] for line in TALK.read_text(encoding="utf-8").splitlines()]
    alarms = [assess(fold(text) if stripped else text, model=measured_model)[0].is_urgent for text in texts]
    assert sum(alarms) / len(alarms) <= wilson(COMMENTS[stripped], len(alarms))[1]
