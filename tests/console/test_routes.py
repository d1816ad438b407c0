"""Every role at every door, against a table written by hand; forms, headers, sizes."""

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from bot.config import Settings
from bot.console import app as console_app
from bot.console.door import Allow, check_routes
from bot.console.headers import Guard
from bot.console.permissions import NEEDS_KEY, PERMISSIONS, Role, may
from bot.errors import ConfigError
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database

from .conftest import Clock, Helpline, SignedIn

ROLES = ("nobody", "counsellor", "supervisor", "admin", "auditor", "waiting")
CLOSING = {"outcome": "supported", "refer": "no", "refer_reason_no": "not_needed"}

# What each may do, read by a person: (method, path, form) and the answer for each role in ROLES' order.
# "waiting" is a counsellor who has not been granted the key. {queued} waits; {held} is held by
# another counsellor, so that even those who may write are refused there.
TABLE = [
    ("GET", "/login", None, (200, 303, 303, 303, 303, 303)),
    ("GET", "/", None, (303, 200, 200, 303, 303, 200)),
    ("GET", "/queue", None, (303, 200, 200, 403, 403, 403)),
    ("GET", "/alarms", None, (303, 200, 200, 403, 403, 403)),
    ("GET", "/cases/{queued}", None, (303, 200, 200, 403, 403, 403)),
    ("GET", "/cases/{queued}/live", None, (303, 200, 200, 403, 403, 403)),
    ("GET", "/cases/LC-ZZZZZZ", None, (303, 404, 404, 403, 403, 403)),
    ("GET", "/people", None, (303, 200, 200, 200, 403, 200)),
    ("GET", "/referrals", None, (303, 200, 200, 403, 200, 200)),
    ("POST", "/stay", {}, (401, 204, 204, 204, 204, 204)),
    ("POST", "/cases/{held}/claim", {}, (401, 409, 409, 403, 403, 403)),
    ("POST", "/cases/{held}/say", {"text": "chào em"}, (401, 403, 403, 403, 403, 403)),
    ("POST", "/cases/{held}/hand-back", {}, (401, 403, 403, 403, 403, 403)),
    ("POST", "/cases/{held}/close", CLOSING, (401, 403, 403, 403, 403, 403)),
    ("POST", "/cases/{held}/acknowledge", {}, (401, 403, 403, 403, 403, 403)),
    ("POST", "/people/9999/grant", {}, (401, 409, 409, 403, 403, 403)),
    ("POST", "/logout", {}, (401, 303, 303, 303, 303, 303)),
]
# A stream has no end to wait for; its answers are tried in test_live.py.
ELSEWHERE = {("POST", "/login"), ("GET", "/events")}


@pytest.fixture
def codes(helpline: Helpline, signed_in: SignedIn) -> dict[str, str]:
    helpline.account("khac")
    queued = helpline.disclose("có người dọa tung ảnh của em", minutes_ago=2)
    held = helpline.disclose("bạn kia bắt em gửi tiền", minutes_ago=1)
    assert signed_in("khac").post(f"/cases/{held}/claim").status_code == 303
    return {"queued": queued, "held": held}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_exactly_what_the_table_says(
    role: str, helpline: Helpline, signed_in: SignedIn, visitor: httpx.Client, codes: dict[str, str]
) -> None:
    client = visitor
    if role != "nobody":
        helpline.account("thu", "counsellor" if role == "waiting" else role, granted=role != "waiting")
        client = signed_in("thu")
    got = {}
    for method, path, form, _ in TABLE:
        got[method, path] = client.request(method, path.format(**codes), data=form).status_code
    assert got == {(method, path): answers[ROLES.index(role)] for method, path, _, answers in TABLE}


def test_the_table_names_every_route(
    sqlite_database: Database, secrets: Secrets, settings: Settings, clock: Clock
) -> None:
    app = console_app.create_app(sqlite_database, secrets, settings, clock)
    routes = [
        context for context in iter_route_contexts(app.routes) if isinstance(context.original_route, APIRoute)
    ]
    served = {(method, str(route.path)) for route in routes for method in route.methods or ()}
    tried = {
        (method, path.replace("{queued}", "{code}").replace("{held}", "{code}").replace("9999", "{user_id}"))
        for method, path, _, _ in TABLE
        if "ZZZ" not in path
    }
    assert served == tried | ELSEWHERE


