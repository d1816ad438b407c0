"""The answer form that Telegram's and Zalo's bot APIs share: ``{"ok", "result" | "error_code", "description"}``."""

import json
from dataclasses import dataclass
from typing import Any

OUT_OF_ORDER = 502


@dataclass(frozen=True, repr=False)
class Envelope:
    """What an answer really says. ``code`` is 200 when it is good; ``description`` may quote what was sent."""

    code: int
    description: str = ""
    retry_after: float | None = None


def read_envelope(status: int, body: bytes) -> Envelope:
    """A refusal under HTTP 200 counts as the refusal it is, and a page that is no JSON as a broken platform.

    Both clients' own libraries take the first for success and log the second whole.
    """
    try:
        answer: Any = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return Envelope(status if status >= 500 else OUT_OF_ORDER)
    if answer.get("ok") is True and status < 400:
        return Envelope(200)
    code = answer.get("error_code")
    parameters = answer.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return Envelope(
        code if isinstance(code, int) else status if status >= 400 else OUT_OF_ORDER,
        str(answer.get("description") or ""),
        float(seconds) if isinstance(seconds, (int, float)) else None,
    )
