"""One case: reading, claiming, talking, handing back, closing."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from bot.console.case_view import CasePage, case_page, find_case, has_read, record_reading
from bot.console.closing import NO_REASONS, OUTCOMES, YES_REASONS, Decision, Posted, defaults, read_decision
from bot.console.door import Act, Allow, Console, Told, console_of, is_fragment
from bot.console.pages.rendering import page
from bot.console.queue_view import alarms
from bot.console.sessions import Visit
from bot.errors import BadInput, Conflict, NotAllowed
from bot.escalation.cases import acknowledge, held_by
from bot.escalation.takeover import LONGEST
from bot.referrals import write_referral
from bot.referrals.codes import (
    Action,
    AgeBand,
    Agency,
    Answer,
    Consent,
    FormOfAbuse,
    Level,
    Platform,
    Relation,
    Sex,
)
from bot.referrals.form import communes
from bot.storage.tables import CaseRow, ConversationRow
from bot.triage.assessment import Role

router = APIRouter(prefix="/cases/{code}")
Work = Callable[[Session, CaseRow], None]

NOT_FOUND = "Không có ca này."
TAKEN = "Ca này vừa đổi: có người khác nhận trước, hoặc ca đã đóng. Hãy xem lại ca."
NOT_HELD = "Bạn không còn giữ ca này nên không gửi hay thay đổi được nữa."
NO_TEXT = f"Tin nhắn phải có từ 1 đến {LONGEST} ký tự."
INCOMPLETE = "Phiếu đóng ca chưa đủ hoặc chưa khớp: hãy chọn kết quả, quyết định chuyển và lý do."
CODES = {
    "age_band": AgeBand,
    "sex": Sex,
    "online_platform": Platform,
    "form_of_abuse": FormOfAbuse,
    "danger_now": Answer,
    "perpetrator_access": Level,
    "perpetrator_relation": Relation,
    "severity": Level,
    "consent_state": Consent,
    "actions_done": Action,
    "referred_to": Agency,
}


async def posted(request: Request) -> Posted:
    """All fields of the form; several values of one name stay a list."""
    form = await request.form()
    fields = {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


@router.get("")
def read_case(request: Request, code: str, visit: Annotated[Visit, Depends(Allow("read_case"))]) -> Response:
    return _show(request, visit, code, "case.html")


@router.get("/live")
def case_part(request: Request, code: str, visit: Annotated[Visit, Depends(Allow("read_case"))]) -> Response:
    return _show(request, visit, code, "case_live.html")


@router.post("/claim")
def claim(request: Request, code: str, visit: Annotated[Visit, Depends(Act("claim"))]) -> Response:
    console = console_of(request)

    def work(session: Session, case: CaseRow) -> None:
        console.takeover.join(session, case.id, visit.user_id, console.clock())

    return _do(request, visit, code, work)


@router.post("/say")
def say(
    request: Request,
    code: str,
    visit: Annotated[Visit, Depends(Act("write"))],
    text: Annotated[str, Form()] = "",
) -> Response:
    console = console_of(request)

    def work(session: Session, case: CaseRow) -> None:
        console.takeover.say(session, case.id, visit.user_id, text, console.clock())
        acknowledge(session, case.id, visit.user_id, console.clock())

    return _do(request, visit, code, work, bad_input=NO_TEXT)


@router.post("/hand-back")
def hand_back(request: Request, code: str, visit: Annotated[Visit, Depends(Act("hand_back"))]) -> Response:
    console = console_of(request)

    def work(session: Session, case: CaseRow) -> None:
        console.takeover.give_back(session, case.id, visit.user_id, console.clock())

    return _do(request, visit, code, work)


@router.post("/close")
def close(
    request: Request,
    code: str,
    visit: Annotated[Visit, Depends(Act("close"))],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    console = console_of(request)

    def work(session: Session, case: CaseRow) -> None:
        _close(console, session, case, visit.user_id, read_decision(form))

    return _do(request, visit, code, work, bad_input=INCOMPLETE)


@router.post("/acknowledge")
def quiet(request: Request, code: str, visit: Annotated[Visit, Depends(Act("acknowledge"))]) -> Response:
    console = console_of(request)

    def work(session: Session, case: CaseRow) -> None:
        held_by(session, case.id, visit.user_id)
        acknowledge(session, case.id, visit.user_id, console.clock())

    return _do(request, visit, code, work)


def _close(console: Console, session: Session, case: CaseRow, user_id: int, decision: Decision) -> None:
    # The record is made first: closing may erase the conversation that tells the writer's role.
    now = console.clock()
    if decision.referral is not None:
        conversation = session.get(ConversationRow, case.conversation_id) if case.conversation_id else None
        role = Role(conversation.role) if conversation else Role.UNKNOWN
        write_referral(session, decision.referral, case, role, now)
    console.takeover.close(session, case.id, user_id, decision.closing, now)


def _do(request: Request, visit: Visit, code: str, work: Work, bad_input: str = "") -> Response:
    """Run one act in one transaction, and show the case as it stands then."""
    back = f"/cases/{code}"
    try:
        with console_of(request).database.write() as session:
            work(session, _found(session, code))
    except Conflict as error:
        raise Told(TAKEN, 409, back) from error
    except NotAllowed as error:
        raise Told(NOT_HELD, 403, back) from error
    except BadInput as error:
        raise Told(bad_input, 422, back) from error
    if is_fragment(request):
        return _show(request, visit, code, "case_live.html")
    return RedirectResponse(back, 303)


def _found(session: Session, code: str) -> CaseRow:
    case = find_case(session, code)
    if case is None:
        raise Told(NOT_FOUND, 404, "/")
    return case


def _show(request: Request, visit: Visit, code: str, template: str) -> Response:
    console = console_of(request)
    now = console.clock()
    _note_reading(console, visit, code)
    with console.database.read() as session:
        shown = case_page(
            session, _found(session, code), visit.user_id, visit.team_private or b"", console.settings
        )
        calls = alarms(session, visit.user_id, now)
    form = _closing_form(shown) if template == "case.html" else {}
    return page(
        request,
        template,
        visit,
        shown=shown,
        case=shown.case,
        alarms=calls,
        here=code,
        longest=LONGEST,
        **form,
    )


def _closing_form(shown: CasePage) -> dict[str, Any]:
    return {
        "defaults": defaults(shown.case, shown.conversation),
        "outcomes": OUTCOMES,
        "yes_reasons": YES_REASONS,
        "no_reasons": NO_REASONS,
        "codes": CODES,
        "communes": communes(),
    }


def _note_reading(console: Console, visit: Visit, code: str) -> None:
    """Nothing is opened before it is on record who opens it."""
    began = visit.began_at or console.clock()
    with console.database.read() as session:
        if has_read(session, _found(session, code), visit.user_id, began):
            return
    with console.database.write() as session:
        record_reading(session, _found(session, code), visit.user_id, console.clock())
