"""Rasa's view of our retriever: a question becomes an intent, by the same code that answers ``lachan ask``."""

import json
from typing import Any, Self

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge.retrieval import Example, Finding, Retriever
from bot.knowledge.topics import load_topics
from bot.language import fold
from bot.triage.assessment import Role

ASK = "ask"
FALLBACK = "nlu_fallback"
DIRECT = "/"
MORE = "more"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent):  # type: ignore[misc, unused-ignore]
    """Sets ``ask`` with the topic as response key, a plain intent, or ``nlu_fallback`` with options as ranking.

    Intents that topics.yml does not name are orders around forms ("thôi không báo nữa"); they are understood
    only when written as in the NLU files, marks and capitals aside, so that no question is taken for an order.
    """

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource
        self._retriever: Retriever | None = None
        self._orders: dict[str, str] = {}
        self._plain: frozenset[str] = frozenset()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._retriever = Retriever.from_bytes((folder / "retriever.bin").read_bytes())
            component._orders = json.loads((folder / "orders.json").read_text(encoding="utf-8"))
        component._plain = frozenset(topic.id for topic in load_topics().values() if topic.is_plain)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example of the NLU files and keep the result inside the model."""
        topics = load_topics()
        examples = [_example(message) for message in training_data.intent_examples]
        orders = {
            _as_order(example.text): example.topic for example in examples if example.topic not in topics
        }
        retriever = Retriever.fit(examples, topics)
        with self._storage.write_to(self._resource) as folder:
            (folder / "retriever.bin").write_bytes(retriever.to_bytes())
            (folder / "orders.json").write_text(json.dumps(orders, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Read messages. Text starting with "/" is a payload of ours, which rasa reads itself afterwards."""
        for message in messages:
            text = message.get("text") or ""
            if not text.startswith(DIRECT):
                self._read(message, text)
        return messages

    def _read(self, message: Message, text: str) -> None:
        if order := self._orders.get(_as_order(text)):
            _set(message, order, 1.0)
            return
        assert self._retriever is not None, "a classifier that was trained but not loaded cannot read"
        finding = self._retriever.find(text, _role(message), _heard(message).get("last_topic") or "")
        if finding.more:
            _set(message, MORE, finding.score)
        elif not finding.is_sure:
            _set_options(message, finding)
        elif finding.topic in self._plain:
            _set(message, finding.topic, finding.score)
        else:
            _set_topic(message, finding)


def _example(message: Message) -> Example:
    key = message.get("intent_response_key") or message.get("intent")
    return Example(topic=key.removeprefix(f"{ASK}/"), text=message.get("text"))


def _as_order(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def _heard(message: Message) -> dict[str, Any]:
    return message.get("metadata") or {}


def _role(message: Message) -> Role:
    return Role(_heard(message).get("role", Role.UNKNOWN))


def _set(message: Message, intent: str, score: float) -> None:
    found = {"name": intent, "confidence": score}
    message.set("intent", found, add_to_output=True)
    message.set("intent_ranking", [found], add_to_output=True)


def _set_options(message: Message, finding: Finding) -> None:
    options = [{"name": f"{ASK}/{topic}", "confidence": finding.score} for topic in finding.options]
    message.set("intent", {"name": FALLBACK, "confidence": 1.0}, add_to_output=True)
    message.set("intent_ranking", options, add_to_output=True)


def _set_topic(message: Message, finding: Finding) -> None:
    """What rasa's own ResponseSelector would leave behind, so that its tests and reports name the topic.

    The topic of a second question in the message stands second in the ranking.
    """
    _set(message, ASK, finding.score)
    if finding.also:
        second = {"name": f"{ASK}/{finding.also}", "confidence": finding.score}
        message.set("intent_ranking", [message.get("intent"), second], add_to_output=True)
    key = {"response": {"intent_response_key": f"{ASK}/{finding.topic}"}}
    message.set("response_selector", {"all_retrieval_intents": [ASK], ASK: key}, add_to_output=True)
