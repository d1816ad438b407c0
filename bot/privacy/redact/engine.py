"""Runs the recognisers and settles their overlaps."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from bot.privacy.redact.spans import PLACEHOLDERS, Redacted, RedactionFailed, Span, SpanType
from bot.privacy.redact.views import TextViews

Recogniser = Callable[[TextViews], list[Span]]

# Where two spans of one length claim the same letters, the type named first wins: numbers that say what
# they are ("stk …") before numbers that only look like something, and those before words.
PRIORITY = (
    SpanType.EMAIL,
    SpanType.URL,
    SpanType.BANK,
    SpanType.ID_NUMBER,
    SpanType.DATE_OF_BIRTH,
    SpanType.PHONE,
    SpanType.PLATE,
    SpanType.ACCOUNT,
    SpanType.SCHOOL,
    SpanType.CLASS,
    SpanType.ADDRESS,
    SpanType.PERSON,
)


def redact(text: str) -> Redacted:
    """Replace whatever identifies a person by placeholders; anything unforeseen raises RedactionFailed."""
    try:
        views = TextViews(text)
        spans = tuple(resolve(views.text, _found(views)))
        return Redacted(_replaced(views.text, spans), spans)
    except Exception as fault:  # Whatever goes wrong, the text must not pass, nor its words be quoted.
        raise RedactionFailed(f"redaction failed: {type(fault).__name__}") from None


@lru_cache(maxsize=1)
def recognisers() -> tuple[Recogniser, ...]:
    """Every recogniser, imported on first use."""
    from bot.privacy.redact import (
        account,
        address,
        bank,
        birth_date,
        class_name,
        email_address,
        full_name,
        id_number,
        link,
        person,
        phone,
        plate,
        school,
    )

    modules = (
        email_address, link, bank, id_number, birth_date, phone, plate, account, school, class_name,
        address, full_name, person,
    )  # fmt: skip
    return tuple(module.find for module in modules)


def _found(views: TextViews) -> list[Span]:
    return [span for find in recognisers() for span in find(views)]


def resolve(text: str, spans: Iterable[Span]) -> list[Span]:
    """Longest first, then PRIORITY, then leftmost; a loser keeps the words that nobody else covers."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start - one.end, PRIORITY.index(one.type), one.start)):
        kept.extend(_remainders(text, span, kept))
    return sorted(kept, key=lambda one: one.start)


def _remainders(text: str, span: Span, kept: list[Span]) -> list[Span]:
    taken = sorted(
        (one for one in kept if one.start < span.end and span.start < one.end), key=lambda one: one.start
    )
    rest, at = [], span.start
    for one in taken:
        rest.append((at, one.start))
        at = max(at, one.end)
    rest.append((at, span.end))
    trimmed = [_trimmed(text, start, end) for start, end in rest if start < end]
    return [Span(start, end, span.type) for start, end in trimmed if _worth(text, start, end, bool(taken))]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not text[start].isalnum() and text[start] not in "@+_":
        start += 1
    while end > start and not text[end - 1].isalnum() and text[end - 1] not in "_/":
        end -= 1
    return start, end


def _worth(text: str, start: int, end: int, cut: bool) -> bool:
    return end > start and (not cut or sum(letter.isalnum() for letter in text[start:end]) >= 2)


def _replaced(text: str, spans: Iterable[Span]) -> str:
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], PLACEHOLDERS[span.type]]
        at = span.end
    return "".join([*parts, text[at:]])
