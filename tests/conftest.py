"""What many tests share: both databases, settings, secrets, a clock's reading and a browser."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from bot.config import ROOT, Settings
from bot.privacy.secrets import Secrets, create_secrets, load_secrets
from bot.storage.engine import Database, open_database
from bot.storage.migrate import migrate
from tests.support.lachan import FITTED, free_port
from tests.support.postgres import Cluster, find_binaries, running_cluster

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
CHROMIUM = Path("/usr/bin/chromium")


def _missing(what: str, package: str) -> NoReturn:
    """Skip with a reason on a developer's machine; in CI a missing program is a failure."""
    line = f"{what} is missing: apt-get install {package} (./lachan test does it)"
    if os.environ.get("CI"):
        pytest.fail(line, pytrace=False)
    pytest.skip(line)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(autouse=True)
def _no_settings_of_mine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own ``LACHAN_*`` must not change what a test sees."""
    for name in [key for key in os.environ if key.startswith("LACHAN_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation in the test's own folder, on free ports."""
    return Settings(home=tmp_path / "var", cache=FITTED, bot_port=free_port(), console_port=free_port())


@pytest.fixture
def secrets(settings: Settings) -> Secrets:
    create_secrets(settings.secrets_dir)
    return load_secrets(settings.secrets_dir)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file, copied for each test: much faster than migrating each time."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    # Closing the last connection folds the write-ahead log into the file.
    database.close()
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, settings: Settings) -> Iterator[Database]:
    """The very file that ``settings.database`` names, migrated."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(sqlite_template, settings.home / "lachan.db")
    database = open_database(settings.database)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    binaries = find_binaries()
    if binaries is None:
        _missing("PostgreSQL", "postgresql")
    with running_cluster(binaries) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster) -> str:
    """The name of a migrated, empty database that each test's own is copied from."""
    name = postgres_cluster.create()
    database = open_database(postgres_cluster.url(name))
    migrate(database)
    database.close()
    return name


@pytest.fixture
def postgres_url(postgres_cluster: Cluster, postgres_template: str) -> Iterator[str]:
    """The address of a migrated database of this test's own; processes may be given it too."""
    name = postgres_cluster.create(postgres_template)
    yield postgres_cluster.url(name)
    postgres_cluster.drop(name)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    database = open_database(postgres_url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated database; the test runs once on SQLite and once on a real PostgreSQL."""
    opened: Database = request.getfixturevalue(f"{request.param}_database")
    return opened


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dialogue model of the sources as they are, trained once for all tests."""
    from connectors.dialogue.training import train_if_needed

    return train_if_needed(ROOT, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium, one a module.

    Playwright keeps an event loop running in this thread meanwhile, so a module that uses it has no
    ``async def`` tests.
    """
    if not CHROMIUM.exists():
        _missing("Chromium", "chromium")
    from playwright.sync_api import expect, sync_playwright

    # A loaded machine with two cores is slow, not wrong.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        # CI runs as root, where Chromium's own sandbox cannot start.
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture
def browser_page(browser: "Browser") -> "Iterator[Page]":
    """A fresh page with its own cookies, as wide as a phone, in Vietnamese and Vietnam's time."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    yield context.new_page()
    context.close()
