"""The talk that follows a disclosure: no menus, nothing telling on a locked screen, somebody who is there."""

from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import ASK, Turn, after_answer, knowledge, say, say_line, wording

ANSWER = "utter_disclosure_answer"
GREETING = "utter_neutral_greeting"
# As many as domain/assistant.yml has values for the slot; wording itself goes round its own number.
LINES = 8


def answer_in_disclosure(dispatcher: CollectingDispatcher, turn: Turn) -> list[Any]:
    """A question keeps its answer; everything else that is said is met with a supporting line."""
    if turn.intent == "greeting":
        say_line(dispatcher, turn, GREETING)
        return []
    if turn.intent not in (ASK, "bot_identity"):
        return support(dispatcher, turn)
    replies = knowledge(turn).present(turn.topic, turn.role, turn.age_band)
    dispatcher.utter_message(response=ANSWER, answer="\n\n".join(reply.text for reply in replies))
    after_answer(dispatcher, turn)
    # The topic is not remembered: "nói rõ hơn" must not lead on from it when somebody else holds the phone.
    return []


def support(dispatcher: CollectingDispatcher, turn: Turn) -> list[Any]:
    """The next line in turn, so that nobody reads the same one twice running."""
    following = turn.support % LINES + 1
    _, reply = wording().of(turn.language).acknowledgement(turn.role, following, age_band=turn.age_band)
    say(dispatcher, (reply,))
    after_answer(dispatcher, turn)
    return [SlotSet("support", str(following))]
