"""The migrations make exactly the tables that the code believes in, on both databases."""

from datetime import timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from bot.errors import StorageError
from bot.storage.engine import Database
from bot.storage.migrate import _config, migrate, pending
from bot.storage.tables import Base, ErasureRow, OutboxRow
from tests.conftest import NOW

OLD_CONVERSATION = """
    INSERT INTO conversations (id, channel, pseudonym, pseudonym_key, public_key, role, age_band, mode, end_form,
        triage_state, answered_risk, acknowledgements, turns, created_at)
    VALUES ('c1', 'web', 'p', 'k', '', 'child', 'unknown', 'normal', FALSE, '{}', 0, 0, 1, '2026-11-01 10:00:00+00')
"""
OLD_LINE = """
    INSERT INTO outbox (conversation_id, author, state, attempts, created_at, due_at)
    VALUES ('c1', 'bot', 'sent', 1, '2026-11-01 10:00:00+00', '2026-11-01 10:00:00+00')
"""


def test_migrated_tables_are_the_declared_ones(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing_and_keeps_the_rows(database: Database) -> None:
    with database.write() as session:
        session.add(ErasureRow(conversation_id="a" * 32, at=NOW))
    migrate(database)
    current, newest = pending(database)
    assert current == newest
    with database.read() as session:
        assert session.get(ErasureRow, "a" * 32) is not None


def test_rows_from_before_the_platform_channels_survive_the_upgrade(database: Database) -> None:
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), "0001")
        connection.execute(text(OLD_CONVERSATION))
        connection.execute(text(OLD_LINE))
    migrate(database)
    with database.read() as session:
        row = session.scalars(select(OutboxRow)).one()
    assert (row.parts_sent, row.state, row.attempts) == (0, "sent", 1)


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    with database.write() as session:
        session.add(ErasureRow(conversation_id="b" * 32, at=NOW))
    with database.read() as session:
        row = session.get_one(ErasureRow, "b" * 32)
    assert row.at == NOW and row.at.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StorageError), database.write() as session:
        session.add(ErasureRow(conversation_id="c" * 32, at=NOW.replace(tzinfo=None)))


def test_a_failed_transaction_leaves_nothing_and_names_no_value(database: Database) -> None:
    def broken() -> None:
        with database.write() as session:
            session.add(ErasureRow(conversation_id="d" * 32, at=NOW))
            session.flush()
            session.execute(text("INSERT INTO erasures VALUES ('secret-marker', NULL)"))

    with pytest.raises(StorageError) as caught:
        broken()
    assert "secret-marker" not in str(caught.value)
    with database.read() as session:
        assert session.get(ErasureRow, "d" * 32) is None
