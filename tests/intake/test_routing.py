"""The decision table: the first rule of safety.md that fits wins."""

from dataclasses import replace

import pytest

from bot.escalation.states import Reason
from bot.language import Command, SafetyAnswer
from bot.messages import Kind
from bot.routing import Line, Mode, Situation, route
from bot.triage.assessment import Assessment, Category, Hit, Risk

URGENT = Assessment(Risk.HIGH, Category.SEXUAL_ABUSE, hits=(Hit("rule", 0, 1),))
EMERGENCY = replace(URGENT, risk=Risk.EMERGENCY)


@pytest.mark.parametrize(
    ("now", "line", "call"),
    [
        (Situation(reading=URGENT), Line.CRISIS, Reason.DISCLOSURE),
        (Situation(reading=URGENT, held=True), None, Reason.DISCLOSURE),
        (Situation(reading=URGENT, late=True), Line.LATE, Reason.DISCLOSURE),
        (Situation(reading=URGENT, mode=Mode.HIDDEN), Line.HIDDEN, Reason.DISCLOSURE),
        (Situation(reading=URGENT, command=Command.ERASE), Line.CRISIS, Reason.DISCLOSURE),
        (Situation(reading=URGENT, answered_risk=Risk.HIGH), Line.ACKNOWLEDGE, Reason.DISCLOSURE),
        (Situation(reading=URGENT, answered_risk=Risk.HIGH, may_acknowledge=False), None, Reason.DISCLOSURE),
        (Situation(reading=EMERGENCY, answered_risk=Risk.HIGH), Line.CRISIS, Reason.DISCLOSURE),
        (Situation(payload="safety:unsafe", answered_risk=Risk.EMERGENCY), Line.UNSAFE, Reason.DISCLOSURE),
        (Situation(safety_answer=SafetyAnswer.UNSAFE), Line.UNSAFE, Reason.DISCLOSURE),
        (Situation(payload="check:self"), Line.CRISIS, Reason.DISCLOSURE),
        (Situation(payload="check:other"), Line.CRISIS, Reason.DISCLOSURE),
        (Situation(payload="check:no"), Line.CHECK_IN_NO, None),
        (Situation(payload="safety:safe"), Line.SAFE, None),
        (Situation(safety_answer=SafetyAnswer.MISTAKE), Line.MISTAKE, None),
        (Situation(command=Command.TALK_TO_HUMAN), Line.QUEUED, Reason.ASKED),
        (Situation(command=Command.TALK_TO_HUMAN, late=True), Line.LATE, Reason.ASKED),
        (Situation(command=Command.TALK_TO_HUMAN, held=True), None, None),
        (Situation(payload="want:person", case_risk=Risk.HIGH), Line.WANT_PERSON, Reason.ASKED),
        (Situation(command=Command.ERASE), Line.ERASE_ASK, None),
        (Situation(command=Command.ERASE, held=True), None, None),
        (Situation(payload="erase:confirm"), Line.ERASED, None),
        (Situation(payload="erase:confirm", case_risk=Risk.HIGH), Line.ERASE_LATER, None),
        (Situation(command=Command.HIDE), Line.HIDDEN, None),
        (Situation(command=Command.HIDE, held=True), None, None),
        (Situation(command=Command.REOPEN, mode=Mode.HIDDEN), Line.REOPENED, None),
        (Situation(mode=Mode.HIDDEN), Line.HIDDEN, None),
        (Situation(kind=Kind.MEDIA, empty=True), Line.MEDIA, None),
        (Situation(kind=Kind.UNSUPPORTED, empty=True), Line.UNSUPPORTED, Reason.UNSUPPORTED),
        (
            Situation(kind=Kind.UNSUPPORTED, empty=True, may_repeat_unsupported=False),
            None,
            Reason.UNSUPPORTED,
        ),
        (Situation(kind=Kind.UNSUPPORTED, late=True), Line.LATE, Reason.UNSUPPORTED),
        (Situation(kind=Kind.UNSUPPORTED, unsupported_today=True), Line.UNSUPPORTED, None),
        (Situation(empty=True), Line.EMPTY, None),
        (Situation(kind=Kind.START, empty=True), Line.OPENING, None),
        (Situation(kind=Kind.START, empty=True, mode=Mode.HIDDEN), Line.HIDDEN, None),
        (Situation(kind=Kind.START, reading=URGENT), Line.CRISIS, Reason.DISCLOSURE),
        (Situation(kind=Kind.CHOICE, unknown_button=True, empty=True), Line.OLD_BUTTON, None),
        (Situation(unknown_button=True, command=Command.TALK_TO_HUMAN), Line.QUEUED, Reason.ASKED),
        (Situation(late=True), Line.LATE, None),
        (Situation(late=True, may_say_late=False), None, None),
        (Situation(reading=URGENT, late=True, may_say_late=False), None, Reason.DISCLOSURE),
    ],
)
def test_the_line_and_the_call_for_a_human(now: Situation, line: Line | None, call: Reason | None) -> None:
    decision = route(now)
    assert (decision.line, decision.call, decision.to_rasa) == (line, call, False)


def test_only_an_ordinary_message_goes_to_rasa() -> None:
    assert route(Situation()).to_rasa
    assert route(Situation(payload='/ask{"topic": "x"}')).to_rasa
    assert route(Situation(command=Command.REOPEN)).to_rasa


def test_hiding_holds_while_a_human_writes_too() -> None:
    assert route(Situation(command=Command.HIDE, held=True)).mode is Mode.HIDDEN


def test_reopening_leads_back_to_the_disclosure_talk_only_where_there_was_one() -> None:
    hidden = Situation(command=Command.REOPEN, mode=Mode.HIDDEN)
    assert route(hidden).mode is Mode.NORMAL
    assert route(replace(hidden, case_risk=Risk.HIGH)).mode is Mode.DISCLOSURE


def test_not_safe_keeps_the_harm_that_is_known() -> None:
    assert route(Situation(payload="safety:unsafe")).reading.category is Category.NONE


@pytest.mark.parametrize("sign", [{"payload": "safety:mistake"}, {"safety_answer": SafetyAnswer.MISTAKE}])
def test_a_retraction_is_only_noted(sign: dict[str, object]) -> None:
    decision = route(Situation(case_risk=Risk.HIGH, **sign))  # type: ignore[arg-type]
    assert decision.flags == ("retraction",) and decision.call is None
