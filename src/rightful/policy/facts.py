"""The one table that rules read: a row for each record and subject.

A record about nobody has one row, whose subject is NULL. In every column NULL means that the fact
is not known; `none` and `false` are knowledge: the registry was asked, and there is nothing.
`docs/policy.md` holds the same table, and `rightful.clearance` fills it.

>>> COLUMNS["age"].type
'INTEGER'
"""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from rightful.policy.countries import COUNTRIES
from rightful.policy.text import Text
from rightful.registry.tables import GRANT_KINDS

Type = Literal["BOOLEAN", "VARCHAR", "INTEGER"]

#: A fact's value; None where it is not known.
Value = bool | str | int | None

#: What may be said of a ground for the purpose that is asked for.
STATUSES = ("active", "withdrawn", "expired", "pending", "none")

#: The kinds of ground that a rule may ask about, each a column.
GROUNDS = tuple(kind for kind in GRANT_KINDS if kind != "no_personal_data")

#: Where records come from, as `rightful.records` declares sources.
SOURCE_KINDS = (
    "user_data",
    "licensed",
    "public_dataset",
    "third_party_private",
    "crawl",
    "synthetic",
    "other",
)

#: How a source was collected. One that is written otherwise counts as not known.
METHODS = (
    "form",
    "upload",
    "interview",
    "service_use",
    "sensor",
    "public_place_camera",
    "purchase",
    "transfer",
    "download",
    "crawl",
    "generated",
    "other",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A column that a rule may read."""

    name: str
    type: Type
    meaning: str
    unknown: str
    """What NULL means here."""
    ask: Text
    """What would make it known, and who can give it."""
    values: frozenset[str] | None = None
    """All values that a text can have; a rule that names another one is misspelt."""


def _ground(kind: str, name: str, chinese: str) -> Fact:
    covers = "for the purpose asked for, the subject and the source"
    return Fact(
        kind,
        "VARCHAR",
        f"{name}, {covers}",
        "the subject is not in the registry",
        Text(f"a record of the {name}, from the controller", f"由处理者补充{chinese}的记录"),
        frozenset(STATUSES),
    )


def _consent(name: str, meaning: str, unknown: str, english: str, chinese: str) -> Fact:
    return Fact(f"consent_{name}", "BOOLEAN", meaning, unknown, Text(english, chinese))


FACTS: tuple[Fact, ...] = (
    Fact(
        "personal",
        "BOOLEAN",
        "true: about at least one subject; false: names nobody, and its source is declared to hold "
        "no personal data by an active grant of kind no_personal_data",
        "the record names nobody, and nobody declared that its source holds no personal data",
        Text(
            "whom the record is about, or a declaration that its source holds no personal data, "
            "from whoever collected it",
            "由收集者说明记录涉及何人,或声明该来源不含个人信息",
        ),
    ),
    Fact(
        "residence",
        "VARCHAR",
        "the country the subject lives in, ISO 3166-1 alpha-2",
        "not recorded, or no such country",
        Text("the person's country of residence, from the person", "由本人提供其居住国家或地区"),
        COUNTRIES,
    ),
    Fact(
        "establishment",
        "VARCHAR",
        "the country the controller is established in, ISO 3166-1 alpha-2",
        "not stated in the workspace",
        Text("the country of establishment, from the controller", "由处理者说明其设立地"),
        COUNTRIES,
    ),
    Fact(
        "age",
        "INTEGER",
        "the youngest that the subject can be now: this year - year of birth - 1",
        "no year of birth recorded, or an impossible one",
        Text(
            "the person's year of birth, from the person or a guardian",
            "由本人或其监护人提供出生年份",
        ),
    ),
    _ground("consent", "consent", "同意"),
    _ground("contract", "contract", "合同"),
    _ground("legal_obligation", "legal obligation", "法定义务"),
    _ground("vital_interests", "vital interests", "重大利益"),
    _ground("public_task", "public task", "公共职能"),
    _ground("legitimate_interests", "legitimate interests", "正当利益"),
    _ground("licence", "licence", "许可"),
    _consent(
        "other_purpose",
        "a consent is active, but for a purpose that does not cover the one asked for",
        "the subject is not in the registry",
        "a record of the consent, from the controller",
        "由处理者补充同意的记录",
    ),
    _consent(
        "notice",
        "the active consent names the version of the notice that was shown",
        "the subject is not in the registry",
        "the notice that was shown when consent was given, from the controller",
        "由处理者提供取得同意时所展示的告知文本",
    ),
    _consent(
        "explicit",
        "the active consent was given by a separate, express act",
        "the active consent does not say",
        "how consent was given, from the controller's consent record; or a new, separate consent "
        "from the person",
        "由处理者依同意记录说明同意的方式,或由本人作出新的单独同意",
    ),
    _consent(
        "evidence",
        "the active consent names where its proof is kept",
        "the subject is not in the registry",
        "where the proof of consent is kept, from the controller",
        "由处理者说明同意凭证的存放处",
    ),
    _consent(
        "by_guardian",
        "the active consent was given by a guardian",
        "the active consent does not say who gave it",
        "who gave the consent, from the controller; or consent from the guardian",
        "由处理者说明同意由谁作出,或由监护人作出同意",
    ),
    Fact(
        "assessment",
        "BOOLEAN",
        "an active grant of kind legitimate_interests names its assessment",
        "the subject is not in the registry",
        Text(
            "the written assessment, from the controller",
            "由处理者提供书面评估",
        ),
    ),
    Fact(
        "informed",
        "BOOLEAN",
        "an active grant, or the source, names a notice",
        "the source is not in the registry",
        Text(
            "the notice that people were given or that was published, from the controller",
            "由处理者提供已告知或已公开的告知文本",
        ),
    ),
    Fact(
        "special_category",
        "BOOLEAN",
        "holds a special category of data (GDPR Art. 9; sensitive, PIPL Art. 28): the record's own "
        "mark, else the source's",
        "neither was marked",
        Text(
            "whether it holds special categories of data, from whoever collected or screened it",
            "由收集者或筛查者说明是否含敏感个人信息",
        ),
    ),
    Fact(
        "criminal_offence",
        "BOOLEAN",
        "the source holds data on criminal convictions or offences (GDPR Art. 10)",
        "the source was not marked",
        Text(
            "whether the source holds data on criminal offences, from whoever collected it",
            "由收集者说明该来源是否含犯罪信息",
        ),
    ),
    Fact(
        "public_source",
        "BOOLEAN",
        "the source was taken from what people or others had made public",
        "the source was not marked",
        Text(
            "whether the source was public, from whoever collected it",
            "由收集者说明该来源是否为已公开信息",
        ),
    ),
    Fact(
        "method",
        "VARCHAR",
        "how the source was collected: " + ", ".join(METHODS),
        "not recorded, or none of these",
        Text("how the source was collected, from whoever did", "由收集者说明收集方式"),
        frozenset(METHODS),
    ),
    Fact(
        "source_kind",
        "VARCHAR",
        "what kind of source it is: " + ", ".join(SOURCE_KINDS),
        "not recorded",
        Text("the kind of source, from whoever collected it", "由收集者说明来源类别"),
        frozenset(SOURCE_KINDS),
    ),
    Fact(
        "retention_days",
        "INTEGER",
        "days until the retention date, negative once it has passed: the record's own date, else "
        "the source's",
        "no date was set",
        Text("a retention date, from the controller", "由处理者设定保存期限"),
    ),
    Fact(
        "restricted",
        "BOOLEAN",
        "the subject's data is restricted, or the subject was erased",
        "the subject is not in the registry",
        Text(
            "who the subject is, from the controller's records",
            "由处理者依其记录说明该主体",
        ),
    ),
    Fact(
        "objected",
        "BOOLEAN",
        "the subject objected",
        "the subject is not in the registry",
        Text(
            "who the subject is, from the controller's records",
            "由处理者依其记录说明该主体",
        ),
    ),
)

#: By name, in the order of the table.
COLUMNS: dict[str, Fact] = {fact.name: fact for fact in FACTS}

_ARROW = {"BOOLEAN": pa.bool_(), "VARCHAR": pa.string(), "INTEGER": pa.int32()}

#: The table in Arrow. `record` and `subject` say whose facts these are; no rule can read them.
SCHEMA = pa.schema(
    [pa.field("record", pa.int64(), nullable=False), pa.field("subject", pa.int64())]
    + [pa.field(fact.name, _ARROW[fact.type]) for fact in FACTS]
)


def table(rows: list[dict[str, Value]]) -> pa.Table:
    """A facts table from rows; what a row leaves out is not known. For tests and examples."""
    return pa.Table.from_pylist(rows, schema=SCHEMA)
