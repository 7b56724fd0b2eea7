"""A grant that is to be recorded, and what can be wrong with it, as fixed sentences."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rightful import moments
from rightful.errors import InvalidInput
from rightful.grants import licences
from rightful.registry.tables import GRANT_KINDS, SPECIAL_CONDITIONS

#: Who can have given a consent.
GIVERS = ("self", "guardian")

#: Kinds that are a consent. The second is PIPL's, given by an act of its own for one thing alone.
CONSENTS = ("consent", "separate_consent")

#: Kinds that are about a whole source.
ABOUT_A_SOURCE = ("licence", "no_personal_data")


class Reason(StrEnum):
    """Why a grant can't be recorded. They never hold what stood in a field, so they can be counted
    and kept; `docs/grants.md` says for each what to do."""

    KIND = "kind is unknown"
    PURPOSE = "purpose is unknown"
    SOURCE = "source is unknown"
    NOTICE = "notice is unknown, or its language is not named"
    ABOUT_NOTHING = "neither subject nor source is given"
    NO_SOURCE = "a grant of this kind needs a source"
    A_SUBJECT = "no_personal_data is about a source and takes no subject"
    SUBJECT = "subject is not text or a whole number"
    FROM = "valid_from is unreadable"
    TO = "valid_to is unreadable"
    BACKWARDS = "valid_to is not after valid_from"
    WITHDRAWN_AT = "withdrawn_at is unreadable"
    WITHDRAWN_LATER = "withdrawn_at lies in the future"
    EXPLICIT = "explicit is not yes or no"
    GIVEN_BY = "given_by is not self or guardian"
    NOT_CONSENT = "explicit and given_by are about a consent"
    NOT_EXPLICIT = "a separate consent is always explicit"
    CONDITION = "condition is unknown"
    NO_CONDITION = "a grant of kind special_condition names its condition"
    NOT_CONDITION = "a condition stands in a grant of another kind"
    LICENCE = "licence is not an SPDX expression"
    NO_LICENCE = "a grant of kind licence names its licence"
    NOT_LICENCE = "a licence stands in a grant of another kind"
    EVIDENCE = "evidence is not text"
    FIELD = "row has a field that is not a column of grants"
    ERASED = "subject was erased"


class BadGrant(InvalidInput):
    """A grant that can't be recorded; `reason` is for counting, the sentence adds what to do."""

    def __init__(self, reason: Reason, advice: str = "") -> None:
        super().__init__(f"{reason}; {advice}" if advice else str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A ground for using data for a purpose. None: not stated.

    It is about one person, or, without a subject, about everyone in a source. Moments need a time
    zone; a grant without `valid_from` holds from when it is recorded. `notice` is written
    `privacy@2/en`. `evidence` says where the proof is kept, never the proof itself. `condition` is
    one of `SPECIAL_CONDITIONS`. A separate consent is explicit, stated or not.

    Raises `BadGrant` where that makes no sense.
    """

    kind: str
    purpose: str
    subject: str | None = field(default=None, repr=False)  # the controller's reference
    source: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    notice: str | None = None
    explicit: bool | None = None
    given_by: str | None = None
    evidence: str | None = field(default=None, repr=False)
    licence: str | None = None
    withdrawn_at: datetime | None = None
    condition: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in GRANT_KINDS:
            raise BadGrant(Reason.KIND, f"known: {', '.join(GRANT_KINDS)}")
        self._check_about()
        self._check_times()
        self._check_consent()
        self._check_licence()
        self._check_condition()

    def _check_about(self) -> None:
        if self.subject is not None and not self.subject.strip():
            raise BadGrant(Reason.SUBJECT, "give the reference that you know the person by")
        if self.kind in ABOUT_A_SOURCE and self.source is None:
            raise BadGrant(Reason.NO_SOURCE, "name the source whose records it is about")
        if self.kind == "no_personal_data" and self.subject is not None:
            raise BadGrant(Reason.A_SUBJECT, "leave the subject out")
        if self.subject is None and self.source is None:
            raise BadGrant(Reason.ABOUT_NOTHING, "name the person, or a source for all of it")

    def _check_times(self) -> None:
        for name in ("valid_from", "valid_to", "withdrawn_at"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise BadGrant(Reason[_UNREADABLE[name]], "a moment needs its time zone")
        start = self.valid_from or moments.now()
        if self.valid_to is not None and self.valid_to <= start:
            raise BadGrant(Reason.BACKWARDS, "it would never hold; check the two")
        if self.withdrawn_at is not None and self.withdrawn_at > moments.now():
            raise BadGrant(Reason.WITHDRAWN_LATER, "use valid_to for an end that is agreed on")

    def _check_consent(self) -> None:
        if self.given_by is not None and self.given_by not in GIVERS:
            raise BadGrant(Reason.GIVEN_BY)
        if self.kind not in CONSENTS and (self.explicit is not None or self.given_by is not None):
            raise BadGrant(Reason.NOT_CONSENT, "leave them out")
        if self.kind == "separate_consent":
            if self.explicit is False:
                raise BadGrant(Reason.NOT_EXPLICIT, "record it as a grant of kind consent")
            object.__setattr__(self, "explicit", True)

    def _check_licence(self) -> None:
        if self.licence is None:
            if self.kind == "licence":
                raise BadGrant(Reason.NO_LICENCE, "write it as an SPDX expression, such as MIT")
            return
        if self.kind != "licence":
            raise BadGrant(Reason.NOT_LICENCE, "record it as a grant of kind licence")
        try:
            licences.check(self.licence)
        except InvalidInput as error:
            raise BadGrant(Reason.LICENCE, str(error)) from None

    def _check_condition(self) -> None:
        if self.condition is None:
            if self.kind == "special_condition":
                raise BadGrant(Reason.NO_CONDITION, f"known: {', '.join(SPECIAL_CONDITIONS)}")
            return
        if self.kind != "special_condition":
            raise BadGrant(Reason.NOT_CONDITION, "record it as a grant of kind special_condition")
        if self.condition not in SPECIAL_CONDITIONS:
            raise BadGrant(Reason.CONDITION, f"known: {', '.join(SPECIAL_CONDITIONS)}")


_UNREADABLE = {"valid_from": "FROM", "valid_to": "TO", "withdrawn_at": "WITHDRAWN_AT"}
