"""The closing form: what it offers for a case, and what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import BadInput
from bot.escalation.cases import Closing
from bot.escalation.states import Outcome, ReferReason
from bot.referrals import ReferralForm
from bot.referrals.codes import Action, Agency, Answer, FormOfAbuse, Level, Platform, Relation
from bot.referrals.form import FORM_OF_ABUSE, read_form
from bot.storage.tables import CaseRow, ConversationRow
from bot.triage.assessment import Category, Risk

Posted = Mapping[str, str | Sequence[str]]

# Erasing has its own path; a person does not choose it as the end of a talk.
OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.ERASED)
YES_REASONS = (ReferReason.AGREED, ReferReason.DANGER)
NO_REASONS = tuple(reason for reason in ReferReason if reason not in YES_REASONS)

SEXUAL = frozenset({Category.SEXUAL_ABUSE, Category.GROOMING, Category.SEXTORTION, Category.IMAGE_ABUSE})
# From domain rules: bullying goes to the school's counsellor, scams to the police, distress to health care.
AGENCY = {
    Category.BULLYING: Agency.SCHOOL_COUNSELLOR,
    Category.SCAM_PRIVACY: Agency.POLICE,
    Category.EXPLOITATION: Agency.POLICE,
    Category.MISSING: Agency.POLICE,
    Category.SELF_HARM: Agency.HEALTH,
    Category.DISTRESS: Agency.HOTLINE_111,
    Category.NEGLECT: Agency.COMMUNE,
}
RELATION = {
    Category.BULLYING: Relation.PEER,
    Category.GROOMING: Relation.ONLINE_STRANGER,
    Category.SEXTORTION: Relation.ONLINE_STRANGER,
}


@dataclass(frozen=True)
class Decision:
    """What the counsellor decided; ``referral`` only when the case is passed on."""

    closing: Closing
    referral: ReferralForm | None


@dataclass(frozen=True)
class Defaults:
    """What the form starts with; the counsellor corrects it. Consent is never filled in beforehand."""

    referred_to: Agency
    form_of_abuse: FormOfAbuse
    danger_now: Answer
    severity: Level
    age_band: str
    perpetrator_relation: Relation
    online_platform: tuple[Platform, ...] = ()
    sex: str = "unknown"
    perpetrator_access: Level = Level.UNKNOWN
    actions_done: tuple[Action, ...] = field(default=(Action.GAVE_111,))


def defaults(case: CaseRow, conversation: ConversationRow | None) -> Defaults:
    """Sensible first answers by harm and risk."""
    category, risk = Category(case.category), Risk(case.risk)
    return Defaults(
        referred_to=AGENCY.get(category, Agency.HOTLINE_111),
        form_of_abuse=FORM_OF_ABUSE.get(category, FormOfAbuse.NONE),
        danger_now=Answer.YES if risk is Risk.EMERGENCY else Answer.UNKNOWN,
        severity=Level.HIGH if risk >= Risk.HIGH else Level.MEDIUM,
        # The writer's own age says nothing of the child that another person reports.
        age_band=conversation.age_band if conversation and case.about == "self" else "unknown",
        perpetrator_relation=RELATION.get(category, Relation.UNKNOWN),
    )


def read_decision(posted: Posted) -> Decision:
    """Read the posted form; raises ``BadInput`` naming the field that is missing or unknown."""
    refer = str(posted.get("refer") or "")
    if refer not in {"yes", "no"}:
        raise BadInput("refer: yes or no is required")
    reason = posted.get("refer_reason_yes" if refer == "yes" else "refer_reason_no")
    try:
        outcome = Outcome(str(posted.get("outcome") or ""))
        closing = Closing(outcome, refer == "yes", ReferReason(str(reason or "")))
    except ValueError:
        raise BadInput("outcome or reason: not one of the codes") from None
    if outcome not in OUTCOMES or (outcome is Outcome.REFERRED and not closing.refer):
        raise BadInput("outcome: does not fit the decision")
    return Decision(closing, read_form(posted) if closing.refer else None)
