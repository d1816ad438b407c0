"""From a question to a topic, measured on questions that no NLU file holds."""

import unicodedata
from pathlib import Path
from typing import NamedTuple

import pytest
from ruamel.yaml import YAML

from bot.errors import ContentError
from bot.knowledge import Knowledge
from bot.knowledge.concepts import load_concepts, read_concepts
from bot.knowledge.retrieval import Example, Retriever, load_examples
from bot.knowledge.topics import load_topics
from bot.language import fold, nfc
from bot.triage.assessment import Role


class Unseen(NamedTuple):
    role: Role
    topic: str
    text: str


@pytest.fixture(scope="module")
def unseen() -> list[Unseen]:
    rows = YAML(typ="safe").load(Path(__file__).with_name("unseen.yml").read_text(encoding="utf-8"))
    return [Unseen(Role(role), topic, text) for role, topic, text in rows]


def test_no_unseen_question_has_been_learnt(unseen: list[Unseen], nlu_dir: Path) -> None:
    learnt = {fold(example.text) for example in load_examples(nlu_dir)}
    assert len(unseen) >= 60
    assert not [row.topic for row in unseen if fold(row.text) in learnt]


@pytest.mark.parametrize("bare", [False, True], ids=["written", "stripped"])
def test_most_unseen_questions_find_their_topic(
    retriever: Retriever, unseen: list[Unseen], bare: bool
) -> None:
    found = [retriever.find(fold(row.text) if bare else row.text, row.role) for row in unseen]
    pairs = list(zip(unseen, found, strict=True))
    assert sum(row.topic == finding.topic for row, finding in pairs) >= 0.8 * len(pairs)
    assert sum(finding.is_sure and finding.topic != row.topic for row, finding in pairs) <= 0.1 * len(pairs)
    assert sum(row.topic in (finding.topic, *finding.options) for row, finding in pairs) >= 0.9 * len(pairs)


def test_composed_and_decomposed_text_are_one_question(retriever: Retriever) -> None:
    text = "đặt mật khẩu sao cho khó đoán"
    assert retriever.find(unicodedata.normalize("NFD", text)) == retriever.find(nfc(text))


def test_the_same_words_mean_another_topic_for_a_parent(retriever: Retriever) -> None:
    text = "bị bạn bè nói xấu trên mạng thì làm gì"
    assert retriever.find(text, Role.CHILD).topic == "cyberbullying_help"
    parent = retriever.find(text, Role.PARENT)
    assert "child_is_bullied" in (parent.topic, *parent.options)
    assert "cyberbullying_help" not in (parent.topic, *parent.options)


def test_an_unsure_finding_offers_two_or_three_topics_of_the_reader(retriever: Retriever) -> None:
    finding = retriever.find("điện thoại của con", Role.PARENT)
    if not finding.is_sure:
        assert 2 <= len(finding.options) <= 3
        assert len(set(finding.options)) == len(finding.options)


@pytest.mark.parametrize("text", ["zzz qqq xxx", "🙂🙂🙂", "...", "日本語"])
def test_what_shares_nothing_with_any_example_is_outside(retriever: Retriever, text: str) -> None:
    assert retriever.find(text).topic == "out_of_scope"


def test_bytes_keep_every_finding(retriever: Retriever, unseen: list[Unseen]) -> None:
    again = Retriever.from_bytes(retriever.to_bytes())
    assert [again.find(row.text, row.role) for row in unseen] == [
        retriever.find(row.text, row.role) for row in unseen
    ]


def test_the_order_of_examples_changes_nothing(
    nlu_dir: Path, unseen: list[Unseen], retriever: Retriever
) -> None:
    examples = load_examples(nlu_dir)
    turned = Retriever.fit([*reversed(examples), examples[0]])
    assert [turned.find(row.text, row.role) for row in unseen] == [
        retriever.find(row.text, row.role) for row in unseen
    ]


def test_examples_belong_to_known_topics_and_to_one_topic_only(nlu_dir: Path) -> None:
    examples = load_examples(nlu_dir)
    assert {example.topic for example in examples} <= set(load_topics())
    assert len({example.text for example in examples}) == len(examples)


def test_every_topic_with_an_article_has_ways_of_asking(nlu_dir: Path, knowledge: Knowledge) -> None:
    counts: dict[str, int] = {}
    for example in load_examples(nlu_dir):
        counts[example.topic] = counts.get(example.topic, 0) + 1
    assert {topic for topic in knowledge.articles if counts.get(topic, 0) < 25} == set()


def test_an_example_is_hidden_in_logs() -> None:
    assert "bí mật" not in repr(Example("greeting", "bí mật"))


@pytest.mark.parametrize("line", ["không có gạch đầu dòng", "- có [ngoặc](thuc_the)"])
def test_a_line_rasa_would_read_differently_is_a_fault(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.yml").write_text(
        f"nlu:\n- intent: greeting\n  examples: |\n    {line}\n", encoding="utf-8"
    )
    with pytest.raises(ContentError, match=r"a\.yml"):
        load_examples(tmp_path)


def test_ideas_stand_for_whole_words_only() -> None:
    assert read_concepts("mất acc rồi") == read_concepts("bị hack rồi")
    assert read_concepts("đầu bếp") == ""


def test_a_phrase_serves_one_idea(tmp_path: Path) -> None:
    (tmp_path / "concepts.yml").write_text("a: [nick]\nb: [nick]\n")
    with pytest.raises(ContentError, match="already serves a"):
        load_concepts(tmp_path)
