"""Writing and listing anonymised referral records. A record names no case, conversation or person."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.escalation.codes import new_code
from bot.referrals.codes import Answer, Status
from bot.referrals.form import ReferralForm
from bot.storage.tables import CaseRow, ReferralEventRow, ReferralRow
from bot.triage.assessment import Role

# NĐ 56/2017 Điều 31: emergency measures within 12 hours of receiving the information; else the plan's
# five working days, counted by whoever takes it on. Local settings may be stricter.
EMERGENCY_WITHIN = timedelta(hours=12)


def write_referral(
    session: Session, form: ReferralForm, case: CaseRow, role: Role, now: datetime
) -> ReferralRow:
    """Write the record; its time is rounded to the hour so that it cannot be matched with a chat."""
    row = ReferralRow(
        ref_code=new_code("CG"),
        created_at=_hour(now),
        kind=case.kind,
        channel=case.channel,
        reporter_role=role,
        about_self=case.about,
        age_band=form.age_band,
        sex=form.sex,
        commune_code=form.commune_code,
        risk_type=[case.category],
        online_platform=list(form.online_platform),
        form_of_abuse=form.form_of_abuse,
        danger_now=form.danger_now,
        perpetrator_access=form.perpetrator_access,
        perpetrator_relation=form.perpetrator_relation,
        severity=form.severity,
        consent_state=form.consent_state,
        actions_done=list(form.actions_done),
        referred_to=form.referred_to,
        sla_due=_hour(now) + EMERGENCY_WITHIN if form.danger_now is Answer.YES else None,
        status=Status.NEW,
    )
    session.add(row)
    session.flush()
    session.add(
        ReferralEventRow(
            ref_code=row.ref_code, stage=Status.NEW, actor_role="counsellor", at=_hour(now), result="recorded"
        )
    )
    return row


def list_referrals(session: Session) -> list[ReferralRow]:
    """Newest first."""
    return list(
        session.scalars(select(ReferralRow).order_by(ReferralRow.created_at.desc(), ReferralRow.ref_code))
    )


def _hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
