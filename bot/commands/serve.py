"""``lachan up`` and the parts that it starts."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class PartName(StrEnum):
    """The three processes of a helpline on one machine."""

    BOT = "bot"
    DIALOGUE = "dialogue"
    CONSOLE = "console"


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command(hidden=True)(serve)


def up() -> None:
    """Start the whole helpline; Ctrl-C stops it.

    Makes var/ with secrets and database, trains the dialogue model if needed, starts bot, dialogue and
    console, and starts a part again that dies. Settings are LACHAN_* variables; README.md lists them.

    \b
    Examples:
      ./lachan up
      LACHAN_BOT_PORT=5105 LACHAN_CONSOLE_PORT=8180 LACHAN_HOME=/srv/lachan ./lachan up
    """
    from bot.commands.start import up as start
    from bot.config import load_settings

    raise typer.Exit(start(load_settings()))


def serve(
    part: Annotated[PartName, typer.Argument(help="Which process to be.", show_default=False)],
    parent: Annotated[int, typer.Option(help="End when this process does.", show_default=False)] = 0,
    model: Annotated[Path | None, typer.Option(help="The dialogue's model.", show_default=False)] = None,
) -> None:
    """Be one part of the helpline (used by `up` and by service managers).

    \b
    Examples:
      ./lachan serve bot
    """
    from bot import bootstrap, logs
    from bot.config import load_settings
    from bot.supervisor import end_with_parent

    if parent:
        end_with_parent(parent)
    settings = load_settings()
    logs.configure(settings.log_level)
    match part:
        case PartName.BOT:
            bootstrap.serve_bot(settings)
        case PartName.DIALOGUE:
            bootstrap.serve_dialogue(settings, model)
        case PartName.CONSOLE:
            bootstrap.serve_console(settings)
