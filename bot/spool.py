"""Where messages wait while the database is gone: one encrypted file each, named by a keyed hash."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bot.errors import StorageError
from bot.messages import InboundMessage, Kind
from bot.privacy.pseudonyms import keyed_hash
from bot.privacy.sealing import SealBroken, lock_json, unlock_json

SUFFIX = ".spool"


class Spool:
    """Keeps what could not be stored; a retry of the same message overwrites its file."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def put(self, message: InboundMessage, *, answered: bool) -> None:
        """Write the message to disk before returning; ``answered`` means the crisis reply went out already."""
        record = asdict(message) | {"sent_at": message.sent_at.isoformat(), "answered": answered}
        name = keyed_hash(self._key, message.channel, message.chat_id, message.message_id)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(self._folder / (name + SUFFIX), lock_json(self._key, record))
        except OSError as error:
            raise StorageError(f"spool refused a message: {type(error).__name__}") from error

    def _write(self, path: Path, data: bytes) -> None:
        temporary = path.with_suffix(".part")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def waiting(self) -> Iterator[tuple[Path, InboundMessage, bool]]:
        """Each spooled message, oldest file first, and whether it was answered; unreadable files are left."""
        for path in sorted(self._folder.glob("*" + SUFFIX), key=lambda path: path.stat().st_mtime_ns):
            try:
                record = unlock_json(self._key, path.read_bytes())
            except (SealBroken, OSError, ValueError):
                continue
            answered = bool(record.pop("answered"))
            record["sent_at"] = datetime.fromisoformat(record["sent_at"])
            record["kind"] = Kind(record["kind"])
            yield path, InboundMessage(**record), answered

    def count(self) -> int:
        return sum(1 for _ in self._folder.glob("*" + SUFFIX)) if self._folder.exists() else 0
