"""Ideas behind the words of a message, so that the model learns "adult, then touch" and not each wording."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import ContentError
from bot.language.syllable import bare, canonical

CONCEPTS = Path(__file__).with_name("concepts.yml")
# Two ideas are read together when at most so many words stand between them.
_REACH = 14
_NEAR = 5


@dataclass(frozen=True)
class _Phrase:
    """``words`` are bare; ``typed`` are canonical, with the marks that a text may lack but not contradict."""

    words: tuple[str, ...]
    typed: tuple[str, ...]
    strict: bool
    ideas: tuple[str, ...]


class Concepts:
    """The phrases of concepts.yml, ready to be found in canonical words."""

    def __init__(self, phrases: list[_Phrase]) -> None:
        self._by_first: Mapping[str, list[_Phrase]] = defaultdict(list)
        for phrase in phrases:
            self._by_first[phrase.words[0]].append(phrase)

    def features(self, typed: list[str], plain: list[str]) -> Iterator[tuple[str, int]]:
        """Each idea, and each ordered pair of near ones, with the place of the word it starts at.

        ``typed`` are the canonical words of a text, ``plain`` the same without marks.
        """
        found = [(place, idea) for place, phrase in self._found(typed, plain) for idea in phrase.ideas]
        for at, (place, idea) in enumerate(found):
            yield idea, place
            for later, other in found[at + 1 :]:
                if later - place > _REACH:
                    break
                if other != idea:
                    yield f"{idea}>{other}", place
                    if later - place <= _NEAR:
                        yield f"{idea}>>{other}", place

    def _found(self, typed: list[str], plain: list[str]) -> Iterator[tuple[int, _Phrase]]:
        for place, first in enumerate(plain):
            for phrase in self._by_first.get(first, ()):
                end = place + len(phrase.words)
                if tuple(plain[place:end]) == phrase.words and _agrees(typed[place:end], phrase):
                    yield place, phrase


def _agrees(typed: list[str], phrase: _Phrase) -> bool:
    """Whether no word carries marks other than the phrase's; missing marks are no contradiction."""
    if phrase.strict:
        return tuple(typed) == phrase.typed
    return all(word == meant or _lacks(word, meant) for word, meant in zip(typed, phrase.typed, strict=True))


@lru_cache(maxsize=8192)
def _lacks(word: str, meant: str) -> bool:
    letters, tone = _parted(word)
    wanted, wanted_tone = _parted(meant)
    if tone and tone != wanted_tone:
        return False
    return all(one == other or one == bare(other) for one, other in zip(letters, wanted, strict=False))


def _parted(word: str) -> tuple[str, str]:
    return (word[:-1], word[-1]) if word[-1] in "FSRJ" else (word, "")


def read_concepts(path: Path = CONCEPTS) -> Concepts:
    """Read and check the file; raises ``ContentError`` quoting the idea at fault."""
    try:
        loaded: Any = YAML(typ="safe").load(path)
    except (OSError, YAMLError) as fault:
        raise ContentError(f"{path.name}: cannot be read: {type(fault).__name__}") from fault
    phrases: list[_Phrase] = []
    for idea, line in loaded.items():
        phrases += [_phrase(str(idea), text, path.name) for text in dict.fromkeys(str(line).split("|"))]
    return Concepts(phrases)


def _phrase(idea: str, text: str, file: str) -> _Phrase:
    typed = tuple(canonical(word) for word in text.rstrip("!").lower().split())
    if not typed:
        raise ContentError(f"{file} {idea}: an empty phrase")
    group, _, part = idea.partition(".")
    return _Phrase(tuple(map(bare, typed)), typed, text.endswith("!"), (group, idea) if part else (group,))


@lru_cache(maxsize=1)
def shipped_concepts() -> Concepts:
    """The shipped file, read once."""
    return read_concepts()
