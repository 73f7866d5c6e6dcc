"""The command `mutagrad run PROGRAM [ARGS]`: a program on mutagrad, and a report of what it saved, wrote and kept.

The report goes to the standard error, so that what the program prints is not touched; with `--json` it is the other way
round, so that the standard output is JSON and nothing else.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

import click
from rich.console import Console

import mutagrad
from mutagrad.bookkeeping import terminal
from mutagrad.bookkeeping.program import run_program

PASSES = 4  # so many reverse passes can be looked at on the page
FOUND = 3
"""The exit code of a program that ran through, and of which something was found that it was to fail on."""


@click.command(
    context_settings={
        "help_option_names": ["-h", "--help"],
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
    }
)
@click.option("-m", "module", is_flag=True, help="PROGRAM is the name of a module, as with python -m.")
@click.option(
    "--policy",
    type=click.Choice(["preserve", "error", "torch"]),
    help="What overwriting a value does that a gradient needs; preserve unless MUTAGRAD_OVERWRITE says otherwise.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report as a page to this HTML file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON; the program prints to standard error.")
@click.option(
    "--fail-on",
    type=click.Choice(["hazard", "trap"]),
    multiple=True,
    help=f"End with exit code {FOUND} where one was found; may be given twice.",
)
@click.option("--rows", type=click.IntRange(min=1), default=12, show_default=True, help="Lines in the table.")
@click.argument("program")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(
    module: bool,
    policy: str | None,
    report: Path | None,
    as_json: bool,
    fail_on: tuple[str, ...],
    rows: int,
    program: str,
    arguments: tuple[str, ...],
) -> None:
    """Run a PyTorch program on mutagrad and report on it.

    Its `import torch` gets mutagrad. The report names values that a gradient needed and that were overwritten (right
    here; an error or a wrong gradient in PyTorch), lines that hardly do what was meant, and memory by line. The exit
    code is the program's own.
    """
    if policy is not None:
        mutagrad.set_overwrite_policy(policy)
    try:
        with redirect_stdout(sys.stderr) if as_json else nullcontext():
            book, status = run_program(program, arguments, module=module, passes=PASSES if report else 0)
    except OSError as error:
        raise click.ClickException(f"cannot read {program}: {error.strerror}") from None
    sys.stdout.flush()
    if report is not None:  # first, since whoever reads the rest may stop reading
        book.to_html(report, program)
    if as_json:
        click.echo(book.to_json())
    else:
        terminal.show(book, Console(stderr=True, highlight=False), program, rows)
    if report is not None:
        click.echo(f"report: {report}", err=True)
    found = ("hazard" in fail_on and book.hazards) or ("trap" in fail_on and book.traps)
    sys.exit(FOUND if found and not status else status)
