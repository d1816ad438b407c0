"""The bot process must never wait for the dialogue, nor take a broken answer for a good one."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue import DialogueClient, TurnRequest
from bot.errors import DialogueError

BROKEN = [
    b"HTTP/1.1 500 Error\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    b'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"replies": [], "effects": [],"slots":{}}',
    b'HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n{"replies": [{}],"effects": [], "slots": {} }',
    b"",
]


async def ask(path: Path, answer: Any, budget: float = 2.0) -> None:
    server = await asyncio.start_unix_server(answer, path=str(path))
    client = DialogueClient(path, budget)
    try:
        await client.turn(TurnRequest("a", "chào"))
    finally:
        await client.close()
        server.close()


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_broken_answer_is_an_error(tmp_path: Path, broken: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(broken)
        writer.close()

    with pytest.raises(DialogueError):
        await ask(tmp_path / "s", answer)


async def test_a_hanging_engine_costs_no_more_than_the_budget(tmp_path: Path) -> None:
    """Bytes that keep trickling in do not stretch it."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" * 10:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.1)

    start = asyncio.get_running_loop().time()
    with pytest.raises(DialogueError, match="TimeoutError"):
        await ask(tmp_path / "s", answer, budget=0.4)
    assert asyncio.get_running_loop().time() - start < 1.0


async def test_no_engine_at_all_is_an_error(tmp_path: Path) -> None:
    client = DialogueClient(tmp_path / "nobody", 1.0)
    with pytest.raises(DialogueError):
        await client.health()
    await client.close()
