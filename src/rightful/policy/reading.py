"""From the YAML of a pack to a `Pack`, with one clear sentence for whatever is wrong in it."""

import re
from datetime import date, datetime
from typing import Any, cast, get_args

from rightful import canonical
from rightful.errors import InvalidInput
from rightful.policy import values, yaml_file
from rightful.policy.decision import Decision
from rightful.policy.expression import Among, Expression, check_value, parse, walk
from rightful.policy.facts import COLUMNS, Value
from rightful.policy.fields import Fields, within
from rightful.policy.pack import (
    TRIGGERS,
    Clock,
    Confidence,
    Coverage,
    Example,
    NotEncoded,
    Pack,
    PackKind,
    Rule,
    RuleKind,
    Unit,
)
from rightful.policy.values import MOST_ITEMS

_PACK = (
    *("id", "kind", "covers", "title", "authority", "version", "as_of", "review_by", "applies"),
    *("sources", "terms", "rules", "not_encoded"),
)
_RULE = (
    *("id", "article", "title", "kind", "confidence", "source", "as_of", "review_by"),
    *("advisory", "reference", "note"),
)
_OF_KIND = {
    "gate": ("when", "decision", "asks", "conditions", "examples"),
    "deadline": ("trigger", "requests", "clock", "examples"),
    "refusal": ("when", "requests", "ground", "examples"),
}
#: Kinds that no room evaluates yet may say when they start to count, and for how long. They have
#: no examples, which nobody could run.
_OTHER = ("trigger", "clock")
_TERM = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ANSWERS = ("fires", "passes", "unknown")

# What is beyond these, or those of `values`, is refused: a pack comes from a stranger, and must not
# take long to read, to compile or to show. The largest that comes with Rightful needs a quarter of
# any of them.
_MOST_RULES = 500
#: Parts of all conditions together, terms counted wherever they are used.
_MOST_PARTS = 15_000
#: Of a sentence that tells what is wrong; it may quote what somebody wrote.
_LONGEST_SENTENCE = 300


def read(text: str, name: str) -> Pack:
    """The pack that a YAML text holds; `name` is its file, for the sentence of an error.

    Raises:
        InvalidInput: it is no pack; the sentence names the file, the rule and the field.
    """
    try:
        with within(name):
            return _pack(Fields(yaml_file.parse(text), _PACK))
    except InvalidInput as error:
        raise InvalidInput(_cut(str(error))) from None


def _cut(sentence: str) -> str:
    """On one line, and without the middle of what is too long to read."""
    shown = " ".join(sentence.split())
    if len(shown) <= _LONGEST_SENTENCE:
        return shown
    half = _LONGEST_SENTENCE // 2
    return f"{shown[:half]} ... {shown[-half:]}"


def _pack(fields: Fields) -> Pack:
    conditions = _Conditions()
    terms = fields.may("terms", conditions.name) or {}
    as_of, review_by = fields.take("as_of", values.day), fields.take("review_by", values.day)
    reader = _Rules(conditions, as_of, review_by)
    pack = Pack(
        id=fields.take("id", values.identifier),
        kind=cast(PackKind, fields.take("kind", values.one_of(get_args(PackKind)))),
        covers=cast(Coverage, fields.take("covers", values.one_of(get_args(Coverage)))),
        title=fields.take("title", values.text),
        authority=fields.take("authority", values.words),
        version=fields.take("version", values.name),
        as_of=as_of,
        review_by=review_by,
        applies=fields.take("applies", conditions.read),
        sources=fields.take("sources", values.sources),
        rules=fields.take("rules", reader.rules),
        sha256=canonical.digest(fields.value),
        terms=terms,
        not_encoded=fields.may("not_encoded", _not_encoded) or (),
    )
    if pack.review_by < pack.as_of:
        raise InvalidInput("review_by lies before as_of")
    for rule in pack.rules:
        if rule.review_by < rule.as_of:
            raise InvalidInput(f"rule {rule.id}: review_by lies before as_of")
        if rule.source not in pack.sources:
            raise InvalidInput(f"rule {rule.id}: source: {rule.source} is not among the sources")
    return pack


class _Conditions:
    """Reads the conditions of one pack: they share its terms, and how much they may hold."""

    def __init__(self) -> None:
        self.terms: dict[str, Expression] = {}
        self._parts = 0

    def read(self, value: Any) -> Expression:
        found = parse(values.string(value), self.terms)
        listed = (len(node.values) for node in walk(found.root) if isinstance(node, Among))
        self._parts += sum(1 for _ in walk(found.root)) + sum(listed)
        if self._parts > _MOST_PARTS:
            raise InvalidInput(
                f"all conditions together have more than {_MOST_PARTS:,} parts; split the pack"
            )
        return found

    def name(self, value: Any) -> dict[str, Expression]:
        """Named conditions; each may use those above it, so none can use itself."""
        if not isinstance(value, dict) or len(value) > MOST_ITEMS:
            raise InvalidInput(f"must be a mapping of names to conditions, {MOST_ITEMS} at most")
        for name, text in value.items():
            with within(name):
                if not _TERM.fullmatch(name):
                    raise InvalidInput("a term is called by small letters, digits and underscores")
                if name in COLUMNS:
                    raise InvalidInput("a column of the facts has this name; choose another")
                self.terms[name] = self.read(text)
        return self.terms


def _not_encoded(value: Any) -> tuple[NotEncoded, ...]:
    found = []
    for item in values.items(value, most=_MOST_RULES):
        fields = Fields(item, ("id", "title", "why"))
        with within(str(fields.value.get("id"))):
            found.append(
                NotEncoded(
                    fields.take("id", values.name),
                    fields.take("title", values.text),
                    fields.take("why", values.text),
                )
            )
    return tuple(found)


