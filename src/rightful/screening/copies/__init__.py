"""Copies: the same content in several records, nearly the same, and passages that come again."""

from rightful.screening.copies.clusters import stays
from rightful.screening.copies.copies import Copies, Found
from rightful.screening.copies.near import Near
from rightful.screening.copies.passages import Passage, passages

__all__ = [
    "Copies",
    "Found",
    "Near",
    "Passage",
    "passages",
    "stays",
]
