"""How much of a source is illegal or unsafe: drawn by lot, looked at by people, counted exactly."""

from rightful.screening.shares.bounds import Bounds, bounds, needed
from rightful.screening.shares.classifier import Classifier
from rightful.screening.shares.cutoffs import CORPUS, SCREENED, SOURCE, Counts, CutOff
from rightful.screening.shares.drawing import Draw
from rightful.screening.shares.keywords import Bank
from rightful.screening.shares.shares import Reviewed, Shares
from rightful.screening.shares.standings import Standing, standings

__all__ = [
    "CORPUS",
    "SCREENED",
    "SOURCE",
    "Bank",
    "Bounds",
    "Classifier",
    "Counts",
    "CutOff",
    "Draw",
    "Reviewed",
    "Shares",
    "Standing",
    "bounds",
    "needed",
    "standings",
]
