"""The web channel over real HTTP: what a program or the page may send, and what comes back."""

import json
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from bot.bootstrap import clock
from bot.config import ROOT, Settings
from bot.escalation.takeover import Takeover
from bot.escalation.wording import load_wording
from bot.outbox import Outbox
from bot.privacy.keyring import add_account, start_team
from bot.privacy.secrets import load_secrets
from bot.storage.engine import open_database
from bot.storage.tables import CaseRow, TurnRow
from tests.support.helpline import FakeDialogue, RunningBot, hang, raise_error, running_bot, say, say_nothing

DISCLOSURE = "chú ấy bắt em cởi đồ"


@pytest.fixture
def bot(settings: Settings) -> Iterator[RunningBot]:
    quick = settings.model_copy(update={"burst_seconds": 0.3, "dialogue_seconds": 1.0})
    with running_bot(quick, FakeDialogue()) as running:
        yield running


def test_a_question_is_answered_in_the_form_of_rasas_rest_channel(bot: RunningBot) -> None:
    [line] = bot.post("chào bạn")
    assert line["recipient_id"] == "child" and line["text"] == "đã nhận: chào bạn"


def test_a_disclosure_is_answered_without_any_dialogue_engine(settings: Settings) -> None:
    with running_bot(settings) as bot:
        began = time.monotonic()
        [line] = bot.post(DISCLOSURE)
        assert "111" in line["text"] and time.monotonic() - began < 1
        assert len(line["buttons"]) == 3
        assert bot.http.get("/healthz").status_code == 200
        ready = bot.http.get("/readyz")
        assert ready.status_code == 503 and ready.json()["parts"]["dialogue"] != "ok"


@pytest.mark.parametrize("fault", [hang, raise_error, say_nothing])
def test_when_rasa_fails_or_hangs_the_person_gets_a_calm_line_with_111(
    bot: RunningBot, fault: object
) -> None:
    bot.dialogue.fail = fault  # type: ignore[assignment]
    [text] = bot.texts("chào bạn")
    assert "111" in text


def test_a_burst_is_answered_once_and_seen_as_one(bot: RunningBot) -> None:
    answers: list[list[str]] = []
    threads = []
    for part in ("cho em hỏi", "mật khẩu", "đặt sao cho mạnh"):
        threads.append(threading.Thread(target=lambda words=part: answers.append(bot.texts(words))))
        threads[-1].start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert [turn["text"] for turn in bot.dialogue.turns] == ["cho em hỏi mật khẩu đặt sao cho mạnh"]
    assert sorted(map(len, answers)) == [0, 0, 1]


def test_a_tapped_button_is_an_opaque_token_and_reaches_rasa_as_its_payload(bot: RunningBot) -> None:
    bot.dialogue.answer = lambda _: say(
        "chọn đi", buttons=({"title": "Mật khẩu", "payload": '/ask{"topic": "x"}'},)
    )
    [line] = bot.post("chào")
    token = line["buttons"][0]["payload"]
    assert "ask" not in token
    bot.post("Mật khẩu", payload=token)
    assert bot.dialogue.turns[-1]["payload"] == '/ask{"topic": "x"}'


def test_typing_the_title_or_number_of_an_answer_is_choosing_it(bot: RunningBot) -> None:
    bot.dialogue.answer = lambda _: say(
        "chọn đi", buttons=({"title": "Mật khẩu", "payload": '/ask{"topic": "x"}'},)
    )
    bot.post("chào")
    for typed in ("mat khau", "1", "số 1"):
        bot.post(typed)
        assert bot.dialogue.turns[-1]["payload"] == '/ask{"topic": "x"}'


def test_a_typed_intent_is_text(bot: RunningBot) -> None:
    bot.post('/delete_data{"a": 1}')
    assert bot.dialogue.turns[-1]["payload"] is None


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"[]", "object"),
        (b'{"message": "x"}', "sender"),
        (b'{"sender": 5, "message": "x"}', "sender"),
        (b'{"sender": "", "message": "x"}', "sender"),
        (b'{"sender": "a"}', "message"),
        (b'{"sender": "a", "message": ["x"]}', "message"),
        (b'{"sender": "a", "message": "x", "payload": {}}', "payload"),
        (b'{"sender": "a", "message": "x", "message_id": 7}', "message_id"),
        (b"[" * 30_000, "JSON"),
        (b"\xff\xfe", "JSON"),
    ],
)
def test_a_malformed_request_gets_one_clear_error(bot: RunningBot, body: bytes, named: str) -> None:
    answer = bot.http.post("/webhooks/web/webhook", content=body)
    assert answer.status_code == 400 and named in answer.json()["error"]
    assert "Traceback" not in answer.text


