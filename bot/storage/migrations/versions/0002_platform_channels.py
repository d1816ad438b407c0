"""platform channels: parts of a message, deletion on the phone, leases, monthly counts"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HELD = sa.text("passing_platform_ids IS NOT NULL")


def upgrade() -> None:
    op.add_column("messages", sa.Column("passing_platform_ids", sa.LargeBinary(), nullable=True))
    op.create_index(
        "message_platform_ids", "messages", ["received_at"], sqlite_where=HELD, postgresql_where=HELD
    )
    # Rows that are there already were sent whole or not at all.
    op.add_column("outbox", sa.Column("parts_sent", sa.Integer(), nullable=False, server_default="0"))
    # Buttons offered before have no title beside their number.
    op.add_column("choices", sa.Column("title", sa.String(length=120), nullable=False, server_default=""))
    op.create_table(
        "recalls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("passing_body", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "channel_months",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "month"),
    )


def downgrade() -> None:
    op.drop_table("channel_months")
    op.drop_table("leases")
    op.drop_table("recalls")
    op.drop_column("choices", "title")
    op.drop_column("outbox", "parts_sent")
    op.drop_index("message_platform_ids", "messages")
    op.drop_column("messages", "passing_platform_ids")
