"""Where a message begins after its greeting: to be polite must not make it less grave."""

from bot.language.phrases import begins_with, phrases
from bot.language.view import Token, View

_ENDS = frozenset({".", "?"})


def after_greeting(seen: View) -> tuple[Token, ...]:
    """The words after "dạ em chào chị ạ," and the like; all of them where nothing follows."""
    at = 1
    while found := begins_with(seen.text, at, phrases()["greeting"]) or seen.text.startswith(". ", at) * 2:
        at += found
    rest = seen.tokens_from(at)
    return rest if any(token.word not in _ENDS for token in rest) else seen.tokens
