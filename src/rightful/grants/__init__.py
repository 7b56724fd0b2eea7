"""On what ground may data be used, for what, until when? Grants, purposes and notices."""

from rightful.grants.bulk import ImportedGrants, import_grants
from rightful.grants.grants import Grant, Grants
from rightful.grants.new_grant import BadGrant, NewGrant, Reason
from rightful.grants.notices import Notice, Notices
from rightful.grants.purposes import Branch, Purposes

__all__ = [
    "BadGrant",
    "Branch",
    "Grant",
    "Grants",
    "ImportedGrants",
    "NewGrant",
    "Notice",
    "Notices",
    "Purposes",
    "Reason",
    "import_grants",
]
