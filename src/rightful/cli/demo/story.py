"""The chapters of the demo, in order. It walks through the public API, so it is an example, too."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rightful import config
from rightful.clearance import Clearance
from rightful.clearance.words import explained
from rightful.cli.certificates import words
from rightful.cli.demo import building, page
from rightful.cli.demo.people import ERASED, EXPLAINED, PEOPLE, WITHDRAWN
from rightful.cli.session import Session, table
from rightful.errors import InvalidInput, NotVerified, RightfulError
from rightful.forgetting import verify
from rightful.ledger import ExportedLedger
from rightful.rights import Answer
from rightful.training import Evaluation, Run
from rightful.workspace import LEDGER, Workspace


def tell(session: Session, folder: Path) -> None:
    """Tell the whole story in `folder`.

    Raises:
        InvalidInput: something else than an earlier demo lies there.
        NotVerified: the independent retraining ended with other weights, or a wrong key passed.
    """
    began = time.monotonic()
    _make_room(folder)
    _introduce(session)
    with _built(session, folder) as workspace:
        cleared = _clear(session, workspace)
        _explain(session, workspace)
        _train(session, workspace)
        before = _evaluate(session, workspace)
        answer = _erase(session, workspace)
        after = _evaluate(session, workspace)
        runs = {m.name: workspace.trainer.runs.get(m.run) for m in workspace.trainer.models.all()}
        other = _retrain_elsewhere(session, runs)
        certificate = _verify(session, workspace, answer, other["public_key"])
        _withdraw(session, workspace)
        story = page.Story(workspace, cleared, before, after, runs, other, certificate)
        page.write(folder / "demo.html", story)
    _end(session, folder, before, after, runs, time.monotonic() - began)


def _make_room(folder: Path) -> None:
    """Delete an earlier demo; nothing else is ever deleted."""
    if (folder / config.FILE).is_file() and not folder.is_symlink():
        if config.load(folder).controller != building.CONTROLLER:
            raise InvalidInput(f"{folder} is a workspace of somebody's; give another --folder")
        shutil.rmtree(folder)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(f"{folder} holds other things than a demo; give another --folder")


def _introduce(session: Session) -> None:
    session.chapter("What is real here, and what is not")
    session.tell(
        "Real: 5,000 handwritten digits of MNIST, the training, the erasure, the proofs.\n"
        f"Invented: the {len(PEOPLE)} people whom the digits are dealt to, where they live, what "
        "they allowed; the controller; every assessment and form. MNIST does not say who wrote "
        "which digit. What the packs say of laws is a reading, and no advice."
    )


def _built(session: Session, folder: Path) -> Workspace:
    session.chapter("Import: each record sealed under its person's key")

    def done(source: str, added: int) -> None:
        session.tell(f"{added:>6,} records of the source {source}")

    return building.build(folder, done=done)


def _clear(session: Session, workspace: Workspace) -> dict[str, Clearance]:
    session.chapter("Clear: which records may be used, and why not the others")
    found = {}
    for purpose in ("pretraining", "fine-tuning", "model-evaluation"):
        found[purpose] = workspace.clearances.compute(purpose)
        session.tell(f"{found[purpose].summary}.")
    session.tell("", "What stands in the way of fine-tuning:")
    session.tell(table(("rule", "article", "", "#records"), reasons(found["fine-tuning"])))
    return found


def reasons(clearance: Clearance) -> list[tuple[str, str, str, int]]:
    """The rules that speak against records, the most frequent first."""
    rows = [
        (why.rule.id, why.rule.article, why.rule.title.en + suffix, len(records))
        for why in clearance.reasons
        for records, suffix in ((why.fired, ""), (why.unanswered, " (not known)"))
        if records
    ]
    return sorted(rows, key=lambda row: -row[3])


def _explain(session: Session, workspace: Workspace) -> None:
    session.chapter("Explain: why one of them may not be used")
    number = workspace.subjects.find(EXPLAINED)
    record = workspace.records.about(number).column("record")[0].as_py()
    session.tell(explained(workspace.clearances.explain(record, "fine-tuning")))


def _train(session: Session, workspace: Workspace) -> None:
    session.chapter("Train: a function of program and records, and of nothing else")
    trainer = workspace.trainer
    with session.progress("pretraining") as progress:
        base = trainer.pretrain(
            building.PRETRAINING, model="base", on_progress=lambda done, of, _: progress(done, of)
        )
    _told(session, base)
    with session.progress("fine-tuning") as progress:
        digits = trainer.finetune(
            building.FINE_TUNING,
            model="digits",
            parent="base",
            on_progress=lambda done, of, _: progress(done, of),
        )
    _told(session, digits)


def _told(session: Session, run: Run) -> None:
    session.tell(
        f"{run.model}: {run.kind} on {len(run.records):,} records, {run.program.steps} steps; "
        f"weights {run.weights_sha256}"
    )


def _evaluate(session: Session, workspace: Workspace) -> Evaluation:
    done = workspace.evaluator.evaluate("digits")
    session.tell(
        f"digits is right on {done.metrics['accuracy']:.2%} of {done.metrics['records']:,} digits "
        "of people who are in no run."
    )
    return done


def _erase(session: Session, workspace: Workspace) -> Answer:
    session.chapter(f"Erase: {ERASED} asks to be forgotten")
    plan = workspace.rights.plan_erasure([ERASED])
    session.tell(f"The plan: erase {len(plan.records)} records and train again:")
    columns = ("#run", "#first step with them", "#goes on from step", "#steps")
    session.tell(table(columns, [(r.run, r.first_step, r.start, r.steps) for r in plan.replays]))
    with session.progress("forgetting") as progress:
        (answer,) = workspace.rights.erase([ERASED], on_progress=progress)
    session.tell(f"Outcome: {answer.outcome}.")
    return answer


def _retrain_elsewhere(session: Session, runs: dict[str, Run]) -> dict[str, Any]:
    session.chapter("Compare: all of it again, by another process that never saw that person")
    module = "rightful.cli.demo.independent"
    done = subprocess.run(  # noqa: S603 - this interpreter, a module of ours
        [sys.executable, "-m", module], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the independent retraining failed:\n{done.stderr}")
    other: dict[str, Any] = json.loads(done.stdout)
    rows = [(name, run.weights_sha256, other[name]) for name, run in runs.items()]
    session.tell(table(("model", "weights after the erasure", "weights that never knew"), rows))
    if any(mine != theirs for _, mine, theirs in rows):
        raise NotVerified(
            "the independent retraining ended with other weights, so the erasure was not exact; "
            "please report this with the numbers above"
        )
    session.tell("Equal, bit for bit.")
    return other


def _verify(
    session: Session, workspace: Workspace, answer: Answer, wrong_key: str
) -> dict[str, Any]:
    session.chapter("Verify: the certificate, by a stranger with a public key")
    path = answer.certificate
    assert path is not None, "an erasure of somebody who is held has a certificate"
    data, ledger = path.read_bytes(), ExportedLedger(workspace.folder / LEDGER)
    found = verify(data, workspace.ledger.public_key, ledger)
    session.tell(f"It holds: entry {found.number} of {found.size} of the ledger.")
    session.tell(*words(found.body, "en"))
    session.tell("", "With the key of another workspace:")
    try:
        verify(data, wrong_key, ledger)
    except RightfulError as error:
        session.tell(f"refused: {error}")
    else:
        raise NotVerified("a wrong key passed for the right one; please report this")
    return dict(found.body)


def _withdraw(session: Session, workspace: Workspace) -> None:
    session.chapter(f"Withdraw: {WITHDRAWN} takes back a consent")
    done = workspace.rights.withdraw(WITHDRAWN)
    for debt in done.debts:
        session.tell(
            f"Run {debt.run} owes a forgetting: {len(debt.records)} records that may no longer be "
            f"used for {debt.purpose}, in {', '.join(debt.models)}. It is left for you to do."
        )


def _end(
    session: Session,
    folder: Path,
    before: Evaluation,
    after: Evaluation,
    runs: dict[str, Run],
    seconds: float,
) -> None:
    session.chapter(f"Done in {seconds:.0f} seconds")
    session.answer(
        {
            "workspace": folder.resolve(),
            "page": folder.resolve() / "demo.html",
            "equal": True,
            "weights": {name: run.weights_sha256 for name, run in runs.items()},
            "accuracy_before": before.metrics["accuracy"],
            "accuracy_after": after.metrics["accuracy"],
            "seconds": seconds,
        },
        f"Look at {folder}/demo.html, and go on with the workspace:",
        f"  rightful -w {folder} status",
        f"  rightful -w {folder} forget",
        f"  rightful -w {folder} clear fine-tuning --language zh",
    )
