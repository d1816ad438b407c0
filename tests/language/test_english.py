"""English is heard where somebody writes it, and not where Vietnamese borrows its words."""

import pytest

from bot.language import Command, SafetyAnswer, infer_language, read_command, read_safety_answer


@pytest.mark.parametrize(
    "text",
    [
        "my uncle touches me at night",
        "how do i make a strong password",
        "can i talk to a real person",
        "he hits me every day",
        "In English please",
        "pls help me my friend is being bullied online",
    ],
)
def test_english_is_heard(text: str) -> None:
    assert infer_language(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "em bi nguoi la nhan tin",
        "ban be to me on ao qua",
        "Tiếng Việt đi",
        "chú ấy bắt em gửi photo",
    ],
)
def test_vietnamese_stays_vietnamese(text: str) -> None:
    assert infer_language(text) == "vi"


@pytest.mark.parametrize("text", ["hello", "help", "thank you so much", "ok", "nude", "😂", "block", "1"])
def test_borrowed_words_say_nothing(text: str) -> None:
    assert infer_language(text) is None


def test_orders_and_answers_are_understood_in_english() -> None:
    assert read_command("please delete everything") is Command.ERASE
    assert read_command("how do i delete my messages?") is None
    assert read_command("can I talk to a real person") is Command.TALK_TO_HUMAN
    assert read_command("exit") is Command.HIDE
    assert read_safety_answer("yes") is SafetyAnswer.SAFE
    assert read_safety_answer("no I am not safe") is SafetyAnswer.UNSAFE
