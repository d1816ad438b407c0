"""Reads the Zalo Bot Platform's updates, flat or wrapped, whatever fields are missing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from bot.language import storable
from bot.messages import GroupMessage, Ignored, InboundMessage, Kind
from connectors.zalo_bot import facts

Parsed = InboundMessage | GroupMessage | Ignored


class _Lenient(BaseModel):
    """Unknown fields are ignored; so is a known one of the wrong type, where the model allows it."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _From(_Lenient):
    id: str | int = ""
    is_bot: bool = False


class _Chat(_Lenient):
    id: str | int = ""
    chat_type: str = "PRIVATE"


class _Message(_Lenient):
    sender: _From | None = None
    chat: _Chat | None = None
    message_id: str | int | None = None
    date: float | None = None
    text: str | None = None
    caption: str | None = None

    @field_validator("sender", "chat", "message_id", "date", "text", "caption", mode="wrap")
    @classmethod
    def _or_nothing(cls, value: Any, handler: Any) -> Any:
        """A field of an unexpected type is a field that is missing."""
        try:
            return handler(storable(value) if isinstance(value, str) else value)
        except ValidationError:
            return None


def parse(given: Mapping[str, Any], now: datetime) -> Parsed:
    """Any update; what cannot be read is ignored, never an error."""
    result = given.get("result")
    update: Mapping[str, Any] = result if isinstance(result, Mapping) else given
    event, raw = update.get("event_name"), update.get("message")
    if not isinstance(event, str) or not isinstance(raw, Mapping):
        return Ignored("no message")
    try:
        message = _Message.model_validate({**raw, "sender": raw.get("from")})
    except ValidationError:
        return Ignored("unreadable")
    return _read(event, message, now)


def _read(event: str, message: _Message, now: datetime) -> Parsed:
    sender = message.sender or _From()
    chat_id = str((message.chat.id if message.chat else "") or sender.id)
    if not chat_id:
        return Ignored("no chat")
    if sender.is_bot:
        return Ignored("a bot")
    if message.chat is not None and message.chat.chat_type.upper() != "PRIVATE":
        return GroupMessage(chat_id)
    kind = _kind(event, message)
    if kind is None:
        return Ignored("an event without words")
    return InboundMessage(
        channel=facts.CHANNEL,
        chat_id=chat_id,
        message_id=str(message.message_id or f"{event}:{message.date or now.timestamp()}"),
        sent_at=_sent_at(message.date, now),
        kind=kind,
        text=message.text or message.caption or "",
    )


def _kind(event: str, message: _Message) -> Kind | None:
    if event == facts.EVENT_UNSUPPORTED:
        return Kind.UNSUPPORTED
    if event in {facts.EVENT_TEXT, facts.EVENT_STICKER}:
        return Kind.TEXT
    if event in facts.EVENTS_MEDIA:
        return Kind.MEDIA
    # Whatever Zalo adds: words are words, a message without any is one we cannot open.
    if message.text or message.caption:
        return Kind.TEXT
    return Kind.UNSUPPORTED if event.startswith("message.") else None


def _sent_at(milliseconds: float | None, now: datetime) -> datetime:
    """Never in the future; a date that is missing or nonsense is now."""
    try:
        stamp = datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return now
    return min(stamp, now) if stamp.year > 2000 else now
