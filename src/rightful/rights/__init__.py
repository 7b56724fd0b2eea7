"""What did a person ask, and by when? Requests, their answers, and what a person may see."""

from rightful.rights.access import Access
from rightful.rights.consents import give_consent_records
from rightful.rights.disclosures import Disclosure, Disclosures
from rightful.rights.expiry import Due, Expiration, Expiry
from rightful.rights.know import Know
from rightful.rights.requests import Request, Requests
from rightful.rights.rights import Answer, Rights, Withdrawal

__all__ = [
    "Access",
    "Answer",
    "Disclosure",
    "Disclosures",
    "Due",
    "Expiration",
    "Expiry",
    "Know",
    "Request",
    "Requests",
    "Rights",
    "Withdrawal",
    "give_consent_records",
]
