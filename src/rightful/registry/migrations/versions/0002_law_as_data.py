"""What the rules of whole laws ask about: uses, assessments, reservations; and the change feed."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)

revision = "0002"
down_revision = "0001"

_Id = BigInteger().with_variant(Integer, "sqlite")

_GRANTS = (
    "kind IN ('consent', 'separate_consent', 'contract', 'legal_obligation', 'vital_interests', "
    "'public_task', 'legitimate_interests', 'special_condition', 'licence', 'no_personal_data')"
)

_ASSESSMENTS = (
    "kind IN ('legitimate_interests', 'compatibility', 'dpia', 'pipia', 'risk_assessment', "
    "'supplier_check', 'copyright_policy', 'minors_policy', 'bias_examination', 'suitability', "
    "'security_measures', 'annotation_rules', 'source_sampling', 'corpus_sampling', "
    "'corpus_screening')"
)


def upgrade() -> None:
    _add_changes()
    _widen_subjects()
    _widen_purposes()
    _widen_sources()
    _widen_grants()
    _widen_forgettings()
    _add_assessments()
    _add_reservations()


def _add_changes() -> None:
    op.create_table(
        "changes",
        Column("id", _Id, nullable=False, autoincrement=True),
        Column("revision", BigInteger, nullable=False),
        Column("subject", BigInteger),
        Column("source", BigInteger),
        PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_revision"), "changes", ["revision"])


def _widen_subjects() -> None:
    op.add_column("subjects", Column("opted_out_at", String))


def _widen_purposes() -> None:
    for name in (
        "generative",
        "general_purpose",
        "high_risk",
        "face_recognition",
        "significant_decisions",
        "commercial",
        "research",
        "published",
    ):
        op.add_column("purposes", Column(name, Boolean))


# SQLite can't change the constraints of a table: a batch writes it anew there.


def _widen_sources() -> None:
    with op.batch_alter_table("sources") as table:
        table.add_column(Column("purpose", _Id))
        for name in ("collected_from", "collected_to", "evidence"):
            table.add_column(Column(name, String))
        for name in (
            "lawfully_accessed",
            "infringing_site",
            "faces",
            "companion",
            "child_directed",
            "broker",
            "important_data",
        ):
            table.add_column(Column(name, Boolean))
        name = op.f("fk_sources_purpose_purposes")
        table.create_foreign_key(name, "purposes", ["purpose"], ["id"])


def _widen_grants() -> None:
    with op.batch_alter_table("grants") as table:
        table.add_column(Column("condition", String))
        table.add_column(Column("uuid", String))
        table.create_unique_constraint(op.f("uq_grants_uuid"), ["uuid"])
        table.drop_constraint(op.f("ck_grants_kind"), type_="check")
        table.create_check_constraint(op.f("ck_grants_kind"), _GRANTS)


def _widen_forgettings() -> None:
    with op.batch_alter_table("forgettings") as table:
        name = op.f("ck_forgettings_kind")
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, "kind IN ('erase', 'withdraw', 'rectify', 'expire')")


def _add_assessments() -> None:
    op.create_table(
        "assessments",
        Column("id", _Id, nullable=False, autoincrement=True),
        Column("kind", String, nullable=False),
        Column("source", _Id),
        Column("purpose", _Id),
        Column("outcome", String, nullable=False),
        Column("reference", String),
        Column("answers", Text),
        Column("sampled", BigInteger),
        Column("failed", BigInteger),
        Column("total", BigInteger),
        Column("made_at", String, nullable=False),
        Column("valid_until", String),
        Column("created_at", String, nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        _to("assessments", "source", "sources"),
        _to("assessments", "purpose", "purposes"),
        CheckConstraint(_ASSESSMENTS, name=op.f("ck_assessments_kind")),
        CheckConstraint("outcome IN ('passed', 'failed')", name=op.f("ck_assessments_outcome")),
    )
    op.create_index(op.f("ix_assessments_source"), "assessments", ["source"])


def _add_reservations() -> None:
    op.create_table(
        "reservations",
        Column("id", _Id, nullable=False, autoincrement=True),
        Column("source", _Id, nullable=False),
        Column("protocol", String, nullable=False),
        Column("value", String, nullable=False),
        Column("location", String),
        Column("sha256", String),
        Column("seen_at", String, nullable=False),
        Column("created_at", String, nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
        _to("reservations", "source", "sources"),
    )
    op.create_index(op.f("ix_reservations_source"), "reservations", ["source"])


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return ForeignKeyConstraint([column], [f"{other}.id"], name=name)
