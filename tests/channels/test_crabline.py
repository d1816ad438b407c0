"""The same talk over fakes that somebody else wrote: the npm package @openclaw/crabline, if it is there.

npm install --prefix DIR @openclaw/crabline@0.1.27
CRABLINE=DIR ./lachan test tests/channels/test_crabline.py
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.config import Settings
from tests.support.helpline import FakeDialogue, running_bot, say

PROGRAM = Path("node_modules/@openclaw/crabline/dist/src/bin/crabline.js")
CHATS = {"telegram": "700100200", "zalo": "6ede9afa66b88fe6d6a9"}
DEADLINE_SECONDS = 20


@dataclass(frozen=True)
class Crabline:
    """One running fake: what it was told to be, and what it has recorded."""

    provider: str
    manifest: dict[str, Any]

    def write(self, text: str) -> None:
        admin = {"X-Crabline-Admin-Token": self.manifest["adminToken"]}
        chat = CHATS[self.provider]
        body: dict[str, Any] = {"chatId": chat, "text": text}
        body |= {"fromId": int(chat)} if self.provider == "telegram" else {"senderId": chat}
        httpx.post(self.manifest["endpoints"]["adminInboundUrl"], json=body, headers=admin).raise_for_status()

    def recorded(self) -> str:
        """Everything the fake has seen so far, un-escaped."""
        lines = Path(self.manifest["recorderPath"]).read_text(encoding="utf-8").splitlines()
        return "\n".join(json.dumps(json.loads(line), ensure_ascii=False) for line in lines)

    def wait(self, seen: Callable[[str], bool]) -> str:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not seen(text := self.recorded()):
            assert time.monotonic() < deadline, "crabline never saw it"
            time.sleep(0.1)
        return text


@pytest.fixture(params=["telegram", "zalo"])
def crabline(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Crabline]:
    folder = os.environ.get("CRABLINE")
    if folder is None:
        pytest.skip("CRABLINE is not set: the head of this file says how to get the fake servers")
    ready = tmp_path / "ready.json"
    words = ["serve", request.param, "--ready-file", str(ready), "--recorder", str(tmp_path / "seen.jsonl")]
    process = subprocess.Popen(["node", Path(folder) / PROGRAM, "--json", *words], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not ready.exists() or not ready.read_text():
            assert time.monotonic() < deadline and process.poll() is None, "crabline did not start"
            time.sleep(0.1)
        yield Crabline(request.param, json.loads(ready.read_text()))
    finally:
        process.terminate()
        process.wait(10)


def test_a_question_and_a_disclosure_go_through_a_strangers_fake(
    crabline: Crabline, settings: Settings
) -> None:
    token, root = SecretStr(crabline.manifest["botToken"]), crabline.manifest["endpoints"]["apiRoot"]
    name = "telegram" if crabline.provider == "telegram" else "zalo_bot"
    ours = settings.model_copy(update={f"{name}_token": token, f"{name}_api": root, "burst_seconds": 0.1})
    dialogue = FakeDialogue(answer=lambda _: say("trả lời câu hỏi"))
    with running_bot(ours, dialogue) as bot:
        crabline.write("mat khau the nao la manh")
        crabline.wait(lambda seen: "trả lời câu hỏi" in seen)
        crabline.write("chu ay bat em coi do")
        seen = crabline.wait(lambda seen: "Mình tin em" in seen)
        assert "111" in seen
        assert bot.http.get("/healthz").json()["channels"] == {name: "ok"}
