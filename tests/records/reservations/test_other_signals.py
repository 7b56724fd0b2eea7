"""PLUS, RSL, noai and GPC."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.records.reservations import gpc, noai, plus, rsl

VOCABULARY = "http://ns.useplus.org/ldf/vocab/"
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
  <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description xmlns:p="http://ns.useplus.org/ldf/xmp/1.0/" {attribute}>{element}
    </rdf:Description></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("DMI-UNSPECIFIED", "unspecified"),
        ("DMI-ALLOWED", "allowed"),
        ("DMI-PROHIBITED", "prohibited"),
        ("DMI-PROHIBITED-AIMLTRAINING", "prohibited_training"),
        ("DMI-PROHIBITED-GENAIMLTRAINING", "prohibited_generative"),
        ("DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING", "prohibited_except_search"),
        ("DMI-PROHIBITED-SEECONSTRAINT", "see_constraint"),
        ("DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", "see_embedded"),
        ("DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", "see_linked"),
    ],
)
def test_a_value_of_plus_is_read_however_it_is_carried(code: str, said: str) -> None:
    address = VOCABULARY + code
    for text in (
        *(code, code.lower(), address, address.replace("http:", "https:"), f" {address}\n"),
        XMP.format(attribute=f'p:DataMining="{address}"', element=""),
        XMP.format(attribute="", element=f"<p:DataMining>{address}</p:DataMining>"),
        XMP.format(attribute="", element=f'<p:DataMining rdf:resource="{address}"/>'),
    ):
        assert plus.data_mining(text) == said


def test_the_words_that_tools_print_are_known() -> None:
    assert plus.data_mining("Prohibited for Generative AI/ML training") == "prohibited_generative"
    assert plus.data_mining("Allowed") == "allowed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "unknown"),
        ("DMI-PERMITTED", "unknown"),
        ("http://example.org/DMI-ALLOWED", "unknown"),
        (XMP.format(attribute="", element=""), "none"),
        (XMP.format(attribute='p:DataMining=""', element=""), "unknown"),
        (XMP.format(attribute='xmlns:q="urn:q" q:DataMining="DMI-ALLOWED"', element=""), "none"),
        ("<x>", "unknown"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x/>', "unknown"),
    ],
)
def test_what_plus_does_not_know_can_t_be_told(text: str, said: str) -> None:
    assert plus.data_mining(text) == said


def _rsl(licence: str, content: str = 'url="/"') -> str:
    return f'<rsl xmlns="https://rslstandard.org/rsl"><content {content}>{licence}</content></rsl>'


FREE = '<license><permits type="usage">ai-train</permits></license>'


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ('<license><prohibits type="usage">ai-train</prohibits></license>', "prohibited"),
        ('<license><prohibits type="usage">train-ai</prohibits></license>', "prohibited"),
        ('<license><prohibits type="usage">ai-all</prohibits></license>', "prohibited"),
        ('<license><prohibits type="usage">search ai-train</prohibits></license>', "prohibited"),
        (
            '<license><permits type="usage">all</permits>'
            '<prohibits type="usage">ai-train,ai-input</prohibits></license>',
            "prohibited",
        ),
        (FREE + '<license><prohibits type="usage">all</prohibits></license>', "prohibited"),
        (FREE, "permitted"),
        (
            '<license><permits type="usage">all</permits><payment type="free"/></license>',
            "permitted",
        ),
        (
            '<license><permits type="usage">ai-train</permits><payment type="training">'
            '<amount currency="USD">10</amount></payment></license>',
            "licence_required",
        ),
        (
            '<license><permits type="usage">all</permits><payment type="attribution"/></license>',
            "licence_required",
        ),
        (
            '<license><permits type="usage">all</permits>'
            '<permits type="user">non-commercial</permits></license>',
            "licence_required",
        ),
        ('<license><permits type="usage">search</permits></license>', "licence_required"),
        ('<license><prohibits type="usage">search</prohibits></license>', "unknown"),
        ("<license/>", "unknown"),
        ("", "unknown"),
    ],
)
def test_rsl_permits_only_what_it_names_and_asks_nothing_for(licence: str, said: str) -> None:
    assert rsl.terms(_rsl(licence)) == said


def test_a_licence_server_has_to_be_asked_even_where_use_is_free() -> None:
    assert rsl.terms(_rsl(FREE, 'url="/" server="https://l.example"')) == "licence_required"
    assert rsl.terms(_rsl(FREE, 'url="/" encrypted="true"')) == "licence_required"


def test_only_content_of_the_paths_counts() -> None:
    text = (
        '<rsl xmlns="https://rslstandard.org/rsl">'
        '<content url="/open/*"><license><permits type="usage">all</permits></license></content>'
        '<content url="https://example.org/shut/"><license><prohibits type="usage">all</prohibits>'
        "</license></content></rsl>"
    )
    assert rsl.terms(text) == "prohibited"
    assert rsl.terms(text, ["/open/a"]) == "permitted"
    assert rsl.terms(text, ["/open/a", "/shut/b"]) == "prohibited"
    assert rsl.terms(text, ["/else"]) == "none"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "not xml",
            "<rsl/>",
            f'<rsl xmlns="urn:other"><content url="/">{FREE}</content></rsl>',
        ),
        f'<!DOCTYPE rsl [<!ENTITY x SYSTEM "file:///etc/passwd">]>{_rsl(FREE)}',
        f"<!DOCTYPE rsl>{_rsl('<license>&x;</license>')}",
        _rsl(FREE)[:-3],
        "<a>" * 50_000,
    ],
)
def test_what_is_no_rsl_or_declares_entities_can_t_be_told(text: str) -> None:
    assert rsl.terms(text) == "unknown"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("X-Robots-Tag: noai, noimageai", "yes"),
        ("X-Robots-Tag: noindex\nX-Robots-Tag: otherbot: NOAI", "yes"),
        ("otherbot: noai", "yes"),
        ("noimageai", "yes"),
        ('<meta name="robots" content="noindex, noai">', "yes"),
        ('<META content="noml" name="GPTBot">', "yes"),
        ("X-Robots-Tag: noindex", "no"),
        ('<meta name="robots" content="noindex"><p>noai</p>', "no"),
        ("", "no"),
        ("X-Robots-Tag: noairplanes", "no"),
    ],
)
def test_noai_is_a_word_of_its_own(text: str, said: str) -> None:
    assert noai.directives(text) == said


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("Sec-GPC: 1", True),
        ("sec-gpc:1", True),
        ("Sec-GPC: 0\nSec-GPC: 1", True),
        ("1", True),
        ("Sec-GPC: 0", False),
        ("Sec-GPC: true", False),
        ("Sec-GPC: 1;x", False),
        ("Sec-GPC: 11", False),
        ("DNT: 1", False),
        ("", False),
    ],
)
def test_only_a_one_opts_out(text: str, out: bool) -> None:
    assert gpc.opts_out(text) is out


@given(st.text('<>/rsl content="permits"&;!DOCTYPE\'', max_size=80))
def test_no_text_of_strangers_is_taken_for_a_permission(text: str) -> None:
    assert rsl.terms(text) == "unknown"
    assert plus.data_mining(text) in ("unknown", "none")
    assert noai.directives(text) in ("yes", "no")
