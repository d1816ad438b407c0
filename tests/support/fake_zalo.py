"""Zalo's Bot Platform as others documented and measured it; no live answer was seen, so guesses say so.

There are no buttons, no deletion and no editing. Not faked: sendPhoto, sendSticker, sendVoice and groups
that hide what does not mention the bot.
"""

import asyncio
import ipaddress
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from urllib.parse import urlsplit

from tests.support.fake_platform import (
    Dict,
    FakePlatform,
    Gone,
    Handler,
    Line,
    Phone,
    Refused,
    Reply,
    is_local,
    refusal,
    running,
    utf16_units,
)

LONGEST_TEXT = 2000
POLL_SECONDS = 30


def new_id() -> str:
    return secrets.token_hex(10)


def bad(description: str) -> Refused:
    return Refused(400, description)


class ZaloPhone(Phone):
    def __init__(self, platform: "FakeZalo", chat_id: str, *, group: bool) -> None:
        super().__init__(chat_id, platform.state)
        self.platform = platform
        self.chat = {"id": chat_id, "chat_type": "GROUP" if group else "PRIVATE"}
        self.user = {"id": new_id() if group else chat_id, "display_name": "Na", "is_bot": False}

    def write(self, text: str, *, at: float | None = None) -> Dict:
        event = self._event("text", {"text": text}, at)
        with self.state:
            self.written[event["message"]["message_id"]] = text
        return self.platform.emit(event)

    def photo(self, caption: str = "") -> Dict:
        link = f"https://photo.example.invalid/{new_id()}.jpg"
        seen = {"photo_url": link, "message_type": "CHAT_PHOTO"}
        photo = {"photo": link} if self.platform.documented else seen
        return self.platform.emit(self._event("image", photo | ({"caption": caption} if caption else {})))

    def voice(self) -> Dict:
        seen = {} if self.platform.documented else {"message_type": "CHAT_VOICE"}
        link = f"https://voice.example.invalid/{new_id()}.aac"
        return self.platform.emit(self._event("voice", {"voice_url": link} | seen))

    def sticker(self, emoji: str = "") -> Dict:
        """A sticker; the platform knows no emoji for it."""
        link = f"https://sticker.example.invalid/{new_id()}.png"
        return self.platform.emit(self._event("sticker", {"sticker": new_id(), "url": link}))

    def withheld(self, with_id: bool = True) -> Dict:
        """A message whose content the platform keeps from the bot, as it may for a child's account."""
        event = self._event("unsupported", {})
        if not with_id:
            del event["message"]["message_id"]
        return self.platform.emit(event)

    def choose(self, title: str) -> Dict:
        """Write the number that the newest message gives to the title."""
        newest = self.lines[-1].text if self.shown else ""
        offered = re.search(rf"^[ \t]*(\d+)\. {re.escape(title)}[ \t]*$", newest, re.MULTILINE)
        assert offered, f"the newest of {len(self.shown)} lines offers no such answer"
        return self.write(offered[1])

    def block(self) -> None:
        """A guess: nothing documents what the platform answers for, or tells of, a person who blocks a bot."""
        self.blocked = True

    def unblock(self) -> None:
        self.blocked = False

    def _event(self, kind: str, content: Dict, at: float | None = None) -> Dict:
        date = int((time.time() if at is None else at) * 1000)
        message = {"from": self.user, "chat": self.chat, "message_id": new_id(), "date": date} | content
        return {"event_name": f"message.{kind}.received", "message": message}


