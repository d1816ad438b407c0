"""What a case's page shows: the opened transcript, what triage saw, and facts that name nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.console.highlight import Piece, pieces
from bot.errors import NotAllowed
from bot.escalation.cases import place_in_queue, record
from bot.escalation.states import State, lease
from bot.escalation.takeover import Line, transcript
from bot.privacy.sealing import SealBroken
from bot.storage.tables import CaseEventRow, CaseRow, ConversationRow, PageRow, UserRow
from bot.triage.assessment import Hit, Risk


@dataclass(frozen=True, repr=False)
class Shown:
    """One line of the transcript, cut where rules fired."""

    line: Line
    pieces: tuple[Piece, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Lease:
    """Until when a waiting child's message must be answered, and from when the holder is warned."""

    until: datetime
    warn_at: datetime


@dataclass(frozen=True, repr=False)
class CasePage:
    """Everything on the page. ``lines`` is ``None`` when the transcript cannot be opened."""

    case: CaseRow
    conversation: ConversationRow | None
    lines: tuple[Shown, ...] | None
    holder: str | None
    place: int | None
    mine: bool
    rings: bool
    lease: Lease | None

    @property
    def may_claim(self) -> bool:
        return self.case.state in {State.QUEUED, State.HANDED_BACK}

    @property
    def hidden(self) -> bool:
        """The person asked for the harmless talk: nothing reaches them before they reopen it."""
        return self.conversation is not None and self.conversation.mode == "hidden"


def find_case(session: Session, code: str) -> CaseRow | None:
    return session.scalar(select(CaseRow).where(CaseRow.code == code))


def case_page(
    session: Session, case: CaseRow, user_id: int, team_private: bytes, settings: Settings
) -> CasePage:
    """Gather the page; reads, records nothing."""
    holder = session.get(UserRow, case.holder_id) if case.holder_id else None
    mine = case.state == State.CLAIMED and case.holder_id == user_id
    return CasePage(
        case=case,
        conversation=session.get(ConversationRow, case.conversation_id) if case.conversation_id else None,
        lines=_lines(session, case, team_private),
        holder=holder.username if holder else None,
        place=place_in_queue(session, case) if case.state == State.QUEUED else None,
        mine=mine,
        rings=_rings(session, case),
        lease=_lease(case, settings) if mine else None,
    )


def _lines(session: Session, case: CaseRow, team_private: bytes) -> tuple[Shown, ...] | None:
    try:
        return shown(transcript(session, case, team_private))
    except (NotAllowed, SealBroken):
        return None


def shown(lines: Sequence[Line]) -> tuple[Shown, ...]:
    return tuple(_shown(line) for line in lines)


def _shown(line: Line) -> Shown:
    hits = tuple(Hit(rule, start, end) for rule, start, end in line.hits)
    return Shown(line, pieces(line.text, hits), tuple(dict.fromkeys(hit.rule for hit in hits)))


def _rings(session: Session, case: CaseRow) -> bool:
    open_pages = select(func.count()).where(PageRow.case_id == case.id, PageRow.acknowledged_at.is_(None))
    return bool(session.scalar(open_pages))


def _lease(case: CaseRow, settings: Settings) -> Lease | None:
    if case.unanswered_since is None:
        return None
    allowed = lease(Risk(case.risk), settings.lease_seconds, settings.lease_emergency_seconds)
    until = case.unanswered_since + allowed
    return Lease(until + timedelta(seconds=settings.lease_warning_seconds), until)


def has_read(session: Session, case: CaseRow, user_id: int, session_began: datetime) -> bool:
    """Whether this signed-in session's reading of the case is on record."""
    read = select(func.count()).where(
        CaseEventRow.case_id == case.id,
        CaseEventRow.kind == "read",
        CaseEventRow.actor_id == user_id,
        CaseEventRow.at >= session_began,
    )
    return bool(session.scalar(read))


def record_reading(session: Session, case: CaseRow, user_id: int, now: datetime) -> None:
    """Note who read which case and when, never what."""
    record(session, case, "read", now, user_id)
