"""Claim: Rightful screens at least 40 MB of text a second on one core, and 100 times as Presidio.

All of its detectors are on, and what is timed goes from texts to findings: the scan, the judges of
what it found, context words and overlaps. The texts are the bodies of the 5,000 mails in
../shared/data/mail.parquet, and English, Chinese and German prose made up from a seed, in which
one sentence of forty holds a value to be found. All of it runs on one core, ours and the peers.

The peers: Presidio with its recognisers of patterns only and a pipeline without a model (its names
would need one, and would cost it more), scrubadub as it comes, and datatrove's PII formatter, which
knows e-mail and IP addresses only. They are asked for a slice of the same texts, and take turns
with us; MB/s are compared. A peer that isn't installed is told as skipped, with the reason; without
Presidio there is no ratio, and the claim does not hold.

    python bench/screening.py            # about 3 minutes
    python bench/screening.py --quick    # smaller slices, under 50 s
"""

import argparse
import json
import logging
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from rightful.screening.screener import Screener

MB_PER_SECOND, TARGET = 40, 100
SEED = 20261125
MAIL = Path(__file__).parents[2] / "shared" / "data" / "mail.parquet"
#: Characters of each made-up language, and of a text in it.
GENERATED, EACH = 4_000_000, 1_500
#: Bytes of each kind of text that peers are asked for, in a turn.
SLICE, QUICK_SLICE = 60_000, 15_000
TURNS = 5
#: One sentence of so many holds a value.
RARE = 40

_WORDS = {
    "english": "the a report river market they write quickly because many small old houses near "
    "station garden number letters music we think about data under light seven people who walked "
    "home after long meetings and talked of weather prices books or plans for next summer",
    "german": "der die das Bericht Fluss Markt sie schreiben schnell weil viele kleine alte Häuser "
    "am Bahnhof Garten Nummer Briefe Musik wir denken über Daten unter Licht sieben Menschen die "
    "nach langen Sitzungen heim gingen und vom Wetter von Preisen Büchern oder Plänen redeten",
    "chinese": "报告 河流 市场 他们 写得 很快 因为 许多 小小的 旧房子 靠近 车站 花园 "
    "数字 信件 音乐 我们 认为 数据 灯光 七个 人们 走回 家里 漫长的 会议 之后 谈论 天气 价格 "
    "书籍 或者 明年 夏天 的 计划 以及",
}
_VALUES = {
    "english": ("write to ann{n}@mail.example", "call 202-555-01{n:02d}", "IP 203.0.113.{n}"),
    "german": ("an eva{n}@post.example", "Telefon 030 23125 {n:03d}", "Adresse 198.51.100.{n}"),
    "chinese": ("邮箱li{n}@mail.example", "手机号138001380{n:02d}", "地址203.0.113.{n}"),
}

Found = int
Asked = Callable[[Sequence[str]], Found]


def texts_of(language: str, characters: int) -> list[str]:
    """Prose without sense, cut into texts."""
    drawn = random.Random(f"{SEED} {language}")
    words, chinese = _WORDS[language].split(), language == "chinese"
    found: list[str] = []
    text, written = "", 0
    while written < characters:
        sentence = drawn.choices(words, k=drawn.randint(6, 18))
        if drawn.randrange(RARE) == 0:
            sentence.append(drawn.choice(_VALUES[language]).format(n=drawn.randrange(10, 99)))
        text += ("" if chinese else " ").join(sentence) + ("。" if chinese else ". ")
        if len(text) >= EACH:
            found.append(text)
            written += len(text)
            text = ""
    return found


def corpora() -> dict[str, list[str]]:
    """The texts by what they are; without the mails where they aren't at hand."""
    found = {language: texts_of(language, GENERATED) for language in _WORDS}
    if MAIL.exists():
        bodies = pq.read_table(MAIL, columns=["body"]).column("body").to_pylist()
        found = {"mail": [body or "" for body in bodies], **found}
    return found


def size(texts: Sequence[str]) -> int:
    """Bytes in UTF-8."""
    return sum(len(text.encode()) for text in texts)


def part(texts: Sequence[str], most: int, turn: int) -> list[str]:
    """Some of the texts, others in each turn."""
    drawn = random.Random(f"{SEED} {turn}")
    found, left = [], most
    while left > 0:
        found.append(drawn.choice(texts)[:20_000])
        left -= len(found[-1].encode())
    return found


# Those that are asked: each says how many findings there were


