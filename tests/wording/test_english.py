"""English, the second language: every line is there, offers the same, and promises no more."""

import re
from itertools import product

import pytest

from bot.config import ROOT
from bot.escalation.templates import SLOT, Voice
from bot.escalation.wording import Wording, load_wording
from bot.triage.assessment import Category, Risk, Role, Teller

URGENT = (Risk.HIGH, Risk.EMERGENCY)


@pytest.fixture(scope="module")
def wording() -> Wording:
    return load_wording(ROOT / "domain" / "responses")


@pytest.fixture(scope="module")
def english(wording: Wording) -> Wording:
    return wording.of("en")


def test_every_line_has_an_english_one_with_the_same_buttons_and_slots(wording: Wording) -> None:
    lines = {one.id: one for one in wording}
    bases = {one.id.removesuffix(one.voice) for one in lines.values()}
    assert {base for base in bases if base + Voice.ENGLISH not in lines} == set()
    for base in bases:
        said = lines[base + Voice.ENGLISH].reply
        others = [one.reply for one in lines.values() if one.id.removesuffix(one.voice) == base]
        payloads = [[button.payload for button in reply.buttons] for reply in others]
        assert [button.payload for button in said.buttons] in payloads[:-1], base
        assert set(SLOT.findall(said.text)) <= {slot for reply in others for slot in SLOT.findall(reply.text)}


def test_no_english_reader_gets_a_vietnamese_crisis_reply(english: Wording) -> None:
    for teller, risk, category, role, raised in product(Teller, URGENT, Category, Role, (False, True)):
        template_id, _ = english.crisis(teller, risk, category, role=role, raised=raised)
        assert template_id.endswith(Voice.ENGLISH)


def test_the_one_question_of_an_english_crisis_reply_is_about_safety(wording: Wording) -> None:
    for one in wording:
        if one.risk and one.voice is Voice.ENGLISH:
            assert one.reply.text.count("?") == 1, one.id
            assert one.reply.text.endswith("safe right now?"), one.id
            assert re.search("11[135]", one.reply.text), one.id


def test_english_crisis_replies_neither_blame_nor_ask_why_nor_promise_secrecy(wording: Wording) -> None:
    forbidden = re.compile(
        r"\bwhy\b|your fault[^.,]*\bbut\b|\bpromise\b|keep (?:it|this) secret|\barrest|\bprison\b",
        re.IGNORECASE,
    )
    said = {one.id: one.reply.text for one in wording if one.risk and one.voice is Voice.ENGLISH}
    assert not [key for key, text in said.items() if forbidden.search(text)]
    assert not [key for key, text in said.items() if "writer_harms" in key and "I believe you" in text]


def test_another_language_than_english_is_vietnamese(wording: Wording) -> None:
    assert wording.of("vi") is wording
    assert not wording.of("vi").line("utter_opening")[0].endswith(Voice.ENGLISH)
