"""Figures on the tune part. A fall below a committed figure by more than its own interval fails."""

import json
from math import sqrt
from pathlib import Path

import pytest

from bot.language import fold
from bot.triage import Assessment, Risk, TriageModel, assess
from bot.triage.examples import Example

TALK = Path(__file__).resolve().parents[3] / "shared" / "data" / "talk.jsonl"
# Measured when the model was last changed; docs/triage.md says what they mean.
URGENT_RECALL = 0.85
EMERGENCY_RECALL = 0.74
CONCERN_RECALL = 0.80
FALSE_URGENT = 0.055
FALSE_ASKING = 0.08
TALK_URGENT = {False: 0.0082, True: 0.016}

Read = list[tuple[Example, Assessment]]


@pytest.fixture(scope="module")
def read(tune: list[Example], measured_model: TriageModel) -> Read:
    return [(example, assess(example.text, role=example.role, model=measured_model)[0]) for example in tune]


def interval(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return middle - half, middle + half


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


@pytest.mark.parametrize(
    ("least", "figure"),
    [
        (Risk.MEDIUM, CONCERN_RECALL),
        (Risk.HIGH, URGENT_RECALL),
        (Risk.EMERGENCY, EMERGENCY_RECALL),
    ],
)
def test_recall_has_not_sunk(read: Read, least: Risk, figure: float):
    found = [assessment.risk >= least for example, assessment in read if example.risk >= least]
    assert share(found) >= interval(figure, len(found))[0]


def test_false_alarms_on_hard_ordinary_messages_have_not_grown(read: Read):
    alarms = [assessment.is_urgent for example, assessment in read if example.risk is Risk.NONE]
    assert share(alarms) <= interval(FALSE_URGENT, len(alarms))[1]


def test_plain_questions_are_hardly_asked_about(read: Read):
    plain = [a.check_in for example, a in read if example.risk is Risk.NONE and not example.check_in]
    assert share(plain) <= interval(FALSE_ASKING, len(plain))[1]


def test_the_model_finds_far_more_than_the_rules(read: Read):
    urgent = [example for example, _ in read if example.risk >= Risk.HIGH]
    rules = share([assess(example.text, role=example.role)[0].is_urgent for example in urgent])
    both = share([assessment.is_urgent for example, assessment in read if example.risk >= Risk.HIGH])
    assert both >= rules + 0.2


@pytest.mark.skipif(
    not TALK.exists(), reason=f"NOT MEASURED: the comments for false alarms are absent ({TALK})"
)
@pytest.mark.parametrize("stripped", [False, True])
def test_public_comments_hardly_ever_raise_an_urgent_alarm(measured_model: TriageModel, stripped: bool):
    texts = [json.loads(line)["text"] for line in TALK.read_text(encoding="utf-8").splitlines()]
    alarms = [assess(fold(text) if stripped else text, model=measured_model)[0].is_urgent for text in texts]
    assert share(alarms) <= interval(TALK_URGENT[stripped], len(texts))[1]
