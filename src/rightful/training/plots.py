"""Pictures of how a run went: its losses by step, and which classes a model takes for which."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rightful.errors import InvalidInput
from rightful.training.runs import Loss


def losses(path: Path, curves: dict[str, Sequence[Loss]]) -> None:
    """Draw the losses of runs, each with a mean over the steps around it, into a PNG.

    Raises `InvalidInput` where there are none, or matplotlib is not installed.
    """
    curves = {name: found for name, found in curves.items() if found}
    if not curves:
        raise InvalidInput("there are no losses to draw; they come with the first checkpoint")
    figure, axes = _figure(7.0, 4.0)
    for number, (name, found) in enumerate(curves.items()):
        steps = [loss.step for loss in found]
        values = [loss.value for loss in found]
        axes.plot(steps, values, color=f"C{number}", alpha=0.2, linewidth=0.7)
        axes.plot(steps, _smooth(values), color=f"C{number}", label=name)
    axes.set(xlabel="step", ylabel="mean loss of the step's records", yscale="log")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)


def confusion(path: Path, counts: Sequence[Sequence[int]], title: str) -> None:
    """Draw a confusion matrix, each row in shares of its true class, into a PNG.

    Raises `InvalidInput` where matplotlib is not installed.
    """
    table = np.asarray(counts, np.float64)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = _figure(5.5, 5.0)
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*table.shape):
        if table[row, column]:
            colour = "white" if shares[row, column] > 0.4 else "black"
            axes.text(column, row, int(table[row, column]), ha="center", va="center",
                      color=colour, fontsize=7)  # fmt: skip
    axes.set(xlabel="the model says", ylabel="it is", title=title)
    axes.set_xticks(range(len(table)))
    axes.set_yticks(range(len(table)))
    figure.savefig(path, dpi=150)


def _smooth(values: Sequence[float], width: int = 25) -> Any:
    """The mean over each value and those around it."""
    window = np.ones(min(width, len(values)))
    sums = np.convolve(values, window, "same")
    return sums / np.convolve(np.ones(len(values)), window, "same")


def _figure(width: float, height: float) -> tuple[Any, Any]:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise InvalidInput(
            "plots need matplotlib; install it with `pip install rightful[reports]`"
        ) from None
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()
