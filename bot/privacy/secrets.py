"""The installation's own secrets: files in ``<home>/secrets``, readable by their owner alone."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigError

KEY_BYTES = 32
NAMES = ("service", "pseudonym", "spool")


@dataclass(frozen=True, repr=False)
class Secrets:
    """32 random bytes each. ``previous_pseudonym`` is set while the pseudonym key is being changed."""

    service: bytes
    pseudonym: bytes
    spool: bytes
    previous_pseudonym: bytes | None = None


def create_secrets(folder: Path) -> None:
    """Make the keys that are missing; never replaces one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in NAMES:
        path = folder / f"{name}.key"
        if not path.exists():
            _write_private(path, secrets.token_bytes(KEY_BYTES))


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def load_secrets(folder: Path) -> Secrets:
    """Read the keys; one that is missing, short or readable by others raises ``ConfigError`` naming it."""
    previous = folder / "pseudonym.previous.key"
    return Secrets(
        service=_read_key(folder / "service.key"),
        pseudonym=_read_key(folder / "pseudonym.key"),
        spool=_read_key(folder / "spool.key"),
        previous_pseudonym=_read_key(previous) if previous.exists() else None,
    )


def _read_key(path: Path) -> bytes:
    if not path.exists():
        raise ConfigError(f"secret {path.name} is missing in {path.parent.name}/: run ./lachan up to make it")
    if path.stat().st_mode & 0o077:
        raise ConfigError(f"secret {path.name} can be read by others: chmod 600 {path.name}")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ConfigError(f"secret {path.name} holds {len(key)} bytes, expected {KEY_BYTES}")
    return key
