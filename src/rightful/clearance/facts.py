"""Fills the one table that rules read, with one query over the store's and the registry's columns.

What each column means stands in `rightful.policy.facts`. Which grants speak for a row, and what
several of them mean together, is decided here and told in docs/clearance.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Table, select

from rightful import moments
from rightful.policy.countries import COUNTRIES
from rightful.policy.database import database
from rightful.policy.facts import GROUNDS, METHODS, SCHEMA, SOURCE_KINDS
from rightful.registry import Registry
from rightful.registry.tables import counters, grants, sources, subjects

#: What the query reads of the record store.
RECORDS = ("record", "source", "subjects", "retention_until", "special_category")

_COLUMNS: dict[Table, dict[str, Any]] = {
    subjects: {
        "id": pa.int64(),
        "residence": pa.string(),
        "birth_year": pa.int64(),
        "restricted_at": pa.string(),
        "objected_at": pa.string(),
        "erased_at": pa.string(),
    },
    sources: {
        "id": pa.int64(),
        "kind": pa.string(),
        "method": pa.string(),
        "public": pa.bool_(),
        "special_category": pa.bool_(),
        "criminal_offence": pa.bool_(),
        "notice": pa.int64(),
        "retention_until": pa.string(),
    },
    grants: {
        "id": pa.int64(),
        "kind": pa.string(),
        "subject": pa.int64(),
        "source": pa.int64(),
        "purpose": pa.int64(),
        "valid_from": pa.string(),
        "valid_to": pa.string(),
        "withdrawn_at": pa.string(),
        "notice": pa.int64(),
        "explicit": pa.bool_(),
        "given_by": pa.string(),
        "evidence": pa.string(),
    },
}


@dataclass(frozen=True, slots=True)
class RegistryView:
    """Whom, whence and on what ground, as the registry stood at one revision."""

    revision: int
    at: datetime
    """The moment that is asked about."""
    subjects: pa.Table
    sources: pa.Table
    grants: pa.Table


def view(registry: Registry, at: datetime | None = None) -> RegistryView:
    """One consistent view of the registry; `at` is the present moment if it is not given.

    The present is looked up after the view was taken. Before, it could be a moment earlier than a
    withdrawal that the view holds, which would then seem to lie in the future while the view's
    revision says that it was heeded.
    """
    with registry.reading() as connection:
        query = select(counters.c.value).where(counters.c.name == "revision")
        revision = connection.scalar(query) or 0
        people, places, grounds = (_arrow(registry, connection, table) for table in _COLUMNS)
    return RegistryView(revision, at or moments.now(), people, places, grounds)


def _arrow(registry: Registry, connection: Connection, table: Table) -> pa.Table:
    columns = _COLUMNS[table]
    query = select(*(table.c[name] for name in columns))
    return registry.arrow(query, pa.schema(list(columns.items())), connection)


def facts(
    records: pa.Table, seen: RegistryView, covering: Sequence[int], establishment: str | None
) -> pa.Table:
    """The facts about `records`, which are rows of the store's metadata.

    `covering` are the numbers of the purpose asked for and of those above it: a grant speaks for
    the purpose if it is for one of them.
    """
    with database(
        records=records.select(list(RECORDS)),
        subjects=seen.subjects,
        sources=seen.sources,
        grants=seen.grants,
    ) as connection:
        parameters = {
            "at": moments.text(seen.at),
            "today": seen.at.astimezone(UTC).date().isoformat(),
            "year": seen.at.astimezone(UTC).year,
            "covering": list(covering),
            "establishment": establishment,
            "countries": sorted(COUNTRIES),
            "methods": list(METHODS),
            "source_kinds": list(SOURCE_KINDS),
        }
        found = connection.sql(_QUERY, params=parameters).to_arrow_table()
    return found.select(SCHEMA.names).cast(SCHEMA)


def valid_until(seen: RegistryView, covering: Sequence[int]) -> datetime:
    """The earliest moment after the view's at which time alone may change an answer.

    A grant that could speak begins, ends or is withdrawn then; or a day begins in UTC, by which
    ages and days of retention are counted.
    """
    named = seen.grants.filter(
        pc.or_(
            pc.is_in(seen.grants.column("purpose"), pa.array(covering, pa.int64())),
            pc.equal(seen.grants.column("kind"), "consent"),  # of other purposes, a fact too
        )
    )
    at = moments.text(seen.at)
    later = [_next_day(seen.at)]
    for name in ("valid_from", "valid_to", "withdrawn_at"):
        column = named.column(name)
        soonest = pc.min(column.filter(pc.greater(column, at))).as_py()
        if soonest is not None:
            later.append(moments.parse(soonest))
    return min(later)


def _next_day(moment: datetime) -> datetime:
    today = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return today + timedelta(days=1)
    except OverflowError:  # the last day of the calendar
        return datetime.max.replace(tzinfo=UTC)


# The query

# States are numbered so that the greatest is the most telling.
_STATUS = "CASE {} WHEN 4 THEN 'active' WHEN 3 THEN 'withdrawn' WHEN 2 THEN 'expired' WHEN 1 THEN 'pending' ELSE 'none' END"  # noqa: E501

_SIMPLE = tuple(kind for kind in GROUNDS if kind != "consent")

_STATES = ",\n".join(
    f"max(state) FILTER (covers AND kind = '{kind}') AS {kind}_state" for kind in _SIMPLE
)
_STATUSES = ",\n".join(
    f"CASE WHEN known THEN {_STATUS.format(f'{kind}_state')} END AS {kind}" for kind in _SIMPLE
)
_DAY = r"CASE WHEN regexp_full_match({0}, '\d{{4}}-\d{{2}}-\d{{2}}') THEN TRY_CAST({0} AS DATE) END"

# `exploded`: a row for each record and subject. `peopled` is whether the record names anybody.
# `pairs`: grants are looked up once for each person in a source, not for each record.
# `found`: the grants that speak for a pair; `own` are those of the person, others are the source's.
# `grounds`: what the grants of a pair mean together. The greatest consent is the last one given.
# `judged`: whether a consent stands against the withdrawals.
# `whole`: `known` is whether grants say all there is. They don't about somebody who is not in the
# registry, nor where nobody is named, but people may be meant.
_QUERY = rf"""
WITH exploded AS (
    SELECT record, source, retention_until, special_category,
        unnest(subjects) AS subject, TRUE AS peopled
    FROM records WHERE len(subjects) > 0
    UNION ALL
    SELECT record, source, retention_until, special_category,
        NULL AS subject, CASE WHEN subjects IS NULL THEN NULL ELSE FALSE END AS peopled
    FROM records WHERE subjects IS NULL OR len(subjects) = 0
),
pairs AS (SELECT DISTINCT source, subject FROM exploded),
stated AS (
    SELECT *, list_contains($covering, purpose) AS covers,
        CASE WHEN withdrawn_at <= $at THEN 3 WHEN valid_to <= $at THEN 2
            WHEN valid_from <= $at THEN 4 ELSE 1 END AS state
    FROM grants
),
found AS (
    SELECT pairs.source AS at_source, pairs.subject AS of_subject, TRUE AS own, stated.*
    FROM pairs JOIN stated
        ON stated.subject = pairs.subject
        AND (stated.source IS NULL OR stated.source = pairs.source)
    UNION ALL
    SELECT pairs.source, pairs.subject, FALSE, stated.*
    FROM pairs JOIN stated ON stated.subject IS NULL AND stated.source = pairs.source
),
grounds AS (
    SELECT at_source, of_subject, {_STATES},
        max(state) FILTER (covers AND kind = 'consent') AS consent_state,
        max(withdrawn_at) FILTER (covers AND kind = 'consent' AND state = 3) AS left_at,
        bool_or(own) FILTER (covers AND kind = 'consent' AND state = 3) AS left_own,
        max(consent) FILTER (covers AND kind = 'consent' AND state = 4 AND own) AS of_person,
        max(consent) FILTER (covers AND kind = 'consent' AND state = 4 AND NOT own) AS of_source,
        bool_or(NOT covers AND kind = 'consent' AND state = 4) AS other_purpose,
        bool_or(covers AND kind = 'no_personal_data' AND state = 4) AS nobody,
        bool_or(covers AND kind = 'legitimate_interests' AND state = 4 AND evidence) AS assessed,
        bool_or(covers AND kind <> 'consent' AND state = 4 AND notice) AS noticed
    FROM (
        SELECT * EXCLUDE (notice, evidence),
            notice IS NOT NULL AS notice, trim(coalesce(evidence, '')) <> '' AS evidence,
            {{'start': valid_from, 'id': id, 'notice': notice IS NOT NULL, 'explicit': explicit,
              'evidence': trim(coalesce(evidence, '')) <> '', 'given_by': given_by}} AS consent
        FROM found
    )
    GROUP BY at_source, of_subject
),
judged AS (
    SELECT *, CASE
        WHEN of_person.start > coalesce(left_at, '') THEN of_person
        WHEN of_source.start > coalesce(left_at, '') AND left_own IS NOT TRUE THEN of_source
        END AS consent_now
    FROM grounds
),
people AS (
    SELECT pairs.source, pairs.subject, s.id AS number, s.residence, s.birth_year,
        s.restricted_at IS NOT NULL OR s.erased_at IS NOT NULL AS restricted,
        s.objected_at IS NOT NULL AS objected,
        judged.* EXCLUDE (at_source, of_subject)
    FROM pairs
    LEFT JOIN subjects s ON s.id = pairs.subject
    LEFT JOIN judged ON judged.at_source IS NOT DISTINCT FROM pairs.source
        AND judged.of_subject IS NOT DISTINCT FROM pairs.subject
),
whole AS (
    SELECT exploded.* EXCLUDE (source), people.* EXCLUDE (source, subject),
        peopled IS FALSE AND coalesce(nobody, FALSE) AS impersonal,
        number IS NOT NULL OR impersonal AS known,
        src.id AS source, src.kind, src.method, src.public, src.criminal_offence,
        src.notice IS NOT NULL AS source_notice,
        coalesce(exploded.special_category, src.special_category) AS special,
        CASE WHEN exploded.retention_until IS NULL THEN {_DAY.format("src.retention_until")}
            ELSE {_DAY.format("exploded.retention_until")} END AS retention
    FROM exploded
    JOIN people ON people.source IS NOT DISTINCT FROM exploded.source
        AND people.subject IS NOT DISTINCT FROM exploded.subject
    LEFT JOIN sources src ON src.id = exploded.source
)
SELECT record, subject,
    CASE WHEN peopled THEN TRUE WHEN impersonal THEN FALSE END AS personal,
    CASE WHEN list_contains($countries, residence) THEN residence END AS residence,
    CASE WHEN list_contains($countries, CAST($establishment AS VARCHAR))
        THEN CAST($establishment AS VARCHAR) END AS establishment,
    CASE WHEN birth_year BETWEEN 1890 AND $year THEN $year - birth_year - 1 END AS age,
    CASE WHEN NOT known THEN NULL WHEN consent_now IS NOT NULL THEN 'active'
        WHEN left_at IS NOT NULL THEN 'withdrawn'
        ELSE {_STATUS.format("consent_state")} END AS consent,
    {_STATUSES},
    CASE WHEN known THEN coalesce(other_purpose, FALSE) END AS consent_other_purpose,
    CASE WHEN known THEN coalesce(consent_now.notice, FALSE) END AS consent_notice,
    CASE WHEN NOT known THEN NULL WHEN consent_now IS NULL THEN FALSE
        ELSE consent_now.explicit END AS consent_explicit,
    CASE WHEN known THEN coalesce(consent_now.evidence, FALSE) END AS consent_evidence,
    CASE WHEN NOT known THEN NULL WHEN consent_now IS NULL THEN FALSE
        WHEN consent_now.given_by = 'guardian' THEN TRUE
        WHEN consent_now.given_by = 'self' THEN FALSE END AS consent_by_guardian,
    CASE WHEN known THEN coalesce(assessed, FALSE) END AS assessment,
    CASE WHEN source_notice OR (known AND (noticed OR consent_now.notice)) THEN TRUE
        WHEN source IS NOT NULL AND known THEN FALSE END AS informed,
    special AS special_category, criminal_offence, public AS public_source,
    CASE WHEN list_contains($methods, method) THEN method END AS method,
    CASE WHEN list_contains($source_kinds, kind) THEN kind END AS source_kind,
    date_diff('day', CAST($today AS DATE), retention) AS retention_days,
    CASE WHEN known THEN number IS NOT NULL AND restricted END AS restricted,
    CASE WHEN known THEN number IS NOT NULL AND objected END AS objected
FROM whole
"""  # noqa: S608 (only names of kinds are filled in)
