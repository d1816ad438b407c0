"""A message on its way out, and what a channel with a platform of its own must offer to carry it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Author(StrEnum):
    """Who wrote a line. ``system`` lines tell of the human's side (joined, left) and pass a claim."""

    PERSON = "person"
    BOT = "bot"
    COUNSELLOR = "counsellor"
    SYSTEM = "system"


@dataclass(frozen=True, repr=False)
class Option:
    """A one-tap answer as a channel sees it: ``token`` is opaque and at most 24 characters."""

    title: str
    token: str


@dataclass(frozen=True, repr=False)
class Outgoing:
    """One message ready to be handed to a platform. ``id`` rises within a conversation."""

    id: int
    author: str
    text: str
    options: tuple[Option, ...] = field(default=())
    template_id: str = ""


@dataclass(frozen=True, repr=False)
class Part:
    """As much of a message as the platform takes at once; ``options`` stand under the last part."""

    text: str
    options: tuple[Option, ...] = field(default=())


class Sender(Protocol):
    """The giving side of a platform. Every method but ``parts`` raises ``SendError`` and nothing else."""

    deletes: bool

    def parts(self, message: Outgoing) -> Sequence[Part]:
        """Cut a message; always the same way, so that a second attempt goes on where the first one ended."""

    async def turn(self, chat_id: str, *, patient: bool) -> None:
        """Wait for the platform's pace; only a ``patient`` line waits for the pace of its own chat."""

    async def send(self, chat_id: str, part: Part) -> str:
        """Deliver and give what the platform calls the message."""

    async def delete(self, chat_id: str, platform_ids: Sequence[str]) -> None:
        """Take messages of both sides off the person's phone; ids that are gone already are no error."""

    async def typing(self, chat_id: str) -> None:
        """Show that an answer is on its way."""
