"""What must hold for any text: no crash, true spans, linear time, and no disguise that makes an urgent message calm."""

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.language import fold
from bot.triage import START, ConversationState, TriageModel, assess
from bot.triage.assessment import Risk
from bot.triage.examples import Example
from bot.triage.lexicon_file import read_lexicon

LONGEST = 10_000
# Half of Vietnamese chat, half of anything: marks without letters, halves of emoji, invisible signs, other scripts.
CHAT = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ 0123456789.,!?*_-'()=:@\n😭🔪❤️\u0301\u0323\u200b"
ANY_TEXT = st.one_of(
    st.text(st.characters(), max_size=300),
    st.text(CHAT, max_size=300),
    st.lists(
        st.sampled_from(["em", "chú", "đánh", "t ự", "t.ử", "k", "không", "😭", "...", "giết", "hihi"]),
        max_size=60,
    ).map(" ".join),
    st.builds(
        lambda piece, times: (piece * times)[:LONGEST],
        st.text(min_size=1, max_size=12),
        st.integers(1, LONGEST),
    ),
)
DISGUISES: dict[str, Callable[[str], str]] = {
    "no marks": fold,
    "capitals": str.upper,
    "a greeting": lambda text: f"dạ em chào chị ạ, {text}",
    "a tear": lambda text: f"{text} 😢",
    "blanks": lambda text: f"  {text.replace(' ', '  ')}\n",
    "a heart": lambda text: f"{text} ❤️",
}
# Share of the tune set that a disguise calms; half a percent is the aim. Missing marks cost more (docs/triage.md).
LOST = {"no marks": 0.03}
QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


@QUICK
@given(text=ANY_TEXT, recent=st.lists(st.text(CHAT, max_size=60), max_size=3))
def test_any_text_is_read_and_every_hit_lies_in_it(measured_model: TriageModel, text: str, recent: list[str]):
    found, state = assess(text, recent=recent, model=measured_model)
    length = len(fold(text)) + 4 * len(text) + 4
    assert all(0 <= hit.start <= hit.end <= length for hit in found.hits)
    assert ConversationState.from_json(state.to_json()) == state
    assert state.risk >= found.risk


@QUICK
@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=6))
def test_a_conversation_never_forgets_how_grave_it_was(measured_model: TriageModel, texts: list[str]):
    state = START
    for text in texts:
        _, later = assess(text, state, model=measured_model)
        assert later.risk >= state.risk
        state = later


@pytest.mark.parametrize(
    "piece", ["em ", "t ự ", "chú sờ em rồi ", "a.", "😭", "e\u0301\u0323", "x" * 30 + " "]
)
def test_ten_times_the_text_takes_little_more_than_ten_times_the_time(
    measured_model: TriageModel, piece: str
):
    def taken(length: int) -> float:
        text = (piece * length)[:length]
        times = []
        for _ in range(3):
            begun = time.process_time()
            assess(text, model=measured_model)
            times.append(time.process_time() - begun)
        return min(times)

    assert taken(LONGEST) <= 25 * max(taken(LONGEST // 10), 0.001)


def test_turn_500_costs_what_turn_5_costs(measured_model: TriageModel, tune: list[Example]):
    state, taken = START, []
    for turn in range(505):
        begun = time.process_time()
        _, state = assess(tune[turn % 60].text, state, recent=["dạ", "em kể nha"], model=measured_model)
        taken.append(time.process_time() - begun)
    assert len(str(state.to_json())) < 2_000
    # The same sixty messages, early and late.
    assert sum(taken[420:480]) <= 2 * sum(taken[60:120])


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_disguise_calms_what_a_rule_found(disguise: str):
    lost = [
        sentence
        for entry in read_lexicon().entries
        if entry.risk >= Risk.HIGH
        for sentence in entry.hits
        if assess(sentence)[0].is_urgent and not assess(DISGUISES[disguise](sentence))[0].is_urgent
    ]
    assert lost == []


@pytest.fixture(scope="module")
def urgent_lines(measured_model: TriageModel, tune: list[Example]) -> list[str]:
    """The messages of the tune set that are read as urgent."""
    return [one.text for one in tune if assess(one.text, role=one.role, model=measured_model)[0].is_urgent]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_hardly_ever_calms_the_whole(
    measured_model: TriageModel, tune: list[Example], urgent_lines: list[str], disguise: str
):
    disguised = map(DISGUISES[disguise], urgent_lines)
    lost = [text for text in disguised if not assess(text, model=measured_model)[0].is_urgent]
    assert len(lost) <= LOST.get(disguise, 0.005) * len(tune)
