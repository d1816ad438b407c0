"""Follow-ups and second questions, in the spellings people use."""

import pytest

from bot.knowledge.following import asks_for_more, leans_on_the_last, questions_in
from bot.knowledge.retrieval import Finding, Retriever
from bot.triage.assessment import Role


@pytest.mark.parametrize(
    "text",
    [
        "nói rõ hơn",
        "noi ro hon di a",
        "làm sao nữa ạ?",
        "rồi sao nữa",
        "thế rồi làm gì",
        "em chưa hiểu",
        "e ko hieu lam",
        "cụ thể hơn đi ạ",
        "hướng dẫn em chi tiết với",
        "ví dụ",
    ],
)
def test_more_of_the_answer_is_wanted(text: str) -> None:
    assert asks_for_more(text)


@pytest.mark.parametrize(
    "text",
    [
        "mật khẩu là gì",
        "làm sao nói rõ với bố mẹ là em không muốn học thêm nữa",
        "không hiểu sao nick em bị khoá",
        "chi tiết hơn về luật an ninh mạng có ở đâu vậy anh",
        "tiếp tân khách sạn",
    ],
)
def test_a_question_of_its_own_is_none(text: str) -> None:
    assert not asks_for_more(text)


@pytest.mark.parametrize(
    "text", ["thế còn Facebook?", "con tiktok thi sao", "vậy iphone thì sao ạ", "còn trên máy tính"]
)
def test_a_question_that_names_only_the_difference(text: str) -> None:
    assert leans_on_the_last(text)


@pytest.mark.parametrize(
    "text", ["em còn nhỏ", "con tôi 5 tuổi suốt ngày xem youtube không chịu ăn thì tôi phải làm sao"]
)
def test_a_whole_question_leans_on_nothing(text: str) -> None:
    assert not leans_on_the_last(text)


def test_two_questions_are_two() -> None:
    assert list(questions_in("em bị mất nick, tiện thể cho em hỏi otp là gì")) == [
        "em bị mất nick",
        "cho em hỏi otp là gì",
    ]
    assert list(questions_in("Làm sao đổi mật khẩu? Được không?")) == []
    assert list(questions_in("tôi muốn hỏi về Family Link")) == []


def test_the_second_question_is_found_beside_the_first(retriever: Retriever) -> None:
    finding = retriever.find(
        "Mật khẩu thế nào là mạnh ạ? Với lại mã OTP là gì, có được đưa cho ai không?", Role.CHILD
    )
    assert (finding.topic, finding.also) == ("password_strong", "two_factor")


def test_a_follow_up_keeps_to_what_was_asked_before(retriever: Retriever) -> None:
    alone = retriever.find("thế còn iphone thì sao", Role.PARENT)
    after = retriever.find("thế còn iphone thì sao", Role.PARENT, last="control_android")
    assert after.topic == "control_ios"
    assert after.score >= alone.score


def test_more_is_asked_of_the_last_answer_and_of_nothing_else(retriever: Retriever) -> None:
    assert retriever.find("nói rõ hơn đi ạ", last="two_factor") == Finding("two_factor", 1.0, more=True)
    assert not retriever.find("nói rõ hơn đi ạ").more
