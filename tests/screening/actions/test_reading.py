"""A policy that can't be understood is refused with the field's name, and never half obeyed."""

from pathlib import Path

import pytest

from rightful.errors import InvalidInput
from rightful.screening.actions import (
    FILE,
    Action,
    Duplicates,
    Keep,
    default,
    default_text,
    load,
    parse,
    placeholder,
)
from rightful.screening.finding import Finding

GROUPS = {"email": "contact", "token": "secret"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("actions: []", "version is missing"),
        ("version: 2", "version must be 1"),
        ("version: 1\naction: flag", "action is not a field here"),
        ("version: 1\nactions: {kind: email}", "actions: must be a list"),
        ("version: 1\nactions: [{kind: emial, action: redact}]", "rule 1: kind: 'emial' is no"),
        ("version: 1\nactions: [{group: contakt, action: redact}]", "group: 'contakt' is not one"),
        ("version: 1\nactions: [{kind: email, action: remove}]", "action: 'remove' is not one"),
        ("version: 1\nactions: [{kind: email}]", "rule 1: action is missing"),
        ("version: 1\nactions: [{kind: email, group: secret, action: drop}]", "are both given"),
        ("version: 1\nactions: [{action: drop, confidence: 90}]", "a number from 0 to 1"),
        ("version: 1\nactions: [{action: drop, confidence: true}]", "a number from 0 to 1"),
        ("version: 1\nkeep_original: perhaps", "keep_original: must be true or false"),
        ("version: 1\nduplicates: {exact: keep last}", "exact: 'keep last' is not one"),
        ("version: 1\nduplicates: {threshold: 0.3}", "threshold must be 0.5 or more"),
        ("version: 1\nsources: [forum]", "sources: must be a mapping"),
        ("version: 1\nsources: {forum: {sources: {}}}", "forum: sources is not a field"),
        ("version: 1\nplaceholders: {email: '[1]'}", "placeholders: email: must be 1 to 40"),
        ("version: 1\nplaceholders: {email: '[at]'}", "placeholders: email: must be 1 to 40"),
        ("version: 1\nplaceholders: {email: EMAIL}", "placeholders: email: must be 1 to 40"),
        ("version: 1\nplaceholders: {emial: '[X]'}", "placeholders: emial: 'emial' is no kind"),
        ("version: 1\nversion: 1", "given twice"),
        ("- 1", "must be a mapping"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=r"^screening\.yaml: ") as refused:
        parse(written, "screening.yaml", GROUPS)
    assert said in str(refused.value)


def test_everything_that_can_be_stated_is_read() -> None:
    policy = parse(
        "version: 1\n"
        "duplicates: {exact: keep first, near: hold, threshold: 0.75}\n"
        "actions: [{kind: email, action: redact}]\n"
        "placeholders: {email: 【电子邮箱】}\n",
        "screening.yaml",
        GROUPS,
    )
    treatment = policy.treatment("forum", GROUPS)
    assert treatment.duplicates == Duplicates(Keep.FIRST, Keep.HOLD, 0.75)
    assert placeholder("email", treatment) == "【电子邮箱】"


def test_by_default_nothing_is_changed_and_only_a_sure_credential_is_held() -> None:
    treatment = default().treatment("forum", GROUPS)
    assert not treatment.keep_original
    assert treatment.duplicates == Duplicates(Keep.ALL, Keep.ALL, 0.8)
    for kind, confidence, action in [
        ("token", 0.95, Action.HOLD),
        ("token", 0.85, Action.FLAG),
        ("email", 1.0, Action.FLAG),
        ("unheard_of", 1.0, Action.FLAG),
    ]:
        assert treatment.action(Finding(kind, 0, 1, confidence, "by hand")) is action


def test_a_workspace_without_a_file_has_the_default(tmp_path: Path) -> None:
    assert load(tmp_path, GROUPS) == default()
    (tmp_path / FILE).write_text(default_text(), "utf-8")
    assert load(tmp_path, GROUPS) == default()


def test_a_policy_that_says_something_else_has_another_version(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("version: 1\nactions: [{kind: email, action: drop}]", "utf-8")
    dropping = load(tmp_path, GROUPS)
    (tmp_path / FILE).write_text("version: 1\nactions: [{kind: email, action: hold}]", "utf-8")
    assert load(tmp_path, GROUPS).version not in (dropping.version, default().version)


@pytest.mark.parametrize("damage", ["folder", "bytes"])
def test_a_file_that_cannot_be_read_is_no_default(tmp_path: Path, damage: str) -> None:
    path = tmp_path / FILE
    path.mkdir() if damage == "folder" else path.write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(InvalidInput, match=r"screening\.yaml can't be read"):
        load(tmp_path, GROUPS)
