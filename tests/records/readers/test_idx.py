"""IDX images are read with their labels, plain or gzipped, and files that don't fit are refused."""

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rightful.errors import InvalidInput
from rightful.records.readers import idx, open_reader

_IMAGES = np.arange(600 * 6, dtype=np.int64).astype(np.uint8).reshape(600, 2, 3)
_LABELS = (np.arange(600) % 10).astype(np.uint8)
_EXTENDED = np.arange(600 * 8, dtype=np.int32).reshape(600, 8)


def _idx(array: np.ndarray[Any, np.dtype[Any]]) -> bytes:
    kind = 0x08 if array.dtype == np.uint8 else 0x0C
    head = bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def _write(folder: Path, **files: bytes) -> Path:
    for name, data in files.items():
        (folder / name.replace("__", "-").replace("_gz", ".gz")).write_bytes(data)
    return folder / "t10k-images-idx3-ubyte"


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    return _write(
        tmp_path,
        t10k__images__idx3__ubyte=_idx(_IMAGES),
        t10k__labels__idx1__ubyte=_idx(_LABELS),
    )


def test_images_come_with_the_labels_beside_them(mnist: Path) -> None:
    reader = open_reader(mnist)
    assert reader.columns == ("image", "label", "row")
    rows = list(reader.rows())
    assert [number for number, _ in rows] == list(range(600))
    for number, row in rows:
        assert isinstance(row, dict)
        np.testing.assert_array_equal(row["image"], _IMAGES[number])
        assert (row["label"], row["row"]) == (_LABELS[number], number)


@pytest.mark.parametrize("start", [0, 1, 255, 256, 257, 599, 600, 601])
def test_rows_come_from_any_on(mnist: Path, start: int) -> None:
    assert [number for number, _ in open_reader(mnist).rows(start)] == list(range(start, 600))


def test_gzipped_files_read_the_same(mnist: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "zipped"
    zipped.mkdir()
    for file in (mnist, mnist.with_name("t10k-labels-idx1-ubyte")):
        (zipped / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
    reader = open_reader(zipped / f"{mnist.name}.gz")
    plain = [row["label"] for _, row in open_reader(mnist).rows(300) if isinstance(row, dict)]
    assert [row["label"] for _, row in reader.rows(300) if isinstance(row, dict)] == plain


def test_extended_labels_say_who_wrote_each_digit(mnist: Path) -> None:
    _write(mnist.parent, t10k__labels__idx2__int=_idx(_EXTENDED))
    reader = open_reader(mnist)
    assert reader.columns == ("image", *idx.EXTENDED, "row")
    _, row = next(reader.rows(7))
    assert isinstance(row, dict)
    assert [row[name] for name in idx.EXTENDED] == list(range(56, 63))


def test_labels_may_be_named(mnist: Path, tmp_path: Path) -> None:
    other = tmp_path / "others"
    other.write_bytes(_idx(_LABELS[::-1]))
    _, row = next(open_reader(mnist, labels=other).rows())
    assert isinstance(row, dict)
    assert row["label"] == _LABELS[-1]


def test_the_digest_covers_images_and_labels(mnist: Path) -> None:
    before = open_reader(mnist).file_digest
    assert open_reader(mnist).file_digest == before
    mnist.with_name("t10k-labels-idx1-ubyte").write_bytes(_idx(_LABELS[::-1]))
    assert open_reader(mnist).file_digest != before


@pytest.mark.parametrize(
    ("images", "told"),
    [
        (b"", "no IDX file"),
        (b"\0\0\x08", "no IDX file"),
        (b"not idx at all", "no IDX file"),
        (b"\0\0\x0d\x03" + bytes(40), "no IDX file"),
        (_idx(_LABELS), "holds no images"),
        (_idx(_IMAGES)[:-1], "ends too early"),
        (_idx(_IMAGES) + b"x", "longer than its header"),
        (_idx(_IMAGES[:0]), "is empty"),
        (_idx(_IMAGES[:5]), "5 images and 600 labels"),
        (gzip.compress(_idx(_IMAGES))[:-20], "ends too early"),
        (b"\x1f\x8b" + b"x" * 30, "can't be read|damaged"),
    ],
)
def test_images_that_are_damaged_or_do_not_fit_are_refused(
    mnist: Path, images: bytes, told: str
) -> None:
    mnist.write_bytes(images)
    with pytest.raises(InvalidInput, match=told):
        open_reader(mnist)


def test_labels_that_are_missing_or_none_are_refused(mnist: Path) -> None:
    labels = mnist.with_name("t10k-labels-idx1-ubyte")
    labels.write_bytes(_idx(_IMAGES))
    with pytest.raises(InvalidInput, match="holds no labels"):
        open_reader(mnist)
    labels.unlink()
    with pytest.raises(InvalidInput, match="no labels beside"):
        open_reader(mnist)
