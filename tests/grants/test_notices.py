"""A published notice never changes; its versions are counted, and its languages are one notice."""

import hashlib
from collections.abc import Callable

import pytest

from rightful.errors import InvalidInput, NotFound
from rightful.grants import Notice, Notices
from rightful.ledger import Entry
from rightful.registry import Registry


def test_versions_count_from_one(notices: Notices) -> None:
    assert notices.publish("privacy", "one", "en").version == 1
    assert notices.publish("privacy", "two", "en").version == 2
    assert notices.publish("camera", "one", "en").version == 1


def test_the_same_text_again_is_the_same_version(
    notices: Notices, registry: Registry, entries: Callable[[str], list[Entry]]
) -> None:
    first = notices.publish("privacy", "one", "en")
    before = registry.revision
    assert notices.publish("privacy", "one", "en") == first
    assert (len(entries("notice_published")), registry.revision) == (1, before)


def test_going_back_to_an_older_text_is_a_new_version(notices: Notices) -> None:
    for text in ("one", "two", "one"):
        newest = notices.publish("privacy", text, "en")
    assert newest.version == 3


def test_a_translation_has_the_number_of_what_it_translates(notices: Notices) -> None:
    notices.publish("privacy", "one", "en")
    notices.publish("privacy", "two", "en")
    assert str(notices.publish("privacy", "二", "zh")) == "privacy@2/zh"
    assert str(notices.publish("privacy", "三", "zh")) == "privacy@3/zh"
    assert str(notices.publish("privacy", "three", "en")) == "privacy@3/en"


def test_a_notice_keeps_its_text_and_the_digest_of_it(notices: Notices) -> None:
    notice = notices.publish("privacy", "Wir trainieren.\n", "de")
    assert notices.text(notice.number) == "Wir trainieren.\n"
    assert notice.sha256 == hashlib.sha256(b"Wir trainieren.\n").hexdigest()


def test_publishing_is_entered_with_the_digest_and_without_the_text(
    notices: Notices, registry: Registry, entries: Callable[[str], list[Entry]]
) -> None:
    before = registry.revision
    notice = notices.publish("privacy", "one", "en")
    [entry] = entries("notice_published")
    assert entry.facts == {
        "name": "privacy",
        "version": 1,
        "language": "en",
        "sha256": notice.sha256,
    }
    assert registry.revision > before


def test_the_latest_is_asked_by_name_or_by_name_and_language(notices: Notices) -> None:
    notices.publish("privacy", "one", "en")
    chinese = notices.publish("privacy", "一", "zh")
    newest = notices.publish("privacy", "two", "en")
    assert notices.latest("privacy") == newest
    assert notices.latest("privacy", "zh") == chinese


def test_a_notice_is_named_with_version_and_language_as_far_as_needed(notices: Notices) -> None:
    first = notices.publish("privacy", "one", "en")
    second = notices.publish("privacy", "two", "en")
    chinese = notices.publish("privacy", "二", "zh")
    assert notices.named("privacy@1") == first
    assert notices.named("privacy@2/zh") == chinese
    assert notices.named("privacy/en") == second
    assert notices.named(str(second)) == second


def test_which_language_was_shown_is_never_guessed(notices: Notices) -> None:
    notices.publish("privacy", "one", "en")
    notices.publish("privacy", "一", "zh")
    for name in ("privacy", "privacy@1"):
        with pytest.raises(InvalidInput, match="privacy@1/en or privacy@1/zh"):
            notices.named(name)


@pytest.mark.parametrize(
    "name",
    ["privcy", "privacy@2", "privacy@1/zh", "privacy@", "privacy@0", "@1", "", "privacy@1@1"],
)
def test_an_unknown_notice_is_answered_with_those_there_are(notices: Notices, name: str) -> None:
    notices.publish("privacy", "one", "en")
    with pytest.raises(NotFound, match="there are: privacy@1/en"):
        notices.named(name)


def test_where_there_is_no_notice_the_answer_says_so(notices: Notices) -> None:
    with pytest.raises(NotFound, match="none yet; publish one first"):
        notices.latest("privacy")
    with pytest.raises(NotFound, match="no notice 7"):
        notices.text(7)


def test_all_lists_every_version_in_order(notices: Notices) -> None:
    published = [
        notices.publish("b", "one", "en"),
        notices.publish("a", "one", "en"),
        notices.publish("b", "two", "en"),
    ]
    listed: list[Notice] = notices.all()
    assert listed == [published[1], published[0], published[2]]


@pytest.mark.parametrize("name", ["", "a b", "a@1", "a/en", ".a", "a" * 101])
def test_a_malformed_name_is_refused(notices: Notices, name: str) -> None:
    with pytest.raises(InvalidInput, match="notice's name"):
        notices.publish(name, "one", "en")


@pytest.mark.parametrize("language", ["", "EN", "english", "en_GB", "e"])
def test_a_malformed_language_is_refused(notices: Notices, language: str) -> None:
    with pytest.raises(InvalidInput, match="such as en or zh-CN"):
        notices.publish("privacy", "one", language)


@pytest.mark.parametrize("text", ["", " \n", "\ud800"])
def test_a_notice_without_readable_text_is_refused(notices: Notices, text: str) -> None:
    with pytest.raises(InvalidInput, match="the text of a notice"):
        notices.publish("privacy", text, "en")
