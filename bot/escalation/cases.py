"""Opening, raising, claiming, handing back and closing a case. Callers begin and commit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from bot.errors import BadInput, Conflict, NotAllowed
from bot.escalation.codes import new_code
from bot.escalation.states import Move, Outcome, Reason, ReferReason, State, after
from bot.storage.tables import CaseEventRow, CaseRow, ConversationRow, OutboxRow, PageRow
from bot.triage.assessment import Assessment, Category, Risk

PRIORITY = {Risk.EMERGENCY: "emergency", Risk.HIGH: "high", Risk.MEDIUM: "normal", Risk.NONE: "normal"}


@dataclass(frozen=True)
class Opened:
    """What became of a call for a human."""

    case: CaseRow
    is_new: bool
    rose: bool


def open_case_of(session: Session, conversation_id: str) -> CaseRow | None:
    """The conversation's one open case."""
    return session.scalar(
        select(CaseRow).where(CaseRow.conversation_id == conversation_id, CaseRow.state != State.CLOSED)
    )


def called_since(session: Session, conversation_id: str, reason: Reason, since: datetime) -> bool:
    """Whether a case of this reason was opened for the conversation, closed by now or not."""
    mine = exists().where(
        CaseRow.conversation_id == conversation_id, CaseRow.reason == reason, CaseRow.opened_at > since
    )
    return bool(session.scalar(select(mine)))


def is_held(session: Session, conversation_id: str) -> bool:
    """Whether a human has the chat; the bot then writes nothing."""
    case = open_case_of(session, conversation_id)
    return case is not None and case.state == State.CLAIMED


def call_for_human(
    session: Session,
    conversation: ConversationRow,
    reading: Assessment,
    reason: Reason,
    now: datetime,
    kind: str = "real",
) -> Opened:
    """Open the case, or raise the open one: a second call never opens a second case.

    The caller holds the conversation's row lock, so two messages cannot both find none.
    """
    case = open_case_of(session, conversation.id)
    if case is None:
        case = _new_case(session, conversation, reading, reason, now, kind)
        # A message that the platform withheld is an item to look at, not an alarm.
        if reason is not Reason.UNSUPPORTED:
            page(session, case, reason, now)
        return Opened(case, is_new=True, rose=True)
    rose = reading.risk > case.risk
    _raise(session, case, reading, now)
    if reading.is_urgent or case.reason == Reason.UNSUPPORTED:
        case.reason = reason
    if reading.is_urgent or reason is Reason.ASKED:
        _call_again(session, case, now)
    if rose or (reading.is_urgent and case.state == State.CLAIMED):
        page(session, case, reason, now)
    return Opened(case, is_new=False, rose=rose)


def _new_case(
    session: Session,
    conversation: ConversationRow,
    reading: Assessment,
    reason: Reason,
    now: datetime,
    kind: str,
) -> CaseRow:
    case = CaseRow(
        code=new_code("LC"),
        conversation_id=conversation.id,
        kind=kind,
        channel=conversation.channel,
        state=State.QUEUED,
        reason=reason,
        risk=int(reading.risk),
        category=reading.category,
        about=reading.about,
        teller=reading.teller,
        rules=list(reading.rules),
        flags=[],
        opened_at=now,
        queued_at=now,
    )
    session.add(case)
    session.flush()
    record(session, case, "opened", now, risk=case.risk, reason=reason)
    return case


def _raise(session: Session, case: CaseRow, reading: Assessment, now: datetime) -> None:
    case.rules = list(dict.fromkeys([*case.rules, *reading.rules]))
    if reading.risk > case.risk:
        record(session, case, "raised", now, old=case.risk, new=int(reading.risk))
        case.risk = int(reading.risk)
        # "Not safe" raises the risk without naming a harm; the harm already known stays.
        if reading.category is not Category.NONE:
            case.category, case.about, case.teller = reading.category, reading.about, reading.teller


def _call_again(session: Session, case: CaseRow, now: datetime) -> None:
    state = after(State(case.state), Move.CALL_AGAIN)
    if state != case.state:
        case.state, case.queued_at, case.waiting_updates = state, now, 0
        record(session, case, "called_again", now)
        page(session, case, Reason(case.reason), now)


def flag(session: Session, case: CaseRow, name: str, now: datetime) -> None:
    """Note a sign for the counsellor (a retraction, a change of manner); once each."""
    if name not in case.flags:
        case.flags = [*case.flags, name]
        record(session, case, "flagged", now, flag=name)


def unflag(case: CaseRow, name: str) -> None:
    """Take a sign away that no longer holds; the history keeps that it was there."""
    if name in case.flags:
        case.flags = [flag for flag in case.flags if flag != name]


def page(session: Session, case: CaseRow, reason: Reason, now: datetime) -> None:
    """Write down that a human must be called; the console's alarm rings until it is acknowledged."""
    level = PRIORITY[Risk(case.risk)]
    session.add(PageRow(case_id=case.id, level=level, reason=reason, created_at=now))


def record(
    session: Session, case: CaseRow, kind: str, now: datetime, actor: int | None = None, **data: Any
) -> None:
    """Append to the case's history; ``data`` is coded, never words."""
    session.add(CaseEventRow(case_id=case.id, at=now, kind=kind, actor_id=actor, data=data))


