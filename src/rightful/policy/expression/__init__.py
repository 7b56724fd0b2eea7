"""The conditions of rules: parsed, checked, and never run as they were written.

A condition is a boolean expression in DuckDB's dialect over the columns of `rightful.policy.facts`
and the terms of its pack. sqlglot parses it; what `parsing` knows by name is built anew from the
tree, and everything else is refused. The SQL that runs is rendered from what was built, so nothing
that was written in a pack ever reaches the database as text.

Truth has three values (Kleene).

>>> condition = parse("age < 14 AND NOT consent_by_guardian")
>>> condition.sql
'((age < (14)) AND (NOT consent_by_guardian))'
>>> evaluate(condition, {"age": 30, "consent_by_guardian": None})
False
>>> evaluate(condition, {"age": None, "consent_by_guardian": False}) is None
True
>>> parse("NOT child", {"child": parse("age < 14")}).sql
'(NOT (age < (14)))'
"""

from rightful.policy.expression.parsing import LONGEST, check_value, parse
from rightful.policy.expression.tree import (
    Among,
    Both,
    Column,
    Comparison,
    Expression,
    Literal,
    Node,
    Not,
    Sum,
    Unknown,
    evaluate,
    shared,
    walk,
)

__all__ = [
    "LONGEST",
    "Among",
    "Both",
    "Column",
    "Comparison",
    "Expression",
    "Literal",
    "Node",
    "Not",
    "Sum",
    "Unknown",
    "check_value",
    "evaluate",
    "parse",
    "shared",
    "walk",
]
