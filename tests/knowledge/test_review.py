"""Articles go to an expert as a Word document and come back: edits and signatures, all of them or none."""

import io
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from bot.errors import BadInput, ContentError
from bot.knowledge import Knowledge, load_knowledge
from bot.knowledge.review import bring_back, export, read_reviewed
from bot.knowledge.topics import ROOT
from bot.triage.assessment import Role

TODAY = date(2026, 12, 5)
TOPICS = ["image_spread", "control_android", "greeting"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    copy = tmp_path / "knowledge"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


@pytest.fixture
def document(knowledge: Knowledge) -> Any:
    return Document(io.BytesIO(export(knowledge, TOPICS)))


def rows(document: Any, code: str) -> Any:
    return next(table for table in document.tables if table.rows[0].cells[0].text == code).rows


def sent_back(document: Any, root: Path) -> Any:
    path = root.parent / "reviewed.docx"
    document.save(str(path))
    return bring_back(read_reviewed(path), load_knowledge(root), TODAY, root)


def test_a_document_nobody_touched_changes_nothing(document: Any, root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*.yml")}
    assert sent_back(document, root) == []
    assert {path: path.read_bytes() for path in root.rglob("*.yml")} == before


def test_every_article_survives_the_way_there_and_back(knowledge: Knowledge, root: Path) -> None:
    everything = Document(io.BytesIO(export(knowledge, list(knowledge.articles))))
    assert sent_back(everything, root) == []


def test_an_edit_a_new_row_and_an_emptied_row_come_back(document: Any, root: Path) -> None:
    table = rows(document, "image_spread/child/under_11")
    table[1].cells[1].text = "Em kể ngay với một người lớn em tin nhé."
    table[2].cells[1].text = ""
    table[3].cells[1].text = "Người lớn sẽ giúp gỡ ảnh xuống em ạ."
    (change,) = sent_back(document, root)
    assert (change.topic, change.edited) == ("image_spread", ["image_spread/child/under_11"])
    said = [reply.text for reply in load_knowledge(root).present("image_spread", Role.CHILD, "6-10")]
    assert said[:2] == ["Em kể ngay với một người lớn em tin nhé.", "Người lớn sẽ giúp gỡ ảnh xuống em ạ."]


def test_a_signature_is_kept_with_its_day_and_words_stay(document: Any, root: Path) -> None:
    table = rows(document, "greeting/review")
    table[2].cells[1].text = "Nguyễn Thị Duyệt, chuyên viên tâm lý"
    table[3].cells[1].text = "4/12/2026"
    sent_back(document, root)
    article = load_knowledge(root).articles["greeting"]
    assert article.reviewer == "Nguyễn Thị Duyệt, chuyên viên tâm lý"
    assert article.updated == date(2026, 12, 4)


def test_an_edit_without_a_signature_takes_an_older_signature_away(document: Any, root: Path) -> None:
    path = root / "articles/assistant/greeting.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('reviewer: ""', 'reviewer: "A"'), encoding="utf-8"
    )
    rows(document, "greeting/child")[1].cells[1].text = "Chào em! Mình là Lá Chắn, một cái máy."
    sent_back(document, root)
    assert not load_knowledge(root).articles["greeting"].is_signed


def test_a_tried_card_is_marked(document: Any, root: Path) -> None:
    table = rows(document, "control_android/parent")
    (tried,) = [row for row in table if row.cells[0].text.endswith("đã bấm thử")]
    tried.cells[1].text = "rồi"
    sent_back(document, root)
    entries = load_knowledge(root).articles["control_android"].entries
    assert [card.checked for entry in entries.values() for card in entry.cards] == [True]


def test_a_text_that_breaks_a_rule_changes_no_file(document: Any, root: Path) -> None:
    rows(document, "image_spread/parent")[1].cells[1].text = "Anh/chị gọi 0912345678 nhé."
    rows(document, "greeting/child")[1].cells[1].text = "Chào em nhé!"
    before = {path: path.read_bytes() for path in root.rglob("*.yml")}
    with pytest.raises(ContentError, match="image_spread"):
        sent_back(document, root)
    assert {path: path.read_bytes() for path in root.rglob("*.yml")} == before


def test_an_opinion_is_shown_though_nothing_else_changed(document: Any, root: Path) -> None:
    rows(document, "greeting/review")[1].cells[1].text = "Câu đầu hơi dài."
    (change,) = sent_back(document, root)
    assert (change.opinion, change.edited, change.reviewer) == ("Câu đầu hơi dài.", [], "")


@pytest.mark.parametrize("written", ["hôm qua", "32/1/2026"])
def test_a_day_that_is_none_is_named(document: Any, root: Path, written: str) -> None:
    rows(document, "greeting/review")[3].cells[1].text = written
    with pytest.raises(BadInput, match="greeting/review"):
        sent_back(document, root)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"not a document")
    empty = Document()
    empty.save(str(tmp_path / "b.docx"))
    for name in ("a.docx", "b.docx"):
        with pytest.raises(BadInput, match=name):
            read_reviewed(tmp_path / name)