def presidio() -> Asked:
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

    class Blank(NlpEngine):  # type: ignore[misc]
        """A pipeline that splits into words and knows nothing else."""

        def __init__(self) -> None:
            self._pipeline = spacy.blank("en")
            self._pipeline.max_length = 10**8

        def load(self) -> None:
            """There is nothing to load."""

        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> Any:
            document = self._pipeline(text)
            return NlpArtifacts(
                entities=[],
                tokens=document,
                tokens_indices=[token.idx for token in document],
                lemmas=[token.text for token in document],
                nlp_engine=self,
                language=language,
            )

        def process_batch(self, texts: Any, language: str, *_: Any, **__: Any) -> Any:
            return ((text, self.process_text(text, language)) for text in texts)

        def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002
            return False

        def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002
            return not word.isalnum()

        def get_supported_entities(self) -> list[str]:
            return []

        def get_supported_languages(self) -> list[str]:
            return ["en"]

    registry = RecognizerRegistry()
    engine = Blank()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    for each in list(registry.recognizers):
        if not hasattr(each, "patterns"):
            registry.remove_recognizer(str(each.name))
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
    return lambda texts: sum(len(analyzer.analyze(text, "en")) for text in texts)


def scrubadub() -> Asked:
    import scrubadub as library

    scrubber = library.Scrubber()
    return lambda texts: sum(sum(1 for _ in scrubber.iter_filth(text)) for text in texts)


def datatrove() -> Asked:
    from datatrove.pipeline.formatters import PIIFormatter

    formatter = PIIFormatter()
    return lambda texts: sum(formatter.format(text) != text for text in texts)


PEERS: dict[str, tuple[str, Callable[[], Asked]]] = {
    "presidio": ("presidio-analyzer", presidio),
    "scrubadub": ("scrubadub", scrubadub),
    "datatrove": ("datatrove", datatrove),
}


def peers() -> tuple[dict[str, Asked], dict[str, str]]:
    """Those that can be asked, and why the others can't."""
    found, skipped = {}, {}
    for name, (_, make) in PEERS.items():
        try:
            found[name] = make()
            found[name](["Write to ann@mail.example or call 202-555-0143."])
        except Exception as error:
            skipped[name] = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
    return found, skipped


def speeds(slice_of: int) -> dict[str, Any]:
    """MB/s of each on each kind of text, in turns."""
    asked, skipped = peers()
    texts = corpora()
    begun = time.perf_counter()
    screener = Screener()
    building = time.perf_counter() - begun
    measured: dict[str, dict[str, list[float]]] = {name: {} for name in ("rightful", *asked)}
    findings = {}
    for kind, whole in texts.items():
        megabytes = size(whole) / 1e6
        screener.scan(whole[:200])
        for turn in range(TURNS):
            begun = time.perf_counter()
            findings[kind] = len(screener.scan(whole))
            took = time.perf_counter() - begun
            measured["rightful"].setdefault(kind, []).append(megabytes / took)
            some = part(whole, slice_of, turn)
            for name, ask in asked.items():
                begun = time.perf_counter()
                ask(some)
                took = time.perf_counter() - begun
                measured[name].setdefault(kind, []).append(size(some) / 1e6 / took)
        told = (f"{name} {statistics.median(of[kind]):.2f}" for name, of in measured.items())
        print(f"{kind}: {'  '.join(told)} MB/s", flush=True)
    return {
        "megabytes": {kind: round(size(whole) / 1e6, 1) for kind, whole in texts.items()},
        "detectors": len(screener.detectors),
        "findings": findings,
        "building_seconds": round(building, 2),
        "mb_per_second": {
            name: {kind: round(statistics.median(each), 2) for kind, each in of.items()}
            for name, of in measured.items()
        },
        "lowest_mb_per_second": round(
            min(map(statistics.median, measured["rightful"].values())), 2
        ),
        "peers_asked_for_bytes_of_each_kind": TURNS * slice_of,
        "skipped": skipped | ({} if "mail" in texts else {"mail": f"no {MAIL}"}),
        "versions": {name: version(PEERS[name][0]) for name in asked}
        | {"hyperscan": version("hyperscan")},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, one used",
        "load": [round(each, 2) for each in os.getloadavg()],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller slices, under 50 s")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    figures = speeds(QUICK_SLICE if given.quick else SLICE)
    ours = figures["mb_per_second"]["rightful"]
    theirs = figures["mb_per_second"].get("presidio")
    ratio = round(min(ours[kind] / theirs[kind] for kind in ours), 1) if theirs else None
    print(
        json.dumps(
            {
                "claim": f"at least {MB_PER_SECOND} MB/s on one core for every kind of text, all "
                f"detectors on, validation and findings included, and at least {TARGET} times "
                "Presidio's recognisers of patterns",
                "figures": figures,
                "ratio": ratio,
                "target": TARGET,
                "holds": ratio is not None
                and ratio >= TARGET
                and min(ours.values()) >= MB_PER_SECOND,
            }
        )
    )


if __name__ == "__main__":
    main()
