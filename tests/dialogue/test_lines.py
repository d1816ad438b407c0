"""Rasa leaves out a line it does not have without a word; so every line that actions name must exist."""

import re

from ruamel.yaml import YAML

from bot.config import ROOT
from bot.escalation.wording import load_wording
from bot.triage.assessment import Role


def responses() -> set[str]:
    read = YAML(typ="safe").load
    return {
        name
        for path in ROOT.glob("domain/**/*.yml")
        for name in read(path.read_text()).get("responses") or {}
    }


def test_every_line_that_actions_name_exists() -> None:
    source = "".join(path.read_text() for path in (ROOT / "actions").glob("*.py"))
    named = set(re.findall(r'"(utter_\w+)"', source))
    assert named and named <= responses()


def test_the_slot_has_a_value_for_every_supporting_line() -> None:
    slots = YAML(typ="safe").load((ROOT / "domain" / "assistant.yml").read_text())["slots"]
    wording = load_wording(ROOT / "domain" / "responses")
    lines = {wording.acknowledgement(Role.CHILD, int(value))[0] for value in slots["support"]["values"]}
    assert len(lines) == len(slots["support"]["values"])
