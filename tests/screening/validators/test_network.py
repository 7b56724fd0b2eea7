"""Addresses of machines are told from versions, slices, masks and fingerprints."""

import pytest

from rightful.screening.validators.network import email, ip, ip6, ip_not_version, mac


@pytest.mark.parametrize("text", ["203.0.113.7", "198.51.100.255", "10.20.30.40"])
def test_addresses_with_large_parts_need_no_context(text: str) -> None:
    assert ip_not_version(text)


@pytest.mark.parametrize("text", ["1.2.3.4", "10.0.2.1", "3.11.7.0"])
def test_addresses_with_small_parts_may_be_versions(text: str) -> None:
    assert ip(text)
    assert not ip_not_version(text)


@pytest.mark.parametrize("text", ["256.1.1.1", "255.255.255.0", "127.0.0.1", "0.0.0.0", "01.2.3.4"])
def test_masks_loopback_and_too_large_parts_are_no_address(text: str) -> None:
    assert not ip(text)


@pytest.mark.parametrize(
    "text", ["2001:db8::1", "fe80::1ff:fe23:4567:890a", "2001:DB8:0:0:8:800:200C:417A"]
)
def test_addresses_of_version_6_are_read_in_full_and_shortened(text: str) -> None:
    assert ip6(text)


@pytest.mark.parametrize("text", ["1::2", "::1", "::", "dead::beef", "00:11:22:33:44:55:66:77"])
def test_slices_names_and_bytes_are_no_address(text: str) -> None:
    assert not ip6(text)


def test_a_fingerprint_and_a_date_are_no_mac_address() -> None:
    assert mac("02:00:5e:10:00:53")
    assert not mac(":".join(["0a"] * 16))
    assert not mac("20-10-11-12-13-14")


def test_a_picture_for_fine_screens_is_no_email_address() -> None:
    assert email("ann@mail.example")
    assert not any(map(email, ["logo@2x.png", "a..b@c.example", "a.@c.example", "a@-c.example"]))
