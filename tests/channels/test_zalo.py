"""Zalo's folder alone: what an update becomes, and what a refusal is called."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.delivery import Option, Outgoing, Part
from bot.errors import (
    MessageRefused,
    QuotaExhausted,
    RecipientGone,
    SendError,
    TemporarySendError,
    TokenRefused,
)
from bot.messages import GroupMessage, Ignored, InboundMessage, Kind
from connectors.zalo_bot.client import ZaloBotClient
from connectors.zalo_bot.payload import parse
from tests.support.fake_zalo import FakeZalo, running_zalo

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
MILLISECONDS = int((NOW - timedelta(seconds=5)).timestamp() * 1000)
ID = "6ede9afa66b88fe6d6a9"
TEXT = "message.text.received"


def update(event: str = TEXT, **fields: Any) -> dict[str, Any]:
    message = {
        "from": {"id": ID, "display_name": "Lan", "is_bot": False},
        "chat": {"id": ID, "chat_type": "PRIVATE"},
        "message_id": "m1",
        "date": MILLISECONDS,
    }
    return {"event_name": event, "message": {**message, **fields}}


def read(event: str = TEXT, **fields: Any) -> InboundMessage:
    parsed = parse(update(event, **fields), NOW)
    assert isinstance(parsed, InboundMessage)
    return parsed


def test_flat_and_wrapped_updates_are_the_same_message() -> None:
    flat = update(text="em hỏi chút")
    one, two = parse(flat, NOW), parse({"ok": True, "result": flat}, NOW)
    assert isinstance(one, InboundMessage) and isinstance(two, InboundMessage)
    assert vars(one) == vars(two)
    assert (one.chat_id, one.text, one.message_id) == (ID, "em hỏi chút", "m1")
    assert one.sent_at == NOW - timedelta(seconds=5)


@pytest.mark.parametrize(
    ("event", "fields", "kind", "words"),
    [
        ("message.image.received", {"photo_url": "https://x/1.jpg"}, Kind.MEDIA, ""),
        (
            "message.image.received",
            {"photo": "https://x/1.jpg", "caption": "nó doạ em"},
            Kind.MEDIA,
            "nó doạ em",
        ),
        ("message.voice.received", {"voice_url": "https://x/1.aac"}, Kind.MEDIA, ""),
        ("message.sticker.received", {"sticker": "s1", "url": "https://x"}, Kind.TEXT, ""),
        ("message.unsupported.received", {}, Kind.UNSUPPORTED, ""),
        ("message.link.received", {"url": "https://x"}, Kind.UNSUPPORTED, ""),
        ("message.brand_new.received", {"text": "cứu em"}, Kind.TEXT, "cứu em"),
        ("message.brand_new.received", {}, Kind.UNSUPPORTED, ""),
    ],
)
def test_each_event_has_its_kind_and_no_link_goes_further(
    event: str, fields: dict[str, Any], kind: Kind, words: str
) -> None:
    one = read(event, **fields)
    assert (one.kind, one.text) == (kind, words)
    assert "https" not in str(vars(one))


def test_a_withheld_message_without_id_is_told_from_the_next_by_its_time() -> None:
    first = read("message.unsupported.received", message_id=None)
    later = read("message.unsupported.received", message_id=None, date=MILLISECONDS + 1)
    assert first.message_id != later.message_id
    assert first.message_id == read("message.unsupported.received", message_id=None).message_id


@pytest.mark.parametrize("date", [None, "soon", 0, 10**20, -1, MILLISECONDS + 10**9])
def test_a_date_that_cannot_be_is_now(date: Any) -> None:
    assert read(text="a", date=date).sent_at == NOW


def test_a_missing_chat_is_the_sender_and_odd_fields_are_missing_ones() -> None:
    one = read(text="em chào", chat=None, caption={"a": 1}, message_id=["x"])
    assert one.chat_id == ID and one.text == "em chào"


def test_a_group_is_told_apart() -> None:
    parsed = parse(update(text="@Bot chào", chat={"id": "g1", "chat_type": "GROUP"}), NOW)
    assert isinstance(parsed, GroupMessage) and parsed.chat_id == "g1"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"ok": True},
        {"event_name": TEXT},
        {"event_name": 5, "message": {}},
        {"event_name": TEXT, "message": {"text": "from nobody"}},
        {"event_name": "reaction.received", "message": update()["message"]},
        update(text="echo", **{"from": {"id": "b", "is_bot": True}}),
    ],
)
def test_everything_else_is_ignored_and_never_an_error(given: dict[str, Any]) -> None:
    assert isinstance(parse(given, NOW), Ignored)


def run(fake: FakeZalo, step: Callable[[ZaloBotClient], Coroutine[Any, Any, Any]], **given: Any) -> Any:
    async def main() -> Any:
        client = ZaloBotClient(given.get("token", fake.token), given.get("api", fake.url), "Nhắn số để chọn.")
        try:
            return await step(client)
        finally:
            await client.close()

    return asyncio.run(main())


def test_answers_are_numbered_under_the_message() -> None:
    message = Outgoing(
        1, "bot", "Em muốn gặp người thật không?", (Option("Có", "a"), Option("Chưa cần", "b"))
    )
    with running_zalo() as fake:
        (part,) = ZaloBotClient(fake.token, fake.url, "Nhắn số để chọn.").parts(message)
    assert part.text.endswith("1. Có\n2. Chưa cần\n\nNhắn số để chọn.")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 429}, QuotaExhausted),
        ({"status": 429, "ok_false": True}, QuotaExhausted),
        ({"status": 403, "ok_false": True}, TemporarySendError),
        ({"status": 500}, TemporarySendError),
        ({"status": 502, "html": True}, TemporarySendError),
        ({"status": 200, "html": True}, TemporarySendError),
        ({"status": 401}, TokenRefused),
        ({"status": 401, "ok_false": True}, TokenRefused),
        ({"status": 400, "ok_false": True}, MessageRefused),
    ],
)
def test_every_refusal_has_a_name_that_knows_whether_to_try_again(
    fault: dict[str, Any], error: type[SendError]
) -> None:
    with running_zalo() as fake:
        phone = fake.phone()
        fake.fail("sendMessage", **fault)
        with pytest.raises(SendError) as caught:
            run(fake, lambda client: client.send(phone.chat_id, Part("chào em")))
    assert type(caught.value) is error
    assert fake.token not in str(caught.value) and caught.value.__cause__ is None


def test_a_wrong_token_is_refused_though_zalo_answers_200() -> None:
    with running_zalo() as fake, pytest.raises(TokenRefused):
        run(fake, lambda client: client.name(), token="12345689:wrong")


def test_an_unknown_chat_is_gone() -> None:
    with running_zalo() as fake, pytest.raises(RecipientGone):
        run(fake, lambda client: client.send("f" * 20, Part("chào em")))


def test_a_poll_without_news_is_no_error() -> None:
    with running_zalo() as fake:
        fake.fail("getUpdates", status=408)
        assert run(fake, lambda client: client.updates()) == []
