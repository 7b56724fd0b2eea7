"""Two ways to write one identifier agree, and two identifiers do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening.normal_form import kind_class, normalised


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "Ann@Mail.Example", " ann@mail.example"),
        ("email", "mailto:ann@mail.example", "ann@mail.example."),
        ("email", "ann [at] mail [dot] example", "ann@mail.example"),
        ("email", "ann@bücher.example", "ANN@xn--bcher-kva.example"),
        ("phone", "+1 (415) 555-0123", "415.555.0123"),
        ("phone", "1-415-555-0123 ext. 7", "+14155550123"),
        ("phone", "+44 (0)20 7946 0123", "0044 20 7946 0123"),
        ("cn_mobile", "138-0000-0000", "+86 13800000000"),
        ("phone", "１３８００００００００", "0086 138 0000 0000"),
        ("card", "4111 1111 1111 1111", "4111-1111-1111-1111"),
        ("iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("cn_id", "99010119900101123x", "９９０１０１１９９００１０１１２３Ｘ"),
        ("us_ssn", "987-65-4321", "987 65 4321"),
        ("ip", "2001:DB8::0:7", "2001:db8::7"),
        ("mac", "00:00:5E:00:53:01", "00-00-5e-00-53-01"),
        ("name", "Jose\u0301  LEE", "josé lee"),
        ("member_no", "AB-1234.56", "ab123456"),
    ],
)
def test_ways_to_write_one_identifier_agree(kind: str, one: str, other: str) -> None:
    assert normalised(kind, one) == normalised(kind, other) != ""


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "ann@mail.example", "ann+list@mail.example"),
        ("email", "ann@mail.example", "ann@mail2.example"),
        ("phone", "030 23125123", "+49 30 23125123"),
        ("phone", "1-381-234-5678", "138 1234 5678"),
        ("card", "4111 1111 1111 1111", "4111 1111 1111 1112"),
        ("ip", "192.0.2.1", "192.0.21.1"),
    ],
)
def test_what_is_not_surely_the_same_stays_apart(kind: str, one: str, other: str) -> None:
    assert normalised(kind, one) != normalised(kind, other)


@pytest.mark.parametrize(
    ("text", "region", "form"),
    [
        ("030 23125123", "DE", "+493023125123"),
        ("07700 900123", "GB", "+447700900123"),
        ("06 5555 0123", "IT", "+390655550123"),
        ("1 415 555 0123", "US", "+14155550123"),
        ("+33 1 99 00 12 34", "DE", "+33199001234"),
        ("", "DE", ""),
    ],
)
def test_a_region_gives_a_number_its_country(text: str, region: str, form: str) -> None:
    assert normalised("phone", text, region) == form


@settings(max_examples=200)
@given(st.sampled_from(["email", "phone", "card", "ip", "mac", "name", "token"]), st.text())
def test_any_text_has_a_form_that_does_not_depend_on_case_or_composition(
    kind: str, text: str
) -> None:
    import unicodedata

    form = normalised(kind, text)
    assert normalised(kind, unicodedata.normalize("NFD", text)) == form
    assert normalised(kind, f" {text} ") == form


def test_kinds_of_the_same_thing_are_one_class() -> None:
    assert kind_class("cn_mobile") == kind_class("phone") == "phone"
    assert kind_class("token") == "token"
