"""False alarms on public comments. The data stand beside the checkout and are measured with only."""

import json
from pathlib import Path

import pytest

from bot.language import fold
from bot.triage import assess

TALK = Path(__file__).resolve().parents[3] / "shared" / "data" / "talk.jsonl"


@pytest.mark.skipif(
    not TALK.exists(), reason=f"NOT MEASURED: the comments for false alarms are absent ({TALK})"
)
@pytest.mark.parametrize(("stripped", "limit"), [(False, 0.005), (True, 0.01)])
def test_ordinary_comments_hardly_ever_raise_an_urgent_alarm(stripped: bool, limit: float):
    texts = [json.loads(line)["text"] for line in TALK.read_text(encoding="utf-8").splitlines()]
    alarms = sum(assess(fold(text) if stripped else text)[0].is_urgent for text in texts)
    assert alarms / len(texts) <= limit
