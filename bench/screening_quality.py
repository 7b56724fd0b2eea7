"""Claims: screening finds what is there, and seldom what isn't.

    python bench/screening_quality.py            # all
    python bench/screening_quality.py --quick    # less of the library code, under 30 s

Three measurements in one run: the 1,500 sentences of the shared data (overlap match, six kinds),
Chinese sentences from a seed, and the code and prose of the installed libraries, where an
identifier with a check digit is taken for a false alarm, whoever wrote it.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import _chinese_texts
from _screening_quality import KINDS, SHARED, Quality, measure, sentences
from rightful.screening.screener import Screener

SEED = 20261125
LEAST_F1, LEAST_OF_A_KIND, LEAST_CHINESE_F1, MOST_PER_100_KB = 0.95, 0.85, 0.97, 1.0


def library_texts(most: int) -> Iterator[str]:
    """Code and prose of the installed packages, up to so many bytes; no other file twice."""
    roots = [Path(path) for path in sys.path if path.endswith("site-packages")]
    roots.append(Path("/usr/share/doc"))
    for root in roots:
        left = most
        for file in sorted(root.rglob("*")):
            if left <= 0:
                break
            if file.suffix in {".py", ".md", ".rst", ".txt", ".html"} and file.is_file():
                text = file.read_text(encoding="utf-8", errors="replace")
                left -= len(text.encode())
                yield text


def false_alarms(screener: Screener, most: int) -> dict[str, object]:
    """How many identifiers with check digits are found per 100 kB of library texts."""
    checked_kinds = {
        each.kind
        for each in screener.detectors
        if each.validators and each.group in {"financial", "government_id"}
    }
    bytes_read, found = 0, Counter[str]()
    batch: list[str] = []
    for text in library_texts(most):
        batch.append(text)
        bytes_read += len(text.encode())
    for first in range(0, len(batch), 64):
        part = screener.scan(batch[first : first + 64])
        found.update(part.kinds[kind] for kind in part.kind.tolist())
    checked = sum(found[kind] for kind in checked_kinds)
    return {
        "MB": round(bytes_read / 1e6, 1),
        "per_100_kB": round(checked / max(1, bytes_read) * 1e5, 3),
        "checked": {kind: found[kind] for kind in sorted(checked_kinds) if found[kind]},
        "all": dict(found.most_common()),
    }


def by_kind(quality: Quality, kinds: Sequence[str]) -> dict[str, object]:
    """As it is printed."""
    return {
        "micro_f1": round(quality.f1, 4),
        "kinds": {
            kind: {
                "precision": round(quality.precision(kind), 3),
                "recall": round(quality.recall(kind), 3),
            }
            for kind in kinds
        },
    }


def main() -> int:
    """Measure, print JSON, and end with 1 where a claim doesn't hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    screener, kinds = Screener(), tuple(KINDS.values())
    result: dict[str, object] = {}
    holds = True
    if (SHARED / "pii_spans.json").exists():
        english = measure(screener, sentences(), kinds)
        result["sentences"] = by_kind(english, kinds)
        holds &= english.f1 >= LEAST_F1 and all(
            min(english.precision(kind), english.recall(kind)) >= LEAST_OF_A_KIND for kind in kinds
        )
    marked = _chinese_texts.sentences(SEED, 500 if quick else 4_000)
    chinese = measure(screener, marked, _chinese_texts.KINDS)
    refused = _chinese_texts.wrong(SEED, 500 if quick else 4_000)
    found = screener.scan(refused)
    taken = sum(found.kinds[kind] == "cn_id" for kind in found.kind.tolist())
    result["chinese"] = by_kind(chinese, _chinese_texts.KINDS)
    result["wrong_check_digits_found"] = taken
    alarms = false_alarms(screener, 10_000_000 if quick else 100_000_000)
    result["false_alarms"] = alarms
    holds &= chinese.f1 >= LEAST_CHINESE_F1 and taken == 0
    holds &= float(str(alarms["per_100_kB"])) < MOST_PER_100_KB
    print(json.dumps({**result, "holds": holds}, indent=2, ensure_ascii=False))
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
