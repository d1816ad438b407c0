"""Vietnamese as children type it: marks missing, teencode, masked words, regional words."""

from bot.language.ages import infer_age_band
from bot.language.answers import SafetyAnswer, read_safety_answer, says_danger
from bot.language.commands import Command, read_command
from bot.language.english import ENGLISH, VIETNAMESE, infer_language
from bot.language.roles import infer_role
from bot.language.text import fold, nfc, storable
from bot.language.view import View, view, views

__all__ = [
    "ENGLISH",
    "VIETNAMESE",
    "Command",
    "SafetyAnswer",
    "View",
    "fold",
    "infer_age_band",
    "infer_language",
    "infer_role",
    "nfc",
    "read_command",
    "read_safety_answer",
    "says_danger",
    "storable",
    "view",
    "views",
]
