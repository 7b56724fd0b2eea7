"""Packs that a stranger may send, each of them to be refused.

`python packs.py FOLDER` writes them down and reads each one, in a process of its own so that what
it takes can be measured; it prints a line of JSON for each.
"""

import json
import os
import resource
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from rightful.errors import RightfulError
from rightful.policy import load

_HEAD = """\
id: house
kind: house
covers: other
title: {en: House, zh: 内部规则}
authority: A
version: "1"
as_of: 2026-01-01
review_by: 2027-01-01
sources: {BOOK: a}
"""
_EXAMPLES = "[{facts: {age: 1}, expect: fires}, {facts: {age: 2}, expect: passes}]"


def _rule(name: str = "H.1", when: str = "age < 2", more: str = "") -> str:
    return (
        f"  - id: {name}\n    article: a\n    title: {{en: t, zh: 标题}}\n    kind: gate\n"
        f"    confidence: found\n    source: BOOK\n    when: {json.dumps(when)}\n"
        f"    decision: deny\n    examples: {_EXAMPLES}\n{more}"
    )


def _pack(rules: str | None = None, applies: str = "TRUE", more: str = "") -> str:
    rules = _rule() if rules is None else rules
    return f"{_HEAD}{more}applies: {json.dumps(applies)}\nrules:\n{rules}"


def _when(text: str) -> str:
    return _pack(_rule(when=text))


FINE = _pack()

#: What runs, reads, or asks more than a condition may.
CONDITIONS = {
    "a second statement": "age < 2; DROP TABLE facts",
    "a comment that hides the rest": "age < 2) OR TRUE --",
    "a closed bracket": "age < 2) FROM facts; SELECT (TRUE",
    "a union": "age < 2 UNION SELECT * FROM facts",
    "a subquery": "age < (SELECT max(age) FROM facts)",
    "exists": "EXISTS (SELECT 1 FROM facts)",
    "in a query": "age IN (SELECT age FROM facts)",
    "a file as a table": "age IN (FROM '/etc/passwd')",
    "read_csv": "read_csv('/etc/passwd') IS NOT NULL",
    "read_text": "(SELECT content FROM read_text('/etc/passwd')) = 'x'",
    "read_blob": "read_blob('/etc/shadow') = 'x'",
    "read_parquet": "age = read_parquet('s3://bucket/x')",
    "glob": "glob('/*') = 'x'",
    "attach": "ATTACH '/tmp/x.db'",
    "copy": "COPY facts TO '/tmp/x.csv'",
    "export": "EXPORT DATABASE '/tmp/x'",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "pragma": "PRAGMA database_list",
    "set": "SET enable_external_access = true",
    "call": "CALL pragma_version()",
    "getenv": "getenv('HOME') = 'x'",
    "current_setting": "current_setting('memory_limit') = 'x'",
    "a function": "lower(consent) = 'active'",
    "coalesce": "coalesce(objected, FALSE)",
    "if": "IF(objected, FALSE, TRUE)",
    "case": "CASE WHEN objected THEN TRUE ELSE FALSE END",
    "is null": "objected IS NULL",
    "is not distinct from": "objected IS NOT DISTINCT FROM NULL",
    "null": "objected = NULL",
    "a cast": "CAST(age AS VARCHAR) = 'x'",
    "a short cast": "age::VARCHAR = 'x'",
    "a window": "row_number() OVER () < 10",
    "a lambda": "list_filter([1], x -> x > 0) = [1]",
    "a macro": "CREATE MACRO f(x) AS x",
    "a list": "[1, 2] = [1]",
    "a struct": "{'a': 1} = {'a': 1}",
    "a parameter": "age < $1",
    "a question mark": "age < ?",
    "a star": "*",
    "another table": "information_schema.tables.table_name = 'x'",
    "a column that is none": "content = 'x'",
    "the record's number": "record = 1",
    "the subject": "subject = 1",
    "a pattern": "consent LIKE '%a%'",
    "a regular expression": "consent SIMILAR TO '(a+)+$'",
    "another regular expression": "regexp_matches(consent, '(a+)+$')",
    "repeat": "repeat('x', 1000000000) = 'y'",
    "range": "age IN (SELECT range FROM range(1000000000000))",
    "multiplication": "age * age < 2",
    "division": "age / 0 < 2",
    "power": "age ** 999999 < 2",
    "a shift": "1 << 62 < age",
    "concatenation": "consent || consent = 'x'",
    "a huge number": f"age < {2**63}",
    "a number of many digits": "age < " + "9" * 3000,
    "a fraction": "age < 1.5",
    "an exponent": "age < 1e999",
    "a hexadecimal number": "age < 0xFF",
    "infinity": "age < 'inf'",
    "a text that a fact can't be": "consent = 'yes'",
    "a homoglyph in a value": "consent = '\N{CYRILLIC SMALL LETTER A}ctive'",
    "a homoglyph in a column": "\N{CYRILLIC SMALL LETTER A}ge < 2",
    "a column in quotes": "'objected' = 'objected'",
    "deep parentheses": "(" * 1900 + "objected" + ")" * 1900,
    "open parentheses": "(" * 3999,
    "open brackets": "[" * 3999,
    "many nots": "NOT " * 900 + "objected",
    "many ands": " AND ".join(["objected"] * 330),
    "many sums": "+".join(["age"] * 900) + " < 2",
    "many cases": "CASE WHEN " * 390,
    "many queries": "(SELECT " * 490,
    "many casts": "age" + "::INT" * 700,
    "many quotes": "'" * 3999,
    "a list of groups": f"residence IN ({', '.join(['EEA'] * 600)})",
    "a long condition": " OR ".join(["objected"] * 100_000),
    "nothing": " ",
    "a comment alone": "-- nothing",
}


