"""Every table. Text of a person is only ever in a ``sealed`` column; times are UTC.

``sealed_*``  to a conversation's public key or the team's (libsodium sealed box): the bot cannot read it.
``passing_*`` under the service key: held until a step completes, then wiped (set to NULL).
"""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time in and out; SQLite alone would hand back naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        bytes: LargeBinary(),
    }


class ConversationRow(Base):
    """One person's thread on one channel. Knows the chat only by pseudonym and an encrypted address."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    pseudonym: Mapped[str] = mapped_column(String(64))
    pseudonym_key: Mapped[str] = mapped_column(String(16))
    passing_address: Mapped[bytes | None]
    address_expires_at: Mapped[datetime | None]
    public_key: Mapped[bytes]
    role: Mapped[str] = mapped_column(String(10), default="unknown")
    age_band: Mapped[str] = mapped_column(String(8), default="unknown")
    language: Mapped[str] = mapped_column(String(2), default="vi")
    mode: Mapped[str] = mapped_column(String(12), default="normal")
    end_form: Mapped[bool] = mapped_column(default=False)
    triage_state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answered_risk: Mapped[int] = mapped_column(default=0)
    acknowledgements: Mapped[int] = mapped_column(default=0)
    acknowledged_at: Mapped[datetime | None]
    unsupported_at: Mapped[datetime | None]
    passing_recent: Mapped[bytes | None]
    turns: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    last_in_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    erase_due_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("channel", "pseudonym"),)


class ConversationKeyRow(Base):
    """The private half of a conversation's key pair, sealed to whoever may read the conversation.

    ``sealed_to`` is a team key's id, or ``service`` while the province has no counsellor yet.
    """

    __tablename__ = "conversation_keys"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    sealed_to: Mapped[str] = mapped_column(String(32))
    sealed_private: Mapped[bytes]


class MessageRow(Base):
    """One line of the transcript, sealed. ``dedupe`` is a keyed hash of the platform's message id."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    dedupe: Mapped[str | None] = mapped_column(String(64), unique=True)
    author: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    template_id: Mapped[str | None] = mapped_column(String(120))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sealed_text: Mapped[bytes | None]
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    # What the platform calls this line, while it can still delete it there.
    passing_platform_ids: Mapped[bytes | None]

    __table_args__ = (
        Index(
            "message_platform_ids",
            "received_at",
            sqlite_where=text("passing_platform_ids IS NOT NULL"),
            postgresql_where=text("passing_platform_ids IS NOT NULL"),
        ),
    )


class AssessmentRow(Base):
    """What triage read in one message; codes and offsets only."""

    __tablename__ = "assessments"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    risk: Mapped[int]
    category: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(12))
    teller: Mapped[str] = mapped_column(String(16))
    check_in: Mapped[bool] = mapped_column(default=False)
    retraction: Mapped[bool] = mapped_column(default=False)
    hits: Mapped[list[Any]] = mapped_column(default=list)


