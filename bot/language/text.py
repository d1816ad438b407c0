"""The two spellings every rule starts from: composed text, and text without any diacritics."""

import unicodedata

_FOLD = {ord("đ"): "d", ord("Đ"): "d"}


def nfc(text: str) -> str:
    """Compose letters and marks, so that one written word is one sequence of code points."""
    return unicodedata.normalize("NFC", text)


def storable(text: str) -> str:
    """Text that can be sealed and stored: half an emoji cannot be UTF-8, and NUL ends a text in PostgreSQL."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def fold(text: str) -> str:
    """Lower-case without tone marks, vowel marks or the bar of đ ("Đừng Sợ" -> "dung so")."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.translate(_FOLD).lower()