def _texts() -> Iterator[tuple[str, str | bytes]]:
    for name, condition in CONDITIONS.items():
        yield f"when: {name}", _when(condition)
        yield f"applies: {name}", _pack(applies=condition)
        yield f"term: {name}", _pack(more=f"terms: {{a: {json.dumps(condition)}}}\n")
    yield from _structures()
    yield from _sizes()
    yield from _characters()


def _structures() -> Iterator[tuple[str, str | bytes]]:
    """YAML that is more than it seems."""
    laughs = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 10))
    yield "a billion laughs", FINE + laughs
    yield "an anchor", FINE.replace("id: house", "id: &a house")
    yield "an alias", FINE.replace("id: house", "id: *a")
    yield "a mapping in itself", "&a\nid: *a\n"
    yield "a list in itself", "rules: &a [*a]\n"
    yield "a merge key", FINE + "<<: {id: other}\n"
    yield "a merged alias", "x: &x {id: a}\n<<: *x\n"
    yield (
        "a tag that runs code",
        FINE.replace("authority: A", "authority: !!python/object/apply:os.system [id]"),
    )
    yield "a tag of a name", FINE.replace("authority: A", "authority: !!python/name:os.system")
    yield "a tag of a type", FINE.replace("as_of: ", "as_of: !!str ")
    yield "a tag of one's own", FINE.replace("authority: A", "authority: !x A")
    yield (
        "a directive",
        "%TAG ! tag:x,2026:\n---\n" + FINE.replace("authority: A", "authority: !x A"),
    )
    yield "a binary", FINE.replace("authority: A", "authority: !!binary aGk=")
    yield "a key given twice", FINE + "id: other\n"
    yield "a key given twice in quotes", FINE + '"id": other\n'
    yield "a key given twice in a rule", FINE + "    decision: hold\n"
    yield "a field nobody knows", FINE + "run: rm\n"
    yield "a key that is a list", FINE + "? [a, b]\n: c\n"
    yield "a key that is a number", FINE + "1: c\n"
    yield "two documents", FINE + "---\n" + FINE
    yield "a list for a pack", "[]"
    yield "nothing at all", ""
    yield "a comment alone", "# nothing\n"
    yield "half a file", FINE[: len(FINE) // 2]
    yield "a truth value for a text", FINE.replace("authority: A", "authority: true")
    yield "a number for a text", FINE.replace('version: "1"', "version: 1")
    yield "a fraction for a number", _clock("1.5")
    yield "an exponent for a number", _clock("1e999")
    yield "a hexadecimal number", _clock("0x10")
    yield "an octal number", _clock("010")
    yield "a sexagesimal number", _clock("1:30")
    yield "an underscore in a number", _clock("1_000")
    yield "infinity", _clock(".inf")
    yield "no number", _clock(".nan")
    yield "a negative number", _clock("-1")
    yield "a number that is too large", _clock(str(2**63))
    yield "a number of many digits", _clock("9" * 500_000)
    yield "a fact of 64 bits", FINE.replace("{age: 1}", f"{{age: {2**63}}}")
    yield "a fact that is infinite", FINE.replace("{age: 1}", "{age: .inf}")
    yield "a day that is none", FINE.replace("as_of: 2026-01-01", "as_of: 2026-02-30")
    yield "a day beyond all days", FINE.replace("review_by: 2027-01-01", "review_by: 99999-01-01")


def _clock(amount: str) -> str:
    rule = (
        "  - id: H.1\n    article: a\n    title: {en: t, zh: 标题}\n    kind: deadline\n"
        "    confidence: found\n    source: BOOK\n    trigger: request.received\n"
        f"    requests: [erase]\n    clock: {{amount: {amount}, unit: calendar_day}}\n"
        "    examples: [{received: 2026-01-01, expect: 2026-01-02}]\n"
    )
    return _pack(rule)


def _sizes() -> Iterator[tuple[str, str | bytes]]:
    """What would take long, or much room."""
    doubling = "terms:\n  t0: objected\n" + "".join(
        f"  t{n}: t{n - 1} OR t{n - 1}\n" for n in range(1, 60)
    )
    yield "terms that double", _pack(_rule(when="t59"), more=doubling)
    yield (
        "terms that get deeper",
        _pack(
            _rule(when="t190"),
            more="terms:\n  t0: objected\n"
            + "".join(f"  t{n}: NOT t{n - 1}\n" for n in range(1, 191)),
        ),
    )
    yield "a term that uses itself", _pack(more="terms: {a: a OR objected}\n")
    yield "terms in a circle", _pack(more="terms: {a: b, b: a}\n")
    yield "a term called as a fact", _pack(more="terms: {objected: personal}\n")
    big = " AND ".join(f"age <> {n}" for n in range(140))
    yield (
        "a large term in every rule",
        _pack("".join(_rule(f"H.{n}", "big") for n in range(400)), more=f"terms: {{big: {big}}}\n"),
    )
    yield (
        "many terms",
        _pack(more="terms:\n" + "".join(f"  t{n}: objected\n" for n in range(10_000))),
    )
    many = ", ".join(str(n) for n in range(700))
    yield "many long lists", _pack("".join(_rule(f"H.{n}", f"age IN ({many})") for n in range(200)))
    yield "very many rules", _pack("".join(f"  - {{id: H.{n}}}\n" for n in range(60_000)))
    yield "many rules", _pack("".join(_rule(f"H.{n}") for n in range(700)))
    yield "rules that are empty", _pack("  [" + "{}," * 24_000 + "{}]\n")
    yield (
        "many examples",
        FINE.replace(_EXAMPLES, "[" + "{facts: {age: 1}, expect: fires}," * 5000 + "]"),
    )
    yield (
        "many sources",
        FINE.replace("{BOOK: a}", "{BOOK: a, " + ", ".join(f"B{n}: a" for n in range(9000)) + "}"),
    )
    yield "many references", _pack(_rule(more=f"    reference: [{'a, ' * 9000}a]\n"))
    yield "a condition of a megabyte", _when("objected OR " * 80_000 + "objected")
    yield "a title of a megabyte", FINE.replace("{en: House", "{en: " + "x" * 900_000)
    yield "an id of a megabyte", FINE.replace("id: house", "id: " + "x" * 900_000)
    yield "a key of a megabyte", FINE + f'"{"x" * 900_000}": 1\n'
    yield "a long version", FINE.replace('version: "1"', f'version: "{"1" * 500}"')
    yield (
        "a value of a megabyte where a word belongs",
        FINE.replace("kind: house", "kind: " + "x" * 900_000),
    )
    yield (
        "a list where a word belongs",
        FINE.replace("kind: house", "kind: [" + "x," * 40_000 + "x]"),
    )
    yield "deep lists", FINE + "x: " + "[" * 100_000
    yield "deep mappings", FINE + "x: " + "{a: " * 100_000
    yield "deep blocks", FINE + "".join("  " * n + "x:\n" for n in range(400))
    yield "open dashes", FINE + "x:\n" + "- " * 100_000
    yield "open questions", "? " * 100_000
    yield "very many values", FINE + "x: [" + "1," * 400_000 + "1]\n"
    yield "very many keys", FINE + "".join(f"k{n}: 1\n" for n in range(80_000))
    yield "a file that is too large", FINE + "#" * 1_000_000
    yield "a file of many megabytes", FINE + "#" * 30_000_000


def _characters() -> Iterator[tuple[str, str | bytes]]:
    """What a reader does not see."""
    for name in (
        *("RIGHT-TO-LEFT OVERRIDE", "LEFT-TO-RIGHT EMBEDDING", "RIGHT-TO-LEFT ISOLATE"),
        *("POP DIRECTIONAL ISOLATE", "RIGHT-TO-LEFT MARK", "ZERO WIDTH SPACE"),
        *(
            "ZERO WIDTH JOINER",
            "WORD JOINER",
            "SOFT HYPHEN",
            "LINE SEPARATOR",
            "TAG LATIN SMALL LETTER A",
        ),
    ):
        character = unicodedata.lookup(name)
        code = f"\\U{ord(character):08x}"
        yield f"{name} in a title", FINE.replace("House", f"Ho{character}use")
        yield f"{name} in a comment", FINE + f"# Ho{character}use\n"
        yield f"{name} in an escape", FINE.replace("en: House", f'en: "Ho{code}use"')
        yield f"{name} in a condition", _when(f"age{character} < 2")
    yield "NUL", FINE + "# \0\n"
    yield "NUL in an escape", FINE.replace("en: House", 'en: "a\\0"')
    yield "a bell in an escape", FINE.replace("en: House", 'en: "a\\a"')
    yield "an escape sequence of a terminal", FINE.replace("en: House", 'en: "\\e[2J"')
    yield "a carriage return in an escape", FINE.replace("en: House", 'en: "a\\rb"')
    yield "a private character", FINE.replace("House", "\ue000")
    yield "half a character in an escape", FINE.replace("en: House", 'en: "\\ud800"')
    yield "half a character", FINE.encode().replace(b"House", b"\xed\xa0\x80")
    yield "an overlong character", FINE.encode().replace(b"House", b"\xc0\xaf")
    yield "a byte order mark", b"\xef\xbb\xbf" + FINE.encode()
    yield "UTF-16", FINE.encode("utf-16")
    yield "UTF-16 without a mark", FINE.encode("utf-16-le")
    yield "UTF-32", FINE.encode("utf-32")
    yield "Latin-1", "authority: \xe9\n".encode("latin-1")
    yield "GB 18030", FINE.encode("gb18030")
    yield "a program", b"\x7fELF" + bytes(range(256)) * 20
    yield "a homoglyph in an id", FINE.replace("id: house", "id: h\N{CYRILLIC SMALL LETTER O}use")
    yield "a homoglyph in a rule's id", FINE.replace("H.1", "\N{GREEK CAPITAL LETTER ETA}.1")
    yield "a path for an id", FINE.replace("id: house", "id: ../../etc/passwd")
    yield "a statement for an id", FINE.replace("id: house", 'id: "a\'; DROP TABLE facts; --"')
    yield "a rule called as a built-in one", FINE.replace("H.1", "RIGHTFUL.NO_LAW")
    yield (
        "a term called with letters of elsewhere",
        _pack(more="terms: {\N{CYRILLIC SMALL LETTER A}: objected}\n"),
    )
    yield "a term called as SQL", _pack(more='terms: {"a) OR (TRUE": objected}\n')
    for field, value in (("kind", "gate"), ("decision", "deny"), ("confidence", "found")):
        statement = "x'); DROP TABLE facts; --"
        yield (
            f"a statement for the {field}",
            FINE.replace(f"    {field}: {value}", f'    {field}: "{statement}"'),
        )
        yield f"allow for the {field}", FINE.replace(f"    {field}: {value}", f"    {field}: allow")


TEXTS: dict[str, str | bytes] = dict(_texts())


def _folder(path: Path) -> None:
    path.mkdir()


def _nothing(_: Path) -> None:
    """There is no file."""


def _dangling(path: Path) -> None:
    path.symlink_to(path.with_name("nothing.yaml"))


def _circle(path: Path) -> None:
    path.symlink_to(path)


#: What is no file.
PLACES: dict[str, Callable[[Path], None]] = {
    "a folder": _folder,
    "a pipe": lambda path: os.mkfifo(path),
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a device that gives nothing": lambda path: path.symlink_to("/dev/null"),
    "a terminal": lambda path: path.symlink_to("/dev/tty"),
    "a link to nothing": _dangling,
    "a link to itself": _circle,
    "a link to a folder": lambda path: path.symlink_to("/"),
    "a file of the system": lambda path: path.symlink_to("/etc/passwd"),
    "a large file of the system": lambda path: path.symlink_to("/proc/self/maps"),
    "nothing": _nothing,
}


def main(folder: Path) -> None:
    """Write and read each; print what came of it."""
    load(["eu.gdpr"])  # so that nothing is counted that is loaded once
    for number, (name, text) in enumerate(TEXTS.items()):
        path = folder / f"{number}.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        _tell(name, path)
        path.unlink()
    for number, (name, make) in enumerate(PLACES.items()):
        path = folder / f"place{number}.yaml"
        make(path)
        _tell(name, path)


def _tell(name: str, path: Path) -> None:
    start = time.process_time()
    try:
        load([str(path)])
        told, kind = None, None
    except RightfulError as error:
        told, kind = str(error), type(error).__name__
    seconds = time.process_time() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"name": name, "told": told, "kind": kind, "seconds": seconds, "megabytes": megabytes}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
