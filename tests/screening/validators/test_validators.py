"""Validators are asked for by name, and a name that is none is no validator."""

import pytest

from rightful.screening.validators import VALIDATORS, versions


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("stdnum:cn.ric", "11010519491231002X", "110105194912310021"),
        ("stdnum:pl.pesel", "44051401359", "44051401358"),
        ("stdnum:nl.bsn", "111222333", "111222334"),
        ("phone:GB", "020 7946 0958", "020"),
    ],
)
def test_a_validator_of_a_library_is_made_when_it_is_named(
    name: str, right: str, wrong: str
) -> None:
    assert VALIDATORS[name](right)
    assert not VALIDATORS[name](wrong)
    assert VALIDATORS[name] is VALIDATORS[name]


@pytest.mark.parametrize(
    "name", ["no_such", "stdnum:xx.nothing", "stdnum:util", "stdnum:../os", "phone:XX", "phone:gb"]
)
def test_no_other_name_is_one(name: str) -> None:
    assert name not in VALIDATORS
    assert VALIDATORS.get(name) is None


def test_its_own_are_listed() -> None:
    assert {"luhn", "card", "cn_id", "ip", "email", "phone"} <= set(VALIDATORS)
    assert len(VALIDATORS) == len(list(VALIDATORS))


def test_the_versions_name_the_libraries_that_decide() -> None:
    assert set(versions()) == {"validators", "python-stdnum", "phonenumbers"}
