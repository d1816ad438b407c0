"""Articles as a Word document for an expert: to read, correct and sign; and the way back into the files.

Each text stands in a table whose first cell carries its code (``image_spread/child/under_11``), and each article ends
with a table to sign (``image_spread/review``). Whatever stands outside these tables is there for the reader alone.
"""

import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from bot.errors import BadInput
from bot.knowledge.articles import Article, Band, Entry
from bot.knowledge.library import Knowledge, load_knowledge
from bot.knowledge.topics import ROOT, Audience, Topic
from bot.language import nfc

if TYPE_CHECKING:
    from docx.document import Document

_CODE = re.compile(r"([a-z0-9_]+)/(review|child|parent|teacher|anyone)(?:/(under_11|from_11))?\Z")
_CARD = re.compile(r"Thẻ (\d) – (tiêu đề|nội dung|đã bấm thử)\Z")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")
_READERS = {
    Audience.CHILD: "Nói với trẻ em",
    Audience.PARENT: "Nói với cha mẹ, người chăm sóc",
    Audience.TEACHER: "Nói với thầy cô",
    Audience.ANYONE: "Nói với người chưa rõ là ai",
}
_BANDS = {Band.UNDER_11: "dưới 11 tuổi", Band.FROM_11: "từ 11 tuổi"}
_OPINION, _NAME, _SIGNED_ON = "Ý kiến", "Người duyệt (họ tên, chức danh)", "Ngày duyệt (ngày/tháng/năm)"
_TRIED, _NOT_TRIED = "rồi", "chưa"
_GUIDE = (
    (
        "Mỗi bảng dưới đây là lời máy sẽ nhắn cho một người đọc, mỗi hàng là một tin. Xin sửa thẳng vào ô bên phải. "
        "Muốn bỏ một tin thì xoá chữ trong ô; muốn thêm thì thêm một hàng. Xin đừng sửa ô mã ở góc bảng."
    ),
    "Chữ trong ngoặc nhọn như {phone.111} là số điện thoại hoặc trang web lấy từ danh bạ đã kiểm tra; xin giữ nguyên.",
    "Đồng ý với toàn bộ lời của một chủ đề thì ghi tên và ngày vào bảng cuối chủ đề. Để trống nghĩa là chưa duyệt.",
)


def export(knowledge: Knowledge, topics: Sequence[str]) -> bytes:
    """A Word document with the articles of ``topics``, in their order."""
    from docx import Document

    document = Document()
    document.styles["Normal"].font.name = "Times New Roman"
    document.add_heading("Lời nhắn của Lá Chắn: bản để duyệt", 0)
    for line in _GUIDE:
        document.add_paragraph(line)
    for name in topics:
        _article(document, knowledge.topics[name], knowledge.articles[name], knowledge)
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


def _article(document: "Document", topic: Topic, article: Article, knowledge: Knowledge) -> None:
    document.add_heading(next(iter(topic.titles.values())), 1)
    state = f"đã duyệt: {article.reviewer}" if article.is_signed else "chưa có người duyệt"
    document.add_paragraph(
        f"Sửa lần cuối {article.updated:%d/%m/%Y}; theo nguồn đến {article.dated:%d/%m/%Y}; {state}."
    )
    for audience, entry in article.entries.items():
        for band, code, title in _texts(article.topic, audience, entry):
            document.add_heading(title, 2)
            numbered = [(str(n), text) for n, text in enumerate(entry.messages[band], start=1)]
            _table(document, code, [*numbered, *_cards(entry)])
        buttons = ", ".join(knowledge.topics[name].titles.get(audience, name) for name in entry.follow_up)
        if buttons:
            document.add_paragraph(f"Nút bấm tiếp theo: {buttons}")
        for source in entry.sources:
            document.add_paragraph(f"Nguồn: {source.name} ({source.date}; {source.domain}; {source.mark})")
    _table(document, f"{article.topic}/review", [(_OPINION, ""), (_NAME, article.reviewer), (_SIGNED_ON, "")])


def _texts(topic: str, audience: Audience, entry: Entry) -> Iterator[tuple[Band, str, str]]:
    """Band, code and heading of each text of an entry; one where the bands read the same."""
    if entry.messages[Band.UNDER_11] == entry.messages[Band.FROM_11]:
        yield Band.FROM_11, f"{topic}/{audience}", _READERS[audience]
        return
    for band in Band:
        yield band, f"{topic}/{audience}/{band}", f"{_READERS[audience]}, {_BANDS[band]}"


def _cards(entry: Entry) -> list[tuple[str, str]]:
    rows = []
    for number, card in enumerate(entry.cards, start=1):
        rows += [
            (f"Thẻ {number} – tiêu đề", card.title),
            (f"Thẻ {number} – nội dung", card.text),
            (f"Thẻ {number} – đã bấm thử", _TRIED if card.checked else _NOT_TRIED),
        ]
    return rows


