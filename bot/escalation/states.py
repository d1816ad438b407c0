"""The states of a case and the moves between them. Pure: knows no database and no web."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import Conflict
from bot.triage.assessment import Risk


class State(StrEnum):
    """Where a case stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    HANDED_BACK = "handed_back"
    CLOSED = "closed"


class Move(StrEnum):
    """What can happen to a case."""

    CLAIM = "claim"
    HAND_BACK = "hand_back"
    LOSE_LEASE = "lose_lease"
    CALL_AGAIN = "call_again"
    CLOSE = "close"


# Every allowed move. Nothing a person types closes, dequeues or lowers a case: the moves out of
# CLAIMED belong to its holder, except a lost lease, which only ever leads back to the queue.
MOVES: dict[tuple[State, Move], State] = {
    (State.QUEUED, Move.CLAIM): State.CLAIMED,
    (State.QUEUED, Move.CALL_AGAIN): State.QUEUED,
    (State.CLAIMED, Move.HAND_BACK): State.HANDED_BACK,
    (State.CLAIMED, Move.LOSE_LEASE): State.QUEUED,
    (State.CLAIMED, Move.CALL_AGAIN): State.CLAIMED,
    (State.CLAIMED, Move.CLOSE): State.CLOSED,
    (State.HANDED_BACK, Move.CLAIM): State.CLAIMED,
    (State.HANDED_BACK, Move.CALL_AGAIN): State.QUEUED,
}


class Reason(StrEnum):
    """Why a case was opened."""

    DISCLOSURE = "disclosure"
    ASKED = "asked"
    UNSUPPORTED = "unsupported"


class Outcome(StrEnum):
    """How a case ended, as the counsellor records it."""

    SUPPORTED = "supported"
    REFERRED = "referred"
    SAFE_NOW = "safe_now"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    MISREAD = "misread"
    PRANK = "prank"
    ABUSIVE = "abusive"
    SILENT = "silent"
    ERASED = "erased"


class ReferReason(StrEnum):
    """Why it was decided to refer, or not to."""

    AGREED = "agreed"
    DANGER = "danger"
    DECLINED_NO_DANGER = "declined_no_danger"
    NOT_NEEDED = "not_needed"
    ALREADY_KNOWN = "already_known"
    CANNOT_IDENTIFY = "cannot_identify"
    NOT_REAL = "not_real"


def after(state: State, move: Move) -> State:
    """The state that ``move`` leads to; raises ``Conflict`` when it is not allowed."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise Conflict(f"a case that is {state} cannot {move.replace('_', ' ')}") from None


def lease(risk: Risk, seconds: int, emergency_seconds: int) -> timedelta:
    """How long a child's message may stay unanswered before the holder is warned and then loses the case."""
    return timedelta(seconds=emergency_seconds if risk is Risk.EMERGENCY else seconds)


def lease_lost(unanswered_since: datetime | None, allowed: timedelta, now: datetime) -> bool:
    """An open tab renews nothing: only an act of the holder ends the waiting."""
    return unanswered_since is not None and now - unanswered_since >= allowed
