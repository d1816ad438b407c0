"""Somebody who writes on any channel, and the helpline that answers, for claims that hold on all channels."""

import json
import re
import secrets as random
import shutil
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from starlette.responses import JSONResponse

from bot import bootstrap
from bot.bootstrap import RESPONSES, clock
from bot.commands.channel_report import connect_platforms
from bot.config import Settings
from bot.escalation.takeover import Takeover
from bot.escalation.wording import Wording, load_wording
from bot.messages import InboundMessage
from bot.outbox import HIDDEN, HIDDEN_LINES, Outbox
from bot.privacy.keyring import add_account, start_team
from bot.privacy.pseudonyms import pseudonyms
from bot.privacy.secrets import Secrets
from bot.rounds import Rounds
from bot.spool import Spool
from bot.storage.engine import Database, open_database
from bot.storage.tables import CaseRow, ChoiceRow, ConversationRow, MessageRow, OutboxRow, TurnRow, UserRow
from tests.support.fake_platform import FakePlatform, utf16_units
from tests.support.fake_telegram import LONGEST_TEXT as TELEGRAM_LONGEST
from tests.support.fake_telegram import FakeTelegram, running_telegram
from tests.support.fake_zalo import LONGEST_TEXT as ZALO_LONGEST
from tests.support.fake_zalo import FakeZalo, running_zalo
from tests.support.helpline import FakeDialogue, RunningBot, running_bot
from tests.support.lachan import FITTED, free_port

LATE = timedelta(minutes=16)
PATIENCE_SECONDS = 15.0
T = TypeVar("T")

# Read once for all helplines; each start would take a second for it.
_wording = cache(load_wording)


def wording() -> Wording:
    """The helpline's fixed sentences."""
    return _wording(RESPONSES)


class Escaped(JSONResponse):
    """Writes half an emoji as JSON can, which Starlette's own form cannot."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


def until(condition: Callable[[], T], seconds: float = PATIENCE_SECONDS) -> T:
    """What ``condition`` gives as soon as it is true; fails when it never is."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"not true within {seconds} seconds"
        time.sleep(0.02)
    return found


