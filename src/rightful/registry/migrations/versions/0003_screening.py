"""Screening: whose an identifier is, and which records are copies of each other."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
)

revision = "0003"
down_revision = "0002"

_Id = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    _add_identifiers()
    _add_duplicates()


def _add_identifiers() -> None:
    op.create_table(
        "identifiers",
        Column("digest", LargeBinary, nullable=False),
        Column("subject", _Id, nullable=False),
        Column("created_at", String, nullable=False),
        PrimaryKeyConstraint("digest", "subject", name=op.f("pk_identifiers")),
        ForeignKeyConstraint(
            ["subject"], ["subjects.id"], name=op.f("fk_identifiers_subject_subjects")
        ),
    )
    op.create_index(op.f("ix_identifiers_subject"), "identifiers", ["subject"])


def _add_duplicates() -> None:
    op.create_table(
        "duplicates",
        Column("record", BigInteger, nullable=False, autoincrement=False),
        Column("kind", String, nullable=False),
        Column("cluster", BigInteger, nullable=False),
        Column("similarity", Float, nullable=False),
        Column("created_at", String, nullable=False),
        PrimaryKeyConstraint("record", "kind", name=op.f("pk_duplicates")),
        CheckConstraint("kind IN ('exact', 'near')", name=op.f("ck_duplicates_kind")),
    )
    op.create_index(op.f("ix_duplicates_cluster"), "duplicates", ["cluster"])
