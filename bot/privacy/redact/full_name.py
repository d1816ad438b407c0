"""Family name, middle names, given name. Source: surnames of Kinh, Tày, Nùng, Mông, Dao people (names.txt)."""

import re
from functools import lru_cache

from bot.privacy.redact.spans import Span, SpanType
from bot.privacy.redact.views import TextViews, Token, fold
from bot.privacy.redact.wordlists import loose_names, names


def find(views: TextViews) -> list[Span]:
    """Names that start with a surname; people of history, song and screen stay."""
    spans, at = [], 0
    tokens = views.tokens
    while at < len(tokens):
        length = length_at(views, at)
        if length and not famous_at(views, tokens[at].start):
            spans.append(Span(tokens[at].start, tokens[at + length - 1].end, SpanType.PERSON))
        at += length or 1
    return spans


def length_at(views: TextViews, at: int) -> int:
    """How many words the full name starting at ``at`` has; 0 where there is none."""
    first = views.tokens[at]
    if first.lower not in (
        names("surname") if views.marked and not first.unmarked else loose_names("surname")
    ):
        return 0
    run = _run(views, at)
    if len(run) < 2:
        return 0
    if views.capitals_mean_names and _is_capital(first) and _is_capital(run[1]):
        return _titled_length(run)
    return _small_length(run)


def length_after_cue(views: TextViews, at: int, *, introduced: bool, sure: bool) -> int:
    """The same behind a cue, where three words without marks are enough: "ban lo thi may", "ten dang gia bao"."""
    run = _run(views, at)
    if (
        len(run) < 3
        or run[0].lower not in loose_names("surname")
        or (run[0].bare in _NO_SURNAME and not introduced)
    ):
        return 0
    marker = run[1].bare in ("thi", "van") or (run[1].bare == "a" and sure)
    if not marker and not sure:
        return 0
    known = marker or (run[1].lower in loose_names("middle") and run[1].lower not in loose_names("stop"))
    return 3 if (known or (introduced and _is_given(run[1].lower))) and _is_given(run[2].lower) else 0


def _run(views: TextViews, at: int) -> list[Token]:
    run = [views.tokens[at]]
    for token in views.tokens[at + 1 : at + 5]:
        if not token.joined:
            break
        run.append(token)
    return run


def _titled_length(run: list[Token]) -> int:
    length = 0
    while length < len(run) and _is_capital(run[length]):
        length += 1
    return 0 if _is_place(run[:length]) else length


def _is_capital(token: Token) -> bool:
    return token.titled or token.shouted


def _small_length(run: list[Token]) -> int:
    """Small letters need more: a middle name before a given one, or a surname that is nothing else."""
    surname, second = run[0], run[1]
    if len(run) > 2 and _is_middle(surname, second, run[2]):
        third = run[2].lower
        longer = len(run) > 3 and third in loose_names("middle") and _is_given(run[3].lower)
        return 4 if longer else 3
    if (
        _is_telling(surname)
        and _is_given(second.lower)
        and second.bare not in _NOT_GIVEN
        and not (surname.unmarked and second.bare in _everyday())
    ):
        return 2
    return 0


def _is_middle(surname: Token, second: Token, third: Token) -> bool:
    if second.lower in ("thị", "văn"):
        return third.lower not in names("stop") or _is_given(third.lower)
    if second.lower == "a" and surname.lower in loose_names("surname"):
        return _is_given(third.lower) and third.bare not in _everyday()
    if second.bare in ("thi", "van") and surname.bare not in _NO_SURNAME:
        plain = third.bare not in _everyday() and third.lower not in loose_names("stop")
        return _is_given(third.lower) and (_is_telling(surname) or plain)
    known = second.lower in loose_names("middle") and _is_given(third.lower)
    return known and _is_telling(surname)


_NOT_GIVEN = frozenset("thi van a anh tu to nguyen dang".split())
_NO_SURNAME = frozenset("khong dang ma la vo do ho to vi ban cu cao so".split())


def _is_telling(surname: Token) -> bool:
    """Whether the surname, as typed, is hardly ever another word."""
    if surname.unmarked:
        return surname.lower in names("bare surname clear") and surname.lower in _lone_surnames()
    return surname.lower in names("surname") and fold(surname.lower) in _lone_surnames()


@lru_cache(maxsize=1)
def _lone_surnames() -> frozenset[str]:
    return frozenset("nguyen huynh trinh phung hoang tran".split())


def _is_given(word: str) -> bool:
    return word in loose_names("distinct") or word in loose_names("clear")


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    return names("everyday bare")


@lru_cache(maxsize=1)
def _famous() -> re.Pattern[str]:
    known = "|".join(sorted((fold(name) for name in names("famous")), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{known})(?!\w)")


def famous_at(views: TextViews, at: int) -> bool:
    """Whether the word at this letter belongs to a name that everybody knows from school or the screen."""
    return any(found.start() <= at < found.end() for found in _famous().finditer(views.bare))


_PLACES = frozenset(
    "ha noi|ha giang|ha nam|ha tinh|ha dong|hai phong|ha long|ho chi minh|ho guom|lang son|lao cai|lam dong|la chan|bac kan|dong nai|dong thap|"
    "quang ninh|thai nguyen|cao bang|tay ninh|lai chau|an giang|kien giang|hau giang|tien giang|vinh phuc|vinh long|ninh binh|ca mau|"
    "hoa an|hoa binh|lien quan|lien quan mobile|vi et nam|ha lang|ha quang|mai chau|truong sa|hoang sa|truong hoc|hoc vien".split(
        "|"
    )
)


def _is_place(run: list[Token]) -> bool:
    return " ".join(token.bare for token in run) in _PLACES
