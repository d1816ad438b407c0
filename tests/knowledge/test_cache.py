"""Fitting happens once for one set of examples; a damaged cache is no cache."""

import shutil
from pathlib import Path

import pytest

from bot.knowledge.cache import open_retriever
from bot.knowledge.retrieval import Retriever

EXAMPLES = """
nlu:
- intent: greeting
  examples: |
    - chào bạn
    - alo
- intent: ask/two_factor
  examples: |
    - mã otp là gì
    - bật xác minh hai bước
- intent: out_of_scope
  examples: |
    - trời mưa không
    - mấy giờ rồi
"""


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    (tmp_path / "nlu").mkdir()
    (tmp_path / "nlu" / "a.yml").write_text(EXAMPLES, encoding="utf-8")
    return tmp_path / "nlu"


def forbid_fitting(monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(*_: object) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr(Retriever, "fit", fit)


def test_the_second_opening_reads_the_file(
    nlu: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_retriever(nlu, tmp_path / "cache")
    forbid_fitting(monkeypatch)
    assert open_retriever(nlu, tmp_path / "cache").find("mã otp") == first.find("mã otp")


def test_the_file_is_for_its_owner_only(nlu: Path, tmp_path: Path) -> None:
    open_retriever(nlu, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_new_example_is_fitted(nlu: Path, tmp_path: Path) -> None:
    open_retriever(nlu, tmp_path / "cache")
    (nlu / "a.yml").write_text(EXAMPLES + "    - đá bóng mấy giờ\n", encoding="utf-8")
    open_retriever(nlu, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_damaged_file_is_fitted_anew(nlu: Path, tmp_path: Path) -> None:
    first = open_retriever(nlu, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(file.read_bytes()[:-40])
    assert open_retriever(nlu, tmp_path / "cache").find("alo") == first.find("alo")


def test_old_files_are_cleared_away(nlu: Path, tmp_path: Path) -> None:
    for number in range(5):
        (nlu / "a.yml").write_text(EXAMPLES + f"    - số {number}\n", encoding="utf-8")
        open_retriever(nlu, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 3
    shutil.rmtree(tmp_path / "cache")