def _table(document: "Document", code: str, rows: Iterable[tuple[str, str]]) -> None:
    from docx.shared import Cm

    made = document.add_table(rows=0, cols=2)
    made.style = "Table Grid"
    made.autofit = False
    for left, right in [
        (code, "Lời nhắn" if not code.endswith("/review") else "Phần ghi của người duyệt"),
        *rows,
    ]:
        cells = made.add_row().cells
        for cell, text, width in zip(cells, (left, right), (Cm(4.5), Cm(12)), strict=True):
            cell.text, cell.width = text, width


@dataclass(frozen=True)
class Reviewed:
    """What a reviewed document brings. ``texts``: rows by code, without the empty ones."""

    texts: Mapping[str, Sequence[tuple[str, str]]]
    signatures: Mapping[str, tuple[str, date | None]]
    opinions: Mapping[str, str]


@dataclass
class Change:
    """What an import did to one article."""

    topic: str
    edited: list[str] = field(default_factory=list)
    reviewer: str = ""
    opinion: str = ""


def read_reviewed(path: Path) -> Reviewed:
    """Read a document that ``export`` made; raises ``BadInput`` for anything else."""
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = Document(str(path))
    except (PackageNotFoundError, ValueError, KeyError, OSError) as fault:
        raise BadInput(f"{path.name}: required: a .docx made by lachan content export") from fault
    texts: dict[str, list[tuple[str, str]]] = {}
    signatures: dict[str, tuple[str, date | None]] = {}
    opinions: dict[str, str] = {}
    for table in document.tables:
        rows = [(row.cells[0].text.strip(), nfc(row.cells[-1].text).strip()) for row in table.rows]
        code = rows[0][0] if rows else ""
        if not (found := _CODE.match(code)):
            continue
        if found.group(2) == "review":
            written = dict(rows[1:])
            signatures[found.group(1)] = (written.get(_NAME, ""), _day(code, written.get(_SIGNED_ON, "")))
            opinions[found.group(1)] = written.get(_OPINION, "")
        else:
            texts[code] = [row for row in rows[1:] if row[1]]
    if not texts:
        raise BadInput(f"{path.name}: found no table of lachan content export")
    return Reviewed(texts, signatures, opinions)


def _day(code: str, written: str) -> date | None:
    if not written:
        return None
    found = _DAY.match(written)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(written)
    except ValueError as fault:
        raise BadInput(
            f"{code}: {_SIGNED_ON}: found {written!r}, required: a day such as 5/12/2026"
        ) from fault


def bring_back(reviewed: Reviewed, knowledge: Knowledge, today: date, root: Path = ROOT) -> list[Change]:
    """Write edits and signatures into the article files; all of them or, with a ``ContentError``, none.

    A signature without an edit leaves the words alone; an edit without a signature takes an older one away, for it
    was given to other words.
    """
    unknown = {code.split("/")[0] for code in reviewed.texts} - knowledge.articles.keys()
    if unknown:
        raise BadInput(f"no such article: {', '.join(sorted(unknown))}")
    files, changes = {}, []
    for topic in dict.fromkeys(code.split("/")[0] for code in reviewed.texts):
        path = root / "articles" / knowledge.topics[topic].group / f"{topic}.yml"
        text, change = _edited(path, topic, reviewed, knowledge.articles[topic], today)
        if change.edited or change.reviewer or change.opinion:
            changes.append(change)
        if change.edited or change.reviewer:
            files[path] = text
    _check(files, root)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return changes


def _edited(path: Path, topic: str, reviewed: Reviewed, article: Article, today: date) -> tuple[str, Change]:
    yaml: Any = YAML()
    yaml.preserve_quotes, yaml.width = True, 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(path.read_text(encoding="utf-8"))
    change = Change(topic, opinion=reviewed.opinions.get(topic, ""))
    for code, rows in reviewed.texts.items():
        name, audience, *band = code.split("/")
        if name == topic and _write(data["entries"][audience], band, rows):
            change.edited.append(code)
    reviewer, day = reviewed.signatures.get(topic, ("", None))
    if reviewer and (reviewer != article.reviewer or day):
        change.reviewer = reviewer
    if change.edited or change.reviewer:
        data["reviewer"] = DoubleQuotedScalarString(change.reviewer)
        data["updated"] = day or today
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue(), change


def _write(entry: Any, band: Sequence[str], rows: Sequence[tuple[str, str]]) -> bool:
    """Put the rows of one table in place; True if anything is another text than before."""
    messages = [DoubleQuotedScalarString(text) for label, text in rows if not _CARD.match(label)]
    holder, key = (entry["bands"], band[0]) if band else (entry, "messages")
    changed = [str(text).strip() for text in holder[key]] != messages
    if changed:
        holder[key] = messages
    for label, text in rows:
        if found := _CARD.match(label):
            card = entry["cards"][int(found[1]) - 1]
            name = {"tiêu đề": "title", "nội dung": "text", "đã bấm thử": "checked"}[found[2]]
            value = text == _TRIED if name == "checked" else DoubleQuotedScalarString(text)
            changed = changed or card[name] != value
            card[name] = value
    return changed


def _check(files: Mapping[Path, str], root: Path) -> None:
    """Load everything as it would be; raises ``ContentError`` for the first fault."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "knowledge"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        for path, text in files.items():
            (copy / path.relative_to(root)).write_text(text, encoding="utf-8")
        load_knowledge(copy)
