"""What this channel believes about the Zalo Bot Platform; a correction touches this file alone.

[SEEN] reported by others who tried it (docs/channels.md). [UNVERIFIED] a guess on the safe side.
Nothing here was tried against Zalo itself.
"""

CHANNEL = "zalo_bot"
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - a header's name [SEEN]

# [SEEN] 1 to 2000. [UNVERIFIED] the unit counted, hence the margin.
LONGEST_TEXT = 1900
# [UNVERIFIED] no rate is published.
PER_SECOND = 10
PER_CHAT_SECOND = 1

# [SEEN] getUpdates gives one update and answers 408 when nothing came; consumed ones may come back at once.
POLL_SECONDS = 25
POLL_FLOOR_SECONDS = 1.0
ANSWER_SECONDS = 10
CONNECT_SECONDS = 10
NOTHING_CAME = 408

# [SEEN] 401 token, 404 not found, 429 the month's allowance, 403 an error of Zalo's own.
TOKEN_REFUSED = 401
ALLOWANCE_USED = 429
NOT_FOUND = 404
OWN_FAULT = 403
# After "allowance used up" a line is tried again this much later; its day runs out before the month does.
EXHAUSTED_PAUSE_SECONDS = 3600
# [UNVERIFIED] that what Zalo asks to wait for is told as Telegram tells it; without it 429 is the allowance.
# [UNVERIFIED] which refusal means that the person has left; these words are a guess.
GONE = ("chat not found", "user not found", "blocked", "chat_id")

EVENT_TEXT = "message.text.received"
EVENT_UNSUPPORTED = "message.unsupported.received"
# [SEEN] everything else that a person sends.
EVENTS_MEDIA = ("message.image.received", "message.voice.received")
EVENT_STICKER = "message.sticker.received"
# [UNVERIFIED] seen in other people's code only.
EVENT_LINK = "message.link.received"
