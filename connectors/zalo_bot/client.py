"""Speaks to the Zalo Bot Platform through python-zalo-bot, whose silent failures are made loud here."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from zalo_bot import Bot
from zalo_bot.error import ZaloError
from zalo_bot.request import HTTPXRequest

from bot.delivery import Outgoing, Part
from bot.errors import (
    MessageRefused,
    QuotaExhausted,
    RateLimited,
    RecipientGone,
    SendError,
    TemporarySendError,
    TokenRefused,
)
from connectors.bot_api import Envelope, read_envelope
from connectors.pacing import Pace
from connectors.platform import Webhook
from connectors.splitting import split, utf16_length
from connectors.zalo_bot import facts


class ZaloRefusal(ZaloError):
    """What Zalo answered; the SDK lets errors of its own kind through as they are."""

    def __init__(self, envelope: Envelope) -> None:
        super().__init__("refused")
        self.envelope = envelope


class CheckedRequest(HTTPXRequest):
    """Believes an answer's own words rather than its HTTP status, before the SDK reads or logs it."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*args, **kwargs)
        envelope = read_envelope(status, body)
        if envelope.code != 200:
            raise ZaloRefusal(envelope)
        return status, body


class SafeBot(Bot):
    """The SDK's bot without its objects, which print ids and fail on half of what Zalo sends."""

    def __init__(self, token: str, api: str) -> None:
        super().__init__(token, base_url=api)
        timeouts = {"read_timeout": facts.ANSWER_SECONDS, "connect_timeout": facts.CONNECT_SECONDS}
        self._request = (CheckedRequest(**timeouts), CheckedRequest(connection_pool_size=32, **timeouts))

    async def call(self, method: str, *, read_timeout: float = facts.ANSWER_SECONDS, **given: Any) -> Any:
        """The answer's ``result``; raises ``SendError``, with nothing of the SDK's texts in it."""
        try:
            return await self._post(method, given, read_timeout=read_timeout)
        except ZaloRefusal as error:
            raise _name(error.envelope) from None
        except ZaloError as error:
            raise TemporarySendError(f"Zalo is out of reach ({type(error).__name__})") from None

    async def close(self) -> None:
        for request in self._request:
            await request.shutdown()


class ZaloBotClient:
    """Every method raises ``SendError`` and nothing else. ``choose`` is the line under numbered answers."""

    deletes = False

    def __init__(self, token: str, api: str, choose: str) -> None:
        self._bot = SafeBot(token, api)
        self._pace = Pace(facts.PER_SECOND, facts.PER_CHAT_SECOND)
        self._choose = choose
        self._last: Any = None
        self._rushing = False

    async def close(self) -> None:
        await self._bot.close()

    async def name(self) -> str:
        """The bot's public name; also the check of the token."""
        me = await self._bot.call("getMe")
        return str(me.get("account_name") or "") if isinstance(me, Mapping) else ""

    def parts(self, message: Outgoing) -> Sequence[Part]:
        texts = split(message.text, facts.LONGEST_TEXT)
        if texts and message.options:
            numbered = "\n".join(f"{n}. {option.title}" for n, option in enumerate(message.options, start=1))
            answers = f"{numbered}\n\n{self._choose}"
            # The numbers, their meaning and how to answer are never torn apart.
            last = f"{texts[-1]}\n\n{answers}"
            fits = utf16_length(last) <= facts.LONGEST_TEXT
            texts = [*texts[:-1], last] if fits else [*texts, answers]
        return [Part(text) for text in texts]

    async def turn(self, chat_id: str, *, patient: bool) -> None:
        await self._pace.turn(chat_id, patient=patient)

    async def send(self, chat_id: str, part: Part) -> str:
        message = await self._bot.call("sendMessage", chat_id=chat_id, text=part.text)
        return str(message.get("message_id") or "") if isinstance(message, Mapping) else ""

    async def delete(self, chat_id: str, platform_ids: Sequence[str]) -> None:
        raise MessageRefused("Zalo cannot delete messages")

    async def typing(self, chat_id: str) -> None:
        await self._bot.call("sendChatAction", chat_id=chat_id, action="typing")

    async def acknowledge(self, update: Mapping[str, Any]) -> None:
        """Zalo has no buttons, so nothing waits for it."""

    async def leave_group(self, chat_id: str) -> None:
        """A bot cannot leave; Zalo shows it only what mentions it."""

    async def updates(self) -> list[Mapping[str, Any]]:
        """Wait for what comes next, one at a time; Zalo may give the same one again, and at once."""
        if self._rushing:
            await asyncio.sleep(facts.POLL_FLOOR_SECONDS)
        patience = facts.POLL_SECONDS + facts.ANSWER_SECONDS
        try:
            update = await self._bot.call(
                "getUpdates", read_timeout=patience, timeout=str(facts.POLL_SECONDS)
            )
        except NothingCame:
            update = None
        self._rushing = update == self._last
        self._last = update
        found = update if isinstance(update, list) else [update]
        return [one for one in found if isinstance(one, Mapping)]

    def confirm(self, update: Mapping[str, Any]) -> None:
        """Zalo takes no word of it."""

    async def webhook(self) -> Webhook:
        try:
            info = await self._bot.call("getWebhookInfo")
        except NotThere:
            return Webhook("")
        return Webhook(str(info.get("url") or "") if isinstance(info, Mapping) else "")

    async def set_webhook(self, url: str, secret: str) -> str:
        result = await self._bot.call("setWebhook", url=url, secret_token=secret)
        check = result.get("verification") if isinstance(result, Mapping) else None
        if not isinstance(check, Mapping) or check.get("ok") is not False:
            return ""
        return f"{check.get('outcome')}: {check.get('hint') or 'no hint'}"

    async def delete_webhook(self) -> None:
        try:
            await self._bot.call("deleteWebhook")
        except NotThere:
            return


class NothingCame(TemporarySendError):
    """A long poll ended without an update."""


class NotThere(MessageRefused):
    """Zalo knows no such thing: no webhook, no chat, no method."""


def _name(envelope: Envelope) -> SendError:
    code = envelope.code
    if code == facts.TOKEN_REFUSED:
        return TokenRefused("Zalo does not know this token")
    if code == facts.ALLOWANCE_USED:
        if envelope.retry_after is not None:
            return RateLimited("Zalo asks for a pause", envelope.retry_after)
        return QuotaExhausted("Zalo says that the bot's allowance is used up", facts.EXHAUSTED_PAUSE_SECONDS)
    if code == facts.NOTHING_CAME:
        return NothingCame("nothing came")
    if code == facts.OWN_FAULT or code >= 500:
        return TemporarySendError(f"Zalo is out of order ({code})")
    if any(words in envelope.description.lower() for words in facts.GONE):
        return RecipientGone("no such chat")
    return (
        NotThere("Zalo knows no such thing")
        if code == facts.NOT_FOUND
        else MessageRefused(f"Zalo refused the request ({code})")
    )
