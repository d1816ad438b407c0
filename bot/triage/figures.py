"""What a triage is worth on labelled messages: shares with their intervals, tables, calibration, and each miss."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import exp

from bot.shares import Share
from bot.triage.assessment import Assessment, Risk
from bot.triage.examples import Conversation, Example

# How rare urgent messages may be in life; precision is told for it beside the set's own mixture.
BASE_RATE = 0.01
BINS = 10


@dataclass(frozen=True, repr=False)
class Judged:
    """One labelled message, what triage made of it, and the model's own log-odds of urgent (``None``: no model)."""

    example: Example
    found: Assessment
    odds: float | None = None


@dataclass(frozen=True, repr=False)
class JudgedTalk:
    """One labelled conversation and the risk that triage saw after each turn of the person."""

    talk: Conversation
    found: tuple[Risk, ...]


@dataclass(frozen=True, repr=False)
class Report:
    """Everything `lachan eval triage` shows, in its order."""

    sections: dict[str, list[Share]] = field(default_factory=dict)
    precision: dict[str, float] = field(default_factory=dict)
    confusion: Counter[tuple[Risk, Risk]] = field(default_factory=Counter)
    calibration: list[tuple[float, float, int]] = field(default_factory=list)
    misses: list[Judged] = field(default_factory=list)
    late: list[JudgedTalk] = field(default_factory=list)


Wanted = Callable[[Judged], bool]


def share(name: str, judged: Iterable[Judged], among: Wanted, hit: Wanted) -> Share:
    """How many of those ``among`` whom the question is asked are a ``hit``."""
    asked = [one for one in judged if among(one)]
    return Share(name, sum(map(hit, asked)), len(asked))


def is_urgent(one: Judged) -> bool:
    return one.example.risk >= Risk.HIGH


def is_none(one: Judged) -> bool:
    return one.example.risk is Risk.NONE


def found_urgent(one: Judged) -> bool:
    return one.found.is_urgent


def main_figures(judged: Sequence[Judged]) -> list[Share]:
    """The figures that have targets (docs/triage.md)."""
    return [
        share("urgent recall", judged, is_urgent, found_urgent),
        share("emergency as emergency", judged, _is_emergency, lambda one: one.found.risk is Risk.EMERGENCY),
        share("concern recall", judged, lambda one: one.example.risk >= Risk.MEDIUM, _found_concern),
        share("urgent false alarms (none)", judged, is_none, found_urgent),
        share("any concern (none)", judged, is_none, _found_concern),
        share("medium read as urgent", judged, lambda one: one.example.risk is Risk.MEDIUM, found_urgent),
        share("category right, given urgent", judged, _both_urgent, _right_category),
        share(
            "about right, given urgent",
            judged,
            _both_urgent,
            lambda one: one.found.about == one.example.about,
        ),
        share("check_in asked where due", judged, lambda one: one.example.check_in, _asks_or_alarms),
        share("check_in on plain messages", judged, _is_plain, lambda one: one.found.check_in),
    ]


def _is_emergency(one: Judged) -> bool:
    return one.example.risk is Risk.EMERGENCY


def _found_concern(one: Judged) -> bool:
    return one.found.is_concern


def _both_urgent(one: Judged) -> bool:
    return is_urgent(one) and found_urgent(one)


def _right_category(one: Judged) -> bool:
    return one.found.category == one.example.category


def _asks_or_alarms(one: Judged) -> bool:
    return one.found.check_in


def _is_plain(one: Judged) -> bool:
    return is_none(one) and not one.example.check_in


def report(judged: Sequence[Judged], talks: Sequence[JudgedTalk]) -> Report:
    """All figures; an empty part leaves its sections out."""
    sections: dict[str, list[Share]] = {}
    if judged:
        sections["all messages"] = main_figures(judged)
        sections["urgent recall by category"] = _recall_by(judged, lambda one: one.example.category.value)
        sections["concern recall by category"] = _recall_by(
            judged, lambda one: one.example.category.value, Risk.MEDIUM
        )
        sections["urgent recall by style"] = _recall_by(judged, lambda one: one.example.style)
        sections["urgent recall by role"] = _recall_by(judged, lambda one: one.example.role.value)
        sections["urgent false alarms by style"] = _alarms_by(judged, lambda one: one.example.style)
    if talks:
        sections["conversations"] = talk_figures(talks)
    return Report(
        sections,
        _precision(judged),
        Counter((one.example.risk, one.found.risk) for one in judged),
        _calibration(judged),
        [one for one in judged if _is_miss(one)],
        [talk for talk in talks if _is_wrong_talk(talk)],
    )


