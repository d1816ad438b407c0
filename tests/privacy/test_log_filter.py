"""Marked words go in; none of them may come out in a log."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest

from bot.errors import BadInput
from bot.privacy.log_filter import PrivateFormatter, describe, install_log_privacy, scrub

SECRET = "MARKED-bí-mật"
TOKEN = "123456789:AAE-abcdefghijklmnopqrstuvwxyz_0123"


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PrivateFormatter())
    logger = logging.getLogger("tests.log_filter")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)


def _raise_nested() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"could not read {SECRET}") from error


def test_a_foreign_exception_shows_type_and_frames_without_its_text(
    log: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, stream = log
    try:
        _raise_nested()
    except ValueError:
        logger.exception("turn failed")
    written = stream.getvalue()
    assert SECRET not in written
    assert "ValueError\n" in written
    assert "caused by KeyError" in written
    assert "test_log_filter.py:" in written
    assert "in _raise_nested" in written


def test_source_lines_are_not_quoted(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    try:
        raise ValueError("MARKED-literal")
    except ValueError:
        logger.exception("turn failed")
    assert "MARKED" not in stream.getvalue()


def test_our_own_errors_keep_their_text(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    try:
        raise BadInput("line 3: not valid JSON")
    except BadInput:
        logger.exception("input refused")
    assert "bot.errors.BadInput: line 3: not valid JSON" in stream.getvalue()


def test_an_exception_among_the_arguments_loses_its_text(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.error("sending failed: %s", ValueError(SECRET))
    logger.error(ValueError(SECRET))
    assert SECRET not in stream.getvalue()
    assert "sending failed: ValueError" in stream.getvalue()


def test_unfitting_arguments_are_named_and_not_shown() -> None:
    record = logging.LogRecord("x", logging.ERROR, "f.py", 7, "one %s two %s", (SECRET,), None)
    written = PrivateFormatter().format(record)
    assert SECRET not in written
    assert "unfitting arguments at f.py:7" in written


def test_a_cached_traceback_of_another_handler_is_not_used(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "failed", None, None)
    record.exc_text = SECRET
    logger.handle(record)
    assert SECRET not in stream.getvalue()
    assert record.exc_text == SECRET


@pytest.mark.parametrize(
    "line",
    [
        f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
        f"GET https://bot-api.zaloplatforms.com/bot{TOKEN}/getUpdates?x=1",
        f"token {TOKEN} refused",
    ],
)
def test_bot_tokens_are_removed(line: str) -> None:
    assert TOKEN not in scrub(line)
    assert "AAE" not in scrub(line)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("from 0912345678", "0912345678"),
        ("from +84 912 345 678", "345 678"),
        ("mail meocon@gmail.com now", "meocon"),
    ],
)
def test_phones_and_addresses_are_hidden(line: str, word: str) -> None:
    assert word not in scrub(line)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-23 20:14:28,123 INFO bot: started in 0.21 s",
        "listening on 127.0.0.1:5005",
        "case C-0042 opened, 3 pages",
        "bot/intake.py:118 in receive",
    ],
)
def test_ordinary_lines_stay(line: str) -> None:
    assert scrub(line) == line


def test_a_loop_of_causes_ends() -> None:
    first, second = ValueError(SECRET), KeyError(SECRET)
    first.__cause__, second.__cause__ = second, first
    assert SECRET not in describe(first)


def test_installing_covers_root_handlers_and_quiets_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    handler = logging.StreamHandler(io.StringIO())
    monkeypatch.setattr(root, "handlers", [handler])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    install_log_privacy()
    install_log_privacy()
    assert isinstance(handler.formatter, PrivateFormatter)
    assert not isinstance(handler.formatter._inner, PrivateFormatter)
    for name in ("httpx", "httpcore", "urllib3", "asyncio", "sqlalchemy.engine"):
        assert logging.getLogger(name).level == logging.WARNING


def test_an_uncaught_error_is_reported_without_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler()])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    install_log_privacy()
    error = ValueError(SECRET)
    sys.excepthook(ValueError, error, None)
    assert capsys.readouterr().err == "ValueError\n"
