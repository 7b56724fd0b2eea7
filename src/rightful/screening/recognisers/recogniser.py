"""What finds names and places in texts, and what its findings are called."""

from rightful.screening.screener import Recogniser

__all__ = ["GROUPS_OF", "NAME", "PLACE", "Recogniser"]

NAME = "name"
PLACE = "place"

#: The group of each kind that a recogniser finds. A place is nobody's location by itself.
GROUPS_OF = {NAME: "name", PLACE: "other"}
