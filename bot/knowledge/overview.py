"""What an editor must see: articles that are missing, old or unsigned, cards nobody tried, contacts nobody called."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from bot.knowledge.articles import Article
from bot.knowledge.examples import Example
from bot.knowledge.library import Knowledge

# Law and platforms move: after so long a text is to be read against its sources again.
STALE_AFTER = timedelta(days=365)
FEWEST_ASKS = 25


def overview(knowledge: Knowledge, examples: Sequence[Example], today: date) -> dict[str, list[str]]:
    """Lines by kind, in the order of topics.yml; an empty list says that nothing is wrong there."""
    asks = Counter(example.topic for example in examples)
    articles = [knowledge.articles[name] for name in knowledge.topics if name in knowledge.articles]
    contacts = knowledge.directory
    return {
        "topics without an article": [name for name in knowledge.topics if name not in knowledge.articles],
        "topics with few ways of asking": [
            f"{name}: {asks[name]}" for name in knowledge.topics if asks[name] < FEWEST_ASKS
        ],
        "older than a year": [
            f"{one.topic}: {one.dated}" for one in articles if today - one.dated > STALE_AFTER
        ],
        "cards nobody has tried": [line for one in articles for line in _untried(one)],
        "contacts nobody has called, not shown": [
            key for key, one in contacts.services.items() if one.phone and not one.shows_phone
        ],
        "contacts called long ago": list(contacts.stale(today)),
        "unsigned": [one.topic for one in articles if not one.is_signed],
    }


def _untried(article: Article) -> list[str]:
    return [
        f"{article.topic}/{audience}: {card.title} ({card.dated})"
        for audience, entry in article.entries.items()
        for card in entry.cards
        if not card.checked
    ]
