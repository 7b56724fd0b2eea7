"""What a licence permits: never more than its strictest part, never less than its best choice."""

from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.grants.licences import Both, Licence, Node, check, parse
from rightful.grants.permissions import (
    UNKNOWN,
    Permissions,
    built_in,
    openness,
    permissions,
    read,
    stricter,
)

OURS = {
    "LicenseRef-deal": Permissions("permitted", "permitted", "permitted", False, False, True),
    "LicenseRef-never": Permissions("prohibited", "prohibited", "prohibited", True, True, True),
}

_LICENCES = st.builds(
    Licence,
    st.sampled_from([*sorted(built_in()), *OURS, "LicenseRef-unread", "Odd-1.0", "GPL-2.0+"]),
    st.sampled_from([None, None, "Classpath-exception-2.0", "odd-exception"]),
)
_TREES: st.SearchStrategy[Node] = st.recursive(
    _LICENCES,
    lambda inner: st.builds(Both, st.sampled_from(["AND", "OR"]), inner, inner),
    max_leaves=8,
)


def _of(*trees: Node) -> Permissions:
    found = permissions([str(tree) for tree in trees], OURS)
    assert found is not None
    return found


@settings(max_examples=300)
@given(_TREES)
def test_what_is_printed_is_taken_and_says_the_same(tree: Node) -> None:
    check(str(tree))
    assert parse(str(tree)) == tree


@given(st.lists(st.sampled_from(["MIT", "ISC", "0BSD"]), min_size=3, max_size=3))
def test_and_binds_tighter_than_or(names: list[str]) -> None:
    a, b, c = (Licence(name) for name in names)
    assert parse(f"{a} OR {b} AND {c}") == Both("OR", a, Both("AND", b, c))
    assert parse(f"{a} AND {b} OR {c}") == Both("OR", Both("AND", a, b), c)
    assert parse(f"({a} OR {b}) AND {c}") == Both("AND", Both("OR", a, b), c)


def test_parentheses_may_be_as_deep_as_the_length_allows() -> None:
    assert parse("(" * 490 + "MIT" + ")" * 490) == Licence("MIT")


@settings(max_examples=300)
@given(_TREES, _TREES)
def test_and_never_permits_more_than_either_side(left: Node, right: Node) -> None:
    both = openness(_of(Both("AND", left, right)))
    assert both <= openness(_of(left))
    assert both <= openness(_of(right))


@settings(max_examples=300)
@given(_TREES, _TREES)
def test_or_is_the_better_of_both_as_a_whole(left: Node, right: Node) -> None:
    either = _of(Both("OR", left, right))
    assert either in (_of(left), _of(right))
    assert openness(either) == max(openness(_of(left)), openness(_of(right)))


@settings(max_examples=100)
@given(_TREES, _TREES, _TREES)
def test_order_and_grouping_change_nothing(a: Node, b: Node, c: Node) -> None:
    for word in ("AND", "OR"):
        assert _of(Both(word, a, b)) == _of(Both(word, b, a))
        assert _of(Both(word, a, Both(word, b, c))) == _of(Both(word, Both(word, a, b), c))
    assert _of(a, b, c) == _of(Both("AND", Both("AND", a, b), c))


@given(_LICENCES)
def test_an_exception_that_nobody_knows_permits_nothing_more(licence: Licence) -> None:
    plain = Licence(licence.name)
    odd = Licence(licence.name, "odd-exception")
    assert _of(odd) == stricter(_of(plain), _of(odd))
    assert _of(odd).training != "permitted"


def test_a_choice_inside_a_conjunction_is_one_of_its_alternatives() -> None:
    # Nothing is mixed of the two: commerce as with one, and no sharing alike as with the other.
    found = permissions(["(CC-BY-NC-4.0 OR CC-BY-SA-4.0) AND MIT"])
    assert found == permissions(["CC-BY-SA-4.0 AND MIT"])


@pytest.mark.parametrize(
    "name", ["Odd-1.0", "LicenseRef-llama-3", "BigScience-OpenRAIL-M", "MIT-9"]
)
def test_what_is_not_in_the_table_is_unclear(name: str) -> None:
    found = permissions([name])
    assert found is not None
    assert (found.training, found.commercial, found.derivatives) == ("unclear",) * 3
    assert (found.attribution, found.share_alike) == (None, None)


