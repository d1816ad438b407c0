"""The small pure parts: marking, words, times."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest

from bot.console import labels, referral_labels
from bot.console.highlight import Piece, pieces
from bot.console.permissions import Role
from bot.console.wall_time import day_hour, waited
from bot.delivery import Author
from bot.escalation.states import Outcome, Reason, ReferReason, State
from bot.referrals import codes
from bot.triage.assessment import About, Category, Hit, Risk, Teller
from bot.triage.assessment import Role as Writer

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        ([], [("abcdef", ())]),
        ([("r", 1, 3)], [("a", ()), ("bc", ("r",)), ("def", ())]),
        ([("r", 0, 4), ("s", 2, 6)], [("ab", ("r",)), ("cd", ("r", "s")), ("ef", ("s",))]),
        ([("r", -5, 99)], [("abcdef", ("r",))]),
        ([("r", 2, 2)], [("ab", ()), ("cdef", ())]),
    ],
)
def test_a_message_is_cut_where_rules_begin_and_end(
    hits: list[tuple[str, int, int]], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert pieces("abcdef", [Hit(*hit) for hit in hits]) == tuple(Piece(*piece) for piece in expected)


def test_offsets_count_code_points_of_the_composed_text() -> None:
    decomposed = "e\u0302m bi\u0323 do\u0323a"
    assert [piece.text for piece in pieces(decomposed, [Hit("r", 3, 6)])] == ["êm ", "bị ", "dọa"]


@pytest.mark.parametrize(
    ("codes_", "table"),
    [
        (Category, labels.CATEGORY),
        (About, labels.ABOUT),
        (Teller, labels.TELLER),
        (Writer, labels.ROLE),
        (State, labels.STATE),
        (Reason, labels.REASON),
        (Outcome, labels.OUTCOME),
        (ReferReason, labels.REFER_REASON),
        (Author, labels.AUTHOR),
        (codes.AgeBand, labels.AGE_BAND),
        (codes.Agency, referral_labels.AGENCY),
        (codes.Consent, referral_labels.CONSENT),
        (codes.FormOfAbuse, referral_labels.FORM_OF_ABUSE),
        (codes.Sex, referral_labels.SEX),
        (codes.Answer, referral_labels.ANSWER),
        (codes.Level, referral_labels.LEVEL),
        (codes.Relation, referral_labels.RELATION),
        (codes.Platform, referral_labels.PLATFORM),
        (codes.Action, referral_labels.ACTION),
        (codes.Status, referral_labels.STATUS),
    ],
)
def test_every_code_has_a_vietnamese_word(codes_: type[StrEnum], table: dict[str, str]) -> None:
    assert set(table) == {str(code) for code in codes_}


def test_every_risk_and_account_role_has_a_word() -> None:
    assert set(labels.RISK) == set(labels.RISK_CODE) == {int(risk) for risk in Risk}
    assert set(labels.USER_ROLE) == set(Role) - {Role.NOBODY}


def test_times_are_the_provinces() -> None:
    assert day_hour(NOW) == "00:30 ngày 24/11/2026"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0:00"), (9, "0:09"), (249, "4:09"), (7500, "2 giờ 05 phút"), (200_000, "2 ngày")],
)
def test_waiting_is_told_shortly(seconds: int, words: str) -> None:
    assert waited(NOW - timedelta(seconds=seconds), NOW) == words
