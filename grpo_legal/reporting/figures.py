"""Numbers as figures, each as SVG for the page and as PNG beside it. Colours of Okabe and Ito, which the colour-blind tell
apart; what they say is also said by shape or place.

A figure is as wide as a phone, so that its words stay readable there; the page sets several side by side where it can.
"""

from __future__ import annotations

import io
import itertools
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

BLUE, ORANGE, GREEN, GREY, INK = "#0072B2", "#D55E00", "#009E73", "#8a949e", "#1c2126"
WIDTH = 4.4  # inches, of 72 points
POINTS = 400  # a curve is drawn with no more
LINE = 0.145  # inches of a line of labels
ROWS = 40  # of a forest; more go into a second one, so that a page of paper holds one
DPI = 160
STYLE = {
    "font.size": 9, "axes.titlesize": 9.5, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": GREY, "axes.labelcolor": INK,
    "text.color": INK, "xtick.color": INK, "ytick.color": INK, "xtick.labelsize": 8, "ytick.labelsize": 8,
    "axes.grid": True, "grid.color": "#e6e9ec", "grid.linewidth": 0.8, "axes.axisbelow": True,
    "svg.fonttype": "none", "text.parse_math": False, "axes.unicode_minus": True, "figure.constrained_layout.use": True,
}  # fmt: skip
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Figure:
    """`name` is a file name without its ending; `alt` says what the picture shows to those who do not see it."""

    name: str
    title: str
    alt: str
    svg: str
    png: bytes


@dataclass(frozen=True)
class Row:
    """One line of a forest or dot plot: a value and its interval, if known."""

    label: str
    value: float
    ci95: Bounds | None


