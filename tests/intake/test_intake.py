"""What happens at the door, on SQLite and on PostgreSQL."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.intake import Outcome
from bot.messages import Kind
from bot.storage.tables import (
    AssessmentRow,
    Base,
    CaseRow,
    ConversationRow,
    MessageRow,
    OutboxRow,
    PageRow,
    TurnRow,
)
from bot.triage.assessment import Risk
from tests.intake.conftest import Helpline

DISCLOSURE = "chu ay bat em coi do"
QUESTION = "lam sao dat mat khau cho manh"


def count(helpline: Helpline, table: type) -> int:
    with helpline.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_disclosure_opens_a_case_and_pages_and_answers_in_one_transaction(helpline: Helpline) -> None:
    child = helpline.person()
    receipt = child.write(DISCLOSURE)
    assert receipt.outcome is Outcome.STORED and not receipt.awaits_dialogue
    [case] = child.cases()
    assert (case.state, case.risk, case.category) == ("queued", Risk.HIGH, "sexual_abuse")
    assert case.rules
    assert count(helpline, PageRow) == 1
    [reply] = child.read()
    assert "111" in reply and "tin" in reply


def test_the_crisis_reply_asks_for_safety_with_one_tap_answers(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    assert [option.title for option in child.seen[-1].options] == [
        "An toàn",
        "Không an toàn",
        "Mình hiểu nhầm rồi",
    ]


def test_an_urgent_message_never_waits_for_rasa(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(QUESTION)
    child.write(DISCLOSURE)
    with helpline.database.read() as session:
        turns = session.scalars(select(TurnRow)).all()
    assert [(turn.state, turn.passing_text) for turn in turns] == [("dropped", None)]


def test_an_ordinary_question_opens_nothing_and_waits_for_the_end_of_the_burst(helpline: Helpline) -> None:
    child = helpline.person()
    assert child.write(QUESTION).awaits_dialogue
    assert child.cases() == []
    with helpline.database.read() as session:
        turn = session.scalars(select(TurnRow)).one()
    assert turn.due_at - turn.created_at == timedelta(seconds=1.5)


def test_a_burst_is_read_joined(helpline: Helpline) -> None:
    child = helpline.person()
    for part in ("chú ấy", "bắt em", "cởi đồ"):
        child.write(part)
    [case] = child.cases()
    assert case.category == "sexual_abuse"


def test_repeats_open_no_second_case_and_get_one_crisis_reply(helpline: Helpline) -> None:
    child = helpline.person()
    for _ in range(4):
        child.write(DISCLOSURE, after=10)
    assert len(child.cases()) == 1
    assert len(child.read()) == 1


def test_after_a_minute_a_repeat_gets_a_short_acknowledgement(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    first = child.read()[0]
    child.write(DISCLOSURE, after=61)
    [second] = child.read()
    assert second != first and len(second) < len(first)


def test_what_follows_within_the_minute_is_acknowledged_when_it_is_over(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    for _ in range(3):
        child.write(DISCLOSURE, after=5)
    assert child.read() == []
    child.now += timedelta(seconds=50)
    assert len(child.read()) == 1


def test_a_rise_to_emergency_is_answered_and_paged_again(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.tap("Không an toàn")
    [case] = child.cases()
    assert case.risk == Risk.EMERGENCY and case.category == "sexual_abuse"
    assert "113" in child.read()[0]
    assert count(helpline, PageRow) == 2


def test_typing_not_safe_counts_as_tapping_it(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.write("khong an toan")
    assert child.cases()[0].risk == Risk.EMERGENCY


def test_a_retraction_lowers_and_closes_nothing_and_is_shown(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.tap("Mình hiểu nhầm rồi")
    [case] = child.cases()
    assert (case.state, case.risk, case.flags) == ("queued", Risk.HIGH, ["retraction"])
    assert child.read()


def test_a_writer_who_harms_is_not_told_that_it_is_not_their_fault(helpline: Helpline) -> None:
    writer = helpline.person()
    writer.write("em lỡ sờ vào chỗ kín của em gái em, em sợ lắm")
    [case] = writer.cases()
    assert case.teller == "writer_harms"
    [reply] = writer.read()
    assert "lỗi" not in reply and "tin em" not in reply.lower() and "111" in reply


def test_an_adult_who_reports_is_addressed_as_one(helpline: Helpline) -> None:
    mother = helpline.person()
    mother.write("tôi là mẹ cháu, con gái tôi 9 tuổi nói bị ông hàng xóm sờ vào chỗ kín")
    [case] = mother.cases()
    assert (case.about, case.teller) == ("other_child", "adult_reporting")
    [reply] = mother.read()
    assert "anh/chị" in reply.lower() and "111" in reply


def test_the_same_message_twice_is_stored_once(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE, message_id="same")
    assert child.write(DISCLOSURE, message_id="same").outcome is Outcome.DUPLICATE
    assert count(helpline, MessageRow) == 2  # the child's line and the crisis reply
    assert len(child.cases()) == 1


def test_fifty_copies_at_once_are_stored_once(helpline: Helpline) -> None:
    child = helpline.person()
    threads = [
        threading.Thread(target=child.write, args=(DISCLOSURE,), kwargs={"message_id": "x"})
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(helpline, ConversationRow) == 1
    assert count(helpline, CaseRow) == 1
    assert count(helpline, AssessmentRow) == 1


def test_a_late_message_is_cased_and_paged_but_only_a_neutral_line_is_said(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE, sent_at=child.now - timedelta(minutes=16))
    assert child.cases()[0].risk == Risk.HIGH
    [reply] = child.read()
    assert "111" not in reply and "Mình tin em" not in reply


def test_asking_for_a_person_queues_a_case(helpline: Helpline) -> None:
    person = helpline.person()
    person.write("cho minh gap nguoi that")
    [case] = person.cases()
    assert (case.reason, case.risk) == ("asked", Risk.NONE)
    assert "111" in person.read()[0]


def test_thoat_turns_to_homework_and_the_case_stays(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.write("thoát")
    assert child.cases()[0].state == "queued"
    texts = child.read()
    # The crisis reply had not been fetched yet and must not light up the screen any more.
    assert len(texts) == 1 and "111" not in texts[0]
    child.write("111")
    assert any("111" in line or "đây" in line for line in child.read())


def test_an_urgent_text_while_hidden_gets_a_case_and_a_harmless_line(helpline: Helpline) -> None:
    child = helpline.person()
    child.write("thoat")
    child.read()
    child.write(DISCLOSURE)
    assert len(child.cases()) == 1
    [line] = child.read()
    assert "111" not in line and "tin em" not in line


def test_xoa_without_an_urgent_case_leaves_nothing(helpline: Helpline) -> None:
    person = helpline.person()
    person.write(QUESTION)
    person.write("xoá")
    person.read()
    receipt = person.tap("Xoá đi")
    assert receipt.view == "clear" and receipt.direct is not None
    tables = (ConversationRow, MessageRow, AssessmentRow, OutboxRow, TurnRow)
    assert [count(helpline, table) for table in tables] == [0] * len(tables)


def test_xoa_with_an_urgent_case_clears_the_view_and_says_what_stays(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.write("xoá hết")
    child.read()
    receipt = child.tap("Xoá đi")
    assert receipt.view == "clear"
    [line] = child.read()
    assert "72" in line
    with helpline.database.read() as session:
        conversation = session.scalars(select(ConversationRow)).one()
    assert conversation.erase_due_at == child.now + timedelta(hours=72)
    assert child.cases()[0].state == "queued"


def test_how_to_delete_a_photo_is_a_question(helpline: Helpline) -> None:
    assert helpline.person().write("xoá ảnh thế nào ạ").awaits_dialogue


@pytest.mark.parametrize("words", ["", "   ", "\n\t "])
def test_an_empty_message_gets_a_kind_line(helpline: Helpline, words: str) -> None:
    person = helpline.person()
    assert not person.write(words).awaits_dialogue
    assert len(person.read()) == 1


def test_five_thousand_characters_with_the_disclosure_at_the_end_are_understood(helpline: Helpline) -> None:
    child = helpline.person()
    child.write("hôm nay em đi học bình thường. " * 160 + DISCLOSURE)
    assert child.cases()[0].category == "sexual_abuse"


def test_decomposed_unicode_is_read_like_composed(helpline: Helpline) -> None:
    import unicodedata

    child = helpline.person()
    child.write(unicodedata.normalize("NFD", "chú ấy bắt em cởi đồ"))
    assert child.cases()[0].category == "sexual_abuse"


def test_media_is_refused_and_never_stored(helpline: Helpline) -> None:
    child = helpline.person()
    child.write("", kind=Kind.MEDIA)
    assert len(child.read()) == 1
    with helpline.database.read() as session:
        row = session.scalars(select(MessageRow).where(MessageRow.author == "person")).one()
    assert (row.kind, row.sealed_text) == ("media", None)


def test_a_withheld_message_gets_111_once_an_hour_and_one_low_item(helpline: Helpline) -> None:
    child = helpline.person()
    for _ in range(3):
        child.write("", kind=Kind.UNSUPPORTED, after=600)
    assert len(child.read()) == 1
    [case] = child.cases()
    assert (case.reason, case.risk) == ("unsupported", Risk.NONE)
    assert count(helpline, PageRow) == 0


def test_a_call_for_a_person_that_becomes_a_disclosure_is_one(helpline: Helpline) -> None:
    child = helpline.person()
    child.write("cho em gap nguoi that")
    child.write(DISCLOSURE)
    [case] = child.cases()
    assert (case.reason, case.risk) == ("disclosure", Risk.HIGH)


def test_a_token_of_somebody_else_means_nothing(helpline: Helpline) -> None:
    child, other = helpline.person("child"), helpline.person("other")
    child.write(DISCLOSURE)
    child.read()
    token = child.seen[-1].options[1].token
    other.write("chào", token=token, kind=Kind.CHOICE)
    assert child.cases()[0].risk == Risk.HIGH
    assert other.cases() == []


def test_no_word_of_a_person_is_readable_in_the_database(helpline: Helpline) -> None:
    helpline.counsellor()
    child = helpline.person("chat-id-4711")
    child.write("Nguyễn Văn Marker: chu ay bat em coi do")
    child.write("Câu hỏi Marker về mật khẩu")
    child.read()
    with helpline.database.read() as session:
        dump = repr([session.execute(select(table)).all() for table in Base.metadata.sorted_tables])
    assert "sexual_abuse" in dump
    assert "Marker" not in dump and "4711" not in dump and "coi do" not in dump


def test_who_writes_english_is_answered_in_english_and_vietnamese_switches_back(helpline: Helpline) -> None:
    child = helpline.person()
    child.write("my uncle touches me at night and says keep it a secret")
    [case] = child.cases()
    assert (case.risk, case.category) == (Risk.HIGH, "sexual_abuse")
    assert child.read()[-1].endswith("Are you safe right now?")
    assert child.seen[-1].options[0].title == "Safe"
    child.write("em khong an toan", after=5)
    assert "em" in child.read()[-1].lower().split()
