"""Helplines for the contract suite: one fetches its messages, one is pushed to, two more may lose their database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.channel import Helpline, Person, quick, running_helpline

WAYS = {
    "web": ("web", False),
    "telegram polled": ("telegram", False),
    "telegram pushed": ("telegram", True),
    "zalo polled": ("zalo_bot", False),
    "zalo pushed": ("zalo_bot", True),
}
PLATFORMS = [way for way in WAYS if way != "web"]
Start = Callable[..., AbstractContextManager[Helpline]]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Start:
    """``start(webhooks=…, burst_seconds=…)`` runs a helpline of its own in a ``with`` block."""

    def _start(**given: object) -> AbstractContextManager[Helpline]:
        home = tmp_path_factory.mktemp("helpline") / "var"
        return running_helpline(home, sqlite_template, **given)  # type: ignore[arg-type]

    return _start


@pytest.fixture(scope="module")
def helplines(start: Start) -> Iterator[dict[bool, Helpline]]:
    """The one that is pushed to under ``True``; tests share both, so each brings a person of its own."""
    with quick(), start() as polling, start(webhooks=True) as pushed:
        yield {False: polling, True: pushed}


@pytest.fixture(scope="module")
def frail_helplines(start: Start) -> Iterator[dict[bool, Helpline]]:
    """They wait but a moment for a database that another program holds, and longer for the end of a burst."""
    with quick() as patch:
        patch.setattr("bot.storage.engine.BUSY_MS", 200)
        with start(burst_seconds=0.4) as polling, start(webhooks=True, burst_seconds=0.4) as pushed:
            yield {False: polling, True: pushed}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def person(way: str, helplines: dict[bool, Helpline]) -> Iterator[Person]:
    """Somebody new on each channel, and on platforms by both ways in."""
    yield from _somebody(way, helplines)


@pytest.fixture
def frail_person(way: str, frail_helplines: dict[bool, Helpline]) -> Iterator[Person]:
    yield from _somebody(way, frail_helplines)


def _somebody(way: str, helplines: dict[bool, Helpline]) -> Iterator[Person]:
    channel, pushed = WAYS[way]
    helpline = helplines[pushed]
    yield helpline.person(channel)
    helpline.bot.dialogue.__init__()  # type: ignore[misc]
