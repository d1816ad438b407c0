"""The words every judgement of a message is made of; docs/triage.md defines each."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Risk(IntEnum):
    """How soon a person must act, in rising order, so that ``max`` picks the graver reading."""

    NONE = 0
    MEDIUM = 1
    HIGH = 2
    EMERGENCY = 3

    @property
    def code(self) -> str:
        """The lower-case word used in files, commands and the database."""
        return self.name.lower()

    @classmethod
    def parse(cls, code: str) -> "Risk":
        """Read ``code`` back; raises ``KeyError`` for an unknown word."""
        return cls[code.upper()]


class Category(StrEnum):
    """The one main harm."""

    SEXUAL_ABUSE = "sexual_abuse"
    GROOMING = "grooming"
    SEXTORTION = "sextortion"
    IMAGE_ABUSE = "image_abuse"
    PHYSICAL_VIOLENCE = "physical_violence"
    EMOTIONAL_ABUSE = "emotional_abuse"
    NEGLECT = "neglect"
    SELF_HARM = "self_harm"
    BULLYING = "bullying"
    EXPLOITATION = "exploitation"
    MISSING = "missing"
    SCAM_PRIVACY = "scam_privacy"
    HARMFUL_CONTENT = "harmful_content"
    DISTRESS = "distress"
    NONE = "none"


class About(StrEnum):
    """Whom the harm concerns."""

    SELF = "self"
    OTHER_CHILD = "other_child"
    ADULT = "adult"
    UNKNOWN = "unknown"


class Teller(StrEnum):
    """Who tells; it decides the wording of the reply, never the risk."""

    CHILD_HARMED = "child_harmed"
    CHILD_FOR_OTHER = "child_for_other"
    ADULT_REPORTING = "adult_reporting"
    WRITER_HARMS = "writer_harms"
    ADULT_HARMED = "adult_harmed"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """Who writes, by their own word or inferred."""

    CHILD = "child"
    PARENT = "parent"
    TEACHER = "teacher"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Hit:
    """One rule that fired. ``start`` and ``end`` are code points of the NFC text, end exclusive."""

    rule: str
    start: int
    end: int


@dataclass(frozen=True)
class Assessment:
    """The reading of one message in the light of the turns before it. Holds no text."""

    risk: Risk = Risk.NONE
    category: Category = Category.NONE
    about: About = About.UNKNOWN
    teller: Teller = Teller.UNKNOWN
    check_in: bool = False
    retraction: bool = False
    hits: tuple[Hit, ...] = field(default=())

    @property
    def is_urgent(self) -> bool:
        """Missing one of these is the worst error the system can make."""
        return self.risk >= Risk.HIGH

    @property
    def is_concern(self) -> bool:
        return self.risk >= Risk.MEDIUM

    @property
    def rules(self) -> tuple[str, ...]:
        """Rule ids that fired, first hit first, without repeats."""
        return tuple(dict.fromkeys(hit.rule for hit in self.hits))
