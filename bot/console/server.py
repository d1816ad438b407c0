"""Serves the console."""

from datetime import UTC, datetime

from fastapi import FastAPI

from bot.config import Settings
from bot.console.app import create_app
from bot.privacy.secrets import load_secrets
from bot.serving import Server
from bot.storage.engine import open_database


def server(app: FastAPI, settings: Settings) -> Server:
    return Server(app, settings.console_host, settings.console_port, app.state.console.watcher.close)


def serve(settings: Settings) -> None:
    """Run until told to stop."""
    secrets = load_secrets(settings.secrets_dir)
    database = open_database(settings.database)
    try:
        server(create_app(database, secrets, settings, lambda: datetime.now(UTC)), settings).run()
    finally:
        database.close()
