"""What sources say of their use, and what their licences permit, reaches the facts."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.clearance.conftest import House

from rightful.clearance.clearances import FEW
from rightful.clearance.situations.places import Places
from rightful.clearance.situations.view import view
from rightful.grants import NewGrant
from rightful.grants.permissions import Permissions, Terms, digest
from rightful.policy import load
from rightful.policy.facts import RESERVATIONS, Value
from rightful.records.reservations import Reservations
from rightful.records.sources import Source


def _facts(house: House, source: int, own: Terms | None = None) -> dict[str, Value]:
    purpose = house.purposes.covering("model-training")
    place = Places(view(house.registry), purpose, own).place(source)
    return dict(place.facts)


def test_what_nobody_looked_for_is_not_known(house: House) -> None:
    source = house.sources.declare(Source("news"))
    facts = _facts(house, source)
    assert {facts[name] for name in (*RESERVATIONS, "reservation_days")} == {None}


def test_every_form_and_place_counts(house: House) -> None:
    source = house.sources.declare(Source("news"))
    looks = Reservations(house.registry, house.ledger)
    looks.observe("news", "all", value="none", seen_at=datetime.now(UTC) - timedelta(days=40))
    looks.observe("news", "aipref", "train-ai=y", seen_at=datetime.now(UTC) - timedelta(days=2))
    looks.observe(
        "news", "robots", "User-agent: *\nContent-Usage: train-ai=n", location="a.example"
    )
    looks.observe("news", "tdmrep.header", "tdm-reservation: 1")
    looks.observe("news", "noai", "noai")
    looks.observe("news", "rsl", "no XML")
    facts = _facts(house, source)
    assert (facts["aipref"], facts["tdmrep"], facts["noai"]) == ("n", "reserved", True)
    assert facts["rsl"] is None
    assert facts["ai_txt"] == "none"
    assert facts["reservation_days"] == 40
    for name, values in RESERVATIONS.items():
        assert facts[name] is None or isinstance(facts[name], bool) or facts[name] in values


def test_the_strictest_of_all_licences_counts_and_own_ones_are_asked_for(house: House) -> None:
    source = house.sources.declare(Source("news"))
    names = ("licence_training", "licence_commercial", "licence_negotiated")
    assert [_facts(house, source)[name] for name in names] == ["none", "none", False]
    for licence in ("MIT", "LicenseRef-ours"):
        house.grants.record(
            NewGrant(kind="licence", purpose="model-training", source="news", licence=licence)
        )
    assert [_facts(house, source)[name] for name in names] == ["unclear", "unclear", False]
    own = {"LicenseRef-ours": Permissions("permitted", "prohibited", "permitted", False, False)}
    assert [_facts(house, source, own)[name] for name in names] == [
        "permitted",
        "prohibited",
        False,
    ]


# What the workspace says of licences itself

CONTRACT = "LicenseRef-our-contract"
AGREED: Terms = {
    CONTRACT: Permissions("permitted", "permitted", "permitted", False, False, negotiated=True)
}


@pytest.fixture
def licensed(house: House) -> House:
    """One record of no person, from a source with a contract of ours."""
    source = house.sources.declare(Source("stills", kind="licensed"))
    for kind, licence in (("licence", CONTRACT), ("no_personal_data", None)):
        house.grants.record(
            NewGrant(kind=kind, purpose="model-training", source="stills", licence=licence)
        )
    house.add(1, (), source)
    return house


def test_what_a_workspace_says_of_a_licence_decides(licensed: House) -> None:
    packs = [*load(["licences", "eu.gdpr"])]
    unsaid = licensed.clearances(packs)
    assert unsaid.explain(1, "fine-tuning").decision.word == "hold"
    said = licensed.clearances(packs, licences=AGREED)
    assert said.explain(1, "fine-tuning").decision.word == "allow"
    forbidden = {CONTRACT: Permissions("prohibited", "permitted", "permitted", False, False)}
    assert (
        licensed.clearances(packs, licences=forbidden).explain(1, "fine-tuning").decision.word
        == "deny"
    )


def test_one_record_and_all_records_read_licences_alike(licensed: House) -> None:
    for number in range(2, FEW + 10):
        licensed.add(number, (), 2)
    for terms in ({}, AGREED):
        clearances = licensed.clearances([*load(["licences", "eu.gdpr"])], licences=terms)
        computed = clearances.compute("fine-tuning")
        kept = clearances.keep("fine-tuning").clearance()
        assert len(computed.cleared) == (FEW + 9 if terms else 0)
        assert kept.cleared == computed.cleared
        explained = clearances.explain(1, "fine-tuning").decision
        assert (explained.word == "allow") == (1 in computed.cleared)


def test_the_ledger_tells_by_which_licences_a_clearance_was_computed(licensed: House) -> None:
    packs = [*load(["licences", "eu.gdpr"])]
    other = {CONTRACT: Permissions("permitted", "permitted", "permitted", True, False)}
    for terms in ({}, AGREED, other):
        clearances = licensed.clearances(packs, licences=terms)
        clearances.save(clearances.compute("fine-tuning"))
    entries = [e for e in licensed.ledger.entries() if e.kind == "clearance_computed"]
    told = [entry.facts["licences"] for entry in entries]
    assert told == [digest({}), digest(AGREED), digest(other)]
    assert len(set(told)) == 3
    assert b"our-contract" not in b"".join(entry.data for entry in entries)
