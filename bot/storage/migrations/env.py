"""Alembic's entry: migrates the connection it is handed (see ``bot.storage.migrate``)."""

from typing import Any, Literal

from alembic import context

from bot.storage.tables import Base, UtcDateTime


def _plain_types(kind: str, item: Any, _: object) -> str | Literal[False]:
    """Keep our own classes out of migrations, so that an old migration outlives them."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=_plain_types,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
