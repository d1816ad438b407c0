"""Sealing (only the holder of a private key reads) and locking (the service reads until it wipes).

Primitives are libsodium's through PyNaCl: sealed box (X25519, XSalsa20-Poly1305), secret box, Argon2id.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from bot.errors import LaChanError

SALT_BYTES = pwhash.argon2id.SALTBYTES


class SealBroken(LaChanError):
    """The key does not fit, or the sealed bytes were altered."""


@dataclass(frozen=True, repr=False)
class KeyPair:
    """An X25519 pair, 32 bytes each."""

    public: bytes
    private: bytes

    @classmethod
    def generate(cls) -> "KeyPair":
        key = PrivateKey.generate()
        return cls(public=bytes(key.public_key), private=bytes(key))


def seal(public: bytes, data: bytes) -> bytes:
    """Encrypt so that not even the writer can read it back."""
    return bytes(SealedBox(PublicKey(public)).encrypt(data))


def unseal(private: bytes, sealed: bytes) -> bytes:
    """Open what was sealed to ``private``'s public half; raises ``SealBroken``."""
    try:
        return bytes(SealedBox(PrivateKey(private)).decrypt(sealed))
    except CryptoError:
        raise SealBroken("a sealed record does not open with this key") from None


def lock(key: bytes, data: bytes) -> bytes:
    """Encrypt under a shared 32-byte key."""
    return bytes(SecretBox(key).encrypt(data))


def unlock(key: bytes, locked: bytes) -> bytes:
    """Raises ``SealBroken`` when the key is another one or a byte was changed."""
    try:
        return bytes(SecretBox(key).decrypt(locked))
    except CryptoError:
        raise SealBroken("a locked record does not open with this key") from None


def lock_json(key: bytes, value: Any) -> bytes:
    return lock(key, json.dumps(value, ensure_ascii=False).encode())


def unlock_json(key: bytes, locked: bytes) -> Any:
    return json.loads(unlock(key, locked))


def password_key(password: str, salt: bytes) -> bytes:
    """A 32-byte key from a password: Argon2id at libsodium's interactive cost (64 MiB)."""
    return pwhash.argon2id.kdf(
        SecretBox.KEY_SIZE,
        password.encode(),
        salt,
        opslimit=pwhash.argon2id.OPSLIMIT_INTERACTIVE,
        memlimit=pwhash.argon2id.MEMLIMIT_INTERACTIVE,
    )


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def hash_password(password: str) -> str:
    """Argon2id in the usual ``$argon2id$`` form."""
    return pwhash.argon2id.str(password.encode()).decode()


def password_matches(stored: str, password: str) -> bool:
    try:
        return bool(pwhash.argon2id.verify(stored.encode(), password.encode()))
    except CryptoError:
        return False
