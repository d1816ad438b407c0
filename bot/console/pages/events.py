"""The stream that tells a page what to fetch anew. It carries topics, never content."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from bot.console import sessions
from bot.console.door import Allow, Console, console_of
from bot.console.sessions import COOKIE, Visit
from bot.console.watcher import QUEUE

router = APIRouter()
BEAT_SECONDS = 10.0


@router.get("/events")
def events(
    request: Request, visit: Annotated[Visit, Depends(Allow("see_queue"))], case: str = ""
) -> StreamingResponse:
    topics = (QUEUE, case) if case else (QUEUE,)
    stream = _stream(console_of(request), request.cookies.get(COOKIE), topics)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _stream(console: Console, cookie: str | None, topics: tuple[str, ...]) -> AsyncIterator[str]:
    with console.watcher.follow(*topics) as follower:
        while not console.watcher.closed.is_set():
            left = await asyncio.to_thread(_seconds_left, console, cookie)
            if left <= 0:
                yield _event("ended", "0")
                return
            yield _event("left", str(left))
            for _ in range(20):
                news = await follower.wait(BEAT_SECONDS)
                if not news or console.watcher.closed.is_set():
                    break
                for topic in sorted(news):
                    yield _event("queue" if topic == QUEUE else "case", "changed")


def _seconds_left(console: Console, cookie: str | None) -> int:
    """The account may have signed out or been disabled since the stream began."""
    now = console.clock()
    with console.database.read() as session:
        return sessions.find(session, cookie, now).seconds_left(now)


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
