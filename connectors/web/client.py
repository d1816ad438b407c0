"""The giving side of the web channel: who is waiting for a conversation's next line."""

import asyncio
from collections import defaultdict
from typing import Any

from bot.delivery import Outgoing

# What the page does with its log besides showing the line.
VIEWS = {"utter_hidden": "cover", "utter_reopened": "open", "utter_erase_done": "clear"}


def to_json(message: Outgoing, sender: str) -> dict[str, Any]:
    """The form of Rasa's REST channel, with an id to tell repeats by and who wrote it."""
    shown: dict[str, Any] = {"recipient_id": sender, "text": message.text, "author": message.author}
    # A line that nothing may keep (everything was just erased) has no row and so no id.
    if message.id:
        shown["id"] = message.id
    for prefix, view in VIEWS.items():
        if message.template_id.startswith(prefix):
            shown["view"] = view
    if message.options:
        shown["buttons"] = [{"title": option.title, "payload": option.token} for option in message.options]
    return shown


class Hub:
    """Wakes the requests that wait for a conversation; holds no text."""

    def __init__(self) -> None:
        self._changed: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._posts: dict[str, int] = defaultdict(int)
        self._latest: dict[str, int] = defaultdict(int)
        self._signals: dict[str, list[str]] = {}
        self.closed = False

    def close(self) -> None:
        """End every stream and wake whoever waits; the process is about to stop."""
        self.closed = True
        for event in self._changed.values():
            event.set()

    def notify(self, conversation_id: str) -> None:
        """Something may be there to fetch."""
        self._changed.pop(conversation_id, asyncio.Event()).set()

    def signal(self, sender: str, name: str) -> None:
        """The person's open pages must empty ("clear") or cover ("cover") themselves."""
        self._signals.setdefault(sender, []).append(name)

    def signals(self, sender: str) -> list[str]:
        """All signals so far, so that a listener can tell which are new to it."""
        return list(self._signals.get(sender, ()))

    async def wait(self, conversation_id: str, seconds: float) -> None:
        """Sleep until ``notify``, or for ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed[conversation_id].wait()
        except TimeoutError:
            self._changed.pop(conversation_id, None)

    def enter(self, conversation_id: str) -> int:
        """A post begins to wait; an earlier one of the same conversation gives way to it."""
        self._posts[conversation_id] += 1
        self._latest[conversation_id] += 1
        self.notify(conversation_id)
        return self._latest[conversation_id]

    def leave(self, conversation_id: str) -> None:
        self._posts[conversation_id] -= 1
        if self._posts[conversation_id] <= 0:
            del self._posts[conversation_id], self._latest[conversation_id]

    def is_latest(self, conversation_id: str, ticket: int) -> bool:
        return self._latest[conversation_id] == ticket

    def has_post(self, conversation_id: str) -> bool:
        return self._posts.get(conversation_id, 0) > 0
