"""The coded fields of a referral record; nothing in it is free text (the province's plan, part III.4; NĐ 56/2017)."""

from enum import StrEnum


class AgeBand(StrEnum):
    """Age as far as it may be known. 16 and 17 are counted apart: no longer "trẻ em" in law, served the same."""

    UNDER_6 = "<6"
    FROM_6 = "6-10"
    FROM_11 = "11-13"
    FROM_14 = "14-15"
    FROM_16 = "16-17"
    ADULT = ">=18"
    UNKNOWN = "unknown"


class Sex(StrEnum):
    """As the person says it, or unknown; never asked by the bot."""

    GIRL = "girl"
    BOY = "boy"
    UNKNOWN = "unknown"


class Platform(StrEnum):
    """Where it happened online; ``none`` when it did not."""

    ZALO = "zalo"
    FACEBOOK = "facebook"
    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    TELEGRAM = "telegram"
    GAME = "game"
    OTHER = "other"
    NONE = "none"


class FormOfAbuse(StrEnum):
    """Luật Trẻ em 2016, Điều 4."""

    VIOLENCE = "bao_luc"
    EXPLOITATION = "boc_lot"
    SEXUAL_ABUSE = "xam_hai_tinh_duc"
    TRAFFICKING = "mua_ban"
    NEGLECT = "bo_roi_bo_mac"
    OTHER_HARM = "gay_ton_hai_khac"
    NONE = "khong"


class Answer(StrEnum):
    """Yes, no, or not known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """Cao, trung bình, thấp, as in Mẫu 02 and 06."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


class Relation(StrEnum):
    """The suspected person, by kind only."""

    RELATIVE = "relative"
    KNOWN_ADULT = "known_adult"
    PEER = "peer"
    ONLINE_STRANGER = "online_stranger"
    STRANGER = "stranger"
    UNKNOWN = "unknown"


class Consent(StrEnum):
    """Whether the child agreed to the referral; in danger one need not wait for the answer."""

    AGREED = "agreed"
    DECLINED = "declined"
    NOT_ASKED_DANGER = "not_asked_danger"


class Action(StrEnum):
    """What was done in the chat before passing on."""

    LISTENED = "listened"
    GAVE_111 = "gave_111"
    GAVE_113_115 = "gave_113_115"
    SAFETY_PLAN = "safety_plan"
    EVIDENCE_ADVICE = "evidence_advice"
    TAKEDOWN_ADVICE = "takedown_advice"


class Agency(StrEnum):
    """Who takes it on: a role, since offices change (domain of focal points comes with its own table)."""

    HOTLINE_111 = "hotline_111"
    POLICE = "police"
    COMMUNE = "commune"
    HEALTH = "health"
    SCHOOL_COUNSELLOR = "school_counsellor"
    SOCIAL_CENTRE = "social_centre"


class Status(StrEnum):
    """The stages of NĐ 56/2017 and the ways out of them."""

    NEW = "new"
    TRIAGED = "triaged"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    EMERGENCY_ACTION = "emergency_action"
    ASSESSED = "assessed"
    PLANNED = "planned"
    APPROVED = "approved"
    IN_PROGRESS = "in_progress"
    REVIEWED = "reviewed"
    CLOSED = "closed"
    DECLINED_BY_CHILD = "declined_by_child"
    UNREACHABLE = "unreachable"
    RETURNED_WRONG_AGENCY = "returned_wrong_agency"
    DUPLICATE = "duplicate"
