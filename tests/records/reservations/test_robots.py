"""robots.txt: who is kept out, and what it says of use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.records.reservations import robots
from rightful.records.reservations.agents import TRAINING_AGENTS

DRAFT = """
User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: train-ai=n
Content-Usage: /ai-ok/ train-ai=y

User-Agent: ExampleBot
Allow: /
Content-Usage: train-ai=y
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "none"),
        ("# nothing", "none"),
        ("Sitemap: https://example.org/map.xml", "none"),
        ("User-agent: Googlebot\nDisallow: /", "none"),
        ("User-agent: *\nDisallow:", "allowed"),
        ("User-agent: *\nDisallow: /admin", "allowed"),
        ("User-agent: *\nDisallow: /", "disallowed"),
        ("User-agent: gptbot\nDisallow: /", "disallowed"),
        ("User-agent: GPTBot/1.0\nDisallow: /", "disallowed"),
        ("User-agent: CCBot\nDisallow: /articles/", "disallowed"),
        ("User-agent: CCBot\nDisallow:\n\nUser-agent: *\nDisallow: /", "disallowed"),
        ("User-agent: GPTBot\nAllow: /", "allowed"),
        ("User-agent: Googlebot\nUser-agent: ClaudeBot\n\nDisallow: /", "disallowed"),
        ("User-agent: CCBot\n# a comment\nSitemap: x\nDisallow: / # all of it", "disallowed"),
        ("Disallow: /\nUser-agent: *\nAllow: /", "allowed"),
        ("\ufeffUSER-AGENT : GPTBot\r\nDISALLOW : /\r\n", "disallowed"),
        ("User-agent: GPTBot\nDisallow: /a\nUser-agent: *\nAllow: /", "disallowed"),
    ],
)
def test_a_site_keeps_training_out_or_lets_it_in(text: str, said: str) -> None:
    assert robots.crawling(text) == said


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/example/page/allowed.gif", "allowed"),
        ("/example/page/disallowed.gif", "disallowed"),
        ("/other", "disallowed"),
    ],
)
def test_the_longest_rule_decides_about_a_path(path: str, said: str) -> None:
    text = """User-Agent: ccbot
Disallow: /
Allow: /example/page/
Disallow: /example/page/disallowed.gif"""
    assert robots.crawling(text, [path]) == said
    assert robots.crawling(text, ["/example/page/allowed.gif", path]) == said


def test_of_equal_rules_the_one_that_allows_is_used() -> None:
    text = "User-agent: *\nDisallow: /page\nAllow: /page"
    assert robots.crawling(text, ["/page"]) == "allowed"


def test_groups_of_one_crawler_are_one_group() -> None:
    text = "User-agent: CCBot\nAllow: /a\n\nUser-agent: CCBot\nDisallow: /\n"
    assert robots.crawling(text, ["/a/b"]) == "allowed"
    assert robots.crawling(text, ["/c"]) == "disallowed"


def test_a_crawler_that_is_named_does_not_hear_what_all_others_are_told() -> None:
    text = "User-agent: *\nDisallow: /\n\n" + "\n".join(
        f"User-agent: {agent}" for agent in sorted(TRAINING_AGENTS)
    )
    # All known ones may, but whoever is not known may not.
    assert robots.crawling(f"{text}\nAllow: /") == "disallowed"


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (None, "n"),
        (["/test"], "n"),
        (["/ai-ok/test"], "y"),
        (["/ai-ok/test", "/test"], "n"),
    ],
)
def test_content_usage_by_path_is_as_in_the_draft(paths: list[str] | None, said: str) -> None:
    assert robots.usage(DRAFT, paths) == said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: train-ai=y", "n"),
        ("User-agent: *\nContent-Usage: /a train-ai=y\nContent-Usage: /a\ttrain-ai=n", "n"),
        ("User-agent: *\nContent-Usage: train-ai=y", "y"),
        ("User-agent: *\nContent-Usage: train-ai", "unknown"),
        ("User-agent: *\nContent-Usage: search=n", "none"),
        ("User-agent: *\nContent-Usage:", "none"),
        ("User-agent: Googlebot\nContent-Usage: train-ai=n", "none"),
        ("User-agent: GPTBot\nContent-Usage: train-ai=n\n\nUser-agent: *\nAllow: /", "n"),
        ("Content-Usage: train-ai=n\nUser-agent: *\nAllow: /", "n"),
        ("User-agent: *\nContent-Usage: train-ai=n # please", "n"),
        ("User-agent: *\nDisallow: /", "none"),
    ],
)
def test_any_n_in_the_file_wins(lines: str, said: str) -> None:
    assert robots.usage(lines) == said
    assert robots.usage(lines, ["/a"]) == said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("User-Agent: *\nContent-Signal: ai-train=no, search=yes, ai-input=yes\nAllow: /", "no"),
        ("User-agent: *\ncontent-signal: search=yes,ai-train=YES", "yes"),
        ("User-agent: *\nContent-Signal: search=yes", "none"),
        ("User-agent: *\nContent-Signal: ai-train=maybe", "unknown"),
        ("User-agent: *\nContent-Signal: ai-train", "unknown"),
        ("User-agent: *\nContent-Signal: ai-train=no, ai-train=yes", "no"),
        ("User-agent: *\nContent-Signal: train-ai=no", "none"),
        ("User-agent: *\nContent-Signal: ai-train=yes\nContent-Signal: ai-train=no", "no"),
        ("User-agent: *\nContent-Signal: /blog ai-train=no", "no"),
    ],
)
def test_content_signals_say_yes_or_no(lines: str, said: str) -> None:
    assert robots.signal(lines) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("User-Agent: *\nDisallow: *.jpg\nAllow: *.txt", "disallowed"),
        ("User-Agent: *\nAllow: /", "allowed"),
        ("User-Agent: *\nDisallow:", "allowed"),
        ("", "none"),
        ("# ai.txt\n", "none"),
        ("Permission: deny-training", "unknown"),
        ("<html>not found</html>", "unknown"),
    ],
)
def test_ai_txt_keeps_out_what_it_keeps_out_of_anything(text: str, said: str) -> None:
    assert robots.media(text) == said


@given(st.text("User-agent: *GPTBot\nDisallowContent-Usage/:#=yn,; \t$%é", max_size=200))
def test_no_file_is_too_odd_to_be_read(text: str) -> None:
    for paths in (None, ["/", "/a*b"]):
        assert robots.crawling(text, paths) in ("allowed", "disallowed", "none")
        assert robots.usage(text, paths) in ("y", "n", "unknown", "none")
        assert robots.signal(text, paths) in ("yes", "no", "unknown", "none")
    assert robots.media(text) in ("allowed", "disallowed", "unknown", "none")


@given(st.lists(st.sampled_from(["Allow: /", "Disallow: /x", "Content-Usage: train-ai=y"])))
def test_adding_a_no_to_a_file_is_always_heard(lines: list[str]) -> None:
    text = "\n".join(["User-agent: *", *lines, "Content-Usage: train-ai=n", "Disallow: /"])
    assert robots.usage(text) == "n"
    assert robots.crawling(text) == ("allowed" if "Allow: /" in lines else "disallowed")
