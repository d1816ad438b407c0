"""One log format for every process."""

import logging
import sys
import time

from bot.privacy.log_filter import PrivateFormatter, install_log_privacy

# The supervisor reads the level from this shape and shows warnings on the terminal.
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class UtcFormatter(logging.Formatter):
    """Writes times in UTC without a blank inside: 2026-11-23T13:00:00.123Z."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        return time.gmtime(seconds)


def configure(level: str) -> None:
    """Send this process's log to standard error, kept private; called once, by the process's own entry."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PrivateFormatter(UtcFormatter(FORMAT)))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    install_log_privacy()
