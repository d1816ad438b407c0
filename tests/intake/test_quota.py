"""The last fifth of a channel's month: crises and humans are served, others are told once a day."""

from datetime import timedelta

import pytest

from bot.dispatcher import joined
from bot.intake import Intake
from bot.messages import Button, Kind, Reply
from bot.quota import Quotas
from bot.replies import Replies
from bot.routing import Line
from tests.intake.conftest import Helpline, Person


@pytest.fixture
def short(helpline: Helpline) -> Person:
    """Somebody on a channel of whose 100 messages 80 are used."""
    quotas = Quotas({"zalo_bot": 100})
    wording = helpline.takeover._wording
    helpline.intake = Intake(
        helpline.database,
        helpline.secrets,
        helpline.outbox,
        Replies(wording),
        helpline.spool,
        helpline.settings,
        quotas,
    )
    with helpline.database.write() as session:
        quotas.count(session, "zalo_bot", 80, helpline.start)
    return helpline.person("z", "zalo_bot")


def test_an_ordinary_line_becomes_one_word_of_why_a_day(short: Person) -> None:
    short.write("", kind=Kind.MEDIA)
    assert len(told := short.read()) == 1 and "hết lượt" in told[0]
    short.write("", kind=Kind.MEDIA)
    assert short.read() == []
    short.write("", kind=Kind.MEDIA, after=timedelta(days=1, minutes=1).total_seconds())
    assert "hết lượt" in short.read()[0]


def test_a_disclosure_is_answered_from_the_reserve(short: Person) -> None:
    short.write("chu ay bat em coi do")
    assert "111" in short.read()[0]
    short.write("", kind=Kind.MEDIA, after=70)
    assert len(short.read()) == 1


@pytest.mark.parametrize("words", ["xoá", "thoát"])
def test_what_a_person_orders_is_never_too_dear(short: Person, words: str) -> None:
    short.write("", kind=Kind.MEDIA)
    short.read()
    short.write(words)
    assert len(said := short.read()) == 1 and "hết lượt" not in said[0]


def test_many_texts_become_one_message_and_buttons_stay_under_their_own() -> None:
    button = (Button("Có", "human:yes"),)
    few = joined([Reply("một"), Reply("hai", button), Reply("ba"), Reply("bốn")])
    assert [(reply.text, reply.buttons) for reply in few] == [("một\n\nhai", button), ("ba\n\nbốn", ())]


def test_who_asks_for_a_person_gets_one(short: Person) -> None:
    short.write("em muon gap nguoi that")
    assert len(short.read()) == 1 and len(short.cases()) == 1


def test_a_channel_without_allowance_is_never_short(helpline: Helpline) -> None:
    quotas = Quotas({"zalo_bot": 0})
    with helpline.database.write() as session:
        quotas.count(session, "zalo_bot", 10**6, helpline.start)
        assert quotas.limit("zalo_bot") is None and quotas.used(session, "zalo_bot", helpline.start) == 0


def test_where_the_phone_keeps_its_lines_erasing_says_so(helpline: Helpline) -> None:
    replies = Replies(helpline.takeover._wording, {"zalo_bot"})
    from bot.triage.assessment import Role

    there, gone = (replies.plain(Line.ERASED, Role.CHILD, on_phone=stays)[1].text for stays in (True, False))
    assert "trong máy em" in there and "trong máy" not in gone
