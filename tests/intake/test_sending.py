"""Lines on their way to a platform: in parts, with its refusals, past erasure and claims, within its allowance."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.delivery import Outgoing, Part
from bot.errors import (
    MessageRefused,
    QuotaExhausted,
    RateLimited,
    RecipientGone,
    SendError,
    TemporarySendError,
)
from bot.messages import Kind, Reply
from bot.outbox import RETRY_SECONDS
from bot.privacy.sealing import unlock_json
from bot.quota import Quotas
from bot.recall import WINDOW, Recalls
from bot.rounds import Rounds
from bot.sending import Sending
from bot.storage.tables import ConversationRow, MessageRow, OutboxRow, RecallRow
from tests.intake.conftest import Helpline, Person

DISCLOSURE = "chu ay bat em coi do"
QUESTION = "mat khau the nao la manh"


@dataclass
class FakePlatform:
    """A platform that takes lines of one sentence, and fails as it is told to."""

    deletes: bool = True
    arrived: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    errors: list[SendError] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None
    waiting: Callable[[], object] = lambda: None

    def parts(self, message: Outgoing) -> Sequence[Part]:
        return [Part(text) for text in message.text.split("|")]

    async def send(self, chat_id: str, part: Part) -> str:
        if self.errors:
            raise self.errors.pop(0)
        self.arrived.append(part.text)
        self.meanwhile()
        return str(len(self.arrived))

    async def delete(self, chat_id: str, platform_ids: Sequence[str]) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.deleted += platform_ids

    async def turn(self, chat_id: str, *, patient: bool) -> None:
        self.waiting()

    async def typing(self, chat_id: str) -> None: ...


@dataclass
class Post:
    """The sending side of a helpline, with its one platform and its own clock."""

    helpline: Helpline
    child: Person
    platform: FakePlatform
    sending: Sending

    def say(self, text: str) -> int:
        with self.helpline.database.write() as session:
            mine = session.get_one(ConversationRow, self.child.conversation_id)
            return self.helpline.outbox.queue(session, mine, Reply(text), self.child.now).id

    def work(self, *, after: float = 0) -> None:
        """Everything that is due ``after`` seconds."""
        self.child.now += timedelta(seconds=after)

        async def once() -> None:
            await self.sending.step()
            await self.sending.stop()
            await self.sending.recall()

        asyncio.run(once())

    def row(self, row_id: int) -> OutboxRow:
        with self.helpline.database.read() as session:
            return session.get_one(OutboxRow, row_id)

    def confirm_erasing(self) -> None:
        self.child.write("xoá")
        self.child.read()
        self.child.tap("Xoá đi")


def rounds_of(post: Post) -> Rounds:
    line = post.helpline
    return Rounds(
        line.database, line.outbox, line.takeover, line.takeover._wording, line.intake, line.settings
    )


@pytest.fixture
def post(helpline: Helpline) -> Post:
    child, platform = helpline.person("42", "telegram"), FakePlatform()
    sending = Sending(
        helpline.database,
        helpline.secrets,
        helpline.outbox,
        Recalls(helpline.secrets),
        Quotas({"telegram": 100}),
        {"telegram": platform},
        lambda: child.now,
    )
    child.write("chào", platform_id="900")
    return Post(helpline, child, platform, sending)


def test_a_message_in_parts_arrives_whole_and_in_order(post: Post) -> None:
    row_id = post.say("một|hai|ba")
    post.work()
    assert post.platform.arrived == ["một", "hai", "ba"] and post.row(row_id).state == "sent"


def test_a_second_attempt_goes_on_where_the_first_one_ended(post: Post) -> None:
    row_id = post.say("một|hai|ba")
    post.platform.meanwhile = lambda: post.platform.errors.extend([TemporarySendError("away")])
    post.work()
    assert post.platform.arrived == ["một"] and post.row(row_id).state == "pending"
    post.platform.meanwhile, post.platform.errors = lambda: None, []
    post.work(after=RETRY_SECONDS[0])
    assert post.platform.arrived == ["một", "hai", "ba"]


def test_lines_of_one_chat_keep_their_order_while_the_first_waits(post: Post) -> None:
    post.platform.errors = [TemporarySendError("away")]
    post.say("trước")
    post.say("sau")
    post.work()
    assert post.platform.arrived == []
    post.work(after=RETRY_SECONDS[0])
    post.work()
    assert post.platform.arrived == ["trước", "sau"]


def test_a_pause_that_the_platform_asks_for_is_kept_and_costs_no_attempt(post: Post) -> None:
    post.platform.errors = [RateLimited("busy", 40)] * 20
    row_id = post.say("một")
    for _ in range(20):
        post.work(after=40)
    post.work(after=39)
    assert post.platform.arrived == []
    post.work(after=1)
    assert post.platform.arrived == ["một"] and post.row(row_id).attempts == 1


def test_a_platform_that_stays_away_is_given_up_after_the_last_attempt(post: Post) -> None:
    post.platform.errors = [TemporarySendError("away")] * 20
    row_id = post.say("một")
    for seconds in (0, *RETRY_SECONDS):
        post.work(after=seconds)
    given_up = post.row(row_id)
    assert (given_up.state, given_up.error, given_up.passing_body) == ("failed", "TemporarySendError", None)


@pytest.mark.parametrize(
    ("error", "flag"),
    [
        (RecipientGone("gone"), "unreachable"),
        (MessageRefused("no"), "undelivered"),
        (QuotaExhausted("used up", 3600), "undelivered"),
    ],
)
def test_a_counsellor_sees_that_nothing_arrives(post: Post, error: SendError, flag: str) -> None:
    post.child.write(DISCLOSURE)
    post.platform.errors = [error]
    post.work()
    assert flag in post.child.cases()[0].flags


def test_who_writes_again_is_no_longer_unreachable(post: Post) -> None:
    post.child.write(DISCLOSURE)
    post.platform.errors = [RecipientGone("gone")]
    post.work()
    post.child.write("em day")
    assert post.child.cases()[0].flags == []


def test_a_bot_line_whose_outcome_is_unknown_does_not_follow_a_claim(post: Post) -> None:
    post.child.write(DISCLOSURE)
    post.work()
    row_id = post.say("câu của bot")
    with post.helpline.database.write() as session:
        assert post.helpline.outbox.take(session, row_id, post.child.now) is not None
    user = post.helpline.counsellor()
    with post.helpline.database.write() as session:
        post.helpline.takeover.join(session, post.child.cases()[0].id, user.id, post.child.now)
    post.work(after=120)
    assert "câu của bot" not in post.platform.arrived and post.row(row_id).state == "withdrawn"


def test_after_thoat_not_even_a_line_that_only_waits_for_its_turn_leaves(post: Post) -> None:
    post.say("lời của người tư vấn")
    post.platform.waiting = lambda: post.child.write("thoát") if post.child.sent == 1 else None
    post.work()
    assert post.platform.arrived == []


def test_after_thoat_the_rest_of_a_long_line_stays_back(post: Post) -> None:
    post.say("một|hai")
    post.platform.meanwhile = lambda: post.child.write("thoát") if post.child.sent == 1 else None
    post.work()
    assert "hai" not in post.platform.arrived


def test_erasing_takes_both_sides_off_the_phone(post: Post) -> None:
    post.say("một|hai")
    post.work()
    post.child.write("em hỏi chút", platform_id="901")
    post.confirm_erasing()
    post.work()
    assert set(post.platform.deleted) == {"900", "901", "1", "2"}
    with post.helpline.database.read() as session:
        assert session.scalars(select(RecallRow)).all() == []


def test_every_picture_of_an_album_is_taken_off_the_phone(post: Post) -> None:
    for platform_id in ("910", "911", "912"):
        post.child.write("", kind=Kind.MEDIA, message_id="album:1", platform_id=platform_id)
    post.confirm_erasing()
    post.work()
    assert {"910", "911", "912"} <= set(post.platform.deleted)


def test_erasing_with_an_urgent_case_clears_the_phone_and_keeps_the_case(post: Post) -> None:
    post.child.write(DISCLOSURE, platform_id="902")
    post.work()
    post.confirm_erasing()
    post.work()
    assert {"900", "902", "1"} <= set(post.platform.deleted)
    assert [case.state for case in post.child.cases()] == ["queued"]


def test_a_line_that_left_while_the_chat_was_erased_is_taken_back(post: Post) -> None:
    post.child.write("xoá")
    post.child.read()
    post.say("muộn|thêm")
    post.platform.meanwhile = lambda: post.child.tap("Xoá đi") if not post.platform.deleted else None
    post.work()
    assert post.platform.arrived == ["muộn"]
    post.work()
    assert "1" in post.platform.deleted


def test_a_deletion_that_fails_is_tried_again_and_not_for_ever(post: Post) -> None:
    post.confirm_erasing()
    post.platform.errors = [TemporarySendError("away")]
    post.work()
    assert post.platform.deleted == []
    post.work(after=5)
    assert post.platform.deleted == ["900"]
    with post.helpline.database.read() as session:
        assert session.scalars(select(RecallRow)).all() == []


def test_what_could_not_be_sent_in_time_becomes_one_neutral_line(post: Post) -> None:
    post.child.write(DISCLOSURE)
    post.say("câu trả lời")
    post.platform.errors = [TemporarySendError("away")]
    post.work()
    rounds_of(post).late(post.child.now + timedelta(minutes=16))
    for _ in range(3):
        post.work(after=16 * 60)
    assert len(post.platform.arrived) == 1 and "111" not in post.platform.arrived[0][:45]
    assert post.child.cases()[0].state == "queued"


def test_nothing_to_delete_by_is_kept_longer_than_deleting_works(post: Post) -> None:
    with post.helpline.database.read() as session:
        kept = session.scalars(select(MessageRow.passing_platform_ids)).first()
    assert unlock_json(post.helpline.secrets.service, kept or b"") == {"ids": ["900"]}
    rounds_of(post).forget_passing(post.child.now + WINDOW + timedelta(seconds=1))
    with post.helpline.database.read() as session:
        assert session.scalars(select(MessageRow.passing_platform_ids)).all() == [None]


def test_every_part_counts_against_the_allowance(post: Post) -> None:
    quotas = Quotas({"telegram": 100})
    post.say("một|hai|ba")
    post.work()
    with post.helpline.database.read() as session:
        assert quotas.used(session, "telegram", post.child.now) == 3
        assert not quotas.only_reserve_left(session, "telegram", post.child.now)
        assert quotas.used(session, "telegram", post.child.now + timedelta(days=31)) == 0
