"""the language in which a person is answered"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Everybody was answered in Vietnamese until now.
    op.add_column(
        "conversations", sa.Column("language", sa.String(length=2), nullable=False, server_default="vi")
    )


def downgrade() -> None:
    op.drop_column("conversations", "language")