class CaseRow(Base):
    """One matter for a counsellor. ``risk`` never falls by what is typed; a person may correct it."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(10), default="real")
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default="queued")
    reason: Mapped[str] = mapped_column(String(20))
    risk: Mapped[int]
    category: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(12))
    teller: Mapped[str] = mapped_column(String(16))
    rules: Mapped[list[Any]] = mapped_column(default=list)
    flags: Mapped[list[Any]] = mapped_column(default=list)
    opened_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    claimed_at: Mapped[datetime | None]
    unanswered_since: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    waiting_updates: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(30))
    refer: Mapped[bool | None]
    refer_reason: Mapped[str | None] = mapped_column(String(30))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    # The database itself promises that a conversation never has two open cases.
    __table_args__ = (
        Index(
            "one_open_case",
            "conversation_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
        Index("case_queue", "state", "risk", "queued_at"),
    )


class CaseEventRow(Base):
    """Append-only history of a case: who did what and when, in codes."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PageRow(Base):
    """One call for a human: the ladder's memory and the console's alarm."""

    __tablename__ = "pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    level: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class OutboxRow(Base):
    """One message on its way out. Stored before the attempt; ``passing_body`` is wiped once it is done."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    author: Mapped[str] = mapped_column(String(12))
    template_id: Mapped[str | None] = mapped_column(String(120))
    passing_body: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(10), default="pending")
    error: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    parts_sent: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    receipt: Mapped[str | None] = mapped_column(String(80))

    __table_args__ = (Index("outbox_due", "state", "due_at"),)


class TurnRow(Base):
    """One message waiting for Rasa; ``passing_text`` is wiped once it is answered."""

    __tablename__ = "turns"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    passing_text: Mapped[bytes | None]
    payload: Mapped[str | None] = mapped_column(String(200))
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]

    __table_args__ = (Index("turns_due", "state", "due_at"),)


class ChoiceRow(Base):
    """What an opaque button token means, for one conversation only."""

    __tablename__ = "choices"

    token: Mapped[str] = mapped_column(String(24), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    payload: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(120), default="")
    title_folded: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    offered_at: Mapped[datetime]


class TrackerRow(Base):
    """Rasa's tracker: coded slots and a few events, never text."""

    __tablename__ = "trackers"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class UserRow(Base):
    """An account of the console. The private key is wrapped under the password (Argon2id)."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    role: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str] = mapped_column(String(200))
    passing_totp: Mapped[bytes | None]
    totp_step: Mapped[int] = mapped_column(default=0)
    public_key: Mapped[bytes]
    wrap_salt: Mapped[bytes]
    wrapped_private: Mapped[bytes]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class TeamKeyRow(Base):
    """The counsellors' common public key; its private half exists only in grants."""

    __tablename__ = "team_keys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    public_key: Mapped[bytes]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class GrantRow(Base):
    """The team's private key, sealed to one account's own key."""

    __tablename__ = "grants"

    team_key_id: Mapped[str] = mapped_column(ForeignKey("team_keys.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sealed_private: Mapped[bytes]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime]


class SessionRow(Base):
    """A signed-in console session. ``locked_key`` opens only with the secret in the cookie."""

    __tablename__ = "console_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    csrf: Mapped[str] = mapped_column(String(64))
    locked_key: Mapped[bytes | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class ReferralRow(Base):
    """The anonymised referral record: coded fields only, no link to a conversation or a case."""

    __tablename__ = "referrals"

    ref_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    created_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10), default="real")
    channel: Mapped[str] = mapped_column(String(20))
    reporter_role: Mapped[str] = mapped_column(String(10))
    about_self: Mapped[str] = mapped_column(String(12))
    age_band: Mapped[str] = mapped_column(String(8))
    sex: Mapped[str] = mapped_column(String(8))
    commune_code: Mapped[str | None] = mapped_column(String(5))
    risk_type: Mapped[list[Any]]
    online_platform: Mapped[list[Any]]
    form_of_abuse: Mapped[str] = mapped_column(String(30))
    danger_now: Mapped[str] = mapped_column(String(8))
    perpetrator_access: Mapped[str] = mapped_column(String(8))
    perpetrator_relation: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(8))
    consent_state: Mapped[str] = mapped_column(String(20))
    actions_done: Mapped[list[Any]]
    referred_to: Mapped[str] = mapped_column(String(40))
    sla_due: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(24))
    outcome_code: Mapped[str | None] = mapped_column(String(30))
    closed_at: Mapped[datetime | None]


class ReferralEventRow(Base):
    """Append-only history of a referral."""

    __tablename__ = "referral_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref_code: Mapped[str] = mapped_column(ForeignKey("referrals.ref_code", ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(String(24))
    actor_role: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    result: Mapped[str] = mapped_column(String(30))


class RecallRow(Base):
    """Lines to be deleted from a person's own phone after "xoá"; gone once the platform has done it."""

    __tablename__ = "recalls"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    passing_body: Mapped[bytes]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]


class LeaseRow(Base):
    """Which process alone does a thing, and until when it may believe so."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime]


class ChannelMonthRow(Base):
    """How many messages a channel has carried in a month of Vietnam's calendar ("2026-11")."""

    __tablename__ = "channel_months"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    messages: Mapped[int] = mapped_column(default=0)


class ErasureRow(Base):
    """Random ids of what was erased, replayed when a backup is restored."""

    __tablename__ = "erasures"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime]
