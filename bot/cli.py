"""``lachan …``: the commands, and the edge where every error becomes one clear line."""

import os
import sys
import traceback
from typing import NoReturn

import typer

from bot.commands import accounts, channels, checks, content, evaluate, install, json_lines, reports, serve
from bot.errors import BadInput, ConfigError, LaChanError

CALLER_FAULTS = (BadInput, ConfigError)


def build_app() -> typer.Typer:
    """Every command with its help. Nothing heavy is imported before a command runs."""
    app = typer.Typer(
        name="lachan",
        help="Lá Chắn: a child online-safety assistant and helpline for Cao Bằng, Vietnam.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        # Plain help: pages of boxes cost start-up time and read badly in a log.
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for group in (serve, checks, channels, content, evaluate, json_lines, reports, accounts, install):
        group.register(app)
    return app


def main() -> None:
    """Run one command. Exit status 2: the caller's input or a setting is at fault; 1: something else."""
    # Whatever a command writes, database and logs above all, is for this account alone.
    os.umask(0o077)
    try:
        build_app()(prog_name="./lachan")
    except LaChanError as error:
        _end(str(error), 2 if isinstance(error, CALLER_FAULTS) else 1)
    except BrokenPipeError:
        # The reader of our output is gone; say nothing, also not when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except Exception as error:
        _end(_unexpected(error), 1)


def _unexpected(error: Exception) -> str:
    """The error's type and place; its text may hold somebody's words."""
    if os.environ.get("LACHAN_LOG_LEVEL") == "DEBUG":
        traceback.print_tb(error.__traceback__)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"unexpected {type(error).__name__} at {place.filename}:{place.lineno} (LACHAN_LOG_LEVEL=DEBUG shows the way there)"


def _end(line: str, status: int) -> NoReturn:
    print("lachan: " + " ".join(line.split()), file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
