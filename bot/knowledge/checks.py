"""What a reader may be shown: rules every text of an article passes when it is loaded."""

import re
from collections.abc import Sequence

from bot.knowledge.reading import Node
from bot.knowledge.services import ALWAYS, PLACEHOLDER, Directory
from bot.knowledge.topics import Audience

LONGEST_MESSAGE = 450
LONGEST_UNDER_11 = 200
WORDS_UNDER_11 = 15
SENTENCES_UNDER_11 = 3

_SENTENCE_END = re.compile(r"[.!?…:]+(?=\s|$|[\"”’])|\n+")
_LAW = re.compile(r"\b(Luật|Nghị định|NĐ|Thông tư|Bộ luật|Điều \d+)\b")
_INSULTING = re.compile(r"(?<!\w)(mày|tao|chúng mày|chúng tao)(?!\w)", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?<![\d/])\+?\d(?:[ .\-]?\d){7,}(?![\d/])")
_SHORT_CODE = re.compile(r"(?<![\d/.,])(11[1-5]|156|5656|19006\d|1900|1800)(?![\d/]|[.,]\d)")

_ADDRESS: dict[Audience, tuple[re.Pattern[str], str, re.Pattern[str]]] = {
    Audience.CHILD: (
        re.compile(r"(?<!\w)em(?!\w)", re.IGNORECASE),
        "em",
        re.compile(r"anh/chị|thầy/cô|(?<!\w)tôi(?!\w)", re.IGNORECASE),
    ),
    Audience.PARENT: (
        re.compile(r"anh/chị", re.IGNORECASE),
        "anh/chị",
        re.compile(r"thầy/cô", re.IGNORECASE),
    ),
    Audience.TEACHER: (
        re.compile(r"thầy/cô", re.IGNORECASE),
        "thầy/cô",
        re.compile(r"anh/chị", re.IGNORECASE),
    ),
    Audience.ANYONE: (
        re.compile(r"(?<!\w)bạn(?!\w)", re.IGNORECASE),
        "bạn",
        re.compile(r"anh/chị|thầy/cô", re.IGNORECASE),
    ),
}
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")


def check_message(node: Node, text: str, directory: Directory) -> None:
    """Hold one message against the rules that need no neighbour: length, numbers, insults."""
    if len(text) > LONGEST_MESSAGE:
        raise node.fault(f"at most {LONGEST_MESSAGE} characters", found=f"{len(text)} characters: {text}")
    if found := _INSULTING.search(text):
        raise node.fault("no “mày”, no “tao”", found=found.group(0))
    _check_numbers(node, text, directory)


def check_under_11(node: Node, text: str) -> None:
    """A child under 11 reads one idea a message, at most 15 words a sentence."""
    parts = sentences(text)
    if len(text) > LONGEST_UNDER_11 or len(parts) > SENTENCES_UNDER_11:
        rule = f"one idea: at most {SENTENCES_UNDER_11} sentences and {LONGEST_UNDER_11} characters"
        raise node.fault(rule, found=f"{len(parts)} sentences, {len(text)} characters: {text}")
    for sentence in parts:
        if len(sentence.split()) > WORDS_UNDER_11:
            raise node.fault(
                f"at most {WORDS_UNDER_11} words a sentence",
                found=f"{len(sentence.split())} words: {sentence}",
            )


def check_address(node: Node, audience: Audience, texts: Sequence[str]) -> None:
    """An entry speaks to its own reader; words inside quotation marks belong to somebody else."""
    wanted, word, foreign = _ADDRESS[audience]
    spoken = [_QUOTED.sub(" ", text) for text in texts]
    if not any(wanted.search(text) for text in spoken):
        raise node.fault(f"the reader addressed as “{word}”", found=" ".join(texts)[:60])
    for text in spoken:
        if found := foreign.search(text):
            raise node.fault(f"one address throughout: “{word}”", found=found.group(0))


def cites_law(text: str) -> bool:
    return _LAW.search(text) is not None


def sentences(text: str) -> list[str]:
    """Split where a reader would pause for breath: end marks, colons and line breaks."""
    return [part.strip() for part in _SENTENCE_END.split(text) if re.search(r"\w", part)]


def _check_numbers(node: Node, text: str, directory: Directory) -> None:
    for found in PLACEHOLDER.finditer(text):
        if found.group(2) not in directory.services:
            raise node.fault("a key of services.yml", found=found.group(0))
    bare = PLACEHOLDER.sub(" ", text)
    for pattern in (_LONG_NUMBER, _SHORT_CODE):
        if number := pattern.search(bare):
            raise node.fault("a placeholder such as {phone.111} instead of a number", found=number.group(0))
    if stray := re.search(r"[{}]", bare):
        raise node.fault("only {phone.KEY} or {url.KEY} in braces", found=stray.group(0))


def always_shown(text: str) -> bool:
    """True if no placeholder of the text can be withheld, so that a reader always gets it."""
    return all(kind == "phone" and key in ALWAYS for kind, key in PLACEHOLDER.findall(text))
