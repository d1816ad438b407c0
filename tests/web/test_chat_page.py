"""The chat page in a real browser, against the fake bot. Skipped where no Chromium is installed."""

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.web.fake_bot import PAGE, FakeBot, Served, says

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOMEWORK = "1/2 + 1/4"
OPENING = (
    "Chào bạn, mình là chatbot tư vấn an toàn mạng của tỉnh Cao Bằng, không phải người thật. "
    "Bạn không cần nói tên thật. Nếu đang nguy hiểm hãy gọi 113 hoặc 111 (miễn phí, 24/7)."
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def url(bot: FakeBot) -> Iterator[str]:
    with Served(bot) as served:
        yield f"{served.url}/chat"


@pytest.fixture
def open_page(browser: Browser, url: str) -> Iterator[Callable[..., Page]]:
    """Opens pages in fresh contexts; at the end no page may have met an error of script or CSP."""
    contexts, complaints = [], []

    def open_one(**options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 360, "height": 740}, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None
        )
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def send(page: Page, text: str) -> None:
    page.get_by_label("Tin nhắn của bạn").fill(text)
    page.get_by_role("button", name="Gửi", exact=True).click()


def lines(page: Page) -> Locator:
    return page.locator("#log .text")


def said_by(page: Page, author: str) -> Locator:
    return page.locator(f"#log .{author} .text")


def wait_for(page: Page, condition: Callable[[], object]) -> None:
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(25)
    raise AssertionError("the awaited thing did not happen")


# What is there before a word is said


def test_first_view_shows_the_opening_and_asks_the_server_for_nothing_else(page: Page, bot: FakeBot) -> None:
    expect(lines(page)).to_have_text([OPENING])
    expect(page).to_have_title("Góc học tập")
    assert bot.senders == [] and bot.stream_queries == []
    assert {path for path in bot.asked_paths if not path.endswith("icon.svg")} == {
        "/chat", "/chat/assets/chat.css", "/chat/assets/chat.js",
    }  # fmt: skip


def test_opening_offers_emergency_numbers_as_links(page: Page) -> None:
    links = said_by(page, "bot").get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == ["tel:113", "tel:111"]


def test_without_scripts_the_emergency_numbers_are_there(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    expect(page.locator("#scroller").get_by_role("link", name="113")).to_be_visible()
    expect(page.locator("#danger")).to_be_visible()
    expect(page.locator("#composer")).to_be_hidden()


def test_page_weighs_little_and_names_no_other_host(page: Page) -> None:
    files = [path for path in PAGE.iterdir() if path.suffix in {".html", ".css", ".js", ".svg"}]
    assert sum(path.stat().st_size for path in files) < 60_000
    hosts = re.findall(r"https?://[a-z0-9.]+", " ".join(path.read_text("utf-8") for path in files))
    assert set(hosts) <= {"http://www.w3.org"}


def test_page_has_no_inline_script_or_style() -> None:
    html = (PAGE / "chat.html").read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


# Talking


def test_a_message_is_answered(page: Page, bot: FakeBot) -> None:
    send(page, "chào bạn")
    expect(lines(page)).to_have_text([OPENING, "chào bạn", "Bot nghe: chào bạn"])
    assert re.fullmatch(r"[0-9a-f]{32}", bot.posts[0]["sender"])
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", bot.posts[0]["message_id"]
    )
    assert "payload" not in bot.posts[0]


def test_line_breaks_are_kept(page: Page, bot: FakeBot) -> None:
    bot.answer = lambda body: [says("một\nhai\n\nba")]
    send(page, "kể đi")
    expect(said_by(page, "bot").last).to_have_text("một\nhai\n\nba", use_inner_text=True)


def test_shift_enter_breaks_the_line_and_enter_sends(page: Page, bot: FakeBot) -> None:
    page.get_by_label("Tin nhắn của bạn").focus()
    page.keyboard.type("một")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("hai")
    page.keyboard.press("Enter")
    wait_for(page, lambda: bot.texts() == ["một\nhai"])


def test_a_burst_is_sent_at_once_and_answered_once(page: Page, bot: FakeBot) -> None:
    bot.silence = 0.6
    burst = ["chú ấy", "bắt em", "xem điện thoại"]
    for word in burst:
        send(page, word)
    expect(lines(page)).to_have_text([OPENING, *burst, "Bot nghe: xem điện thoại"])
    assert bot.texts() == burst
    assert len({post["message_id"] for post in bot.posts}) == 3 and len(bot.senders) == 1


