"""Claim: Rightful decides at least 300 times as fast as Cedar with the same verdicts, and at scale.

Speed. One policy of ten rules over the same facts (bench/_ten_rules.py) is asked of cedarpy, with
its policies parsed once, of regorus by `set_input_json`, of a plain Python function, and of
`Gates.decide`. Facts are drawn from a fixed seed, each column by itself, so nearly every row is
like no other; some are not known, and the answer is allow, hold or deny. Ours goes from the Arrow
table of facts to a decision for each record with its reasons, asks the built-in rules, too, and
uses all cores. The peers use one, and get their rows ready made, one by one, on a sample:
turning facts into their JSON is not counted. They take turns with us. A verdict that differs, or an
error that Cedar reports beside one, and the claim does not hold.

Scale. All packs with all their rules, over a made-up workspace of 2 million people and 4 million
grants (bench/_corpus.py): which records may be used, the join with the grants included, at least 3
million records a second at every size, in less than 6 GB, and a record takes no longer where there
are more. What is read of store and registry is at hand, as it is in a process that has read them;
the seconds which that takes, from Arrow tables on, are told beside. Each size has a process of its
own, so that its memory is its own, too.

Keeping. A real workspace (bench/_workspace.py) of 10 million records, 2 million people and 4
million grants: a withdrawal is reflected in the clearance that is kept in under 20 ms, and a record
is explained in under 100 ms (medians of 100), and in the end it equals a full recomputation, whose
time stands beside it.

    python bench/clearance.py            # all of it, about 10 minutes
    python bench/clearance.py --quick    # scale at 1 million, keeping at 100,000; under 50 s
"""

import argparse
import importlib.util
import itertools
import json
import multiprocessing
import os
import platform
import resource
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

import _corpus
import _ten_rules
import _upkeep
from rightful.clearance.judging import judge
from rightful.clearance.situations.corpus import corpus
from rightful.clearance.situations.inquiry import Inquiry
from rightful.policy import Decision, Gates, built_in, load
from rightful.policy.facts import SCHEMA
from rightful.policy.reading import read

TARGET = 300
PER_SECOND, GIGABYTES = 3_000_000, 6.0
#: How much longer a record may take at a size than at the one before it.
LINEAR = 1.1
SEED = 20261125
#: Records that are judged at once, as a clearance does.
BATCH = 1_000_000
#: A clearance is computed so often; the median counts.
REPEATS = 3
#: In each turn we judge a batch, and each peer so many of its first records.
TURNS = 10
SAMPLES = {"cedarpy": 2_000, "celine-regorus": 2_000, "python": 20_000}
REFLECTED_MS, EXPLAINED_MS = 20, 100
#: Records, people and grants of the workspace that is kept.
FULL_WORKSPACE, QUICK_WORKSPACE = (10_000_000, 2_000_000, 4_000_000), (100_000, 20_000, 40_000)
MODULES = {"cedarpy": "cedarpy", "celine-regorus": "regorus"}

_STATUSES = ("active", "none", "withdrawn", "expired", "pending")
#: For each text: its values with how often each comes, of a hundred.
_TEXTS: dict[str, dict[str, int]] = {
    "consent": dict(zip(_STATUSES, (67, 20, 3, 8, 2), strict=True)),
    "contract": dict(zip(_STATUSES, (25, 65, 1, 8, 1), strict=True)),
    "legitimate_interests": dict(zip(_STATUSES, (30, 66, 1, 2, 1), strict=True)),
    "public_task": dict(zip(_STATUSES, (5, 91, 1, 2, 1), strict=True)),
    "licence": dict(zip(_STATUSES, (60, 30, 2, 7, 1), strict=True)),
    "residence": {"DE": 25, "FR": 15, "US": 25, "CN": 15, "IN": 8, "BR": 6, "JP": 6},
    "source_kind": {"user_data": 60, "licensed": 15, "public_dataset": 10, "crawl": 15},
    "method": {"form": 35, "upload": 15, "service_use": 25, "download": 10, "crawl": 15},
}
#: For each truth value: how often it is true, of a hundred.
_TRUTHS = {
    "consent_other_purpose": 8,
    "consent_by_guardian": 30,
    "restricted": 1,
    "objected": 2,
    "public_source": 25,
}
_NUMBERS = {"age": (5, 96), "retention_days": (-150, 3650)}
#: Of each fact.
_SHARE_UNKNOWN = 0.03

Verdicts = list[str]
Asked = Callable[[pa.Table], tuple[Verdicts, float]]


