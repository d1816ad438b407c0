"""Who may open which conversation: accounts' keys, the team key and its grants, conversation keys."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import Conflict, NotAllowed
from bot.privacy.sealing import (
    KeyPair,
    hash_password,
    lock,
    new_salt,
    password_key,
    seal,
    unlock,
    unseal,
)
from bot.storage.tables import ConversationKeyRow, ConversationRow, GrantRow, TeamKeyRow, UserRow

KEY_ROLES = frozenset({"counsellor", "supervisor"})
SERVICE = "service"


def add_account(session: Session, username: str, role: str, password: str, now: datetime) -> UserRow:
    """Make an account with its own key pair; a name that is taken raises ``Conflict``."""
    if session.scalar(select(UserRow).where(UserRow.username == username)):
        raise Conflict(f"account {username!r} exists already")
    pair, salt = KeyPair.generate(), new_salt()
    user = UserRow(
        username=username,
        role=role,
        password_hash=hash_password(password),
        public_key=pair.public,
        wrap_salt=salt,
        wrapped_private=lock(password_key(password, salt), pair.private),
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def start_team(session: Session, user: UserRow, service_key: bytes, now: datetime) -> bool:
    """Make the team key for the first counsellor or supervisor; ``False`` if there is one already.

    Conversations that began before anybody could read them move from the service key to the team's.
    """
    if user.role not in KEY_ROLES or current_team_key(session):
        return False
    pair = KeyPair.generate()
    team = TeamKeyRow(id=secrets.token_hex(16), public_key=pair.public, created_at=now)
    session.add(team)
    session.flush()
    _add_grant(session, team, pair.private, user, None, now)
    for row in session.scalars(select(ConversationKeyRow).where(ConversationKeyRow.sealed_to == SERVICE)):
        row.sealed_private = seal(team.public_key, unlock(service_key, row.sealed_private))
        row.sealed_to = team.id
    return True


def grant(session: Session, team_private: bytes, user: UserRow, granted_by: int, now: datetime) -> None:
    """Hand the team key on to ``user``; only a counsellor or supervisor may hold it."""
    team = current_team_key(session)
    if user.role not in KEY_ROLES or team is None:
        raise NotAllowed(f"role {user.role} does not hold the team key")
    if has_grant(session, user.id):
        raise Conflict("this account holds the key already")
    _add_grant(session, team, team_private, user, granted_by, now)


def _add_grant(
    session: Session, team: TeamKeyRow, private: bytes, user: UserRow, by: int | None, now: datetime
) -> None:
    sealed = seal(user.public_key, private)
    session.add(
        GrantRow(
            team_key_id=team.id, user_id=user.id, sealed_private=sealed, granted_by_id=by, granted_at=now
        )
    )


def current_team_key(session: Session) -> TeamKeyRow | None:
    return session.scalar(
        select(TeamKeyRow).where(TeamKeyRow.retired_at.is_(None)).order_by(TeamKeyRow.created_at.desc())
    )


def has_grant(session: Session, user_id: int) -> bool:
    team = current_team_key(session)
    return team is not None and session.get(GrantRow, (team.id, user_id)) is not None


def open_team_key(session: Session, user: UserRow, password: str) -> bytes | None:
    """The team's private key, opened with the account's password; ``None`` while no grant exists."""
    team = current_team_key(session)
    held = session.get(GrantRow, (team.id, user.id)) if team else None
    if held is None:
        return None
    own = unlock(password_key(password, user.wrap_salt), user.wrapped_private)
    return unseal(own, held.sealed_private)


def new_conversation_key(session: Session, service_key: bytes) -> tuple[bytes, str, bytes]:
    """(public half, whom the private half is sealed to, sealed private half) for a new conversation."""
    pair, team = KeyPair.generate(), current_team_key(session)
    if team is None:
        # Nobody could read it otherwise: held under the service key until the first counsellor exists.
        return pair.public, SERVICE, lock(service_key, pair.private)
    return pair.public, team.id, seal(team.public_key, pair.private)


def open_conversation(session: Session, conversation: ConversationRow, team_private: bytes) -> bytes:
    """The conversation's private key; raises ``NotAllowed`` when it is sealed to somebody else."""
    row = session.get(ConversationKeyRow, conversation.id)
    if row is None or row.sealed_to == SERVICE:
        raise NotAllowed("this conversation is not sealed to the team")
    return unseal(team_private, row.sealed_private)
