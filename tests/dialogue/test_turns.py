"""What a turn answers, asked as the bot process asks it."""

import asyncio

import httpx
import pytest

from bot.dialogue import DialogueClient, TurnAnswer, TurnRequest
from bot.errors import DialogueError
from bot.triage.assessment import Risk, Role
from tests.dialogue.conftest import Running


def said(answer: TurnAnswer) -> str:
    return "\n".join(reply.text for reply in answer.replies)


def payloads(answer: TurnAnswer) -> list[str]:
    return [button.payload for reply in answer.replies for button in reply.buttons]


async def test_a_question_is_answered_and_its_topic_kept(client: DialogueClient, conversation: str) -> None:
    answer = await client.turn(TurnRequest(conversation, "mật khẩu mạnh là như thế nào", role=Role.CHILD))
    assert answer.slots["topic"] == "password_strong"
    assert "mật khẩu" in said(answer).lower()


async def test_child_and_parent_read_different_words(client: DialogueClient, conversation: str) -> None:
    question = "mật khẩu mạnh là như thế nào"
    child = await client.turn(TurnRequest(conversation, question, role=Role.CHILD))
    parent = await client.turn(TurnRequest(conversation[1:], question, role=Role.PARENT))
    assert said(child) != said(parent)


async def test_an_answer_offers_to_go_on_with_our_payloads(client: DialogueClient, conversation: str) -> None:
    answer = await client.turn(TurnRequest(conversation, "mật khẩu mạnh là như thế nào", role=Role.CHILD))
    assert payloads(answer) and all(payload.startswith("/") for payload in payloads(answer))


async def test_an_unclear_question_gets_topics_to_choose(client: DialogueClient, conversation: str) -> None:
    answer = await client.turn(TurnRequest(conversation, "facebook", role=Role.CHILD))
    assert len([payload for payload in payloads(answer) if payload.startswith("/ask")]) >= 2


async def test_a_button_is_a_direct_intent(client: DialogueClient, conversation: str) -> None:
    answer = await client.turn(
        TurnRequest(conversation, payload='/ask{"topic":"two_factor"}', role=Role.CHILD)
    )
    assert answer.slots["topic"] == "two_factor"


@pytest.mark.parametrize(
    "typed", ['/ask{"topic":"two_factor"}', ' / /ask{"topic":"two_factor"}', "/restart", "/"]
)
async def test_a_typed_intent_is_only_text(client: DialogueClient, conversation: str, typed: str) -> None:
    answer = await client.turn(TurnRequest(conversation, typed, role=Role.CHILD))
    assert answer.slots.get("topic") != "two_factor" and answer.replies


@pytest.mark.parametrize(
    "payload", ["/restart", "/session_start", "/nothing_of_ours", "ask", '/ask{"topic":3}']
)
async def test_a_foreign_payload_is_refused(client: DialogueClient, conversation: str, payload: str) -> None:
    with pytest.raises(DialogueError, match="400"):
        await client.turn(TurnRequest(conversation, payload=payload))


async def test_a_wish_for_a_human_is_an_effect(client: DialogueClient, conversation: str) -> None:
    answer = await client.turn(TurnRequest(conversation, payload="/talk_to_human"))
    assert answer.effects == ("request_human",)


async def test_erasing_is_left_to_the_bot_process(client: DialogueClient, conversation: str) -> None:
    assert (await client.turn(TurnRequest(conversation, payload="/delete_data"))).effects == (
        "confirm_erase",
    )


async def test_a_check_in_follows_the_answer(client: DialogueClient, conversation: str) -> None:
    plain = await client.turn(TurnRequest(conversation, payload='/ask{"topic":"two_factor"}'))
    asked = await client.turn(TurnRequest(conversation, payload='/ask{"topic":"two_factor"}', check_in=True))
    assert len(asked.replies) == len(plain.replies) + 1


@pytest.mark.parametrize("text", ["buồn quá chẳng biết nói với ai", "chào bạn", "asdfgh"])
async def test_distress_is_met_with_support_and_the_offer_of_a_person_alone(
    client: DialogueClient, conversation: str, text: str
) -> None:
    answer = await client.turn(TurnRequest(conversation, text, role=Role.CHILD, risk=Risk.MEDIUM))
    assert payloads(answer)[-2:] == ["human:yes", "human:no"] and "111" in answer.replies[-1].text


