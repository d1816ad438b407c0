"""Each fault an editor can make is named with file, key, found and required; its near miss loads."""

from pathlib import Path
from textwrap import dedent

import pytest

from bot.errors import ContentError
from bot.knowledge.articles import Article, load_articles
from bot.knowledge.services import load_services
from bot.knowledge.topics import load_topics

TOPICS = """
    safety:
      locks:
        audiences: [child, parent]
        title_vi: "Khoá máy"
      keys:
        audiences: [child]
        title_vi: "Chìa khoá"
"""
SERVICES = """
    "111": {name_vi: "Tổng đài 111", phone: "111", mark: V, status: "on"}
    "113": {name_vi: "Công an", phone: "113", mark: V, status: "on"}
    "115": {name_vi: "Cấp cứu", phone: "115", mark: V, status: "on"}
    night: {name_vi: "Đường dây đêm", phone: "0909 123 456", mark: V, status: "off"}
"""
CHILD = ["Em khoá máy lại nhé.", "Gọi {phone.111} khi em cần."]
PARENT = ["Anh/chị khoá máy cùng con.", "Gọi {phone.111} khi cần hỏi."]


def article(child: list[str] = CHILD, parent: list[str] = PARENT, more: str = "", head: str = "") -> str:
    """A file in the article format; ``more`` is added to the parent's entry, ``head`` to the top."""
    lines = [
        "topic: locks",
        "updated: 2026-11-23",
        "dated: 2026-11-23",
        'reviewer: ""',
        *([head] if head else []),
    ]
    lines += ["entries:", "  child:", "    messages:", *(f"      - {text!r}" for text in child)]
    lines += ["  parent:", "    messages:", *(f"      - {text!r}" for text in parent)]
    return "\n".join(lines) + "\n" + more


def load(root: Path, text: str, name: str = "locks") -> dict[str, Article]:
    (root / "articles" / "safety").mkdir(parents=True, exist_ok=True)
    (root / "topics.yml").write_text(dedent(TOPICS), encoding="utf-8")
    (root / "services.yml").write_text(dedent(SERVICES), encoding="utf-8")
    (root / "articles" / "safety" / f"{name}.yml").write_text(text, encoding="utf-8")
    return load_articles(load_topics(root), load_services(root), root)


def test_a_correct_file_loads(tmp_path: Path) -> None:
    assert not load(tmp_path, article())["locks"].is_signed


