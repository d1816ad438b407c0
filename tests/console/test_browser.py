"""A counsellor's hour in a real browser: Debian's Chromium against the served console."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.config import Settings
from bot.console.app import create_app
from bot.console.pages import events
from bot.console.server import server
from bot.console.sessions import IDLE
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database
from bot.storage.tables import OutboxRow, ReferralRow
from bot.triage.assessment import Assessment, Category, Risk

from .conftest import PASSWORD, Clock, Helpline, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
Opened = Callable[..., "Page"]


@pytest.fixture
def opened(browser: "Browser", console_url: str) -> "Iterator[Opened]":
    """Signs somebody in, in a window of their own; a script error or a broken rule of the page fails the test."""
    contexts, faults = [], []

    def enter(name: str, size: dict[str, int] = DESK) -> "Page":
        context = browser.new_context(viewport=size, locale="vi-VN")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{console_url}/login")
        page.fill("[name=username]", name)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{console_url}/")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert faults == []


def test_an_hour_of_a_counsellor(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    helpline.disclose("bạn trêu em", Risk.MEDIUM, Category.BULLYING, minutes_ago=9)
    page = opened("lan")
    code = helpline.disclose(
        "nó dọa tung ảnh của em", Risk.EMERGENCY, hits=[("sextortion.threat", "dọa tung ảnh")]
    )
    # The case comes by itself, first in line, with an alarm in words, in the title and for screen readers.
    expect(page.locator("[data-case]").first).to_have_attribute("data-case", code)
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    expect(page.locator("#announcer")).to_contain_text("Tống tiền bằng ảnh nhạy cảm")

    page.click(f"[data-case={code}] a")
    expect(page.locator("mark")).to_have_text("dọa tung ảnh")
    page.click("[data-action=claim]")
    expect(page.locator("#state")).to_contain_text("Bạn đang giữ ca này")
    expect(page).to_have_title(re.compile(r"^\(1\) "))

    page.fill("#say", "Cô ở đây. Em không có lỗi.")
    page.click("[data-action=send]")
    expect(page.locator(".line.counsellor .said")).to_have_text("Cô ở đây. Em không có lỗi.")
    expect(page.locator("#say")).to_have_value("")
    expect(page.locator(".line.counsellor .sent")).to_contain_text("đang chờ gửi")
    with helpline.database.write() as session:
        session.scalars(select(OutboxRow).where(OutboxRow.author == "counsellor")).one().state = "sent"
    expect(page.locator(".line.counsellor .sent")).to_contain_text("đã gửi")

    page.fill("#say", "đang viết dở")
    helpline.child_says(code, "em cảm ơn cô")
    expect(page.locator(".line.person .said").last).to_have_text("em cảm ơn cô")
    expect(page.locator("#say")).to_have_value("đang viết dở")

    page.press("#say", "Control+Enter")
    expect(page.locator(".line.counsellor .said").last).to_have_text("đang viết dở")

    page.click("[data-action=handback]")
    expect(page.locator("[data-action=claim]")).to_be_visible()
    expect(page.locator("#composer")).to_be_hidden()
    assert helpline.case(code).state == "handed_back"


def test_closing_with_a_referral(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    code = helpline.disclose("nó dọa em", Risk.EMERGENCY)
    page = opened("lan")
    page.click(f"[data-case={code}] a")
    page.click("[data-action=claim]")
    page.click("[data-action=open-close]")
    expect(page.locator("[name=referred_to]")).to_be_hidden()
    page.select_option("[name=outcome]", "referred")
    page.check("[name=refer][value=yes]")
    expect(page.locator("[name=refer_reason_no]")).to_be_hidden()
    expect(page.locator("[name=form_of_abuse]")).to_have_value("xam_hai_tinh_duc")
    expect(page.locator("[name=danger_now]")).to_have_value("yes")
    expect(page.locator("[name=age_band]")).to_have_value("14-15")
    expect(page.locator("[name=consent_state]")).to_have_value("")
    page.select_option("[name=consent_state]", "not_asked_danger")
    page.select_option("[name=refer_reason_yes]", "danger")
    page.select_option("[name=commune_code]", label="Phường Thục Phán")
    page.click("[data-action=close]")
    expect(page.locator("#state")).to_contain_text("Đã đóng")
    with helpline.database.read() as session:
        record = session.scalars(select(ReferralRow)).one()
    page.click("text=Phiếu chuyển")
    expect(page.locator(f"[data-referral={record.ref_code}]")).to_contain_text("Tổng đài 111")


def test_two_counsellors_racing(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    helpline.account("minh")
    code = helpline.disclose("em sợ lắm")
    lan, minh = opened("lan"), opened("minh")
    for page in (lan, minh):
        page.click(f"[data-case={code}] a")
        # Minh's page must not learn of the claim before he presses.
        page.route("**/live", lambda route: route.abort())
    lan.click("[data-action=claim]")
    expect(lan.locator("#state")).to_contain_text("Bạn đang giữ ca này")
    minh.click("[data-action=claim]")
    expect(minh.locator("main")).to_contain_text("người khác nhận trước")
    minh.click("text=Quay lại")
    expect(minh.locator("#state")).to_contain_text("Người giữ: lan")
    expect(minh.locator("#composer")).to_be_hidden()


def test_a_case_lost_while_writing_keeps_what_was_written(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    from bot.escalation.cases import lose_lease

    helpline.account("lan")
    code = helpline.disclose("em sợ lắm")
    page = opened("lan")
    page.click(f"[data-case={code}] a")
    page.click("[data-action=claim]")
    page.fill("#say", "cô đang viết")
    with helpline.database.write() as session:
        lose_lease(session, helpline._case(session, code), helpline.clock())
    expect(page.locator("#composer")).to_be_hidden()
    expect(page.locator("#told")).to_contain_text("không còn giữ ca này")
    page.click("[data-action=claim]")
    expect(page.locator("#composer")).to_be_visible()


def test_the_holder_is_warned_before_the_case_goes_back(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    code = helpline.disclose("em sợ lắm")
    page = opened("lan")
    page.click(f"[data-case={code}] a")
    page.click("[data-action=claim]")
    expect(page.locator(".lease")).to_be_hidden()
    with helpline.database.write() as session:
        helpline._case(session, code).unanswered_since = helpline.clock() - timedelta(minutes=5, seconds=30)
    expect(page.locator(".lease")).to_be_visible()
    expect(page.locator(".lease [data-left]")).to_have_text(re.compile(r"0:[0-2]\d"))


def test_an_urgent_message_alarms_the_holder_until_it_is_read(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    code = helpline.disclose("em sợ lắm")
    page = opened("lan")
    page.click(f"[data-case={code}] a")
    page.click("[data-action=claim]")
    helpline.child_says(code, "hắn đang ở cửa", Assessment(Risk.EMERGENCY, Category.SEXTORTION))
    expect(page.locator(".alarms")).to_contain_text("Tin mới trong ca của bạn")
    expect(page.locator("h1")).to_contain_text("Khẩn cấp")
    page.click("[data-action=acknowledge]")
    expect(page.locator(".alarms")).to_have_count(0)


def test_a_script_in_a_message_is_shown_as_text(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    text = "<script>document.title='lạ'</script><img src=x onerror=\"document.title='lạ'\">"
    code = helpline.disclose(text)
    page = opened("lan")
    page.click(f"[data-case={code}] a")
    expect(page.locator(".line.person .said")).to_have_text(text)
    helpline.child_says(code, text + "2")
    expect(page.locator(".line.person .said").last).to_have_text(text + "2")
    assert "lạ" not in page.title()


def test_the_queue_by_keyboard_alone(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    first = helpline.disclose("em sợ lắm", Risk.EMERGENCY)
    second = helpline.disclose("bạn trêu em", Risk.MEDIUM, Category.BULLYING)
    page = opened("lan")
    expect(page.locator(".row.chosen")).to_have_attribute("data-case", first)
    page.keyboard.press("j")
    expect(page.locator(f"[data-key={first}]")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(f"[data-key={second}]")).to_be_focused()
    # A case that comes meanwhile does not take the place away.
    third = helpline.disclose("bố đang đánh em", Risk.EMERGENCY, Category.PHYSICAL_VIOLENCE)
    expect(page.locator(f"[data-case={third}]")).to_be_visible()
    expect(page.locator(f"[data-key={second}]")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator(".meta")).to_contain_text(first)


def test_enter_opens_the_first_case_at_once(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    code = helpline.disclose("em sợ lắm", Risk.EMERGENCY)
    page = opened("lan")
    expect(page.locator(".row.chosen")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".meta")).to_contain_text(code)


def test_the_bell_is_switched_on_by_a_click(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    page = opened("lan")
    bell = page.locator("[data-action=bell]")
    expect(bell).to_have_attribute("aria-pressed", "false")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(bell).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("path", ["/", "/cases/{code}", "/people", "/referrals"])
def test_no_page_is_wider_than_a_phone(helpline: Helpline, opened: Opened, path: str) -> None:
    helpline.account("lan")
    code = helpline.disclose("nó dọa tung ảnh " + "rất-dài" * 40, Risk.EMERGENCY, Category.IMAGE_ABUSE)
    page = opened("lan", PHONE)
    page.goto(page.url.rstrip("/") + path.format(code=code))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_ended_session_sends_the_page_to_the_door(helpline: Helpline, opened: Opened) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    page = opened("lan")
    second = page.context.new_page()
    second.goto(page.url)
    second.click("[data-action=sign-out]")
    helpline.disclose("em sợ lắm")
    page.wait_for_url("**/login?ended=true")
    expect(page.locator("[role=alert]")).to_contain_text("Phiên làm việc đã hết")


def test_somebody_who_is_still_there_is_asked_and_stays(
    helpline: Helpline, opened: Opened, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playwright.sync_api import expect

    monkeypatch.setattr(events, "BEAT_SECONDS", 0.3)
    helpline.account("lan")
    page = opened("lan")
    expect(page.locator("#idle")).to_be_hidden()
    clock.shift += IDLE - timedelta(minutes=4)
    expect(page.locator("#idle")).to_be_visible()
    page.click("[data-action=stay]")
    expect(page.locator("#idle")).to_be_hidden()
    doors: list[str] = []

    def slowly(route: "Route") -> None:
        # Everything that notices the end has done so before the page is gone.
        doors.append(route.request.url)
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/login?ended=true", slowly)
    clock.shift += IDLE
    page.wait_for_url("**/login?ended=true")
    assert len(doors) == 1


def test_a_page_finds_its_way_back_after_a_restart(
    helpline: Helpline,
    browser: "Browser",
    sqlite_database: Database,
    secrets: Secrets,
    settings: Settings,
    clock: Clock,
) -> None:
    from playwright.sync_api import expect

    helpline.account("lan")
    code = helpline.disclose("em sợ lắm")
    page = browser.new_context().new_page()
    base = f"http://127.0.0.1:{settings.console_port}"

    def served() -> running:
        return running(server(create_app(sqlite_database, secrets, settings, clock), settings))

    with served():
        page.goto(f"{base}/login")
        page.fill("[name=username]", "lan")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.click(f"[data-case={code}] a")
        page.click("[data-action=claim]")
        page.fill("#say", "cô đây")
    page.click("[data-action=send]")
    expect(page.locator("#told")).to_contain_text("mất kết nối")
    expect(page.locator("#say")).to_have_value("cô đây")
    helpline.child_says(code, "cô còn đó không")
    with served():
        expect(page.locator(".line.person .said").last).to_have_text("cô còn đó không", timeout=10_000)
        page.click("[data-action=send]")
        expect(page.locator(".line.counsellor")).to_have_count(1)
        page.context.close()
