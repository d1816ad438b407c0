"""The form for reporting a harmful page, account or group: two coded answers, never text."""

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import ASK, Turn, knowledge, say
from bot.language import fold

# Folded words that stand for an answer when it is typed instead of tapped.
PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "zalo": ("zalo", "zl"),
    "facebook": ("facebook", "fb", "face", "messenger"),
    "tiktok": ("tiktok", "tik tok", "tt", "top top"),
    "youtube": ("youtube", "yt", "diu tup"),
    "game": ("game", "roblox", "free fire", "lien quan", "minecraft"),
}
KINDS: Mapping[str, tuple[str, ...]] = {
    "sexual": ("khieu dam", "nhay cam", "18+", "sex", "khoa than"),
    "lure": ("du do", "ga gam", "lam quen", "ru re"),
    "scam": ("lua dao", "lua tien", "lua"),
    "insult": ("chui", "boi nho", "boc phot", "xuc pham", "bat nat"),
    "violence": ("bao luc", "danh nhau", "mau me", "dang so", "kinh di"),
}
OTHER = "other"
# A longer text that reads as a question is one, even if it names an app.
ANSWER_WORDS = 4
NO_QUESTION = frozenset({"nlu_fallback", "out_of_scope"})


class ValidateReportContentForm(FormValidationAction):  # type: ignore[misc, unused-ignore]
    """Turns a tap or a typed word into a code; the words themselves never reach a slot."""

    def name(self) -> str:
        return "validate_report_content_form"

    async def extract_platform(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        return _answered(tracker, "platform", PLATFORMS)

    async def extract_kind(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        return _answered(tracker, "kind", KINDS)


class ActionReportContent(Action):  # type: ignore[misc, unused-ignore]
    """The person learns how to report inside the app; nothing is claimed to be filed anywhere."""

    def name(self) -> str:
        return "action_report_content"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        turn = Turn.of(tracker)
        dispatcher.utter_message(response="utter_report_content_done")
        say(dispatcher, knowledge(turn).present("report_content", turn.role, turn.age_band))
        return []


class ActionStop(Action):  # type: ignore[misc, unused-ignore]
    """Ends the form and forgets what it had."""

    def name(self) -> str:
        return "action_stop"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        dispatcher.utter_message(response="utter_stopped")
        return [SlotSet("platform", None), SlotSet("kind", None)]


def _answered(tracker: Tracker, slot: str, words: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """A tapped code counts at once; typed words only as the answer to the question just asked."""
    message = tracker.latest_message
    tapped = next((item["value"] for item in message.get("entities") or () if item["entity"] == slot), None)
    if tapped is not None:
        return {slot: tapped if tapped in words else OTHER}
    text, intent = fold(message.get("text") or ""), message["intent"]["name"]
    is_question = intent == ASK and len(text.split()) > ANSWER_WORDS
    if tracker.slots.get("requested_slot") != slot or is_question:
        return {}
    code = _code(text, words) or (OTHER if intent in NO_QUESTION else None)
    return {slot: code} if code else {}


def _code(text: str, words: Mapping[str, tuple[str, ...]]) -> str | None:
    padded = f" {' '.join(text.split())} "
    return next((code for code, names in words.items() if any(f" {name} " in padded for name in names)), None)
