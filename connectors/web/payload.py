"""Reads what the chat page (or a program that speaks Rasa's REST form) posts."""

import json
import secrets
from datetime import datetime
from typing import Any

from bot.errors import BadInput
from bot.language import storable
from bot.messages import InboundMessage, Kind

CHANNEL = "web"
LONGEST_BODY = 64 * 1024
LONGEST_ID = 128


def parse(body: bytes, now: datetime) -> InboundMessage:
    """Raises ``BadInput`` saying which field is wrong; without a ``message_id`` every post is a new message."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("the body is not JSON") from None
    if not isinstance(given, dict):
        raise BadInput("the body is not a JSON object")
    token = _text(given, "payload", optional=True)
    return InboundMessage(
        channel=CHANNEL,
        chat_id=sender_id(given.get("sender")),
        message_id=_text(given, "message_id", optional=True)[:LONGEST_ID] or secrets.token_hex(16),
        sent_at=now,
        kind=Kind.CHOICE if token else Kind.TEXT,
        text=_text(given, "message", optional=bool(token)),
        token=token or None,
    )


def sender_id(value: Any) -> str:
    """1 to 128 characters; raises ``BadInput``."""
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= LONGEST_ID:
        raise BadInput(f"sender: expected 1 to {LONGEST_ID} characters")
    return storable(value.strip())


def _text(given: dict[str, Any], name: str, *, optional: bool = False) -> str:
    value = given.get(name)
    if value is None and optional:
        return ""
    if not isinstance(value, str):
        raise BadInput(f"{name}: expected a string")
    return storable(value)
