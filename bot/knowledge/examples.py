"""Ways of asking, written by hand in the NLU files; they live there once and are read here as data."""

from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.reading import Node, read_file
from bot.language import nfc

ASK = "ask/"


@dataclass(frozen=True, order=True, repr=False)
class Example:
    """One way of asking and the topic it asks for."""

    topic: str
    text: str


def load_examples(nlu_dir: Path) -> list[Example]:
    """Read every ``*.yml`` directly under ``nlu_dir``, sorted; raises ``ContentError`` for a broken file."""
    found = {example for path in sorted(nlu_dir.glob("*.yml")) for example in _file(path, nlu_dir)}
    return sorted(found)


def topic_of(intent: str) -> str:
    """The topic of a Rasa intent: ``ask/two_factor`` and ``greeting`` both name one."""
    return intent.removeprefix(ASK)


def _file(path: Path, root: Path) -> list[Example]:
    fields = read_file(path, root).fields(required=("nlu",), optional=("version",))
    return [example for item in fields["nlu"].items() for example in _intent(item)]


def _intent(node: Node) -> list[Example]:
    fields = node.fields(required=("intent", "examples"))
    topic = topic_of(fields["intent"].text())
    return [
        Example(topic, _line(fields["examples"], line)) for line in fields["examples"].text().splitlines()
    ]


def _line(node: Node, line: str) -> str:
    """Brackets would be read as entities by Rasa, so that the two readers would disagree."""
    text = nfc(line).strip()
    if not text.startswith("- ") or any(mark in text for mark in "[]{}"):
        raise node.fault("lines starting with '- ', without brackets", found=line)
    return text[2:].strip()
