"""The main job on each platform's own app: a phone on one side, a counsellor's browser on the other."""

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.e2e.conftest import Helpline, channels
from tests.e2e.test_main_job import sign_in
from tests.support.fake_platform import Line
from tests.support.fake_telegram import FakeTelegram, TelegramPhone, running_telegram
from tests.support.fake_zalo import FakeZalo, ZaloPhone, running_zalo
from tests.support.helpline import serving
from tests.support.lachan import free_port

Phone = TelegramPhone | ZaloPhone

# A loaded machine with two cores is slow, not wrong.
PATIENCE = 30
CRISIS_SECONDS = 10
NAMES = {"telegram": ("telegram", "Telegram"), "zalo": ("zalo_bot", "Zalo Bot")}
PROMISE = "Cô là Hoa đây, cô đang nghe em."
QUESTION = "mat khau the nao la manh"
DISCLOSURE = "chu ay bat em coi do"


@pytest.fixture(params=["telegram", "zalo"])
def platform(request: pytest.FixtureRequest, helpline: Helpline) -> str:
    """The fixture's name of a fake platform that the running helpline serves."""
    return str(request.param)


@pytest.fixture
def phone(request: pytest.FixtureRequest, platform: str) -> Phone:
    fake: FakeTelegram | FakeZalo = request.getfixturevalue(platform)
    return fake.phone()


@pytest.fixture(scope="module")
def console(helpline: Helpline, browser: Browser) -> Page:
    """A counsellor's browser; the key goes to the first account alone, so it is test_main_job's."""
    if "hoa" not in helpline.command("user", "list"):
        helpline.command("user", "add", "hoa", "--role", "counsellor", given="mot hai ba bon nam\n")
    return sign_in(browser, helpline, "hoa")


def offered(line: Line) -> list[str]:
    """The one-tap answers under a line: buttons, or numbers where the platform has no buttons."""
    return list(line.buttons) or re.findall(r"^\d+\. (.+)$", line.text, re.MULTILINE)


def newest(phone: Phone, words: str, seconds: float = PATIENCE) -> Line:
    """The line with these words, once it is the newest one."""
    return phone.wait(lambda lines: bool(lines) and words in lines[-1].text, seconds)[-1]


def case_of(helpline: Helpline, platform: str) -> dict[str, Any]:
    """The channel's newest case."""
    mine = [case for case in helpline.cases() if case["channel"] == NAMES[platform][0]]
    return max(mine, key=lambda case: str(case["opened_at"]))


def claim(console: Page, phone: Phone) -> None:
    console.locator("[data-action=claim]").click()
    newest(phone, "người thật nhắn với em")


def say(console: Page, phone: Phone, words: str) -> None:
    console.fill("#say", words)
    console.locator("[data-action=send]").click()
    newest(phone, words)
    expect(console.locator(".line.counsellor").last).to_contain_text("đã gửi")


def close_without_referral(console: Page) -> None:
    console.get_by_text("Đóng ca").first.click()
    console.select_option("[name=outcome]", "safe_now")
    console.check("[name=refer][value=no]")
    console.select_option("[name=refer_reason_no]", "already_known")
    console.locator("[data-action=close]").click()
    expect(console.locator("#state")).to_have_text("Đã đóng")


def erase(phone: Phone, last_words: str) -> None:
    """Order it, confirm it, and look at the phone afterwards."""
    phone.write("xoá")
    newest(phone, "đúng không?")
    phone.choose("Xoá đi")
    last = newest(phone, last_words)
    if isinstance(phone, TelegramPhone):
        phone.wait(lambda lines: lines == [last], PATIENCE)
        assert phone.own == []
    else:
        assert re.search("tin nhắn vẫn còn hiện trong máy .*mình không xoá hộ được", last.text.lower())


def test_question_disclosure_claim_talk_hand_back_and_erasure(
    helpline: Helpline, console: Page, platform: str, phone: Phone
) -> None:
    phone.write(QUESTION)
    answer = phone.wait(lambda lines: bool(lines) and bool(offered(lines[-1])), PATIENCE)
    assert "mật khẩu" in " ".join(line.text for line in answer)

    phone.write(DISCLOSURE)
    crisis = newest(phone, "Mình tin em", CRISIS_SECONDS)
    assert "111" in crisis.text
    assert bool(crisis.buttons) == (platform == "telegram")
    assert offered(crisis) == ["An toàn", "Không an toàn", "Mình hiểu nhầm rồi"]
    phone.choose("Không an toàn")
    newest(phone, "113")

    code = case_of(helpline, platform)["code"]
    console.goto(helpline.console)
    row = console.locator(f"[data-case={code}]")
    for words in ("Khẩn cấp", "Xâm hại tình dục", NAMES[platform][1]):
        expect(row).to_contain_text(words)
    row.click()
    transcript = console.locator(".transcript")
    expect(transcript).to_contain_text(DISCLOSURE)

    before = len(phone.lines)
    claim(console, phone)
    say(console, phone, PROMISE)
    for words in ("da em o nha ba a", "chu ay dang dap cua phong em"):
        phone.write(words)
        expect(transcript).to_contain_text(words)
    say(console, phone, "Em khoá cửa lại nhé, cô gọi công an ngay.")
    console.locator("[data-action=handback]").click()
    newest(phone, "mình là máy trả lời tự động")
    assert len(phone.lines) == before + 4, "the bot wrote while a human held the chat"

    phone.write("lam sao biet link la lua dao")
    newest(phone, "link")
    claim(console, phone)
    close_without_referral(console)
    newest(phone, "nhắn lại")
    closed = case_of(helpline, platform)
    assert (closed["code"], closed["state"]) == (code, "closed")
    erase(phone, "Mình làm xong")
    console.reload()
    expect(transcript).to_have_text("Nội dung đã bị xoá, hoặc được niêm phong cho người khác.")


