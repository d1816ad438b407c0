"""The doctor finds each fault that is planted here."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot import doctor
from bot.config import Settings
from bot.doctor import Finding, Level, examine, holiday_findings, wrong_packages
from bot.errors import ContentError
from bot.escalation.holidays import HolidayYear, is_holiday, load_holidays
from bot.privacy.keyring import add_account, start_team
from bot.privacy.secrets import Secrets
from bot.storage.engine import Database, open_database
from bot.storage.migrate import migrate
from tests.support.lachan import Run

CONFIRMED = HolidayYear(confirmed=True, days={date(2026, 1, 1): "Tết Dương lịch"})


def _findings(settings: Settings, now: datetime, *checks: doctor.Check) -> list[Finding]:
    return [finding for check in checks for finding in check(settings, now)]


def _worst(found: list[Finding]) -> Finding:
    return max(found, key=lambda finding: finding.level)


def test_every_fault_says_how_to_mend_it(settings: Settings, now: datetime) -> None:
    faults = [finding for finding in examine(settings, now) if finding.level > Level.OK]
    assert faults
    assert [finding for finding in faults if not finding.mend] == []


def test_a_fresh_clone_fails_on_secrets_database_and_model(settings: Settings, now: datetime) -> None:
    text = "\n".join(str(finding) for finding in examine(settings, now) if finding.level is Level.FAIL)
    assert "service.key is missing" in text
    assert "no database" in text
    assert "no dialogue model" in text


def test_looking_makes_nothing(settings: Settings, now: datetime) -> None:
    list(examine(settings, now))
    assert not settings.home.exists()


def test_a_check_that_breaks_does_not_hide_the_others(
    settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_check(_: Settings, __: datetime) -> list[Finding]:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "CHECKS", (broken_check, doctor._stage))
    first, second = examine(settings, now)
    assert (first.level, first.what) == (Level.FAIL, "broken check: ZeroDivisionError")
    assert second.what.startswith("stage pilot")


def test_a_secret_open_to_others_is_found(settings: Settings, secrets: Secrets, now: datetime) -> None:
    (settings.secrets_dir / "spool.key").chmod(0o644)
    text = "\n".join(str(finding) for finding in examine(settings, now))
    assert "spool.key can be read by others" in text


def test_an_open_secrets_folder_is_found(settings: Settings, secrets: Secrets, now: datetime) -> None:
    settings.secrets_dir.chmod(0o755)
    assert _worst(_findings(settings, now, doctor._secrets)).level is Level.FAIL


def test_sound_secrets_are_fine(settings: Settings, secrets: Secrets, now: datetime) -> None:
    assert _worst(_findings(settings, now, doctor._secrets)).level is Level.OK


def test_a_database_behind_is_found(settings: Settings, now: datetime) -> None:
    settings.home.mkdir()
    database = open_database(settings.database)
    migrate(database, "base")
    database.close()
    worst = _worst(_findings(settings, now, doctor._database))
    assert (worst.level, worst.mend) == (Level.FAIL, "./lachan migrate")


def test_a_database_out_of_reach_is_found(settings: Settings, now: datetime) -> None:
    away = settings.model_copy(update={"database_url": "postgresql+psycopg2://x@127.0.0.1:1/x"})
    worst = _worst(_findings(away, now, doctor._database))
    assert worst.level is Level.FAIL
    assert "LACHAN_DATABASE_URL" in worst.mend


def test_a_missing_team_key_is_a_warning(
    sqlite_database: Database, settings: Settings, now: datetime
) -> None:
    worst = _worst(_findings(settings, now, doctor._database))
    assert worst.level is Level.WARN
    assert "no team key" in worst.what


def test_a_team_key_is_fine(sqlite_database: Database, settings: Settings, now: datetime) -> None:
    _add_supervisor(sqlite_database, now)
    assert _worst(_findings(settings, now, doctor._database)).level is Level.OK


def test_an_open_console_without_one_time_codes_is_found(
    sqlite_database: Database, settings: Settings, now: datetime
) -> None:
    _add_supervisor(sqlite_database, now)
    beyond = settings.model_copy(update={"console_host": "0.0.0.0"})
    worst = _worst(_findings(beyond, now, doctor._database))
    assert worst.level is Level.FAIL
    assert "one-time code" in worst.what


def test_postgres_is_examined_too(postgres_url: str, settings: Settings, now: datetime) -> None:
    found = _findings(settings.model_copy(update={"database_url": postgres_url}), now, doctor._database)
    assert found[0].what.startswith("postgresql database is at the newest revision")


def test_a_model_older_than_its_sources_is_found(settings: Settings, now: datetime) -> None:
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / "dialogue-0000000000000000.tar.gz").touch()
    worst = _worst(_findings(settings, now, doctor._model))
    assert (worst.level, worst.what) == (Level.FAIL, "the dialogue model is older than its sources")


def test_a_package_of_another_version_is_found() -> None:
    assert wrong_packages("pytest==0.0.1 \\\n    --hash=sha256:1\nno-such-package==1\n") == [
        "pytest",
        "no-such-package",
    ]


def test_contacts_nobody_called_are_a_warning(settings: Settings, now: datetime) -> None:
    worst = _worst(_findings(settings, now, doctor._contacts))
    assert worst.level is Level.WARN
    assert "111" in worst.what


def test_a_missing_holiday_year_is_a_warning() -> None:
    this_year, next_year = holiday_findings({2026: CONFIRMED}, date(2026, 11, 23))
    assert this_year.level is Level.OK
    assert (next_year.level, next_year.what) == (Level.WARN, "holidays of 2027 are missing")


def test_an_unconfirmed_holiday_year_is_a_warning() -> None:
    unsure = HolidayYear(confirmed=False, days=CONFIRMED.days)
    assert [
        finding.level for finding in holiday_findings({2026: unsure, 2027: unsure}, date(2026, 1, 1))
    ] == [
        Level.WARN,
        Level.WARN,
    ]


def test_the_year_turns_in_vietnam_first(settings: Settings) -> None:
    new_year = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    assert "2028" in "".join(finding.what for finding in doctor._holidays(settings, new_year))


def test_tet_and_national_day_are_holidays() -> None:
    years = load_holidays()
    for day in (date(2026, 2, 17), date(2027, 2, 6), date(2026, 4, 30), date(2027, 9, 2)):
        assert is_holiday(day, years)
        assert not is_holiday(day + timedelta(days=40), years)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[]", "one block a year"),
        ("soon: {}", "a year"),
        ("2026: {days: {2026-01-01: a}}", "confirmed"),
        ("2026: {confirmed: true, days: {2027-01-01: a}}", "a date of that year"),
        ("2026: {confirmed: true, days: {}}", "at least one day"),
        ("{", "cannot be read"),
    ],
)
def test_a_malformed_holiday_file_names_the_fault(text: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "holidays.yml").write_text(text)
    with pytest.raises(ContentError, match=fault):
        load_holidays(tmp_path / "holidays.yml")


def test_unsigned_crisis_lines_are_counted(settings: Settings, now: datetime) -> None:
    worst = _worst(_findings(settings, now, doctor._crisis_lines))
    assert worst.level is Level.WARN
    assert "signature" in worst.what


def test_the_command_exits_1_on_a_fault_and_prints_how_to_mend_it(run: Run) -> None:
    done = run("doctor")
    assert done.returncode == 1
    assert "FAIL  there is no dialogue model" in done.stdout
    assert "mend: ./lachan train" in done.stdout


def _add_supervisor(database: Database, now: datetime) -> None:
    with database.write() as session:
        start_team(session, add_account(session, "lan", "supervisor", "mật khẩu 1", now), b"0" * 32, now)
