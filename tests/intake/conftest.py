"""A helpline without web or Rasa: the door, the outbox and a person who writes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.config import ROOT, Settings
from bot.delivery import Outgoing
from bot.escalation.takeover import Takeover
from bot.escalation.wording import Wording, load_wording
from bot.intake import Intake, Receipt
from bot.messages import InboundMessage, Kind
from bot.outbox import Outbox
from bot.privacy.keyring import add_account, start_team
from bot.privacy.secrets import Secrets
from bot.quota import Quotas
from bot.replies import Replies
from bot.spool import Spool
from bot.storage.engine import Database
from bot.storage.tables import CaseRow, ConversationRow, UserRow
from bot.triage import TriageModel
from bot.triage.training import open_model
from tests.support.lachan import FITTED


@pytest.fixture(scope="session")
def triage_model() -> TriageModel:
    return open_model(FITTED)


@pytest.fixture(scope="session")
def wording() -> Wording:
    return load_wording(ROOT / "domain" / "responses")


@dataclass
class Person:
    """Somebody on a channel, as the tests move them through time."""

    helpline: "Helpline"
    chat_id: str
    now: datetime
    sent: int = 0
    channel: str = "web"

    def write(self, text: str, *, after: float = 1, **given: object) -> Receipt:
        """Send ``text`` ``after`` seconds."""
        self.now += timedelta(seconds=after)
        self.sent += 1
        values = {"message_id": f"m{self.sent}", "sent_at": self.now, "text": text} | given
        return self.helpline.intake.receive(InboundMessage(self.channel, self.chat_id, **values), self.now)  # type: ignore[arg-type]

    def tap(self, title: str, *, after: float = 1) -> Receipt:
        """Tap the button of that title in the newest message that has it."""
        token = next(o.token for line in reversed(self.seen) for o in line.options if o.title == title)
        return self.write(title, after=after, kind=Kind.CHOICE, token=token)

    @property
    def seen(self) -> list[Outgoing]:
        return self.helpline.seen[self.chat_id]

    def read(self) -> list[str]:
        """What arrives now, as texts."""
        with self.helpline.database.write() as session:
            mine = session.get(ConversationRow, self.conversation_id)
            lines = self.helpline.outbox.collect(session, mine, self.now) if mine else []
        self.seen.extend(lines)
        return [line.text for line in lines]

    @property
    def conversation_id(self) -> str | None:
        from bot.storage.conversations import find_conversation

        with self.helpline.database.write() as session:
            row = find_conversation(session, self.helpline.secrets, self.channel, self.chat_id)
            return row.id if row else None

    def cases(self) -> list[CaseRow]:
        with self.helpline.database.read() as session:
            mine = select(CaseRow).where(CaseRow.conversation_id == self.conversation_id).order_by(CaseRow.id)
            return list(session.scalars(mine))


@dataclass
class Helpline:
    database: Database
    secrets: Secrets
    intake: Intake
    outbox: Outbox
    spool: Spool
    takeover: Takeover
    settings: Settings
    start: datetime
    seen: dict[str, list[Outgoing]] = field(default_factory=dict)

    def person(self, chat_id: str = "a person", channel: str = "web") -> Person:
        self.seen.setdefault(chat_id, [])
        return Person(self, chat_id, self.start, channel=channel)

    def counsellor(self, name: str = "hoa", role: str = "counsellor") -> UserRow:
        with self.database.write() as session:
            user = add_account(session, name, role, "mat khau dai", self.start)
            start_team(session, user, self.secrets.service, self.start)
            return user


@pytest.fixture
def build(
    secrets: Secrets, settings: Settings, wording: Wording, triage_model: TriageModel, now: datetime
) -> Callable[[Database], Helpline]:
    def make(database: Database) -> Helpline:
        outbox, spool = Outbox(secrets.service), Spool(settings.spool_dir, secrets.spool)
        intake = Intake(
            database, secrets, outbox, Replies(wording), spool, settings, Quotas({}), triage_model
        )
        return Helpline(database, secrets, intake, outbox, spool, Takeover(outbox, wording), settings, now)

    return make


@pytest.fixture
def helpline(build: Callable[[Database], Helpline], database: Database) -> Helpline:
    """On SQLite and on PostgreSQL."""
    return build(database)