@dataclass
class Helpline:
    """The bot process with both fake platforms, and a look into its database from outside."""

    bot: RunningBot
    telegram: FakeTelegram
    zalo: FakeZalo
    database: Database
    secrets: Secrets
    rounds: list[int]
    stop: Callable[[], None]
    takeover: Takeover = field(init=False)
    _user: UserRow | None = None

    def __post_init__(self) -> None:
        self.takeover = Takeover(Outbox(self.secrets.service), wording())

    @property
    def settings(self) -> Settings:
        return self.bot.settings

    @property
    def spool(self) -> Spool:
        return Spool(self.settings.spool_dir, self.secrets.spool)

    @property
    def channels(self) -> dict[str, str]:
        """How each channel's way in goes, as the operator sees it; the bot itself must stay healthy."""
        answer = self.bot.http.get("/healthz")
        assert answer.status_code == 200, answer.text
        shown: dict[str, str] = answer.json()["channels"]
        return shown

    def person(self, channel: str) -> "Person":
        """Somebody new on that channel."""
        if channel == "web":
            return WebPerson(self, random.token_hex(16))
        return TelegramPerson(self) if channel == "telegram" else ZaloPerson(self)

    def platform(self, channel: str) -> FakePlatform[Any]:
        return self.telegram if channel == "telegram" else self.zalo

    @property
    def user(self) -> UserRow:
        """A counsellor; the first one starts the team."""
        if self._user is None:
            with self.database.write() as session:
                self._user = add_account(session, "hoa", "counsellor", "mat khau dai", clock())
                start_team(session, self._user, self.secrets.service, clock())
        return self._user

    def join(self, case: CaseRow) -> None:
        user = self.user
        with self.database.write() as session:
            self.takeover.join(session, case.id, user.id, clock())

    def say(self, case: CaseRow, text: str) -> None:
        with self.database.write() as session:
            self.takeover.say(session, case.id, self.user.id, text, clock())

    def give_back(self, case: CaseRow) -> None:
        with self.database.write() as session:
            self.takeover.give_back(session, case.id, self.user.id, clock())

    @contextmanager
    def database_gone(self) -> Iterator[None]:
        """Another program holds the file and does not let go."""
        other = sqlite3.connect(self.settings.home / "lachan.db", isolation_level=None, timeout=10)
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()

    @contextmanager
    def spool_gone(self) -> Iterator[None]:
        """Nothing can be set aside: a file stands where the folder should be."""
        folder, kept = self.settings.spool_dir, self.settings.home / "kept spool"
        if folder.exists():
            folder.rename(kept)
        folder.write_text("")
        try:
            yield
        finally:
            folder.unlink()
            if kept.exists():
                kept.rename(folder)

    @contextmanager
    def dialogue_gone(self) -> Iterator[None]:
        """Nobody listens where the dialogue engine should; connections that are open break off too."""
        socket, away = self.settings.dialogue_socket, self.settings.home / "away.sock"
        self.bot.dialogue.fail = _broken
        socket.rename(away)
        try:
            yield
        finally:
            away.rename(socket)
            self.bot.dialogue.fail = None

    def next_round(self) -> None:
        """Wait until the bot knows what it has answered and has begun to look after its spool once more."""
        until(lambda: all(answered for *_, answered in self.spool.waiting()))
        begun = self.rounds[0]
        until(lambda: self.rounds[0] > begun)

    def rows_of(self, conversation_id: str) -> int:
        """How many rows still belong to a conversation."""
        with self.database.read() as session:
            return sum(
                session.scalar(select(func.count()).where(table.conversation_id == conversation_id)) or 0
                for table in (MessageRow, OutboxRow, TurnRow, ChoiceRow, CaseRow)
            )

    def on_disk(self) -> bytes:
        """Database, its log and the spool as a thief would get them."""
        files = [*self.settings.home.glob("lachan.db*"), *self.settings.spool_dir.glob("*")]
        return b"".join(path.read_bytes() for path in files)


async def _broken() -> Any:
    raise ConnectionError


