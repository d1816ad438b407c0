"""The helpline's fixed sentences as domain/responses holds them, each checked as it is read."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import ContentError
from bot.messages import Button, Reply
from bot.triage.assessment import Category, Risk, Teller

CRISIS_FILE = "crisis.yml"
FILES = (CRISIS_FILE, "system.yml", "english.yml")
PAYLOADS = frozenset(
    {
        "safety:safe",
        "safety:unsafe",
        "safety:mistake",
        "call:cannot",
        "want:person",
        "want:next",
        "want:heard",
        "human:yes",
        "human:no",
        "check:self",
        "check:other",
        "check:no",
        "talk:ok",
        "talk:later",
        "word:skip",
        "erase:confirm",
        "erase:cancel",
        "breathe",
        "role:child",
        "role:parent",
        "role:teacher",
        "role:other",
    }
)
SLOTS = frozenset({"place", "hours", "code"})
NUMBERS = frozenset({"111", "113", "115"})
RAISED = "raised"
ANY = "any"
PREVIEW = 40
# What a lock screen must not show after a disclosure; syllables are matched whole.
TELLING = (
    r"111|113|115|an toàn|tư vấn|công an|cấp cứu|mình tin|(?<!xin )lỗi|xâm hại|đánh|ảnh|video|chết|"
    "tự tử|nguy hiểm|bí mật|kể|sợ|giúp(?! mình)|cứu|đau|chạm|doạ|dọa|tiền|bắt|gặp|trốn|khóc|buồn|báo|trực|hàng chờ|"
    "trẻ em|người thật|người lớn|gấp|xoá|xóa|bị thương|"
    "safe|unsafe|safety|danger|police|ambulance|abuse[ds]?|hurt|hit|beat|photos?|pictures?|die|dead|suicide|secrets?|"
    "scared|afraid|save|pain|touch(?:ed)?|threat\\w*|money|cry|sad|counsell?ors?|hotline|delete[ds]?|urgent|believe|fault"
)
_TELLING = re.compile(rf"(?<!\w)(?:{TELLING})(?!\w)")
SLOT = re.compile(r"\{(\w*)\}")
# "em" as the person spoken to; "trẻ em" is the one compound the texts use.
_EM = re.compile(r"(?<!\w)(?<!trẻ )em(?!\w)")


class Voice(StrEnum):
    """The suffix of a template id: how the person is spoken to."""

    CHILD = ""
    YOUNG = "__young"
    UNKNOWN = "__unknown"
    ADULT = "__adult"
    TEACHER = "__teacher"
    ENGLISH = "__en"


_SUFFIXES = tuple(voice for voice in Voice if voice)


@dataclass(frozen=True)
class Template:
    """One sentence or message as it is sent; ``risk`` is empty for everything but crisis replies."""

    id: str
    reply: Reply
    voice: Voice
    file: str
    reviewer: str = ""
    hidden: bool = False
    teller: Teller = Teller.UNKNOWN
    risk: str = ""
    categories: tuple[str, ...] = field(default=())


def read_templates(folder: Path) -> dict[str, Template]:
    """All templates by id; raises ``ContentError`` quoting file, key and fault."""
    templates: dict[str, Template] = {}
    for name in FILES:
        for template in _read_file(folder / name):
            if template.id in templates:
                raise ContentError(f"{name}: {template.id}: the key stands in two files")
            templates[template.id] = template
    _check_voices(templates)
    return templates


def preview(text: str) -> str:
    """What a lock screen may show: the first forty characters, to the end of the last word."""
    flat = " ".join(text.split())
    rest = re.match(r"\w*", flat[PREVIEW:])
    return flat[:PREVIEW] + (rest[0] if rest else "")


def _read_file(path: Path) -> Iterator[Template]:
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError) as error:
        raise ContentError(f"{path.name}: cannot be read as YAML") from error
    responses = content.get("responses") if isinstance(content, dict) else None
    if not isinstance(responses, dict) or not responses:
        raise ContentError(f"{path.name}: responses: a mapping of keys is required")
    for key, variants in responses.items():
        yield _read_template(path.name, str(key), variants)


def _read_template(file: str, key: str, variants: Any) -> Template:
    where = f"{file}: {key}"
    if not isinstance(variants, list) or len(variants) != 1 or not isinstance(variants[0], dict):
        raise ContentError(f"{where}: exactly one text is required, variants are keys of their own")
    entry = variants[0]
    metadata = entry.get("metadata") or {}
    if not isinstance(metadata.get("reviewer"), str) or not isinstance(metadata.get("sources"), list):
        raise ContentError(f"{where}: metadata needs reviewer (a text, may be empty) and sources (a list)")
    template = Template(
        id=key,
        reply=Reply(_text(where, entry), _buttons(where, entry.get("buttons") or [])),
        voice=next((voice for voice in _SUFFIXES if key.endswith(voice)), Voice.CHILD),
        file=file,
        reviewer=metadata["reviewer"].strip(),
        hidden=bool(metadata.get("hidden", False)),
        **_scene(where, metadata),
    )
    _check_text(where, template)
    return template


def _text(where: str, entry: Mapping[str, Any]) -> str:
    text = unicodedata.normalize("NFC", str(entry.get("text") or "")).strip()
    if not text:
        raise ContentError(f"{where}: text is empty")
    return text


def _buttons(where: str, entries: Any) -> tuple[Button, ...]:
    for entry in entries:
        if entry.get("payload") not in PAYLOADS:
            raise ContentError(f"{where}: payload {entry.get('payload')!r} is not one of PAYLOADS")
        if not str(entry.get("title") or "").strip():
            raise ContentError(f"{where}: a button without title")
    return tuple(Button(unicodedata.normalize("NFC", entry["title"]), entry["payload"]) for entry in entries)


def _scene(where: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    if "risk" not in metadata:
        return {}
    risk, categories = metadata["risk"], tuple(metadata.get("categories") or ())
    if risk not in {Risk.HIGH.code, Risk.EMERGENCY.code, RAISED}:
        raise ContentError(f"{where}: risk {risk!r} is not high, emergency or raised")
    if not categories or not set(categories) <= {ANY, *Category}:
        raise ContentError(f"{where}: categories must be a list of known ones, or [any]")
    if metadata.get("teller") not in list(Teller):
        raise ContentError(f"{where}: teller {metadata.get('teller')!r} is unknown")
    return {"risk": risk, "categories": categories, "teller": Teller(metadata["teller"])}


def _check_text(where: str, template: Template) -> None:
    text = template.reply.text
    unknown = set(SLOT.findall(text)) - SLOTS
    if unknown:
        raise ContentError(f"{where}: slot {min(unknown)!r} is not one of {sorted(SLOTS)}")
    others = set(re.findall(r"\d+", text)) - NUMBERS
    if others:
        raise ContentError(f"{where}: number {min(others)} is not 111, 113 or 115")
    seen = text if template.hidden else preview(text)
    telling = _TELLING.search(seen.lower())
    if telling:
        raise ContentError(f"{where}: {telling[0]!r} could be read on a lock screen")


def _check_voices(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        says_em = bool(_EM.search(template.reply.text.lower()))
        where = f"{template.file}: {template.id}"
        if says_em and template.voice not in {Voice.CHILD, Voice.YOUNG}:
            raise ContentError(f"{where}: says em to somebody who may be no child")
        if says_em and template.voice is Voice.CHILD and template.id + Voice.UNKNOWN not in templates:
            raise ContentError(f"{where}: says em, so a key with {Voice.UNKNOWN} is required")
