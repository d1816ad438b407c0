"""What is known is said in English where it is written, and in Vietnamese after a line that says so where not."""

import re

from bot.knowledge import Knowledge
from bot.triage.assessment import Role

MARKED = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
TWENTY = 20


def test_the_most_asked_topics_and_the_assistants_own_have_english_texts(knowledge: Knowledge) -> None:
    complete = [
        name
        for name, article in knowledge.articles.items()
        if all(entry.english for entry in article.entries.values())
    ]
    own = [name for name in complete if knowledge.topics[name].is_plain]
    assert len(own) == sum(topic.is_plain for topic in knowledge.topics.values())
    assert len(complete) - len(own) >= TWENTY
    assert all(knowledge.topics[name].title_en for name in complete)


def test_an_english_reader_gets_english_alone(knowledge: Knowledge) -> None:
    said = knowledge.of("en").present("sextortion_help", Role.CHILD)
    assert "111" in " ".join(reply.text for reply in said)
    assert not [reply.text for reply in said if MARKED.search(reply.text)]


def test_what_has_no_english_text_says_so_first(knowledge: Knowledge) -> None:
    first, *rest = knowledge.of("en").present("digital_footprint", Role.CHILD)
    assert "Vietnamese" in first.text
    assert rest[0].text == knowledge.present("digital_footprint", Role.CHILD)[0].text


def test_offers_are_made_in_english(knowledge: Knowledge) -> None:
    (offer,) = knowledge.of("en").offer(["scam_links", "account_hacked"], Role.CHILD)
    assert not MARKED.search(offer.text)
    assert next(button.title for button in offer.buttons) == knowledge.topics["scam_links"].title_en
