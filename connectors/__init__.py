"""The doors to the outside: channels, the dialogue engine and what Rasa stores. Imports bot, never the reverse."""
