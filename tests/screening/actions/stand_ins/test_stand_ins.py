"""A stand-in stays the same within a corpus, lies where nobody is, and is never the original."""

import ipaddress
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.keys import WorkspaceKey
from rightful.screening.actions import StandIns
from rightful.screening.actions.stand_ins.draw import Draw
from rightful.screening.actions.stand_ins.numbers import luhn_digit
from rightful.screening.normal_form import normalised
from rightful.screening.validators.numbers import card as is_card
from rightful.screening.validators.numbers import cn_id, luhn, mod97, us_ssn

#: One of each kind: documented test numbers, and numbers of areas that do not exist.
ORIGINALS = [
    ("email", "ann.lee@mail.example"),
    ("phone", "+44 20 7946 0123"),
    ("phone", "(415) 555-0123"),
    ("phone", "0201 555 123"),
    ("cn_mobile", "138 0000 0000"),
    ("card", "4111 1111 1111 1111"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("cn_id", "990101199001011239"),
    ("us_ssn", "987-65-4321"),
    ("cn_plate", "京A·12345"),
    ("ip", "192.0.2.7"),
    ("ip", "2001:db8::7"),
    ("mac", "00:00:5E:00:53:01"),
    ("name", "Ann Lee"),
    ("name", "李小明"),
    ("birth_date", "1990-05-03"),
    ("passport", "X1234567"),
]


@pytest.mark.parametrize(("kind", "text"), ORIGINALS)
def test_the_same_in_a_corpus_and_another_one_elsewhere(
    key: WorkspaceKey, kind: str, text: str
) -> None:
    first = StandIns(key, "letters").of(kind, text)
    assert first is not None
    assert first != text
    assert StandIns(key, "letters").of(kind, text) == first
    others = {StandIns(key, corpus).of(kind, text) for corpus in ("mail", "forum", "notes")}
    others |= {StandIns(WorkspaceKey(bytes([n] * 32)), "letters").of(kind, text) for n in (1, 2)}
    # The smallest ranges have a few hundred numbers, so one of five may happen to agree.
    assert len(others - {first}) >= 4


@settings(max_examples=150)
@given(st.sampled_from([kind for kind, _ in ORIGINALS]), st.text(max_size=30))
def test_whatever_a_kind_was_found_in_the_original_does_not_come_back(
    stand_ins: StandIns, kind: str, text: str
) -> None:
    found = stand_ins.of(kind, text)
    assert found is None or normalised(kind, found) != normalised(kind, text)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "Ann.Lee@Mail.Example", "ann.lee@mail.example"),
        ("card", "4111-1111-1111-1111", "4111111111111111"),
        ("cn_id", "99010119900101123x", "99010119900101123X"),
        ("ip", "2001:DB8:0:0::7", "2001:db8::7"),
    ],
)
def test_however_it_is_written_it_has_one_stand_in(
    stand_ins: StandIns, kind: str, one: str, other: str
) -> None:
    first, second = stand_ins.of(kind, one), stand_ins.of(kind, other)
    assert first is not None
    assert second is not None
    assert normalised(kind, first) == normalised(kind, second)


def test_a_phone_has_one_stand_in_with_and_without_its_country(stand_ins: StandIns) -> None:
    inside, abroad = (stand_ins.of("phone", t) for t in ("13800000000", "+86 138 0000 0000"))
    assert inside is not None
    assert abroad is not None
    assert re.fullmatch(r"12\d{9}", inside)
    assert abroad.replace(" ", "") == f"+86{inside}"


def test_all_addresses_of_somebody_have_one_stand_in(key: WorkspaceKey) -> None:
    hers = {"ann@mail.example", "lee@work.example"}
    known = StandIns(key, "letters", lambda _, text: b"ann" if text in hers else None)
    assert len({known.of("email", address) for address in hers}) == 1
    assert known.of("email", "bob@mail.example") not in {known.of("email", a) for a in hers}


