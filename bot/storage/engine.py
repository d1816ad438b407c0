"""Opens SQLite or PostgreSQL so that both keep the same promises."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.errors import StorageError

BUSY_MS = 3000


class Database:
    """Hands out sessions. ``write`` commits at the end or rolls back; ``read`` never writes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._readers = sessionmaker(engine.execution_options(read_only=True), expire_on_commit=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction; anything that the database refuses raises ``StorageError`` and changes nothing."""
        try:
            with self._sessions.begin() as session:
                yield session
        except DBAPIError as error:
            raise StorageError(f"database refused a change: {type(error.orig).__name__}") from error
        except SQLAlchemyError as error:
            raise StorageError(f"database failed: {type(error).__name__}") from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that is thrown away afterwards."""
        try:
            with self._readers() as session:
                yield session
        except SQLAlchemyError as error:
            raise StorageError(f"database failed: {type(error).__name__}") from error

    def ping(self) -> None:
        """Raise ``StorageError`` unless the database takes writers."""
        with self.write() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open ``url``; hides parameters from every error, for they hold what people wrote."""
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_MS / 1000})
        _prepare_sqlite(engine)
    else:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=10,
            connect_args={"connect_timeout": 3, "options": f"-c lock_timeout={BUSY_MS} -c timezone=utc"},
        )
    return Database(engine)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: object) -> None:
        # The driver's own transactions start late and upgrade from read to write, which fails at once
        # under load; we begin them ourselves.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
