"""The one way to what the assistant says: topic, role and age in, messages out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.knowledge.articles import Article, Band, Card, Entry, load_articles, unsigned
from bot.knowledge.checks import check_address, check_message
from bot.knowledge.reading import read_file
from bot.knowledge.services import Directory, load_services
from bot.knowledge.topics import READING_ORDER, ROOT, Audience, Topic, load_topics
from bot.language import ENGLISH, VIETNAMESE
from bot.messages import Button, Reply
from bot.triage.assessment import Role

OUT_OF_SCOPE = "out_of_scope"
# In the live stage these are served without a signature: they say what the assistant is, or give 111.
SERVED_UNSIGNED = frozenset({"hotline_111"})
TALK_TO_HUMAN = "talk_to_human"
# Lines that speak to their reader; the others name nobody.
ADDRESSING = ("unsure", "parents_text", "second_question", "more")
LINES = (*ADDRESSING, "none_of_these", "unchecked_card", "vietnamese_only")
IN_ENGLISH = "english"


@dataclass(frozen=True)
class Knowledge:
    """Topics, articles and contacts, checked. ``signed_only`` is the live stage.

    ``language``: what has an English text is said in English, the rest in Vietnamese after a line that says so.
    """

    topics: Mapping[str, Topic]
    articles: Mapping[str, Article]
    directory: Directory
    lines: Mapping[str, Mapping[str, str]]
    signed_only: bool = False
    language: str = VIETNAMESE

    def of(self, language: str) -> "Knowledge":
        """The same knowledge, said in ``language``."""
        return self if language == self.language else replace(self, language=language)

    def serves(self, topic: str, role: Role) -> bool:
        """True if a text exists for this reader and may be shown in this stage."""
        return self._entry(topic, role) is not None

    def present(self, topic: str, role: Role, age_band: str = "unknown") -> tuple[Reply, ...]:
        """Say what is known of a topic; what cannot be served becomes the out-of-scope text."""
        entry = self._entry(topic, role) or self._entry(OUT_OF_SCOPE, role)
        if entry is None:
            raise KeyError(OUT_OF_SCOPE)
        texts = [*self._preface(entry, role), *self._texts(entry, Band.of(age_band))]
        if not self._in_english(entry):
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

    def second(self, topic: str, role: Role) -> tuple[Reply, ...]:
        """The offer to go on with the second question of a message; nothing where it cannot be served."""
        buttons = self._buttons([topic] if topic else [], role)
        return (Reply(self.line("second_question", role), buttons),) if buttons else ()

    def more(self, topic: str, role: Role) -> tuple[Reply, ...]:
        """Who wants more of an answer is led to what comes next to it, and to a person."""
        entry = self._entry(topic, role)
        further = [name for name in (entry.follow_up if entry else ()) if name != TALK_TO_HUMAN]
        return (Reply(self.line("more", role), self._buttons([*further, TALK_TO_HUMAN], role)),)

    def line(self, name: str, role: Role) -> str:
        """One fixed line of ``articles/_lines.yml`` in the words of this reader."""
        order = [IN_ENGLISH] if self.language == ENGLISH else []
        order += [*READING_ORDER[role], *Audience]
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

    def _in_english(self, entry: Entry) -> bool:
        return self.language == ENGLISH and bool(entry.english)

    def _preface(self, entry: Entry, role: Role) -> list[str]:
        if self.language == ENGLISH and not entry.english:
            return [self.line("vietnamese_only", role)]
        borrowed = role is Role.TEACHER and entry.audience is Audience.PARENT
        return [self.line("parents_text", role)] if borrowed else []

    def _texts(self, entry: Entry, band: Band) -> list[str]:
        """A message whose contact may not be shown is left out whole."""
        said = entry.english if self._in_english(entry) else entry.messages[band]
        filled = [self.directory.fill(text) for text in said]
        return [text for text in filled if text is not None]

    def _card(self, card: Card, role: Role) -> str:
        text = f"{card.title}\n{self.directory.fill(card.text)}"
        return (
            text if card.checked else f"{text}\n{self.line('unchecked_card', role).format(dated=card.dated)}"
        )

    def _buttons(self, topics: Sequence[str], role: Role) -> tuple[Button, ...]:
        served = [self.topics[name] for name in topics if self.serves(name, role)]
        return tuple(Button(self._title(topic, role), topic.payload) for topic in served)

    def _title(self, topic: Topic, role: Role) -> str:
        return (topic.title_en if self.language == ENGLISH else "") or topic.title_for(role)


def load_knowledge(
    root: Path | None = None, *, signed_only: bool = False, today: date | None = None
) -> Knowledge:
    """Read and check everything; raises ``ContentError`` naming file, key, found and required."""
    base = root or ROOT
    topics, directory = load_topics(base), load_services(base, today)
    articles = load_articles(topics, directory, base)
    return Knowledge(topics, articles, directory, _lines(base, directory), signed_only)


def _lines(base: Path, directory: Directory) -> dict[str, dict[str, str]]:
    """Each line by audience, and in English."""
    lines: dict[str, dict[str, str]] = {}
    for name, node in read_file(base / "articles" / "_lines.yml", base).fields(required=LINES).items():
        known = node.fields(optional=[IN_ENGLISH, *(str(audience) for audience in Audience)])
        lines[name] = {key: value.text() for key, value in known.items()}
        if not lines[name]:
            raise node.fault("a text for at least one audience")
        for audience, text in lines[name].items():
            check_message(node, text.replace("{dated}", ""), directory)
            if name in ADDRESSING and audience != IN_ENGLISH:
                check_address(node, Audience(audience), [text])
    return lines
