"""Measures what share of names and places the recognisers without a model find; claims nothing.

English and other Latin letters: /work/shared/data/pii_spans.json (1,500 invented texts, PERSON and
GPE), or the folder in RIGHTFUL_SHARED_DATA. Chinese: sentences written here, filled with names that
Faker draws from a fixed seed, which is another source than the gazetteer's lists; whoever wrote the
sentences wrote the gazetteer, so its shares there are flattering. Found means that a finding of
that kind overlaps what is marked; exactly, that it is the same characters. Precision counts
findings that overlap nothing marked as wrong, though some of the texts' names are not marked.

    pip install faker jieba
    python bench/screening_names.py
"""

import json
import os
import platform
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rightful.screening.recognisers import Recogniser, recogniser
from rightful.screening.recognisers.recogniser import NAME, PLACE

SHARED = Path(
    os.environ.get("RIGHTFUL_SHARED_DATA")
    or Path(__file__).resolve().parent.parent.parent / "shared" / "data"
)
SEED = 20_251_125
SENTENCES = 600
ADDRESS = "address"
KINDS = {"PERSON": NAME, "GPE": PLACE, "STREET_ADDRESS": ADDRESS}

WITH_NAMES = (
    "{}在会议上做了报告。",
    "请把材料交给{}，他会处理。",
    "联系人：{}，电话另行通知。",
    "昨天{}和{}一起去了图书馆。",
    "姓名：{}\n性别：女",
    "{}说这件事已经结束了。",
    "我叫{}，今年三十岁。",
    "感谢{}老师的帮助。",
    "{}女士，您的快递已到。",
    "据{}介绍，项目进展顺利。",
    "这本书的作者是{}。",
    "我和{}是小学同学。",
    "经理{}批准了申请。",
    "{}的妻子在医院工作。",
    "此致\n敬礼\n{}",
    "原告{}诉称，双方签有合同。",
    "晚上{}打来电话。",
    "参加者有{}、{}等人。",
)
WITH_PLACES = (
    "他去年搬到了{}。",
    "{}的天气很热。",
    "公司在{}设有办事处。",
    "从{}坐火车要五个小时。",
    "出生地：{}",
)
WITH_NEITHER = (
    "高速公路今天车流量很大。",
    "周三下午开会，请准时参加。",
    "这个方案的成本太高了。",
    "白天气温上升，夜里有雨。",
    "我们应该尽快解决这个问题。",
    "金融市场本周出现波动。",
    "方便的时候请回复邮件。",
    "大家都认为这项技术很有前景。",
    "时间过得真快，又到年底了。",
    "水利工程已经完工并通过验收。",
    "文学作品需要时间来检验。",
    "孙子兵法是一部古代兵书。",
    "何时开始还没有决定。",
    "马上就要放假了，注意安全。",
    "江水上涨，请注意防汛。",
    "任何人都可以参加报名。",
)

Span = tuple[str, int, int]


@dataclass
class Marked:
    """A text, and the names and places in it."""

    text: str
    spans: list[Span] = field(default_factory=list)


def english() -> list[Marked]:
    texts = json.loads((SHARED / "pii_spans.json").read_text("utf-8"))
    return [
        Marked(
            item["full_text"],
            [
                (KINDS[span["entity_type"]], span["start_position"], span["end_position"])
                for span in item["spans"]
                if span["entity_type"] in KINDS
            ],
        )
        for item in texts
    ]


def chinese() -> Iterator[Marked]:
    from faker import Faker

    invented = Faker("zh_CN")
    invented.seed_instance(SEED)
    draw = random.Random(SEED)
    for _ in range(SENTENCES):
        sentences, make, kind = draw.choice(
            (
                (WITH_NAMES, invented.name, NAME),
                (WITH_PLACES, invented.city_name, PLACE),
                (WITH_NEITHER, str, NAME),
            )
        )
        marked = Marked("")
        first, *rest = draw.choice(sentences).split("{}")
        marked.text = first
        for piece in rest:
            start = len(marked.text)
            marked.text += make()
            marked.spans.append((kind, start, len(marked.text)))
            marked.text += piece
        yield marked


def measure(chosen: Recogniser, texts: Sequence[Marked], kind: str) -> str:
    marked = found = exactly = right = 0
    findings = chosen.find([each.text for each in texts])
    total = 0
    for each, answers in zip(texts, findings, strict=True):
        wanted = [(start, end) for what, start, end in each.spans if what == kind]
        # The town of an address is marked as part of it, and is a place all the same.
        places = [(a, b) for what, a, b in each.spans if kind == PLACE and what == ADDRESS]
        given = [(answer.start, answer.end) for answer in answers if answer.kind == kind]
        marked += len(wanted)
        total += len(given)
        exactly += len(set(wanted) & set(given))
        found += sum(any(a < d and c < b for c, d in given) for a, b in wanted)
        right += sum(any(a < d and c < b for c, d in wanted + places) for a, b in given)
    return (
        f"{kind:5}  {marked:5,} marked, {found / marked:.2f} found, {exactly / marked:.2f} exactly"
        "; "
        f"{total:5,} findings, {right / total if total else 0:.2f} right"
    )


def speed(chosen: Recogniser, texts: Sequence[str]) -> float:
    best = 0.0
    size = sum(len(text.encode()) for text in texts) / 1e6
    for _ in range(3):
        start = time.perf_counter()
        chosen.find(texts)
        best = max(best, size / (time.perf_counter() - start))
    return best


def main() -> None:
    print(f"Python {platform.python_version()} on {platform.machine()}, one core, seed {SEED}")
    sets = {"pii_spans.json": english(), "Chinese sentences": list(chinese())}
    for name in ("gazetteer", "jieba"):
        chosen = recogniser(name)
        assert chosen is not None
        chosen.find(["热身"])  # what is read once is not counted
        for title, texts in sets.items():
            if name == "jieba" and title == "pii_spans.json":
                continue
            print(f"\n{name} on {title} ({len(texts):,} texts)")
            for kind in (NAME, PLACE):
                print(f"  {measure(chosen, texts, kind)}")
            rate = speed(chosen, [each.text for each in texts])
            print(f"  {rate:.1f} MB/s")


if __name__ == "__main__":
    main()
