"""Articles: what the assistant says about one topic, once for each audience."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from bot.knowledge.checks import always_shown, check_address, check_message, check_under_11, cites_law
from bot.knowledge.reading import Node, read_file
from bot.knowledge.services import Directory
from bot.knowledge.topics import ROOT, Audience, Topic

FEWEST, MOST = 2, 5
MOST_CARDS = 2
MOST_FOLLOW_UPS = 2
YOUNG = frozenset({"<6", "6-10"})


class Band(StrEnum):
    """Which wording a child gets; an unknown age reads the older one."""

    UNDER_11 = "under_11"
    FROM_11 = "from_11"

    @classmethod
    def of(cls, age_band: str) -> "Band":
        return cls.UNDER_11 if age_band in YOUNG else cls.FROM_11


@dataclass(frozen=True)
class Source:
    """Where a statement was read. ``mark`` is domain.md's; uncertain things (U) are never shipped."""

    name: str
    date: str
    domain: str
    mark: str


@dataclass(frozen=True)
class Card:
    """A dated how-to. An unchecked one is shown with a line that says so."""

    title: str
    text: str
    checked: bool
    dated: str


@dataclass(frozen=True)
class Entry:
    """The text for one audience; for children one list of messages a band. ``english`` may be empty."""

    audience: Audience
    messages: Mapping[Band, tuple[str, ...]]
    english: tuple[str, ...]
    cards: tuple[Card, ...]
    follow_up: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Article:
    """An empty ``reviewer`` means that no expert has signed it yet."""

    topic: str
    updated: date
    dated: date
    reviewer: str
    entries: Mapping[Audience, Entry]

    @property
    def is_signed(self) -> bool:
        return bool(self.reviewer)


def load_articles(
    topics: Mapping[str, Topic], directory: Directory, root: Path | None = None
) -> dict[str, Article]:
    """Read every file of ``articles/`` but those starting with ``_``; raises ``ContentError``."""
    base = root or ROOT
    paths = sorted((base / "articles").glob("*/[!_]*.yml"))
    articles = [_Reader(path, base, topics, directory).article() for path in paths]
    return {article.topic: article for article in articles}


class _Reader:
    """Turns one file into an article."""

    def __init__(self, path: Path, base: Path, topics: Mapping[str, Topic], directory: Directory) -> None:
        self._path = path
        self._node = read_file(path, base)
        self._topics = topics
        self._directory = directory

    def article(self) -> Article:
        fields = self._node.fields(required=("topic", "updated", "dated", "reviewer", "entries"))
        topic = self._topic(fields["topic"])
        return Article(
            topic=topic.id,
            updated=fields["updated"].day(),
            dated=fields["dated"].day(),
            reviewer=fields["reviewer"].optional_text(),
            entries=self._entries(fields["entries"], topic),
        )

    def _topic(self, node: Node) -> Topic:
        topic = self._topics.get(node.text())
        if topic is None or (topic.id, topic.group) != (self._path.stem, self._path.parent.name):
            raise node.fault(f"the topic of topics.yml that this file is named after ({self._path.stem})")
        return topic

    def _entries(self, node: Node, topic: Topic) -> dict[Audience, Entry]:
        """Every audience of topics.yml gets a text, and no other; the assistant may also speak to anyone."""
        needed = [str(audience) for audience in Audience if audience in topic.audiences]
        optional = [str(Audience.ANYONE)] if topic.is_plain else []
        fields = node.fields(required=needed, optional=optional)
        return {Audience(name): self._entry(child, Audience(name)) for name, child in fields.items()}

    def _entry(self, node: Node, audience: Audience) -> Entry:
        fields = node.fields(optional=("messages", "bands", "english", "cards", "follow_up", "sources"))
        messages = self._messages(node, fields, audience)
        english = self._length_checked(fields["english"]) if "english" in fields else ()
        cards = tuple(self._card(item) for item in _items(fields, "cards", MOST_CARDS))
        sources = tuple(_source(item) for item in _items(fields, "sources"))
        texts = [text for band in messages.values() for text in band] + [card.text for card in cards]
        texts += english
        if not sources and (law := next((text for text in texts if cites_law(text)), None)):
            raise node.fault("sources, because the text cites a law", found=law)
        follow_up = tuple(
            self._follow_up(item, audience) for item in _items(fields, "follow_up", MOST_FOLLOW_UPS)
        )
        return Entry(audience, messages, english, cards, follow_up, sources)

    def _messages(
        self, node: Node, fields: Mapping[str, Node], audience: Audience
    ) -> dict[Band, tuple[str, ...]]:
        if ("messages" in fields) == ("bands" in fields):
            raise node.fault("either messages or bands", found=sorted(fields))
        if "messages" in fields:
            return dict.fromkeys(Band, self._texts(fields["messages"], audience))
        if audience is not Audience.CHILD:
            raise fields["bands"].fault("messages (only a child's text has bands)")
        bands = fields["bands"].fields(required=[str(band) for band in Band])
        young = self._texts(bands[Band.UNDER_11], audience)
        for place, text in zip(bands[Band.UNDER_11].items(), young, strict=True):
            check_under_11(place, text)
        return {Band.UNDER_11: young, Band.FROM_11: self._texts(bands[Band.FROM_11], audience)}

    def _texts(self, node: Node, audience: Audience) -> tuple[str, ...]:
        texts = self._length_checked(node)
        check_address(node, audience, texts)
        return texts

    def _length_checked(self, node: Node) -> tuple[str, ...]:
        places = node.items()
        texts = tuple(place.text() for place in places)
        for place, text in zip(places, texts, strict=True):
            check_message(place, text, self._directory)
        sure = [text for text in texts if always_shown(text)]
        fewest = 1 if self._path.parent.name == "assistant" else FEWEST
        if not fewest <= len(sure) or len(texts) > MOST:
            raise node.fault(
                f"{fewest} to {MOST} messages",
                found=f"{len(sure)} that are always shown, {len(texts)} in all",
            )
        return texts

    def _card(self, node: Node) -> Card:
        fields = node.fields(required=("title", "text", "checked", "dated"))
        text = fields["text"].text()
        check_message(fields["text"], text, self._directory)
        return Card(fields["title"].text(60), text, fields["checked"].flag(), fields["dated"].text(20))

    def _follow_up(self, node: Node, audience: Audience) -> str:
        topic = self._topics.get(node.text())
        if topic is None:
            raise node.fault("a topic id of topics.yml")
        if audience is not Audience.ANYONE and audience not in topic.audiences:
            raise node.fault(f"a topic that serves {audience}")
        return topic.id


def _items(fields: Mapping[str, Node], name: str, most: int | None = None) -> Sequence[Node]:
    items = fields[name].items() if name in fields else []
    if most is not None and len(items) > most:
        raise fields[name].fault(f"at most {most}", found=len(items))
    return items


def _source(node: Node) -> Source:
    fields = node.fields(required=("name", "date", "domain", "mark"))
    mark = fields["mark"].one_of(("V", "V26", "GK"))
    return Source(fields["name"].text(), fields["date"].text(), fields["domain"].text(), mark)


def unsigned(articles: Iterable[Article]) -> tuple[str, ...]:
    """Topics whose text no expert has signed, for ``lachan doctor``."""
    return tuple(sorted(article.topic for article in articles if not article.is_signed))
