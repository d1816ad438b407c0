"""Telegram's folder alone: what an update becomes, and what a refusal is called."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.delivery import Option, Outgoing, Part
from bot.errors import (
    FetchConflict,
    MessageRefused,
    RateLimited,
    RecipientGone,
    SendError,
    TemporarySendError,
    TokenRefused,
)
from bot.messages import GroupMessage, Ignored, InboundMessage, Kind
from connectors.telegram.client import TelegramClient
from connectors.telegram.payload import parse
from tests.support.fake_telegram import FakeTelegram, running_telegram

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp()) - 5
CHAT = {"id": 77, "type": "private", "first_name": "Lan"}
PERSON = {"id": 77, "is_bot": False, "first_name": "Lan"}
PHOTO = [{"file_id": "F", "file_unique_id": "U", "width": 1, "height": 1}]


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": STAMP, "chat": CHAT, "from": PERSON} | fields


def update(**fields: Any) -> dict[str, Any]:
    return {"update_id": 9, **fields}


def read(**fields: Any) -> InboundMessage:
    parsed = parse(update(message=message(**fields)), NOW)
    assert isinstance(parsed, InboundMessage)
    return parsed


def test_a_text_message_is_read_with_its_own_time() -> None:
    one = read(text="em hỏi chút")
    assert (one.channel, one.chat_id, one.text, one.kind) == ("telegram", "77", "em hỏi chút", Kind.TEXT)
    assert one.sent_at == NOW - timedelta(seconds=5) and one.platform_id == "5"


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("/start", Kind.START, ""),
        ("/start abc_1", Kind.START, "abc_1"),
        ("/start chu ay danh em", Kind.TEXT, "chu ay danh em"),
        ("/xoa", Kind.TEXT, "xoa"),
        ("/help@LaChanBot em voi", Kind.TEXT, "help em voi"),
        ('/intent{"a": 1}', Kind.TEXT, '/intent{"a": 1}'),
        ("/", Kind.TEXT, "/"),
        ("   ", Kind.TEXT, "   "),
    ],
)
def test_commands_are_words_and_payloads_lose_nothing(text: str, kind: Kind, words: str) -> None:
    one = read(text=text)
    assert (one.kind, one.text) == (kind, words)


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        ({"photo": PHOTO}, Kind.MEDIA, ""),
        ({"photo": PHOTO, "caption": "nó doạ em"}, Kind.MEDIA, "nó doạ em"),
        ({"voice": {"file_id": "F", "file_unique_id": "U", "duration": 1}}, Kind.MEDIA, ""),
        ({"contact": {"phone_number": "0900000000", "first_name": "B"}}, Kind.MEDIA, ""),
        ({"location": {"latitude": 22.6, "longitude": 106.2}}, Kind.MEDIA, ""),
        ({"dice": {"emoji": "🎲", "value": 3}}, Kind.TEXT, "🎲"),
    ],
)
def test_what_is_no_text_is_media_and_only_its_caption_is_read(
    fields: dict[str, Any], kind: Kind, words: str
) -> None:
    one = read(**fields)
    assert (one.kind, one.text) == (kind, words)


def test_a_sticker_says_its_emoji() -> None:
    sticker = {"file_id": "F", "file_unique_id": "U", "type": "regular", "width": 1, "height": 1}
    flags = {"is_animated": False, "is_video": False, "emoji": "😭"}
    assert read(sticker=sticker | flags).text == "😭"


def test_an_album_counts_once_but_its_words_are_never_dropped() -> None:
    album = {"photo": PHOTO, "media_group_id": "G"}
    assert read(**album).message_id == read(**album).message_id == "album:G"
    assert read(**album, caption="giúp em").message_id == "update:9"


def test_an_edited_text_is_said_anew_and_an_edit_without_words_is_not() -> None:
    edited = message(text="em sợ", edit_date=STAMP + 2)
    parsed = parse(update(edited_message=edited), NOW)
    assert isinstance(parsed, InboundMessage) and parsed.sent_at == NOW - timedelta(seconds=3)
    where = message(location={"latitude": 1, "longitude": 1}, edit_date=STAMP)
    assert isinstance(parse(update(edited_message=where), NOW), Ignored)


def test_a_tapped_button_brings_its_token_and_shows_its_title() -> None:
    keyboard = {"inline_keyboard": [[{"text": "Có", "callback_data": "tok1"}]]}
    query = {"id": "q", "from": PERSON, "chat_instance": "c", "data": "tok1"}
    parsed = parse(update(callback_query=query | {"message": message(text="?", reply_markup=keyboard)}), NOW)
    assert isinstance(parsed, InboundMessage)
    assert (parsed.kind, parsed.token, parsed.text, parsed.platform_id) == (Kind.CHOICE, "tok1", "Có", "")


def test_a_button_of_a_message_too_old_to_see_still_counts() -> None:
    gone = {"message_id": 5, "date": 0, "chat": CHAT}
    query = {"id": "q", "from": PERSON, "chat_instance": "c", "data": "tok1", "message": gone}
    parsed = parse(update(callback_query=query), NOW)
    assert isinstance(parsed, InboundMessage) and parsed.token == "tok1" and parsed.text == ""


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_a_group_is_told_apart_and_nothing_of_it_is_read(kind: str) -> None:
    group = {"id": -5, "type": kind, "title": "Lớp 7A"}
    parsed = parse(update(message=message(chat=group, text="chào cả lớp")), NOW)
    assert isinstance(parsed, GroupMessage) and parsed.chat_id == "-5"
    joined = message(chat=group, new_chat_members=[PERSON])
    assert isinstance(parse(update(message=joined), NOW), Ignored)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"update_id": 1},
        {"update_id": 1, "poll": {"id": "1"}},
        {"update_id": 1, "something_new": {"a": 1}},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": {"message_id": 1}},
        {"update_id": 1, "message": "text"},
        {"update_id": 1, "message": message(pinned_message=message(text="x"))},
        {"update_id": 1, "message": message(**{"from": PERSON | {"is_bot": True}}, text="I am a bot")},
    ],
)
def test_everything_else_is_ignored_and_never_an_error(given: dict[str, Any]) -> None:
    assert isinstance(parse(given, NOW), Ignored)


def test_a_part_that_changed_its_form_does_not_hide_the_words() -> None:
    """A cry for help must be read also when Telegram changes what stands beside it."""
    odd = message(text="cứu em với", entities=[{"new": "form"}], photo="not a list")
    parsed = parse(update(message=odd), NOW)
    assert isinstance(parsed, InboundMessage) and parsed.text == "cứu em với"


def test_a_date_in_the_future_is_now() -> None:
    assert read(text="a", date=STAMP + 10_000).sent_at == NOW


def run(fake: FakeTelegram, step: Callable[[TelegramClient], Coroutine[Any, Any, Any]], **given: Any) -> Any:
    async def main() -> Any:
        client = TelegramClient(given.get("token", fake.token), given.get("api", fake.url))
        try:
            return await step(client)
        finally:
            await client.close()

    return asyncio.run(main())


def test_a_sent_line_is_protected_and_has_one_button_a_row() -> None:
    with running_telegram() as fake:
        phone = fake.phone()
        part = Part("Em chọn nhé", (Option("Có", "a" * 16), Option("Không", "b" * 16)))
        receipt = run(fake, lambda client: client.send(phone.chat_id, part))
    assert phone.lines[0].buttons == ("Có", "Không") and str(phone.lines[0].message_id) == receipt
    assert fake.calls_of("sendMessage")[0].params["protect_content"] in {"true", "True", True}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 429, "retry_after": 7}, RateLimited),
        ({"status": 429, "retry_after": 7, "ok_false": True}, RateLimited),
        ({"status": 500}, TemporarySendError),
        ({"status": 502, "html": True}, TemporarySendError),
        ({"status": 200, "html": True}, TemporarySendError),
        ({"status": 401}, TokenRefused),
        ({"status": 401, "ok_false": True}, TokenRefused),
        ({"status": 403}, RecipientGone),
        ({"status": 400}, MessageRefused),
        ({"status": 409}, FetchConflict),
    ],
)
def test_every_refusal_has_a_name_that_knows_whether_to_try_again(
    fault: dict[str, Any], error: type[SendError]
) -> None:
    with running_telegram() as fake:
        phone = fake.phone()
        fake.fail("sendMessage", **fault)
        with pytest.raises(SendError) as caught:
            run(fake, lambda client: client.send(phone.chat_id, Part("chào em")))
    assert type(caught.value) is error
    assert fake.token not in str(caught.value) and caught.value.__cause__ is None
    if isinstance(caught.value, RateLimited):
        assert caught.value.seconds == 7


def test_an_unknown_chat_is_gone_and_a_blocked_one_too() -> None:
    with running_telegram() as fake:
        with pytest.raises(RecipientGone):
            run(fake, lambda client: client.send("123123", Part("chào em")))
        phone = fake.phone()
        phone.block()
        with pytest.raises(RecipientGone):
            run(fake, lambda client: client.send(phone.chat_id, Part("chào em")))


def test_nobody_at_the_address_is_a_passing_trouble() -> None:
    with running_telegram() as fake, pytest.raises(TemporarySendError):
        run(fake, lambda client: client.name(), api="http://127.0.0.1:9")


def test_parts_are_short_enough_and_the_last_one_has_the_buttons() -> None:
    message = Outgoing(1, "bot", "Một câu. " * 1500, (Option("Có", "t"),))
    with running_telegram() as fake:
        parts = TelegramClient(fake.token, fake.url).parts(message)
    assert len(parts) == 4 and [len(part.options) for part in parts] == [0, 0, 0, 1]
