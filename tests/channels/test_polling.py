"""Messages that the bot fetches: by one process alone, whatever an update holds, through every outage."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.intake import Intake, Outcome, Receipt
from bot.messages import InboundMessage, Reply
from bot.storage.engine import Database
from connectors.listening import Listener
from connectors.platform import PlatformChannel
from connectors.telegram.channel import platform as telegram_platform
from tests.channels.conftest import Start
from tests.support.channel import Helpline, PhonePerson, quick, until
from tests.support.fake_platform import FakePlatform
from tests.support.fake_telegram import FakeTelegram, running_telegram
from tests.support.helpline import running_bot
from tests.support.lachan import free_port

DISCLOSURE = "chu ay bat em coi do"
QUESTION = "cho em hỏi mật khẩu"
HALF_EMOJI = "\ud83d"


@pytest.fixture(scope="module", autouse=True)
def hurry() -> Iterator[pytest.MonkeyPatch]:
    """Long polls, time-outs and pauses of a second at most."""
    with quick() as patch:
        for folder in ("telegram", "zalo_bot"):
            patch.setattr(f"connectors.{folder}.facts.POLL_SECONDS", 1)
            patch.setattr(f"connectors.{folder}.facts.ANSWER_SECONDS", 1)
        patch.setattr("connectors.listening.LONGEST_PAUSE_SECONDS", 0.3)
        patch.setattr("connectors.listening.LOOK_AGAIN_SECONDS", 0.1)
        patch.setattr("bot.outbox.RETRY_SECONDS", (0.2,) * 9)
        patch.setattr("bot.storage.engine.BUSY_MS", 200)
        yield patch


@pytest.fixture(scope="module")
def helpline(start: Start) -> Iterator[Helpline]:
    with start() as running:
        yield running


@pytest.fixture(params=["telegram", "zalo_bot"])
def person(request: pytest.FixtureRequest, helpline: Helpline) -> PhonePerson:
    return somebody(helpline, request.param)


def somebody(helpline: Helpline, channel: str) -> PhonePerson:
    found = helpline.person(channel)
    assert isinstance(found, PhonePerson)
    return found


def state(person: PhonePerson) -> str:
    """What the operator reads of the person's channel."""
    return person.helpline.channels[person.channel]


# Outages


@pytest.mark.parametrize(
    ("fault", "telegram", "zalo"),
    [
        ({"status": 500}, "out of reach (NetworkError)", "out of order (500)"),
        ({"status": 502, "html": True}, "out of reach", "out of order (502)"),
        ({"hang": 5}, "out of reach (TimedOut)", "out of reach (TimedOut)"),
        ({"status": 409}, "another program fetches", "refused the request (409)"),
        ({"status": 401, "ok_false": True}, "does not know this token", "does not know this token"),
        ({"status": 429, "retry_after": 1}, "asks for a pause", "asks for a pause"),
    ],
)
def test_an_outage_is_named_and_survived(
    person: PhonePerson, fault: dict[str, Any], telegram: str, zalo: str
) -> None:
    named = telegram if person.channel == "telegram" else zalo
    # Twice, so that the state stands long enough to be read on a busy machine.
    person.platform.fail("getUpdates", times=1 if "hang" in fault else 2, **fault)
    person.write(DISCLOSURE)
    until(lambda: named in state(person))
    person.settle(1)
    assert len(person.tell(QUESTION)) == 1
    until(lambda: state(person) == "ok")


