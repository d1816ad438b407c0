"""Speaks to Telegram's Bot API through python-telegram-bot, and names what goes wrong."""

import warnings
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.delivery import Outgoing, Part
from bot.errors import (
    FetchConflict,
    MessageRefused,
    RateLimited,
    RecipientGone,
    SendError,
    TemporarySendError,
    TokenRefused,
)
from connectors.bot_api import read_envelope
from connectors.pacing import Pace
from connectors.platform import Webhook
from connectors.splitting import split
from connectors.telegram import facts

T = TypeVar("T")


class Paused(TelegramError):
    """Telegram wants to be left alone for ``seconds``; the SDK lets errors of its own kind through as they are."""

    def __init__(self, seconds: float) -> None:
        super().__init__("paused")
        self.seconds = seconds


class CheckedRequest(HTTPXRequest):
    """Believes an answer's own words rather than its HTTP status, before the SDK reads or logs it."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*args, **kwargs)
        envelope = read_envelope(status, body)
        if envelope.code == 200:
            return status, body
        if envelope.retry_after is not None:
            raise Paused(envelope.retry_after)
        # The SDK makes its named error of the code; a body of no use is not shown to it.
        return envelope.code, body if envelope.description else b"{}"


def _request(connections: int) -> CheckedRequest:
    return CheckedRequest(
        connection_pool_size=connections,
        read_timeout=facts.ANSWER_SECONDS,
        connect_timeout=facts.CONNECT_SECONDS,
        pool_timeout=facts.ANSWER_SECONDS,
    )


class TelegramClient:
    """Every method raises ``SendError`` and nothing else."""

    deletes = True

    def __init__(self, token: str, api: str) -> None:
        self._requests = (_request(connections=1), _request(connections=32))
        self._bot = Bot(
            token,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )
        self._pace = Pace(facts.PER_SECOND, facts.PER_CHAT_SECOND)
        self._offset: int | None = None
        # We fetch updates raw: one that the SDK cannot parse would stop all that come with it.
        warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'")

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()

    async def name(self) -> str:
        """The bot's public name; also the check of the token."""
        me = await _named(self._bot.get_me())
        return f"@{me.username}"

    def parts(self, message: Outgoing) -> Sequence[Part]:
        texts = split(message.text, facts.LONGEST_TEXT)
        if not texts:
            return []
        return [*(Part(text) for text in texts[:-1]), Part(texts[-1], message.options)]

    async def turn(self, chat_id: str, *, patient: bool) -> None:
        await self._pace.turn(chat_id, patient=patient)

    async def send(self, chat_id: str, part: Part) -> str:
        rows = [[InlineKeyboardButton(o.title, callback_data=o.token)] for o in part.options]
        message = await _named(
            self._bot.send_message(
                chat_id,
                part.text,
                reply_markup=InlineKeyboardMarkup(rows) if rows else None,
                # Not to be forwarded or saved by whoever holds the phone next.
                protect_content=True,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )
        return str(message.message_id)

    async def delete(self, chat_id: str, platform_ids: Sequence[str]) -> None:
        for begin in range(0, len(platform_ids), facts.DELETE_AT_ONCE):
            await self._delete(
                chat_id, [int(one) for one in platform_ids[begin : begin + facts.DELETE_AT_ONCE]]
            )

    async def _delete(self, chat_id: str, ids: list[int]) -> None:
        try:
            await _named(self._bot.delete_messages(chat_id, ids))
        except MessageRefused:
            # One line that is too old must not keep the others on the phone.
            for one in ids if len(ids) > 1 else ():
                await self._delete(chat_id, [one])

    async def typing(self, chat_id: str) -> None:
        await _named(self._bot.send_chat_action(chat_id, ChatAction.TYPING))

    async def acknowledge(self, update: Mapping[str, Any]) -> None:
        """Stop the little clock on a tapped button."""
        query = update.get("callback_query")
        if isinstance(query, Mapping) and isinstance(query.get("id"), str):
            await _named(self._bot.answer_callback_query(query["id"]))

    async def leave_group(self, chat_id: str) -> None:
        await _named(self._bot.leave_chat(chat_id))

    async def updates(self) -> list[Mapping[str, Any]]:
        """Wait for what comes next; the same comes again until ``confirm``."""
        asked = {"offset": self._offset, "timeout": facts.POLL_SECONDS, "allowed_updates": facts.UPDATES}
        patience = facts.POLL_SECONDS + facts.ANSWER_SECONDS
        result = await _named(self._bot.do_api_request("getUpdates", asked, read_timeout=patience))
        return [update for update in result if isinstance(update, Mapping)]

    def confirm(self, update: Mapping[str, Any]) -> None:
        """The update is stored; Telegram may forget it and all before it."""
        if isinstance(update.get("update_id"), int):
            self._offset = update["update_id"] + 1

    async def webhook(self) -> Webhook:
        info = await _named(self._bot.get_webhook_info())
        trouble = ""
        # Telegram keeps the last error for ever; while nothing waits, it is over.
        if info.pending_update_count and info.last_error_date and info.last_error_message:
            trouble = f"{info.last_error_message} ({info.last_error_date:%Y-%m-%d %H:%M} UTC)"
        return Webhook(info.url, info.pending_update_count, trouble)

    async def set_webhook(self, url: str, secret: str) -> str:
        await _named(
            self._bot.set_webhook(
                url,
                secret_token=secret,
                allowed_updates=facts.UPDATES,
                max_connections=facts.WEBHOOK_CONNECTIONS,
            )
        )
        return ""

    async def delete_webhook(self) -> None:
        await _named(self._bot.delete_webhook(drop_pending_updates=False))


async def _named(call: Awaitable[T]) -> T:
    """Await a call of the SDK; its errors quote tokens, addresses and bodies, so only their kind goes on."""
    try:
        return await call
    except TelegramError as error:
        raise _name(error) from None


def _name(error: TelegramError) -> SendError:
    kind = type(error).__name__
    if isinstance(error, Paused):
        return RateLimited("Telegram asks for a pause", error.seconds)
    if isinstance(error, InvalidToken):
        return TokenRefused("Telegram does not know this token")
    if isinstance(error, Conflict):
        return FetchConflict("another program fetches this bot's messages, or a webhook is set")
    if isinstance(error, (Forbidden, ChatMigrated)):
        return RecipientGone("the person has blocked the bot")
    if isinstance(error, BadRequest):
        gone = any(words in error.message.lower() for words in facts.GONE)
        return RecipientGone("no such chat") if gone else MessageRefused("Telegram refused the request")
    return TemporarySendError(f"Telegram is out of reach ({kind})")
