"""The relational tables: who, from where, on what ground, which runs, which models.

Moments are ISO 8601 text in UTC (see `rightful.moments`), days are `YYYY-MM-DD`, truth values are
`Boolean`, and NULL always means "not known", never "no". References that a controller uses for a
person are never stored in the clear: `subjects.lookup` is a keyed hash and `subjects.reference` is
sealed under that person's own key.
"""

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

#: The kinds of ground, as in GDPR Art. 6(1) and PIPL Art. 13, with two that are about a source.
GRANT_KINDS = (
    "consent",
    "separate_consent",
    "contract",
    "legal_obligation",
    "vital_interests",
    "public_task",
    "legitimate_interests",
    "special_condition",
    "licence",
    "no_personal_data",
)

#: What lets one use special categories of data beside explicit consent: GDPR Art. 9(2)(b) to (j).
SPECIAL_CONDITIONS = (
    "employment",
    "vital_interests",
    "nonprofit",
    "made_public",
    "legal_claims",
    "substantial_public_interest",
    "health_care",
    "public_health",
    "research",
)

#: What can be assessed, as a recorded act with its outcome.
ASSESSMENT_KINDS = (
    "legitimate_interests",
    "compatibility",
    "dpia",
    "pipia",
    "risk_assessment",
    "supplier_check",
    "copyright_policy",
    "minors_policy",
    "bias_examination",
    "suitability",
    "security_measures",
    "annotation_rules",
    "source_sampling",
    "corpus_sampling",
    "corpus_screening",
)

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


#: What changed at which revision: one person, one source, or more than can be told (both NULL).
changes = Table(
    "changes",
    metadata,
    _id(),
    Column("revision", BigInteger, nullable=False, index=True),
    Column("subject", BigInteger),
    Column("source", BigInteger),
)

#: Counters that only grow: `record` (the last id given out), `revision` (see `Registry.bump`).
counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

#: Facts about the workspace itself, such as its identity.
properties = Table(
    "properties",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    _id(),
    Column("name", String, nullable=False, unique=True),
    Column("kind", String),  # user_data, licensed, public_dataset, crawl, synthetic, other
    Column("owner", String),
    Column("method", String),  # form, upload, purchase, crawl, public_place_camera, ...
    Column("public", Boolean),  # taken from what people or others made public
    Column("special_category", Boolean),  # GDPR Art. 9, PIPL Art. 28
    Column("criminal_offence", Boolean),  # GDPR Art. 10
    Column("notice", ForeignKey("notices.id")),  # the notice published for this source
    Column("retention_until", String),
    Column("purpose", ForeignKey("purposes.id")),  # what it was collected for
    Column("collected_from", String),  # days
    Column("collected_to", String),
    Column("evidence", String),  # where the proof of the right to it is kept
    Column("lawfully_accessed", Boolean),  # no paywall or other technical measure was got round
    Column("infringing_site", Boolean),  # of a site listed as persistently infringing
    Column("faces", Boolean),  # pictures of faces
    Column("companion", Boolean),  # conversations with a human-like companion service
    Column("child_directed", Boolean),  # of a service directed to children
    Column("broker", Boolean),  # bought from a data broker
    Column("important_data", Boolean),  # China, Data Security Law
    Column("created_at", String, nullable=False),
)

subjects = Table(
    "subjects",
    metadata,
    _id(),
    Column("lookup", LargeBinary, unique=True),  # keyed hash; NULL once erased
    Column("reference", LargeBinary),  # sealed under the subject's key; NULL once erased
    Column("residence", String),  # ISO 3166-1 alpha-2, or 3166-2 within the US: US-CA
    Column("birth_year", Integer),
    Column("restricted_at", String),
    Column("objected_at", String),
    Column("opted_out_at", String),  # of the sale or sharing of their data
    Column("erased_at", String),
    Column("created_at", String, nullable=False),
)

