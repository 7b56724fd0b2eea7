"""The page of coverage is what the packs say, and no row of the fact sheet is passed over."""

import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from rightful.policy import Pack, built_in, load
from rightful.policy.lint import references

ROOT = Path(__file__).parents[2]
PACKS = load(built_in())


def _script() -> ModuleType:
    """tools/coverage, which has no ending by which Python would find it."""
    loader = importlib.machinery.SourceFileLoader("coverage_page", str(ROOT / "tools/coverage"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


SCRIPT = _script()


@pytest.fixture(scope="module")
def rows() -> list[str]:
    """The ids of all duties in the fact sheet that lies beside the repository."""
    if not SCRIPT.SHEET.is_file():
        pytest.skip(f"no fact sheet at {SCRIPT.SHEET}")
    found: list[str] = SCRIPT.sheet_rows(SCRIPT.SHEET.read_text("utf-8"))
    return found


def test_the_list_of_rows_that_is_shipped_is_that_of_the_sheet(rows: list[str]) -> None:
    assert tuple(rows) == references()
    assert SCRIPT.LISTED.read_text("utf-8") == SCRIPT.listing(rows)


def test_the_sheet_has_the_rows_that_it_is_known_to_have(rows: list[str]) -> None:
    assert len(rows) == len(set(rows)) > 150
    known = {"EU.GDPR.5.1f/32", "EU.AIA.10.5", "CN.PIPL.28–30", "CN.45654.eval.corpus.manual"}
    assert known | {"US.CA.AB2013.12", "US.CCPA.7200–7222", "KR.PIPA"} <= set(rows)


@pytest.mark.parametrize("row", references())
def test_every_row_is_encoded_or_named_with_the_reason_why_not(row: str) -> None:
    assert SCRIPT.missing([row], PACKS) == []


def test_the_page_is_what_the_script_writes() -> None:
    assert SCRIPT.PAGE.read_text("utf-8") == SCRIPT.page(references(), PACKS)


@pytest.mark.parametrize(
    ("row", "ids"),
    [
        ("CN.PIPL.5–9", {"CN.PIPL.5", "CN.PIPL.7", "CN.PIPL.9", "CN.PIPL.5-9"}),
        ("EU.GDPR.5.1f/32", {"EU.GDPR.5.1f", "EU.GDPR.32"}),
        ("EU.AIA.10.2f–g", {"EU.AIA.10.2f", "EU.AIA.10.2g"}),
        ("EU.GDPR.12.1–2", {"EU.GDPR.12.1", "EU.GDPR.12.2"}),
        ("CN.GAI.12/14/15", {"CN.GAI.12", "CN.GAI.14", "CN.GAI.15"}),
        ("EU.GDPR.6", {"EU.GDPR.6"}),
    ],
)
def test_a_row_of_several_articles_means_each_of_them(row: str, ids: set[str]) -> None:
    assert ids <= set(SCRIPT.meant(row))
    assert not {"CN.PIPL.10", "EU.GDPR.12.3", "EU.GDPR.7"} & set(SCRIPT.meant(row))


def test_a_row_that_no_pack_names_is_missing() -> None:
    gdpr: list[Pack] = [pack for pack in PACKS if pack.id == "eu.gdpr"]
    assert SCRIPT.missing(["EU.GDPR.6", "KR.PIPA", "CN.PIPL.13"], gdpr) == ["KR.PIPA", "CN.PIPL.13"]
    assert "## In no pack\n\n- `KR.PIPA`\n" in SCRIPT.page(["EU.GDPR.6", "KR.PIPA"], gdpr)
    advisory = [rule.id for pack in PACKS for rule in pack.rules if rule.advisory]
    page = SCRIPT.page(advisory, PACKS)
    assert all(f"`{name}` (" in page for name in advisory)
    assert page.count(", advisory)") >= len(advisory)
