"""A mask leaves the shape, and no more characters than the docs say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening.actions import mask
from rightful.screening.actions.masking import KEPT, SEPARATORS, STAR


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("card", "4111 1111 1111 1234", "**** **** **** 1234"),
        ("email", "ann.lee@mail.example", "a**.***@****.*******"),
        ("email", "a@mail.example", "*@****.*******"),
        ("phone", "(415) 555-0123", "(***) ***-**23"),
        ("phone", "+86 12345678901", "+** *********01"),
        ("iban", "DE89 3704 0044 0532 0130 00", "**** **** **** **** **30 00"),
        ("name", "李小明", "李**"),
        ("name", "Zoe", "Z**"),
        ("name", "李", "*"),
        ("cn_id", "99010119900101123X", "*" * 18),
        ("token", "s3cr3t_value", "*" * 12),
        ("card", "12345", "*****"),
        ("phone", "", ""),
    ],
)
def test_a_mask_keeps_the_shape(kind: str, text: str, masked: str) -> None:
    assert mask(kind, text) == masked


@settings(max_examples=150)
@given(st.sampled_from([*KEPT, "cn_id", "token", "cn_mobile"]), st.text(max_size=40))
def test_a_mask_leaves_no_more_than_is_stated(kind: str, text: str) -> None:
    masked = mask(kind, text)
    assert len(masked) == len(text)
    left = [
        (old, new)
        for old, new in zip(text, masked, strict=True)
        if new != STAR and new not in SEPARATORS
    ]
    assert all(old == new for old, new in left)
    most = KEPT.get("phone" if kind == "cn_mobile" else kind, (0, 0))
    assert len(left) <= sum(most)
    assert 2 * len(left) <= sum(character.isalnum() for character in text)
