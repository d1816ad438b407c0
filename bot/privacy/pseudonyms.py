"""Keyed names: the database never holds a chat id or a platform's message id."""

import hashlib
import hmac

from bot.messages import Pseudonym
from bot.privacy.secrets import Secrets


def keyed_hash(key: bytes, *parts: str) -> str:
    """Hex HMAC-SHA-256 of ``parts``; joined so that ("a", "bc") and ("ab", "c") differ."""
    body = b"".join(len(raw := part.encode()).to_bytes(4, "big") + raw for part in parts)
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def pseudonyms(secrets: Secrets, channel: str, chat_id: str) -> list[tuple[Pseudonym, str]]:
    """The person's name under the current key, then under the previous one, each with the key's id."""
    keys = [key for key in (secrets.pseudonym, secrets.previous_pseudonym) if key]
    return [(Pseudonym(keyed_hash(key, "chat", channel, chat_id)), key_id(key)) for key in keys]


def message_hash(secrets: Secrets, channel: str, chat_id: str, message_id: str) -> str:
    """What the unique constraint judges duplicates by."""
    return keyed_hash(secrets.pseudonym, "message", channel, chat_id, message_id)


def key_id(key: bytes) -> str:
    """Names a key without telling anything about it."""
    return keyed_hash(key, "key id")[:16]
