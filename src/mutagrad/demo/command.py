"""The command `mutagrad demo`: runs both jobs, shows how they go, saves their pictures, and counts what they overwrote.

In a terminal a bar shows the progress of each job; where the output is piped there are plain lines only.
"""

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import mutagrad
from mutagrad.demo import digits, pictures, wave

T = TypeVar("T")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="mutagrad-demo",
    show_default=True,
    help="Folder for the pictures; made where it is missing.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the random numbers.")
@click.option("--quick", is_flag=True, help="Stop both jobs early, at poorer figures.")
def demo(out: Path, seed: int, quick: bool) -> None:
    """Train a classifier of handwritten digits, then recover the speed of sound along a rod.

    Both programs are written as people write PyTorch and overwrite values that their gradients need. PyTorch ends both
    with an error; MUTAGRAD_OVERWRITE=torch mutagrad demo shows where.
    """
    make_folder(out)
    console = Console(highlight=False)
    began = time.perf_counter()
    table = Table("", box=None, pad_edge=False)
    table.add_column("saved values overwritten", justify="right")
    table.add_column("bytes kept for them", justify="right")
    for name, job in (("handwritten digits", classify_digits), ("speed of sound", recover_wave)):
        mutagrad.manual_seed(seed)
        overwritten, kept = count_overwrites(partial(job, console, out, quick))
        table.add_row(name, f"{overwritten:,}", decimal(kept))
    console.rule("[bold]Written in place", align="left")
    console.print(table)
    console.print(f"Every gradient was that of the program that ran. Done in {time.perf_counter() - began:.0f} s.")


def make_folder(out: Path) -> None:
    """Makes the folder, or ends the command with the reason why it cannot be made."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.BadParameter(f"cannot make the folder {out}: {error.strerror}", param_hint="'--out'") from error


def classify_digits(console: Console, out: Path, quick: bool) -> None:
    """Runs the first job and saves its picture."""
    data = digits.load()
    network = digits.Classifier()
    console.rule("[bold]Handwritten digits", align="left")
    console.print(
        f"A residual network learns to read {len(data.train_images)} images; {len(data.test_images)} are held out."
    )
    epochs = 6 if quick else 30
    history = follow(
        console,
        digits.train(network, data, epochs),
        epochs,
        lambda epoch: f"loss {epoch.loss:.3f}  test accuracy {epoch.accuracy:.1%}",
    )
    picture = out / "digits.png"
    pictures.draw_digits(history, data, digits.read(network, data.test_images), picture)
    console.print(f"[bold green]{history[-1].accuracy:.1%}[/] of the held-out images are read rightly.")
    console.print(f"Picture: {picture}\n", soft_wrap=True, markup=False)


def recover_wave(console: Console, out: Path, quick: bool) -> None:
    """Runs the second job and saves its picture."""
    survey = wave.survey()
    true = wave.true_speed(survey.cells)
    heard = wave.listen(true, survey)
    console.rule("[bold]Speed of sound along a rod", align="left")
    console.print(f"Gradient descent through {len(survey.push)} time steps that overwrite three arrays.")
    iterations = 15 if quick else 60
    guesses = follow(
        console,
        wave.recover(heard, survey, iterations),
        iterations,
        lambda guess: f"misfit {guess.misfit:.4f}",
    )
    picture = out / "wave.png"
    pictures.draw_wave(guesses, true, heard, survey, picture)
    before, after = (wave.relative_error(guess.speed, true) for guess in (guesses[0], guesses[-1]))
    console.print(f"The error of the speed fell from {before:.1%} to [bold green]{after:.1%}[/].")
    console.print(f"Picture: {picture}\n", soft_wrap=True, markup=False)


def follow(console: Console, steps: Iterable[T], total: int, describe: Callable[[T], str]) -> list[T]:
    """All `steps` of a job, with a bar that shows the latest of them while they are made, in a terminal only."""
    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    done = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        for step in steps:
            done.append(step)
            bar.update(task, advance=1, description=describe(step))
    return done


def count_overwrites(job: Callable[[], None]) -> tuple[int, int]:
    """Runs `job`; the saved values that it overwrote, and the bytes that were kept for their gradients."""
    before = mutagrad.overwrite_statistics()
    overwritten, kept = before.overwritten, before.bytes_kept
    job()
    after = mutagrad.overwrite_statistics()
    return after.overwritten - overwritten, after.bytes_kept - kept
