"""The bot process's side of the dialogue engine: one turn in, replies and effects out, over a Unix socket."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

from bot.errors import BadInput, DialogueError
from bot.language import ENGLISH, VIETNAMESE
from bot.messages import Button, Reply
from bot.triage.assessment import About, Category, Risk, Role

AGE_BANDS = ("<6", "6-10", "11-13", "14-15", "16-17", ">=18", "unknown")
LANGUAGES = (VIETNAMESE, ENGLISH)
TALKS = ("normal", "disclosure")


@dataclass(frozen=True, repr=False)
class TurnRequest:
    """One message for the dialogue engine. ``payload`` is the meaning of a button of ours, never typed text."""

    conversation_id: str
    text: str = ""
    payload: str | None = None
    role: Role = Role.UNKNOWN
    age_band: str = "unknown"
    language: str = VIETNAMESE
    talk: str = "normal"
    end_form: bool = False
    risk: Risk = Risk.NONE
    category: Category = Category.NONE
    about: About = About.UNKNOWN
    check_in: bool = False

    def metadata(self) -> dict[str, Any]:
        """Codes only; this is what rules, actions and the classifier see."""
        return {
            "role": self.role.value,
            "age_band": self.age_band,
            "language": self.language,
            "talk": self.talk,
            "end_form": self.end_form,
            "risk": self.risk.code,
            "category": self.category.value,
            "about": self.about.value,
            "check_in": self.check_in,
        }

    def to_json(self) -> dict[str, Any]:
        ids = {"conversation_id": self.conversation_id, "text": self.text, "payload": self.payload}
        return {**ids, "metadata": self.metadata()}

    @classmethod
    def from_json(cls, body: Any) -> Self:
        """Read what ``to_json`` wrote; missing metadata take their defaults, wrong ones raise ``BadInput``."""
        try:
            given = dict(body.get("metadata") or {})
            request = cls(
                conversation_id=_text(body["conversation_id"]),
                text=_text(body.get("text") or ""),
                payload=None if body.get("payload") is None else _text(body["payload"]),
                role=Role(given.get("role", Role.UNKNOWN)),
                age_band=_one_of(given.get("age_band", "unknown"), AGE_BANDS),
                language=_one_of(given.get("language", VIETNAMESE), LANGUAGES),
                talk=_one_of(given.get("talk", "normal"), TALKS),
                end_form=bool(given.get("end_form", False)),
                risk=Risk.parse(given.get("risk", "none")),
                category=Category(given.get("category", Category.NONE)),
                about=About(given.get("about", About.UNKNOWN)),
                check_in=bool(given.get("check_in", False)),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadInput(f"turn: {type(error).__name__}") from None
        if not request.conversation_id:
            raise BadInput("turn: conversation_id is empty")
        return request


@dataclass(frozen=True, repr=False)
class TurnAnswer:
    """``effects`` are carried out by the bot process in the transaction that stores the replies."""

    replies: tuple[Reply, ...]
    effects: tuple[str, ...] = ()
    slots: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        replies = [
            {"text": reply.text, "buttons": [{"title": b.title, "payload": b.payload} for b in reply.buttons]}
            for reply in self.replies
        ]
        return {"replies": replies, "effects": list(self.effects), "slots": self.slots}

    @classmethod
    def from_json(cls, body: Any) -> Self:
        """Raises ``DialogueError`` for anything else than an answer that says or does something."""
        try:
            replies = tuple(_reply(item) for item in body["replies"])
            answer = cls(replies, tuple(map(_text, body["effects"])), dict(body["slots"]))
        except (KeyError, TypeError, ValueError) as error:
            raise DialogueError(f"unreadable answer: {type(error).__name__}") from None
        if not answer.replies and not answer.effects:
            raise DialogueError("empty answer")
        return answer


class DialogueClient:
    """Asks the dialogue process. Every failure is a ``DialogueError`` without text; a slow answer is one too."""

    def __init__(self, socket_path: Path, budget_seconds: float) -> None:
        transport = httpx.AsyncHTTPTransport(uds=str(socket_path))
        # httpx counts its timeout anew for every byte read, so the whole turn is bounded apart.
        self._http = httpx.AsyncClient(
            transport=transport, base_url="http://dialogue", timeout=budget_seconds
        )
        self._budget = budget_seconds

    async def turn(self, request: TurnRequest) -> TurnAnswer:
        return TurnAnswer.from_json(await self._call("POST", "/turn", request.to_json()))

    async def forget(self, conversation_id: str) -> None:
        await self._call("POST", "/forget", {"conversation_id": conversation_id})

    async def health(self) -> dict[str, Any]:
        return dict(await self._call("GET", "/health"))

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        try:
            async with asyncio.timeout(self._budget):
                response = await self._http.request(method, path, json=body)
            if response.status_code != 200:
                raise DialogueError(f"{path} answered {response.status_code}")
            return response.json()
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise DialogueError(f"{path} failed: {type(error).__name__}") from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _one_of(value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError("not a known code")
    return str(value)


def _reply(item: Any) -> Reply:
    return Reply(
        _text(item["text"]), tuple(Button(_text(b["title"]), _text(b["payload"])) for b in item["buttons"])
    )
