"""Rules that belong to no law: nothing is allowed without one, and nothing that is restricted.

They are asked before those of any pack, can't be turned off, and are shown like any other.
"""

from collections.abc import Sequence
from datetime import date

from rightful.policy.decision import Decision
from rightful.policy.expression import (
    Both,
    Column,
    Expression,
    Literal,
    Node,
    Not,
    Unknown,
    parse,
)
from rightful.policy.pack import Pack, Rule
from rightful.policy.text import Text

# Rightful's own rules change with its releases only, so nobody has to look at them in between.
_AS_OF, _REVIEW_BY = date(2026, 11, 25), date.max


def _gate(
    rule: str,
    article: str,
    title: Text,
    when: Expression,
    decision: Decision,
    asks: Text | None = None,
) -> Rule:
    return Rule(
        *(rule, article, title, "gate", "found", "design", _AS_OF, _REVIEW_BY),
        when=when,
        decision=decision,
        asks=asks,
    )


UNKNOWN_PERSONAL = _gate(
    "RIGHTFUL.UNKNOWN_PERSONAL",
    article="Rightful, design 2.3",
    title=Text(
        "Not known whether the record is about a person",
        "不知道记录是否涉及个人",
    ),
    when=Expression(Unknown("personal")),
    decision=Decision.HOLD,
    asks=Text(
        "whom the record is about, or a grant of kind no_personal_data for its source, from "
        "whoever collected it",
        "由收集者说明记录涉及何人,或为其来源登记 no_personal_data 依据",
    ),
)

NO_GROUND = _gate(
    "RIGHTFUL.NO_GROUND",
    article="Rightful, design 2.3",
    title=Text(
        "No ground is recorded for the use, and the source is not public",
        "未登记任何使用依据,且来源并非公开",
    ),
    when=parse(
        "personal AND NOT (consent = 'active' OR contract = 'active' OR legal_obligation = 'active'"
        " OR vital_interests = 'active' OR public_task = 'active'"
        " OR legitimate_interests = 'active' OR consent_other_purpose OR public_source)"
    ),
    decision=Decision.DENY,
)

RESTRICTED = _gate(
    "RIGHTFUL.RESTRICTED",
    article="Rightful, design 4",
    title=Text(
        "The person's data is restricted, whatever packs say of it",
        "本人的数据已被限制处理,不论规则包如何规定",
    ),
    when=Expression(Both("AND", Column("personal"), Column("restricted"))),
    decision=Decision.RESTRICT,
)


DROPPED = _gate(
    "RIGHTFUL.SCREENED_OUT",
    article="Rightful, screening",
    title=Text(
        "The screening policy drops records in which this was found",
        "筛查策略要求剔除含此类内容的记录",
    ),
    when=parse("screening_verdict = 'drop'"),
    decision=Decision.DENY,
)

HELD = _gate(
    "RIGHTFUL.SCREENING_HOLDS",
    article="Rightful, screening",
    title=Text(
        "The screening policy holds records in which this was found until somebody has looked",
        "筛查策略要求搁置含此类内容的记录,待人工查看",
    ),
    when=parse("screening_verdict = 'hold'"),
    decision=Decision.HOLD,
)

COPY = _gate(
    "RIGHTFUL.COPY",
    article="Rightful, screening",
    title=Text(
        "Another record that holds the same stays in its place",
        "内容相同的另一条记录已予保留",
    ),
    when=parse("duplicate = 'copy'"),
    decision=Decision.DENY,
)


def no_law(packs: Sequence[Pack]) -> Rule:
    """The rule that holds what no law is known to speak about.

    A law of unknown applicability is asked for its rules, but is not enough here: should it turn
    out not to apply, nobody would have looked at the record.
    """
    return _gate(
        "RIGHTFUL.NO_LAW",
        article="Rightful, design 2.3",
        title=Text(
            "No law pack is known to apply to the record",
            "没有已知适用于该记录的法律规则包",
        ),
        when=Expression(_unspoken(packs)),
        decision=Decision.HOLD,
        asks=Text(
            "where the person lives and the controller is established, or a pack for the law of "
            "that place, from the controller",
            "由处理者说明本人居住地与处理者设立地,或提供当地法律的规则包",
        ),
    )


def _unspoken(packs: Sequence[Pack]) -> Node:
    if not any(pack.kind == "law" for pack in packs):
        return Literal(True)
    speaks: Node = Literal(False)
    for pack in packs:
        if pack.kind == "law" and pack.covers == "personal_data":
            speaks = Both("OR", speaks, pack.applies.root)
    return Both("AND", Column("personal"), Not(speaks))