def test_a_route_without_a_permission_stops_the_start() -> None:
    router = APIRouter()

    @router.get("/quên")
    def forgotten() -> None: ...

    app = FastAPI()
    app.include_router(router)
    with pytest.raises(ConfigError, match="declares no permission"):
        check_routes(app)


def test_a_changing_route_without_a_token_stops_the_start() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.post("/đổi", dependencies=[Depends(Allow("claim"))])
    def change() -> None: ...

    with pytest.raises(ConfigError, match="asks for no token"):
        check_routes(app)


def test_an_unknown_permission_is_refused_when_it_is_declared() -> None:
    with pytest.raises(ConfigError, match="fly"):
        Allow("fly")


def test_who_never_holds_the_key_may_do_nothing_that_needs_it() -> None:
    assert PERMISSIONS.keys() >= NEEDS_KEY
    for role in (Role.ADMIN, Role.AUDITOR, Role.NOBODY):
        assert not any(may(role, permission) for permission in NEEDS_KEY)


@pytest.mark.parametrize(
    "path", ["/cases/{queued}/claim", "/cases/{queued}/say", "/people/9999/grant", "/logout", "/stay"]
)
@pytest.mark.parametrize("token", ["", "x" * 43])
def test_a_post_without_the_sessions_token_changes_nothing(
    path: str, token: str, helpline: Helpline, signed_in: SignedIn, codes: dict[str, str]
) -> None:
    client = signed_in("khac")
    del client.headers["x-csrf-token"]
    assert client.post(path.format(**codes), data={"csrf": token, "text": "x"}).status_code == 403
    assert helpline.case(codes["queued"]).state == "queued"


def test_another_sessions_token_does_not_fit(
    helpline: Helpline, signed_in: SignedIn, codes: dict[str, str]
) -> None:
    helpline.account("lan")
    lan, other = signed_in("lan"), signed_in("khac")
    lan.headers["x-csrf-token"] = other.headers["x-csrf-token"]
    assert lan.post(f"/cases/{codes['queued']}/claim").status_code == 403


def test_the_token_may_come_as_a_form_field(
    helpline: Helpline, signed_in: SignedIn, codes: dict[str, str]
) -> None:
    client = signed_in("khac")
    token = client.headers.pop("x-csrf-token")
    assert client.post(f"/cases/{codes['queued']}/claim", data={"csrf": token}).status_code == 303
    assert helpline.case(codes["queued"]).state == "claimed"


def test_another_sites_form_cannot_sign_anybody_in(helpline: Helpline, visitor: httpx.Client) -> None:
    answer = visitor.post(
        "/login", data={"username": "a", "password": "b"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/login", "/", "/không-có", "/static/console.css"])
def test_every_answer_carries_the_security_headers(path: str, visitor: httpx.Client) -> None:
    headers = visitor.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")
    assert "server" not in headers


def test_no_page_holds_an_inline_script_or_style(
    helpline: Helpline, signed_in: SignedIn, codes: dict[str, str]
) -> None:
    client = signed_in("khac")
    for path in ("/", f"/cases/{codes['held']}", "/people", "/referrals"):
        text = client.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text
        assert " onclick" not in text


def test_a_huge_body_is_turned_away_unread(visitor: httpx.Client) -> None:
    assert visitor.post("/login", data={"username": "x" * 70_000}).status_code == 413


def test_a_body_of_unknown_size_is_turned_away(visitor: httpx.Client) -> None:
    assert visitor.post("/login", content=iter([b"username=x"])).status_code == 411


def test_an_unknown_page_is_a_calm_sentence(visitor: httpx.Client) -> None:
    answer = visitor.get("/wp-admin")
    assert answer.status_code == 404
    assert "Không có trang này." in answer.text


async def test_an_unforeseen_error_leaves_no_words_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()

    @app.get("/vỡ")
    def break_down() -> None:
        raise RuntimeError("lời kể của em")

    app.add_middleware(Guard)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = await client.get("/vỡ")
    assert answer.status_code == 500
    assert "RuntimeError at test_routes.py" in caplog.text
    assert "lời kể" not in caplog.text + answer.text
