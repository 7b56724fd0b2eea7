"""On what ground may data be used, for what, until when? Grants, purposes, notices, assessments."""

from rightful.grants.assessments import Assessment, Assessments, NewAssessment
from rightful.grants.bulk import ImportedGrants, import_grants
from rightful.grants.consent_document import Controller
from rightful.grants.consent_records import (
    ExportedRecords,
    ImportedRecords,
    export_records,
    import_records,
)
from rightful.grants.entries import GrantProof
from rightful.grants.grant import Grant
from rightful.grants.grants import Grants
from rightful.grants.new_grant import BadGrant, NewGrant, Reason
from rightful.grants.notices import Notice, Notices
from rightful.grants.purposes import Branch, Purposes

__all__ = [
    "Assessment",
    "Assessments",
    "BadGrant",
    "Branch",
    "Controller",
    "ExportedRecords",
    "Grant",
    "GrantProof",
    "Grants",
    "ImportedGrants",
    "ImportedRecords",
    "NewAssessment",
    "NewGrant",
    "Notice",
    "Notices",
    "Purposes",
    "Reason",
    "export_records",
    "import_grants",
    "import_records",
]
