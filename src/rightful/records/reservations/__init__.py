"""What sources say of their use, in the protocols that machines read: looked at, kept, combined.

Nothing is fetched here. Whoever collects a source gives what they saw.
"""

from rightful.records.reservations.crawl import Crawl, Difference, Heard, of_pictures
from rightful.records.reservations.looks import Look, Reservations, Seen, combined
from rightful.records.reservations.protocols import EVERYTHING, FACTS, PROTOCOLS

__all__ = [
    "EVERYTHING",
    "FACTS",
    "PROTOCOLS",
    "Crawl",
    "Difference",
    "Heard",
    "Look",
    "Reservations",
    "Seen",
    "combined",
    "of_pictures",
]