def test_typing_is_shown_while_waiting_and_goes_with_the_answer(page: Page, bot: FakeBot) -> None:
    bot.silence = 1.0
    send(page, "alo")
    expect(page.locator("#typing")).to_be_visible()
    expect(said_by(page, "bot")).to_have_count(2)
    expect(page.locator("#typing")).to_be_hidden()


def test_beyond_5000_characters_one_line_says_so_and_nothing_is_sent(page: Page, bot: FakeBot) -> None:
    send(page, "ệ" * 5001)
    expect(page.get_by_role("alert")).to_contain_text("5000")
    assert bot.posts == []
    send(page, "ệ" * 5000)
    wait_for(page, lambda: len(bot.posts) == 1)
    expect(page.locator("#toolong")).to_be_hidden()


def test_human_button_asks_for_a_person(page: Page, bot: FakeBot) -> None:
    page.get_by_role("button", name="Gặp người thật").click()
    wait_for(page, lambda: bot.texts() == ["gặp người thật"])
    expect(said_by(page, "me")).to_have_text(["gặp người thật"])


# One-tap answers


def test_a_tapped_answer_sends_its_token_and_retires_all(page: Page, bot: FakeBot) -> None:
    question, thanks = says("Em có an toàn không?", "An toàn", "Không an toàn"), says("Cảm ơn em.")
    bot.answer = lambda body: [thanks if "payload" in body else question]
    send(page, "alo")
    page.get_by_role("button", name="Không an toàn").click()
    expect(said_by(page, "me")).to_have_text(["alo", "Không an toàn"])
    wait_for(page, lambda: len(bot.posts) == 2)
    assert (bot.posts[1]["payload"], bot.posts[1]["message"]) == ("token-Không an toàn", "Không an toàn")
    expect(page.locator(".choice:enabled")).to_have_count(0)


def test_typing_an_answer_retires_the_buttons(page: Page, bot: FakeBot) -> None:
    bot.answer = lambda body: [says("Chọn nhé", "Một")] if len(bot.posts) == 1 else []
    send(page, "alo")
    expect(page.get_by_role("button", name="Một")).to_be_enabled()
    send(page, "khác")
    expect(page.get_by_role("button", name="Một")).to_be_disabled()


def test_newer_buttons_retire_older_ones_but_a_plain_line_does_not(page: Page, bot: FakeBot) -> None:
    bot.answer = lambda body: [says("Chọn nhé", "Một")]
    send(page, "alo")
    expect(page.get_by_role("button", name="Một")).to_be_enabled()
    bot.push(says("Em đứng thứ 2.", author="system"))
    expect(said_by(page, "system")).to_have_count(1)
    expect(page.get_by_role("button", name="Một")).to_be_enabled()
    bot.push(says("Hay là", "Hai"))
    expect(page.get_by_role("button", name="Hai")).to_be_enabled()
    expect(page.get_by_role("button", name="Một")).to_be_disabled()


# What comes later


def test_a_counsellors_words_arrive_named_and_only_once(page: Page, bot: FakeBot) -> None:
    send(page, "alo")
    expect(lines(page)).to_have_count(3)
    bot.push(says("Cô đây, cô nghe em.", author="counsellor"))
    line = page.locator("#log .counsellor")
    expect(line).to_contain_text("Cô/chú tư vấn: Cô đây, cô nghe em.")
    bot.push_again()
    bot.push(says("hết", author="system"))
    expect(said_by(page, "system")).to_have_text("hết")
    expect(lines(page)).to_have_count(5)


def test_messages_stand_in_the_order_of_their_ids(page: Page, bot: FakeBot) -> None:
    bot.streams_results, bot.slow_network = False, 1.0
    bot.answer = lambda body: [says("thứ nhất")]
    send(page, "alo")
    wait_for(page, lambda: bot.answered == 1)
    bot.push(says("thứ hai"))
    expect(said_by(page, "bot")).to_have_text([OPENING, "thứ hai"])
    expect(lines(page)).to_have_text([OPENING, "alo", "thứ nhất", "thứ hai"])


def test_a_dropped_stream_comes_back_with_the_last_id(page: Page, bot: FakeBot) -> None:
    send(page, "alo")
    wait_for(page, lambda: bot.stream_queries)
    last = bot.push(says("một", author="counsellor"))
    expect(said_by(page, "counsellor")).to_have_count(1)
    bot.kick()
    bot.push(says("hai", author="counsellor"))
    expect(said_by(page, "counsellor")).to_have_text(["một", "hai"])
    assert [query["after"] for query in bot.stream_queries] == ["0", str(last)]


