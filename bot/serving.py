"""Serves a web application of ours until it is told to stop."""

from collections.abc import Callable
from typing import Any

import uvicorn

GRACE_SECONDS = 3


class Server(uvicorn.Server):
    """Ends open event streams first; they would hold up the stop until its deadline.

    Addresses and queries are never logged: they would tell who wrote and which case was read.
    """

    def __init__(self, app: Any, host: str, port: int, end_streams: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                access_log=False,
                server_header=False,
                log_config=None,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._end_streams = end_streams

    async def shutdown(self, sockets: Any = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)
