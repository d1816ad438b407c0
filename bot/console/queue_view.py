"""What the queue page and the alarm bar show. Codes and times only: no word of anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.escalation.cases import queue
from bot.escalation.states import State
from bot.storage.tables import CaseRow, PageRow, UserRow

# An urgent message to a counsellor who does not look calls everybody.
HOLDER_ALONE = timedelta(seconds=60)


@dataclass(frozen=True)
class Entry:
    """One case in the queue. ``since`` is when the waiting began that now counts."""

    case: CaseRow
    place: int | None
    holder: str | None
    since: datetime
    rings: bool


@dataclass(frozen=True)
class Section:
    """Cases of one state; ``state`` names it."""

    state: State
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Alarm:
    """A call for a human that nobody has taken up yet."""

    page_id: int
    case: CaseRow
    since: datetime
    mine: bool


def sections(session: Session) -> tuple[Section, ...]:
    """Waiting cases first, the gravest and longest waiting at the top."""
    rows = queue(session)
    holders = _names(session, rows)
    ringing = set(session.scalars(select(PageRow.case_id).where(PageRow.acknowledged_at.is_(None))))
    return tuple(
        Section(state, _entries([row for row in rows if row.state == state], holders, ringing))
        for state in (State.QUEUED, State.CLAIMED, State.HANDED_BACK)
    )


def _entries(rows: Sequence[CaseRow], holders: dict[int, str], ringing: set[int]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            case=row,
            place=place if row.state == State.QUEUED else None,
            holder=holders.get(row.holder_id) if row.holder_id else None,
            since=waiting_since(row),
            rings=row.id in ringing,
        )
        for place, row in enumerate(rows, start=1)
    )


def waiting_since(case: CaseRow) -> datetime:
    """In the queue since it was queued; with a holder since the first message without an answer."""
    if case.state == State.CLAIMED:
        return case.unanswered_since or case.claimed_at or case.queued_at
    return case.queued_at


def _names(session: Session, rows: Sequence[CaseRow]) -> dict[int, str]:
    ids = {row.holder_id for row in rows if row.holder_id}
    users = session.scalars(select(UserRow).where(UserRow.id.in_(ids)))
    return {user.id: user.username for user in users}


def alarms(session: Session, user_id: int, now: datetime) -> tuple[Alarm, ...]:
    """One for each case that calls, the gravest first; a held case calls its holder alone for a minute."""
    rows = session.execute(
        select(PageRow, CaseRow)
        .join(CaseRow, CaseRow.id == PageRow.case_id)
        .where(PageRow.acknowledged_at.is_(None), CaseRow.state != State.CLOSED)
        .order_by(CaseRow.risk.desc(), PageRow.created_at)
    )
    calls: dict[int, Alarm] = {}
    for page, case in rows:
        mine = case.holder_id == user_id
        if mine or case.holder_id is None or page.created_at <= now - HOLDER_ALONE:
            since = calls[case.id].since if case.id in calls else page.created_at
            calls[case.id] = Alarm(page.id, case, since, mine)
    return tuple(calls.values())
