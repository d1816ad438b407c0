"""Fitting takes seconds, reading the result takes milliseconds: one checked file for one set of lessons."""

import hashlib
import os
import tempfile
from pathlib import Path

KEPT = 3


def read_fitted(path: Path) -> bytes | None:
    """The file's bytes with its own check sum taken off; a damaged or foreign file counts as missing."""
    try:
        if path.stat().st_uid != os.getuid():
            return None
        data = path.read_bytes()
    except OSError:
        return None
    body, check = data[:-32], data[-32:]
    return body if body and hashlib.sha256(body).digest() == check else None


def write_fitted(path: Path, body: bytes) -> None:
    """Write beside and rename, so that a second process never reads half a file; mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".fitted-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body + hashlib.sha256(body).digest())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def forget_old(current: Path, pattern: str) -> None:
    """Keep ``current`` and the two newest others of its kind."""
    others = [path for path in current.parent.glob(pattern) if path != current]
    for path in sorted(others, key=lambda other: other.stat().st_mtime)[: -(KEPT - 1)]:
        path.unlink(missing_ok=True)
