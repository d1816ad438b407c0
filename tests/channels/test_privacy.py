"""No token, chat, name, word or secret gets into a log, a stream, an error or a report, whatever goes wrong."""

import gc
import itertools
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import telegram
import zalo_bot
from typer import Exit

from bot import logs
from bot.commands import channels
from bot.delivery import Part
from bot.errors import SendError
from bot.intake import Intake
from connectors.platform import Client
from connectors.telegram.client import TelegramClient
from connectors.zalo_bot.client import ZaloBotClient
from tests.channels.conftest import Start
from tests.support.channel import Helpline, PhonePerson, quick, until
from tests.support.fake_platform import FakePlatform
from tests.support.fake_telegram import running_telegram
from tests.support.fake_zalo import running_zalo

CHANNELS = ("telegram", "zalo_bot")
WORD, NAME = "xoaitim7391", "Xoaitim4468"
DISCLOSURE = f"{WORD} chu ay bat em coi do"
SLOW: dict[str, Any] = {"hang": 0.7}
QUICK: list[dict[str, Any]] = [
    {"status": 401},
    {"status": 404},
    {"status": 403},
    {"status": 400},
    {"status": 502, "html": True},
    {"status": 500, "ok_false": True},
    {"status": 429, "retry_after": 1},
]
FAULTS = [*QUICK, SLOW]


@contextmanager
def logging_as_in_life() -> Iterator[None]:
    """Logs at their most talkative, put back afterwards; entered in the test's own body, where capfd listens."""
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in list(logging.Logger.manager.loggerDict)}
    handlers, level, hook, noisy = root.handlers[:], root.level, sys.excepthook, logging.raiseExceptions
    logs.configure("DEBUG")
    try:
        yield
    finally:
        root.handlers[:], root.level, sys.excepthook, logging.raiseExceptions = handlers, level, hook, noisy
        for name in list(logging.Logger.manager.loggerDict):
            logging.getLogger(name).setLevel(before.get(name, logging.NOTSET))


@pytest.fixture
def hurry() -> Iterator[None]:
    """Outages end soon."""
    with quick() as patch:
        for folder in ("telegram", "zalo_bot"):
            patch.setattr(f"connectors.{folder}.facts.POLL_SECONDS", 1)
            patch.setattr(f"connectors.{folder}.facts.ANSWER_SECONDS", 0.5)
        patch.setattr("connectors.listening.LONGEST_PAUSE_SECONDS", 0.1)
        patch.setattr("connectors.listening.CHECK_WEBHOOK_SECONDS", 0.1)
        patch.setattr("bot.outbox.RETRY_SECONDS", (0.1,) * 9)
        patch.setattr("bot.storage.engine.BUSY_MS", 200)
        yield


def somebody(helpline: Helpline, channel: str) -> PhonePerson:
    person = helpline.person(channel)
    assert isinstance(person, PhonePerson)
    for field in ("first_name", "display_name"):
        person.phone.user[field] = NAME
    return person


def marks(helpline: Helpline, *people: PhonePerson) -> dict[str, str]:
    """What must be nowhere, by what it is."""
    found = {"word": WORD, "name": NAME}
    for platform in (helpline.telegram, helpline.zalo):
        found[f"token of {platform.agent}"] = platform.token
        found[f"half a token of {platform.agent}"] = platform.token.partition(":")[2]
        found[f"secret of {platform.agent}"] = platform.webhook_secret or WORD
    return found | {f"chat id on {person.channel}": person.chat_id for person in people}


def leaks(text: str, known: dict[str, str]) -> list[str]:
    return [what for what, mark in known.items() if mark in text]


def test_the_platforms_libraries_log_no_calls() -> None:
    with logging_as_in_life():
        for sdk in (telegram.Bot, zalo_bot.Bot):
            assert not sdk._LOGGER.isEnabledFor(logging.INFO)


def quote(patch: pytest.MonkeyPatch, platform: FakePlatform[Any], chat_id: str) -> None:
    """From now on the platform's refusals quote all that was sent to it."""
    said = f"{platform.token} {chat_id} {DISCLOSURE} {NAME}"
    quoting = {code: f"{text}: {said}" for code, text in platform.descriptions.items()}
    patch.setattr(type(platform), "descriptions", quoting | {500: f"Internal Server Error: {said}"})


def talk(person: PhonePerson) -> None:
    """All kinds of messages."""
    person.write(f"cho em hoi mat khau {WORD}")
    person.write(DISCLOSURE)
    person.phone.photo(f"anh {WORD}")
    person.phone.voice()
    person.phone.sticker("😭")
    person.settle(5)


def break_platforms(helpline: Helpline) -> None:
    """Every fault in every method, with people writing meanwhile."""
    methods = ("getUpdates", "sendMessage", "sendChatAction", "getWebhookInfo")
    for platform, fault, method in itertools.product((helpline.telegram, helpline.zalo), FAULTS, methods):
        platform.fail(method, **fault)
    for channel, _ in itertools.product(CHANNELS, FAULTS):
        somebody(helpline, channel).write(f"{WORD} cho em hoi")
    for channel in CHANNELS:
        helpline.platform(channel).fail_after_sending("sendMessage")
    until(lambda: not helpline.telegram._faults["sendMessage"] + helpline.zalo._faults["sendMessage"])


