"""Ways to find the topic of a question, on the same questions in one run: right first, right among three, time.

All learn from the ways of asking in ``nlu/``, each with its copy without diacritics, and none knows the asker's role
(``lachan eval ask`` measures the whole, role, thresholds and triage included). Run from the repository's root; DIET
takes about five minutes an epoch on two cores: ``python -m benchmarks.ask_side_by_side QUESTIONS.jsonl [--diet EPOCHS]``.
"""

import argparse
import asyncio
import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_union

from bot.knowledge.examples import Example, load_examples
from bot.knowledge.figures import Question, read_questions
from bot.knowledge.index import PENALTY, ROUNDS, build_index
from bot.knowledge.retrieval import Retriever
from bot.knowledge.topics import load_topics
from bot.language import fold
from bot.shares import wilson
from bot.triage.encoder import open_encoder

OFFERED = 3
# The topics of a text, the likeliest first.
Rank = Callable[[str], Sequence[str]]
DIET = """
recipe: default.v1
language: vi
assistant_id: side-by-side
pipeline:
- {{name: WhitespaceTokenizer}}
- {{name: CountVectorsFeaturizer}}
- {{name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 2, max_ngram: 5}}
- {{name: DIETClassifier, epochs: {epochs}, entity_recognition: false, random_seed: 1}}
"""


def tfidf(examples: Sequence[Example]) -> tuple[Rank, Rank]:
    """Plain TF-IDF under a linear model, and the nearest way of asking by the same vectors."""
    both = [(text, one.topic) for one in examples for text in dict.fromkeys((one.text, fold(one.text)))]
    texts, topics = [text for text, _ in both], np.array([topic for _, topic in both])
    vectorizer = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
    )
    vectors = vectorizer.fit_transform(texts)
    model = SGDClassifier(
        loss="log_loss", alpha=PENALTY, max_iter=ROUNDS, tol=None, class_weight="balanced", random_state=0
    )
    model.fit(vectors, topics)

    def linear(text: str) -> list[str]:
        return [
            str(model.classes_[at])
            for at in np.argsort(-model.decision_function(vectorizer.transform([text]))[0])
        ]

    def nearest(text: str) -> list[str]:
        likeness = (vectors @ vectorizer.transform([text]).T).toarray().ravel()
        return list(dict.fromkeys(topics[np.argsort(-likeness)[:200]].tolist()))

    return linear, nearest


def diet(examples: Sequence[Example], folder: Path, epochs: int) -> Rank:
    from connectors.dialogue.compat import prepare

    prepare()
    import structlog
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    by_topic: dict[str, list[str]] = {}
    for one in examples:
        by_topic.setdefault(one.topic, []).extend(dict.fromkeys((one.text, fold(one.text))))
    nlu = [
        {"intent": topic, "examples": "".join(f"- {line}\n" for line in lines)}
        for topic, lines in by_topic.items()
    ]
    YAML().dump({"version": "3.1", "nlu": nlu}, folder / "nlu.yml")
    (folder / "config.yml").write_text(DIET.format(epochs=epochs), encoding="utf-8")
    agent = Agent.load(train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder)))
    # Rasa prints every message it reads.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    def rank(text: str) -> list[str]:
        answer = asyncio.run(agent.parse_message(text))
        return [one["name"] for one in answer["intent_ranking"]]

    return rank


def ours(examples: Sequence[Example]) -> dict[str, Rank]:
    index, encoder = build_index(examples), open_encoder()
    whole = Retriever(index, load_topics(), encoder)

    def words(text: str) -> list[str]:
        scores = index.score(text)
        return [] if scores is None else [index.topics[at] for at in np.argsort(-scores)]

    def heard(text: str) -> list[str]:
        chances = encoder.topics(text) if encoder else None
        return (
            []
            if encoder is None or chances is None
            else [encoder.facts["topics"][at] for at in np.argsort(-chances)]
        )

    return {"words, letters and ideas": words, "encoder alone": heard, "ours": whole.ranked}


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.ask_side_by_side", description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--diet", type=int, default=0, metavar="EPOCHS")
    options = asked.parse_args()

    questions = read_questions(options.file)
    examples = [one for one in load_examples(Path("nlu")) if one.topic in load_topics()]
    linear, nearest = tfidf(examples)
    rows = {"nearest way of asking (TF-IDF)": nearest, "TF-IDF + linear model": linear, **ours(examples)}
    print(f"{len(examples)} ways of asking, {len(questions)} questions")
    print(f"{'':<32} first [95 %]            among three  ms")
    for name, rank in rows.items():
        print(f"{name:<32} {_row(questions, rank)}")
    if options.diet:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{'Rasa DIET':<32} {_row(questions, diet(examples, Path(folder), options.diet))}")


def _row(questions: Sequence[Question], rank: Rank) -> str:
    begun = time.process_time()
    found = [rank(one.text)[:OFFERED] for one in questions]
    each = (time.process_time() - begun) * 1000 / len(questions)
    pairs = list(zip(questions, found, strict=True))
    first = np.mean([bool(names) and names[0] in one.topics for one, names in pairs])
    among = np.mean([bool({*names} & {*one.topics}) for one, names in pairs])
    low, high = wilson(float(first), len(questions))
    return f"{first:.3f} [{low:.3f}, {high:.3f}]   {among:.3f}        {each:.1f}"


if __name__ == "__main__":
    main()
