"""Long messages are cut where a reader pauses; nothing is lost and nothing is too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.splitting import split, utf16_length


def test_a_short_message_stays_whole() -> None:
    assert split("Em gọi 111 nhé.", 100) == ["Em gọi 111 nhé."]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Đoạn một.\n\nĐoạn hai.", ["Đoạn một.", "Đoạn hai."]),
        ("Dòng một\nDòng hai", ["Dòng một", "Dòng hai"]),
        ("Câu một. Câu hai.", ["Câu một.", "Câu hai."]),
        ("mot hai ba bon", ["mot hai ba", "bon"]),
        ("khongcodaucachnao", ["khongcodauca", "chnao"]),
    ],
)
def test_the_cut_is_at_the_best_pause(text: str, pieces: list[str]) -> None:
    assert split(text, 12) == pieces


def test_an_early_paragraph_does_not_make_a_tiny_piece() -> None:
    assert split("A.\n\nMột câu dài hơn. Rồi câu nữa.", 22) == ["A.\n\nMột câu dài hơn.", "Rồi câu nữa."]


def test_an_emoji_counts_twice_and_is_never_torn() -> None:
    assert split("😀😀😀", 3) == ["😀", "😀", "😀"]


@given(st.text(alphabet="ab .\n😀ư", max_size=80), st.integers(2, 20))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < utf16_length(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
