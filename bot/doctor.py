"""Looks at an installation and says what is wrong and how to mend it. Changes nothing."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from importlib import metadata
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.config import ROOT, Settings
from bot.errors import LaChanError

if TYPE_CHECKING:
    from bot.escalation.holidays import HolidayYear
    from bot.storage.engine import Database

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
STALE_SHARE = 0.1
LOOPBACK_NAMES = frozenset({"localhost"})


class Level(IntEnum):
    """How bad a finding is, in rising order. Only ``FAIL`` keeps the helpline from running."""

    OK = 0
    WARN = 1
    FAIL = 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``mend`` is the operator's next step, empty when there is none."""

    level: Level
    what: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{self.level.name:<4}  {self.what}"
        return f"{line}\n        mend: {self.mend}" if self.mend else line


Check = Callable[[Settings, datetime], Iterator[Finding]]


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Run every check; a check that breaks is itself a finding, and the others still run."""
    for check in CHECKS:
        try:
            yield from check(settings, now)
        except LaChanError as error:
            yield Finding(
                Level.FAIL, str(error), "see the line above; ./lachan up makes what an installation lacks"
            )
        except Exception as error:
            # Whatever is broken here, the operator must still see the rest.
            name = check.__name__.strip("_").replace("_", " ")
            yield Finding(
                Level.FAIL, f"{name}: {type(error).__name__}", "reinstall: remove .venv, run ./lachan up"
            )


def _python(_: Settings, __: datetime) -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] != (3, 11):
        yield Finding(
            Level.FAIL, f"Python {version}, expected 3.11", "apt-get install python3.11 python3.11-venv"
        )
    else:
        yield Finding(Level.OK, f"Python {version}")


def _packages(_: Settings, __: datetime) -> Iterator[Finding]:
    wrong = wrong_packages((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    if wrong:
        shown = ", ".join(wrong[:5]) + (" and more" if len(wrong) > 5 else "")
        yield Finding(
            Level.FAIL, f"{len(wrong)} packages differ from the lock: {shown}", "rm -r .venv; ./lachan up"
        )
    else:
        yield Finding(Level.OK, "packages are those of requirements.lock")


def wrong_packages(lock: str) -> list[str]:
    """Names of pinned packages that are missing or of another version."""
    return [name for name, version in PINNED.findall(lock) if _installed_version(name) != version]


def _installed_version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _secrets(settings: Settings, _: datetime) -> Iterator[Finding]:
    from bot.privacy.secrets import load_secrets

    load_secrets(settings.secrets_dir)
    if settings.secrets_dir.stat().st_mode & 0o077:
        yield Finding(Level.FAIL, "the secrets folder is open to others", f"chmod 700 {settings.secrets_dir}")
    else:
        yield Finding(Level.OK, "secrets are present and readable by their owner alone")


def _database(settings: Settings, _: datetime) -> Iterator[Finding]:
    from bot.storage.engine import open_database
    from bot.storage.migrate import pending

    kind = settings.database.split(":", 1)[0].split("+", 1)[0]
    if _file_is_missing(settings.database):
        yield Finding(Level.FAIL, "there is no database yet", "./lachan up, or ./lachan migrate")
        return
    database = open_database(settings.database)
    try:
        database.ping()
        present, newest = pending(database)
        if present != newest:
            yield Finding(
                Level.FAIL, f"database is at revision {present}, newest is {newest}", "./lachan migrate"
            )
        else:
            yield Finding(Level.OK, f"{kind} database is at the newest revision {newest}")
            yield from _accounts(settings, database)
    except LaChanError as error:
        yield Finding(Level.FAIL, f"{kind}: {error}", "start the database or check LACHAN_DATABASE_URL")
    finally:
        database.close()


def _file_is_missing(url: str) -> bool:
    """Opening a missing SQLite file would make it, and looking must change nothing."""
    return url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()


def _accounts(settings: Settings, database: "Database") -> Iterator[Finding]:
    from sqlalchemy import func, select

    from bot.privacy.keyring import current_team_key
    from bot.storage.tables import UserRow

    with database.read() as session:
        team = current_team_key(session)
        unprotected = session.scalar(
            select(func.count()).where(UserRow.passing_totp.is_(None), UserRow.disabled_at.is_(None))
        )
    if team is None:
        first = "./lachan user add NAME --role supervisor"
        yield Finding(Level.WARN, "no team key: nobody can read what children write", first)
    else:
        yield Finding(Level.OK, "the team key is there")
    if unprotected and not _is_loopback(settings.console_host):
        line = f"the console is open beyond this machine and {unprotected} accounts have no one-time code"
        yield Finding(Level.FAIL, line, "./lachan user totp NAME for each")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK_NAMES


def _model(settings: Settings, _: datetime) -> Iterator[Finding]:
    from bot.bootstrap import dialogue_model

    model = dialogue_model(settings)
    if model.is_file():
        yield Finding(Level.OK, f"dialogue model {model.name} fits its sources")
    elif any(settings.models_dir.glob("*.tar.gz")):
        yield Finding(
            Level.FAIL, "the dialogue model is older than its sources", "./lachan train, or ./lachan up"
        )
    else:
        yield Finding(Level.FAIL, "there is no dialogue model", "./lachan train, or ./lachan up")


def _encoder(_: Settings, __: datetime) -> Iterator[Finding]:
    from bot.triage.encoder import open_encoder
    from bot.triage.examples import load_conversations, load_examples
    from bot.triage.training import lessons

    encoder, now = open_encoder(), len(lessons(load_examples(), load_conversations()))
    if encoder is None:
        yield Finding(
            Level.WARN, "triage runs without its encoder", "git checkout bot/triage/encoder; see the log"
        )
    elif abs(encoder.facts["lessons"] - now) > STALE_SHARE * now:
        yield Finding(
            Level.WARN,
            f"the encoder was taught on {encoder.facts['lessons']} lessons, there are {now} now",
            "teach it again: docs/teaching-the-encoder.md",
        )
    else:
        yield Finding(Level.OK, f"the triage encoder was taught on {encoder.facts['lessons']} lessons")


def _channels(settings: Settings, now: datetime) -> Iterator[Finding]:
    from bot.commands.channel_report import ask_platforms, usage
    from bot.storage.engine import open_database

    states = ask_platforms(settings)
    for state in states:
        if state.trouble:
            yield Finding(Level.FAIL, f"{state.channel}: {state.trouble}", state.mend)
        else:
            yield Finding(Level.OK, f"{state.channel}: {state.bot}, {state.way_in}")
    if not states:
        yield Finding(Level.OK, "channels: the chat page alone (no token for Telegram or Zalo is set)")
    if not states or _file_is_missing(settings.database):
        return
    database = open_database(settings.database)
    with database.read() as session:
        for state in states:
            for warning in usage(session, settings, state.channel, now).warnings:
                mend = "ask the platform for a larger plan; docs/channels.md names the limits"
                yield Finding(Level.WARN, f"{state.channel}: {warning}", mend)
    database.close()


def _contacts(settings: Settings, now: datetime) -> Iterator[Finding]:
    from bot.knowledge.services import load_services

    today = now.astimezone(VIETNAM).date()
    directory = load_services(today=today)
    shown = {key: row for key, row in directory.services.items() if row.status == "on" and row.phone}
    never = [key for key, row in shown.items() if row.verified_on is None]
    stale = directory.stale(today, settings.contact_days)
    call = "call each, then set verified_on in bot/knowledge/services.yml"
    if never:
        yield Finding(Level.WARN, f"contacts nobody has called yet: {', '.join(never)}", call)
    if stale:
        line = f"contacts last called over {settings.contact_days} days ago: {', '.join(stale)}"
        yield Finding(Level.WARN, line, call)
    if not never and not stale:
        yield Finding(Level.OK, f"contacts were called within {settings.contact_days} days")


def _holidays(_: Settings, now: datetime) -> Iterator[Finding]:
    from bot.escalation.holidays import load_holidays

    yield from holiday_findings(load_holidays(), now.astimezone(VIETNAM).date())


def holiday_findings(years: "dict[int, HolidayYear]", today: date) -> Iterator[Finding]:
    """This year and the next must be there and compared with the yearly announcement."""
    for year in (today.year, today.year + 1):
        file = "bot/escalation/holidays_vn.yml"
        if year not in years:
            yield Finding(Level.WARN, f"holidays of {year} are missing", f"add the year to {file}")
        elif not years[year].confirmed:
            mend = f"compare with the yearly announcement, then set confirmed: true in {file}"
            yield Finding(Level.WARN, f"holidays of {year} are not confirmed", mend)
        else:
            yield Finding(Level.OK, f"holidays of {year} are confirmed")


def _crisis_lines(_: Settings, __: datetime) -> Iterator[Finding]:
    from bot.escalation.wording import load_wording

    unsigned = load_wording(ROOT / "domain" / "responses").unsigned()
    if unsigned:
        line = f"{len(unsigned)} crisis lines carry no expert's signature (they are served all the same)"
        yield Finding(Level.WARN, line, "have them reviewed and signed in domain/responses/crisis.yml")
    else:
        yield Finding(Level.OK, "all crisis lines are signed")


def _stage(settings: Settings, _: datetime) -> Iterator[Finding]:
    if settings.stage == "pilot":
        line = "stage pilot: articles without an expert's signature are served"
        yield Finding(Level.WARN, line, "set LACHAN_STAGE=live when the articles are signed")
    else:
        yield Finding(Level.OK, "stage live: only signed articles are served")


CHECKS: tuple[Check, ...] = (
    _python,
    _packages,
    _secrets,
    _database,
    _model,
    _encoder,
    _channels,
    _contacts,
    _holidays,
    _crisis_lines,
    _stage,
)
