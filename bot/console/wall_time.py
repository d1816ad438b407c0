"""Times as people in the province read them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def hour(at: datetime) -> str:
    """19:05."""
    return at.astimezone(ZONE).strftime("%H:%M")


def day_hour(at: datetime) -> str:
    """19:05 ngày 23/11/2026."""
    return at.astimezone(ZONE).strftime("%H:%M ngày %d/%m/%Y")


def waited(since: datetime, now: datetime) -> str:
    """4:09, or 2 giờ 05 phút, or 3 ngày."""
    passed = max(now - since, timedelta())
    if passed.days:
        return f"{passed.days} ngày"
    minutes, seconds = divmod(passed.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} giờ {minutes:02} phút" if hours else f"{minutes}:{seconds:02}"
