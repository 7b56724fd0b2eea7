"""The tables of the first version."""

from alembic import op

from rightful.registry.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
