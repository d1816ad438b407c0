"""Why a message was read as it was, for people at a terminal."""

from collections.abc import Iterator
from dataclasses import replace
from math import exp
from typing import Any

from bot.language.text import nfc
from bot.language.view import views
from bot.triage.assessment import Assessment
from bot.triage.command import hear
from bot.triage.model import ModelReading, TriageModel
from bot.triage.talk import Heard


def explain(record: dict[str, Any], model: TriageModel) -> Iterator[str]:
    """Lines about each message of one record of ``lachan triage``: verdict, what matched, what the models think."""
    for heard in hear(record, model):
        yield from _message(heard, model)
        yield ""


def _message(heard: Heard, model: TriageModel) -> Iterator[str]:
    text = nfc(heard.text)
    yield text
    yield f"  {_verdict(heard.found)}"
    for hit in heard.found.hits:
        yield f"  {hit.rule:<34} {text[hit.start : hit.end]!r}"
    for number, view in enumerate(views(text)):
        yield f"  {'read as' if not number else 'or as':<10} {view.text.strip()}"
    yield f"  {'models':<10} {_odds(model.read(text))}"
    if model.encoder is not None:
        yield f"  {'n-grams':<10} {_odds(replace(model, encoder=None).read(text))}"


def _verdict(found: Assessment) -> str:
    words = [found.risk.code, found.category.value, f"about {found.about.value}"]
    words += ["asks gently"] * found.check_in + ["takes it back"] * found.retraction
    return " · ".join(words)


def _odds(seen: ModelReading) -> str:
    shown = {
        "urgent": seen.urgent,
        "emergency then": seen.emergency,
        "concern": seen.concern,
        "told": seen.told,
        "asks": seen.asks,
    }
    shares = "  ".join(f"{name} {1 / (1 + exp(-odds)):.2f}" for name, odds in shown.items())
    return f"{shares}  {seen.category.value}"
