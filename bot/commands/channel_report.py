"""What an operator wants to know of a channel: does the token work, how do messages come in, is it used up."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.bootstrap import open_platforms, quotas_of, ready_secrets, webhook_secret, webhook_url
from bot.config import Settings
from bot.delivery import Author
from bot.errors import MessageRefused, SendError, TokenRefused
from bot.storage.tables import ConversationRow, MessageRow, OutboxRow

if TYPE_CHECKING:
    from connectors.platform import Platform

CONNECT = "./lachan channels connect"
GUIDE = "README.md shows where to find it"
OUT_OF_REACH = (
    "check this machine's way to the internet; where a provider blocks the platform, "
    "set HTTPS_PROXY or let ./lachan up run elsewhere"
)
STRANGE_ANSWER = "the platform may have changed; docs/channels.md says which file holds what we believe of it"
BAD_ADDRESS = "LACHAN_PUBLIC_URL must be an https:// address that the platform can reach"
TOKEN_SETTINGS = {"telegram": "LACHAN_TELEGRAM_TOKEN", "zalo_bot": "LACHAN_ZALO_BOT_TOKEN"}


@dataclass(frozen=True)
class PlatformState:
    """What the platform itself says. ``trouble`` is empty when all is well; ``mend`` is the operator's next step."""

    channel: str
    bot: str = ""
    way_in: str = ""
    trouble: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Usage:
    """What we have counted. ``limit`` and ``user_limit`` are ``None`` where the platform sets none."""

    messages: int
    limit: int | None
    users: int
    user_limit: int | None
    last_in: datetime | None
    last_out: datetime | None

    @property
    def warnings(self) -> list[str]:
        found = []
        if self.limit is not None and self.messages >= 0.8 * self.limit:
            found.append(
                f"{self.messages} of {self.limit} messages of this month are used; "
                "ordinary questions are no longer answered there"
            )
        if self.user_limit is not None and self.users >= 0.8 * self.user_limit:
            found.append(f"{self.users} people of {self.user_limit} that the plan allows have written")
        return found


def ask_platforms(settings: Settings) -> list[PlatformState]:
    """Ask every platform that has a token, live and at once."""
    return asyncio.run(_for_all(settings, _ask))


def connect_platforms(settings: Settings) -> list[PlatformState]:
    """Set the webhooks and look whether they stand; without a public address take them down."""
    return asyncio.run(_for_all(settings, _connect))


async def _for_all(settings: Settings, step: "Step") -> list[PlatformState]:
    platforms = open_platforms(settings)
    try:
        return await asyncio.gather(*(_safely(step, platform, settings) for platform in platforms.values()))
    finally:
        await asyncio.gather(*(platform.client.close() for platform in platforms.values()))


async def _safely(step: "Step", platform: "Platform", settings: Settings) -> PlatformState:
    try:
        return await step(platform, settings)
    except TokenRefused as error:
        mend = f"copy the token again into {TOKEN_SETTINGS[platform.name]}; {GUIDE}"
        return PlatformState(platform.name, trouble=str(error), mend=mend)
    except MessageRefused as error:
        mend = BAD_ADDRESS if settings.public_url else STRANGE_ANSWER
        return PlatformState(platform.name, trouble=str(error), mend=mend)
    except SendError as error:
        return PlatformState(platform.name, trouble=str(error), mend=OUT_OF_REACH)


async def _ask(platform: "Platform", settings: Settings) -> PlatformState:
    client, wanted = platform.client, webhook_url(settings, platform.name)
    name, found = await client.name(), await client.webhook()
    state = PlatformState(platform.name, name, f"webhook {wanted}" if wanted else "long polling")
    if found.url == wanted:
        mend = "see whether the address can be reached from outside" if found.trouble else ""
        return replace(state, trouble=found.trouble, mend=mend)
    if wanted:
        return replace(state, trouble="the webhook is not set for this address", mend=CONNECT)
    # The running bot takes it down by itself; until then nothing comes in.
    return replace(state, trouble="a webhook is still set, though messages are to be fetched", mend=CONNECT)


async def _connect(platform: "Platform", settings: Settings) -> PlatformState:
    client, wanted = platform.client, webhook_url(settings, platform.name)
    if not wanted:
        await client.delete_webhook()
        return await _ask(platform, settings)
    disliked = await client.set_webhook(wanted, webhook_secret(ready_secrets(settings), platform.name))
    state = await _ask(platform, settings)
    disliked = disliked or await _refused_by_us(wanted, platform, settings)
    if disliked and not state.trouble:
        mend = "start ./lachan up with this LACHAN_PUBLIC_URL behind the address, then connect again"
        return replace(state, trouble=f"set, but nothing takes messages there: {disliked}", mend=mend)
    return state


async def _refused_by_us(url: str, platform: "Platform", settings: Settings) -> str:
    """Knock as the platform would. Not to get through says nothing: the way back in may not exist here."""
    header = {platform.secret_header: webhook_secret(ready_secrets(settings), platform.name)}
    try:
        async with httpx.AsyncClient(timeout=5) as http:
            answer = await http.post(url, headers=header)
    except httpx.HTTPError:
        return ""
    return "" if answer.status_code == 200 else f"HTTP {answer.status_code}"


Step = Callable[["Platform", Settings], Coroutine[Any, Any, PlatformState]]


def usage(session: Session, settings: Settings, channel: str, now: datetime) -> Usage:
    """What the database knows of a channel; nothing of a person."""
    quotas = quotas_of(settings)
    mine = ConversationRow.channel == channel
    joined = select(func.max(MessageRow.received_at)).join(
        ConversationRow, ConversationRow.id == MessageRow.conversation_id
    )
    sent = select(func.max(OutboxRow.sent_at)).join(
        ConversationRow, ConversationRow.id == OutboxRow.conversation_id
    )
    return Usage(
        messages=quotas.used(session, channel, now),
        limit=quotas.limit(channel),
        users=session.scalar(select(func.count()).select_from(ConversationRow).where(mine)) or 0,
        user_limit=(settings.zalo_bot_users or None) if channel == "zalo_bot" else None,
        last_in=session.scalar(joined.where(mine, MessageRow.author == Author.PERSON)),
        last_out=session.scalar(sent.where(mine, OutboxRow.state == "sent")),
    )
