"""What a picture file says of its use: the PLUS property in its XMP, and the assertion in its C2PA
manifest.

Nothing is fetched: a manifest that lies elsewhere is not known. A manifest's "no" is heard however
it is signed; its "yes" only if its signature holds, whoever signed it.
"""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from rightful.records.reservations import cawg, plus

_XMP_START = re.compile(rb"<(?:x:)?xmpmeta\b")
_XMP_END = re.compile(rb"</(?:x:)?xmpmeta\s{0,9}>")
#: A packet of which nothing can be told.
_UNREADABLE = b"<"
_PNG = b"\x89PNG\r\n\x1a\n"
_XMP_TEXT = b"XML:com.adobe.xmp\0"
_REMOTE = re.compile(rb"provenance\s*(?:=|>)")
#: The largest XMP packet that is read, in bytes.
_LARGEST = 16 * 2**20
_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
_CAWG = ("cawg_mining", "cawg_training", "cawg_generative")
_SIGNED = ("Valid", "Trusted")


def says(data: bytes) -> dict[str, str]:
    """What the bytes of a picture file say, by the name of the fact."""
    return {"plus": data_mining(data), **credentials(data)}


def data_mining(data: bytes) -> str:
    """What the XMP packets in a picture say of mining; the strictest of several."""
    said = [plus.data_mining(packet.decode("utf-8", "replace")) for packet in packets(data)]
    return min(said, key=plus.ORDER.index, default="none")


def packets(data: bytes) -> list[bytes]:
    """The XMP packets in a file, those that PNG compresses included."""
    found = list(_framed(data))
    if data.startswith(_PNG):
        found += [packet for text in _compressed(data) for packet in _framed(text)]
    if not found and b"<rdf:RDF" in data:
        found = [_UNREADABLE]  # it has no frame
    return found


def _framed(data: bytes) -> Iterator[bytes]:
    """The packets in bytes that are not compressed; one that never ends can't be read."""
    at = 0
    while (start := _XMP_START.search(data, at)) is not None:
        end = _XMP_END.search(data, start.end())
        yield data[start.start() : end.end()] if end else _UNREADABLE
        if end is None:
            return
        at = end.end()


def credentials(data: bytes) -> dict[str, str]:
    """What the C2PA manifest in a picture says of mining and training."""
    if b"jumb" not in data:
        remote = any(_REMOTE.search(packet) for packet in packets(data))
        return dict.fromkeys(_CAWG, "unknown" if remote else "none")
    found = _manifest(data)
    if found is None:
        return dict.fromkeys(_CAWG, "unknown")
    said, holds = cawg.assertion(found[0]), found[1]
    # Who changed the file may have put the "yes" there, or have taken a "no" away.
    doubted = () if holds else ("allowed", "none")
    return {fact: "unknown" if value in doubted else value for fact, value in said.items()}


def _manifest(data: bytes) -> tuple[str, bool] | None:
    """The manifests in JSON, and whether the signature holds; None where they can't be read."""
    try:
        import c2pa  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return None  # what the manifest says is not known, which holds
    try:
        context: Any = c2pa.Context.from_dict(_OFFLINE)
        with c2pa.Reader(_format(data), io.BytesIO(data), context=context) as reader:
            return reader.json(), reader.get_validation_state() in _SIGNED
    except c2pa.C2paError:
        return None


def _format(data: bytes) -> str:
    if data.startswith(_PNG):
        return "image/png"
    if data[:4] == b"RIFF":
        return "image/webp"
    if data[:4] in (b"II*\0", b"MM\0*"):
        return "image/tiff"
    return "image/gif" if data.startswith(b"GIF8") else "image/jpeg"


def _compressed(data: bytes) -> list[bytes]:
    """The compressed XMP texts of a PNG."""
    found = []
    at = len(_PNG)
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        chunk = data[at + 8 : at + 8 + length]
        if kind == b"iTXt" and chunk.startswith(_XMP_TEXT) and chunk[len(_XMP_TEXT) :][:1] == b"\1":
            text = chunk[len(_XMP_TEXT) + 2 :].split(b"\0", 2)[-1]
            try:
                found.append(zlib.decompressobj().decompress(text, _LARGEST))
            except zlib.error:
                found.append(b"<x:xmpmeta>")  # one that never ends
        at += 12 + length
    return found
