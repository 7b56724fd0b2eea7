"""TDMRep: each way to say it, and which goes before which."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.records.reservations import tdmrep

POLICY = "https://provider.example/policies/policy.json"
THREE = json.dumps(
    [
        {"location": "/directory-a/", "tdm-reservation": 1},
        {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": POLICY},
        {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0},
    ]
)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/directory-a/x.pdf", "reserved"),
        ("/directory-b/html/x", "licence"),
        ("/directory-b/images/x.jpg", "free"),
        ("/directory-c/", "none"),
    ],
)
def test_the_file_is_read_by_path(path: str, said: str) -> None:
    assert tdmrep.file(THREE, [path]) == said


def test_without_paths_the_strictest_rule_of_the_file_counts() -> None:
    assert tdmrep.file(THREE) == "reserved"
    assert tdmrep.file("[]") == "none"


def test_the_first_rule_that_fits_is_used() -> None:
    rules = [{"location": "/a/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]
    assert tdmrep.file(json.dumps(rules), ["/a/b"]) == "free"
    assert tdmrep.file(json.dumps(rules[::-1]), ["/a/b"]) == "reserved"


@pytest.mark.parametrize("value", ["yes", 2, -1, None, True, False, 1.0, [1]])
def test_a_value_that_the_protocol_does_not_know_never_means_free(value: object) -> None:
    text = json.dumps([{"location": "/", "tdm-reservation": value}])
    assert tdmrep.file(text) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "null", "[1]", "not json", '[{"tdm-reservation": 0}]', "[" * 20_000),
        '[{"location": "/", "tdm-reservation": 1, "tdm-reservation": 0}]',
        '{"location": "/", "tdm-reservation": 0}',
    ],
)
def test_a_file_that_is_malformed_says_nothing_that_can_be_told(text: str) -> None:
    assert tdmrep.file(text) == "unknown"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tdm-reservation: 1", "reserved"),
        ("TDM-Reservation:0", "free"),
        (f"HTTP/1.1 200 OK\ntdm-reservation: 1\ntdm-policy: {POLICY}", "licence"),
        (f"tdm-reservation: 0\ntdm-policy: {POLICY}", "free"),
        ("tdm-reservation: yes", "unknown"),
        ("1", "reserved"),
        ("HTTP/1.1 200 OK\nDate: today", "none"),
        ("tdm-reservation: 0\ntdm-reservation: 1", "reserved"),
    ],
)
def test_a_header_is_read(text: str, said: str) -> None:
    assert tdmrep.header(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<html><head><meta name="tdm-reservation" content="1"></head>', "reserved"),
        (
            '<META NAME="TDM-Reservation" CONTENT="1">'
            f'<meta name="tdm-policy" content="{POLICY}"/>',
            "licence",
        ),
        ('<meta name="tdm-reservation" content="0">', "free"),
        ('<meta name="tdm-reservation">', "unknown"),
        ('<!-- <meta name="tdm-reservation" content="1"> --><p>Hello', "none"),
        ("", "none"),
    ],
)
def test_a_page_is_read(text: str, said: str) -> None:
    assert tdmrep.page(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '<package version="2.0"><metadata><meta name="tdm:reservation" content="1" />'
            f'<meta name="tdm:policy" content="{POLICY}" /></metadata></package>',
            "licence",
        ),
        ('<package><meta property="tdm:reservation">1</meta></package>', "reserved"),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description xmlns:tdm="http://www.w3.org/ns/tdmrep/">'
            "<tdm:reservation>0</tdm:reservation></rdf:Description></rdf:RDF>",
            "free",
        ),
        ("<package/>", "none"),
        ("<package>", "unknown"),
        ('<!DOCTYPE p [<!ENTITY one "1">]><p name="tdm:reservation">&one;</p>', "unknown"),
    ],
)
def test_metadata_of_a_document_is_read(text: str, said: str) -> None:
    assert tdmrep.document(text) == said


@pytest.mark.parametrize(
    ("said", "together"),
    [
        (["reserved", "free"], "free"),
        (["reserved", "unknown"], "reserved"),
        (["free", "unknown", "reserved"], "reserved"),
        (["licence", "none"], "licence"),
        (["unknown", "none"], "unknown"),
        (["unknown", "free"], "free"),
        (["none", "none"], "none"),
        ([], "none"),
    ],
)
def test_what_is_more_specific_overrides_and_silence_resets_nothing(
    said: list[str], together: str
) -> None:
    assert tdmrep.combined(said) == together


@given(st.lists(st.sampled_from(tdmrep.ORDER)))
def test_nothing_is_free_that_nobody_called_free(said: list[str]) -> None:
    if "free" not in said:
        assert tdmrep.combined(said) != "free"
    if tdmrep.combined(said) == "none":
        assert set(said) <= {"none"}
