"""Find which lexicon entries a view holds, running only the cues whose rare words are there."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.language.pattern import Pattern
from bot.language.view import View
from bot.triage.lexicon_file import Entry, Lexicon, read_lexicon

_NEAR = 160
# Without diacritics most short syllables have several meanings, so a far-flung match is chance.
_PLAIN_SPAN = 10


@dataclass(frozen=True)
class Match:
    """One cue of one entry, at ``start:end`` of the view's text."""

    entry: Entry
    start: int
    end: int


class Matcher:
    """A lexicon made ready to search; cues compile when they are first needed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._index: dict[str, list[tuple[Entry, Pattern]]] = defaultdict(list)
        for entry in lexicon.entries:
            for cue in entry.cues:
                for word in cue.needs[0]:
                    self._index[word].append((entry, cue))

    def matches(self, view: View) -> Iterator[Match]:
        """Every match of every entry, second cues and cancelling cues already asked for."""
        tried: set[int] = set()
        for word in view.words & self._index.keys():
            for entry, cue in self._index[word]:
                if id(cue) not in tried:
                    tried.add(id(cue))
                    if held := view.holding(cue.needs):
                        yield from self._entry(view, entry, cue, held)

    def frames(self, view: View, name: str) -> list[tuple[int, int]]:
        """Where one kind of frame stands in the view."""
        found = []
        for pattern in self.lexicon.frames[name]:
            if held := view.holding(pattern.needs):
                found += [match.span() for match in self._found(view, pattern, held)]
        return found

    def compile_all(self) -> None:
        """Compile every cue and frame now, so that no message waits for it."""
        patterns = [pattern for lines in self.lexicon.frames.values() for pattern in lines]
        for entry in self.lexicon.entries:
            patterns += [*entry.cues, *entry.within, *entry.unless]
        for pattern in patterns:
            self._regex(pattern)

    def _entry(self, view: View, entry: Entry, cue: Pattern, held: int) -> Iterator[Match]:
        text, plain = view.text, view.is_plain
        for found in self._found(view, cue, held):
            if entry.within and not self._near(text, entry.within, *found.span()):
                continue
            if entry.unless and self._in_sentence(text, entry.unless, *found.span()):
                continue
            if plain and found.group().count(" ") > _PLAIN_SPAN:
                continue
            yield Match(entry, *found.span())

    def _found(self, view: View, pattern: Pattern, held: int) -> Iterator[re.Match[str]]:
        regex = self._regex(pattern)
        if pattern.starts is None:
            yield from regex.finditer(view.text)
            return
        for word in pattern.starts & view.words:
            for place, sentence_bit in view.places[word]:
                if sentence_bit & held and (found := regex.match(view.text, place)):
                    yield found

    def _near(self, text: str, patterns: tuple[Pattern, ...], start: int, end: int) -> bool:
        low, high = max(0, start - _NEAR), end + _NEAR
        return any(self._regex(pattern).search(text, low, high) for pattern in patterns)

    def _in_sentence(self, text: str, patterns: tuple[Pattern, ...], start: int, end: int) -> bool:
        low, high = sentence(text, start, end)
        return any(self._regex(pattern).search(text, low, high) for pattern in patterns)

    def _regex(self, pattern: Pattern) -> re.Pattern[str]:
        known = self._compiled.get(pattern.regex)
        if known is None:
            known = self._compiled[pattern.regex] = re.compile("(?<= )" + pattern.regex)
        return known


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the sentence or sentences that hold the slice."""
    low = max(text.rfind(" . ", 0, start), text.rfind(" ? ", 0, start), 0)
    ends = [at for at in (text.find(" . ", end - 1), text.find(" ? ", end - 1)) if at >= 0]
    return low, min(ends) + 3 if ends else len(text)


@lru_cache(maxsize=1)
def matcher() -> Matcher:
    """The shipped lexicon, read once."""
    return Matcher(read_lexicon())
