"""One grant as a consent record of ISO/IEC TS 27560:2023, written in JSON-LD with terms of the DPV.

The fields and their terms are those of the DPV's guide to that standard. What the standard has no
field for stands under the name space `rightful`, so that nothing is lost. A mandatory field that
nobody stated is named under `rightful:notStated`; it is never invented. Grounds other than consent
are written in the same shape, and say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rightful import moments
from rightful.errors import InvalidInput
from rightful.grants import consent_check
from rightful.grants.grant import Grant
from rightful.grants.new_grant import CONSENTS, NewGrant
from rightful.grants.notices import Notice
from rightful.records.sources import Source

#: The name space of what the standard has no field for. It is a name: nothing is there.
NAMESPACE = "https://rightful.example/ns#"

_CONTEXT = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "ai": "https://w3id.org/dpv/ai#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rightful": NAMESPACE,
}

_CONSENT_RECORD = "https://w3id.org/dpv/schema/dpv-27560#record"
_GROUND_RECORD = f"{NAMESPACE}ground-record"
_CONTROLLER = "rightful:controller"

#: The ground of each kind in the DPV, and in its terms for the GDPR.
_BASES = {
    "consent": ("dpv:Consent", "eu-gdpr:A6-1-a"),
    "separate_consent": ("dpv:Consent", "eu-gdpr:A6-1-a"),
    "contract": ("dpv:Contract", "eu-gdpr:A6-1-b"),
    "legal_obligation": ("dpv:LegalObligation", "eu-gdpr:A6-1-c"),
    "vital_interests": ("dpv:VitalInterest", "eu-gdpr:A6-1-d"),
    "public_task": ("dpv:PublicInterest", "eu-gdpr:A6-1-e"),
    "legitimate_interests": ("dpv:LegitimateInterest", "eu-gdpr:A6-1-f"),
    "special_condition": ("rightful:SpecialCondition", None),
    "licence": ("rightful:Licence", None),
}

_CONDITIONS = {
    "employment": "eu-gdpr:A9-2-b",
    "vital_interests": "eu-gdpr:A9-2-c",
    "nonprofit": "eu-gdpr:A9-2-d",
    "made_public": "eu-gdpr:A9-2-e",
    "legal_claims": "eu-gdpr:A9-2-f",
    "substantial_public_interest": "eu-gdpr:A9-2-g",
    "health_care": "eu-gdpr:A9-2-h",
    "public_health": "eu-gdpr:A9-2-i",
    "research": "eu-gdpr:A9-2-j",
}

#: What happens to a consent, and to another ground.
_GIVEN = ("dpv:ConsentGiven", "rightful:GroundGiven")
_WITHDRAWN = ("dpv:ConsentWithdrawn", "rightful:GroundWithdrawn")
_EXPIRED = ("dpv:ConsentExpired", "rightful:GroundExpired")

_GIVERS = {
    "self": "dpv:DataSubject",
    "guardian": "dpv:GuardianOfDataSubject",
    None: "rightful:unknown",
}


@dataclass(frozen=True, slots=True)
class Controller:
    """Whose records they are. None means not stated, and the records say so.

    `contact` is where to write to, `withdrawal` where and how consent can be withdrawn. Under the
    GDPR (`gdpr`) grounds are also named by its articles.
    """

    name: str
    country: str | None = None
    address: str | None = None
    contact: str | None = None
    withdrawal: str | None = None
    gdpr: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a record tells of a grant beside the grant itself.

    `terms` are those of the DPV for its purpose and the ones above it.
    """

    reference: str = field(repr=False)
    terms: Sequence[str]
    notice: Notice | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class Record:
    """A consent record as it was read; `grant` names its subject by reference."""

    uuid: str
    created: datetime
    grant: NewGrant
    notice_sha256: str | None


