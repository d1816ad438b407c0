"""Voices that the lexicon's author never saw: twenty disclosures open twenty cases, twenty questions open none."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from bot.config import ROOT, Settings
from bot.storage.engine import open_database
from bot.storage.tables import CaseRow
from tests.support.helpline import RunningBot, running_bot
from tests.support.lachan import FITTED

VOICES = [
    json.loads(line) for line in (ROOT / "tests/data/voices.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    from tests.conftest import free_port

    home = tmp_path_factory.mktemp("voices") / "var"
    settings = Settings(home=home, cache=FITTED, bot_port=free_port(), burst_seconds=0, dialogue_seconds=0.5)
    with running_bot(settings) as running:
        yield running


def open_cases(bot: RunningBot) -> int:
    database = open_database(bot.settings.database)
    with database.read() as session:
        found = len(session.scalars(select(CaseRow)).all())
    database.close()
    return found


@pytest.mark.parametrize(
    "voice", [voice for voice in VOICES if voice["id"][0] == "d"], ids=lambda voice: voice["id"]
)
def test_a_disclosure_opens_a_case_and_is_answered_with_a_number(
    bot: RunningBot, voice: dict[str, str]
) -> None:
    before = open_cases(bot)
    lines = bot.texts(voice["text"], sender=voice["id"])
    assert open_cases(bot) == before + 1
    assert any(number in lines[0] for number in ("111", "113", "115"))


@pytest.mark.parametrize(
    "voice", [voice for voice in VOICES if voice["id"][0] == "q"], ids=lambda voice: voice["id"]
)
def test_an_ordinary_question_opens_none(bot: RunningBot, voice: dict[str, str]) -> None:
    before = open_cases(bot)
    bot.texts(voice["text"], sender=voice["id"])
    assert open_cases(bot) == before
