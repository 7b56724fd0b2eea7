"""Global Privacy Control: the header `Sec-GPC` of a request.

It is about a person's data, which is not to be sold or shared, and no reservation of a work; who
sends it opts out. Only "1" counts, in at least one of the headers.

>>> opts_out("Sec-GPC: 0\\nSec-GPC: 1")
True
>>> opts_out("Sec-GPC: 0")
False
"""

from rightful.records.reservations.headers import values


def opts_out(text: str) -> bool:
    """Whether the headers of a request opt out."""
    return "1" in values(text, "sec-gpc")
