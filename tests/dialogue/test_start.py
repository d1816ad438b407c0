"""Starting: the right model or none, and one line that says why not."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path

from bot.config import ROOT
from connectors.dialogue.training import SOURCES, model_path, sources_hash, train_if_needed
from tests.dialogue.conftest import Running


def copy_sources(target: Path) -> Path:
    for pattern in SOURCES:
        for path in ROOT.glob(pattern):
            if path.is_file():
                copy = target / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
    return target


def test_a_missing_model_ends_the_start_with_one_line(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from connectors.dialogue.server import serve\n"
        f"serve(Path({str(tmp_path / 's')!r}), Path('nowhere.tar.gz'), 'sqlite://')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "dialogue: no model at nowhere.tar.gz; train one first"


def test_only_this_account_may_speak_to_the_engine(running: Running) -> None:
    assert stat.S_IMODE(running.socket.stat().st_mode) == 0o600


def test_a_changed_example_asks_for_a_new_model(tmp_path: Path) -> None:
    root = copy_sources(tmp_path / "root")
    before = sources_hash(root)
    example = root / "nlu" / "assistant.yml"
    example.write_text(example.read_text() + "# changed\n")
    assert sources_hash(root) != before


def test_the_same_files_need_no_second_training(tmp_path: Path) -> None:
    root = copy_sources(tmp_path / "root")
    path = model_path(root, tmp_path)
    path.touch()
    assert train_if_needed(root, tmp_path) == path and path.stat().st_size == 0


def test_training_leaves_nothing_unfinished_behind(model: Path) -> None:
    assert not [path for path in model.parent.iterdir() if path.name.startswith(".")]
