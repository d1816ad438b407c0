"""Fit the n-grams from the examples: ``python -m bot.triage.training`` writes the shipped file.

Where examples, ideas or lexicon were changed since, the service fits once by itself and keeps the result in its cache.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sklearn
from numpy.typing import NDArray
from ruamel.yaml import YAML
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.fitted_files import forget_old, read_fitted, write_fitted
from bot.language.text import fold, nfc
from bot.language.view import view
from bot.triage.assessment import Category, Risk
from bot.triage.concepts import CONCEPTS
from bot.triage.encoder import open_encoder
from bot.triage.examples import EXAMPLES, Conversation, Example, load_conversations, load_examples
from bot.triage.lexicon_file import read_lexicon
from bot.triage.model import TriageModel
from bot.triage.ngrams import GROUPS, HEADS, Floats, Ngrams, features, scale, tokens_of

SHIPPED = Path(__file__).with_name("ngrams.bin")
NLU = Path(__file__).resolve().parents[2] / "nlu"
ORDINARY = EXAMPLES / "ordinary"
# Raise it when ngrams.py or this file changes what is learnt.
CODE_VERSION = 5
# Measured on the tune part (tests/triage/test_measured.py).
STRENGTH = 10.0
# So many of a person's messages are read together (judgement.py joins three to the newest).
_JOINED = 4
SEEN_AT_LEAST = {"c": 2, "w": 1, "i": 3}


@dataclass(frozen=True, repr=False)
class Lesson:
    """One text to learn from. ``topic``: what a way of asking asks for; the encoder learns it too."""

    text: str
    risk: Risk
    category: Category
    told: bool = True
    asks: bool = False
    topic: str = ""


def open_model(cache_dir: Path, nlu_dir: Path = NLU) -> TriageModel:
    """Load the model of the examples as they are now, fitting it only when something changed."""
    taught = lessons(load_examples(), load_conversations(), nlu_dir)
    key = cache_key(taught)
    path = cache_dir / f"triage-{key}.npz"
    data = shipped(key) or read_fitted(path)
    if not data:
        data = fit(taught).to_bytes()
        write_fitted(path, data)
        forget_old(path, "triage-*.npz")
    return TriageModel(Ngrams.from_bytes(data), open_encoder())


def shipped(key: str) -> bytes | None:
    """The shipped weights, if they were learnt from just these lessons; the file begins with their key."""
    data = SHIPPED.read_bytes() if SHIPPED.exists() else b""
    return data[len(key) :] if data.startswith(key.encode()) else None


def lessons(
    examples: Sequence[Example], talks: Sequence[Conversation] = (), nlu_dir: Path = NLU
) -> list[Lesson]:
    """The examples, conversations turn by turn, ordinary talk, ways of asking, and the lexicon's own sentences.

    A way of asking is calm unless an example of the same text says otherwise: who asks what to do about a picture that
    is going round also tells of it.
    """
    asked = {text: topic for topic, text in questions(nlu_dir)}
    taught = [
        Lesson(one.text, one.risk, one.category, asks=one.check_in, topic=asked.pop(one.text, ""))
        for one in examples
    ]
    taught += [lesson for talk in talks for lesson in _turns(talk)]
    for entry in read_lexicon().entries:
        taught += [Lesson(text, Risk.NONE, Category.NONE) for text in entry.near]
        if entry.risk >= Risk.HIGH:
            taught += [Lesson(text, entry.risk, entry.category) for text in entry.hits]
    taught += [Lesson(text, Risk.NONE, Category.NONE, topic=topic) for text, topic in asked.items()]
    public = ordinary()
    # Ordinary talk is mostly short; without long texts of it, to be long would read as telling of harm.
    long = [" ".join(public[at : at + 4]) for at in range(0, len(public), 4)]
    return taught + [Lesson(text, Risk.NONE, Category.NONE, told=False) for text in (*public, *long)]


def _turns(talk: Conversation) -> Iterator[Lesson]:
    """What the messages say, where the talk's labels tell it: each rise and each calm turn with those before it."""
    said: list[str] = []
    risks, before = iter(talk.risk_by_turn), Risk.NONE
    for speaker, text in talk.turns:
        if speaker != "user":
            continue
        said.append(text)
        risk = next(risks)
        joined = " ".join(said[-_JOINED:])
        if risk is Risk.NONE:
            yield from (Lesson(one, Risk.NONE, Category.NONE) for one in dict.fromkeys((text, joined)))
        elif risk > before:
            yield Lesson(joined, risk, talk.category)
        before = risk


