"""IDX, the format of MNIST: a file of images and one of labels, plain or gzipped.

The labels may be QMNIST's extended ones (`idx2-int`, eight numbers for each image), which say who
wrote each digit. See https://github.com/facebookresearch/qmnist, section 2.2.
"""

import gzip
import math
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt

from rightful import canonical
from rightful.errors import InvalidInput
from rightful.records.readers.reader import Read, Reader, sha256, told

#: The columns of QMNIST's extended labels; the eighth is unused.
EXTENDED = ("label", "series", "writer", "digit", "nist_class", "index", "duplicate")
_EXTENDED_WIDTH = 8

_TYPES: dict[int, np.dtype[Any]] = {0x08: np.dtype("u1"), 0x0C: np.dtype(">i4")}
_CHUNK = 256


class IdxReader(Reader):
    """Images with their labels; `row` is the place of an image in its file, from 0.

    Without `labels`, the file of labels is looked for beside that of the images.

    Raises `InvalidInput` where one of the two is missing or damaged, or they don't fit together.
    """

    format = "idx"

    def __init__(self, path: Path, labels: Path | None = None) -> None:
        super().__init__(path)
        self._images = _open_tensor(path)
        if len(self._images.shape) != 3:
            raise InvalidInput(f"{path} holds no images; give the IDX file of images (idx3-ubyte)")
        self._labels = _open_tensor(labels or _labels_beside(path))
        shape = self._labels.shape
        if shape[1:] not in ((), (_EXTENDED_WIDTH,)):
            raise InvalidInput(f"{self._labels.path} holds no labels; use idx1-ubyte or idx2-int")
        if shape[0] != self._images.shape[0]:
            raise InvalidInput(
                f"{path} and {self._labels.path.name} have {self._images.shape[0]} images and "
                f"{shape[0]} labels; give the labels that belong to the images"
            )
        self._label_columns = EXTENDED if len(shape) == 2 else EXTENDED[:1]

    @property
    def columns(self) -> tuple[str, ...]:
        return ("image", *self._label_columns, "row")

    @cached_property
    def file_digest(self) -> str:
        """SHA-256 over those of the images and of the labels."""
        return canonical.digest([sha256(self._images.path), sha256(self._labels.path)])

    def rows(self, start: int = 0) -> Iterator[tuple[int, Read]]:
        chunks = zip(self._images.read(start), self._labels.read(start), strict=True)
        number = start
        for images, labels in chunks:
            told_of = labels.reshape(len(labels), -1).tolist()
            for image, numbers in zip(images, told_of, strict=True):
                known = dict(zip(self._label_columns, numbers, strict=False))
                yield number, {"image": image, **known, "row": number}
                number += 1


@dataclass(frozen=True, slots=True)
class _Tensor:
    """An IDX file whose length has been checked."""

    path: Path
    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    def read(self, start: int) -> Iterator[npt.NDArray[Any]]:
        """The tensor from row `start` on, some rows at a time."""
        step = math.prod(self.shape[1:]) * self.dtype.itemsize
        with _opened(self.path) as file:
            file.seek(_header_bytes(len(self.shape)) + start * step)
            for first in range(start, self.shape[0], _CHUNK):
                count = min(_CHUNK, self.shape[0] - first)
                data = file.read(count * step)
                if len(data) < count * step:
                    raise EOFError
                yield np.frombuffer(data, self.dtype).reshape(count, *self.shape[1:])


def _open_tensor(path: Path) -> _Tensor:
    with _opened(path) as file:
        head = file.read(4)
        if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _TYPES or not 1 <= head[3] <= 3:
            raise InvalidInput(f"{path} is no IDX file of bytes or whole numbers; check its name")
        sizes = file.read(4 * head[3])
        if len(sizes) < 4 * head[3]:
            raise EOFError
        tensor = _Tensor(path, _TYPES[head[2]], struct.unpack(f">{head[3]}I", sizes))
        _check_length(file, math.prod(tensor.shape) * tensor.dtype.itemsize, path)
    if 0 in tensor.shape:
        raise InvalidInput(f"{path} is empty; there is nothing to import")
    return tensor


def _check_length(file: IO[bytes], expected: int, path: Path) -> None:
    """Read on, a piece at a time, and stop as soon as there is more than there should be."""
    left = expected
    while piece := file.read(min(2**20, left + 1)):
        left -= len(piece)
        if left < 0:
            raise InvalidInput(f"{path} is longer than its header says; get it again")
    if left:
        raise EOFError


def _header_bytes(dimensions: int) -> int:
    return 4 + 4 * dimensions


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The content of `path`, unzipped where it is gzipped. A cut file is told in one sentence."""
    try:
        with told(path), path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if zipped:
                with gzip.open(file) as unzipped:
                    yield cast("IO[bytes]", unzipped)
            else:
                yield file
    except (EOFError, zlib.error):
        raise InvalidInput(f"{path} ends too early or is damaged; get it again") from None


def _labels_beside(path: Path) -> Path:
    """The file of labels that goes by the name of the images; the extended ones go first."""
    base = path.name.removesuffix(".gz")
    if "images" in base:
        for kind in ("idx2-int", "idx1-ubyte"):
            name = re.sub(r"idx3-ubyte$", kind, base).replace("images", "labels")
            for candidate in (path.with_name(name), path.with_name(name + ".gz")):
                if candidate.is_file() and candidate != path:
                    return candidate
    raise InvalidInput(f"no labels beside {path}; name the file that holds them")