def test_only_a_licence_of_ones_own_is_negotiated() -> None:
    assert _of(Licence("LicenseRef-deal")).negotiated
    assert _of(Licence("DocumentRef-ours:LicenseRef-unread")).negotiated
    assert not _of(Licence("MIT")).negotiated
    assert not _of(Both("AND", Licence("MIT"), Licence("LicenseRef-deal"))).negotiated
    # Even where the table says of it what it would otherwise be taken for.
    assert permissions(["MIT"], {"MIT": OURS["LicenseRef-deal"]}) == Permissions(
        "permitted", "permitted", "permitted", False, False
    )


def test_the_workspaces_table_goes_before_rightfuls() -> None:
    own = {"ODbL-1.0": Permissions("permitted", "permitted", "permitted", True, True)}
    assert permissions(["ODbL-1.0"]) != permissions(["ODbL-1.0"], own)
    assert permissions(["odbl-1.0"], own) == own["ODbL-1.0"]


def test_identifiers_are_the_same_in_any_case_and_or_later_is_as_the_licence_itself() -> None:
    assert permissions(["mit"]) == permissions(["MIT"])
    assert permissions(["CC-BY-3.0+"]) == permissions(["CC-BY-3.0"])
    assert permissions(["LicenseRef-deal"], OURS) == OURS["LicenseRef-deal"]


def test_without_any_licence_there_is_nothing_to_say() -> None:
    assert permissions([]) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CC0-1.0", ("permitted", "permitted", "permitted", False, False)),
        ("CC-BY-4.0", ("permitted", "permitted", "permitted", True, False)),
        ("CC-BY-SA-3.0", ("permitted", "permitted", "permitted", True, True)),
        ("CC-BY-NC-2.0", ("permitted", "prohibited", "permitted", True, False)),
        ("CC-BY-NC-ND-4.0", ("permitted", "prohibited", "prohibited", True, False)),
        ("CC-BY-ND-3.0", ("unclear", "permitted", "prohibited", True, False)),
        ("ODC-By-1.0", ("unclear", "permitted", "permitted", True, False)),
        ("CDLA-Permissive-2.0", ("permitted", "permitted", "permitted", False, False)),
        ("GPL-3.0-or-later", ("permitted", "permitted", "permitted", True, True)),
    ],
)
def test_well_known_licences_are_read_as_written(name: str, expected: tuple[Any, ...]) -> None:
    assert permissions([name]) == Permissions(*expected)


def test_every_entry_of_the_table_says_where_it_was_read() -> None:
    table = yaml.safe_load(
        (resources.files("rightful.grants") / "licences.yaml").read_text("utf-8")
    )
    assert len(table["licences"]) >= 60
    for name, entry in table["licences"].items():
        check(name)
        assert entry["source"] in table["sources"], name
        assert entry["confidence"] in ("found", "secondary"), name
    assert {entry["source"] for entry in table["licences"].values()} == set(table["sources"])
    assert set(table["licences"]) == set(built_in())


def test_a_table_of_ones_own_is_read() -> None:
    given_ = {
        "LicenseRef-ours": {
            "training": "permitted",
            "commercial": "prohibited",
            "derivatives": "unclear",
            "attribution": True,
            "note": "contract 12",
        }
    }
    assert read(given_) == {
        "LicenseRef-ours": Permissions("permitted", "prohibited", "unclear", True, None, True)
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"LicenseRef-ours": {"training": "permitted"}},
        {"LicenseRef-ours": {"training": "yes", "commercial": "no", "derivatives": "no"}},
        {"LicenseRef-ours": "permitted"},
        {"MIT OR ISC": {}},
        {"MIT WITH x": {}},
        {"not a licence": {}},
        {
            name: dict.fromkeys(["training", "commercial", "derivatives"], "unclear")
            for name in ("MIT", "mit")
        },
        {
            "LicenseRef-ours": {
                **dict.fromkeys(["training", "commercial", "derivatives"], "unclear")
            }
            | {"attribution": "yes"}
        },
        {
            "LicenseRef-ours": {
                **dict.fromkeys(["training", "commercial", "derivatives"], "unclear")
            }
            | {"trainings": "permitted"}
        },
    ],
)
def test_a_table_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match=r"^rightful\.toml: licences: "):
        read(wrong, "rightful.toml: licences")


def test_unknown_is_the_strictest_but_for_what_is_prohibited() -> None:
    for found in built_in().values():
        assert stricter(found, UNKNOWN).training in ("unclear", "prohibited")
        assert openness(stricter(found, UNKNOWN)) <= openness(found)
