"""``lachan user``: accounts from the command line."""

from pathlib import Path

import pytest

from bot.commands.accounts import read_name
from bot.errors import BadInput
from bot.privacy.keyring import has_grant, open_team_key
from bot.storage.engine import Database, open_database
from bot.storage.tables import UserRow
from tests.support.lachan import Run


def test_the_first_supervisor_gets_the_team_key_on_a_fresh_installation(home: Path, run: Run) -> None:
    made = run("user", "add", "lan", "--role", "supervisor", stdin="một mật khẩu\n")
    assert (made.returncode, made.stdout) == (0, ""), made.stderr
    assert "holds the team's key" in made.stderr
    with _database(home).read() as session:
        user = session.query(UserRow).one()
        assert (user.username, user.role) == ("lan", "supervisor")
        assert open_team_key(session, user, "một mật khẩu")


def test_the_second_counsellor_waits_for_the_key(home: Path, run: Run) -> None:
    run("user", "add", "lan", "--role", "supervisor", stdin="mật khẩu 1\n")
    made = run("user", "add", "hoa", "--role", "counsellor", stdin="mật khẩu 2\n")
    assert "chờ cấp khoá" in made.stderr
    with _database(home).read() as session:
        assert not has_grant(session, session.query(UserRow).filter_by(username="hoa").one().id)


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_admin_and_auditor_never_hold_the_key(role: str, run: Run) -> None:
    made = run("user", "add", "an", "--role", role, stdin="mật khẩu 1\n")
    assert "never holds the team's key" in made.stderr


def test_the_password_is_final_as_given(home: Path, run: Run) -> None:
    run("user", "add", "lan", "--role", "supervisor", stdin="  khoảng trắng  \nnext line")
    with _database(home).read() as session:
        assert open_team_key(session, session.query(UserRow).one(), "  khoảng trắng  ")


def test_a_short_password_is_refused_and_makes_nothing(home: Path, run: Run) -> None:
    refused = run("user", "add", "lan", "--role", "admin", stdin="bảy chữ\n")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "at least 8" in refused.stderr
    assert "bảy" not in refused.stderr
    assert not home.exists()


def test_a_name_that_is_taken_is_refused(run: Run) -> None:
    run("user", "add", "lan", "--role", "admin", stdin="mật khẩu 1\n")
    refused = run("user", "add", "lan", "--role", "auditor", stdin="mật khẩu 2\n")
    assert refused.returncode == 1
    assert "exists already" in refused.stderr


def test_an_unknown_role_is_refused(run: Run) -> None:
    refused = run("user", "add", "lan", "--role", "boss", stdin="mật khẩu 1\n")
    assert refused.returncode == 2
    assert "'boss'" in refused.stderr


def test_a_one_time_secret_is_not_printed_into_a_pipe(home: Path, run: Run) -> None:
    refused = run("user", "add", "lan", "--role", "admin", "--totp", stdin="mật khẩu 1\n")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "terminal" in refused.stderr
    assert not home.exists()


def test_list_shows_who_holds_the_key(run: Run) -> None:
    run("user", "add", "lan", "--role", "supervisor", stdin="mật khẩu 1\n")
    run("user", "add", "an", "--role", "auditor", stdin="mật khẩu 1\n")
    assert run("user", "list").stdout.splitlines() == [
        "an  auditor  no key  no one-time code",
        "lan  supervisor  holds the key  no one-time code",
    ]


def test_the_data_folder_is_private(home: Path, run: Run) -> None:
    run("user", "add", "lan", "--role", "admin", stdin="mật khẩu 1\n")
    assert home.stat().st_mode & 0o777 == 0o700
    for file in ("secrets/service.key", "lachan.db"):
        assert (home / file).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["", " ", "hai chữ", "a\nb", "x" * 41, "a/b"])
def test_names_the_form_could_not_repeat_are_refused(name: str) -> None:
    with pytest.raises(BadInput, match="NAME"):
        read_name(name)


def test_a_name_in_two_spellings_is_one_name() -> None:
    assert read_name("hoa\u0300") == read_name("ho\u00e0")


def _database(home: Path) -> Database:
    return open_database(f"sqlite:///{home / 'lachan.db'}")
