"""The book as text and as JSON.

The text is plain, for terminals and files alike; `mutagrad run` colours it, and `page.py` makes a page of the same data.
"""

from __future__ import annotations

import json
from typing import Any

from mutagrad.bookkeeping.accounts import CAUSES, COUNTED, Line
from mutagrad.bookkeeping.memory import Buffer
from mutagrad.bookkeeping.records import Records
from mutagrad.dtypes import of_numpy
from mutagrad.report.errors import writer_in_words
from mutagrad.report.spans import Span
from mutagrad.tensor import Tensor

WIDTH = 52  # of a source line in the table


def size(nbytes: int) -> str:
    """A number of bytes with its unit.

    >>> size(12), size(2048), size(5 << 20)
    ('12 B', '2.0 KiB', '5.0 MiB')
    """
    if nbytes < 1024:
        return f"{nbytes} B"
    value, unit = nbytes / 1024, "KiB"
    for larger in ("MiB", "GiB", "TiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{value:.1f} {unit}"


def duration(nanoseconds: float) -> str:
    """A time with its unit.

    >>> duration(1500), duration(2.5e6), duration(3e9)
    ('1.5 µs', '2.5 ms', '3.00 s')
    """
    if nanoseconds < 1e6:
        return f"{nanoseconds / 1e3:.1f} µs"
    return f"{nanoseconds / 1e6:.1f} ms" if nanoseconds < 1e9 else f"{nanoseconds / 1e9:.2f} s"


# The table ------------------------------------------------------------------------------------------------------------

COLUMNS = ("line", "calls", "time", "made", "saved", "written", "kept", "views", "at peak")


def row(line: Line) -> tuple[str, ...]:
    """The cells of one line in the table."""
    f = line.figures
    return (
        line.span.place,
        f"{f['calls']:,}",
        duration(f["forward"] + f["backward"]),
        size(f["made"]),
        f"{f['saves']:,} · {size(f['saved'])}" if f["saves"] else "",
        f"{f['writes']:,} · {size(f['written'])}" if f["writes"] else "",
        f"{f['copies']:,} · {size(f['kept'])}" if f["copies"] else "",
        f"{f['views']:,}" if f["views"] else "",
        size(sum(line.peak)) if any(line.peak) else "",
    )


def weightiest(lines: list[Line], rows: int) -> list[Line]:
    """The lines that matter most, by what they hold at the peak, save and write; in the order of the source."""

    def weight(line: Line) -> tuple[int, int, int]:
        f = line.figures
        return sum(line.peak) + f["kept"], f["saved"] + f["written"], f["forward"] + f["backward"]

    chosen = sorted(lines, key=weight, reverse=True)[:rows]
    return sorted(chosen, key=lambda line: line.key)


def table(lines: list[Line]) -> list[str]:
    """The lines of the program with their figures; each with its source at the end."""
    cells = [COLUMNS, *map(row, lines)]
    widths = [max(len(each[i]) for each in cells) for i in range(len(COLUMNS))]
    texts = ["", *[line.text if len(line.text) <= WIDTH else line.text[: WIDTH - 1] + "…" for line in lines]]
    drawn = []
    for each, text in zip(cells, texts):
        figures = "  ".join(f"{cell:>{w}}" for cell, w in zip(each[1:], widths[1:]))
        drawn.append(f"{each[0]:<{widths[0]}}  {figures}  {text}".rstrip())
    return [drawn[0], "-" * max(map(len, drawn)), *drawn[1:]]


def picture(label: str, span: Span | None) -> list[str]:
    """A place under its label."""
    return [f"    {label}"] if span is None else [f"    {label}:", *span.render(6)]


def times(count: int) -> str:
    """How often, where it was more than once."""
    return "" if count == 1 else f" ({count:,} times)"


def findings(book: Records) -> list[str]:
    """Hazards, traps and needless work."""
    drawn: list[str] = []
    for hazard in book.hazards:
        saved, written = hazard.labels
        drawn += [f"  {hazard.headline}{times(hazard.count)}"]
        drawn += [*picture(saved, hazard.saved_at), *picture(written, hazard.written_at), ""]
    if drawn:
        drawn = ["", "hazards: right here, not in PyTorch", *drawn[:-1]]
    traps = [
        line
        for trap in book.traps
        for line in (
            f"  {trap.headline}{times(trap.count)}",
            *(trap.span.render(4) if trap.span else ()),
            _advice(trap),
        )
    ]
    if traps:
        drawn += ["", "traps: lines that hardly do what was meant", *filter(None, traps)]
    needless = [
        line
        for each in book.needless
        for line in (
            f"  a {each.what} nothing needed{times(each.count)}, {size(each.nbytes)}: {each.reason}",
            *(each.span.render(4) if each.span else ()),
        )
    ]
    if needless:
        drawn += ["", "needless work", *needless]
    return drawn


def _advice(trap: Any) -> str:
    return f"    {trap.advice}" if trap.advice else ""


def memory(book: Records) -> list[str]:
    """Memory at its peak by cause, and the lines to change to save most of it."""
    peak = book.memory
    if not peak.most:
        return []
    shares = [f"{cause} {size(nbytes)}" for cause, nbytes in zip(CAUSES, peak.peak) if nbytes]
    drawn = ["", f"memory at its peak: {size(peak.most)}", f"  {', '.join(shares)}"]
    for saving in book.savings[:3]:
        drawn.append(f"  {size(saving.nbytes)} of {saving.cause} from {saving.span.place}: {saving.advice}")
    return drawn


def summary(book: Records, rows: int = 20) -> str:
    """The whole book as text."""
    lines = book.lines
    shown = weightiest(lines, rows)
    left_out = [f"  and {len(lines) - len(shown)} lines more"] if len(shown) < len(lines) else []
    return "\n".join([*table(shown), *left_out, *memory(book), *findings(book)])


# The life of a tensor -------------------------------------------------------------------------------------------------


def life(buffer: Buffer | None, tensor: Tensor) -> str:
    """What happened to a tensor's memory, in the order in which it first happened."""
    array = tensor._array
    head = f"tensor of shape {tuple(array.shape)}, {of_numpy[array.dtype].scalar_type}, {size(array.nbytes)}"
    if tensor._view is not None:
        head += ", a view"
    if buffer is None:
        return f"{head}\n  made before the ledger was opened, and not used since"
    drawn = [head]
    if buffer.account is None:
        drawn.append("  made before the ledger was opened")
    else:
        maker = buffer.holding.maker
        drawn += ["  made" + (f" by {maker}" if maker else "") + ":", *buffer.account.span.render(4)]
    for deed, (_, count, nbytes) in sorted(buffer.events.items(), key=lambda each: each[1][0]):
        kind, account, detail, told = deed.kind, deed.account, deed.detail, times(count)
        span = account.span if account is not None else None
        label = {
            "saved": f"saved for {detail}",
            "viewed": f"viewed, as {detail}",
            "written": f"written by {writer_in_words(detail, span)}",
            "kept": f"kept for the gradient: {size(nbytes)} copied before the write",
            "lent": "handed out as a NumPy array",
            "overwritten": _overwritten(detail, span),
        }[kind]
        drawn += [f"  {label}{told}:", *(span.render(4) if span is not None else ())]
    return "\n".join(drawn)


def _overwritten(detail: str, span: Span | None) -> str:
    writer, _, region = detail.partition("|")
    return f"a saved value overwritten{f', {region},' if region else ''} by {writer_in_words(writer, span)}"


# JSON -----------------------------------------------------------------------------------------------------------------


def place(span: Span | None) -> dict[str, Any] | None:
    """A place of the program as data."""
    if span is None:
        return None
    columns = span.columns
    text = span.text
    return {
        "file": span.shown_filename,
        "line": span.line,
        "columns": list(columns) if columns else None,
        "text": text.split("\n")[0] if text else None,
    }


def as_data(book: Records) -> dict[str, Any]:
    """The book as dictionaries, lists, numbers and strings."""
    peak = book.memory
    return {
        "seconds": round(book.seconds, 6),
        "lines": [
            {
                **{k: v for k, v in (place(line.span) or {}).items() if k != "columns"},
                "operations": line.operations,
                **{name: line.figures[name] for name in COUNTED},
                "peak": dict(zip(CAUSES, line.peak)),
            }
            for line in book.lines
        ],
        "memory": {
            "peak": peak.most,
            "peak_at": round(peak.peak_at, 6),
            "peak_by_cause": dict(zip(CAUSES, peak.peak)),
            "causes": list(CAUSES),
            "course": [[round(t, 6), *totals] for t, totals in peak.course],
        },
        "hazards": [
            {
                "headline": hazard.headline,
                "in_pytorch": hazard.in_pytorch,
                "lost": hazard.lost,
                "operation": hazard.operation,
                "role": hazard.role,
                "saved_at": place(hazard.saved_at),
                "labels": hazard.labels,
                "writer": hazard.writer,
                "written_at": place(hazard.written_at),
                "region": hazard.region.text if hazard.region else None,
                "through": hazard.through or None,
                "nbytes": hazard.nbytes,
                "count": hazard.count,
            }
            for hazard in book.hazards
        ],
        "traps": [
            {"kind": t.kind, "headline": t.headline, "at": place(t.span), "advice": t.advice, "count": t.count}
            for t in book.traps
        ],
        "needless": [
            {"what": n.what, "reason": n.reason, "at": place(n.span), "nbytes": n.nbytes, "count": n.count}
            for n in book.needless
        ],
        "savings": [
            {"nbytes": s.nbytes, "cause": s.cause, "at": place(s.span), "advice": s.advice} for s in book.savings[:20]
        ],
    }


def to_json(book: Records) -> str:
    """The book as a JSON text."""
    return json.dumps(as_data(book), indent=1, ensure_ascii=False)
