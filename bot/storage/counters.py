"""Counting and leasing that must hold when many processes do it at once."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from bot.storage.tables import ChannelMonthRow, LeaseRow


def count_up(session: Session, channel: str, month: str, messages: int) -> None:
    """Add to a channel's figure for a month, starting it if there is none."""
    statement = _insert(session, ChannelMonthRow).values(channel=channel, month=month, messages=messages)
    more = {"messages": ChannelMonthRow.messages + messages}
    session.execute(statement.on_conflict_do_update(index_elements=["channel", "month"], set_=more))


def hold_lease(session: Session, name: str, owner: str, now: datetime, until: datetime) -> bool:
    """Take or renew the lease ``name``; ``False`` while another owner's lasts."""
    statement = _insert(session, LeaseRow).values(name=name, owner=owner, until=until)
    free = (LeaseRow.owner == owner) | (LeaseRow.until <= now)
    taken = {"owner": owner, "until": until}
    result = session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=taken, where=free))
    return isinstance(result, CursorResult) and result.rowcount == 1


def release_lease(session: Session, name: str, owner: str) -> None:
    """Let the next one in at once instead of after the lease's end."""
    session.execute(delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.owner == owner))


def _insert(session: Session, table: type[ChannelMonthRow | LeaseRow]) -> postgresql.Insert | sqlite.Insert:
    """Both databases know ``ON CONFLICT``, each by its own statement."""
    name = session.get_bind().dialect.name
    return postgresql.insert(table) if name == "postgresql" else sqlite.insert(table)
