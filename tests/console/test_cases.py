"""Claiming, talking, handing back, closing and referring, over HTTP against a real database."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from bot.privacy.erasure import erase_conversation, hide_until_closed
from bot.storage.tables import CaseEventRow, ConversationRow, OutboxRow, PageRow, ReferralRow
from bot.triage.assessment import Assessment, Category, Risk

from .conftest import Helpline, SignedIn

REFERRED = {
    "outcome": "referred",
    "refer": "yes",
    "refer_reason_yes": "agreed",
    "referred_to": "police",
    "consent_state": "agreed",
    "form_of_abuse": "xam_hai_tinh_duc",
    "age_band": "14-15",
    "sex": "girl",
    "commune_code": "01273",
    "danger_now": "no",
    "severity": "high",
    "perpetrator_relation": "online_stranger",
    "perpetrator_access": "low",
    "online_platform": ["zalo", "facebook"],
    "actions_done": ["listened", "gave_111"],
}


@pytest.fixture
def lan(helpline: Helpline, signed_in: SignedIn) -> httpx.Client:
    helpline.account("lan")
    return signed_in("lan")


def codes_in_order(text: str) -> list[str]:
    return re.findall(r'data-case="(LC-\w+)"', text)


def test_the_gravest_case_stands_first(helpline: Helpline, lan: httpx.Client) -> None:
    medium = helpline.disclose("bạn trêu em", Risk.MEDIUM, Category.BULLYING, minutes_ago=60)
    late = helpline.disclose("em bị dọa", Risk.HIGH, minutes_ago=5)
    early = helpline.disclose("nó dọa em", Risk.HIGH, minutes_ago=30)
    now = helpline.disclose("bố đang đánh em", Risk.EMERGENCY, Category.PHYSICAL_VIOLENCE)
    assert codes_in_order(lan.get("/").text) == [now, early, late, medium]


def test_the_queue_shows_words_and_no_word_of_the_child(helpline: Helpline, lan: httpx.Client) -> None:
    helpline.disclose("ông Tư ở xóm Nà Giàng dọa em", Risk.EMERGENCY)
    page = lan.get("/").text
    assert "Khẩn cấp" in page
    assert "Tống tiền bằng ảnh nhạy cảm" in page
    assert "Nà Giàng" not in page


def test_a_script_in_a_childs_message_is_text(helpline: Helpline, lan: httpx.Client) -> None:
    code = helpline.disclose("<script>alert(1)</script><img src=x onerror=alert(2)>")
    page = lan.get(f"/cases/{code}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_words_that_rules_read_are_marked(helpline: Helpline, lan: httpx.Client) -> None:
    code = helpline.disclose("hắn doạ tung ảnh em ra", hits=[("sextortion.threat", "doạ tung ảnh")])
    page = lan.get(f"/cases/{code}").text
    assert '<mark title="sextortion.threat">doạ tung ảnh</mark> em ra' in page
    assert "Trẻ em đang bị hại tự kể" in page
    assert "14–15 tuổi" in page


def test_claim_talk_and_hand_back(helpline: Helpline, lan: httpx.Client) -> None:
    code = helpline.disclose("em sợ lắm")
    assert lan.post(f"/cases/{code}/claim").status_code == 303
    assert lan.post(f"/cases/{code}/say", data={"text": "Cô đang ở đây với em."}).status_code == 303
    assert [line.text for line in helpline.lines(code) if line.author == "counsellor"] == [
        "Cô đang ở đây với em."
    ]
    assert helpline.case(code).unanswered_since is None
    assert lan.post(f"/cases/{code}/hand-back").status_code == 303
    assert helpline.case(code).state == "handed_back"


def test_what_a_counsellor_writes_is_stored_sealed(helpline: Helpline, lan: httpx.Client) -> None:
    code = helpline.disclose("em sợ lắm")
    lan.post(f"/cases/{code}/claim")
    lan.post(f"/cases/{code}/say", data={"text": "Cô đang ở đây với em."})
    with helpline.database.read() as session:
        waiting = session.scalars(select(OutboxRow).where(OutboxRow.author == "counsellor")).one()
    assert "Cô đang ở đây".encode() not in (waiting.passing_body or b"")


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 2001])
def test_an_empty_or_endless_message_is_refused_with_a_reason(
    helpline: Helpline, lan: httpx.Client, text: str
) -> None:
    code = helpline.disclose("em sợ lắm")
    lan.post(f"/cases/{code}/claim")
    answer = lan.post(f"/cases/{code}/say", data={"text": text})
    assert answer.status_code == 422
    assert "từ 1 đến 2000 ký tự" in answer.text


def test_one_of_two_racing_counsellors_wins(
    helpline: Helpline, lan: httpx.Client, signed_in: SignedIn
) -> None:
    helpline.account("minh")
    minh = signed_in("minh")
    for turn in range(5):
        code = helpline.disclose(f"em sợ lắm {turn}")
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda one, code=code: one.post(f"/cases/{code}/claim"), (lan, minh)))
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        winner = "lan" if answers[0].status_code == 303 else "minh"
        assert helpline.case(code).holder_id == helpline.user(winner).id


def test_the_loser_is_told_why(helpline: Helpline, lan: httpx.Client, signed_in: SignedIn) -> None:
    helpline.account("minh")
    code = helpline.disclose("em sợ lắm")
    lan.post(f"/cases/{code}/claim")
    answer = signed_in("minh").post(f"/cases/{code}/claim")
    assert "người khác nhận trước" in answer.text


def test_who_does_not_hold_the_case_sees_no_composer(
    helpline: Helpline, lan: httpx.Client, signed_in: SignedIn
) -> None:
    helpline.account("minh")
    code = helpline.disclose("em sợ lắm")
    lan.post(f"/cases/{code}/claim")
    page = signed_in("minh").get(f"/cases/{code}").text
    assert "Bạn chỉ xem được" in page
    assert re.search(r'id="composer"[^>]* hidden', page)


def test_reading_is_recorded_once_a_session(
    helpline: Helpline, lan: httpx.Client, signed_in: SignedIn
) -> None:
    code = helpline.disclose("em sợ lắm")
    for _ in range(3):
        lan.get(f"/cases/{code}")
        lan.get(f"/cases/{code}/live", headers={"x-fragment": "1"})
    assert reads(helpline) == 1
    signed_in("lan").get(f"/cases/{code}")
    assert reads(helpline) == 2


def reads(helpline: Helpline) -> int:
    with helpline.database.read() as session:
        return len(session.scalars(select(CaseEventRow).where(CaseEventRow.kind == "read")).all())


def test_closing_with_a_referral_writes_the_anonymised_record(helpline: Helpline, lan: httpx.Client) -> None:
    code = helpline.disclose("hắn tên Tuấn dọa em, em ở Nà Giàng")
    lan.post(f"/cases/{code}/claim")
    assert lan.post(f"/cases/{code}/close", data=REFERRED).status_code == 303
    case = helpline.case(code)
    assert (case.state, case.outcome, case.refer, case.refer_reason) == ("closed", "referred", True, "agreed")
    with helpline.database.read() as session:
        record = session.scalars(select(ReferralRow)).one()
    assert (record.referred_to, record.commune_code, record.reporter_role) == ("police", "01273", "child")
    assert record.online_platform == ["zalo", "facebook"]
    page = lan.get("/referrals").text
    assert record.ref_code in page
    assert "Phường Thục Phán" in page
    assert "Tuấn" not in page
    assert code not in page


def test_closing_without_a_referral_keeps_the_reason(helpline: Helpline, lan: httpx.Client) -> None:
    code = helpline.disclose("em sợ lắm")
    lan.post(f"/cases/{code}/claim")
    form = {"outcome": "safe_now", "refer": "no", "refer_reason_no": "already_known", "referred_to": "police"}
    assert lan.post(f"/cases/{code}/close", data=form).status_code == 303
    assert helpline.case(code).refer_reason == "already_known"
    with helpline.database.read() as session:
        assert session.scalars(select(ReferralRow)).all() == []
    assert "Nơi có trách nhiệm đã biết" in lan.get(f"/cases/{code}").text


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": ""},
        {"outcome": "erased"},
        {"refer": ""},
        {"refer": "maybe"},
        {"refer": "no", "refer_reason_no": "agreed"},
        {"refer": "no", "refer_reason_no": "not_needed", "outcome": "referred"},
        {"refer_reason_yes": "not_needed"},
        {"refer_reason_yes": ""},
        {"commune_code": "00001"},
        {"sex": "<script>"},
        {"actions_done": ["listened", "sang"]},
        {"referred_to": ["police", "commune"]},
    ],
)
def test_a_closing_form_that_does_not_fit_closes_nothing(
    helpline: Helpline, lan: httpx.Client, change: dict[str, str]
) -> None:
    code = helpline.disclose("em sợ lắm")
    lan.post(f"/cases/{code}/claim")
    assert lan.post(f"/cases/{code}/close", data={**REFERRED, **change}).status_code == 422
    assert helpline.case(code).state == "claimed"
    with helpline.database.read() as session:
        assert session.scalars(select(ReferralRow)).all() == []


def test_an_urgent_message_to_a_silent_holder_calls_everybody_after_a_minute(
    helpline: Helpline, lan: httpx.Client, signed_in: SignedIn
) -> None:
    helpline.account("minh")
    minh = signed_in("minh")
    code = helpline.disclose("em sợ lắm")
    lan.post(f"/cases/{code}/claim")
    helpline.child_says(code, "hắn đang ở cửa", Assessment(Risk.EMERGENCY, Category.SEXTORTION))
    assert "Tin mới trong ca của bạn" in lan.get("/alarms").text
    assert code not in minh.get("/alarms").text
    with helpline.database.write() as session:
        for page in session.scalars(select(PageRow).where(PageRow.acknowledged_at.is_(None))):
            page.created_at -= timedelta(seconds=61)
    assert "Người giữ ca chưa đọc tin mới" in minh.get("/alarms").text
    assert lan.post(f"/cases/{code}/acknowledge").status_code == 303
    assert code not in minh.get("/alarms").text


def test_the_holder_is_told_what_the_person_asked_for(helpline: Helpline, lan: httpx.Client) -> None:
    code = helpline.disclose("em sợ lắm")
    with helpline.database.write() as session:
        conversation = session.scalars(select(ConversationRow)).one()
        hide_until_closed(session, conversation, helpline.clock())
        conversation.mode = "hidden"
        helpline._case(session, code).flags = ["retraction", "other_person"]
    page = lan.get(f"/cases/{code}").text
    assert "thoát" in page
    assert "Có thể người khác đang cầm máy" in page
    assert "không còn hiện trên máy người nhắn" in page


def test_an_erased_conversation_leaves_a_readable_page(helpline: Helpline, lan: httpx.Client) -> None:
    code = helpline.disclose("em sợ lắm")
    with helpline.database.write() as session:
        session.delete(session.scalars(select(ConversationRow)).one())
    page = lan.get(f"/cases/{code}")
    assert page.status_code == 200
    assert "Nội dung đã bị xoá" in page.text


def test_a_waiting_account_is_granted_the_key_and_reads(
    helpline: Helpline, lan: httpx.Client, signed_in: SignedIn
) -> None:
    code = helpline.disclose("em sợ lắm")
    helpline.account("minh", granted=False)
    minh = signed_in("minh")
    assert "chờ cấp khoá" in minh.get("/").text
    assert "em sợ lắm" not in minh.get(f"/cases/{code}").text
    assert "Chờ cấp khoá" in lan.get("/people").text
    assert lan.post(f"/people/{helpline.user('minh').id}/grant").status_code == 303
    assert "đăng nhập lại" in minh.get("/").text
    assert "em sợ lắm" in signed_in("minh").get(f"/cases/{code}").text


def test_an_admin_is_never_granted_the_key(helpline: Helpline, lan: httpx.Client) -> None:
    helpline.account("quantri", "admin")
    assert lan.post(f"/people/{helpline.user('quantri').id}/grant").status_code == 409


def test_an_urgent_case_whose_words_were_erased_is_still_claimed_and_closed(
    helpline: Helpline, lan: httpx.Client
) -> None:
    code = helpline.disclose("nó dọa em", Risk.HIGH)
    with helpline.database.write() as session:
        conversation = session.scalars(select(ConversationRow)).one()
        erase_conversation(session, conversation, helpline.clock())
    page = lan.get(f"/cases/{code}")
    assert page.status_code == 200 and "nó dọa em" not in page.text
    lan.post(f"/cases/{code}/claim")
    assert helpline.case(code).state == "claimed"
    lan.post(f"/cases/{code}/close", data=REFERRED)
    assert helpline.case(code).state == "closed"