class Person(ABC):
    """Writes and reads on one channel; knows nothing of how the channel does it."""

    channel: ClassVar[str]
    longest_line: ClassVar[int | None]
    clears = True  # whether "xoá" can empty what the person sees

    def __init__(self, helpline: Helpline, chat_id: str) -> None:
        self.helpline = helpline
        self.chat_id = chat_id

    @abstractmethod
    def write(self, text: str, *, late: bool = False) -> None:
        """Send; ``late`` is a quarter of an hour ago, and only now has it arrived."""

    @abstractmethod
    def write_twice(self, text: str) -> None:
        """Send a message whose channel delivers it twice."""

    @abstractmethod
    def write_at_once(self, *texts: str, reverse: bool = False) -> None:
        """Send several within a moment; ``reverse``: the channel delivers the last one first, if it can."""

    @abstractmethod
    def choose(self, title: str) -> None:
        """Choose an offered answer in the way that the channel offers it."""

    @property
    @abstractmethod
    def lines(self) -> list[str]:
        """What the person sees from the helpline now."""

    @property
    @abstractmethod
    def own(self) -> list[str]:
        """What the person sees of their own words."""

    @property
    @abstractmethod
    def offered(self) -> list[str]:
        """The titles under the newest line."""

    def tell(self, text: str) -> list[str]:
        """Write, and give what was answered once everything that follows from it has happened."""
        return self._answers_to(lambda: self.write(text))

    def take(self, title: str) -> list[str]:
        """Choose, and give what was answered."""
        return self._answers_to(lambda: self.choose(title))

    def _answers_to(self, act: Callable[[], None]) -> list[str]:
        before, stored = self.lines, self.stored
        act()
        self.settle(stored + 1)
        now = self.lines
        return now[len(before) :] if now[: len(before)] == before else now

    def wait(self, count: int, seconds: float = PATIENCE_SECONDS) -> list[str]:
        """Wait for so many lines, and give them all."""
        until(lambda: len(self.lines) >= count, seconds)
        return self.lines

    def settle(self, stored: int) -> None:
        """Wait until so many messages are stored and all that they lead to has left."""
        until(lambda: self.stored >= stored and self.is_settled)

    @property
    def fits(self) -> bool:
        """Whether the platform itself would take every line that was shown."""
        return all(utf16_units(line) <= (self.longest_line or len(line) * 2) for line in self.lines)

    @property
    def conversation(self) -> ConversationRow | None:
        names = [name for name, _ in pseudonyms(self.helpline.secrets, self.channel, self.chat_id)]
        mine = select(ConversationRow).where(
            ConversationRow.channel == self.channel, ConversationRow.pseudonym.in_(names)
        )
        with self.helpline.database.read() as session:
            return session.scalar(mine)

    @property
    def cases(self) -> list[CaseRow]:
        mine = self.conversation
        with self.helpline.database.read() as session:
            return (
                list(session.scalars(select(CaseRow).where(CaseRow.conversation_id == mine.id)))
                if mine
                else []
            )

    @property
    def stored(self) -> int:
        """How many of the person's messages are in the database."""
        mine = self.conversation
        if mine is None:
            return 0
        count = select(func.count()).where(
            MessageRow.conversation_id == mine.id, MessageRow.author == "person"
        )
        with self.helpline.database.read() as session:
            return session.scalar(count) or 0

    @property
    def templates(self) -> list[str]:
        """Which fixed lines were put on their way."""
        mine = self.conversation
        with self.helpline.database.read() as session:
            rows = select(OutboxRow.template_id).where(OutboxRow.conversation_id == (mine.id if mine else ""))
            return [name or "" for name in session.scalars(rows.order_by(OutboxRow.id))]

    @property
    def is_settled(self) -> bool:
        """Nothing waits for the dialogue engine, and nothing that may leave now has not left."""
        mine = self.conversation
        if mine is None:
            return True
        turns = select(TurnRow.id).where(TurnRow.conversation_id == mine.id, TurnRow.state == "pending")
        # What was tried in vain leaves later; what is meant for later, such as an acknowledgement, need not.
        soon = (OutboxRow.due_at <= clock()) | (OutboxRow.attempts > 0)
        leaving = select(OutboxRow.id).where(
            OutboxRow.conversation_id == mine.id,
            (OutboxRow.state == "sending") | ((OutboxRow.state == "pending") & soon),
        )
        if mine.mode == HIDDEN:
            leaving = leaving.where(OutboxRow.template_id.startswith(HIDDEN_LINES))
        with self.helpline.database.read() as session:
            return session.scalar(turns) is None and session.scalar(leaving) is None


class PhonePerson(Person):
    """Somebody on a platform of its own, with the platform's fake behind the phone."""

    def __init__(self, helpline: Helpline) -> None:
        self.platform = helpline.platform(self.channel)
        self.phone: Any = self.platform.phone()
        super().__init__(helpline, str(self.phone.chat_id))

    def write(self, text: str, *, late: bool = False) -> None:
        self.phone.write(text, at=time.time() - LATE.total_seconds() if late else None)

    def write_twice(self, text: str) -> None:
        self.write(text)
        self.platform.deliver_again()
        self.platform.wait_delivered()

    def write_at_once(self, *texts: str, reverse: bool = False) -> None:
        self.platform.hold()
        for text in texts:
            self.write(text)
        self.platform.release(reverse)

    def choose(self, title: str) -> None:
        self.phone.choose(title)

    @property
    def lines(self) -> list[str]:
        return [line.text for line in self.phone.lines]

    @property
    def own(self) -> list[str]:
        words: list[str] = self.phone.own
        return words


