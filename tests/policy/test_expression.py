"""Conditions are read, checked and built anew; whatever is outside their grammar is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.policy.expression import (
    LONGEST,
    Among,
    Both,
    Column,
    Comparison,
    Expression,
    Literal,
    Node,
    Not,
    evaluate,
    parse,
)
from rightful.policy.facts import COLUMNS

# What is taken


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("objected", "objected"),
        ('"objected"', "objected"),
        ("objected -- and so on", "objected"),
        ("(objected)", "objected"),
        ("not objected", "(NOT objected)"),
        (
            "objected or not restricted and personal",
            "(objected OR ((NOT restricted) AND personal))",
        ),
        ("NOT consent = 'active'", "(NOT (consent = 'active'))"),
        ("consent != 'active'", "(consent <> 'active')"),
        ("age BETWEEN 14 AND 17", "((age >= (14)) AND (age <= (17)))"),
        ("age NOT BETWEEN 14 AND 17", "(NOT ((age >= (14)) AND (age <= (17))))"),
        ("retention_days < -5", "(retention_days < (-5))"),
        ("residence IN ('DE', 'FR')", "(residence IN ('DE', 'FR'))"),
        ("residence NOT IN ('DE')", "(NOT (residence IN ('DE')))"),
        ("age + 1 < 18", "((CAST(age AS BIGINT) + CAST((1) AS BIGINT)) < (18))"),
        ("objected = restricted", "(objected = restricted)"),
        ("residence <> establishment", "(residence <> establishment)"),
        ("TRUE", "TRUE"),
    ],
)
def test_a_condition_is_rendered_anew_with_every_part_in_parentheses(text: str, sql: str) -> None:
    assert parse(text).sql == sql


def test_a_condition_knows_the_facts_that_it_reads() -> None:
    condition = parse("age - 1 < 14 OR NOT (consent IN ('active') AND residence = establishment)")
    assert condition.columns == {"age", "consent", "residence", "establishment"}


# What is refused


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # Asking whether something is known
        ("consent IS NULL", "asks whether a fact is known"),
        ("consent IS NOT NULL", "asks whether a fact is known"),
        ("consent ISNULL", "asks whether a fact is known"),
        ("objected IS TRUE", "asks whether a fact is known"),
        ("objected IS NOT FALSE", "asks whether a fact is known"),
        ("consent IS DISTINCT FROM 'active'", "asks whether a fact is known"),
        ("consent IS NOT DISTINCT FROM 'active'", "asks whether a fact is known"),
        ("age <=> 14", "asks whether a fact is known"),
        ("consent = NULL", "NULL is not a value"),
        ("residence IN ('DE', NULL)", "NULL is not a value"),
        ("COALESCE(objected, FALSE)", "functions are not allowed"),
        ("IFNULL(objected, FALSE)", "functions are not allowed"),
        ("CASE WHEN objected THEN TRUE ELSE FALSE END", "functions are not allowed"),
        # Functions, queries, files
        ("lower(consent) = 'active'", "functions are not allowed"),
        ("random() < 1", "functions are not allowed"),
        ("getenv('HOME') = 'x'", "functions are not allowed"),
        ("read_text('/etc/passwd') = 'x'", "functions are not allowed"),
        ("consent ~ 'a'", "functions are not allowed"),
        ("@age = 1", "functions are not allowed"),
        ("(SELECT 1) = age", "queries are not allowed"),
        ("SELECT objected", "is not an expression"),
        ("age IN (SELECT 1)", "queries are not allowed"),
        ("age IN age", "queries are not allowed"),
        ("objected UNION SELECT TRUE", "is not an expression"),
        ("EXISTS (SELECT 1)", "not allowed"),
        ("EXISTS (FROM '/etc/passwd')", "not allowed"),
        ("age = ANY ([1])", "not allowed"),
        ("VALUES (1)", "is not an expression"),
        # Casts
        ("CAST(age AS BOOLEAN)", "casts are not allowed"),
        ("age::BOOLEAN", "casts are not allowed"),
        ("TRY_CAST(age AS BOOLEAN)", "casts are not allowed"),
        ("DATE '2026-01-01' = consent", "casts are not allowed"),
        # Everything else
        ("consent LIKE 'a%'", "LIKE is not allowed"),
        ("age * 2 > 3", "MUL is not allowed"),
        ("age % 2 = 0", "MOD is not allowed"),
        ("-age < 3", "NEG is not allowed"),
        ("consent || 'x' = 'y'", "is not allowed"),
        ("consent = 'active' COLLATE nocase", "not allowed"),
        ("(objected, restricted) = (personal, personal)", "is not allowed"),
        ("[1] = [1]", "not allowed"),
        ("{'a': 1} = {'a': 1}", "not allowed"),
        ("age[1] = 1", "is not allowed"),
        ("*", "STAR is not allowed"),
        ("COLUMNS(*)", "not allowed"),
        ("objected AND ?", "parameters are not allowed"),
        ("objected AND $1", "parameters are not allowed"),
        ("objected AS x", "is not an expression"),
        ("age BETWEEN SYMMETRIC 1 AND 3", "SYMMETRIC is not allowed"),
        ("age IN (1, age)", "columns and sums are not allowed there"),
        ("consent = $$active$$", "not allowed"),
        ("consent = E'active'", "not allowed"),
        # Statements
        ("objected; DROP TABLE facts", "is not an expression"),
        ("objected; restricted", "exactly one expression"),
        ("", "exactly one expression"),
        (" ", "exactly one expression"),
        ("-- nothing", "exactly one expression"),
        ("ATTACH 'x' AS y", "is not an expression"),
        ("COPY facts TO '/tmp/x'", "is not an expression"),
        ("objected OR", "not an expression"),
        ("(objected", "not an expression"),
        ("'objected", "not an expression"),
    ],
)
def test_what_is_outside_the_grammar_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("objectd", "did you mean objected?"),
        ("OBJECTED", "not a column of the facts"),
        ("record = 1", "not a column of the facts"),
        ("subject = 1", "not a column of the facts"),
        ("facts.objected", "not a column of the facts"),
        ('consent = "active"', "not a column of the facts"),
        ("consent = 'actve'", "did you mean 'active'?"),
        ("consent IN ('active', 'withdrew')", "consent is never 'withdrew'"),
        ("residence = 'UK'", "residence is never 'UK'"),
        ("'GR' = establishment", None),
        ("'EL' = establishment", "establishment is never 'EL'"),
        ("method <> 'Crawl'", "did you mean 'crawl'?"),
        ("'consent' = 'active'", "a column is written without quotes"),
        ("1 < 2", "a column is written without quotes"),
        ("'objected' IN ('objected')", "a column is written without quotes"),
    ],
)
def test_a_misspelt_column_or_value_is_refused_where_the_rule_would_never_speak(
    text: str, sentence: str | None
) -> None:
    if sentence is None:
        assert parse(text)
        return
    with pytest.raises(InvalidInput, match=sentence.replace("?", r"\?")):
        parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("age", "is a number, not a condition"),
        ("consent", "is a text, not a condition"),
        ("'x'", "is a text, not a condition"),
        ("age AND objected", "AND needs a condition; age is a number"),
        ("NOT consent", "NOT needs a condition"),
        ("objected OR 1", "OR needs a condition"),
        ("age < objected", "< needs a number"),
        ("age = '14'", "= needs a number"),
        ("consent = TRUE", "= needs a text"),
        ("objected = 1", "= needs a condition"),
        ("residence < 'DE'", "a text takes = or <>"),
        ("objected < restricted", "a condition takes = or <>"),
        ("objected + 1 = 2", r"\+ needs a number"),
        ("age - consent = 2", "- needs a number"),
        ("age IN ('14')", "IN needs a number"),
        ("age < 1.5", "only whole numbers"),
        ("age < 1e3", "only whole numbers"),
        ("age < 2147483648", "only whole numbers"),
    ],
)
def test_values_of_different_types_are_never_compared(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["x" * (LONGEST + 1), "(" * 1900 + "objected" + ")" * 1900, "NOT " * 900 + "objected"],
)
def test_what_is_too_long_or_too_deep_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"too long|too deeply"):
        parse(text)


def test_a_long_flat_condition_is_fine() -> None:
    text = " OR ".join(["objected"] * 300)
    assert evaluate(parse(text), {"objected": False}) is False


_WORDS = """
    objected consent age residence 'active' 'DE' 14 0 AND OR NOT IN ( ) , = <> < + - BETWEEN IS NULL
    TRUE SELECT FROM facts ; -- /* */ :: INT lower( * . [ ] { } $1 ? AS CASE WHEN END " ' \\ \0 é
"""
_TOKENS = st.sampled_from(_WORDS.split())


@settings(max_examples=300)
@given(st.lists(_TOKENS, max_size=12).map(" ".join))
def test_whatever_is_written_is_a_condition_or_refused_with_a_sentence(text: str) -> None:
    try:
        condition = parse(text)
    except InvalidInput:
        return
    assert evaluate(condition, {}) in (True, False, None)
    assert condition.columns <= COLUMNS.keys()


# Truth


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, None, None, None),
    ],
)
def test_and_and_or_follow_kleene_whichever_side_is_first(
    left: bool | None, right: bool | None, both: bool | None, either: bool | None
) -> None:
    for first, second in ((left, right), (right, left)):
        row = {"objected": first, "restricted": second}
        assert evaluate(parse("objected AND restricted"), row) is both
        assert evaluate(parse("objected OR restricted"), row) is either


def test_the_opposite_of_unknown_is_unknown() -> None:
    assert evaluate(parse("NOT objected"), {"objected": None}) is None
    assert evaluate(parse("NOT objected"), {"objected": True}) is False


@pytest.mark.parametrize(
    "text",
    [
        *("age < 14", "age <> 14", "age BETWEEN 1 AND 3", "age IN (1, 2)", "age + 1 = 2"),
        *("age NOT IN (1)", "consent = 'active'", "consent <> 'active'", "objected = restricted"),
    ],
)
def test_a_comparison_with_an_unknown_is_unknown(text: str) -> None:
    assert evaluate(parse(text), {"restricted": True}) is None


def test_a_sum_does_not_overflow() -> None:
    assert evaluate(parse("age + 2147483647 > 0"), {"age": 2147483647}) is True


# The rendered text means what was read


_LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from([Column("objected"), Column("personal"), Literal(True)]),
    st.builds(
        Comparison,
        st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
        st.just(Column("age")),
        st.builds(Literal, st.integers(-9, 99)),
    ),
    st.builds(
        Among,
        st.just(Column("consent")),
        st.lists(st.sampled_from([Literal("active"), Literal("none")]), min_size=1, max_size=3).map(
            tuple
        ),
    ),
)
_NODES: st.SearchStrategy[Node] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner), st.builds(Both, st.sampled_from(["AND", "OR"]), inner, inner)
    ),
    max_leaves=12,
)


@settings(max_examples=200)
@given(_NODES)
def test_what_is_rendered_reads_as_the_same_condition(node: Node) -> None:
    assert parse(Expression(node).sql).root == node
