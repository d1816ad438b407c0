"""The words a frightened person gets: right for who tells, safe on a lock screen, within what may be said."""

import re
from itertools import product
from pathlib import Path

import pytest

from bot.escalation.templates import PAYLOADS, preview
from bot.escalation.wording import Voice, Wording, load_wording, voice_of
from bot.triage.assessment import Category, Risk, Role, Teller

FOLDER = Path(__file__).parents[2] / "domain" / "responses"
AGES = ("<6", "6-10", "11-13", "14-15", "16-17", ">=18", "unknown")
URGENT = (Risk.HIGH, Risk.EMERGENCY)
EVERY = list(product(Teller, URGENT, Category, AGES, Role))
SAFETY = ("safety:safe", "safety:unsafe", "safety:mistake")
FORBIDDEN = (
    "tại sao|vì sao|sao em lại|có chắc|chắc không|kể rõ|hứa|giữ bí mật|sẽ bị bắt|đi tù|tội|phạm pháp|xâm hại|"
    "hiếp|cưỡng|dâm|tống tiền|bạo hành|trầm cảm|tâm thần|bố mẹ|cha mẹ|ba mẹ|phụ huynh|gia đình|nhà trường|"
    "công an sẽ|sẽ gọi lại|bình tĩnh"
)
TELLING_WORDS = (
    "111",
    "113",
    "115",
    "an toàn",
    "tư vấn",
    "mình tin",
    "đánh",
    "ảnh",
    "nguy hiểm",
    "bị thương",
)


@pytest.fixture(scope="module")
def wording() -> Wording:
    return load_wording(FOLDER)


@pytest.fixture(scope="module")
def replies(wording: Wording) -> dict[str, str]:
    """Every crisis text that any combination can reach, by template id."""
    picked = [wording.crisis(*scene) for scene in EVERY]
    picked += [wording.crisis(*scene, raised=True) for scene in EVERY]
    return {template_id: reply.text for template_id, reply in picked}


def has(words: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w)(?:{words})(?!\w)", text.lower()))


def test_every_combination_names_a_number_and_asks_about_safety(wording: Wording) -> None:
    for scene in EVERY:
        template_id, reply = wording.crisis(*scene)
        assert has("111|113|115", reply.text), template_id
        assert tuple(button.payload for button in reply.buttons) == SAFETY, template_id
        assert "an toàn không?" in reply.text, template_id


def test_a_person_who_hides_may_write_instead_of_calling(replies: dict[str, str]) -> None:
    assert not [
        key for key, text in replies.items() if not re.search(r"ông gọi được thì .{0,12}nhắn ở đây", text)
    ]


def test_no_crisis_template_is_out_of_reach(wording: Wording, replies: dict[str, str]) -> None:
    vietnamese = {one.id for one in wording if one.risk and one.voice is not Voice.ENGLISH}
    assert vietnamese == set(replies)


def test_nothing_that_must_not_be_said_is_said(wording: Wording) -> None:
    said = {template.id: template.reply.text for template in wording if template.risk}
    assert not [key for key, text in said.items() if has(FORBIDDEN, text)]


def test_the_one_question_of_a_crisis_reply_is_about_safety(replies: dict[str, str]) -> None:
    for template_id, text in replies.items():
        assert text.count("?") == 1, template_id
        assert text.endswith("an toàn không?"), template_id


def test_the_writer_who_harms_hears_neither_belief_nor_blame(replies: dict[str, str]) -> None:
    texts = [text for key, text in replies.items() if "writer_harms" in key]
    assert len(texts) >= 8
    for text in texts:
        assert not has("mình tin|lỗi|đáng trách|sai", text)
        assert "dừng lại" in text
        assert "tư vấn" in text


@pytest.mark.parametrize("teller", [Teller.CHILD_HARMED, Teller.CHILD_FOR_OTHER, Teller.ADULT_HARMED])
def test_who_suffers_is_believed_and_not_to_blame(wording: Wording, teller: Teller) -> None:
    for age in AGES:
        text = wording.crisis(teller, Risk.HIGH, Category.SEXUAL_ABUSE, age)[1].text
        assert "Mình tin" in text
        assert has("không phải lỗi|không có lỗi", text)


