"""``lachan user``: the console's accounts."""

import getpass
import sys
import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import BadInput, NotAllowed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.storage.tables import UserRow

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024
LONGEST_NAME = 40
WAITING = (
    'waits for the key ("chờ cấp khoá"): somebody who holds it grants it in the console; '
    "until then it cannot open a conversation"
)


class AccountRole(StrEnum):
    """What an account may do; docs/security.md has the map."""

    COUNSELLOR = "counsellor"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Add and list the console's accounts.", no_args_is_help=True, rich_markup_mode=None
    )
    group.command()(add)
    group.command(name="list")(list_accounts)
    group.command()(totp)
    app.add_typer(group, name="user")


Name = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.", show_default=False)]


def add(
    name: Name,
    role: Annotated[AccountRole, typer.Option(help="What the account may do.", show_default=False)],
    with_totp: Annotated[
        bool, typer.Option("--totp", help="Ask for a one-time code at sign-in as well.")
    ] = False,
) -> None:
    """Make an account; the password is read from standard input and final as given.

    \b
    Examples:
      ./lachan user add lan --role supervisor
      ./lachan user add hoa --role counsellor --totp
      ./lachan user add an --role auditor < password.txt
    """
    from bot.bootstrap import ready_database, ready_secrets
    from bot.config import load_settings
    from bot.privacy.keyring import add_account, start_team

    username = read_name(name)
    _refuse_totp_off_terminal(with_totp)
    password = read_password()
    settings = load_settings()
    database, secrets, now = ready_database(settings), ready_secrets(settings), datetime.now(UTC)
    with database.write() as session:
        user = add_account(session, username, role.value, password, now)
        started = start_team(session, user, secrets.service, now)
        standing = _standing(session, user, started)
        address = _new_totp(user, secrets.service) if with_totp else None
    print(f"account {username} ({role.value}) made; it {standing}", file=sys.stderr)
    _show_totp(address)


def list_accounts() -> None:
    """List the accounts: name, role, key, one-time code.

    \b
    Examples:
      ./lachan user list
    """
    from sqlalchemy import select

    from bot.bootstrap import ready_database
    from bot.config import load_settings
    from bot.storage.tables import UserRow

    with ready_database(load_settings()).read() as session:
        for user in session.scalars(select(UserRow).order_by(UserRow.username)):
            code = "one-time code" if user.passing_totp else "no one-time code"
            state = ", disabled" if user.disabled_at else ""
            print(f"{user.username}  {user.role}  {_key(session, user)}  {code}{state}")


def totp(name: Name) -> None:
    """Give an account a new one-time-code secret, shown once, on a terminal only.

    \b
    Examples:
      ./lachan user totp lan
    """
    from sqlalchemy import select

    from bot.bootstrap import ready_database, ready_secrets
    from bot.config import load_settings
    from bot.storage.tables import UserRow

    _refuse_totp_off_terminal(True)
    settings = load_settings()
    secrets = ready_secrets(settings)
    with ready_database(settings).write() as session:
        user = session.scalar(select(UserRow).where(UserRow.username == read_name(name)))
        if user is None:
            raise BadInput(f"there is no account {name}")
        address = _new_totp(user, secrets.service)
    _show_totp(address)


def read_name(given: str) -> str:
    """The name in NFC; one that the sign-in form could not repeat raises ``BadInput``."""
    name = unicodedata.normalize("NFC", given)
    if not 1 <= len(name) <= LONGEST_NAME or not all(sign.isalnum() or sign in "._-@" for sign in name):
        raise BadInput(f"NAME: 1 to {LONGEST_NAME} letters, digits or . _ - @, without spaces")
    return name


def read_password() -> str:
    """Asked twice without echo on a terminal; otherwise the first line of standard input, final as given."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            raise BadInput("the two passwords differ")
    else:
        password = _piped_line()
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadInput(f"password: at least {SHORTEST_PASSWORD} and at most {LONGEST_PASSWORD} characters")
    return password


def _piped_line() -> str:
    try:
        return sys.stdin.buffer.readline().decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise BadInput("password: not UTF-8") from None


def _standing(session: "Session", user: "UserRow", started: bool) -> str:
    if started:
        return "holds the team's key, made just now: it can open every conversation"
    return WAITING if _key(session, user) == "waits for the key" else "never holds the team's key"


def _key(session: "Session", user: "UserRow") -> str:
    from bot.privacy.keyring import KEY_ROLES, has_grant

    if has_grant(session, user.id):
        return "holds the key"
    return "waits for the key" if user.role in KEY_ROLES else "no key"


def _refuse_totp_off_terminal(wanted: bool) -> None:
    if wanted and not sys.stdout.isatty():
        raise NotAllowed("a one-time-code secret is shown on a terminal only; standard output is not one")


def _new_totp(user: "UserRow", service_key: bytes) -> str:
    """Store a fresh secret under the service key and give the address that an authenticator app reads."""
    import pyotp

    from bot.privacy.sealing import lock

    secret = pyotp.random_base32()
    user.passing_totp = lock(service_key, secret.encode())
    user.totp_step = 0
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name="Lá Chắn")


def _show_totp(address: str | None) -> None:
    if address:
        print("Scan or type this into an authenticator app now; it is not shown again:")
        print(address)
