"""Rules and model together: what a rule found stands unless the model is sure of the opposite."""

from dataclasses import dataclass, replace

from bot.language.view import View
from bot.triage.assessment import Category, Hit, Risk
from bot.triage.model import ModelReading
from bot.triage.reading import Reading, frames_in


@dataclass(frozen=True)
class Limits:
    """Log-odds from which on the models' word counts.

    ``sure``: urgent; ``with_sign``: where a rule found something lesser; ``in_frame``: inside a story, game, news,
    joke or supposition. People talking among themselves use the same grave words, so that ``share`` of what a text
    lacks in ``told`` is asked for on top, ``most`` at the most; ``joined``: more where earlier messages are read
    along. ``asks``, ``asks_with_sign``: check_in. A rule's urgent reading stands from ``doubted`` on, and below
    ``not_at_all``, or ``not_told``, it is asked about.
    """

    sure: float
    with_sign: float
    in_frame: float
    told: float
    share: float
    most: float
    joined: float
    asks: float
    asks_with_sign: float
    concern: float
    emergency: float
    doubted: float
    not_at_all: float
    not_told: float


# Chosen on the tune set and on public comments (docs/triage.md, "Figures"; tests/triage/test_measured.py keeps the
# result from sinking).
ALL_NETS = Limits(
    sure=-0.5,
    with_sign=-0.7,
    in_frame=-0.15,
    told=3.0,
    share=0.77,
    most=2.8,
    joined=0.2,
    asks=-1.5,
    asks_with_sign=0.0,
    concern=-0.3,
    emergency=-1.2,
    doubted=0.45,
    not_at_all=-1.9,
    not_told=0.0,
)
NO_ENCODER = Limits(
    sure=-0.25,
    with_sign=-0.25,
    in_frame=-0.4,
    told=2.5,
    share=0.8,
    most=2.3,
    joined=-0.3,
    asks=-0.2,
    asks_with_sign=0.4,
    concern=0.1,
    emergency=-1.5,
    doubted=0.0,
    not_at_all=-1.05,
    not_told=0.5,
)
# In fewer words a rule that fired is never doubted.
_ENOUGH = 7
_SURE_AGAINST_A_RETRACTION = 2.0
# From here down nobody needs to be asked about it either.
_CERTAINLY_NOT = -3.4
_FRAMES = ("fiction", "game", "news", "joke", "supposed", "abstract")


def combined(
    reading: Reading, seen: ModelReading, text: str, view: View, fiction: bool, joined: bool = False
) -> Reading:
    """The rules' reading of ``text`` in the light of the models', ``seen``; an emergency is never lowered.

    ``view``: the likeliest of the text; ``joined``: earlier messages stand in it.
    """
    if fiction or "fiction_start" in reading.frames:
        return reading
    # Who takes something back writes little else; a text that tells of harm beside it is read as it stands.
    if "retraction" in reading.frames and seen.urgent < _SURE_AGAINST_A_RETRACTION:
        return reading
    limits = ALL_NETS if seen.encoded else NO_ENCODER
    if reading.risk >= Risk.HIGH:
        return _confirmed(reading, seen, text, limits)
    strict = min(limits.most, limits.share * max(0.0, limits.told - seen.told))
    strict += joined * limits.joined
    reading = _urgent(reading, seen, strict, view, limits)
    if reading.risk is not Risk.NONE:
        return reading
    if seen.concern - strict >= limits.concern:
        return _found(reading, seen, Risk.MEDIUM)
    return replace(
        reading, check_in=seen.asks >= (limits.asks_with_sign if reading.check_in else limits.asks)
    )


def _confirmed(reading: Reading, seen: ModelReading, text: str, limits: Limits) -> Reading:
    """A rule's urgent reading: its category and degree in the model's light, asked about where it doubts."""
    not_told = seen.urgent < limits.not_at_all or (
        seen.urgent < limits.doubted and seen.told < limits.not_told
    )
    enough = len(text.split()) >= _ENOUGH and reading.teller is None
    if reading.risk is Risk.HIGH and not_told and enough:
        asks = seen.urgent > _CERTAINLY_NOT
        return replace(reading, risk=Risk.NONE, category=Category.NONE, check_in=asks)
    if seen.urgent < limits.doubted or seen.part:
        # In a long text the model's gravest part need not be the one in which the rule fired.
        return reading
    risk = Risk.EMERGENCY if seen.emergency >= limits.emergency else reading.risk
    return replace(
        reading, risk=risk, category=seen.category, hits=(*reading.hits, *_hits(seen.category, seen))
    )


def _urgent(reading: Reading, seen: ModelReading, strict: float, view: View, limits: Limits) -> Reading:
    if seen.urgent - strict < limits.with_sign:
        return reading
    signed = reading.risk is Risk.MEDIUM or reading.check_in or bool(reading.signals)
    needed = limits.with_sign if signed else limits.sure
    if frames_in(view, _FRAMES):
        needed = limits.in_frame
    if seen.urgent - strict < needed:
        return reading
    return _found(reading, seen, Risk.EMERGENCY if seen.emergency >= limits.emergency else Risk.HIGH)


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
