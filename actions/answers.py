"""Answers to questions, and what is said when a question is not clear."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.disclosure import answer_in_disclosure, support
from actions.turn import ASK, Turn, after_answer, knowledge, order, say
from bot.errors import BadInput
from bot.messages import Button, Reply

REPORT = Button("Báo trang, tài khoản xấu", "/start_report")
ABOUT_REPORTING = frozenset({"block_report", "report_content"})


class ActionAnswer(Action):  # type: ignore[misc, unused-ignore]
    """The reviewed text of the topic asked for; in a disclosure without menus."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        turn = Turn.of(tracker)
        if turn.topic not in knowledge(turn).topics:
            raise BadInput("a button names an unknown topic")
        if turn.in_disclosure:
            return answer_in_disclosure(dispatcher, turn)
        # Small talk and "I do not know that" are no answer to somebody in distress; support alone is.
        if turn.intent == ASK or not turn.concern:
            say(dispatcher, (*_present(turn), *knowledge(turn).second(turn.also, turn.role)))
        after_answer(dispatcher, turn)
        return [SlotSet("topic", turn.topic)] if turn.intent == ASK else []


class ActionOffer(Action):  # type: ignore[misc, unused-ignore]
    """A few topics to choose from; in a disclosure a supporting line instead."""

    def name(self) -> str:
        return "action_offer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        turn = Turn.of(tracker)
        if turn.in_disclosure:
            return support(dispatcher, turn)
        if not turn.concern:
            say(dispatcher, knowledge(turn).offer(turn.options, turn.role))
        after_answer(dispatcher, turn)
        return []


class ActionMore(Action):  # type: ignore[misc, unused-ignore]
    """More of the last answer is wanted; in a disclosure a supporting line instead."""

    def name(self) -> str:
        return "action_more"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        turn = Turn.of(tracker)
        if turn.in_disclosure:
            return support(dispatcher, turn)
        say(dispatcher, knowledge(turn).more(tracker.get_slot("topic") or "", turn.role))
        after_answer(dispatcher, turn)
        return []


class ActionTalkToHuman(Action):  # type: ignore[misc, unused-ignore]
    """The bot process puts the person in the queue and says the place in it."""

    def name(self) -> str:
        return "action_talk_to_human"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        order(dispatcher, "request_human")
        return []


class ActionDeleteData(Action):  # type: ignore[misc, unused-ignore]
    """The bot process asks the one confirming button, because it knows whether a case holds the transcript."""

    def name(self) -> str:
        return "action_delete_data"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        order(dispatcher, "confirm_erase")
        return []


def _present(turn: Turn) -> tuple[Reply, ...]:
    replies = knowledge(turn).present(turn.topic, turn.role, turn.age_band)
    if turn.topic not in ABOUT_REPORTING:
        return replies
    last = replies[-1]
    return (*replies[:-1], Reply(last.text, (*last.buttons, REPORT)))