def test_a_reload_shows_nothing_again_but_new_words_arrive(page: Page, bot: FakeBot) -> None:
    send(page, "chuyện riêng")
    expect(lines(page)).to_have_count(3)
    page.reload()
    expect(lines(page)).to_have_text([OPENING])
    bot.push(says("Cô đây.", author="counsellor"))
    expect(lines(page)).to_have_text([OPENING, "Cô đây."])
    assert len(bot.senders) == 1


def test_the_browser_keeps_no_word(page: Page, bot: FakeBot) -> None:
    send(page, "chuyện riêng")
    expect(lines(page)).to_have_count(3)
    kept = page.evaluate("JSON.stringify([sessionStorage, localStorage, document.cookie])")
    assert bot.senders[0] in kept and "riêng" not in kept


def test_clear_empties_the_log_at_once(page: Page, bot: FakeBot) -> None:
    send(page, "chuyện riêng")
    expect(lines(page)).to_have_count(3)
    bot.clear()
    expect(lines(page)).to_have_text([OPENING])
    bot.push(says("Đã xoá xong.", author="system"))
    expect(lines(page)).to_have_text([OPENING, "Đã xoá xong."])


@pytest.mark.parametrize("numbered", [True, False])
def test_the_answer_to_an_erasure_outlives_a_slower_clear(page: Page, bot: FakeBot, numbered: bool) -> None:
    send(page, "chuyện riêng")
    expect(lines(page)).to_have_count(3)
    bot.streams_results, bot.numbers_answers = False, numbered
    bot.answer = lambda body: [says("Đã xoá xong.")]
    send(page, "xoá hết")
    expect(said_by(page, "bot").last).to_have_text("Đã xoá xong.")
    bot.clear_without_id()
    expect(lines(page)).to_have_text([OPENING, "Đã xoá xong."])


# Weak networks


def test_after_a_500_the_same_message_is_sent_again_under_the_same_id(page: Page, bot: FakeBot) -> None:
    bot.faults = [500]
    send(page, "cứu em")
    expect(page.locator(".unsent")).to_contain_text("Chưa gửi được")
    expect(said_by(page, "bot").last).to_have_text("Bot nghe: cứu em")
    expect(page.locator(".unsent")).to_have_count(0)
    first, second = bot.posts
    assert first == second


def test_send_again_works_once_the_network_is_back(page: Page, bot: FakeBot) -> None:
    page.route("**/webhooks/web/*", lambda route: route.abort("connectionrefused"))
    send(page, "cứu em")
    expect(page.get_by_role("button", name="Gửi lại")).to_be_visible()
    expect(page.locator("#offline")).to_contain_text("111")
    page.unroute("**/webhooks/web/*")
    page.get_by_role("button", name="Gửi lại").click()
    expect(said_by(page, "bot").last).to_have_text("Bot nghe: cứu em")
    expect(page.locator("#offline")).to_be_hidden()
    assert bot.texts() == ["cứu em"]


def test_a_refused_message_is_not_hammered(page: Page, bot: FakeBot) -> None:
    bot.faults = [422]
    send(page, "lạ")
    expect(page.get_by_role("button", name="Gửi lại")).to_be_visible()
    page.wait_for_timeout(1600)
    assert len(bot.posts) == 1


def test_an_unknown_sender_is_replaced_without_losing_the_message(page: Page, bot: FakeBot) -> None:
    send(page, "một")
    expect(lines(page)).to_have_count(3)
    bot.senders.clear()
    send(page, "hai")
    expect(said_by(page, "bot").last).to_have_text("Bot nghe: hai")
    assert bot.posts[-1]["sender"] == bot.senders[0] and len(bot.senders) == 1


# Nothing a message says becomes part of the page


@pytest.mark.parametrize("author", ["bot", "counsellor", "system"])
def test_markup_is_shown_as_text(page: Page, bot: FakeBot, author: str) -> None:
    attack = "<img src=x onerror=alert(1)><script>document.title='x'</script>&amp;"
    bot.answer = lambda body: [says(attack, "<b>nút</b>", author=author)]
    send(page, attack)
    expect(said_by(page, author).last).to_have_text(attack)
    expect(page.get_by_role("button", name="<b>nút</b>")).to_be_visible()
    assert page.locator("#log img, #log script, #log b").count() == 0
    expect(page).to_have_title("Góc học tập")


