"""``lachan cases --json`` and ``lachan referrals --json``, on both databases."""

import json
from datetime import datetime, timedelta

import pytest

from bot.commands.reports import all_cases, all_referrals
from bot.storage.engine import Database
from bot.storage.tables import CaseRow, ReferralRow
from bot.triage.assessment import Risk
from tests.support.lachan import Run

CASE_FIELDS = ["code", "state", "risk", "category", "channel", "opened_at", "kind"]


def _case(code: str, opened_at: datetime, **changed: object) -> CaseRow:
    fields: dict[str, object] = {
        "code": code,
        "channel": "web",
        "reason": "disclosure",
        "risk": int(Risk.EMERGENCY),
        "category": "sexual_abuse",
        "about": "self",
        "teller": "child_harmed",
        "opened_at": opened_at,
        "queued_at": opened_at,
    }
    return CaseRow(**{**fields, **changed})


def _referral(created_at: datetime) -> ReferralRow:
    return ReferralRow(
        ref_code="R-1",
        created_at=created_at,
        channel="web",
        reporter_role="child",
        about_self="self",
        age_band="11-13",
        sex="unknown",
        risk_type=["grooming"],
        online_platform=["zalo"],
        form_of_abuse="sexual",
        danger_now="no",
        perpetrator_access="no",
        perpetrator_relation="stranger",
        severity="high",
        consent_state="given",
        actions_done=[],
        referred_to="111",
        status="recorded",
    )


def test_cases_are_codes_oldest_first(database: Database, now: datetime) -> None:
    with database.write() as session:
        session.add_all([_case("CB-2", now), _case("CB-1", now - timedelta(hours=1), risk=0, kind="drill")])
    first, second = all_cases(database)
    assert list(first) == CASE_FIELDS
    assert (first["code"], first["risk"], first["kind"]) == ("CB-1", "none", "drill")
    assert (second["risk"], second["opened_at"]) == ("emergency", "2026-11-23T13:00:00Z")


def test_referrals_are_codes(database: Database, now: datetime) -> None:
    with database.write() as session:
        session.add(_referral(now))
    (row,) = all_referrals(database)
    assert json.loads(json.dumps(row)) == row
    assert (row["created_at"], row["risk_type"], row["closed_at"]) == (
        "2026-11-23T13:00:00Z",
        ["grooming"],
        None,
    )


@pytest.mark.parametrize("command", ["cases", "referrals"])
def test_a_fresh_installation_answers_an_empty_array(command: str, run: Run) -> None:
    done = run(command, "--json")
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_cases_prints_one_json_array(sqlite_database: Database, now: datetime, run: Run) -> None:
    with sqlite_database.write() as session:
        session.add(_case("CB-1", now))
    done = run("cases", "--json")
    assert [list(row) for row in json.loads(done.stdout)] == [CASE_FIELDS]


def test_cases_without_json_are_lines(sqlite_database: Database, now: datetime, run: Run) -> None:
    with sqlite_database.write() as session:
        session.add(_case("CB-1", now))
    shown = run("cases").stdout
    assert shown == "CB-1  queued  emergency  sexual_abuse  web  2026-11-23T13:00:00Z  real\n"
