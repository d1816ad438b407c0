from hypothesis import given, settings
from hypothesis import strategies as st

from bot.triage import START, About, Category, ConversationState, Risk, Role, Teller, assess


def talk(*messages: str, role: Role = Role.UNKNOWN):
    state, readings = START, []
    for message in messages:
        reading, state = assess(message, state, role=role)
        readings.append(reading)
    return readings, state


def test_a_burst_is_read_joined():
    assessment, _ = assess("cởi đồ", recent=("chú ấy", "bắt em"))
    assert assessment.is_urgent
    assert assessment.category is Category.SEXUAL_ABUSE


def test_a_retraction_is_flagged_and_lowers_nothing_that_was_said():
    readings, state = talk("chú ấy bắt em cởi đồ", "em nói đùa thôi")
    assert readings[1].retraction
    assert readings[1].is_urgent
    assert state.case_seen


def test_a_retraction_alone_is_none():
    (reading,), _ = talk("em nói đùa thôi mà")
    assert reading.risk is Risk.NONE
    assert reading.retraction


def test_a_new_disclosure_after_a_retraction_is_urgent():
    readings, _ = talk("bố đánh em bầm hết người", "em đùa thôi", "bố lại đánh em chảy máu")
    assert readings[2].is_urgent


def test_a_fiction_frame_lowers_what_follows_but_not_the_case():
    readings, state = talk("em đang kể phim nhé", "ông kia hiếp con bé")
    assert readings[1].risk is Risk.NONE
    readings, state = talk("chú ấy sờ em", "em đang kể phim thôi")
    assert state.case_seen


def test_another_topic_after_a_case_is_read_by_itself():
    readings, _ = talk("bố đánh em suốt ngày", "làm sao để đặt mật khẩu zalo thật mạnh")
    assert readings[1].risk is Risk.NONE


def test_a_plain_word_of_danger_after_a_disclosure_is_an_emergency():
    readings, _ = talk("chú ấy sờ em", "nó vào rồi")
    assert readings[1].risk is Risk.EMERGENCY
    assert readings[1].category is Category.SEXUAL_ABUSE
    assert talk("em chào chị", "nó vào rồi")[0][1].risk is Risk.NONE


def test_no_to_the_safety_question_is_an_emergency_and_yes_is_not():
    _, told = assess("chú ấy sờ em")
    assert assess("không", told, asked_safety=True)[0].risk is Risk.EMERGENCY
    assert assess("có ạ", told, asked_safety=True)[0].risk is Risk.HIGH
    assert assess("không", asked_safety=True)[0].risk is Risk.NONE


def test_grooming_steps_add_up_over_turns():
    readings, _ = talk(
        "em quen một anh trên mạng",
        "anh ấy tặng em quà",
        "anh ấy bảo đừng kể cho ai",
        "anh ấy hẹn gặp riêng em",
    )
    assert readings[2].is_concern
    assert readings[3].is_urgent


def test_self_harm_hints_add_up_over_turns():
    readings, _ = talk("em chẳng còn hy vọng gì nữa", "uống bao nhiêu thuốc ngủ thì chết")
    assert readings[1].is_urgent


def test_an_abstract_question_asks_gently():
    assessment, _ = assess("nếu có người sờ vào người mình thì phải làm sao ạ")
    assert assessment.risk is Risk.NONE
    assert assessment.check_in


def test_who_tells_decides_teller_and_not_risk():
    cases = [
        ("chú ấy sờ em", Role.UNKNOWN, About.SELF, Teller.CHILD_HARMED),
        ("bạn em bị thầy sàm sỡ", Role.UNKNOWN, About.OTHER_CHILD, Teller.CHILD_FOR_OTHER),
        ("con gái tôi bị ông hàng xóm sờ soạng", Role.UNKNOWN, About.OTHER_CHILD, Teller.ADULT_REPORTING),
        ("học sinh lớp tôi bị bố đánh bầm người", Role.TEACHER, About.OTHER_CHILD, Teller.ADULT_REPORTING),
        ("em lỡ sờ em gái", Role.UNKNOWN, About.OTHER_CHILD, Teller.WRITER_HARMS),
        ("chồng tôi đánh tôi suốt", Role.PARENT, About.ADULT, Teller.ADULT_HARMED),
    ]
    for text, role, about, teller in cases:
        assessment, _ = assess(text, role=role)
        assert assessment.is_urgent, text
        assert (assessment.about, assessment.teller) == (about, teller), text


def test_the_end_of_a_long_text_is_read():
    filler = "hôm nay lớp em học bài rất vui và cả lớp cùng chơi. "
    assessment, _ = assess(filler * 100 + "chú ấy bắt em cởi đồ")
    assert assessment.is_urgent


def test_hits_point_into_the_text():
    text = "Alo ạ, chú ấy bắt em cởi đồ"
    assessment, _ = assess(text)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in assessment.hits)


def test_the_state_survives_json_and_holds_no_text():
    _, state = talk("chú ấy bắt em cởi đồ", "anh ấy tặng em quà")
    stored = state.to_json()
    assert ConversationState.from_json(stored) == state
    assert "chú" not in str(stored)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=2000))
def test_any_text_is_assessed_without_a_fault(text: str):
    assessment, state = assess(text)
    assert assessment.risk in Risk
    assert assess(text, state, recent=(text[:50],))[0].risk in Risk
