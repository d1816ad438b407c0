"""`lachan content`: what an editor sees, and the document that goes to an expert."""

from pathlib import Path

from tests.support.lachan import Run


def test_check_names_what_nobody_has_signed(run: Run) -> None:
    done = run("content", "check")
    assert done.returncode == 0, done.stderr
    assert "unsigned: " in done.stdout and "  image_spread\n" in done.stdout


def test_a_document_goes_out_and_comes_back(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "duyet.docx"
    assert "articles in" in run("content", "export", str(path), "--topic", "images").stdout
    done = run("content", "import", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0 articles changed")


def test_an_unknown_topic_is_one_clear_error(tmp_path: Path, run: Run) -> None:
    done = run("content", "export", str(tmp_path / "a.docx"), "--topic", "weather")
    assert done.returncode == 2 and "no such topic or group: weather" in done.stderr