def curve(
    name: str, title: str, steps: Sequence[float], values: Sequence[float], *,
    percent: bool = False, dots: bool = False, alt: str = "",
) -> Figure:  # fmt: skip
    """A series over steps with its moving mean; long ones as means of stretches. `percent` values are shares."""
    scaled = [100 * v for v in values] if percent else list(values)
    x, y = thinned(steps, POINTS), thinned(scaled, POINTS)
    unit = "%" if percent else ""
    told = f"from {scaled[0]:.4g}{unit} at step {steps[0]:g} to {scaled[-1]:.4g}{unit} at step {steps[-1]:g}"
    told += f", least {min(scaled):.4g}{unit}, most {max(scaled):.4g}{unit}"

    def draw(axes: Axes) -> None:
        many = len(y) > 20 and not dots
        axes.plot(
            x, y, color=BLUE, lw=0.8 if many else 1.6, alpha=0.45 if many else 1, marker=None if many else "o", ms=3
        )
        if many:
            axes.plot(x, smoothed(y, max(len(y) // 20, 3)), color=BLUE, lw=1.8)
        axes.set_xlabel("step")
        axes.set_title(textwrap.shorten(title, 52, placeholder="…"))
        if percent:
            axes.yaxis.set_major_formatter("{x:g}%")
            if max(scaled) - min(scaled) < 1:  # a flat line at the place where it is, not a blown-up tremor
                axes.set_ylim(max(min(scaled) - 5, -2), min(max(scaled) + 5, 102))
        elif max(scaled) == min(scaled):
            axes.set_ylim(scaled[0] - 0.5, scaled[0] + 0.5)

    return _figure(name, title, alt or f"{title}: {told}", draw, height=2.1)


def dots(name: str, title: str, rows: Sequence[Row], *, unit: str, top: float) -> Figure:
    """Scores with their intervals from 0 to `top`, the first row on top."""
    told = "; ".join(f"{row.label} {row.value:.1f}{_between(row.ci95)}" for row in rows)

    def draw(axes: Axes) -> None:
        _rows(axes, rows, lambda row: (BLUE, "o"))
        axes.set_xlim(0, top)
        axes.set_xlabel(unit)
        axes.set_title(title)

    return _figure(name, title, f"{title}, in {unit}: {told}", draw, height=0.8 + LINE * sum(map(_room, rows)))


def forest(name: str, title: str, rows: Sequence[Row], *, unit: str) -> list[Figure]:
    """Differences with their intervals about a line at 0, the lowest on top; what lies wholly below or above 0 has a shape
    and colour of its own. More than `ROWS` rows are several figures."""
    ranked = sorted(rows, key=lambda row: row.value)
    parts = [ranked[i : i + ROWS] for i in range(0, len(ranked), ROWS)]
    reach = [bound for row in rows for bound in (*(row.ci95 or ()), row.value, 0.0)]
    limits = (min(reach), max(reach))
    made = []
    for i, part in enumerate(parts):
        suffix, more = (f"-{i + 1}", f" ({i + 1} of {len(parts)})") if len(parts) > 1 else ("", "")
        made.append(_forest(name + suffix, title + more, part, unit, limits))
    return made


def _forest(name: str, title: str, rows: Sequence[Row], unit: str, limits: Bounds) -> Figure:
    worse = sum(row.ci95 is not None and row.ci95[1] < 0 for row in rows)
    better = sum(row.ci95 is not None and row.ci95[0] > 0 for row in rows)
    told = "; ".join(f"{row.label} {row.value:+.1f}{_between(row.ci95)}" for row in rows)
    shown = [Row(_wrapped(row.label), row.value, row.ci95) for row in rows]

    def draw(axes: Axes) -> None:
        _rows(axes, shown, _direction)
        axes.axvline(0, color=INK, lw=1)
        margin = 0.06 * (limits[1] - limits[0]) or 1.0
        axes.set_xlim(limits[0] - margin, limits[1] + margin)
        axes.set_xlabel(f"{unit}   ◀ worse · better ▶")

    alt = f"{title}, in {unit}: {worse} worse, {better} better, {len(rows) - worse - better} open. {told}"
    return _figure(name, title, alt, draw, height=0.75 + LINE * sum(map(_room, shown)))


def _direction(row: Row) -> tuple[str, str]:
    if row.ci95 is None or row.ci95[0] <= 0 <= row.ci95[1]:
        return GREY, "o"
    return (ORANGE, "v") if row.ci95[1] < 0 else (BLUE, "^")


def _rows(axes: Axes, rows: Sequence[Row], look: Any) -> None:
    ends = list(itertools.accumulate(map(_room, rows)))
    places = [end - _room(row) / 2 for end, row in zip(ends, rows, strict=True)]
    for place, row in zip(places, rows, strict=True):
        color, marker = look(row)
        if row.ci95:
            axes.plot(row.ci95, [place, place], color=color, lw=1.6, solid_capstyle="butt")
        axes.plot([row.value], [place], marker=marker, color=color, ms=6, ls="none")
    axes.set_yticks(places, [row.label for row in rows])
    axes.set_ylim(ends[-1], 0)
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0)


def _room(row: Row) -> float:
    """Lines of text that a row takes, with the gap to the next one."""
    return row.label.count("\n") + 1.7


def _wrapped(label: str) -> str:
    return textwrap.fill(label, 26, max_lines=3, placeholder=" …")


def _between(ci95: Bounds | None) -> str:
    return f" ({ci95[0]:.1f} to {ci95[1]:.1f})" if ci95 else ""


# ---- series -------------------------------------------------------------------------------------------


def thinned(values: Sequence[float], most: int) -> list[float]:
    """At most `most` values, each the mean of its stretch.

    >>> thinned([1, 3, 5, 7], 2)
    [2.0, 6.0]
    """
    bins = min(most, len(values))
    stretches = [values[i * len(values) // bins : (i + 1) * len(values) // bins] for i in range(bins)]
    return [sum(stretch) / len(stretch) for stretch in stretches]


def smoothed(values: Sequence[float], window: int) -> list[float]:
    """The mean of the last `window` values at each place; at the start, of those there are."""
    out, total = [], 0.0
    for i, value in enumerate(values):
        total += value - (values[i - window] if i >= window else 0.0)
        out.append(total / min(i + 1, window))
    return out


# ---- drawing ------------------------------------------------------------------------------------------


def _figure(name: str, title: str, alt: str, draw: Any, *, height: float) -> Figure:
    with _canvas(name, height) as canvas:
        draw(canvas.subplots())
        canvas.get_layout_engine().execute(canvas)
        canvas.set_layout_engine("none")  # laid out once, not again for each format
        vector, pixels = io.BytesIO(), io.BytesIO()
        canvas.savefig(vector, format="svg", transparent=True, metadata={"Date": None})
        canvas.savefig(pixels, format="png", dpi=DPI, facecolor="white")
    return Figure(name, title, alt, inline(vector.getvalue(), name, alt), pixels.getvalue())


@contextmanager
def _canvas(name: str, height: float) -> Iterator[Canvas]:
    """A canvas in our style, which no global state of matplotlib's outlives; ids in the SVG depend on the name alone."""
    import matplotlib
    from matplotlib.figure import Figure as Canvas

    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**STYLE, "svg.hashsalt": name})
        warnings.filterwarnings(
            "ignore", "Glyph .* missing", UserWarning
        )  # in the PNG; the page has the reader's fonts
        yield Canvas(figsize=(WIDTH, height))


def inline(svg: bytes, name: str, alt: str) -> str:
    """SVG of matplotlib's as an element of a page: ids made unique by `name`, no declarations, `alt` as its name."""
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{SVG}}}metadata" or child.tag == f"{{{SVG}}}style":
                parent.remove(child)
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, f"{name}-{value}")
            elif key == f"{{{XLINK}}}href" and value.startswith("#"):
                element.set(key, f"#{name}-{value[1:]}")
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{name}-"))
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.set("role", "img")
    root.set("aria-label", alt)
    return ElementTree.tostring(root, encoding="unicode")
