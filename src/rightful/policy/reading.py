"""From the YAML of a pack to a `Pack`, with one clear sentence for whatever is wrong in it."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar, cast, get_args

from rightful import canonical, moments
from rightful.errors import InvalidInput
from rightful.policy import yaml_file
from rightful.policy.decision import Decision
from rightful.policy.expression import Expression, check_value, parse
from rightful.policy.facts import COLUMNS, Value
from rightful.policy.pack import (
    REQUESTS,
    TRIGGERS,
    Clock,
    Confidence,
    Coverage,
    Example,
    Pack,
    PackKind,
    Rule,
    RuleKind,
    Unit,
)
from rightful.policy.text import LANGUAGES, Text

_PACK = (
    *("id", "kind", "covers", "title", "authority", "version", "as_of", "review_by", "applies"),
    *("sources", "rules"),
)
_RULE = ("id", "article", "title", "kind", "confidence", "source", "advisory", "note")
_OF_KIND = {
    "gate": ("when", "decision", "asks", "conditions", "examples"),
    "deadline": ("trigger", "requests", "clock", "examples"),
    "refusal": ("when", "requests", "ground", "examples"),
}
#: Kinds that no room evaluates yet may say when they start to count, and for how long. They have
#: no examples, which nobody could run.
_OTHER = ("trigger", "clock")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: How the ids of the built-in rules begin.
_RESERVED = "RIGHTFUL."
_ANSWERS = ("fires", "passes", "unknown")

_T = TypeVar("_T")


def read(text: str, name: str) -> Pack:
    """The pack that a YAML text holds; `name` is its file, for the sentence of an error.

    Raises:
        InvalidInput: it is no pack; the sentence names the file, the rule and the field.
    """
    with _within(name):
        return _pack(_Fields(yaml_file.parse(text), _PACK))


@contextmanager
def _within(name: str) -> Iterator[None]:
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from None


class _Fields:
    """A mapping whose fields are taken out one by one, and named in errors."""

    def __init__(self, value: Any, known: Iterable[str]) -> None:
        if not isinstance(value, dict):
            raise InvalidInput("must be a mapping of fields")
        listed = ", ".join(known)
        for key in value:
            if key not in known:
                raise InvalidInput(f"{key} is not a field here; known: {listed}")
        self.value = value

    def __contains__(self, key: str) -> bool:
        return self.value.get(key) is not None

    def take(self, key: str, make: Callable[[Any], _T]) -> _T:
        """A field that must be there."""
        if key not in self:
            raise InvalidInput(f"{key} is missing")
        with _within(key):
            return make(self.value[key])

    def may(self, key: str, make: Callable[[Any], _T]) -> _T | None:
        """A field that can be left out."""
        return self.take(key, make) if key in self else None


def _pack(fields: _Fields) -> Pack:
    pack = Pack(
        id=fields.take("id", _id),
        kind=cast(PackKind, fields.take("kind", _one_of(get_args(PackKind)))),
        covers=cast(Coverage, fields.take("covers", _one_of(get_args(Coverage)))),
        title=fields.take("title", _text),
        authority=fields.take("authority", _string),
        version=fields.take("version", _string),
        as_of=fields.take("as_of", _day),
        review_by=fields.take("review_by", _day),
        applies=fields.take("applies", _condition),
        sources=fields.take("sources", _sources),
        rules=fields.take("rules", _rules),
        sha256=canonical.digest(fields.value),
    )
    if pack.review_by < pack.as_of:
        raise InvalidInput("review_by lies before as_of")
    for rule in pack.rules:
        if rule.source not in pack.sources:
            raise InvalidInput(f"rule {rule.id}: source: {rule.source} is not among the sources")
    return pack


def _rules(value: Any) -> tuple[Rule, ...]:
    rules: dict[str, Rule] = {}
    for number, item in enumerate(_list(value), 1):
        given = item.get("id") if isinstance(item, dict) else None
        with _within(f"rule {given or number}"):
            rule = _rule(item)
            if rule.id in rules:
                raise InvalidInput("there are two rules of this id")
            rules[rule.id] = rule
    return tuple(rules.values())


def _rule(value: Any) -> Rule:
    any_field = value if isinstance(value, dict) else ()
    # The kind first, for it decides which fields there are.
    kind = _Fields(value, any_field).take("kind", _one_of(get_args(RuleKind)))
    fields = _Fields(value, (*_RULE, *_OF_KIND.get(kind, _OTHER)))
    rule = Rule(
        id=fields.take("id", _rule_id),
        article=fields.take("article", _string),
        title=fields.take("title", _text),
        kind=cast(RuleKind, fields.take("kind", _one_of(get_args(RuleKind)))),
        confidence=cast(Confidence, fields.take("confidence", _one_of(get_args(Confidence)))),
        source=fields.take("source", _string),
        advisory=fields.may("advisory", _boolean) or False,
        note=fields.may("note", _text),
        when=fields.may("when", _condition),
        decision=fields.may("decision", _decision),
        asks=fields.may("asks", _text),
        conditions=fields.may("conditions", _text),
        requests=fields.may("requests", _requests) or (),
        ground=fields.may("ground", _string),
        trigger=fields.may("trigger", _one_of(TRIGGERS)),
        clock=fields.may("clock", _clock),
        examples=fields.may("examples", _examples) or (),
    )
    _complete(rule)
    return rule


def _complete(rule: Rule) -> None:
    """Whether a rule has what its kind needs."""
    needed: dict[str, tuple[str, ...]] = {
        "gate": ("when", "decision", "examples"),
        "deadline": ("trigger", "requests", "clock", "examples"),
        "refusal": ("when", "requests", "ground", "examples"),
    }
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
    if rule.kind in ("gate", "refusal"):
        for answer in ("fires", "passes"):
            if not any(example.expect == answer for example in rule.examples):
                raise InvalidInput(f"examples: none of them {answer}; at least one must")


def _examples(value: Any) -> tuple[Example, ...]:
    found = []
    for number, item in enumerate(_list(value), 1):
        with _within(str(number)):
            fields = _Fields(item, ("facts", "expect", "received", "extended"))
            received = fields.may("received", _day)
            if (received is None) == ("facts" not in fields):
                raise InvalidInput("give either facts or received")
            expect = fields.take("expect", _one_of(_ANSWERS) if received is None else _string)
            if received is not None:
                _day(expect)
            facts = fields.may("facts", _facts)
            found.append(Example(expect, facts, received, fields.may("extended", _day)))
    return tuple(found)


def _facts(value: Any) -> dict[str, Value]:
    facts = _Fields(value, COLUMNS).value
    for name, fact in facts.items():
        check_value(name, fact)
    return facts


def _clock(value: Any) -> Clock:
    fields = _Fields(value, ("amount", "unit", "rolls", "extend"))
    return Clock(
        amount=fields.take("amount", _positive),
        unit=cast(Unit, fields.take("unit", _one_of(get_args(Unit)))),
        rolls=fields.may("rolls", _boolean) or False,
        extend=fields.may("extend", _positive),
    )


# Single values


def _string(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("must be text")
    return value


def _id(value: Any) -> str:
    if not _ID.fullmatch(_string(value)):
        raise InvalidInput("must be letters, digits, dots, hyphens and underscores")
    return str(value)


def _rule_id(value: Any) -> str:
    if _id(value).startswith(_RESERVED):
        raise InvalidInput(f"{_RESERVED} is how the built-in rules are called")
    return str(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput("must be true or false")
    return value


def _positive(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 10_000:
        raise InvalidInput("must be a whole number from 1 to 10000")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise InvalidInput("must be a list with at least one item")
    return value


def _day(value: Any) -> date:
    return moments.day(_string(value))


def _text(value: Any) -> Text:
    fields = _Fields(value, LANGUAGES)
    return Text(fields.take("en", _string), fields.take("zh", _string))


def _condition(value: Any) -> Expression:
    return parse(_string(value))


def _decision(value: Any) -> Decision:
    words = {decision.word: decision for decision in Decision if decision is not Decision.ALLOW}
    return words[_one_of(words)(value)]


def _requests(value: Any) -> tuple[str, ...]:
    return tuple(_one_of(REQUESTS)(item) for item in _list(value))


def _sources(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InvalidInput("must be a mapping of keys to what they stand for")
    return {key: _string(what) for key, what in value.items()}


def _one_of(allowed: Iterable[str]) -> Callable[[Any], str]:
    def make(value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise InvalidInput(f"{value!r} is not one of {', '.join(allowed)}")
        return value

    return make
