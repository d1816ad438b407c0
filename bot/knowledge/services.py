"""The directory of contacts. An article never writes a number; it names a row here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.knowledge.reading import Node, read_file
from bot.knowledge.topics import ROOT

ALWAYS = ("111", "113", "115")
PLACEHOLDER = re.compile(r"\{(phone|url)\.([a-z0-9_]+)\}")
_TEXTS = (
    "phone",
    "url",
    "hours",
    "cost",
    "audience",
    "area",
    "source",
    "mark",
    "status",
    "verified_by",
    "note",
)


@dataclass(frozen=True)
class Service:
    """One contact. ``mark`` is domain.md's; an operator, never a developer, fills ``verified_on``."""

    key: str
    name: str
    phone: str
    url: str
    hours: str
    cost: str
    mark: str
    status: str
    verified_on: date | None
    valid_to: date | None

    @property
    def is_always(self) -> bool:
        return self.key in ALWAYS

    @property
    def shows_phone(self) -> bool:
        """A number nobody has called is not given to a child; 111, 113 and 115 are known to everyone."""
        return bool(self.phone) and (self.is_always or (self.status == "on" and self.verified_on is not None))

    @property
    def shows_url(self) -> bool:
        """A page read in its own published source may be shown; an uncertain one waits for an operator."""
        known = self.mark == "V" or self.verified_on is not None
        return bool(self.url) and self.status == "on" and known


@dataclass(frozen=True)
class Directory:
    """All contacts by key."""

    services: Mapping[str, Service]

    def fill(self, text: str) -> str | None:
        """Put numbers and pages in place of placeholders; None if one of them may not be shown."""
        values = {
            found.group(0): self.value(found.group(1), found.group(2)) for found in PLACEHOLDER.finditer(text)
        }
        if any(value is None for value in values.values()):
            return None
        for placeholder, value in values.items():
            text = text.replace(placeholder, value or "")
        return text

    def value(self, kind: str, key: str) -> str | None:
        service = self.services[key]
        if kind == "phone":
            return service.phone if service.shows_phone else None
        return service.url if service.shows_url else None

    def stale(self, today: date, days: int = 90) -> tuple[str, ...]:
        """Keys whose last call is older than ``days``: the operator is warned, the contact stays."""
        limit = today - timedelta(days=days)
        return tuple(key for key, row in self.services.items() if row.verified_on and row.verified_on < limit)


def load_services(root: Path | None = None, today: date | None = None) -> Directory:
    """Read ``services.yml``; with ``today`` rows past their ``valid_to`` count as switched off."""
    base = root or ROOT
    rows = read_file(base / "services.yml", base).entries()
    services = {key: _service(key, node, today) for key, node in rows.items()}
    for key in ALWAYS:
        if key not in services or services[key].phone != key:
            raise Node("services.yml", key, services.get(key)).fault(f"a row {key} with phone {key}")
    return Directory(services)


def _service(key: str, node: Node, today: date | None) -> Service:
    fields = node.fields(
        required=("name_vi", "status", "mark"), optional=(*_TEXTS, "priority", "verified_on", "valid_to")
    )
    text = {name: fields[name].optional_text() if name in fields else "" for name in _TEXTS}
    days = {
        name: fields[name].optional_day() if name in fields else None for name in ("verified_on", "valid_to")
    }
    fields["mark"].one_of(("V", "V26", "GK", "U"))
    fields["status"].one_of(("on", "off", "unverified"))
    expired = today is not None and days["valid_to"] is not None and days["valid_to"] < today
    return Service(
        key=key,
        name=fields["name_vi"].text(),
        phone=text["phone"],
        url=text["url"],
        hours=text["hours"],
        cost=text["cost"],
        mark=text["mark"],
        status="off" if expired else text["status"],
        verified_on=days["verified_on"],
        valid_to=days["valid_to"],
    )
