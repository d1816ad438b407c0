"""The door: passwords, one-time codes, guessing, sessions and their ends."""

from datetime import timedelta

import httpx
import pyotp
import pytest
from fastapi import Request
from sqlalchemy import select

from bot.config import Settings
from bot.console.app import create_app
from bot.console.pages.sign_in_page import is_exposed, is_loopback
from bot.console.server import server
from bot.console.sessions import ABSOLUTE, COOKIE, IDLE, Ticket
from bot.console.sign_in import LOCK_OUT, Claimed, Refusal, SignIn, pause
from bot.privacy.sealing import unlock
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database
from bot.storage.tables import SessionRow

from .conftest import PASSWORD, Clock, Helpline, SignedIn, running

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enter(
    client: httpx.Client, name: str = "lan", password: str = PASSWORD, totp: str = ""
) -> httpx.Response:
    return client.post("/login", data={"username": name, "password": password, "totp": totp})


def test_the_right_password_opens_the_queue(helpline: Helpline, visitor: httpx.Client) -> None:
    helpline.account("lan")
    assert enter(visitor).headers["location"] == "/"
    assert "Hàng chờ" in visitor.get("/").text


def test_the_cookie_is_strict_and_out_of_scripts_reach(helpline: Helpline, visitor: httpx.Client) -> None:
    helpline.account("lan")
    cookie = enter(visitor).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize(
    ("name", "password"), [("lan", "sai"), ("ai-đó", PASSWORD), ("", ""), ("lan", "x" * 5000)]
)
def test_a_wrong_name_and_a_wrong_password_read_the_same(
    helpline: Helpline, visitor: httpx.Client, name: str, password: str
) -> None:
    helpline.account("lan")
    answer = enter(visitor, name, password)
    assert answer.status_code == 401
    assert "chưa đúng" in answer.text
    assert COOKIE not in visitor.cookies


def test_guessing_is_slowed_down_and_then_locked_out() -> None:
    waits = [pause(tries).total_seconds() for tries in (1, 2, 3, 4, 9, 10, 50)]
    assert waits == [0, 0, 2, 4, 128, 900, 900]


def test_a_locked_account_refuses_the_right_password_until_its_time(
    helpline: Helpline, visitor: httpx.Client, clock: Clock
) -> None:
    helpline.account("lan")
    with helpline.database.write() as session:
        helpline._user(session, "lan").failures = 9
    assert enter(visitor, password="sai").status_code == 401
    assert enter(visitor).status_code == 401
    clock.shift += LOCK_OUT + timedelta(seconds=1)
    assert enter(visitor).status_code == 303
    assert helpline.user("lan").failures == 0


def test_a_disabled_account_stays_outside_and_loses_its_session(
    helpline: Helpline, visitor: httpx.Client, signed_in: SignedIn, clock: Clock
) -> None:
    helpline.account("lan")
    lan = signed_in("lan")
    with helpline.database.write() as session:
        helpline._user(session, "lan").disabled_at = clock()
    assert enter(visitor).status_code == 401
    assert lan.get("/").headers["location"] == "/login"


def test_totp_is_asked_where_it_is_on(helpline: Helpline, visitor: httpx.Client) -> None:
    helpline.account("lan", totp=TOTP)
    assert enter(visitor).status_code == 401
    assert enter(visitor, totp="000000").status_code == 401
    assert enter(visitor, totp=pyotp.TOTP(TOTP).now()).status_code == 303


def test_a_totp_code_opens_once(helpline: Helpline, secrets: Secrets, clock: Clock) -> None:
    helpline.account("lan", totp=TOTP)
    now = clock()
    door = SignIn(helpline.database, secrets)
    claimed = Claimed("lan", PASSWORD, pyotp.TOTP(TOTP).at(now))
    assert isinstance(door.enter(claimed, now, exposed=True), Ticket)
    assert door.enter(claimed, now, exposed=True) is Refusal.WRONG


def test_beyond_loopback_an_account_without_totp_is_told_why(
    sqlite_database: Database, secrets: Secrets, settings: Settings, clock: Clock, helpline: Helpline
) -> None:
    helpline.account("lan")
    exposed = settings.model_copy(update={"console_host": "0.0.0.0"})
    with running(server(create_app(sqlite_database, secrets, exposed, clock), exposed)):
        answer = httpx.post(
            f"http://127.0.0.1:{exposed.console_port}/login", data={"username": "lan", "password": PASSWORD}
        )
    assert answer.status_code == 401
    assert "TOTP" in answer.text
    assert "tài khoản phải bật mã" in answer.text


