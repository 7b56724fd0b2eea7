"""Everything held about one person, for that person: data, grounds, sources, recipients, models.

A package is a folder with `package.json` for machines, `index.html` for reading, and the pictures.
It is personal data in the clear: whoever makes it gives it to the person and deletes it.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from pyroaring import BitMap64

from rightful import html, moments
from rightful.errors import InvalidInput, NotFound
from rightful.files import UNFINISHED
from rightful.forgetting.lineage import family
from rightful.grants import Grant, Grants
from rightful.records import content
from rightful.records.sources import Sources
from rightful.records.store import RecordStore
from rightful.records.subjects import Subjects
from rightful.registry import Registry
from rightful.rights.disclosures import Disclosures
from rightful.rights.requests import Requests
from rightful.training import Run, Trainer
from rightful.training.bins import Bins

FORMAT = "rightful-access/1"


class Access:
    """Makes packages for people who ask what is held about them."""

    def __init__(
        self,
        registry: Registry,
        controller: str,
        store: RecordStore,
        subjects: Subjects,
        sources: Sources,
        grants: Grants,
        trainer: Trainer,
        disclosures: Disclosures,
        requests: Requests,
    ) -> None:
        self._registry = registry
        self._controller = controller
        self._store = store
        self._subjects = subjects
        self._sources = sources
        self._grants = grants
        self._trainer = trainer
        self._disclosures = disclosures
        self._requests = requests

    def package(self, subject: str, folder: Path) -> Path:
        """Write the package of one person to a new folder, whole or not at all; returns it.

        Raises:
            NotFound: nobody of that reference is held; the request is kept and closed as such.
            InvalidInput: the folder is there already, or Pillow is missing for the pictures.
        """
        if folder.exists():
            raise InvalidInput(f"{folder} is there already; name a new folder for the package")
        number = self._subjects.numbers([subject]).get(subject)
        if number is None:
            self._requests.nothing_held("access")
            raise NotFound("nobody with that reference is held here; the request was closed so")
        with self._registry.transaction() as connection:
            request = self._requests.receive(connection, "access", number, "package")
        unfinished = folder.parent / f"{UNFINISHED}{folder.name}"
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            (unfinished / "records").mkdir(parents=True, mode=0o700)
            unfinished.chmod(0o700)
            package = self._collect(number, unfinished)
            text = json.dumps(package, indent=2, ensure_ascii=False)
            (unfinished / "package.json").write_text(text + "\n", encoding="utf-8")
            (unfinished / "index.html").write_text(_page(package), encoding="utf-8")
            unfinished.replace(folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        with self._registry.transaction() as connection:
            self._requests.close(connection, request, "given")
        return folder

    def _collect(self, number: int, folder: Path) -> dict[str, Any]:
        table = self._store.about(number)
        records = BitMap64(table.column("record").to_pylist())
        names = self._sources.names()
        return {
            "format": FORMAT,
            "controller": self._controller,
            "made_at": moments.text(moments.now()),
            "subject": {
                "reference": self._subjects.reference(number),
                **asdict(self._subjects.person(number)),
            },
            "records": self._records(number, table.to_pylist(), names, folder),
            "grants": [_grant(grant) for grant in self._grants.about(number)],
            "recipients": [
                {"recipient": each.recipient, "what": each.what, "at": each.at}
                for each in self._disclosures.of(records)
            ],
            "models": self._models(records),
            "requests": [
                {"kind": r.kind, "received_at": r.received_at, "state": r.state}
                for r in self._requests.all()
                if r.subject == number
            ],
        }

    def _records(
        self, number: int, rows: Sequence[Mapping[str, Any]], names: dict[int, str], folder: Path
    ) -> list[dict[str, Any]]:
        opened = self._store.open_about(number)
        found = []
        for row in rows:
            held = content.decode(opened[row["record"]])
            if "image" in held:
                held["image"] = _picture(held["image"], folder, row["record"])
            found.append(
                {
                    "record": row["record"],
                    "source": names[row["source"]],
                    "about_others_too": len(row["subjects"]) > 1,
                    "content": held,
                    **{
                        name: row[name]
                        for name in (
                            "collected_at",
                            "retention_until",
                            "languages",
                            "special_category",
                            "findings",
                        )
                    },
                }
            )
        return found

    def _models(self, records: BitMap64) -> list[dict[str, Any]]:
        """Each run that was given any of the records, or whose weights came from one that was."""
        in_force = {model.run: model for model in self._trainer.models.all()}
        kin = family(self._trainer.runs, self._trainer.models)
        found = []
        for number in sorted(kin.influenced(kin.given(records))):
            run, model = kin.runs[number], in_force.get(number)
            if run.status != "superseded":
                found.append(
                    {
                        "model": run.model,
                        "in_force": bool(model and model.status == "in_force"),
                        "trained_for": run.purpose,
                        "run": run.number,
                        "started_from_run": run.parent,
                        "started_at": run.started_at,
                        "steps_in_all": run.program.steps,
                        "steps": self._steps(run, run.records & records),
                    }
                )
        return found

    def _steps(self, run: Run, records: BitMap64) -> dict[str, list[int]]:
        """The steps that each record was part of, or will be; not those after it left."""
        table = self._store.rows(records)
        bins = Bins(run.program.seed, run.program.bins)
        steps = bins.steps(self._store.keys(table), run.program.epochs)
        numbers = table.column("record").to_pylist()
        departures = self._trainer.runs.departed(run.number)
        found = {}
        for number, own in zip(numbers, steps.tolist(), strict=True):
            until = min((since for since, left in departures if number in left), default=None)
            found[str(number)] = [step for step in own if until is None or step < until]
        return found


def _grant(grant: Grant) -> dict[str, Any]:
    return {
        "kind": grant.kind,
        "purpose": grant.purpose,
        "source": grant.source,
        "status": grant.status(moments.now()),
        "from": moments.text(grant.valid_from),
        "until": grant.valid_to and moments.text(grant.valid_to),
        "withdrawn_at": grant.withdrawn_at and moments.text(grant.withdrawn_at),
        "notice": grant.notice,
        "explicit": grant.explicit,
        "given_by": grant.given_by,
        "licence": grant.licence,
        "condition": grant.condition,
    }


def _picture(pixels: Any, folder: Path, record: int) -> str:
    try:
        from PIL import Image
    except ImportError:
        raise InvalidInput(
            "pictures in a package need Pillow; install it with `pip install rightful[images]`"
        ) from None
    name = f"records/{record}.png"
    Image.fromarray(np.asarray(pixels)).save(folder / name)
    return name


def _page(package: Mapping[str, Any]) -> str:
    """The package for reading, in English and Chinese."""
    person = package["subject"]
    return html.page(
        f"Data held about {person['reference']} 关于您的数据",
        "en",
        [
            html.paragraph(f"{package['controller']}, {package['made_at'][:10]}"),
            html.paragraph(
                "This is everything that is held about you for training models, on what ground, "
                "and where it went. 以下为为训练模型而持有的您的全部数据、其依据与去向。"
            ),
            html.heading("What is held 持有的数据"),
            html.table(
                ["Record 记录", "Content 内容", "From 来源", "Kept until 保存至"],
                [_row(record) for record in package["records"]],
                "No record is held about you. 未持有关于您的记录。",
            ),
            html.heading("Why: grounds 处理依据"),
            html.table(
                ["Ground 依据", "Purpose 目的", "Status 状态", "From 自", "Notice 告知"],
                [
                    [g["kind"], g["purpose"], g["status"], g["from"][:10], g["notice"]]
                    for g in package["grants"]
                ],
                "None that names you; a source's own ground may cover you. 无专门针对您的依据。",
            ),
            html.heading("Who received it 接收方"),
            html.table(
                ["Recipient 接收方", "What 内容", "When 时间"],
                [[r["recipient"], r["what"], r["at"][:10]] for r in package["recipients"]],
                "Nobody. 无。",
            ),
            html.heading("Which models learned from it 使用过这些数据的模型"),
            html.table(
                ["Model 模型", "Purpose 目的", "Steps with your data 涉及的训练步"],
                [
                    [
                        m["model"],
                        m["trained_for"],
                        len({s for own in m["steps"].values() for s in own}),
                    ]
                    for m in package["models"]
                ],
                "None. 无。",
            ),
            html.paragraph(
                "package.json holds the same in full. 完整内容见 package.json。", note=True
            ),
        ],
    )


def _row(record: Mapping[str, Any]) -> list[html.Cell]:
    held = record["content"]
    if "image" in held:
        shown: html.Cell = html.Markup(
            f'<img src="{held["image"]}" alt="picture"> label {held["label"]}'
        )
    else:
        shown = held["text"]
    return [record["record"], shown, record["source"], record["retention_until"]]
