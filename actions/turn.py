"""What an action knows of the turn it runs in."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.config import ROOT, load_settings
from bot.escalation.wording import Wording, load_wording
from bot.knowledge import Knowledge, load_knowledge
from bot.language import VIETNAMESE
from bot.messages import Reply
from bot.triage.assessment import Risk, Role

ASK = "ask"
CHECK_IN = "utter_check_in"
CONCERN = "utter_concern"


@dataclass(frozen=True)
class Turn:
    """Codes of one turn. ``topic`` is what is asked for; ``options`` what may have been meant.

    ``also``: what a second question in the message asks for.
    """

    intent: str
    topic: str
    options: tuple[str, ...]
    also: str
    role: Role
    age_band: str
    language: str
    in_disclosure: bool
    support: int
    check_in: bool
    concern: bool

    @classmethod
    def of(cls, tracker: Tracker) -> Self:
        message, slots = tracker.latest_message, tracker.slots
        intent, heard = message["intent"]["name"], message.get("metadata") or {}
        ranked = [item["name"].removeprefix(f"{ASK}/") for item in message.get("intent_ranking") or ()]
        return cls(
            intent=intent,
            topic=_topic(message) if intent == ASK else intent,
            options=tuple(ranked),
            also=ranked[1] if intent == ASK and ranked[1:] else "",
            role=Role(slots.get("role") or Role.UNKNOWN),
            age_band=slots.get("age_band") or "unknown",
            language=heard.get("language") or VIETNAMESE,
            in_disclosure=slots.get("talk") == "disclosure",
            support=int(slots.get("support") or 0),
            check_in=bool(heard.get("check_in")),
            concern=heard.get("risk") == Risk.MEDIUM.code,
        )


@cache
def _all_knowledge() -> Knowledge:
    """Read once a process, at the first question; a faulty file fails that turn loudly."""
    return load_knowledge(signed_only=load_settings().stage == "live")


def knowledge(turn: Turn) -> Knowledge:
    """What is known, in the language of the turn."""
    return _all_knowledge().of(turn.language)


@cache
def wording() -> Wording:
    return load_wording(ROOT / "domain" / "responses")


def say(dispatcher: CollectingDispatcher, replies: tuple[Reply, ...]) -> None:
    for reply in replies:
        buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
        dispatcher.utter_message(text=reply.text, buttons=buttons)


def say_line(dispatcher: CollectingDispatcher, turn: Turn, line: str) -> None:
    """One fixed line in the voice for this reader; a missing one fails, where rasa would say nothing."""
    _, reply = wording().of(turn.language).line(line, role=turn.role, age_band=turn.age_band)
    say(dispatcher, (reply,))


def order(dispatcher: CollectingDispatcher, effect: str) -> None:
    """Ask the bot process to act; it does so in the transaction that stores the replies."""
    dispatcher.utter_message(json_message={"effect": effect})


def after_answer(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """Where triage heard distress, the offer of a person; where it may be more, a gentle question (safety.md 17)."""
    if turn.concern:
        say_line(dispatcher, turn, CONCERN)
    elif turn.check_in:
        say_line(dispatcher, turn, CHECK_IN)


def _topic(message: dict[str, Any]) -> str:
    """From a button the entity, from typed words the response key of the intent."""
    tapped = next(
        (item["value"] for item in message.get("entities") or () if item["entity"] == "topic"), None
    )
    named = tapped or message["intent"]["full_retrieval_intent_name"]
    return str(named).removeprefix(f"{ASK}/")
