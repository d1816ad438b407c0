import pytest

from bot.language import Command, SafetyAnswer, infer_role, read_command, read_safety_answer
from bot.triage.assessment import Role

ROLES = [
    ("con tôi nghiện điện thoại", Role.PARENT),
    ("bé nhà mình hay xem youtube", Role.PARENT),
    ("con em 12 tuổi mà không chịu nói chuyện", Role.PARENT),
    ("con gai toi hoc lop 6", Role.PARENT),
    ("học sinh lớp tôi chủ nhiệm hay nghỉ học", Role.TEACHER),
    ("em là giáo viên tiểu học", Role.TEACHER),
    ("em học lớp 7 ạ", Role.CHILD),
    ("con 10 tuổi", Role.CHILD),
    ("e hoc lop 8", Role.CHILD),
    ("bố mẹ em cấm dùng điện thoại", Role.CHILD),
    ("xin chào", None),
    ("cách đặt mật khẩu", None),
    ("em muốn hỏi", None),
]

COMMANDS = [
    ("gặp người thật", Command.TALK_TO_HUMAN),
    ("cho em gặp cô tư vấn", Command.TALK_TO_HUMAN),
    ("em muon noi chuyen voi nguoi that", Command.TALK_TO_HUMAN),
    ("xoá", Command.ERASE),
    ("xóa hết", Command.ERASE),
    ("xoa", Command.ERASE),
    ("xoa het tin nhan di", Command.ERASE),
    ("XOÁ!", Command.ERASE),
    ("xóa hết giúp em với", Command.ERASE),
    ("thoát", Command.HIDE),
    ("thoat", Command.HIDE),
    ("111", Command.REOPEN),
    ("xoá ảnh thế nào", None),
    ("cách xoá tài khoản facebook", None),
    ("nó bắt em xoá tin nhắn", None),
    ("cách thoát nhóm zalo", None),
    ("thoát nhóm chat kiểu gì", None),
    ("gọi 111 có mất tiền không", None),
    ("làm sao gặp người lạ cho an toàn", None),
]

ANSWERS = [
    ("an toàn", SafetyAnswer.SAFE),
    ("em an toàn", SafetyAnswer.SAFE),
    ("1", SafetyAnswer.SAFE),
    ("dạ có", SafetyAnswer.SAFE),
    ("không", SafetyAnswer.UNSAFE),
    ("ko an toan", SafetyAnswer.UNSAFE),
    ("ko", SafetyAnswer.UNSAFE),
    ("2", SafetyAnswer.UNSAFE),
    ("em đang sợ lắm", SafetyAnswer.UNSAFE),
    ("chưa an toàn đâu", SafetyAnswer.UNSAFE),
    ("mình hiểu nhầm rồi", SafetyAnswer.MISTAKE),
    ("3", SafetyAnswer.MISTAKE),
    ("hôm nay thứ mấy", None),
    ("an toàn mạng là gì", None),
]


@pytest.mark.parametrize(("text", "role"), ROLES)
def test_a_role_is_inferred_only_when_the_words_are_clear(text: str, role: Role | None):
    assert infer_role(text) == role


@pytest.mark.parametrize(("text", "command"), COMMANDS)
def test_an_order_is_read_and_a_question_about_it_is_not(text: str, command: Command | None):
    assert read_command(text) == command


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_a_typed_safety_answer_is_read(text: str, answer: SafetyAnswer | None):
    assert read_safety_answer(text) == answer
