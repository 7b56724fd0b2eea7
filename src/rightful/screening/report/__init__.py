"""What screening found in a store, as numbers and as a page; values are only shown masked."""

from rightful.screening.report.figures import Figures, Sample, SourceTally, figures
from rightful.screening.report.page import page
from rightful.screening.report.titles import titles

__all__ = ["Figures", "Sample", "SourceTally", "figures", "page", "titles"]
