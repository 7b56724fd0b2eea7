"""A walk from an empty folder to trained models, in a process of its own.

    python walk.py WALK.json

WALK.json says where the workspace is to be, what is imported on which ground, and what is trained;
`conftest.py` writes it. On standard output stands, as JSON, which weights came of it.
"""

import json
import sys
from pathlib import Path
from typing import Any

import rightful
from rightful import config
from rightful.grants import NewGrant
from rightful.records import Mapping, Source
from rightful.records.readers import open_reader
from rightful.training import Cadence, Program
from rightful.workspace import Workspace


def bring(workspace: Workspace, source: dict[str, Any]) -> None:
    """Declare a source, import its files, and record the grounds on which it may be used."""
    name = source["name"]
    notice = workspace.notices.publish(f"{name}-notice", "We train a digit recogniser.", "en")
    workspace.sources.declare(
        Source(
            name,
            kind="licensed",
            method="form",
            public=False,
            special_category=False,
            criminal_offence=False,
            retention_until="2999-01-01",
            notice=notice.number,
        )
    )
    for path, columns in source["files"]:
        reader = open_reader(Path(path))
        done = workspace.importer.run(reader, Mapping.parse(columns), name)
        assert not done.quarantined, done.reasons
    for purpose in source["interests"]:
        # A licence says that copying is allowed, not that people's data may be used.
        grants = (
            NewGrant("licence", purpose, source=name, licence="LicenseRef-contributors"),
            NewGrant("legitimate_interests", purpose, source=name, evidence="assessment 1"),
        )
        for grant in grants:
            workspace.grants.record(grant)
    for purpose, people in source["consents"]:
        for person in people:
            workspace.grants.record(
                NewGrant(
                    "consent",
                    purpose,
                    subject=person,
                    source=name,
                    notice=str(notice),
                    explicit=True,
                    given_by="self",
                    evidence="cupboard 3",
                )
            )


def train(workspace: Workspace, run: dict[str, Any]) -> str:
    """Train one model; returns the SHA-256 of its weights."""
    program = Program.from_dict(run["program"])
    cadence = Cadence(*run.get("cadence", ()))
    if run["parent"] is None:
        done = workspace.trainer.pretrain(program, model=run["model"], cadence=cadence)
    else:
        done = workspace.trainer.finetune(
            program, model=run["model"], parent=run["parent"], cadence=cadence
        )
    assert done.weights_sha256 is not None
    return done.weights_sha256


def main(path: Path) -> None:
    """Walk."""
    walk = json.loads(path.read_text())
    with rightful.init(
        walk["folder"],
        controller="Example Lab",
        establishment="DE",
        registry=walk["registry"] or config.REGISTRY,
    ) as workspace:
        for source in walk["sources"]:
            bring(workspace, source)
        weights = {run["model"]: train(workspace, run) for run in walk["runs"]}
    sys.stdout.write(json.dumps(weights) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