@pytest.mark.parametrize(
    ("teller", "role", "speaks"),
    [
        (Teller.CHILD_HARMED, Role.CHILD, "em"),
        (Teller.CHILD_HARMED, Role.UNKNOWN, "bạn"),
        (Teller.CHILD_HARMED, Role.PARENT, "bạn"),
        (Teller.ADULT_REPORTING, Role.PARENT, "anh/chị"),
        (Teller.ADULT_REPORTING, Role.TEACHER, "thầy/cô"),
        (Teller.ADULT_REPORTING, Role.CHILD, "bạn"),
        (Teller.WRITER_HARMS, Role.CHILD, "em"),
        (Teller.WRITER_HARMS, Role.OTHER, "anh/chị"),
        (Teller.ADULT_HARMED, Role.UNKNOWN, "bạn"),
        (Teller.UNKNOWN, Role.PARENT, "anh/chị"),
        (Teller.UNKNOWN, Role.UNKNOWN, "bạn"),
    ],
)
def test_each_is_addressed_as_fits(wording: Wording, teller: Teller, role: Role, speaks: str) -> None:
    for risk in URGENT:
        opening = wording.crisis(teller, risk, role=role)[1].text.split("\n")[0]
        assert f" {speaks} " in opening


def test_only_a_child_is_called_em(wording: Wording) -> None:
    grown = [t for t in wording if t.voice in {Voice.ADULT, Voice.TEACHER, Voice.UNKNOWN}]
    assert len(grown) > 200
    for template in grown:
        assert not has("(?<!trẻ )em", template.reply.text), template.id
    for template in grown:
        others = {Voice.ADULT: "bạn(?! ấy| khác)|thầy/cô", Voice.TEACHER: "bạn(?! ấy| khác)|anh/chị"}
        assert not has(others.get(template.voice, "anh/chị|thầy/cô"), template.reply.text), template.id


def test_the_voice_is_the_same_throughout_a_crisis(wording: Wording) -> None:
    for teller, age, role in product(Teller, AGES, Role):
        voice = voice_of(role, age, teller)
        lines = {wording.acknowledgement(role, n, age_band=age, teller=teller)[0] for n in range(8)}
        suffix = Voice.CHILD if voice is Voice.YOUNG else voice
        assert all(line.endswith(suffix) for line in lines)


def test_a_lock_screen_shows_nothing_telling(wording: Wording) -> None:
    for template in wording:
        assert not [word for word in TELLING_WORDS if word in preview(template.reply.text).lower()], (
            template.id
        )


def test_a_small_child_reads_short_sentences(wording: Wording) -> None:
    for teller, risk, category in product((Teller.CHILD_HARMED, Teller.CHILD_FOR_OTHER), URGENT, Category):
        template_id, reply = wording.crisis(teller, risk, category, "6-10", Role.CHILD)
        long = [s for s in re.split(r"(?<=[.?!:])\s+", reply.text) if len(s.split()) > 15]
        assert not long, (template_id, long)


def test_no_crisis_reply_is_a_lecture(replies: dict[str, str]) -> None:
    longest = max(len(text.split()) for text in replies.values())
    assert longest <= 135
    for template_id, text in replies.items():
        if "child_harmed_emergency" in template_id:
            assert len(text.split()) <= 85, template_id


@pytest.mark.parametrize(
    ("category", "number"),
    [
        (Category.SELF_HARM, "115"),
        (Category.PHYSICAL_VIOLENCE, "113"),
        (Category.SEXUAL_ABUSE, "113"),
        (Category.MISSING, "113"),
        (Category.EXPLOITATION, "113"),
        (Category.GROOMING, "113"),
        (Category.NEGLECT, "115"),
        (Category.SCAM_PRIVACY, "113"),
    ],
)
def test_in_an_emergency_the_fitting_number_comes_first(
    wording: Wording, category: Category, number: str
) -> None:
    for age in AGES:
        text = wording.crisis(Teller.CHILD_HARMED, Risk.EMERGENCY, category, age)[1].text
        numbers = re.findall(r"\d+", text)
        assert numbers[0] == number


