import re

import pytest

from bot.errors import ContentError
from bot.language import view
from bot.language.pattern import read_names, read_pattern


def found(cue: str, text: str) -> bool:
    return re.search("(?<= )" + read_pattern(cue).regex, view(text).text) is not None


@pytest.mark.parametrize(
    ("cue", "text", "expected"),
    [
        ("tự tử", "tu tu", True),
        ("tự tử", "tư tử", True),
        ("tự tử", "từ từ", False),
        ("tự! tử!", "tu tu", False),
        ("sờ em", "sợ em", False),
        ("bắt ~2 cởi", "bắt em phải cởi", True),
        ("bắt ~2 cởi", "bắt em. rồi cởi", False),
        ("đánh {răng|cờ}", "đánh răng", False),
        ("[bố|mẹ] (cứ) đánh", "mẹ đánh", True),
        ("đòi # triệu", "đòi 2 triệu", True),
    ],
)
def test_a_cue_matches_what_its_notation_says(cue: str, text: str, expected: bool):
    assert found(cue, text) is expected


@pytest.mark.parametrize("cue", ["[bố|mẹ", "<nobody>", "(bố)", "bố ]", "[]"])
def test_a_broken_cue_is_refused_by_name(cue: str):
    with pytest.raises(ContentError):
        read_pattern(cue)


def test_a_named_set_may_use_those_before_it():
    names = read_names({"a": ["bố|mẹ"], "b": ["<a>|cô"]})
    assert names["b"].needs[0] == {"bo", "me", "co"}
