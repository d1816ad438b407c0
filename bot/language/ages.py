"""The writer's own age, where they say it."""

import re

from bot.language.text import fold, nfc

# Folded text. "em gái em 5 tuổi" is somebody else's age, so the pronoun must stand right before the number.
_SELF = r"(?<!cua )(?<!gai )(?<!trai )(?<!ban )\b(?:em|con|chau|minh|to|e|c|m)"
_YEARS = re.compile(_SELF + r"(?: nam nay| moi| duoc| chi| da| la)* (\d{1,2}) ?(?:tuoi|t)\b")
_GRADE = re.compile(_SELF + r"(?: dang| moi| vua| hien)* (?:hoc )?(?:lop|lp) ?(\d{1,2})(?!\d)")
_BANDS = ((6, "<6"), (11, "6-10"), (14, "11-13"), (16, "14-15"), (18, "16-17"))


def infer_age_band(text: str) -> str | None:
    """The band of the age or school year that the writer names as their own, else ``None``."""
    folded = fold(nfc(text))
    if years := _YEARS.search(folded):
        return _band(int(years[1]))
    if grade := _GRADE.search(folded):
        return _band(int(grade[1]) + 5) if 1 <= int(grade[1]) <= 12 else None
    return None


def _band(age: int) -> str | None:
    if not 3 <= age <= 99:
        return None
    return next((band for limit, band in _BANDS if age < limit), ">=18")