def test_more_than_64_kb_is_refused_before_it_is_read_in(bot: RunningBot) -> None:
    answer = bot.http.post("/webhooks/web/webhook", json={"sender": "a", "message": "x" * 70_000})
    assert answer.status_code == 413


def test_five_thousand_characters_are_taken(bot: RunningBot) -> None:
    assert len(bot.texts("a " * 2500)) == 1


def test_lone_surrogates_and_nul_harm_nothing(bot: RunningBot) -> None:
    body = b'{"sender": "child", "message": "a\\ud800b\\u0000c"}'
    assert bot.http.post("/webhooks/web/webhook", content=body).status_code == 200


def test_a_repeated_post_of_the_same_message_is_stored_once(bot: RunningBot) -> None:
    bot.post("chào", message_id="same")
    assert bot.post("chào", message_id="same") == []
    assert len(bot.dialogue.turns) == 1


def test_what_a_counsellor_writes_in_another_process_is_streamed(bot: RunningBot) -> None:
    bot.post(DISCLOSURE)
    lines: list[dict[str, object]] = []

    def listen() -> None:
        with httpx.stream(
            "GET", f"{bot.http.base_url}/webhooks/web/events?sender=child", timeout=10
        ) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    lines.append(json.loads(line[6:]))
                if len(lines) == 2:
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    secrets = load_secrets(bot.settings.secrets_dir)
    database = open_database(bot.settings.database)
    takeover = Takeover(Outbox(secrets.service), load_wording(ROOT / "domain" / "responses"))
    with database.write() as session:
        user = add_account(session, "hoa", "counsellor", "mat khau dai", clock())
        start_team(session, user, secrets.service, clock())
        case = session.scalars(select(CaseRow)).one()
        takeover.join(session, case.id, user.id, clock())
        takeover.say(session, case.id, user.id, "Cô đây em.", clock())
    listener.join(timeout=10)
    database.close()
    assert [line["author"] for line in lines] == ["system", "counsellor"]
    assert lines[1]["text"] == "Cô đây em."
    assert bot.texts("dạ cô") == []


def test_erasing_clears_open_pages(bot: RunningBot) -> None:
    bot.post("chào")
    events: list[str] = []

    def listen() -> None:
        with httpx.stream(
            "GET", f"{bot.http.base_url}/webhooks/web/events?sender=child", timeout=10
        ) as stream:
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    events.append(line[7:])
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    time.sleep(0.3)
    [asked] = bot.post("xoá")
    bot.post("Xoá đi", payload=asked["buttons"][0]["payload"])
    listener.join(timeout=10)
    assert events == ["clear"]


def test_texts_for_rasa_are_wiped_once_answered(bot: RunningBot) -> None:
    bot.post("em hỏi chuyện mật khẩu")
    database = open_database(bot.settings.database)
    with database.read() as session:
        assert [(turn.state, turn.passing_text) for turn in session.scalars(select(TurnRow))] == [
            ("done", None)
        ]
    database.close()


def test_an_effect_of_the_dialogue_is_carried_out(bot: RunningBot) -> None:
    bot.dialogue.answer = lambda _: say(effects=("request_human",))
    [text] = bot.texts("em muốn có ai đó ngồi nghe")
    assert "111" in text
    database = open_database(bot.settings.database)
    with database.read() as session:
        assert session.scalars(select(CaseRow)).one().reason == "asked"
    database.close()


def test_the_page_and_its_parts_come_with_strict_headers(bot: RunningBot) -> None:
    page = bot.http.get("/chat")
    assert page.status_code == 200 and "default-src 'self'" in page.headers["content-security-policy"]
    for part in ("chat.css", "chat.js", "icon.svg"):
        assert bot.http.get(f"/chat/assets/{part}").status_code == 200


def test_a_session_is_128_random_bits(bot: RunningBot) -> None:
    first, second = (bot.http.post("/webhooks/web/session").json()["sender"] for _ in range(2))
    assert len(bytes.fromhex(first)) == 16 and first != second
