"""The report of `mutagrad run` in a terminal; without colours where it is piped."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from mutagrad.bookkeeping.accounts import CAUSES
from mutagrad.bookkeeping.findings import Hazard
from mutagrad.bookkeeping.records import Records
from mutagrad.bookkeeping.rendering import COLUMNS, duration, row, size, times, weightiest
from mutagrad.report.spans import Span

COLOURS = {
    "parameters": "blue",
    "optimizer state": "magenta",
    "activations": "green",
    "kept copies": "red",
    "gradients": "yellow",
    "results": "cyan",
    "data": "bright_black",
}
BAR = 60
WORTH_SAVING = 1 << 16  # bytes at the peak: of less there is no need to say how to save it
PLAIN_WIDTH = 170


def show(book: Records, console: Console, program: str, rows: int = 12) -> None:
    """Prints the whole report."""
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    console.print()
    console.rule(f"[bold]mutagrad run {escape(program)}", align="left")
    show_verdict(book, console)
    for hazard in book.hazards:
        show_hazard(hazard, console)
    for trap in book.traps:
        console.print(f"\n[bold yellow]trap[/]  {escape(trap.headline)}{times(trap.count)}", soft_wrap=True)
        show_place(None, trap.span, console)
        if trap.advice:
            console.print(f"    [green]{escape(trap.advice)}[/]", soft_wrap=True)
    for each in book.needless:
        told = f"{size(each.nbytes)} in a {each.what} that nothing needed{times(each.count)}: {escape(each.reason)}"
        console.print(f"\n[bold cyan]needless[/]  {told}", soft_wrap=True)
        show_place(None, each.span, console)
    show_memory(book, console)
    show_lines(book, console, rows)


def show_verdict(book: Records, console: Console) -> None:
    """Prints in one line how much was found."""
    parts = [
        f"[bold red]{counted(len(book.hazards), 'hazard')}[/]",
        f"[bold yellow]{counted(len(book.traps), 'trap')}[/]",
    ]
    if book.needless:
        parts.append(f"[cyan]{size(sum(each.nbytes for each in book.needless))} of needless work[/]")
    parts.append(f"{size(book.memory.most)} at the peak")
    console.print(f"{', '.join(parts)}, in {duration(book.seconds * 1e9)}")


def counted(number: int, noun: str) -> str:
    """So many of a thing.

    >>> counted(0, "trap"), counted(1, "trap"), counted(2, "trap")
    ('no traps', '1 trap', '2 traps')
    """
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def show_hazard(hazard: Hazard, console: Console) -> None:
    """Prints a hazard with its two places."""
    console.print(f"\n[bold red]hazard[/]  {escape(hazard.headline)}{times(hazard.count)}", soft_wrap=True)
    saved, written = hazard.labels
    show_place(saved, hazard.saved_at, console)
    show_place(written, hazard.written_at, console)


def show_place(label: str | None, span: Span | None, console: Console) -> None:
    """Prints a place under its label, what is meant underlined."""
    if label is not None:
        console.print(f"    {escape(label)}{':' if span else ''}", soft_wrap=True)
    for i, line in enumerate(span.render(6) if span else ()):
        console.print(Text(line, style="red" if i else "bold"), soft_wrap=True)


def show_memory(book: Records, console: Console) -> None:
    """Prints memory at its peak as a bar, and the lines to change to save most."""
    memory = book.memory
    if not memory.most:
        return
    console.print(f"\n[bold]memory at its peak[/]  {size(memory.most)}")
    bar, legend = Text("    "), Text("    ")
    for cause, nbytes in zip(CAUSES, memory.peak):
        if nbytes:
            bar.append("█" * max(1, round(BAR * nbytes / memory.most)), style=COLOURS[cause])
            legend.append("■ ", style=COLOURS[cause])
            legend.append(f"{cause} {size(nbytes)}  ")
    console.print(bar)
    console.print(legend, soft_wrap=True)
    for saving in book.savings[:3] if memory.most >= WORTH_SAVING else ():
        what = f"{size(saving.nbytes)} of {saving.cause} from {escape(saving.span.place)}"
        console.print(f"    {what}: [green]{escape(saving.advice)}[/]", soft_wrap=True)


def show_lines(book: Records, console: Console, rows: int) -> None:
    """Prints the table of the lines that matter most."""
    lines = book.lines
    if not lines:
        return
    shown = weightiest(lines, rows)
    table = Table(box=None, pad_edge=False, header_style="bold")
    rows_shown = [row(line) for line in shown]
    for i, title in enumerate(COLUMNS):
        width = max(len(title), *(len(cells[i]) for cells in rows_shown))
        table.add_column(title, justify="right" if i else "left", no_wrap=True, min_width=width)
    table.add_column("", no_wrap=True, overflow="ellipsis")
    for line, cells in zip(shown, rows_shown):
        source = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(line.text)
        source.rstrip()
        table.add_row(*cells, source)
    console.print()
    console.print(table)
    if len(shown) < len(lines):
        console.print(f"[bright_black]and {counted(len(lines) - len(shown), 'line')} more[/]")