class FakeZalo(FakePlatform[ZaloPhone]):
    secret_header = "X-Bot-Api-Secret-Token"
    agent = "Java/1.8.0_192"
    descriptions: ClassVar = {
        400: "Bad request",
        401: "Unauthorized",
        403: "Internal server error",  # so it is documented
        404: "Not found",
        408: "Request timeout",
        426: "Daily limit exceeded",
        429: "Quota exceeded",
    }

    def __init__(self) -> None:
        super().__init__(f"12345689:abc-{secrets.token_urlsafe(18)}")
        self.wrapped = False
        self.documented = False
        self.redelivers = False
        self.honest_status = False
        self.probes_with_secret = True
        self.probe_outcomes: list[str] = []
        self._quota_is_used_up = False
        self._consumed: Dict | None = None
        self._updated_at = 0

    def phone(self, chat_id: str | None = None, *, group: bool = False) -> ZaloPhone:
        known = chat_id or new_id()
        with self.state:
            return self.phones.setdefault(known, ZaloPhone(self, known, group=group))

    def exhaust_quota(self) -> None:
        """From now on every message is refused, and nothing says until when."""
        self._quota_is_used_up = True

    def body(self, update: Dict) -> Dict:
        return {"ok": True, "result": update} if self.wrapped and "event_name" in update else update

    def wrong_token(self, token: str) -> Reply:
        """Measured: the error hides in an HTTP 200."""
        return Reply(401 if self.honest_status else 200, refusal(401, self.descriptions[401]))

    def handlers(self) -> dict[str, Handler]:
        return {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "sendChatAction": self._send_chat_action,
            "setWebhook": self._set_webhook,
            "testWebhook": self._test_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
        }

    async def get_updates(self, params: Dict, gone: Gone) -> Dict:
        """One update, consumed at once. The refusal beside a webhook is a guess."""
        if self.webhook_url:
            raise bad("getUpdates is not available while a webhook is set")
        try:
            seconds = float(params.get("timeout", POLL_SECONDS))
        except ValueError as error:
            raise bad("timeout is invalid") from error
        update: Dict | None = await self.poll(self._take, seconds, gone)
        if update is None:
            raise Refused(408, self.descriptions[408])
        return update

    def _take(self) -> Dict | None:
        if self.pending and not self.webhook_url:
            self._consumed = self.pending[0].update
            self.remove(self.pending[0])
            return self._consumed
        return self._consumed if self.redelivers else None

    def _get_me(self, params: Dict) -> Dict:
        account = {"account_name": "bot.thunghiem", "account_type": "BASIC", "can_join_groups": False}
        return {"id": self.token.partition(":")[0]} | account

    def _send_message(self, params: Dict) -> Dict:
        phone = self._reachable(params)
        text = params.get("text")
        if not isinstance(text, str) or not 1 <= utf16_units(text) <= LONGEST_TEXT:
            raise bad(f"text must have 1 to {LONGEST_TEXT} characters")
        if self._quota_is_used_up:
            raise Refused(429, self.descriptions[429])
        line = Line(new_id(), text, (), params)
        phone.show(line)
        return {"message_id": line.message_id, "date": int(time.time() * 1000)}

    def _send_chat_action(self, params: Dict) -> None:
        phone = self._reachable(params)
        if params.get("action") != "typing":
            raise bad("action is invalid")
        phone.typing_seen += 1

    async def _set_webhook(self, params: Dict) -> Dict:
        """The address is kept even if the probe of it fails."""
        url, secret = str(params.get("url", "")), str(params.get("secret_token", ""))
        if not _is_allowed(url):
            raise bad("url must be a public HTTPS address")
        if not 8 <= len(secret) <= 256:
            raise bad("secret_token must have 8 to 256 characters")
        with self.state:
            self.webhook_url, self.webhook_secret = url, secret
            self._updated_at = int(time.time() * 1000)
            self.state.notify_all()
        return self._get_webhook_info({}) | {"verification": await self._probe()}

    async def _test_webhook(self, params: Dict) -> Dict:
        return {"url": self._get_webhook_info({})["url"]} | await self._probe()

    def _delete_webhook(self, params: Dict) -> Dict:
        """The answer is a guess: the bot's webhook as it is afterwards."""
        self.webhook_url = self.webhook_secret = ""
        self._updated_at = int(time.time() * 1000)
        return {"url": "", "updated_at": self._updated_at}

    def _get_webhook_info(self, params: Dict) -> Dict:
        if not self.webhook_url:
            raise Refused(404, "Webhook not found")
        return {"url": self.webhook_url, "updated_at": self._updated_at}

    async def _probe(self) -> Dict:
        """An empty POST to the webhook; that it carries the secret is a guess."""
        try:
            status = await asyncio.to_thread(self.push, b"", with_secret=self.probes_with_secret)
            outcome = _outcome(status)
        except TimeoutError:
            outcome = "webhook.err.timeout"
        except OSError:
            outcome = "webhook.err.blocked"
        self.probe_outcomes.append(outcome)
        hint = "" if outcome == "webhook.ok" else "Check that the webhook answers 200."
        return {"ok": outcome == "webhook.ok", "outcome": outcome, "hint": hint}

    def _reachable(self, params: Dict) -> ZaloPhone:
        """The chat's phone; that a blocked one answers like an unknown one, in an HTTP 200, is a guess."""
        phone = self.phones.get(str(params.get("chat_id", "")))
        if phone is None or phone.blocked:
            raise Refused(400, "chat not found", http=200 if phone else 400)
        return phone


def _outcome(status: int) -> str:
    if 200 <= status < 300:
        return "webhook.ok"
    return f"webhook.http.{'5xx' if status >= 500 else status}"


def _is_allowed(url: str) -> bool:
    """Public HTTPS as on the platform, and plain HTTP on this machine for tests."""
    where = urlsplit(url)
    host = where.hostname or ""
    try:
        public = ipaddress.ip_address(host).is_global
    except ValueError:
        public = host not in {"", "localhost"}
    return is_local(url) or (where.scheme == "https" and public)


@contextmanager
def running_zalo() -> Iterator[FakeZalo]:
    with running(FakeZalo()) as zalo:
        yield zalo
