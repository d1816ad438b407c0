"""What comes in from a channel and what goes out to one. Channels build and read nothing else."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

Pseudonym = NewType("Pseudonym", str)
ConversationId = NewType("ConversationId", str)


class Kind(StrEnum):
    """What a person sent, as far as the platform tells us."""

    TEXT = "text"
    CHOICE = "choice"
    MEDIA = "media"
    UNSUPPORTED = "unsupported"
    START = "start"


@dataclass(frozen=True, repr=False)
class InboundMessage:
    """One message of a person. ``repr`` is off so that no text or chat id can reach a log by accident.

    ``sent_at`` is the platform's own time (UTC, aware); ``token`` is the opaque value of a tapped button.
    ``platform_id`` is what the platform can delete the message by, empty where it cannot.
    """

    channel: str
    chat_id: str
    message_id: str
    sent_at: datetime
    kind: Kind = Kind.TEXT
    text: str = ""
    token: str | None = None
    platform_id: str = ""


@dataclass(frozen=True, repr=False)
class GroupMessage:
    """Something in a group: nothing of it is read or kept, the bot talks with one person at a time."""

    chat_id: str


@dataclass(frozen=True)
class Ignored:
    """A payload that is valid and needs no answer; the platform still gets its 200."""

    reason: str


@dataclass(frozen=True, repr=False)
class Button:
    """``payload`` is what the choice means to us; channels see an opaque token instead."""

    title: str
    payload: str


@dataclass(frozen=True, repr=False)
class Reply:
    """One message to a person: text of ours, with at most a handful of one-tap answers."""

    text: str
    buttons: tuple[Button, ...] = field(default=())
