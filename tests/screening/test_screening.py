"""A screening looks at every record once, keeps what it found, and can be stopped at any time."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyroaring import BitMap64

import rightful
from rightful.errors import InvalidInput, NotFound
from rightful.forgetting import Outcome
from rightful.records import Mapping, Source, open_reader
from rightful.records.content import decode
from rightful.workspace import Workspace

MAIL, CARD = "ann@mail.example", "4111 1111 1111 1111"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = rightful.init(tmp_path / "here", controller="Us", establishment="DE")
    made.sources.declare(Source("mail"))
    made.sources.declare(Source("chat"))
    return made


Bring = Callable[..., None]


@pytest.fixture
def bring(workspace: Workspace, tmp_path: Path) -> Bring:
    """Imports texts of people, each given as reference and text."""

    def bring(*rows: tuple[str, str], source: str = "mail") -> None:
        count = len(workspace.records.metadata())
        path = tmp_path / f"rows-{count}.csv"
        lines = [f'{count + n},{who},"{text}"' for n, (who, text) in enumerate(rows)]
        path.write_text("\n".join(["id,who,text", *lines]) + "\n")
        mapping = Mapping.parse(["text=text", "subject=who", "reference=id"])
        workspace.importer.run(open_reader(path), mapping, source)

    return bring


def _texts(workspace: Workspace) -> list[str]:
    records = workspace.records.metadata().column("record").to_numpy()
    return [decode(data)["text"] for data in workspace.records.open_to_screen(records)]


def _column(workspace: Workspace, name: str) -> list[object]:
    values: list[object] = workspace.records.metadata().column(name).to_pylist()
    return values


def _policy(workspace: Workspace, text: str) -> None:
    (workspace.folder / "screening.yaml").write_text(text)


def test_what_is_found_in_each_record_is_kept(workspace: Workspace, bring: Bring) -> None:
    bring(("anna", f"Write to {MAIL} today."), ("ben", "Nothing here."), ("ben", f"card {CARD}"))
    told: list[tuple[int, int]] = []
    summary = workspace.screening.run(on_progress=lambda *at: told.append(at))
    assert _column(workspace, "findings") == [["email"], [], ["card"]]
    assert _column(workspace, "found") == ["contact", "", "financial"]
    assert (summary.records, summary.screened, summary.unreadable) == (3, 3, 0)
    assert summary.kinds == {"email": 1, "card": 1}
    assert summary.verdicts == {"pass": 3}
    assert told == [(3, 3)]
    (span,) = workspace.screening.records.of(BitMap64([0]))[0]
    assert _texts(workspace)[0][span.start : span.end] == MAIL
    entry = list(workspace.ledger.entries())[-1]
    assert entry.kind == "screening_finished"
    assert entry.facts["kinds"] == {"email": 1, "card": 1}


def test_only_what_is_new_is_looked_at_unless_detectors_or_policy_changed(
    workspace: Workspace, bring: Bring
) -> None:
    bring(("anna", "one"), ("ben", "two"))
    bring(("anna", "three"), source="chat")
    assert workspace.screening.run(source="chat").records == 1
    assert workspace.screening.run().records == 2
    assert workspace.screening.run().records == 0
    assert workspace.screening.run(again=True).records == 3
    bring(("dora", "four"))
    assert workspace.screening.run().records == 1
    _policy(workspace, "version: 1\nactions:\n  - {action: hold, kind: email}\n")
    assert workspace.screening.run().records == 4
    folder = workspace.folder / "detectors"
    folder.mkdir()
    (folder / "own.yaml").write_text(
        "id: own\ntitle: {en: Own, zh: 自有}\nversion: 1\ndetectors:\n"
        "  - id: staff\n    kind: staff\n    group: other\n    title: {en: Staff, zh: 员工}\n"
        "    pattern: '\\bSTAFF-[0-9]{4}\\b'\n    confidence: 0.9\n"
        "    examples: [{text: 'STAFF-1234', finds: ['STAFF-1234']}, {text: no, finds: []}]\n"
    )
    bring(("anna", "ask STAFF-7321"))
    assert workspace.screening.run().kinds == {"staff": 1}


def test_several_workers_find_what_one_finds(workspace: Workspace, bring: Bring) -> None:
    bring(*[("anna", f"{n}: {MAIL}" if n % 3 else f"{n} no") for n in range(40)])
    workspace.screening.run()
    alone = _column(workspace, "findings")
    workspace.screening.run(again=True, workers=2)
    assert _column(workspace, "findings") == alone
    with pytest.raises(InvalidInput, match="workers"):
        workspace.screening.run(workers=0)


def test_pictures_are_not_looked_into_and_what_they_hold_stays_unknown(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "pixels.jsonl"
    path.write_text('{"who": "anna", "pixels": [0, 1, 2, 3], "label": 1}\n')
    pairs = ["image=pixels", "label=label", "subject=who", "reference=label"]
    mapping = Mapping.parse([*pairs, "image_shape=2x2"])
    workspace.importer.run(open_reader(path), mapping, "mail")
    summary = workspace.screening.run()
    assert (summary.screened, summary.unreadable) == (0, 1)
    assert _column(workspace, "verdict") == _column(workspace, "findings") == [None]
    assert workspace.screening.run().records == 0


# What the policy changes


_REDACTS = "version: 1\nactions:\n  - {action: redact, kind: email}\n"


def test_a_redacted_text_takes_the_place_of_the_record(workspace: Workspace, bring: Bring) -> None:
    bring(("anna", f"Write to {MAIL} today."), ("ben", f"card {CARD}"))
    keys = sorted(_column(workspace, "key"), key=repr)
    _policy(workspace, _REDACTS)
    summary = workspace.screening.run()
    assert (summary.changed, summary.in_runs) == (1, 0)
    assert sorted(_texts(workspace)) == ["Write to [EMAIL] today.", f"card {CARD}"]
    assert sorted(_column(workspace, "key"), key=repr) == keys
    assert sorted(_column(workspace, "record"), key=repr) == [1, 2]
    assert workspace.screening.run().records == 0
    assert workspace.records.about(1).num_rows == 1


def test_what_was_redacted_is_held_already_when_it_is_imported_again(
    workspace: Workspace, bring: Bring, tmp_path: Path
) -> None:
    bring(("anna", f"Write to {MAIL} today."))
    _policy(workspace, _REDACTS)
    workspace.screening.run()
    mapping = Mapping.parse(["text=text", "subject=who", "reference=id"])
    done = workspace.importer.run(open_reader(tmp_path / "rows-0.csv"), mapping, "mail")
    assert (done.added, done.held, done.quarantined) == (0, 1, 0)


def test_what_a_policy_drops_or_holds_is_said_of_its_records(
    workspace: Workspace, bring: Bring
) -> None:
    bring(("anna", f"Write to {MAIL} today."), ("ben", f"card {CARD}"), ("ben", "none"))
    _policy(
        workspace,
        "version: 1\nactions:\n  - {action: drop, kind: email}\n"
        "  - {action: hold, group: financial}\n",
    )
    workspace.screening.run()
    assert _column(workspace, "verdict") == ["drop", "hold", "pass"]


_LETTER = "I have lived in this house for forty years, and the roof leaks in {}."


def test_of_several_copies_one_stays_whatever_the_order_of_import(
    workspace: Workspace, bring: Bring
) -> None:
    letters = [_LETTER.format(room) for room in ("May", "may", "the cellar")]
    bring(*[("anna", each) for each in letters[:1]], ("ben", "Thanks!"), ("dora", "Thanks!"))
    bring(("ben", letters[1]), ("dora", letters[2]), source="chat")
    assert workspace.screening.run().copies is None
    assert _column(workspace, "duplicate") == [None] * 5
    summary = workspace.screening.run(copies=True)
    assert (summary.clusters, summary.copies) == (2, 0)  # the same one, and one nearly the same
    _policy(
        workspace,
        "version: 1\nduplicates: {exact: keep first, near: keep all, threshold: 0.8}\n"
        "actions: [{action: flag}]\n",
    )
    summary = workspace.screening.run()
    assert (summary.clusters, summary.copies) == (2, 1)
    marked = _column(workspace, "duplicate")
    assert sorted(marked[n] is True for n in (0, 3)) == [False, True]
    assert [marked[n] for n in (1, 2, 4)] == [False] * 3


def test_an_erasure_takes_the_copies_of_what_is_erased_and_no_coincidences(
    workspace: Workspace, bring: Bring
) -> None:
    bring(("anna", _LETTER.format("May")), ("anna", "Thanks!"), ("ben", "Thanks!"))
    bring(("ben", _LETTER.format("May")), ("ben", "Other words."), source="chat")
    workspace.rights.erase(["anna"])
    assert sorted(_texts(workspace)) == ["Other words.", "Thanks!"]


def test_a_copy_that_comes_after_the_erasure_stays_away_however_it_is_written(
    workspace: Workspace, bring: Bring
) -> None:
    bring(("anna", _LETTER.format("May")), ("anna", "Thanks!"), ("ben", "Other words."))
    workspace.rights.erase(["anna"])
    again = [_LETTER.format("MAY").replace(" ", "  "), "Thanks!", _LETTER.format("June")]
    bring(*[("dora", each) for each in again], source="chat")
    assert sorted(_texts(workspace)) == sorted(["Other words.", *again[1:]])


# Whose identifiers these are


def test_a_record_in_which_somebody_is_named_by_an_identifier_is_theirs_too(
    workspace: Workspace, bring: Bring
) -> None:
    bring(("anna", "Hello."), ("ben", f"Ask Anna: {MAIL.upper()}"), ("ben", "Bye."))
    workspace.screening.run()
    assert _column(workspace, "subjects") == [[1], [2], [2]]
    workspace.identifiers.claim("anna", "email", MAIL)
    summary = workspace.screening.run()
    assert (summary.records, summary.linked) == (0, 1)
    assert _column(workspace, "subjects") == [[1], [1, 2], [2]]
    assert workspace.screening.run().linked == 0
    (answer,) = workspace.rights.erase(["anna"])
    assert answer.outcome == Outcome.NEVER_TRAINED
    assert _texts(workspace) == ["Bye."]


def test_an_erased_persons_identifiers_are_known_no_more(
    workspace: Workspace, bring: Bring
) -> None:
    bring(("anna", "Hello."), ("ben", "Bye."))
    workspace.identifiers.claim("anna", "email", MAIL)
    assert workspace.identifiers.any()
    workspace.rights.erase(["anna"])
    assert not workspace.identifiers.any()


def test_there_is_no_source_of_that_name(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="post"):
        workspace.screening.run(source="post")


# Interruptions


_KILLED = """
import os, signal, sys
import rightful
from rightful.screening import screening

screening._PIECE = 2
count = 0

def told(done, of):
    global count
    count += 1
    if count == 2:
        os.kill(os.getpid(), signal.SIGKILL)

rightful.open(sys.argv[1]).screening.run(on_progress=told)
"""


@pytest.mark.slow
def test_what_was_finished_before_a_kill_is_not_done_again(
    workspace: Workspace, bring: Bring
) -> None:
    bring(*[("anna", f"{n}: {MAIL}") for n in range(9)])
    done = subprocess.run([sys.executable, "-c", _KILLED, str(workspace.folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    summary = workspace.screening.run()
    assert summary.records == 5
    assert _column(workspace, "findings") == [["email"]] * 9


def test_found_words_are_in_no_file_of_the_workspace(workspace: Workspace, bring: Bring) -> None:
    bring(("anna", f"Write to {MAIL} or pay with {CARD}."), ("ben", f"me: {MAIL}"))
    workspace.identifiers.claim("anna", "email", MAIL)
    workspace.screening.run()
    words = [MAIL.encode(), CARD.encode(), CARD.replace(" ", "").encode()]
    for path in workspace.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(word in data for word in words), path