LONG = "Em " + "khoá máy " * 50
LAW_SOURCE = '    sources:\n      - {name: "Luật Trẻ em", date: "2016", domain: "§1.1", mark: V}\n'
CASES = [
    ("too long", article(child=[LONG[:451], *CHILD]), article(child=[LONG[:449], *CHILD]), "at most 450"),
    ("one message", article(child=CHILD[:1]), article(child=CHILD), "2 to 5 messages"),
    ("six messages", article(child=CHILD * 3), article(child=[*CHILD * 2, CHILD[0]]), "2 to 5 messages"),
    (
        "insult",
        article(child=["Em bảo: tao không thích.", *CHILD]),
        article(child=["Em ăn quả táo.", *CHILD]),
        "mày",
    ),
    (
        "adult word to a child",
        article(child=["Anh/chị và em.", *CHILD]),
        article(child=["Anh chị em.", *CHILD]),
        "em",
    ),
    (
        "child word to a parent",
        article(parent=["Em nhé.", "Thôi."]),
        article(parent=["Anh/chị nhé.", "Thôi."]),
        "anh/chị",
    ),
    (
        "bare 111",
        article(child=["Em gọi 111.", *CHILD]),
        article(child=["Em ngủ 11 tiếng.", *CHILD]),
        "placeholder",
    ),
    (
        "phone",
        article(child=["Em gọi 0912 345 678.", *CHILD]),
        article(child=["Năm 2026 em 12 tuổi.", *CHILD]),
        "placeholder",
    ),
    (
        "paid number",
        article(child=["Em gọi 1900 969 680.", *CHILD]),
        article(child=["Em có 60 phút.", *CHILD]),
        "placeholder",
    ),
    (
        "unknown contact",
        article(child=["Em gọi {phone.zzz}.", *CHILD]),
        article(child=["Em gọi {phone.113}.", *CHILD]),
        "services.yml",
    ),
    (
        "odd braces",
        article(child=["Em gọi {so}.", *CHILD]),
        article(child=["Em gọi (số).", *CHILD]),
        "braces",
    ),
    (
        "law without source",
        article(parent=["Luật Trẻ em nói vậy.", *PARENT]),
        article(parent=["Luật Trẻ em nói vậy.", *PARENT], more=LAW_SOURCE),
        "sources",
    ),
    (
        "uncertain source",
        article(more=LAW_SOURCE.replace("mark: V", "mark: U")),
        article(more=LAW_SOURCE.replace("mark: V", "mark: V26")),
        "V, V26, GK",
    ),
    (
        "unknown follow-up",
        article(more="    follow_up: [zzz]\n"),
        article(more="    follow_up: [locks]\n"),
        "topic id",
    ),
    (
        "follow-up for others",
        article(more="    follow_up: [keys]\n"),
        article(more="    follow_up: [locks]\n"),
        "parent",
    ),
    ("misspelt key", article(head="reviwer: x"), article(), "one of the keys"),
    ("bands for adults", article(more="    bands: {}\n"), article(), "either messages or bands"),
    ("day", article().replace("dated: 2026-11-23", "dated: hôm qua"), article(), "YYYY-MM-DD"),
    ("key twice", article(head="topic: locks"), article(), "each key once"),
    ("missing audience", article().split("  parent:")[0], article(), "the key parent"),
    (
        "audience too many",
        article(more="  teacher:\n    messages: [a, b]\n"),
        article(),
        "one of the keys child, parent",
    ),
]


@pytest.mark.parametrize(
    ("wrong", "right", "required"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_fault_is_named_and_its_near_miss_loads(
    tmp_path: Path, wrong: str, right: str, required: str
) -> None:
    assert wrong != right
    with pytest.raises(ContentError, match=r"articles/safety/locks\.yml.*found.*required") as caught:
        load(tmp_path, wrong)
    assert required in str(caught.value)
    assert load(tmp_path, right)


def test_a_file_is_named_after_its_topic(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"named after \(keys\)"):
        load(tmp_path, article(), name="keys")


def young(sentence: str) -> str:
    bands = f"    bands:\n      under_11:\n        - {sentence!r}\n        - 'Em nhé.'\n"
    return article().replace("    messages:\n      - 'Em khoá", bands + "      from_11:\n      - 'Em khoá", 1)


@pytest.mark.parametrize(("words", "loads"), [(15, True), (16, False)])
def test_a_young_child_reads_at_most_fifteen_words_a_sentence(
    tmp_path: Path, words: int, loads: bool
) -> None:
    text = young(" ".join(["em"] * words) + ".")
    if loads:
        assert load(tmp_path, text)
        return
    with pytest.raises(ContentError, match="at most 15 words"):
        load(tmp_path, text)


def test_a_young_child_reads_one_idea_a_message(tmp_path: Path) -> None:
    assert load(tmp_path, young("Em ăn. Em ngủ. Em chơi."))
    with pytest.raises(ContentError, match="one idea"):
        load(tmp_path, young("Em ăn. Em ngủ. Em chơi. Em học."))


@pytest.mark.parametrize(
    ("wrong", "required"),
    [
        ('title_vi: "' + "a" * 41 + '"', "at most 40"),
        ('title_vi: {child: "a"}', "the key parent"),
        ('title_vi: "a"\n        instead: {child: zzz}', "a topic id"),
    ],
)
def test_faults_in_the_list_of_topics(tmp_path: Path, wrong: str, required: str) -> None:
    text = dedent(TOPICS.replace('title_vi: "Khoá máy"', wrong))
    (tmp_path / "topics.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=required):
        load_topics(tmp_path)
