"""A served console over a real database, with invented people in it."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.config import ROOT, Settings
from bot.console.app import create_app
from bot.console.server import server
from bot.delivery import Author
from bot.escalation import cases
from bot.escalation.states import Reason
from bot.escalation.takeover import Line, transcript
from bot.escalation.wording import Wording, load_wording
from bot.privacy.keyring import add_account, grant, open_team_key, start_team
from bot.privacy.sealing import lock, seal
from bot.privacy.secrets import Secrets
from bot.serving import Server
from bot.storage.conversations import find_conversation, start_conversation
from bot.storage.engine import Database
from bot.storage.tables import AssessmentRow, CaseRow, ConversationRow, MessageRow, UserRow
from bot.triage.assessment import About, Assessment, Category, Hit, Risk, Teller

PASSWORD = "mật khẩu dùng để thử"


class Clock:
    """Real time, moved on by hand."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


@dataclass
class Helpline:
    """Makes accounts and cases through the bot's own functions."""

    database: Database
    secrets: Secrets
    clock: Clock
    _first: str = ""

    def account(self, name: str, role: str = "counsellor", *, granted: bool = True, totp: str = "") -> str:
        """An account; the first counsellor makes the team key, later ones are granted it."""
        with self.database.write() as session:
            user = add_account(session, name, role, PASSWORD, self.clock())
            if totp:
                user.passing_totp = lock(self.secrets.service, totp.encode())
            if start_team(session, user, self.secrets.service, self.clock()):
                self._first = name
            elif granted and role in {"counsellor", "supervisor"}:
                holder = self._user(session, self._first)
                grant(session, self.team_key(session), user, holder.id, self.clock())
        return name

    def team_key(self, session: Session) -> bytes:
        key = open_team_key(session, self._user(session, self._first), PASSWORD)
        assert key is not None
        return key

    @staticmethod
    def _user(session: Session, name: str) -> UserRow:
        return session.scalars(select(UserRow).where(UserRow.username == name)).one()

    def user(self, name: str) -> UserRow:
        with self.database.read() as session:
            return self._user(session, name)

    def disclose(
        self,
        text: str,
        risk: Risk = Risk.HIGH,
        category: Category = Category.SEXTORTION,
        hits: Sequence[tuple[str, str]] = (),
        *,
        minutes_ago: float = 0,
        chat: str = "",
    ) -> str:
        """A child writes ``text`` and a case stands; ``hits`` are (rule, words of the text). Returns the code."""
        at = self.clock() - timedelta(minutes=minutes_ago)
        with self.database.write() as session:
            conversation = self._conversation(session, chat or text, at)
            reading = Assessment(
                risk,
                category,
                About.SELF,
                Teller.CHILD_HARMED,
                hits=tuple(
                    Hit(rule, text.index(words), text.index(words) + len(words)) for rule, words in hits
                ),
            )
            self._keep(session, conversation, text, reading, at)
            return cases.call_for_human(session, conversation, reading, Reason.DISCLOSURE, at).case.code

    def child_says(self, code: str, text: str, reading: Assessment | None = None) -> None:
        with self.database.write() as session:
            case = self._case(session, code)
            conversation = session.get(ConversationRow, case.conversation_id)
            assert conversation is not None
            self._keep(session, conversation, text, reading or Assessment(), self.clock())
            if reading is not None and reading.is_urgent:
                cases.call_for_human(session, conversation, reading, Reason.DISCLOSURE, self.clock())
            if case.state == "claimed" and case.unanswered_since is None:
                case.unanswered_since = self.clock()

    def _conversation(self, session: Session, chat: str, at: datetime) -> ConversationRow:
        found = find_conversation(session, self.secrets, "web", chat)
        conversation = found or start_conversation(session, self.secrets, "web", chat, at)
        conversation.role, conversation.age_band = "child", "14-15"
        return conversation

    @staticmethod
    def _keep(
        session: Session, conversation: ConversationRow, text: str, reading: Assessment, at: datetime
    ) -> None:
        message = MessageRow(
            conversation_id=conversation.id,
            author=Author.PERSON,
            kind="text",
            sealed_text=seal(conversation.public_key, text.encode()),
            sent_at=at,
            received_at=at,
        )
        session.add(message)
        session.flush()
        session.add(
            AssessmentRow(
                message_id=message.id,
                risk=int(reading.risk),
                category=reading.category,
                about=reading.about,
                teller=reading.teller,
                hits=[[hit.rule, hit.start, hit.end] for hit in reading.hits],
            )
        )
        conversation.turns += 1
        conversation.last_in_at = at

    @staticmethod
    def _case(session: Session, code: str) -> CaseRow:
        return session.scalars(select(CaseRow).where(CaseRow.code == code)).one()

    def case(self, code: str) -> CaseRow:
        with self.database.read() as session:
            return self._case(session, code)

    def lines(self, code: str) -> list[Line]:
        with self.database.read() as session:
            return transcript(session, self._case(session, code), self.team_key(session))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def helpline(sqlite_database: Database, secrets: Secrets, clock: Clock) -> Helpline:
    return Helpline(sqlite_database, secrets, clock)


@pytest.fixture(scope="session")
def wording() -> Wording:
    return load_wording(ROOT / "domain" / "responses")


@pytest.fixture
def console_url(
    sqlite_database: Database, secrets: Secrets, settings: Settings, clock: Clock, wording: Wording
) -> Iterator[str]:
    """The address of a console that is served by uvicorn, as in production."""
    served = server(create_app(sqlite_database, secrets, settings, clock, wording), settings)
    with running(served):
        yield f"http://127.0.0.1:{settings.console_port}"


class running:  # noqa: N801 - used as a word: ``with running(server):``
    """Serves from a thread until the block ends."""

    def __init__(self, served: Server) -> None:
        self._served = served
        self._thread = threading.Thread(target=served.run)

    def __enter__(self) -> None:
        self._thread.start()
        until = time.monotonic() + 10
        while not self._served.started:
            assert time.monotonic() < until, "the console did not start"
            time.sleep(0.01)

    def __exit__(self, *_: object) -> None:
        self._served.should_exit = True
        self._thread.join(timeout=15)
        assert not self._thread.is_alive(), "the console did not stop"


SignedIn = Callable[[str], httpx.Client]


@pytest.fixture
def visitor(console_url: str) -> Iterator[httpx.Client]:
    """A browser without a session."""
    with httpx.Client(base_url=console_url) as client:
        yield client


@pytest.fixture
def signed_in(console_url: str) -> Iterator[SignedIn]:
    """Signs an account in; the form token then goes along with every POST."""
    opened: list[httpx.Client] = []

    def enter(name: str, totp: str = "") -> httpx.Client:
        client = httpx.Client(base_url=console_url)
        opened.append(client)
        form = {"username": name, "password": PASSWORD, "totp": pyotp.TOTP(totp).now() if totp else ""}
        answer = client.post("/login", data=form)
        assert answer.status_code == 303, answer.text
        client.headers["x-csrf-token"] = token(client)
        return client

    yield enter
    for client in opened:
        client.close()


def token(client: httpx.Client) -> str:
    """The form token of the client's session, as its pages carry it."""
    text = client.get("/", follow_redirects=True).text
    return text.split('data-csrf="')[1].split('"')[0]
