"""What the assistant knows: topics, reviewed articles, contacts and the way from a question to a topic."""

from bot.knowledge.library import Knowledge, load_knowledge

__all__ = ["Knowledge", "load_knowledge"]
