"""Nothing is lost and nobody meets silence when the database is locked, gone, or comes back."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import StorageError
from bot.intake import Outcome
from bot.storage.engine import Database, open_database
from bot.storage.tables import CaseRow, MessageRow
from tests.intake.conftest import Helpline

DISCLOSURE = "chu ay bat em coi do"


@pytest.fixture
def gone(build: Callable[[Database], Helpline], tmp_path: Path) -> Helpline:
    """A helpline whose database is not there at all."""
    return build(open_database(f"sqlite:///{tmp_path}/no/such/folder/lachan.db"))


def test_a_disclosure_is_spooled_and_answered_with_111_while_the_database_is_gone(gone: Helpline) -> None:
    receipt = gone.person().write(DISCLOSURE)
    assert receipt.outcome is Outcome.SPOOLED
    assert receipt.direct is not None and "111" in receipt.direct.text
    assert gone.spool.count() == 1


def test_a_question_meets_a_calm_line_while_the_database_is_gone(gone: Helpline) -> None:
    receipt = gone.person().write("mật khẩu mạnh là gì ạ")
    assert receipt.direct is not None and "111" in receipt.direct.text


def test_a_retry_overwrites_its_spool_file(gone: Helpline) -> None:
    child = gone.person()
    for _ in range(3):
        child.write(DISCLOSURE, message_id="one")
    assert gone.spool.count() == 1


def test_the_spool_tells_nothing_to_a_reader_of_the_disk(gone: Helpline) -> None:
    gone.person("chat-4711").write(DISCLOSURE)
    [path] = gone.settings.spool_dir.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert b"coi do" not in path.read_bytes() and "4711" not in path.name


def test_replay_opens_the_case_once_and_does_not_repeat_the_crisis_reply(
    gone: Helpline, build: Callable[[Database], Helpline], sqlite_database: Database
) -> None:
    child = gone.person()
    child.write(DISCLOSURE, message_id="one")
    back = build(sqlite_database)
    assert back.intake.replay(child.now) == 1
    assert back.intake.replay(child.now) == 0
    with sqlite_database.read() as session:
        assert len(session.scalars(select(CaseRow)).all()) == 1
    assert back.person().read() == []


def test_a_message_spooled_and_stored_is_not_doubled(
    gone: Helpline, build: Callable[[Database], Helpline], sqlite_database: Database
) -> None:
    gone.person().write(DISCLOSURE, message_id="one")
    back = build(sqlite_database)
    back.person().write(DISCLOSURE, message_id="one")
    back.intake.replay(back.start)
    with sqlite_database.read() as session:
        assert len(session.scalars(select(MessageRow).where(MessageRow.author == "person")).all()) == 1


def test_a_locked_database_spools(build: Callable[[Database], Helpline], sqlite_database: Database) -> None:
    helpline = build(sqlite_database)
    other = sqlite3.connect(helpline.settings.home / "lachan.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert helpline.person().write(DISCLOSURE).outcome is Outcome.SPOOLED
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert helpline.intake.replay(helpline.start) == 1


def test_only_when_the_spool_fails_too_is_the_message_refused(gone: Helpline) -> None:
    gone.settings.home.mkdir(parents=True, exist_ok=True)
    gone.settings.spool_dir.write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        gone.person().write(DISCLOSURE)


def test_a_broken_spool_file_stops_nobody_else(
    gone: Helpline, build: Callable[[Database], Helpline], sqlite_database: Database
) -> None:
    gone.person().write(DISCLOSURE)
    (gone.settings.spool_dir / "broken.spool").write_bytes(b"not ours")
    assert build(sqlite_database).intake.replay(gone.start) == 1
    assert gone.spool.count() == 1
