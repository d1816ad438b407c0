"""What this channel believes about Telegram's Bot API; a correction touches this file alone.

[DOC] Telegram's documentation as python-telegram-bot 22.8 quotes it. [SEEN] reported by others.
Nothing here was tried against Telegram itself.
"""

CHANNEL = "telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name [DOC]
# What we ask for; anything else is not even delivered.
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

# [DOC] 4096 after entities; a margin, for the unit counted is not said.
LONGEST_TEXT = 4000
# [DOC] 30 messages a second overall, one a second to a chat.
PER_SECOND = 25
PER_CHAT_SECOND = 1
# [DOC] a deletion names at most this many; only lines younger than 48 hours go (bot.recall.WINDOW).
DELETE_AT_ONCE = 100

POLL_SECONDS = 25
ANSWER_SECONDS = 10
CONNECT_SECONDS = 10
# [DOC] 1 to 100; the order of one chat matters more to us than speed.
WEBHOOK_CONNECTIONS = 10
# [SEEN] beginnings of 400 texts that mean "nobody is there".
GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")