def write(grant: Grant, known: Known, controller: Controller, at: datetime) -> dict[str, Any]:
    """The record of a grant that is about a person and has its `uuid`, as it stands at a moment."""
    consent = grant.kind in CONSENTS
    names = ("kind", "source", "explicit", "given_by", "evidence", "licence", "condition")
    own = {name: value for name in names if (value := getattr(grant, name)) is not None}
    record: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": f"urn:uuid:{grant.uuid}",
        "@type": "dpv:ConsentRecord" if consent else "dpv:DataProcessingRecord",
        "dct:conformsTo": _CONSENT_RECORD if consent else _GROUND_RECORD,
        "dpv:hasIdentifier": grant.uuid,
        "dct:created": moments.text(grant.recorded_at),
        "dpv:hasDataSubject": {
            "@type": "dpv:DataSubject",
            "dpv:hasIdentifier": known.reference,
        },
        "dpv:hasEntity": [_entity(controller)],
        "dpv:hasProcess": [_process(grant, known, controller, at)],
        "rightful:grant": own,
    }
    if known.notice is None:
        record["rightful:notStated"] = ["dpv:hasNotice"]
    else:
        record["dpv:hasNotice"] = [
            {
                "@type": "dpv:ConsentNotice",
                "dpv:hasIdentifier": str(known.notice),
                "dct:language": known.notice.language,
                "rightful:sha256": known.notice.sha256,
            }
        ]
    return record


def read(document: object) -> Record:
    """The record that a document is.

    Raises `InvalidInput` with a phrase that says what is wrong and where, and repeats nothing of
    what the document holds.
    """
    wrong = consent_check.problem(document)
    if wrong is not None:
        raise InvalidInput(wrong)
    assert isinstance(document, dict)
    process = document["dpv:hasProcess"][0]
    notice = document.get("dpv:hasNotice", [None])[0]
    own = document["rightful:grant"]
    told: dict[str, Any] = {name: value for name, value in own.items() if name != "kind"}
    told |= _times(process["dpv:hasConsentStatus"])
    grant = NewGrant(
        own["kind"],
        process["dpv:hasPurpose"][0]["dpv:hasIdentifier"],
        subject=document["dpv:hasDataSubject"]["dpv:hasIdentifier"],
        notice=None if notice is None else notice["dpv:hasIdentifier"],
        **told,
    )
    created = _moment(document["dct:created"], "dct:created")
    if created > moments.now():
        raise InvalidInput("dct:created lies in the future")
    sha256 = None if notice is None else notice["rightful:sha256"]
    return Record(document["dpv:hasIdentifier"], created, grant, sha256)


# Writing


def _entity(controller: Controller) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "@id": _CONTROLLER,
        "@type": ["dpv:LegalEntity", "dpv:DataController"],
        "dpv:hasIdentifier": _CONTROLLER,
        "dpv:hasName": controller.name,
    }
    told = {"dpv:hasAddress": controller.address, "dpv:hasContact": controller.contact}
    return _stated(entity, told, [])


def _process(grant: Grant, known: Known, controller: Controller, at: datetime) -> dict[str, Any]:
    source = known.source
    special = source is not None and source.special_category is True
    retention = None if source is None else source.retention_until
    process: dict[str, Any] = {
        "@type": "dpv:Process",
        "dpv:hasPurpose": [
            {
                "@type": "dpv:Purpose",
                "dpv:hasIdentifier": grant.purpose,
                "skos:prefLabel": grant.purpose,
                "skos:broader": list(known.terms) or ["dpv:Purpose"],
            }
        ],
        "dpv:hasLegalBasis": _bases(grant, controller),
        "dpv:hasPersonalData": [
            "dpv:SpecialCategoryPersonalData" if special else "dpv:PersonalData"
        ],
        "dpv:hasDataController": [_CONTROLLER],
        "dpv:hasConsentStatus": _events(grant, at),
    }
    told: dict[str, Any] = {
        "dpv:hasJurisdiction": controller.country and [f"loc:{controller.country}"],
        "dpv:hasStorageCondition": retention
        and [
            {
                "@type": "dpv:StorageDuration",
                "dpv:hasDuration": {"@type": "dpv:UntilTimeDuration", "rdf:value": retention},
            }
        ],
        "dpv:hasConsentControl": controller.withdrawal
        and [{"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": controller.withdrawal}],
        "dpv:hasRecipient": None,
    }
    # That it is personal data is no category, and where it lies nobody says.
    return _stated(process, told, ["dpv:hasPersonalData", "dpv:StorageLocation"])