@pytest.mark.parametrize("seed", range(20))
def test_stand_ins_are_valid_and_lie_where_nobody_is(seed: int) -> None:
    made = StandIns(WorkspaceKey(bytes([seed] * 32)), "letters")

    def of(kind: str, text: str) -> str:
        found = made.of(kind, text)
        assert found is not None
        return found

    assert re.fullmatch(r"[a-z]+\.[a-z]+\d{4}@[a-z]{7}\.example", of("email", "ann@mail.example"))
    number = of("card", "4111 1111 1111 1111")
    assert is_card(number)
    assert re.fullmatch(r"4000 00\d\d \d{4} \d{4}", number)
    assert is_card(of("card", "6200000000000000003"))
    assert of("card", "378282246310005").startswith("378282")
    account = of("iban", "GB82 WEST 1234 5698 7654 32")
    assert mod97(account)
    assert re.fullmatch(r"GB\d\d XXXX \d{4} \d{4} \d{4} \d\d", account)
    born = of("cn_id", "990101199001011239")
    assert born.startswith("99")
    assert not cn_id(born)  # no such province; but the check digit holds:
    assert cn_id("11" + born[2:17] + _cn_check("11" + born[2:17]))
    assert born[17] == _cn_check(born[:17])
    assert re.fullmatch(r"666-\d\d-\d{4}", of("us_ssn", "987-65-4321"))
    assert not us_ssn(of("us_ssn", "987-65-4321"))
    address = ipaddress.ip_address(of("ip", "198.51.100.20"))
    assert str(address).rpartition(".")[0] in ("192.0.2", "198.51.100", "203.0.113")
    six = ipaddress.ip_address(of("ip", "2001:db8::1"))
    assert six in ipaddress.ip_network("2001:db8::/32")
    assert re.fullmatch(r"\(\d{3}\) 555-01\d\d", of("phone", "(415) 555-0123"))
    assert re.fullmatch(r"1-\d{3}-555-01\d\d", of("phone", "1-415-555-0123"))
    assert re.fullmatch(r"\+44 7700 900\d{3}", of("phone", "+44 7911 123456"))
    assert re.fullmatch(r"07700 900\d{3}", of("phone", "07911 123456"))
    assert re.fullmatch(r"\+49 30 23125\d{3}", of("phone", "+49 30 12345678"))
    assert re.fullmatch(r"\+999 \d{3} \d{4}", of("phone", "+358 555 0123"))
    assert re.fullmatch(r"00-00-00-\d\d", of("member_no", "12-34-56-78")) is None
    assert re.fullmatch(r"00-\d\d-\d\d-\d\d", of("member_no", "12-34-56-78"))
    assert re.fullmatch(r"京I·\d{5}", of("cn_plate", "京B·12345"))


def _cn_check(body: str) -> str:
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return "10X98765432"[total % 11]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1990-05-03", r"\d{4}-\d\d-\d\d"),
        ("1990年5月3日", r"\d{4}年\d{1,2}月\d{1,2}日"),
        ("03.05.1990", r"\d\d\.\d\d\.\d{4}"),
        ("5/3/1990", r"\d{1,2}/\d{1,2}/\d{4}"),
        ("31/12/1990", r"\d\d/\d\d/\d{4}"),
        ("19900503", r"\d{8}"),
    ],
)
def test_a_date_moves_and_keeps_its_form(stand_ins: StandIns, text: str, form: str) -> None:
    moved = stand_ins.of("birth_date", text)
    assert moved is not None
    assert re.fullmatch(form, moved)
    assert moved != text


def test_a_date_moves_by_half_a_year_at_most(key: WorkspaceKey) -> None:
    for number in range(40):
        moved = StandIns(key, str(number)).of("birth_date", "2000-02-29")
        assert moved is not None
        assert 0 < abs((date.fromisoformat(moved) - date(2000, 2, 29)).days) <= 182


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("address", "1 High Street"),
        ("token", "s3cr3t-Key_value+long/="),
        ("name", "Иван Петров"),
        ("birth_date", "3rd of May"),
        ("card", "４１１１"),
        ("ip", "999.1.1.1"),
    ],
)
def test_what_has_no_place_of_its_own_has_no_stand_in(
    stand_ins: StandIns, kind: str, text: str
) -> None:
    assert stand_ins.of(kind, text) is None


def test_names_keep_their_words_and_their_case(stand_ins: StandIns) -> None:
    assert re.fullmatch(r"[A-Z]+ [A-Z]+", str(stand_ins.of("name", "ANN LEE")))
    assert re.fullmatch(
        r"[A-Z][a-z]+ [A-Z][a-z]+ [A-Z][a-z]+", str(stand_ins.of("name", "A B Lee"))
    )
    assert re.fullmatch(r"[\u4e00-\u9fff]{3}", str(stand_ins.of("name", "李小明")))


def test_different_people_have_different_addresses(stand_ins: StandIns) -> None:
    made = {stand_ins.of("email", f"person{n}@mail.example") for n in range(500)}
    assert len(made) == 500


@given(st.text("0123456789", min_size=1, max_size=18))
@settings(max_examples=50)
def test_the_check_digit_is_luhns(body: str) -> None:
    whole = body + luhn_digit(body)
    assert luhn(whole) or not whole.strip("0")


def test_a_draw_is_even_and_repeats_for_a_seed() -> None:
    draws = [Draw(bytes([seed])).below(10) for seed in range(200)]
    assert draws == [Draw(bytes([seed])).below(10) for seed in range(200)]
    assert set(draws) == set(range(10))
    draw = Draw(b"seed")
    assert draw.digits(3) != draw.digits(3)
    assert draw.digits(0) == ""


def test_no_address_of_the_smallest_range_stands_for_itself(stand_ins: StandIns) -> None:
    blocks = ("192.0.2", "198.51.100", "203.0.113")
    addresses = [f"{block}.{number}" for block in blocks for number in range(1, 255)]
    made = [stand_ins.of("ip", address) for address in addresses]
    assert not [old for old, new in zip(addresses, made, strict=True) if new in (old, None)]


@pytest.mark.parametrize(
    ("kind", "text"), [("us_ssn", "98765\uff14\uff144321"), ("phone", "+44 2079460123\u0663")]
)
def test_digits_of_another_script_do_not_stay_between(
    stand_ins: StandIns, kind: str, text: str
) -> None:
    made = stand_ins.of(kind, text)
    assert made is not None
    assert made.isascii()
