"""Rasa as its own server with an action server, against Rasa embedded as we run it: start, memory, time a message.

    python -m benchmarks.dialogue_engine

Prints a Markdown table. Both sides answer the same 410 messages of one conversation, on this machine, one after
the other; docs/decisions/0001-dialogue-engine.md keeps a run and what was decided.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped, unused-ignore]

from bot.config import ROOT
from bot.dialogue import DialogueClient, TurnRequest
from bot.errors import DialogueError
from bot.storage.engine import open_database
from bot.storage.migrate import migrate
from connectors.dialogue.training import train_if_needed

QUESTIONS = (
    "mật khẩu mạnh là như thế nào",
    "chào bạn",
    "bat xac minh 2 buoc kieu gi a",
    "người lạ nhắn tin làm quen thì sao",
    "dạ em cảm ơn",
)
MESSAGES = 410
EARLY, LATE = slice(0, 20), slice(390, 410)
START_SECONDS = 120
ACTION_SERVER = "from connectors.dialogue.compat import prepare_command_line as p; p(); from rasa_sdk.__main__ import main; main()"

Ask = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Figures:
    """Seconds to the first answer, MB of all its processes at the end, milliseconds of every message.

    ``work`` is processor time: it does not grow when something else runs on the machine.
    """

    start: float
    memory: float
    times: list[float]
    work: list[float]

    def row(self, name: str) -> str:
        cells = [f"{self.start:.1f} s", f"{self.memory:.0f} MB", self._window(EARLY), self._window(LATE)]
        return f"| {name} | {' | '.join(cells)} |"

    def _window(self, window: slice) -> str:
        times = sorted(self.times[window])
        p95 = times[int(len(times) * 0.95) - 1]
        return f"{statistics.median(times):.0f} / {p95:.0f} ms, {statistics.mean(self.work[window]):.0f} ms"


async def measure(processes: list["subprocess.Popen[bytes]"], started: float, ask: Ask) -> Figures:
    """Ask until the first answer comes, then time the conversation."""
    while True:
        try:
            await ask("chào bạn")
            break
        except (DialogueError, httpx.HTTPError, ValueError) as error:
            if time.monotonic() - started > START_SECONDS or any(p.poll() is not None for p in processes):
                raise RuntimeError("the engine did not start") from error
            await asyncio.sleep(0.1)
    figures = Figures(time.monotonic() - started, 0.0, [], [])
    for number in range(MESSAGES):
        before, worked = time.perf_counter(), sum(map(_work, processes))
        await ask(QUESTIONS[number % len(QUESTIONS)])
        figures.times.append((time.perf_counter() - before) * 1000)
        figures.work.append((sum(map(_work, processes)) - worked) * 1000)
    return replace(figures, memory=sum(map(_memory, processes)))


async def embedded(folder: Path, model: Path) -> Figures:
    """Our process: tracker store of coded slots, actions inside."""
    url, path = f"sqlite:///{folder / 'ours.db'}", folder / "d.sock"
    database = open_database(url)
    migrate(database)
    database.close()
    code = (
        "from pathlib import Path; from connectors.dialogue.server import serve\n"
        f"serve(Path({str(path)!r}), Path({str(model)!r}), {url!r})"
    )
    client = DialogueClient(path, 30)

    async def ask(text: str) -> None:
        await client.turn(TurnRequest("benchmark", text))

    with ExitStack() as stack:
        started = time.monotonic()
        figures = await measure([_start(stack, "-c", code)], started, ask)
    await client.close()
    return figures


async def own_server(folder: Path, model: Path) -> Figures:
    """``rasa run`` with rasa's SQL tracker store and an HTTP action server."""
    port, actions = _free_port(), _free_port()
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(
        f"tracker_store: {{type: SQL, dialect: sqlite, url: 'sqlite:///{folder / 'theirs.db'}'}}\n"
        f"action_endpoint: {{url: 'http://127.0.0.1:{actions}/webhook'}}\n"
    )
    rasa = ["-m", "connectors.dialogue.rasa_cli", "run", "--model", str(model), "--endpoints", str(endpoints)]
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30)

    async def ask(text: str) -> None:
        response = await client.post("/webhooks/rest/webhook", json={"sender": "benchmark", "message": text})
        if not response.json():
            raise ValueError("rasa answered 200 with nothing")

    with ExitStack() as stack:
        started = time.monotonic()
        processes = [
            _start(stack, "-c", ACTION_SERVER, "--actions", "actions", "--port", str(actions)),
            _start(stack, *rasa, "--credentials", str(ROOT / "credentials.yml"), "--port", str(port)),
        ]
        figures = await measure(processes, started, ask)
    await client.aclose()
    return figures


def _start(stack: ExitStack, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def _memory(process: "subprocess.Popen[bytes]") -> float:
    return float(sum(part.memory_info().rss for part in _family(process))) / 1e6


def _work(process: "subprocess.Popen[bytes]") -> float:
    return float(sum(part.cpu_times().user + part.cpu_times().system for part in _family(process)))


def _family(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    whole = psutil.Process(process.pid)
    return [whole, *whole.children(recursive=True)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = train_if_needed(ROOT, folder / "models")
        print(
            f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} before; 20 messages: p50 / p95, mean CPU\n"
        )
        print("| | first answer after | memory | messages 1-20 | messages 391-410 |\n|---|---|---|---|---|")
        print((await own_server(folder, model)).row("`rasa run` and an action server"), flush=True)
        print((await embedded(folder, model)).row("embedded, actions in process"), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
