"""What keeping a clearance costs: a withdrawal reflected, a record explained, all computed anew."""

import random
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

import _corpus
import _workspace
from rightful.keys import Holder
from rightful.registry.tables import grants, subjects
from rightful.workspace import Workspace

TIMES = 100


def upkeep(records: int, folder: Path, *, subjects: int, grants: int) -> dict[str, Any]:
    """Figures of a workspace of these sizes under `folder`; it is made if it is not there.

    All packs are asked. The peer is a full recomputation with the records in memory already.
    """
    with _workspace.build(folder, records, subjects, grants) as workspace:
        kept = workspace.clearances.keep(_workspace.PURPOSE)
        first, _ = _timed(kept.clearance)
        withdrawn, reflected, left = [], [], 0
        before = len(kept.clearance().cleared)
        for number in _willing(workspace):
            took, ended = _timed(workspace.grants.withdraw, _workspace.reference(number))
            assert ended
            withdrawn.append(took)
            took, found = _timed(kept.clearance)
            reflected.append(took)
            left += before - len(found.cleared)
            before = len(found.cleared)
        drawn = random.Random(_corpus.SEED)
        explained = [
            _timed(workspace.clearances.explain, drawn.randint(1, records), _workspace.PURPOSE)[0]
            for _ in range(TIMES)
        ]
        anew, whole = _timed(workspace.clearances.compute, _workspace.PURPOSE)
        now = kept.clearance()
        return {
            "records": records,
            "first_seconds": round(first, 2),
            "recomputed_seconds": round(anew, 2),
            "withdrawal_ms": _milliseconds(withdrawn),
            "reflected_ms": _milliseconds(reflected),
            "explained_ms": _milliseconds(explained),
            "left": left,
            "same": now.cleared == whole.cleared and now.counts == whole.counts,
            "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        }


def _timed(act: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = act(*given)
    return time.perf_counter() - begun, found


def _milliseconds(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(1000 * each for each in seconds)
    return {
        "median": round(statistics.median(ordered), 1),
        "slowest": round(ordered[-1], 1),
    }


def _willing(workspace: Workspace) -> list[int]:
    """People, always the same of those left, with a consent to withdraw; with a key, as people
    have."""
    query = (
        select(grants.c.subject)
        .join(subjects, subjects.c.id == grants.c.subject)
        .where(
            grants.c.kind == "consent",
            grants.c.withdrawn_at.is_(None),
            grants.c.valid_to.is_(None),
            grants.c.valid_from < _corpus.AT.isoformat(),
            subjects.c.erased_at.is_(None),
        )
        .order_by(grants.c.id)
        .limit(100 * TIMES)
    )
    people = sorted({row.subject for row in workspace.registry.rows(query)})
    drawn = random.Random(_corpus.SEED)
    chosen = drawn.sample(people, TIMES)
    have = workspace.keyring.load(Holder("subject", number) for number in chosen)
    lacking = [h for h in (Holder("subject", number) for number in chosen) if h not in have]
    with workspace.registry.transaction() as connection:
        workspace.keyring.create(connection, lacking)
    return chosen
