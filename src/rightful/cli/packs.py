"""`rightful policy lint`, `new`, `pin` and `unpin`: keeping packs in order."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from rightful import moments
from rightful.cli.commands import FOUND
from rightful.cli.languages import Tongue
from rightful.cli.session import Session, counted, printable
from rightful.errors import NotFound, RightfulError

if TYPE_CHECKING:
    from rightful.policy import Pack
    from rightful.policy.lint import Finding

_PINNED = "pinned:"


def choose(session: Session, name: str) -> "Pack":
    """The pack of an id or file; of `pinned:ID`, the workspace's copy. Raises `NotFound`."""
    from rightful import policy
    from rightful.policy import pins

    if name.startswith(_PINNED):
        return pins.one(name.removeprefix(_PINNED), session.workspace.pinned)
    (found,) = policy.load([name])
    return found


def turned_on(session: Session) -> frozenset[str]:
    """The packs and rules whose advisory rules decide in the workspace, if there is one."""
    try:
        return frozenset(session.workspace.config.turned_on)
    except NotFound:
        return frozenset()


def lint(
    session: Session,
    file: Annotated[list[str], Argument(help="Files of packs, or ids.")],
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> int | None:
    """Say what is wrong or weak in packs, beyond what reading them refuses."""
    from rightful.policy.lint import lint as linted
    from rightful.policy.lint import references

    found: dict[str, list[Finding]] = {}
    unread: dict[str, str] = {}
    for name in file:
        try:
            pack = choose(session, name)
            found[name] = linted(pack, moments.now().date(), known=references())
        except RightfulError as error:
            unread[name] = str(error)
    findings = [each for listed in found.values() for each in listed]
    errors = sum(each.weight == "error" for each in findings) + len(unread)
    notes = sum(each.weight == "note" for each in findings)
    lines = [f"error  {sentence}" for sentence in unread.values()]
    for name, listed in found.items():
        lines += [f"{each.weight:<5}  {_told(name, each, language)}" for each in listed]
    session.answer(
        {"errors": errors, "notes": notes, "findings": found, "unread": unread},
        *(printable(line) for line in lines),
        f"{counted(errors, 'error')} and {counted(notes, 'note')} in {counted(len(file), 'pack')}.",
    )
    return FOUND if errors else None


def _told(name: str, finding: "Finding", language: Tongue) -> str:
    about = f"{name}: {finding.rule}" if finding.rule else name
    return f"{about}: {finding.text.within(language.value)}"


def new(
    session: Session,
    name: Annotated[str, Argument(help="What the pack is to be called.")],
    file: Annotated[
        Path | None, Option(help="Where to write it; else NAME.yaml in this folder.")
    ] = None,
) -> None:
    """Write a house pack to begin with: rules of your own, commented, to be changed."""
    from rightful.policy.house import write_house

    path = file or Path(f"{name}.yaml")
    pack = write_house(name, path)
    session.answer(
        {"pack": pack.id, "file": path, "rules": [rule.id for rule in pack.rules]},
        f"{path} holds {counted(len(pack.rules), 'rule')}. Change them, then: rightful policy lint "
        f"{path}",
        "It counts once rightful.toml names it among its packs.",
    )


def pin(
    session: Session,
    pack: Annotated[
        list[str] | None, Argument(help="Ids or files; else all that the workspace obeys.")
    ] = None,
) -> None:
    """Keep copies of packs in the workspace, and obey those until you pin again."""
    from rightful.policy import pins

    workspace = session.workspace
    done = pins.pin(workspace.config.packs, workspace.pinned, only=pack or ())
    session.answer(
        {"pinned": done},
        *(f"{each.id} {each.version} is pinned ({each.sha256[:12]})." for each in done),
        f"The copies are in {workspace.pinned}.",
    )


def unpin(
    session: Session,
    pack: Annotated[
        list[str] | None, Argument(help="Ids or files; else all that are pinned.")
    ] = None,
) -> None:
    """Obey packs as they come with Rightful, or as their files are, again."""
    from rightful.policy import pins

    done = pins.unpin(session.workspace.pinned, only=pack or ())
    session.answer(
        {"unpinned": done},
        *(f"{each.id} is not pinned any more." for each in done),
        *([] if done else ["Nothing was pinned."]),
    )
