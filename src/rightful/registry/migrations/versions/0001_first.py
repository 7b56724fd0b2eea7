"""The tables of the first version, as they were: what later changes start from.

What the columns mean stands in `rightful.registry.tables`, which tells of today's.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

revision = "0001"
down_revision = None

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives out row numbers only to columns that are exactly INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _Id, primary_key=True, autoincrement=True)


def _choice(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

Table(
    "properties",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

Table(
    "sources",
    metadata,
    _id(),
    Column("name", String, nullable=False, unique=True),
    Column("kind", String),
    Column("owner", String),
    Column("method", String),
    Column("public", Boolean),
    Column("special_category", Boolean),
    Column("criminal_offence", Boolean),
    Column("notice", ForeignKey("notices.id")),
    Column("retention_until", String),
    Column("created_at", String, nullable=False),
)

Table(
    "subjects",
    metadata,
    _id(),
    Column("lookup", LargeBinary, unique=True),
    Column("reference", LargeBinary),
    Column("residence", String),
    Column("birth_year", Integer),
    Column("restricted_at", String),
    Column("objected_at", String),
    Column("erased_at", String),
    Column("created_at", String, nullable=False),
)

Table(
    "wrapped_keys",
    metadata,
    Column("holder_kind", String, primary_key=True),
    Column("holder", BigInteger, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    _choice("holder_kind", ("subject", "source")),
)

Table(
    "purposes",
    metadata,
    _id(),
    Column("name", String, nullable=False, unique=True),
    Column("parent", ForeignKey("purposes.id")),
    Column("dpv", String),
)

Table(
    "notices",
    metadata,
    _id(),
    Column("name", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("language", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("sha256", String, nullable=False),
    Column("created_at", String, nullable=False),
    UniqueConstraint("name", "version", "language"),
)

Table(
    "grants",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("subject", ForeignKey("subjects.id"), index=True),
    Column("source", ForeignKey("sources.id"), index=True),
    Column("purpose", ForeignKey("purposes.id"), nullable=False),
    Column("valid_from", String, nullable=False),
    Column("valid_to", String),
    Column("withdrawn_at", String),
    Column("notice", ForeignKey("notices.id")),
    Column("explicit", Boolean),
    Column("given_by", String),
    Column("evidence", String),
    Column("licence", String),
    Column("created_at", String, nullable=False),
    _choice(
        "kind",
        (
            "consent",
            "contract",
            "legal_obligation",
            "vital_interests",
            "public_task",
            "legitimate_interests",
            "licence",
            "no_personal_data",
        ),
    ),
    CheckConstraint("subject IS NOT NULL OR source IS NOT NULL", name="about_something"),
)

Table(
    "imports",
    metadata,
    _id(),
    Column("source", ForeignKey("sources.id"), nullable=False),
    Column("file_sha256", String, nullable=False),
    Column("mapping_sha256", String, nullable=False),
    Column("next_row", BigInteger, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("suppressed", BigInteger, nullable=False),
    Column("quarantined", BigInteger, nullable=False),
    Column("pending", Text),
    Column("finished_at", String),
    Column("started_at", String, nullable=False),
    UniqueConstraint("source", "file_sha256", "mapping_sha256"),
)

Table(
    "suppressions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("created_at", String, nullable=False),
)

Table(
    "clearances",
    metadata,
    _id(),
    Column("purpose", ForeignKey("purposes.id"), nullable=False),
    Column("at", String, nullable=False),
    Column("valid_until", String, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("packs", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("records", LargeBinary, nullable=False),
)

Table(
    "runs",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("model", String, nullable=False),
    Column("purpose", ForeignKey("purposes.id"), nullable=False),
    Column("clearance", ForeignKey("clearances.id"), nullable=False),
    Column("program", Text, nullable=False),
    Column("program_sha256", String, nullable=False),
    Column("environment", Text, nullable=False),
    Column("parent_run", ForeignKey("runs.id")),
    Column("start_sha256", String),
    Column("records", LargeBinary, nullable=False),
    Column("status", String, nullable=False),
    Column("replaces", ForeignKey("runs.id")),
    Column("weights_sha256", String),
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    _choice("kind", ("pretraining", "fine-tuning")),
    _choice("status", ("running", "finished", "superseded")),
)

Table(
    "departures",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    Column("records", LargeBinary, nullable=False),
)

Table(
    "checkpoints",
    metadata,
    _id(),
    Column("run", ForeignKey("runs.id"), nullable=False, index=True),
    Column("step", BigInteger, nullable=False),
    Column("path", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("created_at", String, nullable=False),
    UniqueConstraint("run", "step"),
)

Table(
    "losses",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Float, nullable=False),
    Column("records", Integer, nullable=False),
)

Table(
    "evaluations",
    metadata,
    _id(),
    Column("run", ForeignKey("runs.id"), nullable=False, index=True),
    Column("clearance", ForeignKey("clearances.id"), nullable=False),
    Column("metrics", Text, nullable=False),
    Column("at", String, nullable=False),
)

Table(
    "models",
    metadata,
    Column("name", String, primary_key=True),
    Column("run", ForeignKey("runs.id"), nullable=False),
    Column("status", String, nullable=False),
    Column("changed_at", String, nullable=False),
    _choice("status", ("in_force", "restricted")),
)

Table(
    "forgettings",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("plan", Text, nullable=False),
    Column("outcome", String),
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    _choice("kind", ("erase", "withdraw", "rectify")),
    _choice("state", ("planned", "shredded", "replayed", "purged", "done")),
)

Table(
    "requests",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("subject", ForeignKey("subjects.id")),
    Column("received_at", String, nullable=False),
    Column("due_at", String),
    Column("state", String, nullable=False),
    Column("waiting_on", String),
    Column("forgetting", ForeignKey("forgettings.id")),
    Column("outcome", String),
    Column("ground", String),
    Column("closed_at", String),
    _choice("kind", ("know", "access", "rectify", "erase", "withdraw")),
    _choice("state", ("open", "closed")),
)

Table(
    "certificates",
    metadata,
    _id(),
    Column("forgetting", ForeignKey("forgettings.id"), nullable=False, index=True),
    Column("request", ForeignKey("requests.id")),
    Column("body", Text, nullable=False),
    Column("entry", ForeignKey("ledger_entries.number"), nullable=False),
    Column("path", String, nullable=False),
)

Table(
    "disclosures",
    metadata,
    _id(),
    Column("recipient", String, nullable=False),
    Column("what", String, nullable=False),
    Column("records", LargeBinary, nullable=False),
    Column("at", String, nullable=False),
)

Table(
    "ledger_entries",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