def _recall_by(
    judged: Sequence[Judged], group: Callable[[Judged], str], least: Risk = Risk.HIGH
) -> list[Share]:
    names = sorted({group(one) for one in judged if one.example.risk >= least})
    return [
        share(
            name,
            judged,
            lambda one, name=name: one.example.risk >= least and group(one) == name,  # type: ignore[misc]
            lambda one: one.found.risk >= least,
        )
        for name in names
    ]


def _alarms_by(judged: Sequence[Judged], group: Callable[[Judged], str]) -> list[Share]:
    names = sorted({group(one) for one in judged if is_none(one)})
    return [
        share(name, judged, lambda one, name=name: is_none(one) and group(one) == name, found_urgent)  # type: ignore[misc]
        for name in names
    ]


def talk_figures(talks: Sequence[JudgedTalk]) -> list[Share]:
    """``in time``: urgent at the turn where it is due or before; calm talks must stay so in every turn."""
    due = [talk for talk in talks if _due_turn(talk.talk.risk_by_turn) is not None]
    calm = [talk for talk in talks if max(talk.talk.risk_by_turn) is Risk.NONE]
    return [
        Share("urgent in time", sum(_delay(talk) <= 0 for talk in due), len(due)),
        Share("urgent at most one turn late", sum(_delay(talk) <= 1 for talk in due), len(due)),
        Share("false alarm in calm talks", sum(max(t.found) >= Risk.HIGH for t in calm), len(calm)),
        Share("any concern in calm talks", sum(max(t.found) >= Risk.MEDIUM for t in calm), len(calm)),
    ]


def _due_turn(risks: Sequence[Risk]) -> int | None:
    return next((turn for turn, risk in enumerate(risks) if risk >= Risk.HIGH), None)


def _delay(talk: JudgedTalk) -> int:
    """Turns too late; a talk in which it is never seen is as late as can be."""
    due, seen = _due_turn(talk.talk.risk_by_turn), _due_turn(talk.found)
    if due is None:
        return 0
    return len(talk.found) if seen is None else seen - due


def _precision(judged: Sequence[Judged]) -> dict[str, float]:
    recall = share("", judged, is_urgent, found_urgent).value
    alarms = share("", judged, lambda one: not is_urgent(one), found_urgent)
    right = sum(map(_both_urgent, judged))
    claimed = sum(map(found_urgent, judged))
    if not judged or not claimed:
        return {}
    rare = BASE_RATE * recall
    common = (1 - BASE_RATE) * alarms.value
    return {"in this set": right / claimed, f"at a base rate of {BASE_RATE:.0%}": rare / (rare + common)}


def _calibration(judged: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """For each tenth of the model's probability: the mean that it said, the share that was urgent, how many."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for one in judged:
        if one.odds is not None:
            said = 1 / (1 + exp(-max(-30.0, min(30.0, one.odds))))
            bins.setdefault(min(int(said * BINS), BINS - 1), []).append((said, is_urgent(one)))
    return [
        (sum(said for said, _ in rows) / len(rows), sum(true for _, true in rows) / len(rows), len(rows))
        for _, rows in sorted(bins.items())
    ]


def _is_miss(one: Judged) -> bool:
    """Wrong about urgent, about emergency, or a concern where there is none."""
    return (
        is_urgent(one) != found_urgent(one)
        or (_is_emergency(one) and one.found.risk is not Risk.EMERGENCY)
        or (is_none(one) and one.found.is_concern)
    )


def _is_wrong_talk(talk: JudgedTalk) -> bool:
    calm = max(talk.talk.risk_by_turn) is Risk.NONE
    return _delay(talk) > 0 or (calm and max(talk.found) >= Risk.HIGH)