def test_exposure_is_the_bind_or_a_proxy_with_tls() -> None:
    plain = Request({"type": "http", "scheme": "http", "path": "/", "headers": [], "server": ("x", 80)})
    proxied = Request({"type": "http", "scheme": "https", "path": "/", "headers": [], "server": ("x", 443)})
    assert not is_exposed(plain, "127.0.0.1")
    assert is_exposed(plain, "10.0.0.5")
    assert is_exposed(proxied, "127.0.0.1")
    assert [is_loopback(host) for host in ("localhost", "::1", "127.0.0.9", "console.example")] == [
        True,
        True,
        True,
        False,
    ]


def test_an_id_planted_before_sign_in_is_not_taken_over(helpline: Helpline, visitor: httpx.Client) -> None:
    helpline.account("lan")
    planted = Ticket.new().cookie
    visitor.cookies.set(COOKIE, planted)
    given = enter(visitor).cookies[COOKIE]
    assert given.strip('"') != planted
    visitor.cookies.clear()
    visitor.cookies.set(COOKIE, planted)
    assert visitor.get("/").status_code == 303


def test_signing_in_again_ends_the_session_before(helpline: Helpline, signed_in: SignedIn) -> None:
    helpline.account("lan")
    lan = signed_in("lan")
    before = dict(lan.cookies)
    enter(lan)
    assert httpx.get(f"{lan.base_url}/", cookies=before).status_code == 303
    assert lan.get("/").status_code == 200


def test_sign_out_deletes_the_row(helpline: Helpline, signed_in: SignedIn) -> None:
    helpline.account("lan")
    lan = signed_in("lan")
    before = dict(lan.cookies)
    assert lan.post("/logout").status_code == 303
    with helpline.database.read() as session:
        assert session.scalars(select(SessionRow)).all() == []
    assert httpx.get(f"{lan.base_url}/", cookies=before).headers["location"] == "/login"


def test_a_session_ends_when_nothing_is_done(helpline: Helpline, signed_in: SignedIn, clock: Clock) -> None:
    helpline.account("lan")
    lan = signed_in("lan")
    clock.shift += IDLE - timedelta(minutes=1)
    assert lan.get("/").status_code == 200
    clock.shift += IDLE - timedelta(minutes=1)
    assert lan.post("/stay").status_code == 204
    clock.shift += IDLE + timedelta(seconds=1)
    assert lan.get("/").status_code == 303


def test_pages_that_refresh_themselves_do_not_keep_a_session_alive(
    helpline: Helpline, signed_in: SignedIn, clock: Clock
) -> None:
    helpline.account("lan")
    lan = signed_in("lan")
    clock.shift += IDLE - timedelta(minutes=1)
    assert lan.get("/alarms", headers={"x-fragment": "1"}).status_code == 200
    clock.shift += timedelta(minutes=2)
    assert lan.get("/alarms", headers={"x-fragment": "1"}).status_code == 401


def test_a_session_ends_after_ten_hours_whatever_is_done(
    helpline: Helpline, signed_in: SignedIn, clock: Clock
) -> None:
    helpline.account("lan")
    lan = signed_in("lan")
    for _ in range(24):
        clock.shift += timedelta(minutes=25)
        last = lan.get("/").status_code
    assert clock.shift >= ABSOLUTE
    assert last == 303


def test_the_row_opens_nothing_without_the_cookie(helpline: Helpline, signed_in: SignedIn) -> None:
    helpline.account("lan")
    lan = signed_in("lan")
    ticket = Ticket.read(lan.cookies[COOKIE].strip('"'))
    with helpline.database.read() as session:
        row = session.scalars(select(SessionRow)).one()
        key = helpline.team_key(session)
    assert ticket is not None
    assert ticket.id not in row.id
    assert row.locked_key is not None
    assert key not in row.locked_key
    assert unlock(ticket.secret, row.locked_key) == key


def test_a_cookie_with_another_secret_is_nobodys(helpline: Helpline, signed_in: SignedIn) -> None:
    helpline.account("lan")
    ticket = Ticket.read(signed_in("lan").cookies[COOKIE].strip('"'))
    assert ticket is not None
    forged = Ticket(ticket.id, b"x" * 32).cookie
    base = signed_in("lan").base_url
    assert httpx.get(f"{base}/", cookies={COOKIE: forged}).status_code == 303
    assert httpx.get(f"{base}/", cookies={COOKIE: "rubbish"}).status_code == 303
