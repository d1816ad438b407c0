"""What a counsellor decides when referring, with defaults from the harm."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from bot.errors import BadInput
from bot.referrals.codes import (
    Action,
    AgeBand,
    Agency,
    Answer,
    Consent,
    FormOfAbuse,
    Level,
    Platform,
    Relation,
    Sex,
)
from bot.triage.assessment import Category

Code = TypeVar("Code", bound=StrEnum)

COMMUNES = Path(__file__).parent / "communes.csv"

FORM_OF_ABUSE = {
    Category.SEXUAL_ABUSE: FormOfAbuse.SEXUAL_ABUSE,
    Category.GROOMING: FormOfAbuse.SEXUAL_ABUSE,
    Category.SEXTORTION: FormOfAbuse.SEXUAL_ABUSE,
    Category.IMAGE_ABUSE: FormOfAbuse.SEXUAL_ABUSE,
    Category.PHYSICAL_VIOLENCE: FormOfAbuse.VIOLENCE,
    Category.EMOTIONAL_ABUSE: FormOfAbuse.VIOLENCE,
    Category.BULLYING: FormOfAbuse.VIOLENCE,
    Category.NEGLECT: FormOfAbuse.NEGLECT,
    Category.EXPLOITATION: FormOfAbuse.EXPLOITATION,
    Category.MISSING: FormOfAbuse.TRAFFICKING,
    Category.SCAM_PRIVACY: FormOfAbuse.OTHER_HARM,
}


@dataclass(frozen=True)
class ReferralForm:
    """Coded answers only; ``commune_code`` is one of the 56 of Cao Bằng, or ``None``."""

    referred_to: Agency
    consent_state: Consent
    form_of_abuse: FormOfAbuse = FormOfAbuse.NONE
    age_band: AgeBand = AgeBand.UNKNOWN
    sex: Sex = Sex.UNKNOWN
    commune_code: str | None = None
    online_platform: tuple[Platform, ...] = ()
    danger_now: Answer = Answer.UNKNOWN
    perpetrator_access: Level = Level.UNKNOWN
    perpetrator_relation: Relation = Relation.UNKNOWN
    severity: Level = Level.UNKNOWN
    actions_done: tuple[Action, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.commune_code is not None and self.commune_code not in communes():
            raise BadInput("commune_code: not a commune of Cao Bằng")


def read_form(given: Mapping[str, str | Sequence[str]]) -> ReferralForm:
    """Read posted values; raises ``BadInput`` naming the first field that is missing or unknown."""
    commune = given.get("commune_code") or None
    return ReferralForm(
        referred_to=_one(given, "referred_to", Agency),
        consent_state=_one(given, "consent_state", Consent),
        form_of_abuse=_one(given, "form_of_abuse", FormOfAbuse, "khong"),
        age_band=_one(given, "age_band", AgeBand, "unknown"),
        sex=_one(given, "sex", Sex, "unknown"),
        commune_code=str(commune) if commune else None,
        online_platform=_many(given, "online_platform", Platform),
        danger_now=_one(given, "danger_now", Answer, "unknown"),
        perpetrator_access=_one(given, "perpetrator_access", Level, "unknown"),
        perpetrator_relation=_one(given, "perpetrator_relation", Relation, "unknown"),
        severity=_one(given, "severity", Level, "unknown"),
        actions_done=_many(given, "actions_done", Action),
    )


def _one(given: Mapping[str, str | Sequence[str]], name: str, codes: type[Code], default: str = "") -> Code:
    value = given.get(name) or default
    try:
        return codes(value if isinstance(value, str) else "")
    except ValueError:
        raise BadInput(f"{name}: not one of the codes") from None


def _many(given: Mapping[str, str | Sequence[str]], name: str, codes: type[Code]) -> tuple[Code, ...]:
    values = given.get(name) or ()
    try:
        return tuple(codes(value) for value in ([values] if isinstance(values, str) else values))
    except ValueError:
        raise BadInput(f"{name}: not one of the codes") from None


@cache
def communes() -> dict[str, str]:
    """Code -> name of the 56 communes since 1 July 2025 (General Statistics Office's list)."""
    with COMMUNES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}
