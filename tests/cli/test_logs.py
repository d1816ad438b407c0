"""The log names where an error arose, never what a person wrote."""

import logging
import sys
from collections.abc import Iterator

import pytest

from bot import logs
from bot.supervisor import WARNING


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, logging.raiseExceptions
    yield
    root.handlers[:], root.level, sys.excepthook, logging.raiseExceptions = before


def test_an_exceptions_text_stays_out_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    try:
        raise ValueError("em bị chú bắt nạt")
    except ValueError:
        logging.getLogger("bot.intake").exception("turn failed")
    shown = capsys.readouterr().err
    assert "turn failed" in shown
    assert "ValueError" in shown
    assert f"{__file__}:" in shown
    assert "bắt nạt" not in shown


def test_the_supervisor_knows_a_warning_by_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    logging.getLogger("bot").info("quiet")
    logging.getLogger("bot").warning("loud")
    quiet, loud = capsys.readouterr().err.encode().splitlines()
    assert WARNING.match(quiet) is None
    assert WARNING.match(loud)


def test_a_clients_address_lines_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("DEBUG")
    logging.getLogger("httpx").info("GET https://api.telegram.org/bot123:abc/getUpdates")
    assert capsys.readouterr().err == ""
