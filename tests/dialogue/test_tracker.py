"""What the tracker keeps: codes, for an hour, never a word."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.config import ROOT
from bot.dialogue import DialogueClient, TurnRequest
from bot.storage.engine import Database
from bot.storage.tables import TrackerRow
from bot.triage.assessment import Role
from connectors.dialogue.compat import prepare
from tests.dialogue.conftest import Running

MARK = "kẹo dừa bảy bảy"
NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def stored(database: Database, conversation: str) -> str | None:
    with database.read() as session:
        row = session.get(TrackerRow, conversation)
        return None if row is None else json.dumps(row.state, ensure_ascii=False)


async def test_no_word_of_a_person_is_stored_or_logged(
    client: DialogueClient, trackers: Database, running: Running, conversation: str
) -> None:
    await client.turn(TurnRequest(conversation, MARK, role=Role.CHILD))
    await client.turn(TurnRequest(conversation, payload="/start_report"))
    await client.turn(TurnRequest(conversation, f"ở chỗ {MARK}", role=Role.CHILD))
    state, log = stored(trackers, conversation), running.log.read_text()
    assert state and "kẹo" not in state and "ke\\u" not in state
    assert "rasa.core.processor:" in log, "nothing was logged, so nothing was proved"
    assert "kẹo" not in log and "k\\u1eb9o" not in log and "dừa" not in log


async def test_no_word_of_ours_is_stored_either(
    client: DialogueClient, trackers: Database, conversation: str
) -> None:
    answer = await client.turn(TurnRequest(conversation, payload='/ask{"topic":"two_factor"}'))
    state = stored(trackers, conversation)
    assert state and answer.replies[0].text[:20] not in state


async def test_the_row_does_not_grow(client: DialogueClient, trackers: Database, conversation: str) -> None:
    sizes = []
    for _ in range(30):
        await client.turn(TurnRequest(conversation, "mật khẩu mạnh là như thế nào", role=Role.CHILD))
        sizes.append(len(stored(trackers, conversation) or ""))
    assert len(set(sizes)) == 1 and sizes[0] < 400


async def test_forgetting_removes_the_row(
    client: DialogueClient, trackers: Database, conversation: str
) -> None:
    await client.turn(TurnRequest(conversation, "chào bạn"))
    await client.forget(conversation)
    await client.forget(conversation)
    assert stored(trackers, conversation) is None


@pytest.fixture
def store(database: Database) -> Any:
    prepare()
    from rasa.shared.core.domain import Domain

    from connectors.tracker_store import LaChanTrackerStore

    return LaChanTrackerStore(Domain.from_path(str(ROOT / "domain")), database=database, now=lambda: NOW)


async def test_an_hour_of_silence_forgets_the_form(store: Any) -> None:
    from rasa.shared.core.events import ActiveLoop

    tracker = await store.get_or_create_tracker("a")
    tracker.update(ActiveLoop("report_content_form"), store.domain)
    await store.save(tracker)
    assert (await store.retrieve("a")).active_loop_name == "report_content_form"
    store._now = lambda: NOW + timedelta(hours=1)
    assert await store.retrieve("a") is None


@pytest.mark.parametrize(
    ("slot", "value"),
    [("role", "chú ấy"), ("topic", "Chú Ba ơi"), ("requested_slot", "bi mat"), ("platform", "bi_mat")],
)
async def test_a_slot_that_is_no_code_is_left_out(store: Any, slot: str, value: str) -> None:
    from rasa.shared.core.events import SlotSet

    tracker = await store.get_or_create_tracker("a")
    tracker.update(SlotSet(slot, value), store.domain)
    await store.save(tracker)
    assert slot not in store.last_slots("a")


async def test_an_unknown_conversation_is_not_written(store: Any, database: Database) -> None:
    await store.get_or_create_tracker("nobody")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(TrackerRow)) == 0
