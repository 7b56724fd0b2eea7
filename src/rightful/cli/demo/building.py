"""The demo's workspace up to the point where something can be trained, by the public API."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import rightful
from rightful.cli.demo import digits
from rightful.cli.demo.people import (
    APP,
    ARCHIVE,
    BOUGHT,
    NOTICE,
    PEOPLE,
    SHARES,
    grants,
    source_grants,
)
from rightful.records import Mapping, Source, open_reader
from rightful.training import ModelSpec, Program
from rightful.workspace import Workspace

CONTROLLER = "Example Handwriting Lab (a demo of Rightful)"

#: Singapore: no pack speaks for it, so only where a person lives brings in a law.
ESTABLISHMENT = "SG"
#: It offers what it trains to people there, so it is their laws that speak.
MARKETS = ("EEA", "CN")

_KINDS = {ARCHIVE: "licensed", APP: "user_data", BOUGHT: "third_party_private"}
_METHODS = {ARCHIVE: "transfer", APP: "form", BOUGHT: "purchase"}

_MAPPING = (
    *("image=pixels", "image_shape=28x28", "label=digit", "subject=contributor"),
    *("reference=number", "residence=country", "birth_year=born"),
)

_TEXT = (
    "We use digits that you wrote to train a model that reads digits. You can see what we hold, "
    "have it corrected, withdraw your consent and be erased; the model then forgets you."
)
_TEXT_ZH = (
    "我们使用您书写的数字训练识别数字的模型。"
    "您可以查阅、更正、撤回同意或要求删除;模型随后将遗忘您。"
)

_LENET = ModelSpec("rightful.training.lenet:LeNet")

#: The seeds stand here so that everybody can repeat it; elsewhere a seed is better a secret.
PRETRAINING = Program(_LENET, epochs=4, bins=30, seed=1)
FINE_TUNING = Program(_LENET, epochs=4, bins=20, seed=2)


def build(
    folder: Path,
    *,
    without: str | None = None,
    order: Iterable[str] = SHARES,
    done: Callable[[str, int], None] = lambda source, added: None,  # noqa: ARG005
) -> Workspace:
    """A workspace with the digits and people of the demo, without one person if told so."""
    workspace = rightful.init(
        folder, controller=CONTROLLER, establishment=ESTABLISHMENT, markets=MARKETS
    )
    notice = workspace.notices.publish(NOTICE, _TEXT, "en")
    workspace.notices.publish(f"{NOTICE}-zh", _TEXT_ZH, "zh-CN")
    with tempfile.TemporaryDirectory() as place:
        files = digits.write(Path(place), without)
        for source in order:
            workspace.sources.declare(
                Source(
                    source,
                    kind=_KINDS.get(source, "user_data"),
                    method=_METHODS.get(source, "form"),
                    public=False,
                    special_category=False,
                    criminal_offence=False,
                    notice=notice.number,
                    retention_until="2036-01-01",
                )
            )
            reader = open_reader(files[source])
            imported = workspace.importer.run(reader, Mapping.parse(_MAPPING), source)
            done(source, imported.added)
            for grant in source_grants(source):
                workspace.grants.record(grant)
    for person in PEOPLE:
        if person.reference != without:
            for grant in grants(person):
                workspace.grants.record(grant)
    return workspace
