"""Keeps people's words out of the logs: rasa writes them at every level, from debug to error.

What is kept of a record of the engine is where it comes from and the type of its error, never its message.
"""

import logging
import warnings
from collections.abc import MutableMapping
from typing import Any

ENGINE = ("rasa", "rasa_sdk", "sanic", "asyncio", "apscheduler", "dask", "py.warnings", "tensorflow")
_plain = logging.LogRecord


def silence_words() -> None:
    """Strip every record of the engine when it is made, so that no handler added later can show it."""
    logging.setLogRecordFactory(_wordless)
    warnings.filterwarnings("ignore")
    logging.captureWarnings(True)
    _configure_structlog()


def _wordless(name: str, level: int, *args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _plain(name, level, *args, **kwargs)
    if name.partition(".")[0] in ENGINE or name in ENGINE:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        record.msg = f"{name}:{record.lineno} {error}".rstrip()
        record.args = record.exc_info = record.exc_text = record.stack_info = None
    return record


def _configure_structlog() -> None:
    """Event names are fixed strings of rasa; everything bound to them may be text."""
    import structlog

    structlog.configure(
        processors=[_only_event, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )


def _only_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The name of an event is a fixed string only where rasa gives its sentence apart."""
    return {"event": event["event"] if "event_info" in event else "engine"}
