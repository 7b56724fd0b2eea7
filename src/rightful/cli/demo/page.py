"""The demo's page: what was done, to look at, in English with Chinese headings."""

import base64
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rightful import html
from rightful.clearance import Clearance
from rightful.cli.certificates import words
from rightful.cli.models import curves
from rightful.files import write_atomic
from rightful.policy import Decision
from rightful.training import Evaluation, Run, plots
from rightful.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Story:
    """What the page tells of."""

    workspace: Workspace
    cleared: Mapping[str, Clearance]
    before: Evaluation
    after: Evaluation
    runs: Mapping[str, Run]
    elsewhere: Mapping[str, Any]
    certificate: Mapping[str, Any]


def write(path: Path, story: Story) -> None:
    """Write the page, which needs nothing but itself.

    Raises `InvalidInput` where matplotlib is not installed.
    """
    parts = [
        html.paragraph(
            "Real: 5,000 digits of MNIST, the training, the erasure, the proofs. Invented: the "
            "people, where they live and what they allowed. "
            "真实:5,000 个 MNIST 数字、训练、删除与证明;虚构:人物、居住地及其授权。"
        ),
        *_clearances(story.cleared),
        *_pictures(story),
        *_equality(story),
        html.heading("The certificate in words 证书内容"),
        *(html.paragraph(line) for line in words(story.certificate, "en")),
        *(html.paragraph(line) for line in words(story.certificate, "zh")),
    ]
    write_atomic(path, html.page("Rightful: a demo 演示", "en", parts).encode())


def _clearances(cleared: Mapping[str, Clearance]) -> list[str]:
    head = ["Purpose 目的", *(f"{d.title.en} {d.title.zh}" for d in Decision)]
    rows: list[list[html.Cell]] = [
        [purpose, *(found.about_all[decision] for decision in Decision)]
        for purpose, found in cleared.items()
    ]
    parts = [html.heading("Which records may be used 可使用的记录"), html.table(head, rows, "–")]
    against: list[list[html.Cell]] = [
        [
            *(why.rule.id, why.rule.article, why.rule.title.en, why.rule.title.zh),
            *(len(why.fired), len(why.unanswered)),
        ]
        for why in cleared["fine-tuning"].reasons
    ]
    parts += [
        html.heading("Why not the others, for fine-tuning 其他记录不可用于微调的原因"),
        html.table(
            ["Rule 规则", "Article 条款", "", "", "Records 记录", "Not known 未知"], against, "–"
        ),
    ]
    return parts


def _pictures(story: Story) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        losses, confusion = Path(folder) / "losses.png", Path(folder) / "confusion.png"
        plots.losses(losses, curves(story.workspace, "digits"))
        metrics = story.after.metrics
        plots.confusion(confusion, metrics["confusion"], f"{metrics['accuracy']:.2%} right")
        return [
            html.heading("Training 训练"),
            _picture(losses, "The losses of pretraining and fine-tuning, step by step"),
            html.heading("Evaluation on people who are in no run 评估"),
            html.paragraph(
                f"Right before the erasure 删除前: {story.before.metrics['accuracy']:.2%}; "
                f"after 删除后: {metrics['accuracy']:.2%} ({metrics['records']:,} digits)"
            ),
            _picture(confusion, "Which digit is taken for which"),
        ]


def _equality(story: Story) -> list[str]:
    rows: list[list[html.Cell]] = [
        [name, run.weights_sha256, story.elsewhere[name]] for name, run in story.runs.items()
    ]
    return [
        html.heading("Forgotten, bit for bit 逐位遗忘"),
        html.table(
            [
                "Model 模型",
                "Weights after the erasure 删除后的权重",
                "Weights of a process that never saw that person 从未见过此人的进程所得权重",
            ],
            rows,
            "–",
        ),
    ]


def _picture(path: Path, what: str) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<p><img src="data:image/png;base64,{data}" alt="{what}" style="max-width:100%"></p>'
