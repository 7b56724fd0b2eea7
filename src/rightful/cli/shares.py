"""`rightful shares`: how much of a source is illegal or unsafe, by lot and by people's verdicts."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful.cli.commands import FOUND, NOTHING, command, group
from rightful.cli.languages import Tongue
from rightful.cli.session import Session, counted, table
from rightful.errors import InvalidInput

if TYPE_CHECKING:
    from rightful.screening.shares import Bank, Counts, Shares, Standing
    from rightful.screening.shares.classifier import Classifier

app = group("How much of a source is illegal or unsafe.")

_CLASSIFIER = Option(metavar="MODULE:NAME", help="A classifier of your own.")
_SEED = Option(help="Draw as another draw with this seed did; else one that nobody chose.")
_SHEET = Argument(metavar="SHEET", help="The sheet, with verdicts.")

#: Of records that are unfit, how many a person is told.
_LISTED = 20

#: How a standing is called in the table.
_STANDINGS = {
    "met": "met",
    "missed": "MISSED",
    "too_few": "too few",
    "not_sampled": "not sampled",
    "expired": "expired",
    "empty": "holds nothing",
}


@command(app, "draw")
def draw(
    session: Session,
    source: Annotated[str | None, Argument(help="The source; else everything held.")] = None,
    items: Annotated[int, Option(help="How many items to look at.")] = 4000,
    seed: Annotated[int | None, _SEED] = None,
    out: Annotated[
        Path | None, Option(metavar="FILE", help="Where the sheet goes; its page lies beside it.")
    ] = None,
    classifier: Annotated[str | None, _CLASSIFIER] = None,
    to: Annotated[
        str | None, Option(help="Who outside gets it: erasures will be told to them.")
    ] = None,
    language: Annotated[Tongue, Option(help="Of the page.")] = Tongue.en,
) -> None:
    """Draw items by lot, and write them to a sheet for people to review.

    The sheet and its page hold personal data in the clear: delete both after `record`.
    """
    from pyroaring import BitMap64

    from rightful.screening.shares import sheet
    from rightful.screening.shares.page import page

    _refuse_there(out)
    workspace, room = session.workspace, _room(session)
    bank, judge = _bank(session), _classifier(classifier)
    drawn = room.draw(source, items, seed)
    path = out or Path(f"shares-{drawn.name}.csv")
    _refuse_there(path)
    if to is not None:
        workspace.disclosures.record(to, f"sheet {drawn.name}", BitMap64(drawn.records.tolist()))
    head = {
        "draw": drawn.name,
        "of": source,
        "seed": drawn.seed,
        "items": drawn.items,
        "held": drawn.held,
    }
    with session.progress("reading", drawn.items) as tell:
        shown = []
        for each in room.shown(drawn, bank, judge):
            shown.append(each)
            tell(len(shown), drawn.items)
    beside = path.with_suffix(".html")
    text = page(head, ((each.row, each.picture) for each in shown), language.value)
    told = {
        **head,
        "of": source or "everything held",
        "personal data": "delete this file and its page when they are recorded",
    }
    try:
        sheet.keep(beside, text.encode())
        sheet.write(path, told, (each.row for each in shown))
    except BaseException:  # one without the other is of no use, and must not lie about
        beside.unlink(missing_ok=True)
        raise
    hit = sum(bool(each.row.keywords) for each in shown)
    session.answer(
        {**head, "sheet": path, "page": beside, "with_keywords": hit},
        f"{counted(drawn.items, 'item')} of {drawn.held:,} are in {path}, and to read in {beside}; "
        f"seed {drawn.seed}. Keywords were found in {hit:,}.",
        "Both hold personal data in the clear, and you alone can read them. Write fit or unfit "
        f"into the column verdict, then `rightful shares record {path}`, and delete both.",
    )


@command(app, "review")
def review(session: Session, file: Annotated[Path, _SHEET]) -> int | None:
    """Say how far a sheet is, and whether it can be recorded; nothing is changed."""
    from rightful.screening.shares import sheet

    reviewed = _room(session).review(sheet.read(file))
    done = reviewed.items - reviewed.blank
    counts = reviewed.counts
    facts = {
        "draw": reviewed.draw,
        "source": reviewed.source,
        "items": reviewed.items,
        "with_verdict": done,
        "unfit": len(reviewed.unfit),
        **_counted(counts),
    }
    lines = [f"{done:,} of {counted(reviewed.items, 'item')} have a verdict."]
    if counts is not None:
        lines.append(f"The first {counts.sampled:,} of them: {_bounded(counts)}.")
    session.answer(facts, *lines)
    return FOUND if reviewed.blank else None


@command(app, "record")
def record(
    session: Session,
    file: Annotated[Path, _SHEET],
    as_far_as_reviewed: Annotated[
        bool,
        Option(
            "--as-far-as-reviewed",
            help="Let the items before the first without a verdict count, and none after it.",
        ),
    ] = False,
) -> None:
    """Record what people found, as a sampling of the source or of the corpus."""
    from rightful.screening.shares import CORPUS, SOURCE, sheet

    room = _room(session)
    reviewed = room.review(sheet.read(file))
    number = room.record(reviewed, as_far_as_reviewed=as_far_as_reviewed)
    counts = reviewed.counts
    assert counts is not None
    cutoff = CORPUS if reviewed.source is None else SOURCE
    standing = counts.meets(cutoff)
    unfit = room.unfit_records(reviewed)
    session.answer(
        {
            **{"assessment": number, "source": reviewed.source, "standing": standing},
            **_counted(counts),
            "unfit_records": unfit,
        },
        f"Assessment {number} is recorded: {_bounded(counts)}; {_STANDINGS[standing]}.",
        *([f"Unfit, and to be kept out: {_listed(unfit)}."] if unfit else []),
        f"Delete {file} and its page now: they hold personal data in the clear.",
    )


@command(app, "screen")
def screen(
    session: Session,
    items: Annotated[int | None, Option(help="How many items; else a tenth of the corpus.")] = None,
    seed: Annotated[int | None, _SEED] = None,
    classifier: Annotated[str | None, _CLASSIFIER] = None,
) -> None:
    """Let keywords and a classifier look at the corpus, and record it. Nobody is shown anything."""
    from rightful.screening.shares import SCREENED
    from rightful.screening.shares.technical import screen as look

    bank = _bank(session)
    found = look(
        _room(session),
        session.workspace.assessments,
        bank,
        _classifier(classifier),
        items=items,
        seed=seed,
    )
    standing = found.counts.meets(SCREENED)
    session.answer(
        {
            **{"assessment": found.assessment, "seed": found.seed, "standing": standing},
            **_counted(found.counts),
            "by_keywords": found.by_keywords,
            "by_classifier": found.by_classifier,
            "not_judged": found.not_judged,
            "by_risk": found.by_risk,
            "keywords": _sizes(bank),
        },
        f"Assessment {found.assessment} is recorded: {_bounded(found.counts)}; "
        f"{_STANDINGS[standing]}. Keywords in {found.by_keywords:,}, the classifier against "
        f"{found.by_classifier:,}, not judged {found.not_judged:,}.",
        _lacking(bank),
    )


@command(app, "show")
def show(session: Session) -> int | None:
    """Show the share of each source with its bounds, and whether what is asked for is met."""
    from rightful.screening.shares import standings

    workspace, room = session.workspace, _room(session)
    found = standings(workspace.records, workspace.sources, workspace.assessments, room)
    bank = _bank(session)
    columns = (
        *("of", "by", "#records", "#sampled", "#unfit", "#share", "#from", "#to", "standing"),
        *("proven", "#draws", "made"),
    )
    session.answer(
        {"standings": [_facts(each) for each in found], "keywords": _sizes(bank)},
        table(columns, [_line(each) for each in found]),
        "From and to: where the share of the whole lies, with 95 % confidence. Proven: that upper "
        "end is within the limit, too, which the standard does not ask.",
        _lacking(bank),
    )
    return NOTHING if all(each.standing == "empty" for each in found) else None


@command(app, "needed")
def needed(
    session: Session,
    limit: Annotated[str, Option(metavar="PERCENT", help="The share to be shown: 5, 0.1, …")],
    held: Annotated[int | None, Option(help="How many there are in all; else endless.")] = None,
    unfit: Annotated[int, Option(help="How many unfit ones are expected among them.")] = 0,
) -> int | None:
    """Say how many items show, with 95 % confidence, that at most such a share is unfit."""
    from rightful.screening.shares import needed as count

    try:
        items = count(Fraction(limit) / 100, held, unfit)
    except (ValueError, ZeroDivisionError):
        raise InvalidInput(
            "give a limit between 0 and 100, such as 5 or 0.1, and no more unfit than are held"
        ) from None
    session.answer(
        {"items": items, "unfit": unfit, "held": held},
        "No number does: so many unfit are more than that share."
        if items is None
        else f"{counted(items, 'item')}, if no more than {unfit:,} of them turn out unfit.",
    )
    return NOTHING if items is None else None


def _room(session: Session) -> "Shares":
    return session.workspace.shares


def _bank(session: Session) -> "Bank":
    from rightful.screening.shares import keywords

    return keywords.load(session.workspace.folder / keywords.FOLDER)


def _classifier(path: str | None) -> "Classifier | None":
    from rightful.screening.shares import classifier

    return None if path is None else classifier.load(path)


def _refuse_there(path: Path | None) -> None:
    if path is None:
        return
    if path.suffix != ".csv":
        raise InvalidInput(f"{path}: a sheet's name ends in .csv")
    for each in (path, path.with_suffix(".html")):
        if each.exists():
            raise InvalidInput(f"{each} is there already; name another file with --out")
    if not path.parent.is_dir():
        raise InvalidInput(f"there is no folder {path.parent}; make it first")


def _listed(records: list[int]) -> str:
    named = ", ".join(f"record {each}" for each in records[:_LISTED])
    more = len(records) - _LISTED
    return named if more <= 0 else f"{named} and {more:,} more; --json lists all"


def _counted(counts: "Counts | None") -> dict[str, Any]:
    if counts is None:
        return dict.fromkeys(("sampled", "failed", "total", "share", "lower", "upper"))
    found = counts.bounds
    return {
        **{"sampled": counts.sampled, "failed": counts.failed, "total": counts.total},
        **{"share": found.seen, "lower": found.lower, "upper": found.upper},
    }


def _bounded(counts: "Counts") -> str:
    found = counts.bounds
    return (
        f"{counts.failed:,} of {counts.sampled:,} unfit, {_percent(found.seen)}; with 95 % "
        f"confidence {_percent(found.lower)} to {_percent(found.upper)}"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _facts(each: "Standing") -> dict[str, Any]:
    return {
        **{"source": each.source, "kind": each.of.kind, "held": each.held},
        **_counted(each.counts),
        **{"standing": each.standing, "proven": each.proven, "draws": each.draws},
        "made_at": each.made_at,
    }


def _line(each: "Standing") -> tuple[object, ...]:
    found = each.counts.bounds if each.counts else None
    shares = (found.seen, found.lower, found.upper) if found else ()
    return (
        each.source or "everything held",
        "machines" if each.of.kind == "corpus_screening" else "people",
        each.held,
        *((each.counts.sampled, each.counts.failed) if each.counts else (None, None)),
        *(map(_percent, shares) if shares else (None, None, None)),
        _STANDINGS[each.standing],
        each.proven,
        each.draws or None,
        each.made_at and each.made_at.date(),
    )


def _sizes(bank: "Bank") -> dict[str, Any]:
    return {"words": len(bank), "version": bank.version, "lacking": bank.lacking()}


def _lacking(bank: "Bank") -> str:
    from rightful.screening.shares.risks import KEYWORDS_IN_ALL

    wanting = bank.lacking()
    if not wanting:
        return f"The bank has {len(bank):,} keywords, enough for each risk."
    risks = len(wanting.keys() - {"all"})
    return (
        f"The bank has {len(bank):,} keywords; GB/T 45654 asks for {KEYWORDS_IN_ALL:,}, and "
        f"{counted(risks, 'risk')} of A.1 and A.2 have too few. Add yours in the folder keywords."
    )
