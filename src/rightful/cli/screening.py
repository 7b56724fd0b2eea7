"""`rightful screen`: what is inside the records, in a file to try, and as a report."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

from typer import Option

from rightful.cli.commands import NOTHING
from rightful.cli.languages import Tongue
from rightful.cli.session import Session, counted, printable, read_text, table
from rightful.errors import InvalidInput
from rightful.files import write_atomic

if TYPE_CHECKING:
    from rich.text import Text

    from rightful.screening.screener import Screener
    from rightful.screening.screening import Summary

_NAMES = (
    "How names and places are found: none, gazetteer, jieba, spacy:MODEL, presidio or "
    "presidio:MODEL."
)


#: What a terminal moves by, and how it is shown here.
_BLANKS = str.maketrans({"\t": " ", "\r": " "})


def screen(
    session: Session,
    source: Annotated[str | None, Option(metavar="NAME", help="Its records alone.")] = None,
    again: Annotated[
        bool, Option("--again", "--all", help="Those that were screened already, too.")
    ] = False,
    workers: Annotated[int, Option(min=1, help="How many processes scan.")] = 1,
    names: Annotated[str, Option(metavar="RECOGNISER", help=_NAMES)] = "none",
    copies: Annotated[
        bool | None,
        Option(help="Look for copies among all records; else if screening.yaml does not keep all."),
    ] = None,
    try_: Annotated[
        Path | None,
        Option(
            "--try",
            metavar="FILE",
            help='Show what is found in a text, or, with --json, in lines of {"text": "…"}; '
            "- reads standard input. Needs no workspace, and keeps nothing.",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        Option(metavar="FILE", help="Write what screening found as a page; screens nothing."),
    ] = None,
    seed: Annotated[int, Option(min=0, help="Which findings the report shows, masked.")] = 0,
    language: Annotated[Tongue, Option(help="Of the report.")] = Tongue.en,
) -> int | None:
    """Look for personal data in the records that were not screened yet, and keep what is found.

    Stopped, it goes on where it was.
    """
    if try_ is not None and report is not None:
        raise InvalidInput("give either --try or --report")
    screens = source is not None or again or workers != 1 or copies is not None
    if screens and (try_ or report) is not None:
        raise InvalidInput(
            "--source, --again, --workers and --copies are of neither --try nor --report"
        )
    if try_ is not None:
        _try(session, try_, names)
    elif report is not None:
        _report(session, report, names, seed, language)
    else:
        with session.progress("screening") as tell:
            found = session.workspace.screening.run(
                source=source,
                again=again,
                workers=workers,
                names=names,
                copies=copies,
                on_progress=tell,
            )
        return _tell(session, found)
    return None


def _tell(session: Session, found: "Summary") -> int | None:
    facts = {
        "version": found.version,
        **{"records": found.records, "screened": found.screened, "unreadable": found.unreadable},
        **{"changed": found.changed, "in_runs": found.in_runs, "linked": found.linked},
        **{"clusters": found.clusters, "copies": found.copies},
        **{"kinds": dict(sorted(found.kinds.items())), "verdicts": dict(found.verdicts)},
    }
    if not found.records and not found.linked and found.clusters is None:
        if not session.workspace.records.metadata().num_rows:
            session.answer(facts, "There is no record to screen; `rightful import` brings some in.")
            return NOTHING
        session.answer(facts, "Every record was screened already; --again looks at all of them.")
        return None
    lines: list[Any] = [f"{counted(found.screened, 'record')} screened."]
    if found.kinds:
        lines.append(table(("kind", "#records"), found.kinds.most_common()))
    lines.append(
        ", ".join(f"{verdict}: {number:,}" for verdict, number in found.verdicts.most_common())
    )
    if found.unreadable:
        lines.append(
            f"{counted(found.unreadable, 'record')} could not be screened, as there is no text in "
            "them: what they hold stays unknown."
        )
    if found.changed:
        lines.append(f"{counted(found.changed, 'record')} changed, as screening.yaml says.")
    if found.in_runs:
        lines.append(
            f"{counted(found.in_runs, 'record')} held and not changed: a model learned from them."
        )
    if found.linked:
        lines.append(f"{counted(found.linked, 'record')} found to be about other people, too.")
    if found.clusters is not None:
        lines.append(
            f"{counted(found.clusters, 'group')} of records hold the same, or nearly; "
            f"{counted(found.copies or 0, 'record')} out of use, as another one stays."
        )
    session.answer(facts, *(each for each in lines if each))
    return None


# A file to try


def _try(session: Session, path: Path, names: str) -> None:
    screener = _screener(session, names)
    if session.as_json:
        from rightful.screening.trying import answers

        with _opened(path) as lines:
            for answer in answers(lines, screener, str(path)):
                sys.stdout.write(answer + "\n")
        return
    if str(path) == "-":
        try:
            text = sys.stdin.buffer.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InvalidInput("standard input is not text in UTF-8") from None
    else:
        text = read_text(path)
    session.answer({}, *_shown(text, screener))


def _screener(session: Session, names: str) -> "Screener":
    """With the workspace's own detectors, if there is one."""
    from rightful.screening.recognisers import recogniser
    from rightful.screening.screener import Screener
    from rightful.screening.screening import make

    if session.has_workspace:
        return make(session.workspace.folder, names)
    return Screener(recogniser=recogniser(names))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        why = (error.strerror or "it is damaged").lower()
        raise InvalidInput(f"{path} can't be read: {why}; check the path") from None
    with file:
        yield file


def _shown(text: str, screener: "Screener") -> Iterator["Text | Any"]:
    """The text with its findings lit up, and a table of them; for the user's own terminal."""
    from rich.text import Text

    found = screener.findings(text)
    # One character for one, so that findings stay where they are.
    shown = printable(text.translate(_BLANKS))
    lit, done = Text(), 0
    for each in found:
        lit.append(shown[done : each.start])
        lit.append(shown[each.start : each.end], "bold reverse")
        # In words, too: who pipes this into a file, or sees no colours, loses nothing.
        lit.append(f" [{each.kind} {each.confidence:.2f}]", "dim")
        done = each.end
    lit.append(shown[done:].rstrip("\n"))
    yield lit
    if not found:
        yield "Nothing was found."
        return
    yield table(
        ("kind", "#start", "#end", "#confidence", "found by"),
        [(f.kind, f.start, f.end, f"{f.confidence:.2f}", f.detector) for f in found],
    )


# The report


def _report(session: Session, path: Path, names: str, seed: int, language: Tongue) -> None:
    from rightful.screening import reading
    from rightful.screening.report import figures, page, titles
    from rightful.screening.screening import DETECTORS

    workspace = session.workspace
    sources = workspace.sources.names()
    version = workspace.screening.version(names)
    found = figures(workspace.registry, workspace.records, version, seed)
    detectors = (*reading.builtin(), *reading.load(workspace.folder / DETECTORS))
    written = page(found, sources, titles(detectors), language.value)
    try:
        write_atomic(path, written.encode(), mode=0o600)
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        raise InvalidInput(f"{path} can't be written: {why}; name another file") from None
    total = found.total
    session.answer(
        {**found.facts(sources), "page": path},
        f"Something was found in {counted(total.with_findings, 'record')} of {total.screened:,} "
        f"screened, {total.out_of_date:,} of them by another version; {total.not_screened:,} were "
        f"not screened, and {total.unreadable:,} hold no text. Written to {path}.",
    )