class TelegramPerson(PhonePerson):
    channel = "telegram"
    longest_line = TELEGRAM_LONGEST

    @property
    def offered(self) -> list[str]:
        return list(self.phone.lines[-1].buttons)


class ZaloPerson(PhonePerson):
    channel = "zalo_bot"
    longest_line = ZALO_LONGEST
    clears = False

    @property
    def offered(self) -> list[str]:
        return re.findall(r"^\d+\. (.+)$", self.phone.lines[-1].text, re.MULTILINE)


class WebPerson(Person):
    """The chat page: it gets its lines with the answer to a post and from the event stream, and obeys them."""

    channel = "web"
    longest_line = None

    def __init__(self, helpline: Helpline, chat_id: str) -> None:
        super().__init__(helpline, chat_id)
        self.http = httpx.Client(base_url=helpline.bot.http.base_url, timeout=30)
        self.shown: list[dict[str, Any]] = []
        self.written: list[str] = []
        self.seen: set[int] = set()

    def write(self, text: str, *, late: bool = False) -> None:
        if late:
            self._set_aside(text)
        else:
            self.post(text)

    def post(self, text: str, **given: str) -> None:
        self.written.append(text)
        asked = {"sender": self.chat_id, "message": text, "message_id": random.token_hex(8)} | given
        # As a browser writes it: half an emoji is escaped, which httpx's own JSON refuses.
        answer = self.http.post("/webhooks/web/webhook", content=json.dumps(asked))
        answer.raise_for_status()
        for line in answer.json():
            self._accept(line)

    def write_twice(self, text: str) -> None:
        for _ in range(2):
            self.post(text, message_id="the same")

    def write_at_once(self, *texts: str, reverse: bool = False) -> None:
        before, posts = self.stored, []
        for number, text in enumerate(reversed(texts) if reverse else texts, start=before + 1):
            posts.append(threading.Thread(target=self.post, args=[text]))
            posts[-1].start()
            until(partial(self._has_stored, number))
        for post in posts:
            post.join()

    def choose(self, title: str) -> None:
        offered = [button for line in reversed(self.shown) for button in line.get("buttons", [])]
        button = next(button for button in offered if button["title"] == title)
        self.post(title, payload=button["payload"])

    @property
    def lines(self) -> list[str]:
        self._catch_up()
        return [line["text"] for line in self.shown]

    @property
    def own(self) -> list[str]:
        return self.written

    @property
    def offered(self) -> list[str]:
        return [button["title"] for button in self.shown[-1].get("buttons", [])]

    @property
    def is_settled(self) -> bool:
        self._catch_up()
        return super().is_settled

    def _has_stored(self, number: int) -> bool:
        return self.stored >= number

    def _set_aside(self, text: str) -> None:
        """The page gives no time, so only what lay in the spool can be late."""
        message = InboundMessage("web", self.chat_id, random.token_hex(8), clock() - LATE, text=text)
        self.helpline.spool.put(message, answered=False)

    def _catch_up(self) -> None:
        """Open the stream for the lines that have left or may leave and that this page has not shown."""
        missing = self._missing()
        if not missing:
            return
        given = {"sender": self.chat_id, "after": str(min(missing) - 1)}
        with self.http.stream("GET", "/webhooks/web/events", params=given) as stream:
            for line in stream.iter_lines():
                if line.startswith('data: {"'):
                    self._accept(json.loads(line.removeprefix("data: ")))
                if not missing - self.seen:
                    return

    def _missing(self) -> set[int]:
        mine = self.conversation
        leaving = select(OutboxRow.id).where(
            OutboxRow.conversation_id == (mine.id if mine else ""),
            OutboxRow.passing_body.is_not(None),
            OutboxRow.state.in_(["pending", "sent"]),
            OutboxRow.due_at <= clock(),
        )
        if mine is not None and mine.mode == HIDDEN:
            leaving = leaving.where(OutboxRow.template_id.startswith(HIDDEN_LINES))
        with self.helpline.database.read() as session:
            return set(session.scalars(leaving)) - self.seen

    def _accept(self, line: dict[str, Any]) -> None:
        """As chat.js does: each line once, and a clearing or covering line empties the log before it."""
        if line.get("id") in self.seen:
            return
        if "id" in line:
            self.seen.add(line["id"])
        if line.get("view") in {"clear", "cover"}:
            self.shown, self.written = [], []
        self.shown.append(line)


