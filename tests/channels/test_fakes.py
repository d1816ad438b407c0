"""The fake platforms keep their word: what they accept, refuse, show, lose and deliver, over real HTTP."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.fake_platform import FakePlatform, refusal
from tests.support.fake_telegram import FakeTelegram, running_telegram
from tests.support.fake_zalo import FakeZalo, running_zalo
from tests.support.helpline import serving
from tests.support.lachan import free_port

SECRET = "bi-mat-thu_nghiem"
Answer = dict[str, Any]
HTTP = httpx.Client(timeout=15, trust_env=False)


def call(fake: FakePlatform[Any], method: str, **params: Any) -> Answer:
    answer: Answer = HTTP.post(f"{fake.url}/bot{fake.token}/{method}", json=params).json()
    return answer


def keyboard(*buttons: dict[str, str]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


def offer(fake: FakePlatform[Any], phone: Any, *titles: str) -> None:
    """Offer answers in the platform's way."""
    if isinstance(fake, FakeTelegram):
        buttons = [{"text": title, "callback_data": f"dữ liệu {title}"} for title in titles]
        call(fake, "sendMessage", chat_id=phone.chat_id, text="Chọn", reply_markup=keyboard(*buttons))
    else:
        numbered = "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))
        call(fake, "sendMessage", chat_id=phone.chat_id, text=f"Chọn:\n{numbered}")


@dataclass
class Hook:
    """A bot's webhook: keeps what it is sent, answers the scripted statuses, 500 until ``wants`` came, then 200."""

    url: str
    statuses: list[int] = field(default_factory=list)
    wants: bytes = b""
    bodies: list[bytes] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        names = ("x-telegram-bot-api-secret-token", "x-bot-api-secret-token")
        self.secrets.append(next((request.headers[name] for name in names if name in request.headers), None))
        willing = any(self.wants in body for body in self.bodies)
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200 if willing else 500)

    @property
    def updates(self) -> list[Any]:
        return [json.loads(body) for body in self.bodies if body]

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates]


@pytest.fixture(scope="module")
def hooks() -> Iterator[dict[str, Hook]]:
    """One server for all tests, with a path for each."""
    hooks: dict[str, Hook] = {"": Hook(f"http://127.0.0.1:{free_port()}")}

    async def receive(request: Request) -> Response:
        return await hooks[request.path_params["name"]].receive(request)

    app = Starlette(routes=[Route("/{name}", receive, methods=["POST"])])
    with serving(app, host="127.0.0.1", port=int(hooks[""].url.rpartition(":")[2])):
        yield hooks


@pytest.fixture
def hook(hooks: dict[str, Hook]) -> Hook:
    name = str(len(hooks))
    hooks[name] = Hook(f"{hooks[''].url}/{name}")
    return hooks[name]


@pytest.fixture(scope="module")
def background() -> Iterator[ThreadPoolExecutor]:
    """Closes servers while the next tests run: each takes a fifth of a second."""
    with ThreadPoolExecutor() as background:
        yield background


@pytest.fixture
def telegram(background: ThreadPoolExecutor) -> Iterator[FakeTelegram]:
    running = running_telegram()
    yield running.__enter__()
    background.submit(running.__exit__, None, None, None)


@pytest.fixture
def zalo(background: ThreadPoolExecutor) -> Iterator[FakeZalo]:
    running = running_zalo()
    yield running.__enter__()
    background.submit(running.__exit__, None, None, None)


@pytest.fixture(params=["telegram", "zalo"])
def fake(request: pytest.FixtureRequest) -> FakePlatform[Any]:
    platform: FakePlatform[Any] = request.getfixturevalue(request.param)
    return platform


@pytest.fixture
def hooked(fake: FakePlatform[Any], hook: Hook) -> FakePlatform[Any]:
    assert call(fake, "setWebhook", url=hook.url, secret_token=SECRET)["ok"]
    hook.bodies.clear()
    hook.secrets.clear()
    return fake


