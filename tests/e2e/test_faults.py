"""Parts that die, and a process killed between the 200 and the reply."""

import os
import signal
import threading
import time

import httpx
import pytest

from tests.e2e.conftest import Helpline


@pytest.mark.parametrize("part", ["dialogue", "bot", "console"])
def test_a_part_that_dies_is_started_again(helpline: Helpline, part: str) -> None:
    old = helpline.parts()[part]
    os.kill(old, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while helpline.parts().get(part) in {None, old} and time.monotonic() < deadline:
        time.sleep(0.2)
    assert helpline.parts()[part] != old
    helpline.wait_ready(60)


def test_a_disclosure_while_rasa_is_down_is_answered_and_cased(helpline: Helpline) -> None:
    before = len(helpline.cases())
    os.kill(helpline.parts()["dialogue"], signal.SIGKILL)
    [line] = helpline.say("down-1", "bố em say rượu đánh em chảy máu, em sợ lắm")
    assert "111" in line["text"] or "113" in line["text"]
    assert len(helpline.cases()) == before + 1
    helpline.wait_ready(60)


def test_killed_between_the_200_and_the_reply_nothing_is_lost_or_doubled(helpline: Helpline) -> None:
    asked = {"sender": "killed-1", "message": "lam sao de biet link la lua dao", "message_id": "the-only-one"}

    def post() -> None:
        try:
            httpx.post(f"{helpline.bot}/webhooks/web/webhook", json=asked, timeout=30)
        except httpx.HTTPError:
            pass

    thread = threading.Thread(target=post)
    thread.start()
    time.sleep(0.8)  # stored, and still waiting for the end of the burst
    os.kill(helpline.parts()["bot"], signal.SIGKILL)
    thread.join()
    time.sleep(1)
    helpline.wait_ready(60)
    texts: list[str] = []
    deadline = time.monotonic() + 20
    while not texts and time.monotonic() < deadline:
        texts = [
            line["text"] for line in helpline.say("killed-1", asked["message"], message_id="the-only-one")
        ]
    assert any("link" in text.lower() for text in texts)
    assert len(texts) == len(set(texts))
    assert helpline.say("killed-1", asked["message"], message_id="the-only-one") == []
