"""What pictures say: PLUS in XMP, and C2PA manifests, signed here with a key of the test."""

import io
import json
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rightful.records.readers import open_reader
from rightful.records.reservations import pictures
from rightful.records.reservations.gathering import gather

Image = pytest.importorskip("PIL.Image")
PngImagePlugin = pytest.importorskip("PIL.PngImagePlugin")

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" {}/></rdf:RDF></x:xmpmeta>'
)
PROHIBITED = XMP.format('plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"')


def _picture(kind: str = "PNG", **how: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16), (10, 120, 40)).save(file, kind, **how)
    return file.getvalue()


def _png(xmp: str, *, zipped: bool) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", xmp, zip=zipped)
    return _picture(pnginfo=texts)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "TIFF"])
def test_plus_is_found_in_the_xmp_of_any_format(kind: str) -> None:
    xmp = PROHIBITED.encode()
    how: dict[str, Any] = {"tiffinfo": {700: xmp}} if kind == "TIFF" else {"xmp": xmp}
    assert pictures.data_mining(_picture(kind, **how)) == "prohibited"
    assert pictures.data_mining(_picture(kind)) == "none"


@pytest.mark.parametrize("zipped", [False, True])
def test_plus_is_found_in_a_png_even_where_it_is_compressed(zipped: bool) -> None:
    assert pictures.data_mining(_png(PROHIBITED, zipped=zipped)) == "prohibited"
    assert pictures.data_mining(_png(XMP.format(""), zipped=zipped)) == "none"


def test_metadata_that_can_t_be_read_is_not_taken_for_silence() -> None:
    assert pictures.data_mining(_png("<x:xmpmeta><rdf:RDF></x:xmpmeta>", zipped=False)) == "unknown"
    assert pictures.data_mining(_png(PROHIBITED[:-12], zipped=False)) == "unknown"
    broken = bytearray(_png(PROHIBITED, zipped=True))
    at = broken.index(b"iTXt") + 35
    broken[at : at + 10] = bytes(10)
    assert pictures.data_mining(bytes(broken)) == "unknown"


def test_metadata_that_is_made_to_take_long_does_not() -> None:
    start = time.process_time()
    assert pictures.data_mining(b"<x:xmpmeta>" * 100_000) == "unknown"
    assert time.process_time() - start < 2


# C2PA


@pytest.fixture(scope="module")
def signer() -> Any:
    """Signs with a certificate that nobody trusts, made here."""
    c2pa = pytest.importorskip("c2pa")
    root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    chain = _certificate("leaf", leaf, root, ca=False) + _certificate("root", root, root, ca=True)
    key = leaf.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None)
    return c2pa.Signer.from_info(info)


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, root: ec.EllipticCurvePrivateKey, *, ca: bool
) -> bytes:
    def named(common: str) -> x509.Name:
        parts = [(NameOID.ORGANIZATION_NAME, "Tests"), (NameOID.COMMON_NAME, common)]
        return x509.Name([x509.NameAttribute(which, value) for which, value in parts])

    now = datetime.now(UTC)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not ca,
                key_cert_sign=ca,
                crl_sign=ca,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
    )
    if not ca:
        mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(mail, critical=False)
    return made.sign(root, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _signed(signer: Any, uses: dict[str, str], kind: str = "PNG") -> bytes:
    import c2pa

    source = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    created = {"action": "c2pa.created", "digitalSourceType": source}
    assertions: list[dict[str, Any]] = [{"label": "c2pa.actions", "data": {"actions": [created]}}]
    if uses:
        entries = {f"cawg.{name}": {"use": use} for name, use in uses.items()}
        assertions.append({"label": "cawg.training-mining", "data": {"entries": entries}})
    manifest = {"claim_generator_info": [{"name": "tests"}], "assertions": assertions}
    out = io.BytesIO()
    media = f"image/{kind.lower()}"
    builder = c2pa.Builder.from_json(json.dumps(manifest))
    builder.sign(signer, media, io.BytesIO(_picture(kind)), out)
    return out.getvalue()


USES = {"ai_training": "notAllowed", "ai_generative_training": "allowed"}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF"])
def test_a_signed_assertion_is_read_in_any_format(signer: Any, kind: str) -> None:
    assert pictures.credentials(_signed(signer, USES, kind)) == {
        "cawg_mining": "none",
        "cawg_training": "not_allowed",
        "cawg_generative": "allowed",
    }


def test_a_manifest_without_the_assertion_says_nothing(signer: Any) -> None:
    assert set(pictures.credentials(_signed(signer, {})).values()) == {"none"}
    assert set(pictures.credentials(_picture()).values()) == {"none"}


def test_a_yes_whose_signature_does_not_hold_is_none(signer: Any) -> None:
    data = _signed(signer, USES)
    assert data.count(b"gallowed") == 1
    changed = data.replace(b"notAllowed", b"wotAllowed")
    said = pictures.credentials(changed)
    assert set(said.values()) == {"unknown"}
    # A no is heard whoever wrote it.
    other = bytearray(data)
    other[other.rindex(b"IDAT") + 6] ^= 1
    assert pictures.credentials(bytes(other))["cawg_training"] == "not_allowed"
    assert pictures.credentials(bytes(other))["cawg_generative"] == "unknown"


def test_a_damaged_or_distant_manifest_is_not_known(signer: Any) -> None:
    data = _signed(signer, USES)
    assert set(pictures.credentials(data[: len(data) // 2]).values()) == {"unknown"}
    away = XMP.format(
        'xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="https://a.example/m"'
    )
    assert set(pictures.credentials(_png(away, zipped=True)).values()) == {"unknown"}


def test_without_the_library_a_manifest_is_not_known(
    signer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _signed(signer, USES)
    monkeypatch.setitem(__import__("sys").modules, "c2pa", None)
    assert set(pictures.credentials(data).values()) == {"unknown"}
    assert set(pictures.credentials(_picture()).values()) == {"none"}


def test_nothing_is_fetched(signer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert pictures.says(_signed(signer, USES))["cawg_training"] == "not_allowed"
    from rightful.records.reservations.pictures import _OFFLINE

    assert _OFFLINE["verify"] == {"remote_manifest_fetch": False, "ocsp_fetch": False}


def test_of_a_folder_s_pictures_the_strictest_counts(signer: Any, tmp_path: Path) -> None:
    folder = tmp_path / "photos" / "tree"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(_signed(signer, {"ai_training": "allowed"}))
    (folder / "b.png").write_bytes(_signed(signer, {"ai_training": "notAllowed"}))
    (folder / "c.jpg").write_bytes(_picture("JPEG", xmp=PROHIBITED.encode()))
    gathered = gather(open_reader(tmp_path / "photos"))
    assert gathered is not None
    assert {heard.form: heard.value for heard in gathered.heard} == {
        "plus": "prohibited",
        "cawg_mining": "none",
        "cawg_training": "not_allowed",
        "cawg_generative": "none",
    }
    assert {heard.place for heard in gathered.heard} == {"photos"}
