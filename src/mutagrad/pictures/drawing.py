"""`draw`: the graph behind tensors as a picture, in layers from the leaves down to the tensors.

Graphviz's `dot`, where it is installed, finds the places; the picture is drawn here, for light and dark backgrounds. Without
it there is text.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from html import escape
from typing import Any

from mutagrad.pictures.folding import Arrow, Box, folded
from mutagrad.pictures.graph import Graph, graph_of, names_in
from mutagrad.report.spans import caller_frame
from mutagrad.tensor import Tensor, edge_of

__all__ = ["Picture", "draw"]

INCH = 72.0
PATIENCE = 30  # seconds for finding the places
HINT = "for a picture instead of this text, install Graphviz: apt install graphviz, brew install graphviz"

STYLE = """
.mg { --ink: #1c2330; --soft: #667085; --card: #fff; --leaf: #4a7ab5; --write: #d9911a; --lost: #d9494f; --view: #2793a1; }
@media (prefers-color-scheme: dark) {
  .mg { --ink: #e4e9f1; --soft: #95a1b3; --card: #1a2029; --leaf: #6b9bd8; --write: #edb755; --lost: #f0666c; }
  .mg { --view: #52c1d0; }
}
.mg text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); text-anchor: middle; }
.mg text.sub { font-size: 10.5px; fill: var(--soft); }
.mg text.view { font: 10.5px ui-monospace, "DejaVu Sans Mono", monospace; fill: var(--view); }
.mg rect { fill: var(--card); stroke: var(--soft); stroke-width: 1.2; }
.mg .leaf rect { stroke: var(--leaf); stroke-width: 2; } .mg .write rect { stroke: var(--write); stroke-width: 2; }
.mg .lost rect { stroke: var(--lost); stroke-width: 2; }
.mg path { fill: none; stroke: var(--soft); stroke-width: 1.2; }
.mg path.view { stroke: var(--view); stroke-dasharray: 5 3; stroke-width: 1.5; }
.mg marker path { fill: var(--soft); stroke: none; }
"""


class Picture:
    """The graph behind tensors. In a notebook it shows itself; `str` of it is text, `save` writes a file.

    `boxes` and `arrows` are what is drawn, `svg` is the picture, None where Graphviz is missing.
    """

    def __init__(self, graph: Graph, fold: bool | None = None) -> None:
        self.boxes, self.arrows = folded(graph, fold)
        places = laid_out(self.boxes, self.arrows)
        self.svg = None if places is None else svg_of(self.boxes, self.arrows, places)

    def _repr_svg_(self) -> str | None:
        return self.svg

    def _repr_html_(self) -> str:
        return self.svg or f"<pre>{escape(str(self))}\n\n{HINT}</pre>"

    def __str__(self) -> str:
        return text_of(self.boxes, self.arrows)

    def __repr__(self) -> str:
        return f"<picture of {len(self.boxes)} boxes>"

    def save(self, path: Any) -> None:
        """Writes the picture to a file, as SVG. Raises RuntimeError where Graphviz is missing."""
        if self.svg is None:
            raise RuntimeError(f"there is no picture to save: {HINT}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg)


def draw(*tensors: Tensor, fold: bool | None = None) -> Picture:
    """A picture of the graph behind `tensors`: leaves, operations, writes in place, and the views that lead between them.

    Leaves are called as the caller's variables and modules call them. Large graphs are folded by line, all or none with
    `fold`. Raises RuntimeError for a tensor that does not require grad.

    >>> import mutagrad
    >>> w = mutagrad.ones(3, requires_grad=True)
    >>> h = w * 2
    >>> h[1:] = w[:2].sin()
    >>> print(mutagrad.draw(h.sum()))
    w      leaf (3,)
    mul    from w             <doctest ...>:1
    sin    from w[:2]         <doctest ...>:1  saved input (2,)
    copy_  from mul[1:], sin  <doctest ...>:1  writes [1:]
    sum    from copy_         <doctest ...>:1
    """
    edges = [edge for tensor in tensors if (edge := edge_of(tensor)) is not None]
    if len(edges) < len(tensors) or not tensors:
        raise RuntimeError("there is no graph to draw: the tensor does not require grad")
    return Picture(graph_of(edges, names_in(caller_frame())), fold)


# Text -----------------------------------------------------------------------------------------------------------------


def text_of(boxes: list[Box], arrows: list[Arrow]) -> str:
    """A line for each box: what it is, what it reads, where it is, and what it saved; names are made unique."""
    names: dict[int, str] = {}
    for box in boxes:
        title, taken = box.title, sum(name.partition("#")[0] == box.title for name in names.values())
        names[box.number] = f"{title}#{taken + 1}" if taken else title
    read: dict[int, list[str]] = {}
    for arrow in arrows:
        read.setdefault(arrow.target, []).append(names[arrow.source] + arrow.label)
    rows = []
    for box in boxes:
        if box.kind == "leaf":
            rows.append((names[box.number], f"leaf {box.subtitle}", "", ""))
            continue
        span = box.members[0].span
        facts = [f"writes {box.members[0].region}" if box.kind == "write" and box.members[0].region else ""]
        if box.kind != "fold":
            facts += [
                f"saved {saved.role} {tuple(saved.shape)}"
                + (f", overwritten by {saved.lost_to}" if saved.lost_to else "")
                for saved in box.members[0].saved
            ]
        sources = f"from {', '.join(read[box.number])}" if box.number in read else ""
        rows.append((names[box.number], sources, span.place if span else "", "; ".join(filter(None, facts))))
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    return "\n".join("  ".join(f"{cell:<{w}}" for cell, w in zip(row, [*widths, 0])).rstrip() for row in rows)


# The picture ----------------------------------------------------------------------------------------------------------


class Places:
    """Where `dot` put things, in pixels from the top left: boxes by number, and for arrows their curves and labels."""

    def __init__(self) -> None:
        self.width = self.height = 0.0
        self.boxes: dict[int, tuple[float, float, float, float]] = {}
        self.curves: dict[tuple[int, int], list[tuple[float, float]]] = {}
        self.labels: dict[tuple[int, int], tuple[float, float]] = {}


def measured(box: Box) -> tuple[float, float]:
    """Width and height of a box in pixels."""
    return max(64.0, 8.2 * len(box.title) + 24, 6.4 * len(box.subtitle) + 24), 42.0 if box.subtitle else 30.0


def laid_out(boxes: list[Box], arrows: list[Arrow]) -> Places | None:
    """The places that `dot` finds; None where it is missing, or takes too long."""
    dot = shutil.which("dot")
    if dot is None:
        return None
    lines = [
        "digraph { rankdir=TB nodesep=0.3 ranksep=0.4",
        'node [shape=box fixedsize=true label=""] edge [arrowsize=0.7 fontname=Courier fontsize=11]',
    ]
    for box in boxes:
        width, height = measured(box)
        lines.append(f"{box.number} [width={width / INCH:.3f} height={height / INCH:.3f}]")
    for arrow in arrows:
        label = f" [label={json.dumps(f' {arrow.label}  ', ensure_ascii=False)}]" if arrow.label else ""
        lines.append(f"{arrow.source} -> {arrow.target}{label}")
    try:
        asked = "\n".join([*lines, "}"])
        done = subprocess.run(
            [dot, "-Tplain"], input=asked, capture_output=True, text=True, timeout=PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return read_plain(done.stdout)


def read_plain(text: str) -> Places:
    """The places in `dot`'s output format plain: https://graphviz.org/docs/outputs/plain/"""
    places = Places()
    for line in text.splitlines():
        word = shlex.split(line)
        if word[0] == "graph":
            places.width, places.height = float(word[2]) * INCH, float(word[3]) * INCH
        elif word[0] == "node":
            x, y, width, height = (float(number) * INCH for number in word[2:6])
            places.boxes[int(word[1])] = x, places.height - y, width, height
        elif word[0] == "edge":
            ends, count = (int(word[1]), int(word[2])), int(word[3])
            numbers = [float(number) * INCH for number in word[4 : 4 + 2 * count]]
            places.curves[ends] = [(x, places.height - y) for x, y in zip(numbers[::2], numbers[1::2])]
            if len(word) > 6 + 2 * count:
                x, y = (float(number) * INCH for number in word[5 + 2 * count : 7 + 2 * count])
                places.labels[ends] = x, places.height - y
    return places


def svg_of(boxes: list[Box], arrows: list[Arrow], places: Places) -> str:
    """The picture."""
    width, height = places.width + 16, places.height + 16
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="-8 -8 {width:.0f} {height:.0f}" style="max-width:100%;height:auto"><style>{STYLE}</style>',
        '<defs><marker id="mg-tip" viewBox="0 0 8 8" refX="0" refY="4" markerWidth="7" markerHeight="7" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0L8,4L0,8Z"/></marker></defs>',
    ]
    for arrow in arrows:
        ends = arrow.source, arrow.target
        if ends not in places.curves:
            continue
        first, *rest = (f"{x:.1f},{y:.1f}" for x, y in places.curves[ends])
        through = ' class="view"' if arrow.views else ""
        drawn.append(f'<path{through} d="M{first}C{" ".join(rest)}" marker-end="url(#mg-tip)"/>')
        if ends in places.labels:
            x, y = places.labels[ends]
            drawn.append(f'<text class="view" x="{x:.1f}" y="{y + 4:.1f}">{escape(arrow.label)}</text>')
    drawn += [box_svg(box, *places.boxes[box.number]) for box in boxes if box.number in places.boxes]
    return "\n".join([*drawn, "</svg>"])


