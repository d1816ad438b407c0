"""The one way to what the assistant says: topic, role and age in, messages out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.knowledge.articles import Article, Band, Card, Entry, load_articles, unsigned
from bot.knowledge.checks import check_address, check_message
from bot.knowledge.reading import read_file
from bot.knowledge.services import Directory, load_services
from bot.knowledge.topics import READING_ORDER, ROOT, Audience, Topic, load_topics
from bot.messages import Button, Reply
from bot.triage.assessment import Role

OUT_OF_SCOPE = "out_of_scope"
# In the live stage these are served without a signature: they say what the assistant is, or give 111.
SERVED_UNSIGNED = frozenset({"hotline_111"})
LINES = ("unsure", "none_of_these", "unchecked_card", "parents_text")


@dataclass(frozen=True)
class Knowledge:
    """Topics, articles and contacts, checked. ``signed_only`` is the live stage."""

    topics: Mapping[str, Topic]
    articles: Mapping[str, Article]
    directory: Directory
    lines: Mapping[str, Mapping[Audience, str]]
    signed_only: bool = False

    def serves(self, topic: str, role: Role) -> bool:
        """True if a text exists for this reader and may be shown in this stage."""
        return self._entry(topic, role) is not None

    def present(self, topic: str, role: Role, age_band: str = "unknown") -> tuple[Reply, ...]:
        """Say what is known of a topic; what cannot be served becomes the out-of-scope text."""
        entry = self._entry(topic, role) or self._entry(OUT_OF_SCOPE, role)
        if entry is None:
            raise KeyError(OUT_OF_SCOPE)
        texts = [*self._preface(entry, role), *self._texts(entry, Band.of(age_band))]
        texts += [self._card(card, role) for card in entry.cards if self.directory.fill(card.text)]
        replies = [Reply(text) for text in texts[:-1]]
        return (*replies, Reply(texts[-1], self._buttons(entry.follow_up, role)))

    def offer(self, options: Sequence[str], role: Role) -> tuple[Reply, ...]:
        """Ask which of a few topics was meant; without one that can be served, say what is possible."""
        buttons = self._buttons(options, role)
        if not buttons:
            return self.present(OUT_OF_SCOPE, role)
        other = Button(self.line("none_of_these", role), self.topics["capabilities"].payload)
        return (Reply(self.line("unsure", role), (*buttons, other)),)

    def line(self, name: str, role: Role) -> str:
        """One fixed line of ``articles/_lines.yml`` in the words of this reader."""
        order = [*READING_ORDER[role], *Audience]
        return next(self.lines[name][audience] for audience in order if audience in self.lines[name])

    def unsigned(self) -> tuple[str, ...]:
        return unsigned(self.articles.values())

    def _entry(self, topic: str, role: Role) -> Entry | None:
        article = self.articles.get(topic)
        if article is None or not self._may_serve(article):
            return None
        return next((article.entries[who] for who in READING_ORDER[role] if who in article.entries), None)

    def _may_serve(self, article: Article) -> bool:
        exempt = self.topics[article.topic].is_plain or article.topic in SERVED_UNSIGNED
        return article.is_signed or exempt or not self.signed_only

    def _preface(self, entry: Entry, role: Role) -> list[str]:
        borrowed = role is Role.TEACHER and entry.audience is Audience.PARENT
        return [self.line("parents_text", role)] if borrowed else []

    def _texts(self, entry: Entry, band: Band) -> list[str]:
        """A message whose contact may not be shown is left out whole."""
        filled = [self.directory.fill(text) for text in entry.messages[band]]
        return [text for text in filled if text is not None]

    def _card(self, card: Card, role: Role) -> str:
        text = f"{card.title}\n{self.directory.fill(card.text)}"
        return (
            text if card.checked else f"{text}\n{self.line('unchecked_card', role).format(dated=card.dated)}"
        )

    def _buttons(self, topics: Sequence[str], role: Role) -> tuple[Button, ...]:
        served = [self.topics[name] for name in topics if self.serves(name, role)]
        return tuple(Button(topic.title_for(role), topic.payload) for topic in served)


def load_knowledge(
    root: Path | None = None, *, signed_only: bool = False, today: date | None = None
) -> Knowledge:
    """Read and check everything; raises ``ContentError`` naming file, key, found and required."""
    base = root or ROOT
    topics, directory = load_topics(base), load_services(base, today)
    articles = load_articles(topics, directory, base)
    return Knowledge(topics, articles, directory, _lines(base, directory), signed_only)


def _lines(base: Path, directory: Directory) -> dict[str, dict[Audience, str]]:
    lines: dict[str, dict[Audience, str]] = {}
    for name, node in read_file(base / "articles" / "_lines.yml", base).fields(required=LINES).items():
        known = node.fields(optional=[str(audience) for audience in Audience])
        lines[name] = {Audience(key): value.text() for key, value in known.items()}
        if not lines[name]:
            raise node.fault("a text for at least one audience")
        for audience, text in lines[name].items():
            check_message(node, text.replace("{dated}", ""), directory)
            if name in ("unsure", "parents_text"):
                check_address(node, audience, [text])
    return lines
