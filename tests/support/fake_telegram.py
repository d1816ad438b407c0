"""Telegram's Bot API as far as the helpline uses it: its objects, its refusals in its own words, its webhook.

Where an error text is not in the documentation it is what the live service was seen to answer. Not
faked: entities and parse modes, media sent by the bot, editing messages, downloads, privacy mode of groups.
"""

import copy
import itertools
import json
import random
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, ClassVar

from tests.support.fake_platform import (
    Dict,
    FakePlatform,
    Gone,
    Handler,
    Line,
    Pending,
    Phone,
    Refused,
    Reply,
    is_local,
    refusal,
    running,
    utf16_units,
)

LONGEST_TEXT = 4096
LONGEST_BUTTON_DATA = 64
DELETABLE_SECONDS = 48 * 3600
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{35}")
COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}")
ACTIONS = set(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note".split()
)
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}  # sent only if asked for by name
CLOSED_POLL = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
RIVAL_POLL = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
NO_ACTION = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"


def bad(description: str) -> Refused:
    return Refused(400, f"Bad Request: {description}")


class TelegramPhone(Phone):
    def __init__(self, platform: "FakeTelegram", chat_id: int, *, group: bool) -> None:
        super().__init__(chat_id, platform.state)
        self.platform = platform
        self.group = group
        self.bot_left = False
        self.messages: dict[int, Dict] = {}
        self.user: Dict = {
            "id": random.randrange(10**8, 7 * 10**9) if group else chat_id,
            "is_bot": False,
            "first_name": "Na",
            "language_code": "vi",
        }
        named = (
            {"title": "Nhóm thử", "type": "supergroup"} if group else {"first_name": "Na", "type": "private"}
        )
        self.chat = {"id": chat_id} | named

    def write(self, text: str, *, at: float | None = None) -> Dict:
        return self._send(_text(text), at)

    def start(self, payload: str = "") -> Dict:
        """What a deep link sends once its reader presses the start button."""
        return self.write(f"/start {payload}".strip())

    def photo(self, caption: str = "") -> Dict:
        sizes = [{**_file(), "width": width, "height": width * 4 // 3} for width in (90, 320, 960)]
        return self._send({"photo": sizes} | ({"caption": caption} if caption else {}))

    def voice(self) -> Dict:
        return self._send({"voice": {**_file(), "duration": 3, "mime_type": "audio/ogg"}})

    def sticker(self, emoji: str = "") -> Dict:
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._send({"sticker": {**_file(), **shape} | ({"emoji": emoji} if emoji else {})})

    def edit(self, text: str) -> Dict:
        """Edit the last text that the person wrote."""
        with self.state:
            assert self.written, "the person has written nothing that could be edited"
            message_id = int(list(self.written)[-1])
            message = self.messages[message_id]
            message.pop("entities", None)
            message |= _text(text) | {"edit_date": int(time.time())}
            self.written[message_id] = text
            return self.platform.update("edited_message", message)

    def tap(self, title: str) -> Dict:
        """Press the newest visible button of that title."""
        with self.state:
            for line in reversed(self.lines):
                message = self.messages[int(line.message_id)]
                for button in _buttons(message.get("reply_markup", {})):
                    if button["text"] == title and "callback_data" in button:
                        return self._query(message, button["callback_data"])
            raise AssertionError(f"none of {len(self.shown)} lines has a button of that title")

    choose = tap

    def block(self) -> Dict:
        self.blocked = True
        return self._membership("member", "kicked")

    def unblock(self) -> Dict:
        self.blocked = False
        return self._membership("kicked", "member")

    def add_bot(self) -> Dict:
        """Add the bot to this group. A group's other methods work without it."""
        assert self.group, "a bot cannot be added to a private chat"
        self.bot_left = False
        return self._membership("left", "member")

    def _query(self, message: Dict, data: str) -> Dict:
        query_id = str(random.randrange(10**17, 10**18))
        self.platform.callbacks.add(query_id)
        old = time.time() - message["date"] > DELETABLE_SECONDS
        seen = {"chat": self.chat, "message_id": message["message_id"], "date": 0} if old else message
        instance = str(self.user["id"] * 31)
        query = {"id": query_id, "from": self.user, "message": seen, "chat_instance": instance, "data": data}
        return self.platform.update("callback_query", query)

    def _membership(self, old: str, new: str) -> Dict:
        def member(status: str) -> Dict:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"user": self.platform.user, "status": status} | until

        change = {"old_chat_member": member(old), "new_chat_member": member(new)}
        event = {"chat": self.chat, "from": self.user, "date": int(time.time())} | change
        return self.platform.update("my_chat_member", event)

    def _send(self, content: Dict, at: float | None = None) -> Dict:
        with self.state:
            message = self.keep(self.user, content, at)
            if "text" in content:
                self.written[message["message_id"]] = content["text"]
            return self.platform.update("message", message)

    def keep(self, author: Dict, content: Dict, at: float | None = None) -> Dict:
        """A message of this chat, with the next id."""
        date = int(time.time() if at is None else at)
        message_id = next(self.platform.message_ids)
        message = {"message_id": message_id, "from": author, "chat": self.chat, "date": date} | content
        self.messages[message_id] = message
        return message

    def forget(self, message_id: int) -> None:
        self.messages.pop(message_id)
        self.shown.pop(message_id, None)
        self.written.pop(message_id, None)


class FakeTelegram(FakePlatform[TelegramPhone]):
    secret_header = "X-Telegram-Bot-Api-Secret-Token"
    descriptions: ClassVar = {
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden: bot was blocked by the user",
        404: "Not Found",
        409: RIVAL_POLL,
        429: "Too Many Requests",
        502: "Bad Gateway",
    }

    def __init__(self) -> None:
        super().__init__(f"123456789:AA{secrets.token_urlsafe(30)[:33]}")
        self.user = {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Bot thử",
            "username": "thu_nghiem_bot",
        }
        self.strict_flood = False
        self.answered_callbacks: list[str] = []
        self.left_chats: list[int] = []
        self.commands: list[Dict] = []
        self.callbacks: set[str] = set()
        self.message_ids = itertools.count(random.randrange(100, 10_000))
        self.update_ids = itertools.count(random.randrange(10**8, 10**9))
        self._allowed: list[str] = []
        self._webhook_since = 0.0
        self._polls = 0
        self._sent: list[tuple[float, int | str]] = []

    def phone(self, chat_id: str | None = None, *, group: bool = False) -> TelegramPhone:
        made = random.randrange(10**9, 2 * 10**9)
        number = int(chat_id) if chat_id is not None else -1000000000000 - made if group else made
        with self.state:
            return self.phones.setdefault(str(number), TelegramPhone(self, number, group=group or number < 0))

    def update(self, kind: str, content: Dict) -> Dict:
        """Emit one update of the content as it is now."""
        return self.emit({"update_id": next(self.update_ids), kind: copy.deepcopy(content)})

    def age(self, message_id: int, hours: float) -> None:
        """Make a message older by so many hours."""
        for phone in self.phones.values():
            if message := phone.messages.get(message_id):
                message["date"] -= int(hours * 3600)

    def accepts(self, update: Dict) -> bool:
        kind = next(key for key in update if key != "update_id")
        return kind in self._allowed if self._allowed else kind not in UNASKED

    def canonical(self, method: str) -> str:
        """The method's name in its usual letters: Telegram ignores their case."""
        names = {name.lower(): name for name in ["getUpdates", *self.handlers()]}
        return names.get(method.lower(), method)

    def wrong_token(self, token: str) -> Reply:
        code = 401 if TOKEN.fullmatch(token) else 404
        return Reply(code, refusal(code, self.descriptions[code]))

    def handlers(self) -> dict[str, Handler]:
        return {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "sendChatAction": self._send_chat_action,
            "deleteMessage": self._delete_message,
            "deleteMessages": self._delete_messages,
            "answerCallbackQuery": self._answer_callback_query,
            "leaveChat": self._leave_chat,
            "setMyCommands": self._set_my_commands,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
        }

    async def get_updates(self, params: Dict, gone: Gone) -> list[Dict]:
        if self.webhook_url:
            raise Refused(409, CLOSED_POLL)
        with self.state:
            self._polls += 1
            self._allow(params)
            self._confirm(_number(params, "offset"))
        poll = self._polls
        limit = min(max(_number(params, "limit", 100), 1), 100)

        def batch() -> list[Pending]:
            if self.webhook_url:
                raise Refused(409, "Conflict: terminated by setWebhook request")
            if poll != self._polls:
                raise Refused(409, RIVAL_POLL)
            found = sorted(self.pending, key=lambda pending: pending.update.get("update_id", 0))[:limit]
            for pending in found:
                pending.fetched = True
            return found

        found = await self.poll(batch, min(_number(params, "timeout"), 50), gone)
        return [pending.update for pending in found or []]

    def _confirm(self, offset: int) -> None:
        """Forget what the bot has seen below the offset; what it never saw still comes, even a repetition."""
        forgotten = self.pending[:offset] if offset < 0 else self.pending
        for pending in list(forgotten):
            if offset < 0 or (pending.fetched and pending.update.get("update_id", 0) < offset):
                self.remove(pending)

    def _get_me(self, params: Dict) -> Dict:
        abilities = ["can_join_groups", "can_read_all_group_messages", "supports_inline_queries"]
        return self.user | {ability: ability == "can_join_groups" for ability in abilities}

    def _send_message(self, params: Dict) -> Dict:
        text = str(params.get("text", ""))
        if not text.strip():
            raise bad("text must be non-empty" if text else "message text is empty")
        markup = _reply_markup(params)
        phone = self._reachable(params)
        if utf16_units(text) > LONGEST_TEXT:
            raise bad("message is too long")
        self._limit(phone)
        keyboard = {"reply_markup": markup} if "inline_keyboard" in markup else {}
        message = phone.keep(self.user, {"text": text} | keyboard)
        titles = tuple(button["text"] for button in _buttons(markup))
        phone.show(
            Line(
                message["message_id"],
                text,
                titles,
                {key: _read(params[key]) for key in params} | {"text": text},
            )
        )
        return message

    def _send_chat_action(self, params: Dict) -> bool:
        phone = self._reachable(params)
        if params.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        phone.typing_seen += params["action"] == "typing"
        return True

    def _delete_message(self, params: Dict) -> bool:
        phone = self._known(params)
        message_id = _number(params, "message_id")
        if message_id not in phone.messages:
            raise bad("message to delete not found")
        self._delete(phone, [message_id])
        return True

    def _delete_messages(self, params: Dict) -> bool:
        """Unknown ones are skipped; one that cannot be deleted saves all of them."""
        ids = _read(params.get("message_ids"))
        if not ids or not isinstance(ids, list):
            raise bad("message identifiers are not specified")
        if len(ids) > 100:
            raise bad("too many message identifiers specified")
        if not all(str(number).isdecimal() for number in ids):
            raise bad("invalid message identifier specified")
        phone = self._known(params)
        self._delete(phone, [int(number) for number in ids if int(number) in phone.messages])
        return True

    def _delete(self, phone: TelegramPhone, message_ids: list[int]) -> None:
        oldest = min((phone.messages[message_id]["date"] for message_id in message_ids), default=time.time())
        if time.time() - oldest > DELETABLE_SECONDS:
            raise bad("message can't be deleted")
        for message_id in message_ids:
            phone.forget(message_id)

    def _answer_callback_query(self, params: Dict) -> bool:
        query_id = str(params.get("callback_query_id", ""))
        if query_id not in self.callbacks:
            raise bad(OLD_QUERY)
        self.answered_callbacks.append(query_id)
        return True

    def _leave_chat(self, params: Dict) -> bool:
        phone = self._known(params)
        if not phone.group:
            raise bad("chat member status can't be changed in private chats")
        phone.bot_left = True
        self.left_chats.append(int(phone.chat_id))
        return True

    def _set_my_commands(self, params: Dict) -> bool:
        commands = _read(params.get("commands"))
        if not isinstance(commands, list):
            raise bad("can't parse commands JSON object")
        for command in commands:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command.get("command", "")):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command.get("description", "")) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands = commands
        return True

    def _set_webhook(self, params: Dict) -> bool:
        url, secret = str(params.get("url", "")), str(params.get("secret_token", ""))
        if not url:
            return self._delete_webhook(params)
        if len(secret) > 256:
            raise bad("secret token is too long")
        if not re.fullmatch("[A-Za-z0-9_-]*", secret):
            raise bad("secret token contains unallowed characters")
        if not url.startswith("https://") and not is_local(url):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self._drop(params)
        self._allow(params)
        self.webhook_url, self.webhook_secret, self._webhook_since = url, secret, time.time()
        return True

    def _delete_webhook(self, params: Dict) -> bool:
        self._drop(params)
        self.webhook_url = self.webhook_secret = ""
        return True

    def _get_webhook_info(self, params: Dict) -> Dict:
        info = {
            "url": self.webhook_url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
            "max_connections": 40,
        }
        attempts = [attempt for attempt in self.webhook_attempts if attempt.at >= self._webhook_since]
        failed = [attempt for attempt in attempts if attempt.status is None or attempt.status >= 300]
        if self._allowed:
            info["allowed_updates"] = self._allowed
        if not self.webhook_url or not failed:
            return info
        status = failed[-1].status
        said = f"Wrong response from the webhook: {status} {HTTPStatus(status).phrase}" if status else ""
        return info | {
            "last_error_date": int(failed[-1].at),
            "last_error_message": said or "Connection refused",
        }

    def _drop(self, params: Dict) -> None:
        if _read(params.get("drop_pending_updates")) is True:
            self.pending.clear()

    def _allow(self, params: Dict) -> None:
        """An absent list keeps the one before, an empty one brings the default back."""
        if isinstance(allowed := _read(params.get("allowed_updates")), list):
            self._allowed = allowed

    def _known(self, params: Dict) -> TelegramPhone:
        if not (chat_id := str(params.get("chat_id", ""))):
            raise bad("chat_id is empty")
        if chat_id not in self.phones:
            raise bad("chat not found")
        return self.phones[chat_id]

    def _reachable(self, params: Dict) -> TelegramPhone:
        phone = self._known(params)
        if phone.blocked:
            raise Refused(403, self.descriptions[403])
        if phone.bot_left:
            raise Refused(403, "Forbidden: bot is not a member of the supergroup chat")
        return phone

    def _limit(self, phone: TelegramPhone) -> None:
        now = time.monotonic()
        self._sent = [sent for sent in self._sent if sent[0] > now - 1]
        here = sum(chat_id == phone.chat_id for _, chat_id in self._sent)
        if self.strict_flood and (len(self._sent) >= 30 or here >= 3):
            raise Refused(429, "Too Many Requests: retry after 1", retry_after=1)
        self._sent.append((now, phone.chat_id))


