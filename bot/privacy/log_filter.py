"""Keeps people out of the logs: no bot tokens, no phone numbers or addresses, no words quoted by foreign exceptions.

The scrub is a second net. Nobody may log a message's text in the first place.
"""

import logging
import re
import sys
import traceback
from functools import lru_cache
from types import TracebackType

from bot.errors import LaChanError

_TALKATIVE = (
    "httpx",
    "httpcore",
    "urllib3",
    "asyncio",
    "sqlalchemy.engine",
    "telegram",
    "zalo_bot",
    "zaloBot",
)
_NO_INFO = (None, None, None)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def install_log_privacy() -> None:
    """Quiet the libraries that log addresses and wrap every root handler; calling twice changes nothing.

    Handlers added to the root later are not covered: install after logging is configured.
    """
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        if not isinstance(handler.formatter, PrivateFormatter):
            handler.setFormatter(PrivateFormatter(handler.formatter))
    sys.excepthook = _report_uncaught
    logging.raiseExceptions = False  # Its report would print the record's arguments to stderr.


def scrub(line: str) -> str:
    """Replace bot tokens, e-mail addresses and phone numbers in one line that is about to be written."""
    for pattern, placeholder in _marks():
        line = pattern.sub(placeholder, line)
    return line


@lru_cache(maxsize=1)
def _marks() -> tuple[tuple[re.Pattern[str], str], ...]:
    return (
        (re.compile(r"/bot[^/\s\"'?]+"), "/bot[token]"),
        (re.compile(r"(?<!\w)\d{6,12}:[\w-]{30,}"), "[token]"),
        (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
        (re.compile(r"(?<![\w.:-])(?:\+?84|0)(?:[ .\-]?\d){9,10}(?![\w:-])"), "[phone]"),
    )


class PrivateFormatter(logging.Formatter):
    """Formats as the handler did before, but scrubs the line and leaves foreign exceptions without their text."""

    def __init__(self, inner: logging.Formatter | None = None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Work on a copy, so that no other handler sees or loses anything through this one."""
        shown = logging.makeLogRecord(record.__dict__)
        shown.msg, shown.args = _message(record), None
        shown.exc_info, shown.exc_text, shown.stack_info = None, None, None
        lines = [self._inner.format(shown)]
        if record.exc_info and record.exc_info != _NO_INFO:
            lines.append(describe(record.exc_info[1]))
        return scrub("\n".join(lines))


def _message(record: logging.LogRecord) -> str:
    """The message with exceptions among its arguments reduced to their type."""
    message = _safe(record.msg)
    try:
        return str(message) % _arguments(record) if record.args else str(message)
    except (TypeError, ValueError, KeyError):
        return f"log record with unfitting arguments at {record.filename}:{record.lineno}"


def _arguments(record: logging.LogRecord) -> object:
    if isinstance(record.args, dict):
        return {key: _safe(value) for key, value in record.args.items()}
    return tuple(_safe(value) for value in record.args or ())


def _safe(value: object) -> object:
    return _title(value) if isinstance(value, BaseException) else value


def describe(error: BaseException | None) -> str:
    """Type and frames (file, line, function) of an error and of what caused it; text only of our own errors."""
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts.append("\n".join([_title(error), *_frames(error)]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\ncaused by ".join(parts)


def _title(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{name}: {error}" if isinstance(error, LaChanError) else name


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__, limit=-20)
    return [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]


def _report_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    sys.stderr.write(scrub(describe(error.with_traceback(trace))) + "\n")
