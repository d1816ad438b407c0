"""One model and one dialogue process for all tests here: the real thing over its real socket."""

import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.config import ROOT
from bot.dialogue import DialogueClient
from bot.errors import DialogueError
from bot.storage.engine import Database, open_database
from connectors.dialogue.training import train_if_needed

START_SECONDS = 60


@dataclass(frozen=True)
class Running:
    """A dialogue process and where to look into it."""

    socket: Path
    database_url: str
    log: Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Training and loading count against the first test that needs them."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_if_needed(ROOT, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def running(
    model: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """``rasa`` logs at DEBUG here, so that a test can look for words in all it ever writes."""
    folder = tmp_path_factory.mktemp("dialogue")
    shutil.copyfile(sqlite_template, folder / "lachan.db")
    engine = Running(folder / "run" / "d.sock", f"sqlite:///{folder / 'lachan.db'}", folder / "log.txt")
    code = (
        "import logging; logging.basicConfig(level=logging.DEBUG)\n"
        "from pathlib import Path; from connectors.dialogue.server import serve\n"
        f"serve(Path({str(engine.socket)!r}), Path({str(model)!r}), {engine.database_url!r})"
    )
    with engine.log.open("w") as log:
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait(engine, process)
            yield engine
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
async def client(running: Running) -> AsyncIterator[DialogueClient]:
    client = DialogueClient(running.socket, budget_seconds=10)
    yield client
    await client.close()


@pytest.fixture
def trackers(running: Running) -> Iterator[Database]:
    database = open_database(running.database_url)
    yield database
    database.close()


@pytest.fixture
def conversation() -> str:
    return uuid.uuid4().hex


def _wait(engine: Running, process: "subprocess.Popen[bytes]") -> None:
    import asyncio

    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            asyncio.run(_health(engine.socket))
            return
        except DialogueError:
            time.sleep(0.2)
    raise RuntimeError(f"the dialogue process did not start:\n{engine.log.read_text()[-2000:]}")


async def _health(socket: Path) -> None:
    client = DialogueClient(socket, budget_seconds=2)
    try:
        await client.health()
    finally:
        await client.close()
