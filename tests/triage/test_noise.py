"""Copies as other hands would type them: never empty, the same for the same chance, hardly ever unreadable."""

from random import Random

import pytest

from bot.language import fold
from bot.triage import assess
from bot.triage.teaching.noise import typed_again

LINES = ("chú ấy bắt em cởi đồ", "bố say rượu đánh em mỗi tối, em sợ lắm", "em muốn tự tử", "mẹ")


@pytest.mark.parametrize("line", LINES)
def test_a_copy_keeps_the_number_of_words_and_is_never_empty(line: str):
    copies = [typed_again(line, Random(seed)) for seed in range(200)]
    assert all(copy.strip() for copy in copies)
    assert len(set(copies)) > 1 or line == "mẹ"
    assert copies == [typed_again(line, Random(seed)) for seed in range(200)]
    kept = sum(fold(copy) == fold(line) for copy in copies)
    assert kept >= 60


def test_the_rules_still_hear_most_copies_of_a_disclosure():
    heard = [assess(typed_again(LINES[0], Random(seed)))[0].is_urgent for seed in range(200)]
    assert sum(heard) >= 150