def test_only_emergency_numbers_and_the_bots_addresses_become_links(page: Page, bot: FakeBot) -> None:
    text = "Gọi 111/113, 115. Không phải 1.113, 0113 hay 1111. Xem https://vn.example/111?a=1. javascript:alert(1)"
    bot.answer = lambda body: [says(text)]
    send(page, "111 https://kẻ.lạ")
    expect(said_by(page, "bot")).to_have_count(2)
    links = said_by(page, "bot").last.get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == [
        "tel:111", "tel:113", "tel:115", "https://vn.example/111?a=1",
    ]  # fmt: skip
    assert "noreferrer" in str(links.last.get_attribute("rel"))
    assert said_by(page, "me").get_by_role("link").count() == 0


def test_an_address_from_a_person_stays_text(page: Page, bot: FakeBot) -> None:
    bot.answer = lambda body: [says("https://vn.example/x", author="counsellor")]
    send(page, "alo")
    expect(said_by(page, "counsellor")).to_have_text("https://vn.example/x")
    assert said_by(page, "counsellor").get_by_role("link").count() == 0


# Leaving without a trace


def test_exit_clears_at_once_and_tells_the_server(page: Page, bot: FakeBot) -> None:
    send(page, "chuyện riêng")
    expect(lines(page)).to_have_count(3)
    bot.silence = 1.0
    page.get_by_role("button", name="Thoát").click()
    assert lines(page).count() == 1
    expect(lines(page)).to_contain_text([HOMEWORK])
    expect(page.locator("#danger")).to_be_hidden()
    wait_for(page, lambda: bot.texts()[-1] == "thoát")
    page.wait_for_timeout(1300)
    expect(lines(page)).to_have_count(1)


def test_an_answer_under_way_never_follows_the_exit(page: Page, bot: FakeBot) -> None:
    bot.silence = 0.7
    send(page, "chuyện riêng")
    wait_for(page, lambda: bot.posts)
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Thoát").click()
    bot.push(says("Mình tin em."))
    page.wait_for_timeout(1500)
    expect(lines(page)).to_have_count(1)
    expect(lines(page)).to_contain_text([HOMEWORK])


@pytest.mark.parametrize("word", ["thoát", "THOAT", " thoát! ", "thoát ngay đi"])
def test_the_typed_word_exits_too(page: Page, bot: FakeBot, word: str) -> None:
    send(page, "chuyện riêng")
    expect(lines(page)).to_have_count(3)
    send(page, word)
    expect(lines(page)).to_have_count(1)
    wait_for(page, lambda: bot.texts()[-1] == "thoát")


def test_escape_three_times_exits_and_the_cover_survives_a_reload(page: Page, bot: FakeBot) -> None:
    send(page, "chuyện riêng")
    expect(lines(page)).to_have_count(3)
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(lines(page)).to_contain_text([HOMEWORK])
    wait_for(page, lambda: bot.texts()[-1] == "thoát")
    page.reload()
    expect(lines(page)).to_contain_text([HOMEWORK])
    expect(page.get_by_role("heading")).to_have_text("Góc học tập")


def test_talk_goes_on_under_the_cover_and_111_lifts_it(page: Page, bot: FakeBot) -> None:
    page.get_by_role("button", name="Thoát").click()
    wait_for(page, lambda: bot.texts() == ["thoát"])
    page.wait_for_timeout(200)
    send(page, "bằng 3/4")
    expect(said_by(page, "bot").last).to_have_text("Bot nghe: bằng 3/4")
    expect(page.locator("#danger")).to_be_hidden()
    send(page, "111")
    expect(page.locator("#danger")).to_be_visible()
    expect(said_by(page, "bot").last).to_have_text("Bot nghe: 111")


def test_an_exit_without_network_is_repeated_until_it_arrives(page: Page, bot: FakeBot) -> None:
    send(page, "chuyện riêng")
    expect(lines(page)).to_have_count(3)
    bot.faults = [503]
    page.get_by_role("button", name="Thoát").click()
    wait_for(page, lambda: bot.texts().count("thoát") == 2)
    assert bot.posts[-1]["message_id"] == bot.posts[-2]["message_id"]
    page.wait_for_timeout(200)
    expect(lines(page)).to_have_count(1)


