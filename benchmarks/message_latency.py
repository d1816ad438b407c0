"""How long a person waits: one long conversation over HTTP with the real model, and a crisis without Rasa.

    python -m benchmarks.message_latency

Starts `./lachan up` in a folder of its own, with no waiting for bursts, so that the figures are the system's own
work; in life 1.5 s of silence come on top of an ordinary answer, nothing on top of a crisis reply. Gates on one
ratio: message 400 of a conversation costs no more than twice what message 10 costs.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = (
    "lam sao dat mat khau cho manh",
    "có người lạ nhắn tin rủ đi chơi thì sao ạ",
    "link trung thuong nay co that khong",
    "111 là số gì vậy",
    "con toi choi game nhieu qua",
    "cảm ơn bạn nhé",
)
EARLY, LATE, LAST = range(1, 21), range(390, 411), 411
MOST = 2.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    ports = {"LACHAN_BOT_PORT": str(free_port()), "LACHAN_CONSOLE_PORT": str(free_port())}
    bot = f"http://127.0.0.1:{ports['LACHAN_BOT_PORT']}"
    with tempfile.TemporaryDirectory() as home:
        env = os.environ | ports | {"LACHAN_HOME": f"{home}/var", "LACHAN_BURST_SECONDS": "0"}
        for start in ("first", "second"):
            up = subprocess.Popen(
                [ROOT / "lachan", "up"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            print(f"{start} start until /readyz: {wait_ready(bot):.1f} s")
            if start == "first":
                stop(up)
        try:
            return measure(bot, up.pid)
        finally:
            stop(up)


def wait_ready(bot: str) -> float:
    began = time.monotonic()
    while time.monotonic() - began < 300:
        try:
            if httpx.get(f"{bot}/readyz", timeout=2).status_code == 200:
                return time.monotonic() - began
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise SystemExit("not ready after 300 s")


def stop(up: "subprocess.Popen[bytes]") -> None:
    up.send_signal(signal.SIGINT)
    up.wait(timeout=30)


def measure(bot: str, supervisor: int) -> int:
    with httpx.Client(base_url=bot, timeout=30) as http:
        took = [post(http, "one", QUESTIONS[n % len(QUESTIONS)]) for n in range(LAST)]
        early, late = ([took[n] for n in which] for which in (EARLY, LATE))
        show("messages 1-20", early)
        show("messages 390-410", late)
        print(f"memory (PSS): {memory(supervisor)}")
        kill_dialogue(supervisor)
        show(
            "crisis reply, Rasa killed", [post(http, f"child-{n}", "chú ấy bắt em cởi đồ") for n in range(20)]
        )
    ratio = statistics.median(late) / statistics.median(early)
    print(f"late / early: {ratio:.2f} (at most {MOST})")
    return 0 if ratio <= MOST else 1


def post(http: httpx.Client, sender: str, message: str) -> float:
    began = time.perf_counter()
    answer = http.post("/webhooks/web/webhook", json={"sender": sender, "message": message})
    assert answer.json(), "no answer"
    return time.perf_counter() - began


def show(name: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p50, p95 = statistics.median(ordered), ordered[round(0.95 * (len(ordered) - 1))]
    print(f"{name}: p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms")


def parts(supervisor: int) -> dict[str, psutil.Process]:
    children = psutil.Process(supervisor).children(recursive=True)
    return {
        line[line.index("serve") + 1]: child for child in children if "serve" in (line := child.cmdline())
    }


def memory(supervisor: int) -> str:
    sizes = {name: part.memory_full_info().pss / 2**20 for name, part in parts(supervisor).items()}
    return ", ".join(f"{name} {size:.0f} MB" for name, size in sizes.items())


def kill_dialogue(supervisor: int) -> None:
    parts(supervisor)["dialogue"].kill()


if __name__ == "__main__":
    sys.exit(main())
