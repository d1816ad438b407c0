import unicodedata

import pytest

from bot.language import fold
from bot.triage import Risk, assess
from tests.triage.sentences import MEDIUM, MORE_NONE, MORE_URGENT, NONE, URGENT

FIELD = "em bị ép quan hệ từ năm 12 tuổi"
# Without diacritics nothing tells "hẹn, hơn 12 tuổi" from other words here; kept as a known gap.
KNOWN_STRIPPED_GAPS = frozenset({"ny hơn e 12 tuổi cứ rủ e đi khách sạn"})


@pytest.mark.parametrize(("text", "category"), URGENT)
def test_an_urgent_sentence_is_urgent_and_named(text: str, category: str):
    assessment, _ = assess(text)
    assert assessment.is_urgent
    assert assessment.category == category


@pytest.mark.parametrize("text", [text for text, _ in URGENT if text not in KNOWN_STRIPPED_GAPS])
def test_missing_diacritics_never_lower_an_urgent_reading(text: str):
    assert assess(fold(text))[0].is_urgent


@pytest.mark.parametrize("text", [text for text, _ in URGENT][::3])
def test_greeting_emoji_case_and_decomposed_letters_never_lower(text: str):
    for changed in (f"Alo cô ơi 😂 {text} ạ", text.upper(), unicodedata.normalize("NFD", text)):
        assert assess(changed)[0].is_urgent, changed


@pytest.mark.parametrize("text", MORE_URGENT)
def test_rarer_ways_of_telling_are_urgent(text: str):
    assert assess(text)[0].is_urgent


def test_without_diacritics_at_most_one_in_ten_of_the_rarer_ways_is_missed():
    missed = [text for text in MORE_URGENT if not assess(fold(text))[0].is_urgent]
    assert len(missed) <= len(MORE_URGENT) // 10, missed


@pytest.mark.parametrize("text", NONE + MORE_NONE)
def test_ordinary_talk_is_none_with_and_without_diacritics(text: str):
    assert assess(text)[0].risk is Risk.NONE
    assert assess(fold(text))[0].risk is Risk.NONE


@pytest.mark.parametrize(("text", "category"), MEDIUM)
def test_lesser_harm_is_medium(text: str, category: str):
    assessment, _ = assess(text)
    assert (assessment.risk, assessment.category) == (Risk.MEDIUM, category)


@pytest.mark.parametrize(
    "text",
    [
        FIELD,
        FIELD.upper(),
        fold(FIELD),
        unicodedata.normalize("NFD", FIELD),
        "e bj ép qh từ năm 12t",
        "e bi ep qh tu nam 12 t",
    ],
)
def test_the_field_failure_is_urgent_sexual_abuse_in_every_spelling(text: str):
    assessment, _ = assess(text)
    assert assessment.is_urgent
    assert assessment.category == "sexual_abuse"
