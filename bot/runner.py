"""The bot process's own clockwork: asks Rasa, sends, and makes the rounds, until it is stopped."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

import anyio.to_thread

from bot.dispatcher import Dispatcher
from bot.errors import LaChanError
from bot.rounds import Rounds
from bot.sending import Sending

log = logging.getLogger(__name__)

TICK_SECONDS = 0.1
ROUNDS_SECONDS = 2.0
RECALL_SECONDS = 0.5
AT_ONCE = 8


class Runner:
    """Runs the loops; ``on_answer`` is told the conversation id whenever a turn is finished."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        sending: Sending,
        rounds: Rounds,
        clock: Callable[[], datetime],
    ) -> None:
        self._dispatcher = dispatcher
        self._sending = sending
        self._rounds = rounds
        self._clock = clock
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._loops: list[asyncio.Task[None]] = []
        self.on_answer: Callable[[str], None] = lambda _: None
        self.failing: set[str] = set()

    def start(self) -> None:
        """Start the loops in the running event loop."""
        steps: dict[str, tuple[Callable[[], Awaitable[None]], float]] = {
            "dialogue": (self._dispatch, TICK_SECONDS),
            "sending": (self._sending.step, TICK_SECONDS),
            "taking back": (self._sending.recall, RECALL_SECONDS),
            "rounds": (self._make_rounds, ROUNDS_SECONDS),
        }
        self._loops = [asyncio.create_task(self._repeat(name, *step)) for name, step in steps.items()]

    async def stop(self) -> None:
        """End the loops; what they had begun is finished or taken up again at the next start."""
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, *self._busy.values(), return_exceptions=True)
        await self._sending.stop()

    @property
    def alive(self) -> bool:
        return bool(self._loops) and not any(task.done() for task in self._loops)

    async def _repeat(self, name: str, step: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            try:
                await step()
                self.failing.discard(name)
            except LaChanError as error:
                self._note(name, str(error))
            # The outermost loop: one broken row must not stop everybody's messages.
            except Exception as error:
                self._note(name, type(error).__name__)
            await asyncio.sleep(seconds if name not in self.failing else max(seconds, 1.0))

    def _note(self, name: str, reason: str) -> None:
        if name not in self.failing:
            log.error("%s is failing: %s", name, reason)
        self.failing.add(name)

    async def _dispatch(self) -> None:
        for conversation_id in await anyio.to_thread.run_sync(self._dispatcher.ready, self._clock()):
            if conversation_id not in self._busy and len(self._busy) < AT_ONCE:
                self._busy[conversation_id] = asyncio.create_task(self._work(conversation_id))

    async def _work(self, conversation_id: str) -> None:
        try:
            await self._dispatcher.work(conversation_id)
        except LaChanError as error:
            self._note("dialogue", str(error))
        except Exception as error:
            self._note("dialogue", type(error).__name__)
        finally:
            self._busy.pop(conversation_id, None)
            self.on_answer(conversation_id)

    async def _make_rounds(self) -> None:
        for step in self._rounds.all():
            await anyio.to_thread.run_sync(step, self._clock())
