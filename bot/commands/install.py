"""``lachan migrate | train | version``: the steps of an installation that ``up`` also takes by itself."""

import sys
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    for command in (migrate, train, version):
        app.command()(command)


def migrate() -> None:
    """Make the database or bring it up to date.

    \b
    Examples:
      ./lachan migrate
      LACHAN_DATABASE_URL=postgresql://lachan@db/lachan ./lachan migrate
    """
    from bot.bootstrap import ready_database
    from bot.config import load_settings
    from bot.storage.migrate import pending

    database = ready_database(load_settings())
    print(f"database is at revision {pending(database)[0]}", file=sys.stderr)
    database.close()


def train(
    force: Annotated[bool, typer.Option("--force", help="Also when the sources have not changed.")] = False,
) -> None:
    """Train the dialogue model if its sources have changed.

    \b
    Examples:
      ./lachan train
      ./lachan train --force
    """
    from bot.bootstrap import train_dialogue
    from bot.config import load_settings

    print(train_dialogue(load_settings(), force=force))


def version() -> None:
    """Show the version.

    \b
    Examples:
      ./lachan version
    """
    import tomllib

    from bot.config import ROOT

    print("lachan " + tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