def test_without_rasa_a_disclosure_is_answered_cased_and_erased_as_promised(
    helpline: Helpline, telegram: FakeTelegram, zalo: FakeZalo
) -> None:
    os.kill(helpline.parts()["dialogue"], signal.SIGKILL)
    for phone in (telegram.phone(), zalo.phone()):
        phone.write("bố em say rượu đánh em chảy máu, em sợ lắm")
        assert "111" in newest(phone, "Mình", CRISIS_SECONDS).text
        erase(phone, "lâu nhất là 72 giờ")
    for platform in NAMES:
        assert case_of(helpline, platform)["state"] == "queued"
    helpline.wait_ready(90)


# Zalo gets an article in one piece, for its allowance's sake.
@pytest.mark.parametrize(("words", "answer"), [(DISCLOSURE, "An toàn"), ("xoá", "Thôi, để lại")])
def test_no_rest_of_an_article_comes_between_our_question_and_its_answer(
    helpline: Helpline, telegram: FakeTelegram, words: str, answer: str
) -> None:
    helpline.wait_ready()
    phone = telegram.phone()
    phone.write(QUESTION)
    phone.wait(1, PATIENCE)
    phone.write(words)
    lines = phone.wait(lambda lines: bool(lines) and answer in offered(lines[-1]), PATIENCE)
    phone.choose(answer)
    replied = phone.wait(len(lines) + 1, PATIENCE)[len(lines)]
    assert re.search("Cảm ơn em đã cho mình biết|mình để nguyên nhé", replied.text)


def test_the_counsellor_reads_which_answer_was_chosen(
    helpline: Helpline, console: Page, platform: str, phone: Phone
) -> None:
    phone.write(DISCLOSURE)
    newest(phone, "Mình tin em")
    phone.choose("Không an toàn")
    newest(phone, "113")
    console.goto(f"{helpline.console}/cases/{case_of(helpline, platform)['code']}")
    assert "Không an toàn" in console.locator(".transcript").inner_text()


def test_status_and_doctor_name_both_bots_and_the_way_in(helpline: Helpline) -> None:
    for command in (("channels", "status"), ("doctor",)):
        told = helpline.command(*command)
        assert "@thu_nghiem_bot" in told
        assert "bot.thunghiem" in told
        assert told.count("long polling") == 2


def test_a_wrong_token_is_named_by_its_setting_and_never_shown(helpline: Helpline) -> None:
    wrong = {"LACHAN_TELEGRAM_TOKEN": "123456789:AA" + "x" * 33, "LACHAN_ZALO_BOT_TOKEN": "12345689:abc-yyyy"}
    for command in (("channels", "status"), ("doctor",)):
        done = helpline.run(*command, **wrong)
        told = done.stdout + done.stderr
        assert done.returncode == 1
        for setting, token in wrong.items():
            assert setting in told
            assert token.partition(":")[2] not in told


def test_connect_sets_the_webhooks_and_takes_them_down(helpline: Helpline) -> None:
    """On platforms of its own: the running helpline fetches from the others."""
    port = free_port()
    app = Starlette(routes=[Route("/{path:path}", lambda _: Response(), methods=["POST"])])
    public = {"LACHAN_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with (
        serving(app, host="127.0.0.1", port=port),
        running_telegram() as telegram,
        running_zalo() as zalo,
    ):
        settings = channels(telegram, zalo)
        done = helpline.run("channels", "connect", **settings, **public)
        assert done.returncode == 0, done.stdout
        for fake, name in ((telegram, "telegram"), (zalo, "zalo_bot")):
            assert fake.webhook_url == f"{public['LACHAN_PUBLIC_URL']}/webhooks/{name}/webhook"
            assert fake.webhook_url in done.stdout
            assert len(fake.webhook_secret) >= 32
            assert fake.webhook_secret not in done.stdout
        done = helpline.run("channels", "connect", **settings)
        assert done.returncode == 0, done.stdout
        assert telegram.webhook_url + zalo.webhook_url == ""
        assert done.stdout.count("long polling") == 2


def test_no_file_of_the_installation_tells_a_token_a_chat_or_a_word(
    helpline: Helpline, telegram: FakeTelegram, zalo: FakeZalo
) -> None:
    chats = [chat for fake in (telegram, zalo) for chat in fake.phones]
    marks = [mark.encode() for mark in (telegram.token, zalo.token, DISCLOSURE, PROMISE, *chats)]
    files = [path for path in Path(helpline.env["LACHAN_HOME"]).rglob("*") if path.is_file()]
    assert [path.name for path in files if any(mark in path.read_bytes() for mark in marks)] == []