def _stated(whole: dict[str, Any], told: dict[str, Any], missing: list[str]) -> dict[str, Any]:
    """`whole` with what is told, and the names of what is not."""
    absent = [name for name, value in told.items() if not value] + missing
    whole |= {name: value for name, value in told.items() if value}
    return whole | {"rightful:notStated": sorted(absent)} if absent else whole


def _bases(grant: Grant, controller: Controller) -> list[str]:
    general, article = _BASES[grant.kind]
    bases = [general]
    if grant.explicit is not None:
        bases = ["dpv:ExplicitlyExpressedConsent" if grant.explicit else "dpv:ExpressedConsent"]
    if grant.kind == "separate_consent":
        bases.append("rightful:SeparateConsent")
    if grant.condition is not None:
        article = _CONDITIONS[grant.condition]
    return [*bases, article] if controller.gdpr and article is not None else bases


def _events(grant: Grant, at: datetime) -> list[dict[str, Any]]:
    """What happened until a moment, the oldest first; nothing is ever taken out of it."""
    which = 0 if grant.kind in CONSENTS else 1
    given: dict[str, Any] = {
        "@type": [_GIVEN[which]],
        "dpv:isIndicatedAtTime": moments.text(grant.valid_from),
        "dpv:isIndicatedBy": _GIVERS[grant.given_by] if which == 0 else _CONTROLLER,
        "dpv:hasDuration": {"@type": "dpv:EndlessDuration"},
    }
    if grant.valid_to is not None:
        until = {"@type": "dpv:UntilTimeDuration", "rdf:value": moments.text(grant.valid_to)}
        given["dpv:hasDuration"] = until
    ends = []
    if grant.withdrawn_at is not None:
        by = "dpv:DataSubject" if which == 0 else _CONTROLLER
        ends.append((grant.withdrawn_at, _WITHDRAWN[which], by))
    if grant.valid_to is not None and grant.valid_to <= at:
        ends.append((grant.valid_to, _EXPIRED[which], _CONTROLLER))
    return [
        given,
        *(
            {
                "@type": [event],
                "dpv:isIndicatedAtTime": moments.text(moment),
                "dpv:isIndicatedBy": by,
            }
            for moment, event, by in sorted(ends)
        ),
    ]


# Reading


def _times(events: Sequence[dict[str, Any]]) -> dict[str, datetime | None]:
    """When a grant begins, ends and was withdrawn, by what happened to it."""
    found: dict[str, datetime] = {}
    for number, event in enumerate(events, 1):
        place = f"dpv:hasConsentStatus {number}"
        at = _moment(event["dpv:isIndicatedAtTime"], f"{place}, dpv:isIndicatedAtTime")
        kinds = set(event["@type"])
        if kinds.intersection(_GIVEN):
            if "valid_from" in found:
                raise InvalidInput(f"{place} is given once more; write a record of its own for it")
            found["valid_from"] = at
            until = event.get("dpv:hasDuration", {}).get("rdf:value")
            if until is not None:
                found["valid_to"] = _moment(until, f"{place}, dpv:hasDuration, rdf:value")
        elif kinds.intersection(_WITHDRAWN):
            found["withdrawn_at"] = min(at, found.get("withdrawn_at", at))
        elif kinds.intersection(_EXPIRED):
            found["valid_to"] = min(at, found.get("valid_to", at))
        else:
            raise InvalidInput(f"{place} is neither given, withdrawn nor expired")
    if "valid_from" not in found:
        raise InvalidInput("dpv:hasConsentStatus does not say when the ground was given")
    return {name: found.get(name) for name in ("valid_from", "valid_to", "withdrawn_at")}


def _moment(text: str, place: str) -> datetime:
    try:
        return moments.parse(text)
    except InvalidInput:  # its sentence holds the value
        raise InvalidInput(f"{place} is no moment that there is") from None
