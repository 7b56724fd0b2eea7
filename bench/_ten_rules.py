"""One policy of ten rules, written four times: for Rightful, for Cedar, for Rego, and in Python.

Every version answers `allow`, `hold` or `deny`. A rule *denies* where its condition is certainly
true; where it may be true, for a fact is not known, the record is *held*; a denial wins. Rightful
and Python see an unknown fact as NULL and None. Cedar and Rego have no such value, so their rows
say it themselves (see `row`): a text is `"unknown"`, a truth value or a number is left out, and
their rules ask for each fact before they read it. Cedar needs that to be safe at all: a `forbid`
that reads an attribute that is not there is an error, is skipped, and the permit wins.

The rules are made up for this, no reading of any law. Rightful asks its built-in rules, too.
Their answers never differ from these: the first denies and holds whatever they do.
"""

import json
from collections.abc import Mapping
from typing import Any

#: The facts that the ten rules read.
COLUMNS = (
    *("consent", "contract", "legitimate_interests", "public_task", "licence"),
    *("consent_other_purpose", "consent_by_guardian", "age", "residence", "retention_days"),
    *("restricted", "objected", "source_kind", "public_source", "method"),
)
_TEXTS = frozenset(COLUMNS[:5]) | {"residence", "source_kind", "method"}

RIGHTFUL = """
id: bench.ten-rules
kind: law  # or else the record is held, since no law is known to speak about it
covers: personal_data
title: {en: Ten rules to measure with, zh: 用于测量的十条规则}
authority: The bench
version: "1"
as_of: 2026-11-25
review_by: 2027-11-25
applies: "TRUE"
sources: {BENCH: bench/_ten_rules.py}
rules:
  - id: BENCH.BASIS
    article: "1"
    title: {en: No ground is active, zh: 没有有效的依据}
    kind: gate
    confidence: found
    source: BENCH
    when: >-
      NOT (consent = 'active' OR contract = 'active' OR legitimate_interests = 'active'
      OR public_task = 'active')
    decision: deny
    examples:
      - facts: {consent: none, contract: none, legitimate_interests: none, public_task: none}
        expect: fires
      - {facts: {consent: active}, expect: passes}
      - {facts: {consent: none}, expect: unknown}

  - id: BENCH.PURPOSE
    article: "2"
    title: {en: Consent was for another purpose, zh: 同意是为其他目的作出的}
    kind: gate
    confidence: found
    source: BENCH
    when: consent_other_purpose AND NOT (consent = 'active' OR contract = 'active')
    decision: deny
    examples:
      - {facts: {consent_other_purpose: true, consent: none, contract: none}, expect: fires}
      - {facts: {consent_other_purpose: true, consent: active}, expect: passes}

  - id: BENCH.LICENCE
    article: "3"
    title: {en: Licensed data without a licence, zh: 许可数据没有有效许可}
    kind: gate
    confidence: found
    source: BENCH
    when: source_kind IN ('licensed', 'public_dataset') AND licence <> 'active'
    decision: deny
    examples:
      - {facts: {source_kind: licensed, licence: expired}, expect: fires}
      - {facts: {source_kind: crawl}, expect: passes}

  - id: BENCH.CHILD
    article: "4"
    title: {en: A child without its guardian's consent, zh: 儿童未经监护人同意}
    kind: gate
    confidence: found
    source: BENCH
    when: age < 14 AND NOT consent_by_guardian
    decision: deny
    examples:
      - {facts: {age: 13, consent_by_guardian: false}, expect: fires}
      - {facts: {age: 14}, expect: passes}

  - id: BENCH.EXPIRED
    article: "5"
    title: {en: Kept for too long, zh: 超过保存期限}
    kind: gate
    confidence: found
    source: BENCH
    when: retention_days < 0
    decision: deny
    examples:
      - {facts: {retention_days: -1}, expect: fires}
      - {facts: {retention_days: 0}, expect: passes}

  - id: BENCH.WITHDRAWN
    article: "6"
    title: {en: Consent was withdrawn, zh: 同意已被撤回}
    kind: gate
    confidence: found
    source: BENCH
    when: consent = 'withdrawn'
    decision: deny
    examples:
      - {facts: {consent: withdrawn}, expect: fires}
      - {facts: {consent: none}, expect: passes}

  - id: BENCH.OBJECTED
    article: "7"
    title: {en: An objection to legitimate interests, zh: 对基于正当利益的处理提出反对}
    kind: gate
    confidence: found
    source: BENCH
    when: objected AND legitimate_interests = 'active' AND consent <> 'active'
    decision: deny
    examples:
      - {facts: {objected: true, legitimate_interests: active, consent: none}, expect: fires}
      - {facts: {objected: false}, expect: passes}

  - id: BENCH.RESTRICTED
    article: "8"
    title: {en: The person's data is restricted, zh: 本人的数据已被限制处理}
    kind: gate
    confidence: found
    source: BENCH
    when: restricted
    decision: deny
    examples:
      - {facts: {restricted: true}, expect: fires}
      - {facts: {restricted: false}, expect: passes}

  - id: BENCH.CRAWLED
    article: "9"
    title: {en: Crawled from the public web without a licence, zh: 未经许可抓取自公开网络}
    kind: gate
    confidence: found
    source: BENCH
    when: public_source AND method = 'crawl' AND licence <> 'active'
    decision: deny
    examples:
      - {facts: {public_source: true, method: crawl, licence: none}, expect: fires}
      - {facts: {method: form}, expect: passes}

  - id: BENCH.PLACE
    article: "10"
    title: {en: A ground that does not count where the person lives, zh: 该依据在本人居住地不被承认}
    kind: gate
    confidence: found
    source: BENCH
    when: >-
      residence IN ('CN', 'IN')
      AND NOT (consent = 'active' OR contract = 'active' OR public_task = 'active')
    decision: deny
    examples:
      - {facts: {residence: CN, consent: none, contract: none, public_task: none}, expect: fires}
      - {facts: {residence: DE}, expect: passes}
"""