@contextmanager
def quick() -> Iterator[pytest.MonkeyPatch]:
    """The pauses that only spare the platforms, shortened; everything else as in life."""
    with pytest.MonkeyPatch.context() as patch:
        for folder in ("telegram", "zalo_bot"):
            patch.setattr(f"connectors.{folder}.facts.PER_SECOND", 500)
            patch.setattr(f"connectors.{folder}.facts.PER_CHAT_SECOND", 100)
        patch.setattr("connectors.zalo_bot.facts.POLL_FLOOR_SECONDS", 0.02)
        patch.setattr("connectors.platform.DIRECT_RETRY_SECONDS", (0.1,) * 5)
        patch.setattr("bot.runner.ROUNDS_SECONDS", 0.2)
        patch.setattr("bot.runner.TICK_SECONDS", 0.02)
        yield patch


@contextmanager
def running_helpline(
    home: Path,
    template: Path,
    *,
    webhooks: bool = False,
    before: Callable[[FakeTelegram, FakeZalo], None] = lambda *_: None,
    **settings: Any,
) -> Iterator[Helpline]:
    """A helpline of its own on all channels, by long polling or with its webhooks set as an operator sets them.

    ``before`` is what happens on the platforms before the bot starts.
    """
    with ExitStack() as stack:
        telegram, zalo = stack.enter_context(running_telegram()), stack.enter_context(running_zalo())
        port = free_port()
        public = {"public_url": f"http://127.0.0.1:{port}"} if webhooks else {}
        given = {
            "home": home,
            "cache": FITTED,
            "bot_port": port,
            "telegram_token": SecretStr(telegram.token),
            "telegram_api": telegram.url,
            "zalo_bot_token": SecretStr(zalo.token),
            "zalo_bot_api": zalo.url,
            "burst_seconds": 0.0,
            "dialogue_seconds": 2.0,
        }
        chosen = Settings.model_validate(given | public | settings)
        home.mkdir(mode=0o700, parents=True)
        shutil.copyfile(template, home / "lachan.db")
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("bot.escalation.wording.load_wording", _wording)
        # The rules alone hear what these tests tell, whatever the examples are today.
        patch.setattr("bot.triage.training.open_model", lambda _: None)
        patch.setattr("tests.support.fake_platform.JSONResponse", Escaped)
        rounds = _count_rounds(patch, home)
        before(telegram, zalo)
        running = stack.enter_context(ExitStack())
        bot = running.enter_context(running_bot(chosen, FakeDialogue()))
        if webhooks:
            assert [state.trouble for state in connect_platforms(chosen)] == ["", ""]
        database = open_database(chosen.database)
        stack.callback(database.close)
        yield Helpline(bot, telegram, zalo, database, bootstrap.ready_secrets(chosen), rounds, running.close)


def _count_rounds(patch: pytest.MonkeyPatch, home: Path) -> list[int]:
    """How often the helpline in ``home`` has begun to look after its spool."""
    count, replay = [0], Rounds.replay

    def counted(rounds: Rounds, now: datetime) -> None:
        count[0] += rounds._settings.home == home
        replay(rounds, now)

    patch.setattr(Rounds, "replay", counted)
    return count
