"""Trains the dialogue model when its sources changed. The file name carries the hash of what it was made from."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.errors import DialogueError

SOURCES = (
    "config.yml",
    "domain/**/*.yml",
    "nlu/**/*.yml",
    "stories/**/*.yml",
    "nlu/components/*.py",
    "bot/knowledge/*.py",
    "bot/knowledge/topics.yml",
    "bot/language/*",
)
PREFIX = "dialogue-"
KEPT = 2
LIMIT_SECONDS = 600


def sources_hash(root: Path) -> str:
    """The same files give the same 16 hex digits on every machine; articles are no part of the model."""
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def model_path(root: Path, models_dir: Path) -> Path:
    return models_dir / f"{PREFIX}{sources_hash(root)}.tar.gz"


def train_if_needed(root: Path, models_dir: Path) -> Path:
    """Give the model of the sources as they are; trains in a process of its own, which takes seconds."""
    path = model_path(root, models_dir)
    if not path.is_file():
        print("Training the dialogue model...", file=sys.stderr, flush=True)
        _train_apart(root, path)
        print(f"Trained {path.name}", file=sys.stderr, flush=True)
        _remove_old(models_dir, path)
    return path


def train(root: Path, path: Path) -> None:
    """Train in this process. The file appears under its name only when it is whole."""
    from connectors.dialogue.compat import prepare

    prepare()
    os.chdir(root)
    from rasa.model_training import train as rasa_train

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = f".{path.name}.{os.getpid()}"
    data = [str(root / "nlu"), str(root / "stories")]
    domain, config = str(root / "domain"), str(root / "config.yml")
    result = rasa_train(
        domain, config, data, str(path.parent), force_training=True, fixed_model_name=unfinished
    )
    if result.code != 0 or result.model is None:
        raise DialogueError(f"rasa train ended with {result.code}")
    os.replace(result.model, path)


def _train_apart(root: Path, path: Path) -> None:
    """Rasa and TensorFlow stay out of the caller; what they print is shown only when training fails."""
    command = [sys.executable, "-m", "connectors.dialogue.training", str(root), str(path)]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
    if done.returncode != 0 or not path.is_file():
        print((done.stdout + done.stderr)[-4000:], file=sys.stderr)
        raise DialogueError(f"training the dialogue model failed with {done.returncode}")


def _sources(root: Path) -> Iterator[Path]:
    found = {path for pattern in SOURCES for path in root.glob(pattern) if path.is_file()}
    return iter(sorted(path for path in found if "__pycache__" not in path.parts))


def _remove_old(models_dir: Path, current: Path) -> None:
    models = sorted(models_dir.glob(f"{PREFIX}*.tar.gz"), key=lambda path: path.stat().st_mtime)
    for path in models[:-KEPT]:
        if path != current:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]))