#: Cedar knows allow and deny. Where this policy alone denies, it is a hold.
HELD = "may_be_true"

CEDAR = """
@id("allow") permit (principal, action, resource);
@id("basis") forbid (principal, action, resource) when {
  !["active", "unknown"].contains(context.consent) &&
  !["active", "unknown"].contains(context.contract) &&
  !["active", "unknown"].contains(context.legitimate_interests) &&
  !["active", "unknown"].contains(context.public_task)
};
@id("purpose") forbid (principal, action, resource) when {
  context has consent_other_purpose && context.consent_other_purpose &&
  !["active", "unknown"].contains(context.consent) &&
  !["active", "unknown"].contains(context.contract)
};
@id("licence") forbid (principal, action, resource) when {
  ["licensed", "public_dataset"].contains(context.source_kind) &&
  !["active", "unknown"].contains(context.licence)
};
@id("child") forbid (principal, action, resource) when {
  context has age && context.age < 14 &&
  context has consent_by_guardian && !context.consent_by_guardian
};
@id("expired") forbid (principal, action, resource) when {
  context has retention_days && context.retention_days < 0
};
@id("withdrawn") forbid (principal, action, resource) when { context.consent == "withdrawn" };
@id("objected") forbid (principal, action, resource) when {
  context has objected && context.objected && context.legitimate_interests == "active" &&
  !["active", "unknown"].contains(context.consent)
};
@id("restricted") forbid (principal, action, resource) when {
  context has restricted && context.restricted
};
@id("crawled") forbid (principal, action, resource) when {
  context has public_source && context.public_source && context.method == "crawl" &&
  !["active", "unknown"].contains(context.licence)
};
@id("place") forbid (principal, action, resource) when {
  ["CN", "IN"].contains(context.residence) &&
  !["active", "unknown"].contains(context.consent) &&
  !["active", "unknown"].contains(context.contract) &&
  !["active", "unknown"].contains(context.public_task)
};
@id("may_be_true") forbid (principal, action, resource) unless {
  (context.consent == "active" || context.contract == "active" ||
   context.legitimate_interests == "active" || context.public_task == "active") &&
  ((context has consent_other_purpose && !context.consent_other_purpose) ||
   context.consent == "active" || context.contract == "active") &&
  (!["licensed", "public_dataset", "unknown"].contains(context.source_kind) ||
   context.licence == "active") &&
  ((context has age && context.age >= 14) ||
   (context has consent_by_guardian && context.consent_by_guardian)) &&
  context has retention_days && context.retention_days >= 0 &&
  !["withdrawn", "unknown"].contains(context.consent) &&
  ((context has objected && !context.objected) || context.consent == "active" ||
   !["active", "unknown"].contains(context.legitimate_interests)) &&
  context has restricted && !context.restricted &&
  ((context has public_source && !context.public_source) || context.licence == "active" ||
   !["crawl", "unknown"].contains(context.method)) &&
  (!["CN", "IN", "unknown"].contains(context.residence) || context.consent == "active" ||
   context.contract == "active" || context.public_task == "active")
};
"""

