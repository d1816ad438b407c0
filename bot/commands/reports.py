"""``lachan cases | referrals``: what other programs read. Codes only, never a word or an identity."""

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.storage.engine import Database
    from bot.storage.tables import CaseRow, ReferralRow

AsJson = Annotated[bool, typer.Option("--json", help="One JSON array on standard output.")]


def register(app: typer.Typer) -> None:
    app.command()(cases)
    app.command()(referrals)


def cases(as_json: AsJson = False) -> None:
    """List every case, in codes only.

    Fields: code, state, risk, category, channel, opened_at, kind.

    \b
    Examples:
      ./lachan cases
      ./lachan cases --json
    """
    _show(_of_this_installation(all_cases), as_json)


def referrals(as_json: AsJson = False) -> None:
    """List the anonymised referral records.

    \b
    Examples:
      ./lachan referrals --json
    """
    _show(_of_this_installation(all_referrals), as_json)


def all_cases(database: "Database") -> list[dict[str, Any]]:
    """Oldest first, closed ones included."""
    from sqlalchemy import select

    from bot.storage.tables import CaseRow

    with database.read() as session:
        rows = session.scalars(select(CaseRow).order_by(CaseRow.opened_at, CaseRow.id))
        return [_case(row) for row in rows]


def all_referrals(database: "Database") -> list[dict[str, Any]]:
    """Oldest first."""
    from sqlalchemy import select

    from bot.storage.tables import ReferralRow

    with database.read() as session:
        rows = session.scalars(select(ReferralRow).order_by(ReferralRow.created_at, ReferralRow.ref_code))
        return [_referral(row) for row in rows]


def _of_this_installation(report: Any) -> list[dict[str, Any]]:
    from bot.bootstrap import ready_database
    from bot.config import load_settings

    database = ready_database(load_settings())
    try:
        return list(report(database))
    finally:
        database.close()


def _case(row: "CaseRow") -> dict[str, Any]:
    from bot.triage.assessment import Risk

    return {
        "code": row.code,
        "state": row.state,
        "risk": Risk(row.risk).code,
        "category": row.category,
        "channel": row.channel,
        "opened_at": _utc(row.opened_at),
        "kind": row.kind,
    }


def _referral(row: "ReferralRow") -> dict[str, Any]:
    """Every column is a code or a time by the table's own promise."""
    fields = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    return {name: _utc(value) if isinstance(value, datetime) else value for name, value in fields.items()}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    for row in rows:
        sys.stdout.write("  ".join(str(value) for value in row.values() if value not in (None, [])) + "\n")
    print(f"{len(rows)} listed", file=sys.stderr)
