"""`rightful verify`: holding a certificate against a public key, without any workspace."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from rightful.cli.certificates import words
from rightful.cli.languages import Tongue
from rightful.cli.session import Session, read_text
from rightful.errors import InvalidInput


def verify(
    session: Session,
    file: Annotated[Path, Argument(help="The certificate.")],
    key: Annotated[Path, Option(help="The file with the controller's public key.")],
    ledger: Annotated[
        Path | None, Option(help="The folder of an exported ledger to hold it against.")
    ] = None,
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> None:
    """Check a certificate: who signed it, that the ledger has it, and what it says.

    The key must come from somebody whom you trust to know it; one that came with the certificate
    proves nothing. What does not hold ends with 7.
    """
    from rightful.forgetting import verify as check
    from rightful.ledger import ExportedLedger

    try:
        data = file.read_bytes()
    except OSError as error:
        why = (error.strerror or "it is damaged").lower()
        raise InvalidInput(f"{file} can't be read: {why}; check the path") from None
    public_key = read_text(key).strip()
    found = check(data, public_key, None if ledger is None else ExportedLedger(ledger))
    zh = language is Tongue.zh
    held = (
        f"签名有效;账本 {found.origin} 的第 {found.number} 条记录了它(共 {found.size} 条)。"
        if zh
        else f"The signature holds, and entry {found.number} of {found.size} of the ledger "
        f"{found.origin} is about this certificate."
    )
    session.answer(
        {
            "verified": True,
            "origin": found.origin,
            "entry": found.number,
            "size": found.size,
            "body": found.body,
        },
        held,
        "\n".join(words(found.body, language.value)),
    )
