"""Brings a database to the newest tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StorageError
from bot.storage.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(database: Database, revision: str = "head") -> None:
    """Apply what is missing; calling twice changes nothing."""
    try:
        with database.engine.begin() as connection:
            command.upgrade(_config(connection), revision)
    except SQLAlchemyError as error:
        raise StorageError(f"migration failed: {type(error).__name__}") from error


def pending(database: Database) -> tuple[str | None, str | None]:
    """The database's revision and the newest one; equal when nothing is missing."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    try:
        with database.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision(), newest
    except SQLAlchemyError as error:
        raise StorageError(f"database failed: {type(error).__name__}") from error