def test_a_wrong_token_is_named_and_a_right_one_works_again(
    person: PhonePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(person.platform, "token", "1:another")
        until(lambda: "does not know this token" in state(person))
        person.write(DISCLOSURE)
    assert "111" in person.wait(1)[0]
    until(lambda: state(person) == "ok")


def test_an_outage_of_one_platform_leaves_the_others_alone(helpline: Helpline) -> None:
    helpline.telegram.fail("getUpdates", times=3)
    for channel in ("web", "zalo_bot"):
        assert "111" in helpline.person(channel).tell(DISCLOSURE)[0]
    until(lambda: helpline.channels == {"telegram": "ok", "zalo_bot": "ok"})


def test_an_answer_that_could_not_leave_leaves_later(person: PhonePerson) -> None:
    person.platform.fail("sendMessage")
    person.write(DISCLOSURE)
    assert "111" in person.wait(1)[0]
    person.settle(1)
    assert len(person.lines) == 1


def test_a_webhook_left_from_before_is_taken_down(start: Start) -> None:
    def left(*platforms: FakePlatform[Any]) -> None:
        for platform in platforms:
            platform.webhook_url = "https://old.example.vn/webhook"

    with start(before=left) as helpline:
        for channel in ("telegram", "zalo_bot"):
            assert "111" in helpline.person(channel).tell(DISCLOSURE)[0]
        assert helpline.telegram.webhook_url == helpline.zalo.webhook_url == ""


# Poison


def telegram_poison(telegram: FakeTelegram) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = [
        {},
        {"message": "x"},
        {"message": {"chat": {"id": 1}}},
        {"message": {"message_id": {}, "date": "gestern", "chat": [], "text": 5}},
        {"callback_query": []},
        {"never_heard_of": {"chat": {"id": 7}}},
    ]
    return [{"update_id": next(telegram.update_ids), **body} for body in bodies]


def zalo_poison() -> list[dict[str, Any]]:
    text = "message.text.received"
    return [
        {},
        {"event_name": 5, "message": {}},
        {"event_name": text, "message": []},
        {"event_name": text, "message": {"chat": 5, "from": None, "text": []}},
        {"event_name": text, "message": {"chat": {"id": {}}, "date": "nan", "message_id": []}},
        {"event_name": "message.never.heard.of", "message": {"from": {"id": ""}}},
        {"result": {"event_name": None}},
    ]


def test_unreadable_updates_stop_nothing(person: PhonePerson) -> None:
    telegram = person.helpline.telegram
    for update in telegram_poison(telegram) if person.channel == "telegram" else zalo_poison():
        person.platform.deliver(update)
    assert "111" in person.tell(DISCLOSURE)[0]
    assert state(person) == "ok"


def failing_once(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The next message meets a fault of ours at the door."""
    real, faults = getattr(Intake, name), [RuntimeError("a fault of ours")]

    def broken(intake: Intake, *given: Any) -> Any:
        if faults:
            raise faults.pop()
        return real(intake, *given)

    monkeypatch.setattr(Intake, name, broken)


def test_a_fault_inside_the_door_loses_nothing(person: PhonePerson, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_once(monkeypatch, "_transaction")
    person.write(DISCLOSURE)
    assert "111" in person.wait(1)[0]
    until(lambda: person.cases)


@pytest.mark.parametrize(
    "channel",
    [
        "telegram",
        "zalo_bot",
    ],
)
def test_a_fault_at_the_door_neither_loses_the_message_nor_stops_the_next(
    helpline: Helpline, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = somebody(helpline, channel), somebody(helpline, channel)
    failing_once(monkeypatch, "receive")
    first.write(DISCLOSURE)
    second.write(DISCLOSURE)
    assert "111" in second.wait(1)[0]
    assert "111" in first.wait(1, seconds=2)[0]


@pytest.mark.parametrize(
    "channel",
    [
        "telegram",
        "zalo_bot",
    ],
)
def test_what_could_be_stored_nowhere_comes_in_later(helpline: Helpline, channel: str) -> None:
    person = somebody(helpline, channel)
    with helpline.database_gone(), helpline.spool_gone():
        person.write(DISCLOSURE)
        until(lambda: "spool refused" in helpline.bot.http.get("/healthz").json()["channels"][channel])
    assert "111" in person.wait(1, seconds=3)[0]
    until(lambda: person.cases)


def test_telegram_forgets_an_update_only_after_it_was_stored(helpline: Helpline) -> None:
    person = somebody(helpline, "telegram")
    with helpline.database_gone(), helpline.spool_gone():
        person.write(DISCLOSURE)
        until(lambda: "spool refused" in helpline.bot.http.get("/healthz").json()["channels"]["telegram"])
        assert len(helpline.telegram.pending) == 1
    helpline.telegram.wait_delivered()
    assert person.stored == 1


def test_an_update_that_comes_behind_younger_ones_is_stored(helpline: Helpline) -> None:
    older, person = somebody(helpline, "telegram"), somebody(helpline, "telegram")
    helpline.telegram.hold()
    update = older.phone.write(DISCLOSURE)
    helpline.telegram._held = None
    person.tell(DISCLOSURE)
    helpline.telegram.deliver(update)
    assert "111" in older.wait(1)[0]


def test_an_update_that_our_parser_trips_over_keeps_nobody_out(start: Start) -> None:
    chat = {"id": 7, "type": "private"}
    with start() as helpline:
        for broken in (
            {"my_chat_member": {"chat": None}},
            {"message": {"message_id": 1, "date": 1795000000, "chat": chat, "text": ["x"]}},
        ):
            helpline.telegram.deliver({"update_id": next(helpline.telegram.update_ids), **broken})
        person = somebody(helpline, "telegram")
        person.write(DISCLOSURE)
        assert "111" in person.wait(1, seconds=2)[0]


@pytest.mark.parametrize("channel", ["telegram", "zalo_bot"])
def test_a_message_that_trips_our_code_each_time_keeps_nobody_out(
    start: Start, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Intake.receive

    def broken(intake: Intake, message: InboundMessage, now: datetime) -> Receipt:
        if message.text == "hỏng":
            raise RuntimeError("a fault of ours")
        return real(intake, message, now)

    monkeypatch.setattr(Intake, "receive", broken)
    with start() as helpline:
        somebody(helpline, channel).write("hỏng")
        other = somebody(helpline, channel)
        other.write(DISCLOSURE)
        assert "111" in other.wait(1, seconds=4)[0]


@pytest.mark.parametrize("channel", ["telegram", "zalo_bot"])
def test_half_an_emoji_hides_no_disclosure_and_keeps_nobody_out(start: Start, channel: str) -> None:
    with start() as helpline:
        person, other = somebody(helpline, channel), somebody(helpline, channel)
        person.write(f"{DISCLOSURE} {HALF_EMOJI}")
        other.write(DISCLOSURE)
        assert "111" in other.wait(1, seconds=2)[0]
        assert "111" in person.wait(1, seconds=2)[0] and until(lambda: person.cases, seconds=2)


# Zalo gives the same update again and again


def test_an_update_that_zalo_repeats_is_answered_once_and_not_fetched_in_a_rush(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.zalo_bot.facts.POLL_FLOOR_SECONDS", 0.5)
    with start() as helpline:
        helpline.zalo.redelivers = True
        person = somebody(helpline, "zalo_bot")
        person.tell(DISCLOSURE)
        fetched = len(helpline.zalo.calls_of("getUpdates"))
        until(lambda: len(helpline.zalo.calls_of("getUpdates")) >= fetched + 2)
        first, *_, last = [call.at for call in helpline.zalo.calls_of("getUpdates")][fetched - 1 :]
        assert last - first > 0.95 and (len(person.lines), person.stored) == (1, 1)


# One process of many


def test_of_two_processes_one_fetches_and_the_other_takes_over(start: Start) -> None:
    with start() as helpline:
        person = somebody(helpline, "telegram")
        with running_bot(helpline.settings.model_copy(update={"bot_port": free_port()})) as second:

            def states() -> set[str]:
                return set(second.http.get("/healthz").json()["channels"].values())

            until(lambda: all("another process fetches" in state for state in states()))
            person.tell(DISCLOSURE)
            helpline.stop()
            until(lambda: states() == {"ok"})
            assert len(somebody(helpline, "telegram").tell(DISCLOSURE)) == 1
        assert {call.status for call in helpline.telegram.calls_of("getUpdates")} <= {0, 200}


def test_after_a_restart_nothing_is_lost_or_answered_twice(start: Start) -> None:
    with start() as helpline:
        helpline.zalo.redelivers = True
        people = [somebody(helpline, channel) for channel in ("telegram", "zalo_bot")]
        before = [person.tell(DISCLOSURE) for person in people]
        helpline.stop()
        new = [somebody(helpline, channel) for channel in ("telegram", "zalo_bot")]
        for person in new:
            person.write(DISCLOSURE)
        with running_bot(helpline.settings):
            assert all("111" in person.wait(1)[0] for person in new)
        assert [person.lines for person in people] == before


class Door:
    """An intake that only keeps what comes in."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def receive(self, message: InboundMessage, _: datetime) -> Receipt:
        self.taken.append(message.text)
        return Receipt(Outcome.DUPLICATE)


class Clock:
    now = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def listener(telegram: FakeTelegram, database: Database, clock: Clock, owner: str) -> tuple[Listener, Door]:
    async def send(_: int) -> None: ...

    door: Any = Door()
    platform = telegram_platform(telegram.token, telegram.url)
    channel = PlatformChannel(platform, "x", door, send, Reply(""), clock)
    return Listener(channel, database, clock, "", owner), door


async def soon(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other threads
            await asyncio.sleep(0.02)


async def test_when_a_process_dies_another_takes_over_with_the_end_of_its_lease(
    sqlite_database: Database,
) -> None:
    with running_telegram() as telegram:
        clock, phone = Clock(), telegram.phone()
        first, heard = listener(telegram, sqlite_database, clock, "one")
        second, heard_later = listener(telegram, sqlite_database, clock, "two")
        first.start()
        phone.write("một")
        await soon(lambda: heard.taken == ["một"])
        second.start()
        await soon(lambda: second.state == "another process fetches")
        assert first._task is not None
        first._task.cancel()
        clock.now += timedelta(seconds=59)
        phone.write("hai")
        await asyncio.sleep(0.3)
        assert (heard.taken, heard_later.taken) == (["một"], [])
        clock.now += timedelta(seconds=2)
        await soon(lambda: "hai" in heard_later.taken)
        await asyncio.gather(first.stop(), second.stop(), first.channel.stop(), second.channel.stop())
