"""Finds and replaces what identifies a person in a message. Pure: text in, text and spans out."""

from bot.privacy.redact.engine import redact
from bot.privacy.redact.spans import PLACEHOLDERS, Redacted, RedactionFailed, Span, SpanType

__all__ = ["PLACEHOLDERS", "Redacted", "RedactionFailed", "Span", "SpanType", "redact"]
