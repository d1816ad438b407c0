"""The table of states and moves."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bot.errors import Conflict
from bot.escalation.states import MOVES, Move, State, after, lease, lease_lost
from bot.triage.assessment import Risk

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(("state", "move"), sorted(set(product(State, Move)) - set(MOVES)))
def test_every_move_that_is_not_in_the_table_is_refused(state: State, move: Move) -> None:
    with pytest.raises(Conflict):
        after(state, move)


def test_only_its_holder_closes_a_case() -> None:
    assert [state for (state, move) in MOVES if move is Move.CLOSE] == [State.CLAIMED]


def test_nothing_leads_out_of_closed() -> None:
    assert not [move for (state, move) in MOVES if state is State.CLOSED]


def test_an_emergency_has_the_shorter_lease() -> None:
    assert lease(Risk.EMERGENCY, 300, 90) == timedelta(seconds=90)
    assert lease(Risk.HIGH, 300, 90) == timedelta(seconds=300)


@pytest.mark.parametrize(("seconds", "lost"), [(299, False), (300, True)])
def test_a_lease_is_lost_by_an_unanswered_message(seconds: int, lost: bool) -> None:
    assert lease_lost(NOW, timedelta(seconds=300), NOW + timedelta(seconds=seconds)) is lost


def test_a_holder_who_has_answered_keeps_the_case() -> None:
    assert not lease_lost(None, timedelta(seconds=1), NOW)
