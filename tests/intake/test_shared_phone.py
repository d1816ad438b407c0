"""Somebody else may hold the phone, or the child may be watched: nothing betrays what was told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.rounds import Rounds
from bot.storage.tables import CaseRow, ConversationRow, OutboxRow
from bot.triage.assessment import Risk
from tests.intake.conftest import Helpline

DISCLOSURE = "chu ay bat em coi do"


def mode(helpline: Helpline) -> tuple[str, str]:
    with helpline.database.read() as session:
        row = session.scalars(select(ConversationRow)).one()
        return row.mode, row.role


def claim(helpline: Helpline, child: object) -> tuple[int, int]:
    user = helpline.counsellor()
    child.now += timedelta(seconds=1)  # type: ignore[attr-defined]
    with helpline.database.write() as session:
        case = helpline.takeover.join(session, child.cases()[0].id, user.id, child.now)  # type: ignore[attr-defined]
        return case.id, user.id


def test_leaving_covers_the_page_also_while_a_human_holds_the_chat(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    claim(helpline, child)
    child.read()
    assert child.write("em muốn thoát").view == "cover"
    assert child.read() == []


@pytest.mark.parametrize("name", ["An", "an ạ", "Ẩn"])
def test_a_childs_name_is_no_order_to_hide(helpline: Helpline, name: str) -> None:
    child = helpline.person()
    child.write(name)
    assert mode(helpline)[0] == "normal"


@pytest.mark.parametrize("typed", ["1", "2", "số 1"])
def test_a_number_typed_to_a_counsellor_chooses_none_of_our_buttons(helpline: Helpline, typed: str) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.write("xoá")
    child.read()
    case_id, user_id = claim(helpline, child)
    with helpline.database.write() as session:
        helpline.takeover.say(session, case_id, user_id, "Nhà em có mấy anh chị em?", child.now)
    child.read()
    assert child.write(typed).view == ""
    assert child.cases()[0].risk == Risk.HIGH
    with helpline.database.read() as session:
        assert session.scalars(select(ConversationRow)).one().erase_due_at is None


def test_a_number_after_another_line_chooses_nothing(helpline: Helpline) -> None:
    person = helpline.person()
    person.write("xoá")
    person.read()
    person.write("")
    person.read()
    assert person.write("1").view == ""


def test_seventy_two_hours_erase_the_words_but_leave_the_case_to_a_human(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.write("xoá")
    child.read()
    child.tap("Xoá đi")
    rounds = Rounds(
        helpline.database,
        helpline.outbox,
        helpline.takeover,
        helpline.takeover._wording,
        helpline.intake,
        helpline.settings,
    )
    rounds.erase_due(child.now + timedelta(hours=73))
    with helpline.database.read() as session:
        assert session.scalars(select(ConversationRow)).all() == []
        case = session.scalars(select(CaseRow)).one()
    assert (case.state, case.conversation_id) == ("queued", None)


def test_what_is_told_after_erasing_has_its_own_seventy_two_hours(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.write("xoá")
    child.read()
    child.tap("Xoá đi")
    child.write(DISCLOSURE, after=3600)
    with helpline.database.read() as session:
        row = session.scalars(select(ConversationRow)).one()
    assert row.erase_due_at == child.now + timedelta(hours=72)


def test_what_was_read_is_not_shown_to_counsellors_as_withdrawn(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.write("xoá")
    child.read()
    child.tap("Xoá đi")
    with helpline.database.read() as session:
        assert session.scalars(select(OutboxRow.state).order_by(OutboxRow.id)).first() == "sent"


@pytest.mark.parametrize("words", ["không an toàn nữa, bố về rồi", "cứu em với"])
def test_a_word_of_danger_after_a_disclosure_is_always_heard(helpline: Helpline, words: str) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.tap("An toàn")
    child.read()
    child.write(words)
    assert child.cases()[0].risk == Risk.EMERGENCY
    assert "113" in child.read()[0]


def test_after_a_pause_nothing_is_resumed_and_a_new_cry_is_answered_in_full(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.write("alo", after=31 * 60)
    assert mode(helpline)[0] == "normal"
    child.write(DISCLOSURE, after=31 * 60)
    assert "Mình tin em" in child.read()[-1]
    assert len(child.cases()) == 1


def test_a_father_on_the_childs_phone_is_met_neutrally_and_the_counsellor_sees_it(helpline: Helpline) -> None:
    child = helpline.person()
    child.write("em học lớp 7 ạ")
    child.write(DISCLOSURE)
    child.write("tôi là bố cháu, con tôi nhắn gì vậy")
    assert mode(helpline) == ("normal", "unknown")
    assert "other_person" in child.cases()[0].flags


def test_lines_of_the_bot_queued_before_leaving_are_gone_on_return(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.write("thoát")
    child.read()
    child.write("111")
    assert not [line for line in child.read() if "Mình tin em" in line]


def test_without_anybody_on_duty_the_child_is_told_so(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.write("cho em gap nguoi that")
    assert "chưa có ai trực" in child.read()[-1]


@pytest.mark.parametrize(
    ("words", "band"),
    [
        ("em 8 tuổi", "6-10"),
        ("e hoc lop 7a", "11-13"),
        ("em gái em 5 tuổi", "unknown"),
        ("tôi 40 tuổi", "unknown"),
    ],
)
def test_the_age_a_child_names_is_kept(helpline: Helpline, words: str, band: str) -> None:
    helpline.person().write(words)
    with helpline.database.read() as session:
        assert session.scalars(select(ConversationRow)).one().age_band == band
