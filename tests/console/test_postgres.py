"""The same console on PostgreSQL: what it asks of the database must not be SQLite's alone."""

import httpx

from bot.config import Settings
from bot.console.app import create_app
from bot.console.server import server
from bot.console.watcher import QUEUE, Watcher
from bot.escalation.wording import Wording
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database

from .conftest import PASSWORD, Clock, Helpline, running, token


def test_a_case_from_the_queue_to_its_end(
    postgres_database: Database, secrets: Secrets, settings: Settings, clock: Clock, wording: Wording
) -> None:
    helpline = Helpline(postgres_database, secrets, clock)
    helpline.account("lan")
    code = helpline.disclose("em sợ lắm")
    app = create_app(postgres_database, secrets, settings, clock, wording)
    base = f"http://127.0.0.1:{settings.console_port}"
    with running(server(app, settings)), httpx.Client(base_url=base) as lan:
        lan.post("/login", data={"username": "lan", "password": PASSWORD})
        lan.headers["x-csrf-token"] = token(lan)
        assert code in lan.get("/").text
        assert lan.post(f"/cases/{code}/claim").status_code == 303
        assert lan.post(f"/cases/{code}/say", data={"text": "cô đây"}).status_code == 303
        assert "cô đây" in lan.get(f"/cases/{code}").text
        form = {"outcome": "supported", "refer": "no", "refer_reason_no": "not_needed"}
        assert lan.post(f"/cases/{code}/close", data=form).status_code == 303
    assert helpline.case(code).state == "closed"


def test_the_watcher_sees_changes(postgres_database: Database, secrets: Secrets, clock: Clock) -> None:
    helpline = Helpline(postgres_database, secrets, clock)
    helpline.account("lan")
    code = helpline.disclose("em sợ lắm")
    watcher = Watcher(postgres_database)
    before = watcher._read({QUEUE, code})
    assert watcher._read({QUEUE, code}) == before
    helpline.child_says(code, "cô ơi")
    after = watcher._read({QUEUE, code})
    assert after[QUEUE] == before[QUEUE]
    assert after[code] != before[code]
