"""A platform's monthly allowance of messages: the last fifth of it is kept for crisis and human replies."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.storage.counters import count_up
from bot.storage.tables import ChannelMonthRow, OutboxRow

log = logging.getLogger(__name__)

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
# safety.md 13.
RESERVE = 0.2
TOLD = "utter_channel_full"
TELL_AGAIN = timedelta(days=1)


class Spending(StrEnum):
    """Whether an ordinary answer may be given: yes, only the line that says why not, or nothing."""

    FREE = "free"
    TELL = "tell"
    NOTHING = "nothing"


class Quotas:
    """``monthly`` holds the allowances by channel; a channel without one is never short."""

    def __init__(self, monthly: Mapping[str, int]) -> None:
        self._monthly = {channel: limit for channel, limit in monthly.items() if limit > 0}

    def limit(self, channel: str) -> int | None:
        return self._monthly.get(channel)

    def count(self, session: Session, channel: str, messages: int, now: datetime) -> None:
        """Add to the month's figure, where somebody asks for it."""
        limit = self._monthly.get(channel)
        if limit is None:
            return
        before = self.used(session, channel, now)
        count_up(session, channel, month_of(now), messages)
        if before < limit * (1 - RESERVE) <= before + messages:
            log.warning(
                "%s: %d of %d messages of this month are used; ordinary answers stop",
                channel,
                before + messages,
                limit,
            )

    def used(self, session: Session, channel: str, now: datetime) -> int:
        row = session.get(ChannelMonthRow, (channel, month_of(now)), populate_existing=True)
        return row.messages if row else 0

    def only_reserve_left(self, session: Session, channel: str, now: datetime) -> bool:
        limit = self._monthly.get(channel)
        return limit is not None and self.used(session, channel, now) >= limit * (1 - RESERVE)

    def spending(
        self, session: Session, channel: str, conversation_id: str, now: datetime, *, has_case: bool
    ) -> Spending:
        """Who has an open case is always answered; others are told once a day why they are not."""
        if has_case or not self.only_reserve_left(session, channel, now):
            return Spending.FREE
        told = exists().where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.template_id.startswith(TOLD),
            OutboxRow.created_at > now - TELL_AGAIN,
        )
        return Spending.NOTHING if session.scalar(select(told)) else Spending.TELL


def month_of(now: datetime) -> str:
    """The month of Vietnam's calendar, as "2026-11"."""
    return f"{now.astimezone(VIETNAM):%Y-%m}"
