"""``lachan channels``: the platforms that people write on."""

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.commands.channel_report import PlatformState, Usage
    from bot.config import Settings

UNCONNECTED = "no platform has a token: set LACHAN_TELEGRAM_TOKEN or LACHAN_ZALO_BOT_TOKEN (README.md)"


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Connect Telegram and Zalo.", no_args_is_help=True, rich_markup_mode=None)
    group.command()(connect)
    group.command()(status)
    app.add_typer(group, name="channels")


def connect() -> None:
    """Tell each platform how messages reach this helpline, and check it.

    With LACHAN_PUBLIC_URL the webhooks are set to it; without, they are taken down, for ./lachan up then
    fetches messages itself.

    \b
    Examples:
      ./lachan channels connect
      LACHAN_PUBLIC_URL=https://lachan.example.vn ./lachan channels connect
    """
    from bot.commands.channel_report import connect_platforms
    from bot.config import load_settings

    settings = load_settings()
    _end(connect_platforms(settings), settings, as_json=False)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array on standard output.")] = False,
) -> None:
    """Ask each platform whether the token works and how messages come in; show what is used up.

    Exit status 1 when something is wrong.

    \b
    Examples:
      ./lachan channels status
      ./lachan channels status --json
    """
    from bot.commands.channel_report import ask_platforms
    from bot.config import load_settings

    settings = load_settings()
    _end(ask_platforms(settings), settings, as_json=as_json)


def _end(states: "list[PlatformState]", settings: "Settings", *, as_json: bool) -> None:
    from bot.bootstrap import ready_database
    from bot.commands.channel_report import usage

    if not states:
        print("[]" if as_json else UNCONNECTED)
        return
    now = datetime.now(UTC)
    database = ready_database(settings)
    with database.read() as session:
        shown = [(state, usage(session, settings, state.channel, now)) for state in states]
    database.close()
    if as_json:
        json.dump([_fields(*pair) for pair in shown], sys.stdout, ensure_ascii=False)
        print()
    else:
        print("\n".join(line for pair in shown for line in _lines(*pair)))
    raise typer.Exit(1 if any(state.trouble for state in states) else 0)


def _fields(state: "PlatformState", used: "Usage") -> dict[str, Any]:
    return {
        "channel": state.channel,
        "bot": state.bot,
        "way_in": state.way_in,
        "trouble": state.trouble,
        "messages_this_month": used.messages if used.limit else None,
        "monthly_limit": used.limit,
        "people": used.users,
        "people_limit": used.user_limit,
        "last_in": used.last_in.isoformat() if used.last_in else None,
        "last_out": used.last_out.isoformat() if used.last_out else None,
    }


def _lines(state: "PlatformState", used: "Usage") -> list[str]:
    lines = [f"{state.channel}  {state.bot or 'not connected'}"]
    if state.way_in:
        lines.append(f"  way in     {state.way_in}")
    if used.limit is not None:
        lines.append(f"  messages   {used.messages} of {used.limit} this month")
    limit = f" of {used.user_limit} that the plan allows" if used.user_limit else ""
    lines.append(f"  people     {used.users}{limit}")
    lines.append(f"  last in    {_time(used.last_in)}")
    lines.append(f"  last out   {_time(used.last_out)}")
    lines += [f"  warning    {warning}" for warning in used.warnings]
    if state.trouble:
        lines += [f"  trouble    {state.trouble}", f"  mend       {state.mend}"]
    return lines


def _time(at: datetime | None) -> str:
    from bot.quota import VIETNAM

    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M} (Vietnam)" if at else "never"
