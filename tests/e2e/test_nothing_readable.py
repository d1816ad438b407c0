"""What people write stays readable nowhere on the disk of a running helpline: database, log, spool, tracker."""

from pathlib import Path

from tests.e2e.conftest import Helpline

MARKS = ("Xoài Tím Marker", "xoai tim marker", "chat-id-90417")


def test_a_marked_word_is_in_no_file_of_the_installation(helpline: Helpline) -> None:
    for words in (
        f"{MARKS[0]}: chú ấy bắt em cởi đồ",
        f"{MARKS[1]} la ban em, lam sao dat mat khau",
        f'/ask{{"topic": "{MARKS[1]}"}}',
        f"cho em gặp người thật, em là {MARKS[0]}",
    ):
        helpline.say(MARKS[2], words)
    home = Path(helpline.env["LACHAN_HOME"])
    files = [path for path in home.rglob("*") if path.is_file() and "models" not in path.parts]
    assert {"lachan.db", "lachan.db-wal", "bot.log"} <= {path.name for path in files}
    found = [path.name for path in files for mark in MARKS if mark.encode() in path.read_bytes()]
    assert found == []