class _Rules:
    """Reads the rules of one pack, which share its conditions and dates."""

    def __init__(self, conditions: _Conditions, as_of: date, review_by: date) -> None:
        self._conditions = conditions
        self._as_of = as_of
        self._review_by = review_by

    def rules(self, value: Any) -> tuple[Rule, ...]:
        rules: dict[str, Rule] = {}
        for number, item in enumerate(values.items(value, most=_MOST_RULES), 1):
            given = item.get("id") if isinstance(item, dict) else None
            with within(f"rule {given or number}"):
                rule = self._rule(item)
                if rule.id in rules:
                    raise InvalidInput("there are two rules of this id")
                rules[rule.id] = rule
        return tuple(rules.values())

    def _rule(self, value: Any) -> Rule:
        any_field = value if isinstance(value, dict) else ()
        # The kind first, for it decides which fields there are.
        kind = Fields(value, any_field).take("kind", values.one_of(get_args(RuleKind)))
        fields = Fields(value, (*_RULE, *_OF_KIND.get(kind, _OTHER)))
        confidence = fields.take("confidence", values.one_of(get_args(Confidence)))
        rule = Rule(
            id=fields.take("id", values.rule_id),
            article=fields.take("article", values.words),
            title=fields.take("title", values.text),
            kind=cast(RuleKind, kind),
            confidence=cast(Confidence, confidence),
            source=fields.take("source", values.name),
            as_of=fields.may("as_of", values.day) or self._as_of,
            review_by=fields.may("review_by", values.day) or self._review_by,
            # What nobody looked up decides nothing until somebody answers for it.
            advisory=fields.may("advisory", values.boolean) or confidence == "memory",
            reference=fields.may("reference", values.references) or (),
            note=fields.may("note", values.text),
            when=fields.may("when", self._conditions.read),
            decision=fields.may("decision", values.decision),
            asks=fields.may("asks", values.text),
            conditions=fields.may("conditions", values.text),
            requests=fields.may("requests", values.requests) or (),
            ground=fields.may("ground", values.name),
            trigger=fields.may("trigger", values.one_of(TRIGGERS)),
            clock=fields.may("clock", _clock),
            examples=fields.may("examples", _examples) or (),
        )
        _complete(rule)
        return rule


def _complete(rule: Rule) -> None:
    """Whether a rule has what its kind needs."""
    needed: dict[str, tuple[str, ...]] = {
        "gate": ("when", "decision", "examples"),
        "deadline": ("trigger", "clock", "examples"),
        "refusal": ("when", "requests", "ground", "examples"),
    }
    if rule.trigger == "request.received" and not rule.requests and rule.kind == "deadline":
        raise InvalidInput("requests is missing; say which requests start this clock")
    for name in needed.get(rule.kind, ()):
        if not getattr(rule, name):
            raise InvalidInput(f"{name} is missing; a {rule.kind} needs it")
    if rule.decision is Decision.HOLD and rule.asks is None:
        raise InvalidInput("asks is missing; a hold says what evidence is missing and from whom")
    if rule.decision is Decision.ALLOW_WITH_CONDITIONS and rule.conditions is None:
        raise InvalidInput("conditions is missing; allow_with_conditions names them")
    for example in rule.examples:
        if (example.received is not None) != (rule.kind == "deadline"):
            wanted = "received" if rule.kind == "deadline" else "facts"
            raise InvalidInput(f"examples: an example of a {rule.kind} needs {wanted}")
        if rule.clock and isinstance(example.received, datetime) != (rule.clock.unit == "hour"):
            raise InvalidInput("examples: hours start at a moment, all other terms on a day")
    if rule.kind in ("gate", "refusal"):
        for answer in ("fires", "passes"):
            if not any(example.expect == answer for example in rule.examples):
                raise InvalidInput(f"examples: none of them {answer}; at least one must")


def _examples(value: Any) -> tuple[Example, ...]:
    found = []
    for number, item in enumerate(values.items(value), 1):
        with within(str(number)):
            fields = Fields(item, ("facts", "expect", "received", "extended"))
            received = fields.may("received", values.start)
            if (received is None) == ("facts" not in fields):
                raise InvalidInput("give either facts or received")
            answer = values.one_of(_ANSWERS) if received is None else values.string
            expect = fields.take("expect", answer)
            if received is not None:
                values.start(expect)
            facts = fields.may("facts", _facts)
            found.append(Example(expect, facts, received, fields.may("extended", values.start)))
    return tuple(found)


def _facts(value: Any) -> dict[str, Value]:
    facts = Fields(value, COLUMNS).value
    for name, fact in facts.items():
        check_value(name, fact)
    return facts


def _clock(value: Any) -> Clock:
    fields = Fields(value, ("amount", "unit", "rolls", "extend", "acknowledge"))
    return Clock(
        amount=fields.take("amount", values.positive),
        unit=cast(Unit, fields.take("unit", values.one_of(get_args(Unit)))),
        rolls=fields.may("rolls", values.boolean) or False,
        extend=fields.may("extend", values.positive),
        acknowledge=fields.may("acknowledge", _acknowledgement),
    )


def _acknowledgement(value: Any) -> Clock:
    fields = Fields(value, ("amount", "unit"))
    return Clock(
        fields.take("amount", values.positive),
        cast(Unit, fields.take("unit", values.one_of(get_args(Unit)))),
    )
