"""Every error this project raises on purpose has one root, so that an edge can catch what is ours."""


class LaChanError(Exception):
    """Root of the project's errors. Its text never holds a person's words, name, phone or chat id."""


class ConfigError(LaChanError):
    """A setting is missing or malformed; the text names the setting."""


class ContentError(LaChanError):
    """An article, a response or the lexicon breaks its format; the text names file, key and fault."""


class BadInput(LaChanError):
    """A caller's input cannot be read; the text says where and what was expected."""


class StorageError(LaChanError):
    """The database could not take or give what was asked."""


class Conflict(LaChanError):
    """Somebody else changed the thing first (a claim, a close); nothing was changed by this call."""


class NotAllowed(LaChanError):
    """The account may not do this."""


class DialogueError(LaChanError):
    """Rasa did not answer in time, or answered with an error."""


class SendError(LaChanError):
    """A platform did not do what it was asked; the name says whether asking again may help."""

    retry = False


class TemporarySendError(SendError):
    """The platform was out of reach or at fault; trying again may work.

    ``seconds`` is how long the platform wants to be left alone, ``None`` when it did not say.
    """

    retry = True

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class RateLimited(TemporarySendError):
    """Too much at once; the platform names the pause."""


class QuotaExhausted(TemporarySendError):
    """The platform's allowance for this month is used up; nothing leaves until an operator acts or it renews."""


class TokenRefused(TemporarySendError):
    """The platform does not know the bot's token; an operator must set a valid one."""


class FetchConflict(TemporarySendError):
    """Somebody else fetches this bot's messages, or a webhook takes them."""


class MessageRefused(SendError):
    """The platform calls the request itself wrong; the same request will never be taken."""


class RecipientGone(SendError):
    """The person has blocked the bot or the chat no longer exists; trying again is useless."""