def facts(batch: int, rows: int = BATCH) -> pa.Table:
    """A batch of facts about people; what no rule reads is not known."""
    drawn = np.random.default_rng((SEED, batch))
    numbers = pa.array(np.arange(batch * BATCH, batch * BATCH + rows))
    none = pa.array(["none"]).take(pa.array(np.zeros(rows, np.int8)))
    columns: dict[str, pa.Array] = {
        "record": numbers,
        "subject": numbers,
        "personal": pa.array(np.ones(rows, bool)),
        # Read by a built-in rule, which would hold the record for what the ten never ask.
        "legal_obligation": none,
        "vital_interests": none,
        "screening_verdict": none,
        "duplicate": none,
    }
    for name, shares in _TEXTS.items():
        chances = np.array(list(shares.values())) / 100
        codes = drawn.choice(len(shares), rows, p=chances).astype(np.int8)
        indices = pa.array(codes, mask=_unknown(drawn, rows))
        columns[name] = pa.DictionaryArray.from_arrays(indices, list(shares)).cast(pa.string())
    for name, often in _TRUTHS.items():
        columns[name] = pa.array(drawn.random(rows) * 100 < often, mask=_unknown(drawn, rows))
    for name, (low, high) in _NUMBERS.items():
        drawn_numbers = drawn.integers(low, high, rows, dtype=np.int32)
        columns[name] = pa.array(drawn_numbers, mask=_unknown(drawn, rows))
    nothing = {kind: pa.nulls(rows, kind) for kind in set(SCHEMA.types)}
    return pa.table([columns.get(f.name, nothing[f.type]) for f in SCHEMA], schema=SCHEMA)


def _unknown(drawn: np.random.Generator, rows: int) -> npt.NDArray[np.bool_]:
    mask: npt.NDArray[np.bool_] = drawn.random(rows) < _SHARE_UNKNOWN
    return mask


# Those that are asked: each gives its verdicts and the seconds that they took


def rightful(gates: Gates, table: pa.Table) -> tuple[Verdicts, float]:
    begun = time.perf_counter()
    decided = gates.decide(table)
    took = time.perf_counter() - begun
    order = np.argsort(decided.column("record").to_numpy())
    numbers = decided.column("decision").to_numpy()[order].tolist()
    words = {int(decision): decision.word for decision in Decision}
    return [words[number] for number in numbers], took


def cedar() -> Asked:
    import cedarpy

    policies = cedarpy.PolicySet.from_str(_ten_rules.CEDAR)
    nobody = cedarpy.Entities.from_json_str("[]")
    request = {"principal": 'Purpose::"training"', "action": 'Action::"use"'}

    def ask(table: pa.Table) -> tuple[Verdicts, float]:
        numbers = table.column("record").to_pylist()
        requests = [
            {**request, "resource": f'Record::"{number}"', "context": said}
            for number, said in zip(numbers, _said(table), strict=True)
        ]
        verdicts = []
        begun = time.perf_counter()
        for each in requests:
            answer = cedarpy.is_authorized(each, policies, nobody)
            told = answer.diagnostics
            if told.errors:
                verdicts.append("error")
            elif answer.allowed:
                verdicts.append("allow")
            elif (
                len(told.reasons) == 1 and _ten_rules.HELD in told.id_annotations_by_reason.values()
            ):
                verdicts.append("hold")
            else:
                verdicts.append("deny")
        return verdicts, time.perf_counter() - begun

    return ask


def regorus() -> Asked:
    from regorus import Engine

    engine = Engine()
    engine.add_policy("bench.rego", _ten_rules.REGO)

    def ask(table: pa.Table) -> tuple[Verdicts, float]:
        rows = _said(table)
        verdicts = []
        begun = time.perf_counter()
        for each in rows:
            engine.set_input_json(each)
            verdicts.append(engine.eval_rule("data.bench.verdict"))
        return verdicts, time.perf_counter() - begun

    return ask


def python(table: pa.Table) -> tuple[Verdicts, float]:
    rows = table.select(list(_ten_rules.COLUMNS)).to_pylist()
    begun = time.perf_counter()
    verdicts = [_ten_rules.python(each) for each in rows]
    return verdicts, time.perf_counter() - begun


def _said(table: pa.Table) -> list[str]:
    return [_ten_rules.row(each) for each in table.select(list(_ten_rules.COLUMNS)).to_pylist()]


# The two measurements


def speed() -> dict[str, Any]:
    """Decisions per second of each, in turns, and how many verdicts differ from ours."""
    gates = Gates([read(_ten_rules.RIGHTFUL, "bench/_ten_rules.py")])
    peers: dict[str, Asked] = {"cedarpy": cedar(), "celine-regorus": regorus(), "python": python}
    per_second: dict[str, list[float]] = {name: [] for name in ("rightful", *peers)}
    verdicts: Counter[str] = Counter()
    differing: Counter[str] = Counter()
    rightful(gates, facts(TURNS))  # the first query of a process is slow
    for turn in range(TURNS):
        table = facts(turn)
        found, took = rightful(gates, table)
        verdicts.update(found)
        per_second["rightful"].append(table.num_rows / took)
        for name, ask in peers.items():
            theirs, took = ask(table.slice(0, SAMPLES[name]))
            ours = found[: len(theirs)]
            differing[name] += sum(a != b for a, b in zip(theirs, ours, strict=True))
            per_second[name].append(len(theirs) / took)
        print("  ".join(f"{name} {speeds[-1]:,.0f}/s" for name, speeds in per_second.items()))
    asked = table.select(list(_ten_rules.COLUMNS))
    return {
        "records": TURNS * BATCH,
        "sampled": {name: TURNS * rows for name, rows in SAMPLES.items()},
        "unknown_share": _SHARE_UNKNOWN,
        "per_second": {name: [round(s) for s in speeds] for name, speeds in per_second.items()},
        "ratios": [
            round(ours / theirs, 1)
            for ours, theirs in zip(per_second["rightful"], per_second["cedarpy"], strict=True)
        ],
        "verdicts": dict(verdicts),
        "differing": dict(differing),
        "distinct_facts": round(
            asked.group_by(asked.column_names).aggregate([]).num_rows / BATCH, 3
        ),
        "versions": {name: version(name) for name in (*MODULES, "duckdb")},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }


