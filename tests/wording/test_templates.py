"""A fault in the files stops the start and names file, key and fault."""

from pathlib import Path
from shutil import copytree

import pytest

from bot.errors import ContentError
from bot.escalation.wording import load_wording

FOLDER = Path(__file__).parents[2] / "domain" / "responses"
KEY = "utter_crisis_child_harmed_high_any"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(FOLDER, tmp_path / "responses"))


def change(folder: Path, old: str, new: str, name: str = "crisis.yml") -> Path:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def fault(folder: Path) -> str:
    with pytest.raises(ContentError) as raised:
        load_wording(folder)
    return str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Cảm ơn em đã nhắn cho mình. Mình ở đây", "Mình tin em. Mình ở đây", "lock screen"),
        ("gọi 111 ngay", "gọi 18001567 ngay", "18001567"),
        ("gọi 111 ngay", "gọi {phone} ngay", "'phone'"),
        ('payload: "safety:safe"', 'payload: "safety:perhaps"', "safety:perhaps"),
        ('title: "An toàn"', 'title: ""', "without title"),
        ("risk: high", "risk: medium", "'medium'"),
        ("teller: child_harmed", "teller: neighbour", "'neighbour'"),
        ("categories: [any]", "categories: [weather]", "categories"),
        ("categories: [any]", "categories: []", "categories"),
        ('reviewer: ""', 'reader: ""', "reviewer"),
    ],
)
def test_a_faulty_key_is_quoted(folder: Path, old: str, new: str, said: str) -> None:
    message = fault(change(folder, old, new))
    assert message.startswith(f"crisis.yml: {KEY}: ")
    assert said in message


def test_an_empty_text_is_refused(folder: Path) -> None:
    extra = '\n  utter_extra:\n    - text: " "\n      metadata: {reviewer: "", sources: []}\n'
    with (folder / "system.yml").open("a", encoding="utf-8") as file:
        file.write(extra)
    assert fault(folder) == "system.yml: utter_extra: text is empty"


def test_two_texts_under_one_key_are_refused(folder: Path) -> None:
    extra = '\n  utter_extra:\n    - text: "Chào"\n    - text: "Chào bạn"\n'
    with (folder / "system.yml").open("a", encoding="utf-8") as file:
        file.write(extra)
    assert "exactly one text" in fault(folder)


def test_a_key_in_both_files_is_refused(folder: Path) -> None:
    extra = f'\n  {KEY}:\n    - text: "Chào"\n      metadata: {{reviewer: "", sources: []}}\n'
    with (folder / "system.yml").open("a", encoding="utf-8") as file:
        file.write(extra)
    assert fault(folder) == f"system.yml: {KEY}: the key stands in two files"


def test_a_key_twice_in_a_file_is_refused(folder: Path) -> None:
    assert "YAML" in fault(change(folder, f"{KEY}__unknown:", f"{KEY}:"))


def test_two_answers_to_the_same_scene_are_refused(folder: Path) -> None:
    assert "answers the same as" in fault(change(folder, "categories: [sexual_abuse]", "categories: [any]"))


def test_a_scene_without_an_answer_is_refused(folder: Path) -> None:
    path = folder / "crisis.yml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("teller: adult_harmed, risk: emergency, categories: [any]", "sources_of: []")
    path.write_text(text, encoding="utf-8")
    assert "no reply for adult_harmed emergency" in fault(folder)


def test_em_to_a_grown_person_is_refused(folder: Path) -> None:
    message = fault(
        change(
            folder,
            "Cảm ơn bạn đã nhắn cho mình. Mình ở đây với bạn.",
            "Cảm ơn em đã nhắn. Mình vẫn ở đây rồi nhé.",
        )
    )
    assert "says em to somebody" in message


def test_a_child_line_needs_a_twin_for_strangers(folder: Path) -> None:
    message = fault(change(folder, "utter_late__unknown:", "utter_late__unheard:"))
    assert "utter_late: says em, so a key with __unknown is required" in message


def test_a_hidden_line_may_not_tell_anything_anywhere(folder: Path) -> None:
    old = "Bạn đọc đoạn văn một lần nữa, rồi tìm câu nêu ý chính nhé."
    assert "'111'" in fault(change(folder, old, f"{old} Cần thì gọi 111.", "system.yml"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert fault(tmp_path).startswith("crisis.yml: ")


def test_an_unknown_line_and_a_missing_slot_are_named() -> None:
    wording = load_wording(FOLDER)
    with pytest.raises(ContentError, match="utter_nothing"):
        wording.line("utter_nothing")
    with pytest.raises(ContentError, match="utter_nothing"):
        wording.by_id("utter_nothing")
    with pytest.raises(ContentError, match="slot place"):
        wording.line("utter_waiting_place")
