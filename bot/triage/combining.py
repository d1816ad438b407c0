"""Rules and model together: what a rule found stands unless the model is sure of the opposite."""

from dataclasses import replace

from bot.triage.assessment import Category, Hit, Risk
from bot.triage.ngrams import ModelReading, TriageModel
from bot.triage.reading import Reading, frames_in
from bot.triage.windows import windows

# Log-odds, chosen on examples that the model had not seen and on public comments
# (docs/triage.md, "Figures"; tests/triage/test_measured.py keeps the result from sinking).
SURE = -0.4
SURE_WITH_SIGN = -0.6
SURE_IN_FRAME = 0.0
# People talking among themselves use the same grave words, so that the model has to be surer there.
TOLD = 6.0
TOLD_SHARE = 0.5
# Without diacritics many words have several meanings.
PLAIN = 0.2
ASKS = -0.6
ASKS_WITH_SIGN = -1.8
# What a rule calls urgent stands from here on, and is asked about below.
DOUBTED = 0.0
NOT_AT_ALL = -1.0
NOT_TOLD = 1.0
EMERGENCY = 0.0
CONCERN = 0.3
# In fewer words a rule that fired is never doubted.
_ENOUGH = 7
_SHORT = 600
_PART = 220
_OVERLAP = 90
_FRAMES = ("fiction", "game", "news", "joke", "supposed", "abstract")


def combined(reading: Reading, text: str, model: TriageModel, fiction: bool) -> Reading:
    """The rules' reading of ``text`` in the light of the model's; an emergency is never lowered."""
    if fiction or reading.frames & {"retraction", "fiction_start"}:
        return reading
    seen = _gravest(text, model)
    if reading.risk >= Risk.HIGH:
        return _confirmed(reading, seen, text)
    strict = TOLD_SHARE * max(0.0, TOLD - seen.told) + (PLAIN if text.isascii() else 0.0)
    reading = _urgent(reading, seen, strict, text)
    if reading.risk is not Risk.NONE:
        return reading
    if seen.concern - strict >= CONCERN:
        return _found(reading, seen, Risk.MEDIUM)
    return replace(reading, check_in=seen.asks >= (ASKS_WITH_SIGN if reading.check_in else ASKS))


def _gravest(text: str, model: TriageModel) -> ModelReading:
    """The gravest part of a text: one grave sentence in a long letter must not drown."""
    parts = windows(text, _PART, _OVERLAP) if len(text) > _SHORT else [(0, text)]
    readings = [_moved(model.read(part), start) for start, part in parts]
    return max(readings, key=lambda reading: reading.urgent)


def _moved(seen: ModelReading, by: int) -> ModelReading:
    return replace(seen, spans=tuple((start + by, end + by) for start, end in seen.spans))


def _confirmed(reading: Reading, seen: ModelReading, text: str) -> Reading:
    """A rule's urgent reading: its category and degree in the model's light, asked about where it doubts."""
    not_told = seen.urgent < NOT_AT_ALL or (seen.urgent < DOUBTED and seen.told < NOT_TOLD)
    enough = len(text.split()) >= _ENOUGH and reading.teller is None
    if reading.risk is Risk.HIGH and not_told and enough:
        return replace(reading, risk=Risk.NONE, category=Category.NONE, check_in=True)
    if seen.urgent < DOUBTED or len(text) > _SHORT:
        # In a long text the model's gravest part need not be the one in which the rule fired.
        return reading
    risk = Risk.EMERGENCY if seen.emergency >= EMERGENCY else reading.risk
    return replace(
        reading, risk=risk, category=seen.category, hits=(*reading.hits, *_hits(seen.category, seen))
    )


def _urgent(reading: Reading, seen: ModelReading, strict: float, text: str) -> Reading:
    if seen.urgent - strict < SURE_WITH_SIGN:
        return reading
    signed = reading.risk is Risk.MEDIUM or reading.check_in or bool(reading.signals)
    needed = SURE_IN_FRAME if frames_in(text, _FRAMES) else SURE_WITH_SIGN if signed else SURE
    if seen.urgent - strict < needed:
        return reading
    return _found(reading, seen, Risk.EMERGENCY if seen.emergency >= EMERGENCY else Risk.HIGH)


def _found(reading: Reading, seen: ModelReading, risk: Risk) -> Reading:
    return replace(
        reading,
        risk=risk,
        category=seen.category,
        check_in=False,
        hits=(*_hits(seen.category, seen), *reading.hits),
    )


def _hits(category: Category, seen: ModelReading) -> tuple[Hit, ...]:
    return tuple(Hit(f"model.{category}", start, end) for start, end in seen.spans)
