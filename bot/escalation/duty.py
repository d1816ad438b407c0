"""Whether somebody can answer now."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.storage.tables import SessionRow

# A counsellor who watches a quiet screen is on duty; after this the console ends an idle session itself.
SEEN_WITHIN = timedelta(minutes=30)


def someone_on_duty(session: Session, now: datetime) -> bool:
    """A signed-in account that can open conversations was active in the last half hour."""
    active = exists().where(SessionRow.locked_key.is_not(None), SessionRow.seen_at > now - SEEN_WITHIN)
    return bool(session.scalar(select(active)))
