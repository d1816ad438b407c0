"""Runs of digits as people type them, shared by the recognisers of phones, papers and bank accounts."""

import re

GAP = r"[\s.\-–_*()\u200b\u20e3\ufe0f]{0,3}"

# Numbers that are printed on posters: hiding them would hide help.
PUBLIC_NUMBERS = frozenset({"0963061414", "0796863111", "18001567", "19001567", "1900969680", "19006767"})

_GAME = re.compile(
    r"(?<!\w)(?:u?id|idgame|id game|ff|free fire|roblox|game|nick|acc|zing|garena|pubg|discord)(?!\w)[^\d\n]{0,25}\Z"
)

_LOOKALIKES = str.maketrans({"o": "0", "l": "1", "i": "1", "ò": "0"})


def only_digits(run: str) -> str:
    """The digits of a run, with o read as 0 and l or i as 1."""
    return re.sub(r"\D", "", run.translate(_LOOKALIKES))


def is_public(digits: str) -> bool:
    """Hotlines, and the paid and free service prefixes 1900 and 1800."""
    return digits in PUBLIC_NUMBERS or (digits[:4] in ("1900", "1800") and len(digits) <= 10)


def follows_game_cue(bare: str, start: int) -> bool:
    """Whether the run starting here was announced as a game's or a network's id."""
    return bool(_GAME.search(bare, max(0, start - 40), start))