#: One key for each holder (a subject, or a source for records about nobody), wrapped.
wrapped_keys = Table(
    "wrapped_keys",
    metadata,
    Column("holder_kind", String, primary_key=True),
    Column("holder", BigInteger, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    _choice("holder_kind", ("subject", "source")),
)

purposes = Table(
    "purposes",
    metadata,
    _id(),
    Column("name", String, nullable=False, unique=True),
    Column("parent", ForeignKey("purposes.id")),
    Column("dpv", String),  # the term of the W3C Data Privacy Vocabulary
    # What a use is. NULL: as the purpose above says.
    Column("generative", Boolean),
    Column("general_purpose", Boolean),
    Column("high_risk", Boolean),  # AI Act Annex III or I
    Column("face_recognition", Boolean),
    Column("significant_decisions", Boolean),  # about people
    Column("commercial", Boolean),
    Column("research", Boolean),  # scientific
    Column("published", Boolean),  # model or data are to be given to the public
)

notices = Table(
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

grants = Table(
    "grants",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("subject", ForeignKey("subjects.id"), index=True),  # NULL: everyone in the source
    Column("source", ForeignKey("sources.id"), index=True),  # NULL: wherever the subject is
    Column("purpose", ForeignKey("purposes.id"), nullable=False),
    Column("valid_from", String, nullable=False),
    Column("valid_to", String),
    Column("withdrawn_at", String),
    Column("notice", ForeignKey("notices.id")),
    Column("explicit", Boolean),  # given by a separate, express act
    Column("given_by", String),  # self or guardian
    Column("evidence", String),  # where the controller keeps the proof: a form, an assessment
    Column("licence", String),  # SPDX expression
    Column("condition", String),  # which special condition
    Column("uuid", String, unique=True),  # the record_id of ISO/IEC TS 27560
    Column("created_at", String, nullable=False),
    _choice("kind", GRANT_KINDS),
    CheckConstraint("subject IS NOT NULL OR source IS NOT NULL", name="about_something"),
)

#: What was assessed, with what outcome: a recorded act that rules ask about.
assessments = Table(
    "assessments",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("source", ForeignKey("sources.id"), index=True),  # NULL: whatever the source
    Column("purpose", ForeignKey("purposes.id")),  # NULL: whatever the purpose
    Column("outcome", String, nullable=False),
    Column("reference", String),  # where the controller keeps it
    Column("answers", Text),  # canonical JSON: what was asked and answered
    Column("sampled", BigInteger),  # items looked at
    Column("failed", BigInteger),  # of those, unfit
    Column("total", BigInteger),  # items there were
    Column("made_at", String, nullable=False),
    Column("valid_until", String),
    Column("created_at", String, nullable=False),
    _choice("kind", ASSESSMENT_KINDS),
    _choice("outcome", ("passed", "failed")),
)

#: What a source says about its use, in a protocol that machines read; the latest look counts.
reservations = Table(
    "reservations",
    metadata,
    _id(),
    Column("source", ForeignKey("sources.id"), nullable=False, index=True),
    Column("protocol", String, nullable=False),
    Column("value", String, nullable=False),
    Column("location", String),  # where it was read
    Column("sha256", String),  # of the statement as it was read
    Column("seen_at", String, nullable=False),
    Column("created_at", String, nullable=False),
)

#: An import job, so that one that was interrupted goes on where it stopped.
imports = Table(
    "imports",
    metadata,
    _id(),
    Column("source", ForeignKey("sources.id"), nullable=False),
    Column("file_sha256", String, nullable=False),
    Column("mapping_sha256", String, nullable=False),
    Column("next_row", BigInteger, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),  # were held already
    Column("suppressed", BigInteger, nullable=False),  # were erased, and stay so
    Column("quarantined", BigInteger, nullable=False),
    Column("pending", Text),  # canonical JSON: the batch that may be stored already, or not yet
    Column("finished_at", String),
    Column("started_at", String, nullable=False),
    UniqueConstraint("source", "file_sha256", "mapping_sha256"),
)

#: Keyed hashes of what was erased (record keys, contents, people), so that it stays away.
suppressions = Table(
    "suppressions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("created_at", String, nullable=False),
)

#: Whose an identifier is that screening may find in a record of anybody's: an address, a number.
identifiers = Table(
    "identifiers",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # keyed hash of kind and normalised value
    Column("subject", ForeignKey("subjects.id"), primary_key=True, index=True),
    Column("created_at", String, nullable=False),
)

#: Which records hold the same, or nearly the same; a cluster is called by its smallest record.
duplicates = Table(
    "duplicates",
    metadata,
    Column("record", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, primary_key=True),
    Column("cluster", BigInteger, nullable=False, index=True),
    Column("similarity", Float, nullable=False),  # Jaccard, to the nearest other of the cluster
    Column("created_at", String, nullable=False),
    _choice("kind", ("exact", "near")),
)

clearances = Table(
    "clearances",
    metadata,
    _id(),
    Column("purpose", ForeignKey("purposes.id"), nullable=False),
    Column("at", String, nullable=False),
    Column("valid_until", String, nullable=False),  # when time alone may change the answer
    Column("revision", BigInteger, nullable=False),
    Column("packs", Text, nullable=False),  # JSON: pack id -> {version, sha256}
    Column("counts", Text, nullable=False),  # JSON: decisions and reasons, how many records
    Column("records", LargeBinary, nullable=False),  # roaring bitmap of what is cleared
)

runs = Table(
    "runs",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("model", String, nullable=False),  # the name it was trained for
    Column("purpose", ForeignKey("purposes.id"), nullable=False),
    Column("clearance", ForeignKey("clearances.id"), nullable=False),
    Column("program", Text, nullable=False),  # canonical JSON
    Column("program_sha256", String, nullable=False),
    Column("environment", Text, nullable=False),  # canonical JSON
    Column("parent_run", ForeignKey("runs.id")),  # whose last weights it starts from
    Column("start_sha256", String),  # of the weights it starts from; NULL: random ones
    Column("records", LargeBinary, nullable=False),  # roaring bitmap of what it was given
    Column("status", String, nullable=False),
    Column("replaces", ForeignKey("runs.id")),  # the run that this one is the forgetting of
    Column("weights_sha256", String),  # of its last weights, once it has finished
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    _choice("kind", ("pretraining", "fine-tuning")),
    _choice("status", ("running", "finished", "superseded")),
)

#: Who left a run while it was going: from this step on its bins no longer hold these records.
departures = Table(
    "departures",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    Column("records", LargeBinary, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    _id(),
    Column("run", ForeignKey("runs.id"), nullable=False, index=True),
    Column("step", BigInteger, nullable=False),  # the steps that were done before it
    Column("path", String, nullable=False),  # relative to the workspace
    Column("sha256", String, nullable=False),  # of the file
    Column("created_at", String, nullable=False),
    UniqueConstraint("run", "step"),
)

#: The loss of each step of a run; deleted with the checkpoints that hold the same influence.
losses = Table(
    "losses",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Float, nullable=False),  # mean over the records of the bin
    Column("records", Integer, nullable=False),  # how many the bin had
)

#: What a run's weights score on cleared records.
evaluations = Table(
    "evaluations",
    metadata,
    _id(),
    Column("run", ForeignKey("runs.id"), nullable=False, index=True),
    Column("clearance", ForeignKey("clearances.id"), nullable=False),
    Column("metrics", Text, nullable=False),  # canonical JSON
    Column("at", String, nullable=False),
)

models = Table(
    "models",
    metadata,
    Column("name", String, primary_key=True),
    Column("run", ForeignKey("runs.id"), nullable=False),
    Column("status", String, nullable=False),
    Column("changed_at", String, nullable=False),
    _choice("status", ("in_force", "restricted")),
)

#: A forgetting under way or done; `plan` is what one that was stopped goes on from.
forgettings = Table(
    "forgettings",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("plan", Text, nullable=False),  # canonical JSON; emptied once it is done
    Column("outcome", String),
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    _choice("kind", ("erase", "withdraw", "rectify", "expire")),
    _choice("state", ("planned", "shredded", "replayed", "purged", "done")),
)

#: What a person asked, and what became of it.
requests = Table(
    "requests",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("subject", ForeignKey("subjects.id")),  # NULL: nobody that is held, or no one person
    Column("received_at", String, nullable=False),
    Column("due_at", String),  # a day; NULL where no pack gives one
    Column("state", String, nullable=False),
    Column("waiting_on", String),
    Column("forgetting", ForeignKey("forgettings.id")),
    Column("outcome", String),
    Column("ground", String),  # the rule on which it was refused
    Column("closed_at", String),
    _choice("kind", ("know", "access", "rectify", "erase", "withdraw")),
    _choice("state", ("open", "closed")),
)

#: What was said in a certificate, and where its entry stands in the ledger.
certificates = Table(
    "certificates",
    metadata,
    _id(),
    Column("forgetting", ForeignKey("forgettings.id"), nullable=False, index=True),
    Column("request", ForeignKey("requests.id")),  # NULL: nobody asked, the model owed it
    Column("body", Text, nullable=False),  # canonical JSON
    Column("entry", ForeignKey("ledger_entries.number"), nullable=False),
    Column("path", String, nullable=False),  # relative to the workspace
)

#: What was given out, to whom: erasure must be told to them (GDPR Art. 19).
disclosures = Table(
    "disclosures",
    metadata,
    _id(),
    Column("recipient", String, nullable=False),
    Column("what", String, nullable=False),
    Column("records", LargeBinary, nullable=False),  # roaring bitmap
    Column("at", String, nullable=False),
)

#: The leaves of the ledger, in order; the tree over them is computed (see `rightful.ledger`).
ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # from 0
    Column("entry", LargeBinary, nullable=False),  # canonical JSON
)