def claim(session: Session, case_id: int, user_id: int, now: datetime) -> CaseRow:
    """Take the chat over. One of two racing claims wins, the other gets ``Conflict``.

    Bot messages still waiting to leave are withdrawn in the same transaction.
    """
    case = _locked(session, case_id)
    after(State(case.state), Move.CLAIM)
    _move(
        session,
        case,
        CaseRow.state.in_([State.QUEUED, State.HANDED_BACK]),
        state=State.CLAIMED,
        holder_id=user_id,
        claimed_at=now,
        unanswered_since=now,
        warned_at=None,
    )
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.conversation_id == case.conversation_id)
        .where(OutboxRow.author == "bot", OutboxRow.state == "pending")
        .values(state="withdrawn", passing_body=None)
    )
    acknowledge(session, case.id, user_id, now)
    record(session, case, "claimed", now, user_id)
    return case


def acknowledge(session: Session, case_id: int, user_id: int, now: datetime) -> None:
    """Stop the alarm for a case."""
    session.execute(
        update(PageRow)
        .where(PageRow.case_id == case_id, PageRow.acknowledged_at.is_(None))
        .values(acknowledged_at=now, acknowledged_by_id=user_id)
    )


def held_by(session: Session, case_id: int, user_id: int) -> CaseRow:
    """The case, locked, if ``user_id`` holds it; else ``NotAllowed``."""
    case = _locked(session, case_id)
    if case.state != State.CLAIMED or case.holder_id != user_id:
        raise NotAllowed("only the counsellor who holds the case may do this")
    return case


def hand_back(session: Session, case_id: int, user_id: int, now: datetime) -> CaseRow:
    """Give the chat back to the bot; the case stays open."""
    case = held_by(session, case_id, user_id)
    _release(session, case, State.HANDED_BACK)
    record(session, case, "handed_back", now, user_id)
    return case


def lose_lease(session: Session, case: CaseRow, now: datetime) -> None:
    """Return the case of a counsellor who no longer answers to the queue, and page again."""
    after(State(case.state), Move.LOSE_LEASE)
    _release(session, case, State.QUEUED)
    case.queued_at, case.waiting_updates = now, 0
    record(session, case, "lease_lost", now)
    page(session, case, Reason(case.reason), now)


@dataclass(frozen=True)
class Closing:
    """The recorded human decision that comes before any case is closed."""

    outcome: Outcome
    refer: bool
    refer_reason: ReferReason


def close(session: Session, case_id: int, user_id: int, closing: Closing, now: datetime) -> CaseRow:
    """End the case with its outcome and the decision to refer or not, with its reason."""
    case = held_by(session, case_id, user_id)
    if closing.refer != (closing.refer_reason in {ReferReason.AGREED, ReferReason.DANGER}):
        raise BadInput("the reason does not fit the decision to refer or not")
    _release(session, case, State.CLOSED)
    case.outcome, case.refer, case.refer_reason = closing.outcome, closing.refer, closing.refer_reason
    case.closed_at, case.closed_by_id = now, user_id
    acknowledge(session, case.id, user_id, now)
    record(session, case, "closed", now, user_id, outcome=closing.outcome, refer=closing.refer)
    return case


def place_in_queue(session: Session, case: CaseRow) -> int:
    """1 for the next in line: risk first, then waiting time."""
    ahead = select(func.count()).where(
        CaseRow.state == State.QUEUED,
        CaseRow.id != case.id,
        (CaseRow.risk > case.risk) | ((CaseRow.risk == case.risk) & (CaseRow.queued_at < case.queued_at)),
    )
    return (session.scalar(ahead) or 0) + 1


def queue(
    session: Session, states: Iterable[State] = (State.QUEUED, State.CLAIMED, State.HANDED_BACK)
) -> list[CaseRow]:
    """Open cases: waiting ones first, the gravest and longest waiting at the top."""
    rows = session.scalars(select(CaseRow).where(CaseRow.state.in_(list(states)))).all()
    order = {State.QUEUED: 0, State.CLAIMED: 1, State.HANDED_BACK: 2, State.CLOSED: 3}
    return sorted(rows, key=lambda case: (order[State(case.state)], -case.risk, case.queued_at))


def _locked(session: Session, case_id: int) -> CaseRow:
    # The conversation's row is locked first, as intake and outbox do: a claim and a message of the
    # same second are put in order, and no bot line can slip out after the claim.
    case = session.get(CaseRow, case_id)
    if case is None:
        raise Conflict("this case no longer exists")
    if case.conversation_id is not None:
        session.get(ConversationRow, case.conversation_id, with_for_update=True)
    session.refresh(case, with_for_update=True)
    return case


def _move(session: Session, case: CaseRow, condition: ColumnElement[bool], **values: Any) -> None:
    statement = update(CaseRow).where(CaseRow.id == case.id, condition).values(**values)
    result = session.execute(statement, execution_options={"synchronize_session": False})
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise Conflict("somebody else was faster")
    session.refresh(case)


def _release(session: Session, case: CaseRow, state: State) -> None:
    case.state, case.holder_id = state, None
    case.unanswered_since = case.warned_at = None
