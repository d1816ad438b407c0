"""Rasa's message processor with its silent failures made loud, and the conversation's state put in first."""

from pathlib import Path
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import DEFAULT_INTENTS, REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import TurnAnswer, TurnRequest
from bot.errors import DialogueError
from bot.messages import Button, Reply
from connectors.dialogue.actions_in_process import ActionFailed, InProcessActions
from connectors.tracker_store import LaChanTrackerStore


class Collected(OutputChannel):  # type: ignore[misc, unused-ignore]
    """Keeps what the actions say as they said it; rasa's own collector splits texts at blank lines."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "lachan"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(message)

    def replies(self) -> tuple[Reply, ...]:
        return tuple(_reply(message) for message in self.messages if message.get("text"))

    def effects(self) -> tuple[str, ...]:
        custom = (message.get("custom") or {} for message in self.messages)
        return tuple(dict.fromkeys(str(item["effect"]) for item in custom if "effect" in item))


class TurnProcessor(MessageProcessor):  # type: ignore[misc, unused-ignore]
    """One processor a process. Uses no ``Agent``: that would wrap the tracker store in one that hides failures."""

    def __init__(self, model: Path, store: LaChanTrackerStore, actions: InProcessActions) -> None:
        generator = TemplatedNaturalLanguageGenerator({})
        super().__init__(
            model, store, InMemoryLockStore(), generator, actions, on_circuit_break=_circuit_broken
        )
        generator.responses = self.domain.responses
        store.domain = self.domain
        self.store = store
        missing = (
            set(self.domain.user_actions)
            - actions.names
            - set(self.domain.responses)
            - _engine_made(self.domain)
        )
        if missing:
            raise DialogueError(f"actions without code: {', '.join(sorted(missing))}")

    @property
    def payload_intents(self) -> frozenset[str]:
        """Intents that a button of ours may carry; rasa's own (restart, back) are not among them."""
        return frozenset(self.domain.intents) - frozenset(DEFAULT_INTENTS)

    async def answer(self, turn: TurnRequest, text: str) -> TurnAnswer:
        """Run one turn. Raises ``ActionFailed`` or ``DialogueError``; then nothing of the turn is stored."""
        channel = Collected()
        message = UserMessage(text, channel, turn.conversation_id, metadata=turn.metadata())
        await self.handle_message(message)
        answer = TurnAnswer(channel.replies(), channel.effects(), self.store.last_slots(turn.conversation_id))
        if not answer.replies and not answer.effects:
            raise DialogueError("the turn ended without a reply")
        return answer

    async def fetch_tracker_and_update_session(
        self,
        sender_id: str,
        output_channel: OutputChannel | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> DialogueStateTracker:
        """Rasa's first step of a turn: what intake knows enters before the message is read.

        The topic answered last goes the other way: the classifier sees a message and its metadata, but no tracker.
        """
        tracker = await super().fetch_tracker_and_update_session(sender_id, output_channel, metadata)
        tracker.update_with_events(_known_before(metadata or {}), self.domain)
        if metadata is not None:
            metadata["last_topic"] = tracker.get_slot("topic")
        return tracker


def _known_before(metadata: dict[str, Any]) -> list[Event]:
    events: list[Event] = [
        SlotSet(name, metadata[name]) for name in ("role", "age_band", "talk") if name in metadata
    ]
    if metadata.get("end_form"):
        # Somebody else may hold the phone later: nothing asked before a disclosure is led on from (safety.md 6).
        events += [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None), SlotSet("topic", None)]
    return events


def _engine_made(domain: Any) -> set[str]:
    """Rasa adds ``utter_<intent>`` for retrieval intents by itself; we answer those from articles."""
    return {f"utter_{intent}" for intent in domain.retrieval_intents}


def _circuit_broken(*_: Any) -> None:
    raise ActionFailed("the rules ran in a circle")


def _reply(message: dict[str, Any]) -> Reply:
    buttons = message.get("buttons") or []
    return Reply(message["text"], tuple(Button(button["title"], button["payload"]) for button in buttons))
