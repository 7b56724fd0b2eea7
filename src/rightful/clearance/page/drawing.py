"""Bars and lines for the page about a clearance: shapes only, as every number stands beside them.

They stretch to the width of the page, so no text is in them: it would stretch, too.
"""

from collections.abc import Mapping, Sequence

from rightful.html import Markup, element
from rightful.policy import Decision

_ACROSS, _HIGH = 1000, 200

#: How the line of each decision is dashed, so that it is told without its colour.
_DASHES = {Decision.ALLOW: None, Decision.HOLD: "9 5", Decision.DENY: "2 4"}


def bar(decisions: Mapping[Decision, int], of: int, said: str) -> Markup:
    """Records by decision, as parts of a bar that is `of` records long; `said` is the same."""
    parts, left = [], 0.0
    for decision in sorted(decisions):
        width = _ACROSS * decisions[decision] / of if of else 0.0
        if width:
            place = {"x": f"{left:.2f}", "y": "0", "width": f"{width:.2f}", "height": "10"}
            parts.append(element("rect", class_=decision.word, **place))
        left += width
    return _svg("bar", 10, said, *parts)


def swatch(decision: Decision) -> Markup:
    """The colour of a decision, beside its name."""
    return element("span", class_=f"swatch {decision.word}", aria_hidden="true")


def dash(decision: Decision) -> Markup:
    """The line of a decision, beside its name."""
    line = _line([(0.0, 5.0), (30.0, 5.0)], decision)
    return element("svg", line, class_="dash", viewBox="0 0 30 10", aria_hidden="true")


def lines(
    series: Mapping[Decision, Sequence[int]], moments: Sequence[float], highest: int, said: str
) -> Markup:
    """Numbers over time, one line each, under a height that stands for `highest`."""
    begin, span = moments[0], (moments[-1] - moments[0]) or 1.0
    grid = [
        element("line", class_="grid", x1="0", x2=f"{_ACROSS}", y1=f"{y}", y2=f"{y}")
        for y in (0, _HIGH // 2, _HIGH)
    ]
    drawn = []
    for decision, numbers in series.items():
        places = [
            (_ACROSS * (moment - begin) / span, _HIGH * (1 - number / max(highest, 1)))
            for moment, number in zip(moments, numbers, strict=True)
        ]
        drawn.append(_line(places, decision))
    return _svg("lines", _HIGH, said, *grid, *drawn)


def _line(places: Sequence[tuple[float, float]], decision: Decision) -> Markup:
    written = " ".join(f"{x:.2f},{y:.2f}" for x, y in places)
    return element(
        "polyline", points=written, class_=decision.word, stroke_dasharray=_DASHES[decision]
    )


def _svg(kind: str, height: int, said: str, *shapes: Markup) -> Markup:
    box = f"0 0 {_ACROSS} {height}"
    return element(
        *("svg", *shapes),
        **{"class_": kind, "viewBox": box, "preserveAspectRatio": "none"},
        **{"role": "img", "aria_label": said},
    )
