"""``lachan doctor`` and ``lachan test``."""

import sys
from datetime import UTC, datetime

import typer


def register(app: typer.Typer) -> None:
    app.command()(doctor)
    app.command(
        context_settings={
            "ignore_unknown_options": True,
            "allow_extra_args": True,
            "help_option_names": ["--help"],
        }
    )(test)


def doctor() -> None:
    """Check this installation and say how to mend it.

    Changes nothing. Exit status 1 when something must be mended before the helpline can run.

    \b
    Examples:
      ./lachan doctor
    """
    from bot.config import load_settings
    from bot.doctor import Level, examine

    worst = Level.OK
    for finding in examine(load_settings(), datetime.now(UTC)):
        print(finding)
        worst = max(worst, finding.level)
    raise typer.Exit(1 if worst is Level.FAIL else 0)


def test(context: typer.Context) -> None:
    """Run the whole test suite.

    With arguments it runs only pytest with them. Installs Debian's chromium and postgresql first where they are missing. The whole suite is: lint,
    format, types, the dialogue's own checks, pytest.

    \b
    Examples:
      ./lachan test
      ./lachan test -k crisis
      ./lachan test tests/storage -x
    """
    from bot.commands.suite import run_suite

    sys.stdout.flush()
    raise typer.Exit(run_suite(context.args))