def send_nonsense(person: PhonePerson) -> None:
    """Updates that hold words where none belong."""
    chat = {"id": person.chat_id, "type": "private", "chat_type": "PRIVATE", "first_name": NAME}
    message = {"message_id": WORD, "date": WORD, "chat": chat, "from": {"id": WORD}, "text": DISCLOSURE}
    for broken in (
        {"message": message},
        {"message": message | {"message_id": 5, "date": 1795000000, "entities": [WORD]}},
        {"message": WORD},
        {"callback_query": {"data": WORD}},
        {"event_name": WORD, "message": message},
        {"event_name": "message.text.received", "message": message | {"date": 10**30}},
        {"event_name": "message.text.received", "message": message | {"chat": WORD}},
    ):
        person.platform.deliver({"update_id": 5, **broken})


def break_us(person: PhonePerson, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults of our own, whose texts quote what was written."""

    def broken(*_: Any) -> Any:
        raise RuntimeError(f"{DISCLOSURE} {person.chat_id}")

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "_transaction", broken)
        person.write(DISCLOSURE)
        until(lambda: person.helpline.spool.count() > 0)
    with person.helpline.database_gone():
        person.write(DISCLOSURE)
        until(lambda: person.helpline.spool.count() > 1)
    with person.helpline.dialogue_gone():
        person.write(f"{WORD} hoi")


@pytest.mark.parametrize("webhooks", [False, True])
def test_whatever_goes_wrong_the_log_tells_nothing_of_a_person(
    start: Start,
    hurry: None,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    webhooks: bool,
) -> None:
    with logging_as_in_life(), start(webhooks=webhooks) as helpline:
        people = [somebody(helpline, channel) for channel in CHANNELS]
        known = marks(helpline, *people)
        for person in people:
            quote(monkeypatch, person.platform, person.chat_id)
            talk(person)
            break_us(person, monkeypatch)
            send_nonsense(person)
        break_platforms(helpline)
        for channel in CHANNELS:
            somebody(helpline, channel).tell(WORD)
        health = helpline.bot.http.get("/healthz").text + helpline.bot.http.get("/readyz").text
    gc.collect()
    shown = capfd.readouterr()
    assert "a message could not be handled" in shown.err and "does not know this token" in shown.err
    assert leaks(shown.out + shown.err + health, known) == []


# getWebhookInfo is not among them: that Zalo answers 404 there is no error.
CALLS: dict[str, Callable[[Client, str], Any]] = {
    "getMe": lambda client, _: client.name(),
    "getUpdates": lambda client, _: client.updates(),
    "sendMessage": lambda client, chat_id: client.send(chat_id, Part(DISCLOSURE)),
    "sendChatAction": lambda client, chat_id: client.typing(chat_id),
    "setWebhook": lambda client, _: client.set_webhook(f"https://{WORD}.example.vn", WORD),
}


def clients(channel: str) -> tuple[Any, Callable[[str, str], Client]]:
    if channel == "telegram":
        return running_telegram(), TelegramClient
    return running_zalo(), lambda token, api: ZaloBotClient(token, api, "")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_an_error_of_a_client_names_its_kind_and_nobody(
    hurry: None, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    running, make = clients(channel)
    with running as platform:
        client, chat_id = make(platform.token, platform.url), str(platform.phone().chat_id)
        quote(monkeypatch, platform, chat_id)
        known = {"token": platform.token, "its secret": platform.token.partition(":")[2]}
        for method, fault in [("getMe", SLOW), *itertools.product(CALLS, QUICK)]:
            platform.fail(method, **fault)
            with pytest.raises(SendError) as error:
                await CALLS[method](client, chat_id)
            said = f"{error.value!r} {''.join(traceback.format_exception(error.value))}"
            assert leaks(said, known | {"chat": chat_id, "word": WORD}) == []
        await client.close()


def test_the_status_of_the_channels_tells_nothing_of_a_person(
    start: Start, hurry: None, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with start(webhooks=True) as helpline:
        people = [somebody(helpline, channel) for channel in CHANNELS]
        for person in people:
            person.tell(DISCLOSURE)
            quote(monkeypatch, person.platform, person.chat_id)
        known = marks(helpline, *people)
        shown = status(helpline, monkeypatch, capfd)
        for person, fault in itertools.product(people, FAULTS[::2]):
            person.platform.fail("getMe", **fault)
        shown += "".join(status(helpline, monkeypatch, capfd) for _ in range(2))
    assert "does not know this token" in shown and leaks(shown, known) == []


def status(helpline: Helpline, patch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    """Both streams of ``lachan channels status``, once as text and once as JSON."""
    given = helpline.settings
    values = {
        "HOME": str(given.home),
        "PUBLIC_URL": given.public_url,
        "TELEGRAM_TOKEN": helpline.telegram.token,
        "TELEGRAM_API": helpline.telegram.url,
        "ZALO_BOT_TOKEN": helpline.zalo.token,
        "ZALO_BOT_API": helpline.zalo.url,
    }
    for name, value in values.items():
        patch.setenv(f"LACHAN_{name}", value)
    for as_json in (False, True):
        with logging_as_in_life(), pytest.raises(Exit):
            channels.status(as_json)
    shown = capfd.readouterr()
    return shown.out + shown.err