REGO = """
package bench

import rego.v1

default verdict := "hold"

verdict := "allow" if clear

else := "deny" if certain

open := {"active", "unknown"}

certain if {
    not input.consent in open
    not input.contract in open
    not input.legitimate_interests in open
    not input.public_task in open
}

certain if {
    input.consent_other_purpose == true
    not input.consent in open
    not input.contract in open
}

certain if {
    input.source_kind in {"licensed", "public_dataset"}
    not input.licence in open
}

certain if {
    input.age < 14
    input.consent_by_guardian == false
}

certain if input.retention_days < 0

certain if input.consent == "withdrawn"

certain if {
    input.objected == true
    input.legitimate_interests == "active"
    not input.consent in open
}

certain if input.restricted == true

certain if {
    input.public_source == true
    input.method == "crawl"
    not input.licence in open
}

certain if {
    input.residence in {"CN", "IN"}
    not input.consent in open
    not input.contract in open
    not input.public_task in open
}

clear if {
    input.restricted == false
    input.retention_days >= 0
    not input.consent in {"withdrawn", "unknown"}
    based
    meant
    licensed
    grown
    unopposed
    uncrawled
    placed
}

based if asked
based if input.public_task == "active"
based if input.legitimate_interests == "active"

asked if input.consent == "active"
asked if input.contract == "active"

meant if input.consent_other_purpose == false
meant if asked

licensed if not input.source_kind in {"licensed", "public_dataset", "unknown"}
licensed if input.licence == "active"

grown if input.age >= 14
grown if input.consent_by_guardian == true

unopposed if input.objected == false
unopposed if not input.legitimate_interests in open
unopposed if input.consent == "active"

uncrawled if input.public_source == false
uncrawled if not input.method in {"crawl", "unknown"}
uncrawled if input.licence == "active"

placed if not input.residence in {"CN", "IN", "unknown"}
placed if asked
placed if input.public_task == "active"
"""


def python(facts: Mapping[str, Any]) -> str:
    """The policy as a person would write it; None is a fact that is not known."""
    consent, contract = facts["consent"], facts["contract"]
    interests, task = facts["legitimate_interests"], facts["public_task"]
    licence = facts["licence"]
    asked = consent == "active" or contract == "active"
    maybe_asked = consent is None or contract is None
    held = False

    if not (asked or interests == "active" or task == "active"):
        if not (maybe_asked or interests is None or task is None):
            return "deny"
        held = True
    if facts["consent_other_purpose"] is not False and not asked:
        if facts["consent_other_purpose"] and not maybe_asked:
            return "deny"
        held = True
    kind = facts["source_kind"]
    if kind in ("licensed", "public_dataset", None) and licence != "active":
        if kind is not None and licence is not None:
            return "deny"
        held = True
    age = facts["age"]
    if (age is None or age < 14) and not facts["consent_by_guardian"]:
        if age is not None and facts["consent_by_guardian"] is False:
            return "deny"
        held = True
    days = facts["retention_days"]
    if days is None:
        held = True
    elif days < 0:
        return "deny"
    if consent == "withdrawn":
        return "deny"
    if consent is None:
        held = True
    if facts["objected"] is not False and interests in ("active", None) and consent != "active":
        if facts["objected"] and interests is not None and consent is not None:
            return "deny"
        held = True
    if facts["restricted"]:
        return "deny"
    if facts["restricted"] is None:
        held = True
    public, method = facts["public_source"], facts["method"]
    if public is not False and method in ("crawl", None) and licence != "active":
        if public and method is not None and licence is not None:
            return "deny"
        held = True
    residence = facts["residence"]
    if residence in ("CN", "IN", None) and not (asked or task == "active"):
        if residence is not None and not maybe_asked and task is not None:
            return "deny"
        held = True
    return "hold" if held else "allow"


def row(facts: Mapping[str, Any]) -> str:
    """The JSON that Cedar and Rego are given for one row of facts."""
    said = {
        name: "unknown" if value is None else value
        for name, value in facts.items()
        if value is not None or name in _TEXTS
    }
    return json.dumps(said)