def box_svg(box: Box, x: float, y: float, width: float, height: float) -> str:
    """One box, with what it saved as a tooltip."""
    left, top = x - width / 2, y - height / 2
    corner = height / 2 if box.kind == "leaf" else 7
    frame = f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{corner:g}"/>'
    if box.kind == "fold":
        frame = f'<rect x="{left + 4:.1f}" y="{top + 4:.1f}" width="{width:.1f}" height="{height:.1f}" rx="7"/>{frame}'
    pencil = "✎ " if box.kind == "write" else ""
    title, subtitle = f"{pencil}{escape(box.title)}", escape(box.subtitle)
    text = f'<text x="{x:.1f}" y="{y - 3 if subtitle else y + 5:.1f}">{title}</text>'
    if subtitle:
        text += f'<text class="sub" x="{x:.1f}" y="{y + 13:.1f}">{subtitle}</text>'
    lost = " lost" if box.is_lost else ""
    return f'<g class="{box.kind}{lost}"><title>{escape(tooltip(box))}</title>{frame}{text}</g>'


def tooltip(box: Box) -> str:
    """What a box is, and what it saved."""
    if box.kind == "fold":
        return f"{len(box.members)} operations of {box.subtitle}"
    first = box.members[0]
    told = [box.title, (first.span.text or "").strip() if first.span else ""]
    told += [
        f"saved {saved.role} {tuple(saved.shape)}" + (f", overwritten by {saved.lost_to}" if saved.lost_to else "")
        for saved in first.saved
    ]
    return "\n".join(filter(None, told))
