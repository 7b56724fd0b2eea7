"""Every declaration that comes with Rightful says what it finds and what it leaves alone."""

from rightful.screening import reading
from rightful.screening.screener import Screener

DETECTORS = reading.builtin()


def test_every_example_of_every_declaration_holds_among_all_detectors() -> None:
    pairs = [(each, example) for each in DETECTORS for example in each.examples]
    found = Screener().scan([example.text for _, example in pairs])

    wrong = [
        (detector.id, example.text, values, list(example.finds))
        for number, (detector, example) in enumerate(pairs)
        if (
            values := [
                example.text[each.start : each.end]
                for each in found.of(number)
                if each.kind == detector.kind
            ]
        )
        != list(example.finds)
    ]

    assert wrong == []


def test_every_declaration_has_an_example_of_what_it_finds() -> None:
    assert [
        each.id for each in DETECTORS if not any(example.finds for example in each.examples)
    ] == []


def test_what_is_judged_or_needs_context_has_an_example_of_what_it_leaves_alone() -> None:
    judged = [
        each
        for each in DETECTORS
        if each.validators or (each.context is not None and each.context.required)
    ]

    assert [each.id for each in judged if all(example.finds for example in each.examples)] == []


def test_the_kinds_and_countries_that_are_promised_are_there() -> None:
    kinds = {each.kind for each in DETECTORS}

    assert kinds >= {"email", "phone", "ip", "mac", "url_credentials", "card", "iban"}
    assert kinds >= {"passport", "driving_licence", "plate", "cn_plate", "cn_id", "cn_uscc"}
    countries = {each.country for each in DETECTORS if each.group == "government_id"}
    assert countries >= {
        "CN",
        "US",
        "GB",
        "DE",
        "FR",
        "ES",
        "IT",
        "NL",
        "PL",
        "BR",
        "IN",
        "KR",
        "JP",
    }