def test_sextortion_is_told_not_to_pay_not_to_send_and_to_keep_the_messages(wording: Wording) -> None:
    for age in AGES:
        text = wording.crisis(Teller.CHILD_HARMED, Risk.HIGH, Category.SEXTORTION, age)[1].text
        assert "tiền" in text
        assert "ảnh" in text
        assert "đừng xoá" in text


def test_a_second_reply_after_a_rise_says_something_new(wording: Wording) -> None:
    first = wording.crisis(Teller.CHILD_HARMED, Risk.EMERGENCY)
    again = wording.crisis(Teller.CHILD_HARMED, Risk.EMERGENCY, raised=True)
    assert first[0] != again[0]
    assert wording.crisis(Teller.CHILD_HARMED, Risk.HIGH, raised=True) == wording.crisis(
        Teller.CHILD_HARMED, Risk.HIGH
    )


def test_an_unclear_telling_is_answered_as_a_childs_unless_an_adult_writes(wording: Wording) -> None:
    assert "child_harmed" in wording.crisis(Teller.UNKNOWN, Risk.HIGH)[0]
    assert "crisis_unknown" in wording.crisis(Teller.UNKNOWN, Risk.HIGH, role=Role.PARENT)[0]


def test_acknowledgements_take_turns(wording: Wording) -> None:
    ids = [wording.acknowledgement(Role.CHILD, n)[0] for n in range(8)]
    assert len(set(ids)) == 8
    assert wording.acknowledgement(Role.CHILD, 8)[0] == ids[0]


def test_the_homework_talk_betrays_nothing(wording: Wording) -> None:
    lines = [wording.hidden(n) for n in range(10)]
    assert len({template_id for template_id, _ in lines}) == 10
    for template_id, reply in lines:
        assert template_id.startswith("utter_hidden")
        assert not reply.buttons
        assert not re.search(r"\d", reply.text)


def test_a_late_message_gets_a_neutral_line(wording: Wording) -> None:
    _, reply = wording.line("utter_late", role=Role.CHILD)
    assert not re.search(r"\d", reply.text)
    assert not reply.buttons


def test_slots_are_filled_and_others_ignored(wording: Wording) -> None:
    template_id, reply = wording.line("utter_waiting_place", role=Role.PARENT, place=3, hours=72)
    assert template_id == "utter_waiting_place__adult"
    assert "ở số 3." in reply.text
    assert "{" not in reply.text


def test_a_stored_id_gives_the_same_reply(wording: Wording) -> None:
    template_id, reply = wording.crisis(Teller.ADULT_REPORTING, Risk.HIGH, role=Role.TEACHER)
    assert wording.by_id(template_id).text == reply.text


def test_a_retraction_gets_no_word_about_closing(wording: Wording) -> None:
    for role in Role:
        text = wording.line("utter_safety_mistake", role=role)[1].text
        assert not has("đóng|huỷ|kết thúc|111|cô chú|người tư vấn", text)


def test_every_button_is_one_that_the_bot_knows(wording: Wording) -> None:
    used = {button.payload for template in wording for button in template.reply.buttons}
    assert used == PAYLOADS


def test_titles_fit_a_button(wording: Wording) -> None:
    assert not [b.title for t in wording for b in t.reply.buttons if len(b.title) > 24]


def test_unsigned_crisis_lines_are_named(wording: Wording) -> None:
    assert "utter_crisis_child_harmed_high_any" in wording.unsigned()
    assert "utter_opening" not in wording.unsigned()


def test_no_slot_can_show_on_a_lock_screen(wording: Wording) -> None:
    assert not [template.id for template in wording if "{" in preview(template.reply.text)]
