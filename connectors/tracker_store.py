"""Where Rasa's tracker is kept: coded slots and the running form, in our own database, for an hour of silence.

Rasa would keep every event with its text and replay them all at every message. Rules look only at the slots, the
running form and the message at hand, so nothing else is stored: no word of anybody, and a cost that never grows.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.slots import CategoricalSlot, Slot
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import delete

from bot.storage.engine import Database, open_database
from bot.storage.tables import TrackerRow

# A form or a topic of yesterday is never resumed: somebody else may hold the phone (safety.md 6).
LIFETIME = timedelta(hours=1)
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LaChanTrackerStore(TrackerStore):  # type: ignore[misc, unused-ignore]
    """Raises what the database raises; a turn that cannot be stored must fail, not be forgotten."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: Any = None,
        *,
        database: Database | None = None,
        url: str = "",
        now: Callable[[], datetime] = _utc_now,
        **_: Any,
    ) -> None:
        """``url`` is for rasa's own commands, which build the store from endpoints.yml."""
        super().__init__(domain, event_broker)
        self._database = database or open_database(url)
        self._now = now
        self._seen: dict[str, dict[str, Any]] = {}

    async def save(self, tracker: DialogueStateTracker) -> None:
        state = coded_state(tracker)
        self._seen[tracker.sender_id] = state["slots"]
        await asyncio.to_thread(self._write, tracker.sender_id, state)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        state = await asyncio.to_thread(self._read, sender_id)
        return None if state is None else self._tracker(sender_id, state)

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        """A new tracker is first stored at the end of its first turn."""
        return (
            self._tracker(sender_id, {"slots": {}}) if append_action_listen else self.init_tracker(sender_id)
        )

    async def keys(self) -> Iterable[str]:
        raise NotImplementedError("conversations are not listed")

    async def forget(self, sender_id: str) -> None:
        """Remove all of a conversation; forgetting twice is no error."""
        await asyncio.to_thread(self._delete, sender_id)

    def last_slots(self, sender_id: str) -> dict[str, Any]:
        """Hand over, once, the coded slots of the turn just saved."""
        return self._seen.pop(sender_id, {})

    def _tracker(self, sender_id: str, state: dict[str, Any]) -> DialogueStateTracker:
        known = {slot.name: slot for slot in self.domain.slots}
        slots = {name: value for name, value in state["slots"].items() if name in known}
        events: list[Event] = [SlotSet(name, value) for name, value in slots.items()]
        if state.get("form") in self.domain.form_names:
            events.append(ActiveLoop(state["form"]))
        tracker = self.init_tracker(sender_id)
        tracker.update_with_events([*events, ActionExecuted(ACTION_LISTEN_NAME)], self.domain)
        return tracker

    def _read(self, sender_id: str) -> dict[str, Any] | None:
        with self._database.read() as session:
            row = session.get(TrackerRow, sender_id)
            return row.state if row is not None and row.expires_at > self._now() else None

    def _write(self, sender_id: str, state: dict[str, Any]) -> None:
        now = self._now()
        row = TrackerRow(conversation_id=sender_id, state=state, updated_at=now, expires_at=now + LIFETIME)
        with self._database.write() as session:
            session.merge(row)

    def _delete(self, sender_id: str) -> None:
        with self._database.write() as session:
            session.execute(delete(TrackerRow).where(TrackerRow.conversation_id == sender_id))


def coded_state(tracker: DialogueStateTracker) -> dict[str, Any]:
    """All that is kept of a tracker. A slot value that is no code of the domain is left out."""
    slots = {slot.name: slot.value for slot in tracker.slots.values() if _is_coded(slot, tracker)}
    return {"slots": slots, "form": tracker.active_loop_name}


def _is_coded(slot: Slot, tracker: DialogueStateTracker) -> bool:
    if slot.name == REQUESTED_SLOT:
        return slot.value in tracker.slots
    if isinstance(slot, CategoricalSlot):
        return slot.value in slot.values
    return isinstance(slot.value, str) and CODE.fullmatch(slot.value) is not None