def _text(text: str) -> Dict:
    """A text with the one entity that the platform marks in it here: a command at its start."""
    command = COMMAND.match(text)
    entity = {"type": "bot_command", "offset": 0, "length": command.end()} if command else {}
    return {"text": text} | ({"entities": [entity]} if entity else {})


def _file() -> Dict:
    unique = secrets.token_urlsafe(12)
    return {"file_id": f"AgAC{secrets.token_urlsafe(40)}", "file_unique_id": unique, "file_size": 8192}


def _read(value: Any) -> Any:
    """A form's value as the JSON it holds; a value that is no JSON stays as it is."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _number(params: Dict, name: str, default: int = 0) -> int:
    try:
        return int(params.get(name, default))
    except (TypeError, ValueError):
        return default


def _buttons(markup: Dict) -> list[Dict]:
    return [button for row in markup.get("inline_keyboard", []) for button in row]


def _reply_markup(params: Dict) -> Dict:
    """The markup if the platform takes it.

    An empty title and an empty keyboard are refused, though the live service drops them in silence:
    a bot that sends them has lost an answer.
    """
    if not params.get("reply_markup"):
        return {}
    markup = _read(params["reply_markup"])
    if isinstance(markup, str):
        raise bad("can't parse reply keyboard markup JSON object")
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return markup
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" must be of type Array')
    if not any(rows):
        raise bad("inline keyboard must have at least one button")
    for button in _buttons(markup):
        _check_button(button)
    return markup


def _check_button(button: Dict) -> None:
    if "text" not in button:
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"]:
        raise bad("inline keyboard button text must be non-empty")
    url, data = button.get("url"), button.get("callback_data")
    if not url and not data:
        raise bad(NO_ACTION)
    if url and not url.startswith(("https://", "http://", "tg://")):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if data and len(data.encode()) > LONGEST_BUTTON_DATA:
        raise bad("BUTTON_DATA_INVALID")


@contextmanager
def running_telegram() -> Iterator[FakeTelegram]:
    with running(FakeTelegram()) as telegram:
        yield telegram
