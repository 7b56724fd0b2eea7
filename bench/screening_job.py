"""Claim: a million records of a kilobyte are screened in under 3 GB, and none twice after kill -9.

`rightful screen` runs as a person starts it, over a workspace filled by `RecordStore.append` with
invented texts from a fixed seed, each sealed under the key of its source. The memory is that of the
whole tree of processes, a page that several have counted for each, looked at twenty
times a second. On a workspace like it, the job is killed with SIGKILL after it has kept some of its
findings, and started again: what the first one kept must not be screened again by the second, and
in the end every record is screened.

    python bench/screening_job.py            # 1,000,000 records
    python bench/screening_job.py --quick    # 50,000
"""

import argparse
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import rightful
from rightful.keys import Holder
from rightful.records import Source, content
from rightful.records.store import NewRecord
from rightful.workspace import Workspace

GIGABYTES = 3.0
SEED = 20261125
#: Records that are appended at once: what becomes one fragment of the store.
FRAGMENT = 10_000
PROGRAM = (sys.executable, "-c", "from rightful.cli import main; main()")
_WORDS = ("the", "tide", "came", "in", "over", "old", "stones", "and", "boats", "lay", "still")


def build(folder: Path, records: int) -> Workspace:
    """A workspace with so many texts of about a kilobyte, of which a tenth hold an address."""
    made = rightful.init(folder, controller="Bench", establishment="DE")
    made.sources.declare(Source("texts"))
    source = made.sources.number("texts")
    drawn = random.Random(SEED)
    with made.registry.transaction() as connection:
        first = made.registry.take(connection, "record", records)
        made.keyring.create(connection, [Holder("source", source)])
    for start in range(first, first + records, FRAGMENT):
        made.records.append(
            [
                NewRecord(
                    n, source, (), n.to_bytes(16, "big"), content.encode({"text": _text(drawn, n)})
                )
                for n in range(start, min(start + FRAGMENT, first + records))
            ]
        )
    return made


def _text(drawn: random.Random, number: int) -> str:
    words = drawn.choices(_WORDS, k=215)
    if not number % 10:
        words[drawn.randrange(200)] = f"person{number}@mail.example"
    return " ".join(words)


def job(folder: Path, workers: int) -> subprocess.Popen[str]:
    """`rightful screen`, under way."""
    return subprocess.Popen(
        [
            *PROGRAM,
            *("screen", "--workers", str(workers), "--json", "-w", str(folder)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def screened(made: Workspace) -> int:
    """How many records of a store have been screened."""
    column = made.records.placed(["screened_with"]).column("screened_with")
    return len(column) - int(column.null_count)


def whole(folder: Path, workers: int) -> dict[str, Any]:
    """One job from its start to its end: seconds, and the most memory of its processes."""
    begun = time.perf_counter()
    running = job(folder, workers)
    peak = 0
    while running.poll() is None:
        peak = max(peak, sum(_resident(each) for each in _tree(running.pid)))
        time.sleep(0.05)
    seconds = time.perf_counter() - begun
    told = _told(running)
    return {
        "screened": told["screened"],
        "found": told["kinds"],
        "seconds": round(seconds, 1),
        "per_second": round(told["screened"] / seconds),
        "peak_gb": round(peak / 1e9, 2),
    }


def killed(folder: Path, workers: int) -> dict[str, Any]:
    """One job that is killed when it has kept something, and the one that goes on."""
    with rightful.open(folder) as made:
        running = job(folder, workers)
        while running.poll() is None and not screened(made):
            time.sleep(0.2)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        kept = screened(made)
        records = made.records.metadata().num_rows
        again = job(folder, workers)
        again.wait()
        second = _told(again)["screened"]
        return {
            "records": records,
            "kept_before_kill": kept,
            "screened_after": second,
            "twice": kept + second - records,
            "left": records - screened(made),
        }


def _told(ended: subprocess.Popen[str]) -> dict[str, Any]:
    assert ended.stdout is not None
    said = ended.stdout.read()
    if ended.returncode:
        raise SystemExit(f"rightful screen ended with {ended.returncode}")
    told: dict[str, Any] = json.loads(said)
    return told


def _tree(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it ended meanwhile
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="50,000 records")
    parser.add_argument("--workers", type=int, default=2, help="processes that scan")
    given = parser.parse_args()
    records = 50_000 if given.quick else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / name for name in ("whole", "killed")]
        for folder in folders:
            build(folder, records).close()
        figures = {
            "workers": given.workers,
            "whole": whole(folders[0], given.workers),
            "killed": killed(folders[1], given.workers),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        }
    peak, broken = figures["whole"]["peak_gb"], figures["killed"]
    ratio = round(GIGABYTES / peak, 2)
    interrupted = 0 < broken["kept_before_kill"] < records
    print(
        json.dumps(
            {
                "claim": f"a store of {records:,} records of a kilobyte is screened in under "
                f"{GIGABYTES:g} GB, and after kill -9 no record whose findings were kept is "
                "screened again",
                "figures": figures,
                "ratio": ratio,
                "target": 1,
                "holds": ratio > 1
                and figures["whole"]["screened"] == records
                and interrupted
                and broken["twice"] == broken["left"] == 0,
            }
        )
    )


if __name__ == "__main__":
    main()