def ordinary() -> list[str]:
    """Comments, jokes, trade and quarrels in which nobody tells of harm; one a line."""
    files = sorted(ORDINARY.glob("*.txt"))
    lines = (line for path in files for line in nfc(path.read_text(encoding="utf-8")).split("\n"))
    return [line for line in lines if line.strip()]


def questions(nlu_dir: Path) -> list[tuple[str, str]]:
    """Topics and ways of asking for them from the NLU files, read as plain data."""
    found = []
    for path in sorted(nlu_dir.glob("*.yml")):
        for item in YAML(typ="safe").load(path)["nlu"]:
            topic = item["intent"].removeprefix("ask/")
            found += [(topic, line.strip()[2:]) for line in item["examples"].splitlines() if line.strip()]
    return found


def cache_key(taught: Sequence[Lesson]) -> str:
    """Hash of all that the weights depend on: texts and labels, ideas, code and library versions."""
    digest = hashlib.sha256(repr((CODE_VERSION, sklearn.__version__, STRENGTH)).encode())
    digest.update(CONCEPTS.read_bytes())
    for lesson in taught:
        digest.update(f"{lesson.risk}\x1f{lesson.category}\x1f{lesson.asks}\x1f{lesson.text}\x1e".encode())
    return digest.hexdigest()[:24]


def fit(taught: Sequence[Lesson]) -> Ngrams:
    """Learn from each text and from its copy without diacritics; same lessons, same weights."""
    both = [(copy, lesson) for lesson in taught for copy in dict.fromkeys((lesson.text, fold(lesson.text)))]
    seen = [Counter(features(tokens_of(view(text)))) for text, _ in both]
    names, rarity = _vocabulary(seen)
    matrix = _matrix(seen, names, rarity)
    weights, bias = _heads(matrix, [lesson for _, lesson in both])
    return Ngrams(names, rarity, weights, bias)


def _vocabulary(seen: Sequence[Counter[str]]) -> tuple[tuple[str, ...], Floats]:
    texts = Counter(name for counted in seen for name in counted)
    names = tuple(sorted(name for name, count in texts.items() if count >= SEEN_AT_LEAST[name[0]]))
    counts = np.array([texts[name] for name in names])
    return names, (np.log((1 + len(seen)) / (1 + counts)) + 1).astype(np.float32)


def _matrix(seen: Sequence[Counter[str]], names: Sequence[str], rarity: Floats) -> csr_matrix:
    rows = {name: row for row, name in enumerate(names)}
    groups = np.array([GROUPS.index(name[0]) for name in names])
    places, values, ends = [], [], [0]
    for counted in seen:
        known = [(rows[name], count) for name, count in counted.items() if name in rows]
        at = np.array([row for row, _ in known], dtype=np.int64)
        weight = (1 + np.log(np.array([count for _, count in known]))).astype(np.float32) * rarity[at]
        places.append(at)
        values.append(weight * scale(weight, groups[at]))
        ends.append(ends[-1] + len(known))
    return csr_matrix((np.concatenate(values), np.concatenate(places), ends), (len(seen), len(names)))


def _heads(matrix: csr_matrix, taught: Sequence[Lesson]) -> tuple[Floats, Floats]:
    risks = np.array([int(lesson.risk) for lesson in taught])
    categories = np.array([lesson.category.value for lesson in taught])
    everything = np.arange(len(taught))
    harmed = np.flatnonzero(risks >= Risk.MEDIUM)
    urgent = np.flatnonzero(risks >= Risk.HIGH)
    calm = np.flatnonzero(risks == Risk.NONE)
    columns = [
        _head(matrix, everything, risks >= Risk.HIGH),
        _head(matrix, urgent, risks >= Risk.EMERGENCY),
        _head(matrix, everything, risks >= Risk.MEDIUM),
        _head(matrix, everything, np.array([lesson.told for lesson in taught])),
        _head(matrix, calm, np.array([lesson.asks for lesson in taught])),
        *(_head(matrix, harmed, categories == name) for name in HEADS[5:]),
    ]
    weights = np.stack([weight for weight, _ in columns], axis=1)
    return weights.astype(np.float32), np.array([bias for _, bias in columns], dtype=np.float32)


def _head(
    matrix: csr_matrix, rows: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], float]:
    model = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced", random_state=0)
    model.fit(matrix[rows], wanted[rows])
    return model.coef_[0], float(model.intercept_[0])


def main() -> None:
    """Fit all examples and write the shipped file."""
    taught = lessons(load_examples(), load_conversations())
    SHIPPED.write_bytes(cache_key(taught).encode() + fit(taught).to_bytes())


if __name__ == "__main__":
    main()
