"""Four ways to notice an urgent message, on the same lines in one run: a keyword list, Rasa's DIET, TF-IDF with
logistic regression, and the project's own triage.

DIET and TF-IDF learn from the very lessons ours learns from, and get the threshold that gives them our false alarms
among the calm lines of the tune set. Run from the repository's root; DIET takes a quarter of an hour to train:
``python -m benchmarks.triage_side_by_side LABELLED.jsonl [--comments COMMENTS.jsonl]``.
"""

import argparse
import asyncio
import json
import logging
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from bot.config import load_settings
from bot.language import fold
from bot.shares import wilson
from bot.triage import Risk, assess
from bot.triage.examples import TUNE, Example, load_conversations, load_examples, read_labelled
from bot.triage.training import Lesson, lessons, open_model

# What a first helpline bot would look for.
KEYWORDS = (
    "tự tử|tự sát|muốn chết|không muốn sống|rạch tay|xâm hại|hiếp|dâm|sờ|cởi đồ|cởi áo|ảnh nóng|ảnh khỏa thân|clip nóng|"
    "tống tiền|dọa|đe dọa|bạo hành|đánh đập|đánh em|đánh con|bị đánh|nhốt|bỏ đói|bắt cóc|bỏ nhà|lừa bán|bán sang|ép cưới|"
    "bắt nạt|giết|cứu em|cứu con|cầu cứu|giữ bí mật|khách sạn|nhà nghỉ"
).split("|")
DIET = """
recipe: default.v1
language: vi
assistant_id: side-by-side
pipeline:
- {name: WhitespaceTokenizer}
- {name: CountVectorsFeaturizer}
- {name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 2, max_ngram: 5}
- {name: DIETClassifier, epochs: 4, entity_recognition: false, random_seed: 1}
"""
# DIET takes three minutes an epoch with the longest lessons among them.
LONGEST = 300
_WORD = re.compile(r"\w+")
_MARKUP = re.compile(r"[\[\]{}()|\\\n\r]+")

Score = Callable[[Sequence[str]], list[float]]


def keywords() -> Score:
    cues = [f" {fold(word)} " for word in KEYWORDS]

    def score(texts: Sequence[str]) -> list[float]:
        plain = [" " + " ".join(_WORD.findall(fold(text))) + " " for text in texts]
        return [float(any(cue in text for cue in cues)) for text in plain]

    return score


def tfidf(taught: Sequence[Lesson]) -> Score:
    both = [(text, one.risk >= Risk.HIGH) for one in taught for text in {one.text, fold(one.text)}]
    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
        ),
        LogisticRegression(C=10, solver="liblinear", class_weight="balanced"),
    )
    model.fit([text for text, _ in both], [urgent for _, urgent in both])
    return lambda texts: [float(one) for one in model.decision_function(list(texts))]


def diet(taught: Sequence[Lesson], folder: Path) -> Score:
    from connectors.dialogue.compat import prepare

    prepare()
    import structlog
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    by_intent: dict[str, list[str]] = {}
    for one in taught:
        intent = "urgent" if one.risk >= Risk.HIGH else "medium" if one.risk else "calm"
        for text in sorted({one.text, fold(one.text)}):
            if len(text) > LONGEST:
                continue
            if line := _MARKUP.sub(" ", text).strip():
                by_intent.setdefault(intent, []).append(line)
    data = {
        "version": "3.1",
        "nlu": [
            {"intent": intent, "examples": "".join(f"- {line}\n" for line in lines)}
            for intent, lines in by_intent.items()
        ],
    }
    YAML().dump(data, folder / "nlu.yml")
    (folder / "config.yml").write_text(DIET, encoding="utf-8")
    path = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    agent = Agent.load(path)
    # Rasa prints every message it reads.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    def score(texts: Sequence[str]) -> list[float]:
        async def each() -> list[float]:
            found = [await agent.parse_message(_MARKUP.sub(" ", text)) for text in texts]
            ranked = [
                {one["name"]: one["confidence"] for one in answer["intent_ranking"]} for answer in found
            ]
            return [float(one.get("urgent", 0.0)) for one in ranked]

        return asyncio.run(each())

    return score


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.triage_side_by_side", description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--comments", type=Path)
    asked.add_argument("--no-diet", action="store_true", help="leave out the one that takes long")
    options = asked.parse_args()

    lines, _ = read_labelled(options.file)
    tune = load_examples(TUNE)
    taught = lessons(load_examples(), load_conversations())
    model = open_model(load_settings().cache_dir)
    comments = _comments(options.comments)

    def ours(texts: Sequence[str]) -> list[float]:
        return [float(assess(text, model=model)[0].is_urgent) for text in texts]

    calm = [one.text for one in tune if one.risk is Risk.NONE]
    allowed = max(sum(ours(calm)), 1)
    with tempfile.TemporaryDirectory() as folder:
        rows: list[tuple[str, Score, bool]] = [
            ("keyword list", keywords(), False),
            *([] if options.no_diet else [("Rasa DIET", diet(taught, Path(folder)), True)]),
            ("TF-IDF + logistic regression", tfidf(taught), True),
            ("ours", ours, False),
        ]
        print(f"{'':<30} recall [95 %]          false alarms  precision  comments  stripped  ms")
        for name, score, graded in rows:
            threshold = sorted(score(calm), reverse=True)[int(allowed)] if graded else 0.5
            print(f"{name:<30} {_row(lines, comments, score, threshold)}")


def _comments(path: Path | None) -> list[str]:
    if path is None:
        return []
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


def _row(lines: Sequence[Example], comments: Sequence[str], score: Score, threshold: float) -> str:
    begun = time.perf_counter()
    found = np.array(score([one.text for one in lines])) > threshold
    each = (time.perf_counter() - begun) * 1000 / len(lines)
    urgent = np.array([one.risk >= Risk.HIGH for one in lines])
    none = np.array([one.risk is Risk.NONE for one in lines])
    recall, false = found[urgent].mean(), found[none].mean()
    low, high = wilson(float(recall), int(urgent.sum()))
    precision = found[urgent].sum() / max(found.sum(), 1)
    public = [
        np.mean(np.array(score(texts)) > threshold)
        for texts in (comments, list(map(fold, comments)))
        if texts
    ]
    shown = "  ".join(f"{100 * share:7.2f}%" for share in public) or "       -         -"
    return f"{recall:.3f} [{low:.3f}, {high:.3f}]  {false:12.3f}  {precision:9.3f}  {shown}  {each:.1f}"


if __name__ == "__main__":
    main()
