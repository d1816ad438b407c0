"""Text and conversation in, an assessment out. Pure: reads nothing but its own data files, stores nothing."""

from bot.triage.assessment import About, Assessment, Category, Hit, Risk, Role, Teller
from bot.triage.judgement import assess
from bot.triage.model import TriageModel
from bot.triage.state import START, ConversationState
from bot.triage.warming import warm_up

__all__ = [
    "START",
    "About",
    "Assessment",
    "Category",
    "ConversationState",
    "Hit",
    "Risk",
    "Role",
    "Teller",
    "TriageModel",
    "assess",
    "warm_up",
]
