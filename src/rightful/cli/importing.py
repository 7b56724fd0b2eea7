"""`rightful import`: taking in the rows of a file as records."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from rightful.cli import import_reservations as web
from rightful.cli.commands import NOTHING
from rightful.cli.session import Session, counted, read_text, table
from rightful.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from rightful.records import Imported, Mapping
    from rightful.records.readers import Reader
    from rightful.records.reservations import Look


def import_file(
    session: Session,
    path: Annotated[Path, Argument(help="A file, or a folder of pictures or pages.")],
    source: Annotated[str, Option(help="The source that its records are of.")],
    map_: Annotated[
        list[str] | None,
        Option(
            "--map",
            metavar="TARGET=FIELD",
            help="Which field is what, such as image=pixels; may be given several times.",
        ),
    ] = None,
    mapping: Annotated[
        Path | None, Option(help="The same as a TOML file, in place of --map.")
    ] = None,
    format_: Annotated[
        str | None,
        Option(
            "--format",
            help="jsonl, csv, parquet, image-folder, idx, html, warc; else its name tells.",
        ),
    ] = None,
    labels: Annotated[Path | None, Option(help="The file of labels that goes with idx.")] = None,
    pattern: Annotated[
        str | None, Option(help="How paths of pictures are built: {subject}/{label}/*.png")
    ] = None,
) -> int | None:
    """Take in the rows of a file as records of a source.

    If it is interrupted, give the same command again, and it goes on where it stopped. What pages
    and pictures say of their use is kept as looks at the source, before they are taken in.
    """
    from rightful.records.readers import open_reader
    from rightful.records.reservations.gathering import gather

    workspace = session.workspace
    workspace.sources.number(source)  # a wrong name is told before a large file is read
    reader = open_reader(path, format_, labels=labels, pattern=pattern)
    wanted = _mapping(map_, mapping, reader)
    wanted.check(reader.columns)
    looks: Sequence[Look] = ()
    gathered = gather(reader)
    if gathered is not None:
        looks = workspace.reservations.keep(source, gathered.heard, gathered.file_sha256)
    with session.progress(f"importing {path.name}") as progress:
        done = workspace.importer.run(
            reader, wanted, source, on_progress=lambda rows: progress(rows, 0)
        )
    told = {} if gathered is None else web.facts(gathered, looks)
    session.answer({"import": done.number, **_facts(done), **told}, *_shown(done))
    if gathered is not None:
        session.tell(*web.shown(gathered, looks, source))
    if done.resumed:
        session.note("This import had been interrupted; the numbers are those of all of it.")
    return None if done.added or done.held else NOTHING


def _mapping(pairs: list[str] | None, file: Path | None, reader: "Reader") -> "Mapping":
    from rightful.records.mapping import Mapping
    from rightful.records.readers.capture import PAGES, WebReader

    if not pairs and file is None and isinstance(reader, WebReader):
        return Mapping.from_dict(PAGES)
    if bool(pairs) == (file is not None):
        raise InvalidInput("say which field is what, either by --map or by --mapping FILE")
    if file is None:
        return Mapping.parse(pairs or [])
    try:
        table_ = tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file}: not valid TOML: {error}") from None
    try:
        return Mapping.from_dict(table_)
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}") from None


def _facts(done: "Imported") -> dict[str, object]:
    names = ("source", "added", "held", "suppressed", "quarantined", "resumed", "reasons")
    return {**{name: getattr(done, name) for name in names}, "quarantine": done.quarantine}


def _shown(done: "Imported") -> "list[RenderableType]":
    shown: list[RenderableType] = [f"{counted(done.added, 'record')} added to {done.source}."]
    if done.held:
        shown.append(f"{done.held:,} were held already.")
    if done.suppressed:
        shown.append(f"{done.suppressed:,} were erased once, and stay away.")
    if done.quarantined:
        shown.append(f"{done.quarantined:,} could not be taken; {done.quarantine} names the rows:")
        shown.append(table(("#rows", "reason"), [(n, why) for why, n in done.reasons.items()]))
    return shown
