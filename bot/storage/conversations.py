"""Finding and making a person's conversation by pseudonym."""

import secrets as random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.privacy.keyring import new_conversation_key
from bot.privacy.pseudonyms import pseudonyms
from bot.privacy.sealing import lock, unlock
from bot.privacy.secrets import Secrets
from bot.storage.tables import ConversationKeyRow, ConversationRow


def find_conversation(
    session: Session, secrets: Secrets, channel: str, chat_id: str
) -> ConversationRow | None:
    """The person's conversation, its row locked until the transaction ends."""
    names = [name for name, _ in pseudonyms(secrets, channel, chat_id)]
    return session.scalar(
        select(ConversationRow)
        .where(ConversationRow.channel == channel, ConversationRow.pseudonym.in_(names))
        .with_for_update()
    )


def start_conversation(
    session: Session, secrets: Secrets, channel: str, chat_id: str, now: datetime
) -> ConversationRow:
    """A new conversation with its own key pair; the bot keeps no way to read what it will write."""
    name, key = pseudonyms(secrets, channel, chat_id)[0]
    public, sealed_to, sealed = new_conversation_key(session, secrets.service)
    row = ConversationRow(
        id=random.token_hex(16),
        channel=channel,
        pseudonym=name,
        pseudonym_key=key,
        public_key=public,
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.add(ConversationKeyRow(conversation_id=row.id, sealed_to=sealed_to, sealed_private=sealed))
    return row


def remember_address(row: ConversationRow, secrets: Secrets, chat_id: str, now: datetime, days: int) -> None:
    """Keep what is needed to answer, encrypted, until its clock runs out."""
    if (
        row.passing_address is None
        or row.address_expires_at is None
        or row.address_expires_at < now + timedelta(days=1)
    ):
        row.passing_address = lock(secrets.service, chat_id.encode())
        row.address_expires_at = now + timedelta(days=days)


def address(row: ConversationRow, secrets: Secrets) -> str | None:
    """The chat id to answer to, or ``None`` once it was destroyed."""
    return unlock(secrets.service, row.passing_address).decode() if row.passing_address else None