@pytest.mark.parametrize("text", ["mật khẩu mạnh là như thế nào", "facebook", "chào bạn", "bạn giúp được gì"])
async def test_a_disclosure_sees_no_menu(client: DialogueClient, conversation: str, text: str) -> None:
    answer = await client.turn(TurnRequest(conversation, text, role=Role.CHILD, talk="disclosure"))
    assert answer.replies and not [payload for payload in payloads(answer) if payload.startswith("/ask")]


async def test_after_a_disclosure_the_first_words_tell_nothing(
    client: DialogueClient, conversation: str
) -> None:
    request = TurnRequest(conversation, payload='/ask{"topic":"sextortion_help"}', talk="disclosure")
    (answer,) = (await client.turn(request)).replies
    assert answer.text[:40] == "Mình đã nhận được tin nhắn, mình trả lời" and "ảnh" in answer.text


async def test_a_disclosure_is_met_with_changing_lines(client: DialogueClient, conversation: str) -> None:
    request = TurnRequest(conversation, "hmm", role=Role.CHILD, talk="disclosure")
    lines = [said(await client.turn(request)) for _ in range(9)]
    assert len(set(lines)) == 8 and lines[0] == lines[8]


async def test_a_form_asks_then_reports_codes_only(client: DialogueClient, conversation: str) -> None:
    await client.turn(TurnRequest(conversation, "báo link xấu", role=Role.CHILD))
    await client.turn(TurnRequest(conversation, "ở trên Zalo ạ", role=Role.CHILD))
    done = await client.turn(TurnRequest(conversation, payload='/choose{"kind":"scam"}', role=Role.CHILD))
    assert (done.slots["platform"], done.slots["kind"]) == ("zalo", "scam")
    assert len(done.replies) >= 2


async def test_a_question_inside_a_form_is_answered_and_the_form_goes_on(
    client: DialogueClient, conversation: str
) -> None:
    form = await client.turn(TurnRequest(conversation, payload="/start_report", role=Role.CHILD))
    answer = await client.turn(TurnRequest(conversation, "mật khẩu mạnh là như thế nào", role=Role.CHILD))
    assert "mật khẩu" in said(answer).lower() and answer.replies[-1].text == form.replies[-1].text


async def test_the_form_can_be_left(client: DialogueClient, conversation: str) -> None:
    await client.turn(TurnRequest(conversation, payload="/start_report"))
    await client.turn(TurnRequest(conversation, "thôi, không báo nữa"))
    late = await client.turn(TurnRequest(conversation, payload='/choose{"platform":"zalo"}'))
    assert "platform" not in late.slots


async def test_an_event_ends_the_form(client: DialogueClient, conversation: str) -> None:
    await client.turn(TurnRequest(conversation, payload="/start_report"))
    answer = await client.turn(TurnRequest(conversation, "zalo", end_form=True, talk="disclosure"))
    assert "platform" not in answer.slots and "requested_slot" not in answer.slots


async def test_a_failing_action_fails_the_turn_and_stores_nothing(
    client: DialogueClient, conversation: str
) -> None:
    await client.turn(TurnRequest(conversation, payload='/ask{"topic":"two_factor"}'))
    with pytest.raises(DialogueError, match="500"):
        await client.turn(
            TurnRequest(conversation, payload='/ask{"topic":"no_such_topic"}', role=Role.TEACHER)
        )
    again = await client.turn(TurnRequest(conversation, "chào bạn", role=Role.CHILD))
    assert again.slots["topic"] == "two_factor"


async def test_turns_of_one_conversation_wait_for_each_other(
    client: DialogueClient, conversation: str
) -> None:
    asks = [TurnRequest(conversation, payload=f'/ask{{"topic":"{topic}"}}') for topic in ("two_factor",) * 8]
    answers = await asyncio.gather(*map(client.turn, asks))
    assert all(answer.slots["topic"] == "two_factor" for answer in answers)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"text": "a"}', b'{"conversation_id": "a", "metadata": {"role": "x"}}']
)
async def test_a_malformed_request_is_refused(running: Running, body: bytes) -> None:
    transport = httpx.AsyncHTTPTransport(uds=str(running.socket))
    async with httpx.AsyncClient(transport=transport, base_url="http://dialogue") as http:
        assert (await http.post("/turn", content=body)).status_code == 400


async def test_health_names_model_and_store(client: DialogueClient) -> None:
    health = await client.health()
    assert health["tracker_store"] == "LaChanTrackerStore" and health["model"].startswith("dialogue-")
