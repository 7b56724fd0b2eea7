"""Our reading of robots.txt beside Protego's, on files made from a seed."""

import random

import pytest

from rightful.records.reservations import robots
from rightful.records.reservations.agents import TRAINING_AGENTS

Protego = pytest.importorskip("protego").Protego

AGENTS = ("*", "GPTBot", "CCBot", "Googlebot", "google-extended", "anthropic-ai")
NAMES = ("Disallow", "Allow", "disallow", "Dissallow", "Disalow")
PATTERNS = ("/", "", "/a", "/a/", "/*.html$", "/a*b", "/a%20b", "/ü", "/a/b.html", "*", "/$")
PATHS = ("/", "/a", "/a/b.html", "/ab", "/a b", "/x", "/ü", "/a/", "/index.html")


def _file(generator: random.Random) -> str:
    lines = []
    for _ in range(generator.randint(1, 3)):
        heads = ("User-agent: {}", "user-agent : {}", "User agent: {}", "User-agent {}")
        for _ in range(generator.randint(1, 2)):
            lines.append(generator.choice(heads).format(generator.choice(AGENTS)))
        for _ in range(generator.randint(1, 3)):
            colon = generator.choice((": ", ":", " "))
            lines.append(generator.choice(NAMES) + colon + generator.choice(PATTERNS))
    return "\n".join(lines)


def test_both_keep_out_the_same_crawlers() -> None:
    generator = random.Random(1)
    closed = 0
    for _ in range(1500):
        text, path = _file(generator), generator.choice(PATHS)
        theirs = Protego.parse(text)
        out = any(not theirs.can_fetch("https://a.example" + path, a) for a in TRAINING_AGENTS)
        assert (robots.crawling(text, [path]) == "disallowed") == out, (text, path)
        closed += out
    assert 300 < closed < 1200


def test_a_name_with_its_version_is_that_crawler_all_the_same() -> None:
    text = "User-agent: GPTBot/1.0\nDisallow: /"
    assert robots.crawling(text, ["/"]) == "disallowed"
    assert Protego.parse(text).can_fetch("https://a.example/", "gptbot")
