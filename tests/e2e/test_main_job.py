"""The main job as its people do it: a child and a counsellor in real browsers, an operator at the shell."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD, Helpline

VIETNAM = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}


@pytest.fixture(scope="module")
def hoa(helpline: Helpline) -> str:
    helpline.command("user", "add", "hoa", "--role", "counsellor", given=PASSWORD + "\n")
    return "hoa"


def open_chat(browser: Browser, helpline: Helpline) -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}, **VIETNAM).new_page()
    page.goto(f"{helpline.bot}/chat")
    return page


def write(page: Page, words: str) -> None:
    page.get_by_role("textbox").fill(words)
    page.keyboard.press("Enter")


def sign_in(browser: Browser, helpline: Helpline, name: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, **VIETNAM).new_page()
    page.goto(helpline.console)
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hàng chờ")).to_be_visible()
    return page


def test_a_child_asks_without_diacritics_and_gets_the_childs_article(helpline: Helpline) -> None:
    texts = " ".join(
        line["text"] for line in helpline.say("kid-1", "em hoc lop 6, lam sao dat mat khau cho manh a")
    )
    assert "mật khẩu" in texts.lower() and re.search(r"\bem\b", texts) and "anh/chị" not in texts.lower()


def test_a_parent_gets_the_parents_article(helpline: Helpline) -> None:
    asked = "tôi là mẹ cháu học lớp 4, nên dạy con đặt mật khẩu thế nào cho mạnh"
    texts = " ".join(line["text"] for line in helpline.say("mum-1", asked))
    assert "mật khẩu" in texts.lower() and "anh/chị" in texts.lower()


def test_from_disclosure_to_referral_in_two_browsers(helpline: Helpline, browser: Browser, hoa: str) -> None:
    child = open_chat(browser, helpline)
    log = child.get_by_role("log")
    write(child, "chu ay bat em coi do")
    expect(log).to_contain_text("Mình tin em")
    expect(log).to_contain_text("111")
    child.get_by_role("button", name="Không an toàn").click()
    expect(log).to_contain_text("113")

    console = sign_in(browser, helpline, hoa)
    first = console.locator("[data-case]").first
    expect(first).to_contain_text("Khẩn cấp")
    expect(first).to_contain_text("Xâm hại tình dục")
    code = first.get_attribute("data-case") or ""
    first.click()
    expect(console.get_by_text("sexual_abuse.undress").first).to_be_visible()
    expect(console.locator("body")).to_contain_text("chu ay bat em coi do")

    console.locator("[data-action=claim]").click()
    expect(console.locator("#say")).to_be_visible()
    expect(log).to_contain_text("người thật")
    console.fill("#say", "Cô là Hoa đây, cô đang nghe em.")
    console.locator("[data-action=send]").click()
    expect(log).to_contain_text("Cô là Hoa đây, cô đang nghe em.")

    before = log.inner_text()
    write(child, "dạ em ở nhà bà ạ")
    expect(console.locator("body")).to_contain_text("dạ em ở nhà bà ạ")
    child.wait_for_timeout(2500)
    assert log.inner_text().replace(before, "").count("\n") < 6, "the bot spoke while a human held the chat"

    close_with_referral(console)
    expect(log).to_contain_text("nhắn lại")
    assert {"code": code, "state": "closed"}.items() <= next(
        c for c in helpline.cases() if c["code"] == code
    ).items()
    [record] = json.loads(helpline.command("referrals", "--json"))
    assert record["risk_type"] == ["sexual_abuse"]
    assert "coi do" not in json.dumps(record) and code not in json.dumps(record)
    console.goto(f"{helpline.console}/referrals")
    expect(console.locator("body")).to_contain_text(record["ref_code"])


def close_with_referral(console: Page) -> None:
    console.get_by_text("Đóng ca").first.click()
    console.select_option("[name=outcome]", "referred")
    console.check("[name=refer][value=yes]")
    console.select_option("[name=refer_reason_yes]", "agreed")
    console.select_option("[name=referred_to]", "hotline_111")
    console.select_option("[name=consent_state]", "agreed")
    console.locator("[data-action=close]").click()
    expect(console.locator("body")).to_contain_text("Đã đóng")


def test_handing_back_lets_the_bot_answer_again(helpline: Helpline, browser: Browser, hoa: str) -> None:
    child = open_chat(browser, helpline)
    write(child, "cho em gặp người thật")
    expect(child.get_by_role("log")).to_contain_text("111")
    console = sign_in(browser, helpline, hoa)
    console.locator("[data-case]").filter(
        has_text=re.compile("Muốn gặp|Xin gặp|gặp người", re.IGNORECASE)
    ).first.click()
    console.locator("[data-action=claim]").click()
    expect(console.locator("#say")).to_be_visible()
    console.locator("[data-action=handback]").click()
    expect(console.locator("#say")).to_be_hidden()
    write(child, "lam sao biet link la lua dao")
    expect(child.get_by_role("log")).to_contain_text("link", timeout=10_000)


def test_thoat_leaves_a_harmless_page(helpline: Helpline, browser: Browser) -> None:
    child = open_chat(browser, helpline)
    write(child, "chu ay bat em coi do")
    expect(child.get_by_role("log")).to_contain_text("Mình tin em")
    child.get_by_role("button", name="Thoát").click()
    expect(child.get_by_role("log")).not_to_contain_text("111")
    expect(child.locator("body")).not_to_contain_text("coi do")
