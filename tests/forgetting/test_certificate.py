"""A certificate holds for whoever has the public key, and no byte of it can be changed."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from tests.workspaces import BORN, EVIDENCE, PEOPLE, RESIDENCE

import rightful
from rightful import canonical, moments
from rightful.errors import NotVerified
from rightful.forgetting import Verified, verify
from rightful.forgetting.certificate import write
from rightful.ledger import ExportedLedger
from rightful.registry.tables import certificates, ledger_entries
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.workspaces import Town

ONE = PEOPLE["tuned"][3]


class Issued:
    """A certificate with what somebody needs to check it, and its workspace."""

    def __init__(self, folder: Path, data: bytes, key: str, pseudonym: str) -> None:
        self.folder = folder
        self.data = data
        self.key = key
        self.pseudonym = pseudonym
        self.ledger = ExportedLedger(folder / "ledger")


@pytest.fixture(scope="session")
def issued(trained_folder: Path, town: "Town", tmp_path_factory: pytest.TempPathFactory) -> Issued:
    folder = tmp_path_factory.mktemp("issued") / "workspace"
    shutil.copytree(trained_folder, folder)
    with rightful.open(folder) as workspace:
        kind = "grant_recorded"
        own = workspace.subjects.find(ONE)
        (entry,) = [
            each.facts
            for each in workspace.ledger.entries()
            if each.kind == kind and each.facts["grant"] == workspace.grants.about(own)[0].number
        ]
        (answer,) = workspace.rights.erase([ONE])
        assert answer.certificate is not None
        data = answer.certificate.read_bytes()
        return Issued(folder, data, workspace.ledger.public_key, entry["subject"])


@pytest.fixture
def reopened(issued: Issued, tmp_path: Path) -> Workspace:
    """A copy of the workspace, to be tampered with."""
    shutil.copytree(issued.folder, tmp_path / "copy")
    return rightful.open(tmp_path / "copy")


def test_it_holds_with_the_key_alone_and_with_the_ledger(issued: Issued) -> None:
    alone = verify(issued.data, issued.key)
    assert alone.body["outcome"] == "exact"
    assert alone.size == json.loads(issued.data)["proof"]["size"]
    with_ledger = verify(issued.data, issued.key, issued.ledger)
    assert with_ledger.body == alone.body
    assert with_ledger.number < alone.size <= with_ledger.size == issued.ledger.size
    assert alone.origin.endswith(alone.body["workspace"])


def test_it_says_what_was_done(issued: Issued) -> None:
    body = verify(issued.data, issued.key).body
    now = moments.now()
    assert moments.parse(body["received_at"]) <= moments.parse(body["started_at"])
    assert moments.parse(body["started_at"]) < moments.parse(body["certified_at"]) <= now
    (run,) = body["runs"]
    with rightful.open(issued.folder) as workspace:
        after = workspace.trainer.runs.get(run["after"])
        assert run["weights_after"] == after.weights_sha256 != run["weights_before"]
        assert run["program_sha256"] == after.program.sha256
        assert run["start_sha256"] == after.start_sha256
        assert run["environment"] == after.environment
    known = {name: body[name] for name in ("controller", "kind", "forgetting", "request")}
    assert known == {"controller": "Example Lab", "kind": "erase", "forgetting": 1, "request": 1}
    assert (body["records"], body["records_of_all_requests"]) == (6, 6)
    assert (run["records_before"], run["records_after"]) == (61, 55)
    assert (body["key_destroyed"], body["bytes_purged"]) == (True, True)
    assert (body["models"], body["runs_discarded"], body["because"]) == (["tuned"], [], [])


def test_the_subject_is_the_pseudonym_of_the_ledger_and_nothing_makes_it_again(
    issued: Issued,
) -> None:
    body = verify(issued.data, issued.key).body
    assert body["subject"] == issued.pseudonym
    with rightful.open(issued.folder) as workspace:
        kinds = [
            entry.kind
            for entry in workspace.ledger.entries()
            if entry.facts.get("subject") == issued.pseudonym
        ]
    assert kinds == ["grant_recorded", "request_received", "subject_erased", "certificate_issued"]


def test_nothing_personal_is_in_it_or_in_the_ledger(issued: Issued) -> None:
    files = [path for path in (issued.folder / "ledger").rglob("*") if path.is_file()]
    texts = [issued.data, *(path.read_bytes() for path in files)]
    assert len(texts) > 3
    people = [person for group in PEOPLE.values() for person in group]
    for secret in (*people, "@people.example", EVIDENCE, f":{BORN}", f'"{RESIDENCE}"'):
        # The establishment of the controller is in the ledger, and is no secret.
        found = [text.replace(b'"establishment":"DE"', b"") for text in texts]
        assert not any(secret.encode() in text for text in found), secret


@given(st.data())
@settings(max_examples=600)
def test_no_byte_can_be_changed(issued: Issued, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(issued.data) - 1))
    byte = data.draw(st.integers(0, 255))
    how = data.draw(st.sampled_from(["flip", "delete", "insert", "cut"]))
    rest = {"flip": place + 1, "delete": place + 1, "insert": place, "cut": len(issued.data)}[how]
    put = b"" if how in ("delete", "cut") else bytes([byte])
    changed = issued.data[:place] + put + issued.data[rest:]
    if changed == issued.data:
        return
    with pytest.raises(NotVerified):
        verify(changed, issued.key)


@pytest.mark.parametrize("bit", range(8))
def test_no_bit_can_be_flipped_anywhere(issued: Issued, bit: int) -> None:
    for place in range(len(issued.data)):
        changed = bytearray(issued.data)
        changed[place] ^= 1 << bit
        with pytest.raises(NotVerified):
            verify(bytes(changed), issued.key)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=100)
def test_what_is_no_certificate_is_refused_as_one(issued: Issued, data: bytes) -> None:
    with pytest.raises(NotVerified):
        verify(data, issued.key)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    st.sampled_from(
        ["body", "format", "signature", "entry", "number", "size", "hashes", "checkpoint", "proof"]
    ),
    json_values,
)
@settings(max_examples=300)
def test_no_part_can_be_another_value(issued: Issued, name: str, value: Any) -> None:
    table = json.loads(issued.data)
    holder = table if name in table else table["proof"]
    if holder[name] == value:
        return
    holder[name] = value
    with pytest.raises(NotVerified):
        verify(canonical.encode(table), issued.key)


def test_the_key_of_another_workspace_is_refused(issued: Issued, trained: Workspace) -> None:
    with rightful.init(
        issued.folder.parent / "stranger", controller="Example Lab", establishment="DE"
    ) as stranger:
        with pytest.raises(NotVerified, match="key"):
            verify(issued.data, stranger.ledger.public_key)
        stranger.ledger.export(issued.folder.parent / "strange-ledger")
    other = ExportedLedger(issued.folder.parent / "strange-ledger")
    with pytest.raises(NotVerified):
        verify(issued.data, issued.key, other)
    with pytest.raises(NotVerified):
        verify(issued.data, "no key at all", issued.ledger)


def test_a_ledger_that_was_cut_is_refused(issued: Issued, reopened: Workspace) -> None:
    with reopened:
        number = verify(issued.data, issued.key).number
        with reopened.registry.transaction() as connection:
            connection.execute(delete(certificates))
            connection.execute(delete(ledger_entries).where(ledger_entries.c.number > number - 2))
        reopened.ledger.export(reopened.folder / "cut")
        with pytest.raises(NotVerified, match="cut"):
            verify(issued.data, issued.key, ExportedLedger(reopened.folder / "cut"))


def test_a_ledger_that_was_rewritten_is_refused(issued: Issued, reopened: Workspace) -> None:
    """Even by whoever has the key, once a certificate has been given out."""
    with reopened:
        first = select(ledger_entries).where(ledger_entries.c.number == 1)
        entry = bytes(reopened.registry.rows(first)[0].entry)
        with reopened.registry.transaction() as connection:
            connection.execute(
                update(ledger_entries)
                .where(ledger_entries.c.number == 1)
                .values(entry=entry.replace(b'"at":"20', b'"at":"21'))
            )
        reopened.ledger.export(reopened.folder / "rewritten")
        rewritten = ExportedLedger(reopened.folder / "rewritten")
        rewritten.verify(issued.key)  # in itself it is whole
        with pytest.raises(NotVerified, match="not the one"):
            verify(issued.data, issued.key, rewritten)


def test_a_ledger_with_a_changed_file_is_refused(issued: Issued, tmp_path: Path) -> None:
    shutil.copytree(issued.folder / "ledger", tmp_path / "ledger")
    for path in sorted((tmp_path / "ledger" / "tile").rglob("*")):
        if path.is_file():
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            with pytest.raises(NotVerified):
                verify(issued.data, issued.key, ExportedLedger(tmp_path / "ledger"))
            path.write_bytes(whole)


def test_an_entry_about_another_body_is_refused(issued: Issued, reopened: Workspace) -> None:
    """Signature and proof are right, each by itself, and don't belong together."""
    with reopened:
        good = verify(issued.data, issued.key)
        better = {**good.body, "outcome": "exact", "records": 7}
        with pytest.raises(NotVerified, match="not about this certificate"):
            verify(write(reopened.ledger, better, good.number), issued.key)
        with pytest.raises(NotVerified, match="not about this certificate"):
            verify(write(reopened.ledger, good.body, good.number - 1), issued.key)
        again = write(reopened.ledger, good.body, good.number)
        assert isinstance(verify(again, issued.key), Verified)
