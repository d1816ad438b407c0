from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.language.view import views
from bot.triage.assessment import Category, Risk
from bot.triage.lexicon_file import LEXICON, Entry, read_lexicon
from bot.triage.reading import read

ENTRIES = read_lexicon().entries


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_fires_on_its_hits_and_not_on_its_near_misses(entry: Entry):
    for sentence in entry.hits:
        reading = read(views(sentence))
        assert entry.id in {hit.rule for hit in reading.hits} or reading.check_in, sentence
    for sentence in entry.near:
        assert entry.id not in {hit.rule for hit in read(views(sentence)).hits}, sentence


def test_every_category_has_entries_and_every_risk_is_reachable():
    assert {entry.category for entry in ENTRIES} == set(Category) - {Category.NONE}
    assert {entry.risk for entry in ENTRIES} == set(Risk)


def broken(folder: Path, old: str, new: str) -> Path:
    for file in LEXICON.glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        if file.name == "grooming.yml":
            assert old in text
            text = text.replace(old, new, 1)
        (folder / file.name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("risk: high", "risk: huge", "unknown risk 'huge'"),
        ("signal:", "sygnal:", "unknown key 'sygnal'"),
        ("id: motel_meeting", "id: sexual_talk", "used twice"),
        ('reviewer: ""', 'author: ""', "author"),
        ("<stranger>", "<martian>", "unknown set <martian>"),
    ],
)
def test_a_fault_is_refused_with_file_and_entry(tmp_path: Path, old: str, new: str, said: str):
    with pytest.raises(ContentError, match=r"grooming\.yml") as caught:
        read_lexicon(broken(tmp_path, old, new))
    assert said in str(caught.value)
