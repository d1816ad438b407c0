"""The list of what a person may want to know, and for whom an answer exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.knowledge.reading import Node, read_file
from bot.triage.assessment import Role

ROOT = Path(__file__).parent
LONGEST_TITLE = 40
ASSISTANT = "assistant"


class Audience(StrEnum):
    """Whom a text addresses. ``ANYONE`` ("bạn") serves people whose role is not known yet."""

    CHILD = "child"
    PARENT = "parent"
    TEACHER = "teacher"
    ANYONE = "anyone"


# A child never gets a text written for adults. A teacher may read the parents' text: both are carers.
READING_ORDER: Mapping[Role, tuple[Audience, ...]] = {
    Role.CHILD: (Audience.CHILD,),
    Role.PARENT: (Audience.PARENT,),
    Role.TEACHER: (Audience.TEACHER, Audience.PARENT),
    Role.OTHER: (Audience.ANYONE, Audience.PARENT, Audience.CHILD, Audience.TEACHER),
    Role.UNKNOWN: (Audience.ANYONE, Audience.CHILD, Audience.PARENT, Audience.TEACHER),
}


@dataclass(frozen=True)
class Topic:
    """``titles`` are button texts; ``instead`` names the topic that answers a role this one does not serve."""

    id: str
    group: str
    audiences: frozenset[Audience]
    titles: Mapping[Audience, str]
    instead: Mapping[Role, str]
    title_en: str = ""

    @property
    def is_plain(self) -> bool:
        """Topics about the assistant itself are plain intents in the NLU files."""
        return self.group == ASSISTANT

    @property
    def intent(self) -> str:
        return self.id if self.is_plain else f"ask/{self.id}"

    @property
    def payload(self) -> str:
        """What a button that leads here carries."""
        return f"/{self.id}" if self.is_plain else f'/ask{{"topic":"{self.id}"}}'

    def audience_for(self, role: Role) -> Audience | None:
        """Whose text a person of this role reads; None where no text is meant for them."""
        served = self.audiences | {Audience.ANYONE} if self.is_plain else self.audiences
        return next((audience for audience in READING_ORDER[role] if audience in served), None)

    def title_for(self, role: Role) -> str:
        audience = self.audience_for(role)
        known = self.titles.get(audience) if audience else None
        return known or next(iter(self.titles.values()))


def load_topics(root: Path | None = None) -> dict[str, Topic]:
    """Read ``topics.yml``; raises ``ContentError`` for a fault in it."""
    base = root or ROOT
    topics: dict[str, Topic] = {}
    for group, members in read_file(base / "topics.yml", base).entries().items():
        for name, node in members.entries().items():
            if name in topics:
                raise node.fault("a topic id used once", found=name)
            topics[name] = _topic(name, group, node)
    _check_instead(topics, base)
    return topics


def _topic(name: str, group: str, node: Node) -> Topic:
    fields = node.fields(required=("audiences", "title_vi"), optional=("instead", "title_en"))
    audiences = frozenset(
        Audience(item.one_of(("child", "parent", "teacher"))) for item in fields["audiences"].items()
    )
    if not audiences:
        raise fields["audiences"].fault("at least one of child, parent, teacher")
    instead = fields["instead"].entries() if "instead" in fields else {}
    return Topic(
        id=name,
        group=group,
        audiences=audiences,
        titles=_titles(fields["title_vi"], audiences),
        instead={Role(_role(node, role)): target.text() for role, target in instead.items()},
        title_en=fields["title_en"].text(LONGEST_TITLE) if "title_en" in fields else "",
    )


def _titles(node: Node, audiences: frozenset[Audience]) -> dict[Audience, str]:
    """One title for all, or one for each audience."""
    order = [audience for audience in Audience if audience in audiences]
    if isinstance(node.value, str):
        return dict.fromkeys(order, node.text(LONGEST_TITLE))
    fields = node.fields(required=[str(audience) for audience in order])
    return {audience: fields[audience].text(LONGEST_TITLE) for audience in order}


def _role(node: Node, word: str) -> str:
    return node.child("instead", word).one_of(("child", "parent", "teacher"))


def _check_instead(topics: Mapping[str, Topic], base: Path) -> None:
    for topic in topics.values():
        for role, target in topic.instead.items():
            node = Node("topics.yml", f"{topic.group}.{topic.id}.instead.{role}", target)
            if target not in topics:
                raise node.fault("a topic id of this file")
            if topics[target].audience_for(role) is None:
                raise node.fault(f"a topic that serves {role}")