def test_a_hiding_that_only_the_server_recognised_covers_the_page_too(page: Page, bot: FakeBot) -> None:
    bot.answer = lambda body: [{**says("Mình ôn toán nhé."), "view": "cover"}]
    send(page, "mẹ em vào rồi")
    expect(lines(page)).to_contain_text([HOMEWORK, "Mình ôn toán nhé."])
    expect(page.locator("#danger")).to_be_hidden()
    bot.push({**says("Mình đây."), "view": "open"})
    expect(page.locator("#danger")).to_be_visible()


def test_a_counsellors_held_words_are_shown_after_reopening(page: Page, bot: FakeBot) -> None:
    held = bot.hold(says("Cô vẫn ở đây.", author="counsellor"))
    send(page, "thoát")
    wait_for(page, lambda: bot.answered == 1)
    page.wait_for_timeout(200)
    send(page, "111")
    bot.release(held)
    expect(said_by(page, "counsellor")).to_have_text(["Cô vẫn ở đây."])


# Every hand, eye and screen


def test_everything_can_be_done_from_the_keyboard(page: Page, bot: FakeBot) -> None:
    bot.answer = lambda body: [says("Em an toàn không?", "An toàn", "Không")] if len(bot.posts) == 1 else []
    page.get_by_label("Tin nhắn của bạn").focus()
    page.keyboard.type("alo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="An toàn", exact=True)).to_be_enabled()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Không")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    wait_for(page, lambda: bot.texts() == ["alo", "An toàn"])
    expect(page.get_by_label("Tin nhắn của bạn")).to_be_focused()


def test_focus_moves_from_the_top_to_the_bottom_and_can_be_seen(page: Page) -> None:
    page.get_by_role("button", name="Gặp người thật").focus()
    walked = []
    for _ in range(8):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert walked == ["exit", "111", "113", "scroller", "113", "111", "words", "send"]


def test_log_is_announced_and_the_input_is_named(page: Page) -> None:
    log = page.get_by_role("log")
    assert log.get_attribute("aria-live") == "polite"
    expect(page.get_by_role("textbox", name="Tin nhắn của bạn")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "vi")


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
def test_no_sideways_scrolling_and_targets_are_large(
    open_page: Callable[..., Page], bot: FakeBot, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 640})
    bot.answer = lambda body: [
        says("dài" * 200 + " https://vn.example/" + "a" * 300, "Có", "Một câu trả lời dài hơn hẳn")
    ]
    send(page, "x" * 400)
    expect(page.get_by_role("button", name="Có", exact=True)).to_be_visible()
    overflow = "[document.documentElement, document.getElementById('scroller')].map(e => e.scrollWidth - e.clientWidth)"
    assert page.evaluate(overflow) == [0, 0]
    for button in page.locator("button:visible, textarea").all():
        box = button.bounding_box()
        assert box is not None and box["width"] >= 43.5 and box["height"] >= 43.5
        assert box["x"] >= 0 and box["x"] + box["width"] <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast_meets_aa(open_page: Callable[..., Page], bot: FakeBot, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    bot.answer = lambda body: [
        says("111", "Có"),
        says("cô", author="counsellor"),
        says("báo", author="system"),
    ]
    send(page, "alo")
    expect(lines(page)).to_have_count(5)
    page.wait_for_timeout(300)
    assert page.evaluate(LOW_CONTRAST) == []


def test_reduced_motion_stops_the_animations(open_page: Callable[..., Page]) -> None:
    page = open_page(reduced_motion="reduce")
    running = "getComputedStyle(document.querySelector('.line')).animationName"
    assert page.evaluate(running) == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('.typing i')).animationName") == "none"


# Lists every visible piece of text whose colour is below 4.5:1 against the first solid ground behind it.
LOW_CONTRAST = """() => {
  const rgb = (value) => value.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const solid = (value) => rgb(value).length === 3 || rgb(value)[3] === 1;
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const pill = rgb(getComputedStyle(at, '::before').backgroundColor);
      if (at.className === 'act' && pill.length === 3) return pill;
      if (solid(getComputedStyle(at).backgroundColor)) return rgb(getComputedStyle(at).backgroundColor);
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('h1, .danger, .danger a, .act, .text, .text a, .who, .choice')]
    .filter((node) => node.checkVisibility())
    .map((node) => {
      const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
      return [node.className || node.tagName, (a + 0.05) / (b + 0.05)];
    })
    .filter(([, ratio]) => ratio < 4.5);
}"""
