"""The anonymised record of what was passed on to whom."""

from bot.referrals.form import ReferralForm
from bot.referrals.records import list_referrals, write_referral

__all__ = ["ReferralForm", "list_referrals", "write_referral"]