def test_a_message_is_shown_on_its_phone_alone(fake: FakePlatform[Any]) -> None:
    phone, other = fake.phone(), fake.phone()
    sent = call(fake, "sendMessage", chat_id=phone.chat_id, text="Chào em 🌱")
    [line] = phone.wait(1)
    assert (line.text, line.message_id) == ("Chào em 🌱", sent["result"]["message_id"])
    assert not other.lines


def test_json_forms_and_queries_are_understood(fake: FakePlatform[Any]) -> None:
    phone, url = fake.phone(), f"{fake.url}/bot{fake.token}/sendMessage"
    message = {"chat_id": str(phone.chat_id), "text": "Chào"}
    answers = [HTTP.post(url, json=message), HTTP.post(url, data=message), HTTP.get(url, params=message)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [call.params for call in fake.calls_of("sendMessage")] == [message] * 3


def test_an_unknown_chat_is_refused(fake: FakePlatform[Any]) -> None:
    assert call(fake, "sendMessage", chat_id="99", text="Chào")["error_code"] == 400


def test_an_unknown_method_is_refused(fake: FakePlatform[Any]) -> None:
    assert call(fake, "sendEverything")["error_code"] == 404


def test_texts_are_counted_in_utf16_units(fake: FakePlatform[Any]) -> None:
    phone, most = fake.phone(), {"telegram": 4096, "zalo": 2000}[type(fake).__name__[4:].lower()]
    assert call(fake, "sendMessage", chat_id=phone.chat_id, text="🌱" * (most // 2))["ok"]
    assert (
        call(fake, "sendMessage", chat_id=phone.chat_id, text="🌱" * (most // 2) + "a")["error_code"] == 400
    )
    assert call(fake, "sendMessage", chat_id=phone.chat_id, text="")["error_code"] == 400


def test_typing_is_counted(fake: FakePlatform[Any]) -> None:
    phone = fake.phone()
    answer = call(fake, "sendChatAction", chat_id=phone.chat_id, action="typing")
    assert answer == ({"ok": True, "result": True} if isinstance(fake, FakeTelegram) else {"ok": True})
    assert phone.typing_seen == 1


def test_waiting_in_vain_tells_how_many_lines_there_were(fake: FakePlatform[Any]) -> None:
    with pytest.raises(AssertionError, match="0 lines"):
        fake.phone().wait(1, seconds=0.05)


def test_an_offered_answer_is_picked_in_the_platforms_way(
    hooked: FakePlatform[Any], fake: FakePlatform[Any], hook: Hook
) -> None:
    phone = fake.phone()
    offer(fake, phone, "Kể chuyện", "Gọi điện")
    phone.choose("Gọi điện")
    fake.wait_delivered()
    [update] = hook.updates
    if isinstance(fake, FakeTelegram):
        query = update["callback_query"]
        assert query["data"] == "dữ liệu Gọi điện"
        assert query["message"]["reply_markup"]["inline_keyboard"][1][0]["text"] == "Gọi điện"
        assert call(fake, "answerCallbackQuery", callback_query_id=query["id"])["ok"]
        assert fake.answered_callbacks == [query["id"]]
    else:
        assert update["message"]["text"] == "2"


def test_faults_come_as_often_as_asked_and_send_nothing(fake: FakePlatform[Any]) -> None:
    phone = fake.phone()
    fake.fail("sendMessage", status=502, times=2, html=True)
    fake.fail("sendMessage", status=429, ok_false=True)
    url, message = f"{fake.url}/bot{fake.token}/sendMessage", {"chat_id": phone.chat_id, "text": "Chào"}
    answers = [HTTP.post(url, json=message) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [502, 502, 200, 200]
    assert answers[0].text.startswith("<html>")
    assert answers[2].json()["error_code"] == 429
    assert len(phone.lines) == 1
    assert [call.status for call in fake.calls] == [502, 502, 200, 200]


def test_a_message_can_arrive_while_its_answer_is_lost(fake: FakePlatform[Any]) -> None:
    phone = fake.phone()
    fake.fail_after_sending("sendMessage")
    with pytest.raises(httpx.TransportError):
        call(fake, "sendMessage", chat_id=phone.chat_id, text="Chào")
    fake.fail_after_sending("sendMessage", status=500)
    assert not call(fake, "sendMessage", chat_id=phone.chat_id, text="Chào")["ok"]
    assert len(phone.lines) == 2


def test_a_call_can_hang(fake: FakePlatform[Any]) -> None:
    fake.fail("getMe", hang=5)
    with pytest.raises(httpx.ReadTimeout):
        HTTP.get(f"{fake.url}/bot{fake.token}/getMe", timeout=0.2)
    assert fake.calls_of("getMe")


def test_the_webhook_gets_the_update_with_the_secret(
    hooked: FakePlatform[Any], fake: FakePlatform[Any], hook: Hook
) -> None:
    update = fake.phone().write("cháu chào cô")
    fake.wait_delivered()
    assert hook.updates == [update]
    assert hook.secrets == [SECRET]


def test_a_failing_webhook_is_tried_again_and_holds_up_its_own_chat_alone(
    hooked: FakePlatform[Any], fake: FakePlatform[Any], hook: Hook
) -> None:
    slow, other = fake.phone(), fake.phone()
    hook.wants = str(other.chat_id).encode()
    slow.write("một")
    slow.write("hai")
    while len(fake.webhook_attempts) < 2:
        time.sleep(0.01)
    other.write("ba")
    fake.wait_delivered()
    assert [text for text in hook.texts() if text != "một"] == ["ba", "hai"]
    statuses = [attempt.status for attempt in fake.webhook_attempts]
    assert statuses.count(200) == 3
    assert statuses.count(500) == len(statuses) - 3 > 1


def test_an_unreachable_webhook_is_an_attempt_without_status(fake: FakePlatform[Any]) -> None:
    call(fake, "setWebhook", url="http://127.0.0.1:9/", secret_token=SECRET)
    fake.phone().write("có ai không")
    with pytest.raises(AssertionError, match="1 updates were not taken"):
        fake.wait_delivered(0.3)
    assert {attempt.status for attempt in fake.webhook_attempts} == {None}


def test_updates_can_be_repeated_and_disordered(
    hooked: FakePlatform[Any], fake: FakePlatform[Any], hook: Hook
) -> None:
    phone = fake.phone()
    phone.write("một")
    fake.deliver_again()
    fake.hold()
    phone.write("hai")
    phone.write("ba")
    fake.wait_delivered()
    fake.release(reverse=True)
    fake.wait_delivered()
    assert hook.texts() == ["một", "một", "ba", "hai"]


def test_updates_wait_for_a_webhook(fake: FakePlatform[Any], hook: Hook) -> None:
    fake.phone().write("sớm")
    call(fake, "setWebhook", url=hook.url, secret_token=SECRET)
    fake.wait_delivered()
    assert hook.texts() == ["sớm"]


def test_any_update_can_be_pushed(hooked: FakePlatform[Any], fake: FakePlatform[Any], hook: Hook) -> None:
    fake.deliver({"update_id": 5, "something_new": []})
    fake.wait_delivered()
    assert hook.updates == [{"update_id": 5, "something_new": []}]


def test_polling_beside_a_webhook_is_refused(hooked: FakePlatform[Any], fake: FakePlatform[Any]) -> None:
    assert not call(fake, "getUpdates", timeout=0)["ok"]
    assert call(fake, "deleteWebhook")["ok"]
    fake.phone().write("chào")
    assert call(fake, "getUpdates", timeout=0)["ok"]


def test_a_long_poll_answers_as_soon_as_something_comes(fake: FakePlatform[Any]) -> None:
    threading.Timer(0.2, fake.phone().write, ["chào"]).start()
    began = time.monotonic()
    assert call(fake, "getUpdates", timeout=10)["result"]
    assert time.monotonic() - began < 2


def test_an_abandoned_poll_takes_no_update(fake: FakePlatform[Any]) -> None:
    with pytest.raises(httpx.ReadTimeout):
        HTTP.post(f"{fake.url}/bot{fake.token}/getUpdates", json={"timeout": 20}, timeout=0.1)
    time.sleep(0.1)
    fake.phone().write("chào")
    assert call(fake, "getUpdates", timeout=1)["result"]


# Telegram alone


def test_telegram_tells_wrong_tokens_from_malformed_ones(telegram: FakeTelegram) -> None:
    wrong = [HTTP.get(f"{telegram.url}/bot{token}/getMe") for token in (f"123456789:AA{'x' * 33}", "abc")]
    assert [answer.json() for answer in wrong] == [refusal(401, "Unauthorized"), refusal(404, "Not Found")]
    assert (telegram.requests_with_wrong_token, len(telegram.calls_of("getMe"))) == (2, 2)


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "message text is empty"),
    ({"text": " "}, "text must be non-empty"),
    ({"text": "a" * 4097}, "message is too long"),
    ({"chat_id": ""}, "chat_id is empty"),
    ({"chat_id": 5}, "chat not found"),
    ({"reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ({"reply_markup": keyboard()}, "inline keyboard must have at least one button"),
    (
        {"reply_markup": keyboard({"text": "", "callback_data": "a"})},
        "inline keyboard button text must be non-empty",
    ),
    ({"reply_markup": keyboard({"text": "a", "callback_data": "ệ" * 22})}, "BUTTON_DATA_INVALID"),
    (
        {"reply_markup": keyboard({"text": "Gọi 111", "url": "tel:111"})},
        "inline keyboard button URL 'tel:111' is invalid: Unsupported URL protocol",
    ),
    (
        {"reply_markup": keyboard({"text": "a"})},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
]


def test_telegram_refuses_in_its_own_words(telegram: FakeTelegram) -> None:
    phone = telegram.phone()
    for given, said in REFUSALS:
        params = {"chat_id": phone.chat_id, "text": "Chào"} | given
        assert call(telegram, "sendMessage", **params) == refusal(400, f"Bad Request: {said}")
    assert not phone.lines


def test_telegram_takes_markup_as_a_string_in_a_form(telegram: FakeTelegram) -> None:
    phone = telegram.phone()
    markup = json.dumps(keyboard({"text": "Có", "callback_data": "x" * 64}))
    form = {"chat_id": str(phone.chat_id), "text": "1", "reply_markup": markup, "protect_content": "true"}
    HTTP.post(f"{telegram.url}/bot{telegram.token}/SENDMESSAGE", data=form).raise_for_status()
    [line] = phone.lines
    assert (line.text, line.buttons, line.params["protect_content"]) == ("1", ("Có",), True)


def test_telegram_deletes_what_is_young_on_both_sides(telegram: FakeTelegram) -> None:
    phone = telegram.phone()
    theirs = phone.write("xoá giúp cháu")["message"]["message_id"]
    old = phone.write("từ lâu", at=time.time() - 49 * 3600)["message"]["message_id"]
    ours = [
        call(telegram, "sendMessage", chat_id=phone.chat_id, text="a")["result"]["message_id"] for _ in "ab"
    ]
    chat: dict[str, Any] = {"chat_id": phone.chat_id}
    assert call(telegram, "deleteMessages", message_ids=[theirs, ours[0], 1], **chat)["ok"]
    assert (phone.own, [line.message_id for line in phone.lines]) == (["từ lâu"], [ours[1]])
    telegram.age(ours[1], hours=49)
    too_old = refusal(400, "Bad Request: message can't be deleted")
    assert [call(telegram, "deleteMessage", message_id=number, **chat) for number in (old, ours[1])] == [
        too_old
    ] * 2
    unknown = call(telegram, "deleteMessage", message_id=1, **chat)
    assert unknown == refusal(400, "Bad Request: message to delete not found")


def test_telegram_tells_of_a_block_and_refuses_to_send(telegram: FakeTelegram) -> None:
    phone = telegram.phone()
    change = phone.block()["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "kicked")
    answer = call(telegram, "sendMessage", chat_id=phone.chat_id, text="Chào")
    assert answer == refusal(403, "Forbidden: bot was blocked by the user")
    phone.unblock()
    assert call(telegram, "sendMessage", chat_id=phone.chat_id, text="Chào")["ok"]


def test_telegram_confirms_by_a_higher_offset(telegram: FakeTelegram) -> None:
    phone = telegram.phone()
    first, second = phone.write("một"), phone.write("hai")
    for _ in "ab":
        assert call(telegram, "getUpdates", timeout=0)["result"] == [first, second]
    assert call(telegram, "getUpdates", offset=second["update_id"], timeout=0)["result"] == [second]
    assert call(telegram, "getUpdates", offset=second["update_id"] + 1, timeout=0)["result"] == []
    telegram.wait_delivered(0)
    telegram.deliver_again()
    assert call(telegram, "getUpdates", offset=second["update_id"] + 1, timeout=0)["result"] == [second]


def test_telegram_ends_the_first_of_two_polls(telegram: FakeTelegram) -> None:
    ended: list[Answer] = []
    poll = threading.Thread(target=lambda: ended.append(call(telegram, "getUpdates", timeout=10)))
    poll.start()
    while not telegram._polls:
        time.sleep(0.01)
    assert call(telegram, "getUpdates", timeout=0)["ok"]
    poll.join()
    assert (ended[0]["error_code"], ended[0]["description"][:43]) == (
        409,
        "Conflict: terminated by other getUpdates re",
    )


def test_telegram_delivers_only_kinds_that_were_asked_for(telegram: FakeTelegram) -> None:
    phone = telegram.phone()
    call(telegram, "getUpdates", timeout=0, allowed_updates=["edited_message"])
    phone.write("chào")
    edited = phone.edit("xin chào")
    assert call(telegram, "getUpdates", timeout=0)["result"] == [edited]
    assert phone.own == ["xin chào"]


def test_telegram_checks_the_webhook(telegram: FakeTelegram) -> None:
    for secret in ("a b", "x" * 257, "mật"):
        assert call(telegram, "setWebhook", url="https://a.vn", secret_token=secret)["error_code"] == 400
    insecure = call(telegram, "setWebhook", url="http://a.vn")
    assert insecure["description"] == "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"


def test_telegram_reports_and_drops_what_waits(telegram: FakeTelegram) -> None:
    call(telegram, "setWebhook", url="https://bot.invalid/")
    telegram.phone().start("lop-5")
    while not telegram.webhook_attempts:
        time.sleep(0.01)
    info = call(telegram, "getWebhookInfo")["result"]
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Connection refused")
    call(telegram, "deleteWebhook", drop_pending_updates=True)
    assert call(telegram, "getUpdates", timeout=0)["result"] == []


def test_telegram_can_be_strict_about_floods(telegram: FakeTelegram) -> None:
    telegram.strict_flood = True
    chat_id = telegram.phone().chat_id
    answers = [call(telegram, "sendMessage", chat_id=chat_id, text="a") for _ in range(4)]
    assert [answer["ok"] for answer in answers] == [True, True, True, False]
    assert answers[3]["parameters"] == {"retry_after": 1}


def test_telegram_groups_can_be_left(telegram: FakeTelegram) -> None:
    group = telegram.phone(group=True)
    assert group.add_bot()["my_chat_member"]["chat"]["type"] == "supergroup"
    assert call(telegram, "leaveChat", chat_id=group.chat_id)["ok"]
    assert telegram.left_chats == [group.chat_id]
    assert call(telegram, "sendMessage", chat_id=group.chat_id, text="a")["error_code"] == 403
    assert not call(telegram, "leaveChat", chat_id=telegram.phone().chat_id)["ok"]


def test_telegram_objects_read_well_in_an_independent_library(telegram: FakeTelegram) -> None:
    from telegram import Update

    phone = telegram.phone()
    offer(telegram, phone, "Có")
    made = [
        phone.start("x"),
        phone.photo("c"),
        phone.voice(),
        phone.sticker("😀"),
        phone.edit("y"),
        phone.tap("Có"),
    ]
    for update in [*made, phone.block()]:
        read = Update.de_json(update, None)
        assert read.effective_chat
        assert read.effective_user
        assert (read.effective_chat.id, read.effective_user.id) == (phone.chat_id, phone.chat_id)
        assert not any(getattr(part, "api_kwargs", None) for part in (read, read.effective_message))
    assert made[0]["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


# Zalo alone


def test_zalo_hides_a_wrong_token_in_a_200(zalo: FakeZalo) -> None:
    url = f"{zalo.url}/bot1:x/getMe"
    hidden = HTTP.get(url)
    zalo.honest_status = True
    assert (hidden.status_code, hidden.json()["error_code"], HTTP.get(url).status_code) == (200, 401, 401)


def test_zalo_says_408_when_nothing_came(zalo: FakeZalo) -> None:
    answer = HTTP.get(f"{zalo.url}/bot{zalo.token}/getUpdates", params={"timeout": "0"})
    assert (answer.status_code, answer.json()["error_code"]) == (408, 408)


@pytest.mark.parametrize("redelivers", [False, True])
def test_zalo_gives_one_update_and_forgets_it_or_not(zalo: FakeZalo, redelivers: bool) -> None:
    zalo.redelivers = redelivers
    phone = zalo.phone()
    first, second = phone.write("một"), phone.write("hai")
    assert [call(zalo, "getUpdates", timeout=0)["result"] for _ in "ab"] == [first, second]
    assert call(zalo, "getUpdates", timeout=0).get("result") == (second if redelivers else None)


def test_zalo_probes_the_webhook_and_keeps_it_anyway(zalo: FakeZalo, hook: Hook) -> None:
    assert call(zalo, "getWebhookInfo")["error_code"] == 404
    hook.statuses = [403]
    verification = call(zalo, "setWebhook", url=hook.url, secret_token=SECRET)["result"]["verification"]
    assert (verification["ok"], verification["outcome"], hook.bodies) == (False, "webhook.http.403", [b""])
    assert call(zalo, "getWebhookInfo")["result"]["url"] == hook.url
    assert call(zalo, "testWebhook")["result"]["outcome"] == "webhook.ok"


def test_zalo_checks_the_webhook(zalo: FakeZalo) -> None:
    assert call(zalo, "setWebhook", url="https://a.vn", secret_token="ngắn")["error_code"] == 400
    for url in ("http://a.vn", "https://10.0.0.1", "https://localhost", "nothing"):
        assert call(zalo, "setWebhook", url=url, secret_token=SECRET)["error_code"] == 400


def test_zalo_bodies_are_flat_or_wrapped(zalo: FakeZalo, hook: Hook) -> None:
    call(zalo, "setWebhook", url=hook.url, secret_token=SECRET)
    phone = zalo.phone()
    flat = phone.write("một")
    zalo.wait_delivered()
    zalo.wrapped = True
    wrapped = phone.write("hai")
    zalo.wait_delivered()
    assert hook.updates == [flat, {"ok": True, "result": wrapped}]


def test_zalo_events_look_as_seen_or_as_documented(zalo: FakeZalo) -> None:
    phone = zalo.phone()
    seen = phone.photo("c")
    zalo.documented = True
    documented = phone.photo("c")
    assert "photo_url" in seen["message"]
    assert "photo" in documented["message"]
    assert phone.voice()["message"]["voice_url"].endswith(".aac")
    withheld = phone.withheld(with_id=False)
    assert withheld["event_name"] == "message.unsupported.received"
    assert set(withheld["message"]) == {"from", "chat", "date"}


def test_zalo_quota_runs_out_without_a_term(zalo: FakeZalo) -> None:
    zalo.exhaust_quota()
    answer = call(zalo, "sendMessage", chat_id=zalo.phone().chat_id, text="a")
    assert (answer["error_code"], "parameters" in answer) == (429, False)


def test_zalo_refuses_a_blocked_chat_in_a_200(zalo: FakeZalo) -> None:
    phone = zalo.phone()
    phone.block()
    url = f"{zalo.url}/bot{zalo.token}/sendMessage"
    answer = HTTP.post(url, json={"chat_id": phone.chat_id, "text": "a"})
    assert (answer.status_code, answer.json()["error_code"]) == (200, 400)
