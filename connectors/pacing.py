"""Keeps the bot below a platform's limits, so that its refusals stay the exception."""

from functools import lru_cache

from aiolimiter import AsyncLimiter

# Chats whose last message lies further back than this many others have nothing to wait for.
REMEMBERED_CHATS = 10_000


class Pace:
    """``overall`` messages a second to all, ``per_chat`` a second to one."""

    def __init__(self, overall: float, per_chat: float) -> None:
        self._all = AsyncLimiter(overall, 1.0)
        self._chat = lru_cache(maxsize=REMEMBERED_CHATS)(lambda _: AsyncLimiter(1, 1.0 / per_chat))

    async def turn(self, chat_id: str, *, patient: bool) -> None:
        """Wait until a message may go out; only a ``patient`` one for its own chat's pace as well."""
        if patient:
            await self._chat(chat_id).acquire()
        await self._all.acquire()
