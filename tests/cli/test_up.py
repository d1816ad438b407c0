"""What ``lachan up`` checks before it starts anything, and what it tells the operator."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.commands.start import channels, check_ports, greeting, part, up
from bot.config import Settings
from bot.errors import ConfigError
from bot.storage.engine import Database
from bot.storage.tables import UserRow
from bot.supervisor import only_one
from tests.support.lachan import Run


@contextmanager
def _listening(port: int) -> Iterator[None]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
        yield


@pytest.mark.parametrize(
    ("field", "name"), [("bot_port", "LACHAN_BOT_PORT"), ("console_port", "LACHAN_CONSOLE_PORT")]
)
def test_a_busy_port_is_named_with_its_setting(field: str, name: str, settings: Settings) -> None:
    port = getattr(settings, field)
    with _listening(port), pytest.raises(ConfigError, match=rf":{port} .*{name}"):
        check_ports(settings)


def test_two_services_cannot_share_a_port(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="must differ"):
        check_ports(settings.model_copy(update={"console_port": settings.bot_port}))


def test_free_ports_are_accepted(settings: Settings) -> None:
    check_ports(settings)


def test_a_busy_port_stops_up_in_one_line_before_anything_is_made(settings: Settings, run: Run) -> None:
    ports = {"LACHAN_BOT_PORT": str(settings.bot_port), "LACHAN_CONSOLE_PORT": str(settings.console_port)}
    with _listening(settings.bot_port):
        refused = run("up", **ports)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.count("\n") == 1
    assert not (settings.home / "lachan.db").exists()


def test_a_second_up_is_refused_in_one_line(home: Path, run: Run) -> None:
    with only_one(home / "run" / "up.lock"):
        refused = run("up")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "already runs" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_path_too_long_for_a_socket_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LACHAN_HOME"):
        up(Settings(home=tmp_path / ("x" * 100)))


def test_parts_run_this_program_and_end_with_it(settings: Settings) -> None:
    command = part(settings, "bot", Path("model.tar.gz")).command
    assert command[1:5] == ("-m", "bot.cli", "serve", "bot")
    assert command[5:] == ("--parent", str(os.getpid()))


def test_the_dialogue_is_handed_its_model(settings: Settings) -> None:
    assert part(settings, "dialogue", Path("model.tar.gz")).command[-2:] == ("--model", "model.tar.gz")


def test_the_greeting_says_where_and_how(sqlite_database: Database, settings: Settings) -> None:
    text = "\n".join(greeting(settings, 12.34))
    assert f"http://127.0.0.1:{settings.bot_port}/chat" in text
    assert f"http://127.0.0.1:{settings.console_port}/" in text
    assert "ready after 12.3 s" in text
    assert "./lachan user add NAME --role supervisor" in text


def test_the_greeting_counts_accounts(sqlite_database: Database, settings: Settings, run: Run) -> None:
    run("user", "add", "lan", "--role", "admin", stdin="mật khẩu 1\n")
    with sqlite_database.read() as session:
        assert session.query(UserRow).count() == 1
    assert "user add" not in "\n".join(greeting(settings, 1))


def test_a_channel_without_token_says_which_setting_it_lacks(settings: Settings) -> None:
    states = dict(channels(settings))
    assert states["web"] == "on"
    assert "LACHAN_TELEGRAM_TOKEN is not set" in states["telegram"]
    assert "LACHAN_ZALO_BOT_TOKEN is not set" in states["zalo_bot"]


def test_a_channel_with_a_token_says_how_messages_come_in_and_never_the_token(settings: Settings) -> None:
    given = settings.model_copy(update={"telegram_token": SecretStr("123:abc")})
    assert dict(channels(given))["telegram"].startswith("on, fetching messages")
    pushed = given.model_copy(update={"public_url": "https://lachan.example"})
    assert "./lachan channels connect" in dict(channels(pushed))["telegram"]
    assert "123:abc" not in "\n".join(greeting(given, 1))


def test_an_address_for_all_is_shown_as_one_that_can_be_visited(settings: Settings) -> None:
    open_to_all = settings.model_copy(update={"bot_host": "0.0.0.0"})
    assert "http://127.0.0.1:" in "\n".join(greeting(open_to_all, 1))
