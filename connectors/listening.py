"""How updates reach us: one process fetches them, or the platform pushes them to our public address."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import anyio.to_thread

from bot.errors import FetchConflict, LaChanError, MessageRefused, SendError, StorageError, TemporarySendError
from bot.storage.counters import hold_lease, release_lease
from bot.storage.engine import Database
from connectors.platform import PlatformChannel

log = logging.getLogger(__name__)

# Longer than a long poll, so that a living poller never loses it.
LEASE = timedelta(seconds=60)
LOOK_AGAIN_SECONDS = 5.0
TRIES = 3
LONGEST_PAUSE_SECONDS = 60.0
CHECK_WEBHOOK_SECONDS = 600.0
OK = "ok"
ANOTHER = "another process fetches"


class Listener:
    """Runs one channel's way in until it is stopped; ``state`` says how it goes, for the operator.

    ``webhook_url`` is empty where messages are fetched. Of all processes of different ``owner`` names one
    fetches; a process that is started again under its old name goes on at once.
    """

    def __init__(
        self,
        channel: PlatformChannel,
        database: Database,
        clock: Callable[[], datetime],
        webhook_url: str,
        owner: str,
    ) -> None:
        self.channel = channel
        self.state = "starting"
        self._database = database
        self._clock = clock
        self._webhook_url = webhook_url
        self._owner = owner
        self._checked_at: datetime | None = None
        self._untaken: list[Mapping[str, Any]] = []
        self._tries = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin in the running event loop."""
        self._task = asyncio.create_task(self._watch() if self._webhook_url else self._fetch())

    async def stop(self) -> None:
        """End the loop and let another process fetch."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if not self._webhook_url:
            await anyio.to_thread.run_sync(self._release)

    def _note(self, state: str) -> None:
        if state != self.state and state not in {OK, ANOTHER}:
            log.error("%s: %s", self.channel.name, state)
        self.state = state

    async def _watch(self) -> None:
        """See from time to time that the platform still pushes to us."""
        while True:
            try:
                found = await self.channel.client.webhook()
            except SendError as error:
                self._note(str(error))
                await asyncio.sleep(LONGEST_PAUSE_SECONDS)
                continue
            stands = found.url == self._webhook_url
            self._note(OK if stands else "no webhook is set for this address: ./lachan channels connect")
            await asyncio.sleep(
                CHECK_WEBHOOK_SECONDS if stands else min(CHECK_WEBHOOK_SECONDS, LONGEST_PAUSE_SECONDS)
            )

    async def _fetch(self) -> None:
        failures = 0
        while True:
            if not await anyio.to_thread.run_sync(self._hold):
                self._note(ANOTHER)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                continue
            try:
                await self._take_down_webhook()
                await self._fetch_once()
            # The outermost loop: whatever one update breaks, the next must still be fetched.
            except Exception as error:
                failures += 1
                self._note(str(error) if isinstance(error, LaChanError) else type(error).__name__)
                if isinstance(error, (FetchConflict, MessageRefused)):
                    self._checked_at = None
                await asyncio.sleep(_pause(error, failures))
            else:
                failures = 0
                self._note(OK)

    async def _take_down_webhook(self) -> None:
        """A webhook left from before would keep everything from us, on Zalo without a word."""
        now = self._clock()
        if self._checked_at is not None and now - self._checked_at < timedelta(seconds=CHECK_WEBHOOK_SECONDS):
            return
        if (await self.channel.client.webhook()).url:
            log.warning("%s: a webhook was set; messages are fetched from now on", self.channel.name)
            await self.channel.client.delete_webhook()
        self._checked_at = now
        # The platform answers; the first long poll would say so only half a minute later.
        self._note(OK)

    async def _fetch_once(self) -> None:
        """What could not be taken is tried again before anything new: Zalo gives an update only once."""
        self._untaken = self._untaken or await self.channel.client.updates()
        while self._untaken:
            try:
                await self.channel.take(self._untaken[0])
            except LaChanError:
                raise
            # A fault of ours that comes each time must not keep everybody behind it from being heard.
            except Exception:
                self._tries += 1
                if self._tries < TRIES:
                    raise
                log.exception("%s: an update could not be taken", self.channel.name)
            self._tries = 0
            self.channel.client.confirm(self._untaken.pop(0))

    def _hold(self) -> bool:
        """Whether this process is the one that fetches; while the database is away, whoever was goes on."""
        now = self._clock()
        name = f"fetch {self.channel.name}"
        try:
            with self._database.write() as session:
                return hold_lease(session, name, self._owner, now, now + LEASE)
        except StorageError:
            return self.state != ANOTHER

    def _release(self) -> None:
        try:
            with self._database.write() as session:
                release_lease(session, f"fetch {self.channel.name}", self._owner)
        except StorageError:
            log.debug("the lease runs out by itself")


def _pause(error: Exception, failures: int) -> float:
    asked = error.seconds if isinstance(error, TemporarySendError) else None
    return min(asked or float(2 ** min(failures, 10)) / 2, LONGEST_PAUSE_SECONDS)
