"""Reads Telegram's updates: typed once here, and nothing but our own types goes further."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType

from bot.messages import GroupMessage, Ignored, InboundMessage, Kind
from connectors.telegram.facts import CHANNEL

DEEP_LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")
Parsed = InboundMessage | GroupMessage | Ignored


def parse(given: Mapping[str, Any], now: datetime) -> Parsed:
    """Any update, known or not; what cannot be read is ignored, never an error."""
    for form in (given, _bare(given)):
        update = _typed(form)
        try:
            if update is not None:
                return _read(update, now)
        # The SDK takes a wrong type where it expects none, and leaves it to whoever looks.
        except (AttributeError, TypeError, ValueError):
            continue
    return Ignored("unreadable")


def _read(update: Update, now: datetime) -> Parsed:
    if update.callback_query is not None:
        return _tap(update, update.callback_query, now)
    if update.my_chat_member is not None and update.my_chat_member.chat.type != ChatType.PRIVATE:
        return _membership(update)
    message = update.message or update.edited_message
    if message is None:
        return Ignored("no message")
    return _message(update, message, now)


def _typed(given: Mapping[str, Any]) -> Update | None:
    try:
        return Update.de_json(dict(given), None)
    # The SDK fails in many ways on a form it does not expect, and its texts quote the update.
    except Exception:
        return None


def _bare(given: Mapping[str, Any]) -> dict[str, Any]:
    """Only what a text message needs: some part that changed its form must not make a cry for help unreadable."""
    raw = given.get("message")
    message = raw if isinstance(raw, Mapping) else {}
    needed = {key: message[key] for key in ("message_id", "date", "text", "caption") if key in message}
    chat = message.get("chat")
    known = {key: chat[key] for key in ("id", "type") if key in chat} if isinstance(chat, Mapping) else {}
    return {"update_id": given.get("update_id"), "message": {**needed, "chat": known}}


def _membership(update: Update) -> Parsed:
    """Added to a group: say at once that this is no place for it."""
    change = update.my_chat_member
    if change is None or change.new_chat_member.status not in {"member", "administrator"}:
        return Ignored("membership")
    return GroupMessage(str(change.chat.id))


def _message(update: Update, message: Message, now: datetime) -> Parsed:
    if message.chat.type != ChatType.PRIVATE:
        return GroupMessage(str(message.chat.id)) if _is_said(message) else Ignored("group event")
    if message.from_user is not None and message.from_user.is_bot:
        return Ignored("a bot")
    kind, text = _content(message)
    if kind is None or (update.edited_message is not None and not text):
        return Ignored("nothing said")
    return InboundMessage(
        channel=CHANNEL,
        chat_id=str(message.chat.id),
        message_id=_message_id(update, message, text),
        sent_at=_sent_at(message, now),
        kind=kind,
        text=text,
        platform_id=str(message.message_id),
    )


def _is_said(message: Message) -> bool:
    """A person's message, not a notice such as "somebody joined"."""
    return bool(message.text or message.effective_attachment)


def _content(message: Message) -> tuple[Kind | None, str]:
    """Kind and words; of a sticker its emoji, of a photo its caption, of a command its name without the slash."""
    if message.text is not None:
        first, *rest = message.text.split(None, 1) or [""]
        if not _is_command(first):
            return Kind.TEXT, message.text
        command = first[1:].split("@")[0]
        if command != "start":
            return Kind.TEXT, " ".join([command, *rest])
        # A link's payload, or words: both are read, and nobody's words are answered by an opening alone.
        linked = not rest or DEEP_LINK.fullmatch(rest[0])
        return Kind.START if linked else Kind.TEXT, " ".join(rest)
    if message.sticker is not None:
        return Kind.TEXT, message.sticker.emoji or ""
    if message.dice is not None:
        return Kind.TEXT, message.dice.emoji
    if message.effective_attachment is not None:
        return Kind.MEDIA, message.caption or ""
    return None, ""


def _is_command(word: str) -> bool:
    """A slash and a name ("/xoa"); "/intent{…}" and a lone slash are words."""
    return word.startswith("/") and word[1:].split("@", maxsplit=1)[0].isidentifier()


def _message_id(update: Update, message: Message, text: str) -> str:
    """What repeats are told by. The pictures of one album count as one message, but for the one with words."""
    if message.media_group_id and not text:
        return f"album:{message.media_group_id}"
    return f"update:{update.update_id}"


def _sent_at(message: Message, now: datetime) -> datetime:
    """Never in the future: a phone's or server's wrong clock must not move a message there."""
    stamp = message.edit_date or message.date
    return min(stamp.astimezone(UTC), now) if stamp.year > 2000 else now


def _tap(update: Update, query: CallbackQuery, now: datetime) -> Parsed:
    """A tapped button; its title stands for the words, so that a counsellor sees what was chosen."""
    message = query.message
    if message is None or message.chat.type != ChatType.PRIVATE or not isinstance(query.data, str):
        return Ignored("a button without chat")
    return InboundMessage(
        channel=CHANNEL,
        chat_id=str(message.chat.id),
        message_id=f"update:{update.update_id}",
        sent_at=now,
        kind=Kind.CHOICE,
        text=_title(message, query.data),
        token=query.data,
    )


def _title(message: Any, data: str) -> str:
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = markup.inline_keyboard if markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == data), "")