def scale(sizes: Sequence[int]) -> list[dict[str, Any]]:
    """For each size, in a process of its own: the seconds, the memory, and what was decided."""
    rows: list[dict[str, Any]] = []
    for size in sizes:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            rows.append(process.submit(judged, size).result())
        print("  ".join(f"{name} {value}" for name, value in rows[-1].items()))
    return rows


class Drawn(Iterator[pa.Table]):
    """The batches of a corpus, with the seconds that it took to make them up."""

    def __init__(self, made: _corpus.Corpus) -> None:
        self._batches = made.batches()
        self.seconds = 0.0

    def __next__(self) -> pa.Table:
        begun = time.perf_counter()
        try:
            return next(self._batches)
        finally:
            self.seconds += time.perf_counter() - begun


def judged(size: int) -> dict[str, Any]:
    """All packs over a corpus that is at hand: which of its records may be used.

    As in a process that has read its workspace once. What reading takes stands beside it: `loading`
    are the seconds from Arrow tables of records to arrays, `preparing` those from a table of grants
    to sorted arrays, with the other tables of the registry.
    """
    made = _corpus.Corpus(size)
    gates = Gates(load(built_in()), advisory=True)
    begun = time.perf_counter()
    seen = made.view()
    preparing = time.perf_counter() - begun
    batches = Drawn(made)
    begun = time.perf_counter()
    held = corpus(batches)
    loading = time.perf_counter() - begun - batches.seconds
    took = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        found = judge(gates, held, Inquiry(seen, held, _corpus.COVERING, _corpus.SHARED))
        cleared = found.decided(Decision.ALLOW, Decision.ALLOW_WITH_CONDITIONS)
        decisions = found.decision_counts()
        took.append(time.perf_counter() - begun)
    seconds = statistics.median(took)
    return {
        "records": size,
        "seconds": round(seconds, 3),
        "per_second": round(size / seconds),
        "loading_seconds": round(loading, 2),
        "preparing_seconds": round(preparing, 2),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "gates": len(gates.gates),
        "cases": len(found.cases),
        "cleared": len(cleared),
        "decisions": {decision.word: int(decisions[decision]) for decision in Decision},
    }


def scales(rows: Sequence[dict[str, Any]]) -> bool:
    """Whether what `scale` found is fast enough, small enough and linear."""
    each = [row["seconds"] / row["records"] for row in rows]
    return all(
        row["per_second"] >= PER_SECOND and row["peak_gb"] < GIGABYTES for row in rows
    ) and all(more <= LINEAR * fewer for fewer, more in itertools.pairwise(each))


def kept(quick: bool) -> dict[str, Any]:
    """A clearance kept up to date in a workspace of its own; see bench/_upkeep.py."""
    records, people, grants = QUICK_WORKSPACE if quick else FULL_WORKSPACE
    with tempfile.TemporaryDirectory() as folder:
        return _upkeep.upkeep(records, Path(folder), subjects=people, grants=grants)


def keeps(row: dict[str, Any]) -> bool:
    """Whether what `kept` found is quick enough, and the same as a full recomputation."""
    return bool(
        row["same"]
        and row["left"] > 0
        and row["reflected_ms"]["median"] < REFLECTED_MS
        and row["explained_ms"]["median"] < EXPLAINED_MS
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller sizes, under 50 s")
    given = parser.parse_args()
    missing = [name for name, module in MODULES.items() if not importlib.util.find_spec(module)]
    figures: dict[str, Any] = {}
    ratio = None
    if missing:
        print(
            f"{' and '.join(missing)} not installed, so nothing was measured: "
            "pip install -c constraints.txt -e '.[bench]'"
        )
    else:
        figures = speed()
        ratio = round(statistics.median(figures["ratios"]), 1)
        figures["scale"] = scale([BATCH] if given.quick else [BATCH, 10 * BATCH, 50 * BATCH])
        figures["kept"] = kept(given.quick)
    print(
        json.dumps(
            {
                "claim": f"on one policy and the same facts, at least {TARGET} times cedarpy's "
                f"decisions per second with identical verdicts; with all packs, at least "
                f"{PER_SECOND:,} records per second in under {GIGABYTES:g} GB, and linear; a "
                f"withdrawal reflected in under {REFLECTED_MS} ms, explained in {EXPLAINED_MS} ms",
                "figures": figures,
                "ratio": ratio,
                "target": TARGET,
                "holds": ratio is not None
                and ratio >= TARGET
                and not any(figures["differing"].values())
                and scales(figures["scale"])
                and keeps(figures["kept"]),
            }
        )
    )


if __name__ == "__main__":
    main()
