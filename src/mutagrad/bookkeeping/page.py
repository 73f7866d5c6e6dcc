"""The book as one self-contained HTML page: source with marks, memory over time, and the graphs of reverse passes.

The page needs no network: style, script and data are in it, and so is dagre (https://github.com/dagrejs/dagre, MIT), which
lays the graphs out in layers. Jinja2 fills the template and is in the extra `run`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutagrad.bookkeeping.rendering import as_data, place
from mutagrad.report import source
from mutagrad.report.spans import Span

if TYPE_CHECKING:
    from mutagrad.bookkeeping.passages import Passage
    from mutagrad.bookkeeping.recorder import Recorder
    from mutagrad.pictures.graph import Histogram, SavedValue, Vertex

ASSETS = Path(__file__).parent / "assets"
LONGEST = 20_000  # lines of a source file


def write_page(book: Recorder, path: Any, title: str) -> None:
    """Writes the page to the file `path`. Raises ImportError where Jinja2 is missing."""
    text = page_of(book, title)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def page_of(book: Recorder, title: str) -> str:
    """The page as text."""
    try:
        import jinja2
    except ImportError:
        raise ImportError("the page needs Jinja2: pip install 'mutagrad[run]'") from None
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(ASSETS), autoescape=True)
    parts = {name: (ASSETS / name).read_text(encoding="utf-8") for name in ("page.css", "page.js", "dagre.min.js")}
    data = {
        **as_data(book),
        "title": title,
        "sources": sources_of(book),
        "passes": list(map(pass_data, book.passages.kept)),
    }
    return environment.get_template("page.html").render(title=title, parts=parts, data=embedded(data))


def embedded(data: Any) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def sources_of(book: Recorder) -> dict[str, list[str]]:
    """The text of every file that the book has lines of."""
    found: dict[str, list[str]] = {}
    for line in book.lines:
        name = line.span.shown_filename
        if name not in found:
            found[name] = [text.rstrip("\n") for text in source.lines(line.span.code)[:LONGEST]]
    return found


def pass_data(passage: Passage) -> dict[str, Any]:
    """A reverse pass as data."""
    graph = passage.graph
    return {
        "at": short(passage.span),
        "vertices": [vertex_data(vertex) for vertex in graph.vertices.values()],
        "links": [[link.source, link.target, link.view] for link in graph.links],
        "roots": graph.roots,
    }


def vertex_data(vertex: Vertex) -> dict[str, Any]:
    """A vertex as data; what is not known is left out."""
    data = {
        "id": vertex.number,
        "kind": vertex.kind,
        "name": vertex.name,
        "at": short(vertex.span),
        "region": vertex.region,
        "shape": vertex.shape,
        "saved": [saved_data(saved) for saved in vertex.saved],
        "value": spread_data(vertex.value),
        "gradient": spread_data(vertex.gradient),
    }
    return {name: value for name, value in data.items() if value not in (None, "", [])}


def saved_data(saved: SavedValue) -> dict[str, Any]:
    """A saved value as data."""
    return {
        "role": saved.role,
        "shape": saved.shape,
        "nbytes": saved.nbytes,
        "spread": spread_data(saved.spread),
        "lost_to": saved.lost_to,
        "lost_at": short(saved.lost_at),
    }


def spread_data(spread: Histogram | None) -> dict[str, Any] | None:
    """A histogram as data."""
    return None if spread is None else asdict(spread)


def short(span: Span | None) -> list[Any] | None:
    """A place as its file and line."""
    data = place(span)
    return None if data is None else [data["file"], data["line"]]
