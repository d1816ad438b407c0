"""Messages that a platform pushes: only it gets in, and 200 is said only of what is kept."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.intake import Intake
from bot.storage.tables import ConversationRow
from connectors.platform import LONGEST_BODY, webhook_path
from tests.channels.conftest import Start
from tests.support.channel import Helpline, PhonePerson, quick, until

DISCLOSURE = "chu ay bat em coi do"
HALF_EMOJI = "\ud83d"


@pytest.fixture(scope="module")
def helpline(start: Start) -> Iterator[Helpline]:
    with quick() as patch:
        patch.setattr("bot.storage.engine.BUSY_MS", 200)
        for pause in ("CHECK_WEBHOOK_SECONDS", "LONGEST_PAUSE_SECONDS"):
            patch.setattr(f"connectors.listening.{pause}", 0.2)
        with start(webhooks=True) as running:
            yield running


@pytest.fixture(params=["telegram", "zalo_bot"])
def person(request: pytest.FixtureRequest, helpline: Helpline) -> PhonePerson:
    found = helpline.person(request.param)
    assert isinstance(found, PhonePerson)
    return found


def push(person: PhonePerson, body: bytes, *shown: bytes) -> int:
    """POST to the person's channel with the right secret, or with what is ``shown`` instead; the status."""
    name = person.platform.secret_header.encode()
    secrets = shown or (person.platform.webhook_secret.encode(),)
    headers = [(name, secret) for secret in secrets]
    return person.helpline.bot.http.post(
        webhook_path(person.channel), content=body, headers=headers
    ).status_code


def disclosure(person: PhonePerson) -> bytes:
    """The body that the platform would push for a disclosure, kept back."""
    person.platform.hold()
    update = person.phone.write(DISCLOSURE)
    person.platform._held = None
    return json.dumps(update).encode()


def conversations(helpline: Helpline) -> int:
    with helpline.database.read() as session:
        return session.scalar(select(func.count()).select_from(ConversationRow)) or 0


def test_a_message_with_the_right_secret_is_taken(person: PhonePerson) -> None:
    assert push(person, disclosure(person)) == 200
    assert "111" in person.wait(1)[0] and len(person.cases) == 1


@pytest.mark.parametrize("shown", [b"", b"wrong", "sécret".encode(), "sécret".encode("latin-1"), b"x" * 5000])
def test_without_the_right_secret_nobody_gets_in(person: PhonePerson, shown: bytes) -> None:
    body, before = disclosure(person), conversations(person.helpline)
    assert push(person, body, shown) == 403
    assert conversations(person.helpline) == before and person.helpline.spool.count() == 0
    assert person.lines == []


def test_without_any_secret_nobody_gets_in(person: PhonePerson) -> None:
    body, before = disclosure(person), conversations(person.helpline)
    answer = person.helpline.bot.http.post(webhook_path(person.channel), content=body)
    assert (answer.status_code, conversations(person.helpline)) == (403, before)


def test_the_other_platforms_secret_is_a_wrong_one(helpline: Helpline) -> None:
    assert helpline.telegram.webhook_secret != helpline.zalo.webhook_secret
    headers = {helpline.telegram.secret_header: helpline.zalo.webhook_secret}
    assert helpline.bot.http.post(webhook_path("telegram"), content=b"", headers=headers).status_code == 403


def test_nearly_the_right_secret_is_a_wrong_one(person: PhonePerson) -> None:
    right = person.platform.webhook_secret.encode()
    for shown in (right[:-1], right + b"x", right.upper(), right[::-1]):
        assert push(person, b"", shown) == 403


def test_a_body_that_is_too_large_is_refused(person: PhonePerson) -> None:
    assert push(person, b" " * (LONGEST_BODY + 1)) == 413
    assert push(person, b" " * LONGEST_BODY) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"5",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"update_id": 1}',
        b'{"a": NaN}',
        b'{"event_name": "never.heard.of", "message": {}}',
        b'{"update_id": 2, "poll": {"id": "1"}}',
    ],
)
def test_what_asks_for_nothing_is_answered_200(person: PhonePerson, body: bytes) -> None:
    before = conversations(person.helpline)
    assert push(person, body) == 200
    assert conversations(person.helpline) == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_known(person: PhonePerson, method: str) -> None:
    assert person.helpline.bot.http.request(method, webhook_path(person.channel)).status_code == 405


def test_what_could_be_stored_nowhere_is_sent_again_and_taken(person: PhonePerson) -> None:
    with person.helpline.database_gone(), person.helpline.spool_gone():
        person.write(DISCLOSURE)
        until(lambda: 503 in statuses(person))
    person.platform.wait_delivered()
    assert "111" in person.wait(1)[0]
    person.settle(1)
    assert (len(person.lines), len(person.cases), statuses(person)[-1]) == (1, 1, 200)


def statuses(person: PhonePerson) -> list[int | None]:
    return [attempt.status for attempt in person.platform.webhook_attempts]


def test_what_was_spooled_is_answered_200(person: PhonePerson) -> None:
    with person.helpline.database_gone():
        person.write(DISCLOSURE)
        person.platform.wait_delivered()
        assert person.helpline.spool.count() == 1
    person.settle(1)


def test_a_fault_of_ours_loses_no_message(person: PhonePerson, monkeypatch: pytest.MonkeyPatch) -> None:
    real, faults = Intake.receive, [RuntimeError("a fault of ours")]

    def broken(intake: Intake, *given: Any) -> Any:
        if faults:
            raise faults.pop()
        return real(intake, *given)

    monkeypatch.setattr(Intake, "receive", broken)
    assert "111" in person.tell(DISCLOSURE)[0]


def test_zalo_may_wrap_its_updates(helpline: Helpline) -> None:
    helpline.zalo.wrapped = True
    assert "111" in helpline.person("zalo_bot").tell(DISCLOSURE)[0]
    helpline.zalo.wrapped = False


def test_a_webhook_that_was_taken_away_is_named_until_it_stands_again(person: PhonePerson) -> None:
    platform = person.platform
    url, platform.webhook_url = platform.webhook_url, ""
    until(lambda: "channels connect" in person.helpline.channels[person.channel])
    platform.webhook_url = url
    until(lambda: person.helpline.channels[person.channel] == "ok")


def test_without_a_public_address_there_is_no_webhook(start: Start) -> None:
    with quick(), start() as helpline:
        for channel in ("telegram", "zalo_bot"):
            assert helpline.bot.http.post(webhook_path(channel), content=b"").status_code == 404


def test_soon_after_connecting_the_channel_is_called_well(start: Start) -> None:
    with quick() as patch:
        patch.setattr("connectors.listening.LONGEST_PAUSE_SECONDS", 0.1)
        patch.setattr("connectors.listening.CHECK_WEBHOOK_SECONDS", 600)
        with start(webhooks=True) as helpline:
            until(lambda: set(helpline.channels.values()) == {"ok"}, seconds=2)


def test_half_an_emoji_hides_no_disclosure(person: PhonePerson) -> None:
    person.write(f"{DISCLOSURE} {HALF_EMOJI}")
    assert "111" in person.wait(1, seconds=2)[0]
    until(lambda: person.cases, seconds=2)
