"""CAWG's assertion, in its versions and inside a manifest."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.records.reservations import cawg

ENTRIES = {
    "cawg.ai_training": {"use": "allowed"},
    "cawg.ai_generative_training": {"use": "notAllowed"},
    "cawg.data_mining": {"use": "constrained", "constraint_info": "only on days that end in y"},
    "cawg.ai_inference": {"use": "allowed"},
    "com.example.other": {"use": "whatever"},
}
SAID = {
    "cawg_mining": "constrained",
    "cawg_training": "allowed",
    "cawg_generative": "not_allowed",
}


@pytest.mark.parametrize(
    "data",
    [
        {"entries": ENTRIES},
        {"entries": ENTRIES, "metadata": {"reviewed": True}},
        ENTRIES,
        {"entries": {key.replace("cawg.", "c2pa."): value for key, value in ENTRIES.items()}},
        {"assertions": [{"label": "cawg.training-mining", "data": {"entries": ENTRIES}}]},
        {"assertions": [{"label": "c2pa.training-mining", "data": {"entries": ENTRIES}}]},
        {
            "manifests": {
                "urn:1": {"assertions": [{"label": "cawg.training-mining", "data": ENTRIES}]}
            }
        },
        {"assertion_store": {"cawg.training-mining__1": {"entries": ENTRIES}}},
    ],
)
def test_an_assertion_is_found_and_read(data: dict[str, Any]) -> None:
    assert cawg.assertion(json.dumps(data)) == SAID


def test_what_has_no_entry_is_not_said() -> None:
    assert set(cawg.assertion('{"entries": {}}').values()) == {"none"}
    assert set(cawg.assertion('{"assertions": []}').values()) == {"none"}


def test_of_two_assertions_the_stricter_counts() -> None:
    entry = {"cawg.ai_training": {"use": "constrained"}}
    data = [
        {"label": "cawg.training-mining", "data": {"entries": ENTRIES}},
        {"label": "c2pa.training-mining", "data": {"entries": entry}},
    ]
    assert cawg.assertion(json.dumps({"assertions": data}))["cawg_training"] == "constrained"


@pytest.mark.parametrize("use", ["notallowed", "NotAllowed", "", None, True, 1, ["allowed"]])
def test_a_use_that_is_none_can_t_be_told(use: object) -> None:
    for entry in ({"use": use}, use):
        text = json.dumps({"entries": {"cawg.ai_training": entry}})
        assert cawg.assertion(text)["cawg_training"] == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "[]",
            '"allowed"',
            "{",
            "[" * 20_000,
            "{}",
            '{"error": "not found"}',
            '{"manifests":' * 970 + "1" + "}" * 970,
        ),
        '{"entries": {"cawg.ai_training": {"use": "notAllowed"}}, "entries": {}}',
    ],
)
def test_what_is_no_assertion_can_t_be_told(text: str) -> None:
    assert set(cawg.assertion(text).values()) == {"unknown"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["label", "data", "entries", "cawg.ai_training", "cawg.training-mining", "use"]
                ),
                inner,
            )
        ),
    )
)
def test_nothing_odd_is_taken_for_a_permission(value: Any) -> None:
    assert "allowed" not in cawg.assertion(json.dumps(value)).values()
