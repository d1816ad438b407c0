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
    """A message could not be handed to its platform."""

    retry = False


class TemporarySendError(SendError):
    """The platform was out of reach; trying again may work."""

    retry = True


class RecipientGone(SendError):
    """The person has blocked the bot or the chat no longer exists; trying again is useless."""
