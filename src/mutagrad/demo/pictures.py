"""The pictures of the demo: what the two jobs found, drawn with matplotlib and saved as PNG files.

No window is opened and no global state of matplotlib is touched: each picture is a `Figure` of its own.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullLocator

import mutagrad as torch
from mutagrad.demo import wave
from mutagrad.demo.digits import Digits, Epoch

INK, FAINT, BLUE, RED = "#1f2430", "#9aa1ad", "#2563a8", "#c8442c"


def draw_digits(history: list[Epoch], data: Digits, answers: torch.Tensor, path: Path) -> None:
    """Saves the training loss and test accuracy of each epoch, and held-out images with the `answers` (count,)."""
    figure = Figure(figsize=(12, 4), layout="constrained")
    loss, accuracy, images = figure.subplots(1, 3, width_ratios=(3, 3, 4))
    epochs = range(1, len(history) + 1)
    percent = [100 * epoch.accuracy for epoch in history]

    dress(loss, "Training loss", "epoch")
    draw_fall(loss, epochs, [epoch.loss for epoch in history])

    dress(accuracy, f"Test accuracy, in the end {percent[-1]:.1f} %", "epoch")
    accuracy.axhline(96, color=FAINT, lw=1, ls="--")
    accuracy.plot(epochs, percent, color=RED, lw=2)
    accuracy.set_ylim(min(*percent, 94) - 1, 100.5)

    draw_answers(images, data.test_images.numpy(), data.test_labels.numpy(), answers.numpy())
    figure.savefig(path, dpi=160)


def draw_answers(axes: Axes, images: np.ndarray, labels: np.ndarray, answers: np.ndarray) -> None:
    """Draws a sheet of images with their answers: the misread ones first, framed, beside the digit they should be."""
    rows, columns, pitch = 6, 8, 11
    sheet = np.full((rows * pitch, columns * pitch), images.min())
    shown = np.argsort(answers == labels, kind="stable")[: rows * columns]
    for place, i in enumerate(shown):
        y, x = pitch * (place // columns), pitch * (place % columns)
        sheet[y : y + 8, x : x + 8] = images[i]
        wrong = answers[i] != labels[i]
        text = f"{answers[i]}, is {labels[i]}" if wrong else f"{answers[i]}"
        axes.text(x + 3.5, y + 9.2, text, ha="center", va="center", size=8, color=RED if wrong else INK)
        if wrong:
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 8, 8, fill=False, color=RED, lw=1.2))
    axes.imshow(sheet, cmap="Greys")
    axes.set_axis_off()
    title(axes, f"Held-out images: {np.sum(answers != labels)} of {len(labels)} misread")


def draw_wave(
    guesses: list[wave.Guess], true: torch.Tensor, heard: torch.Tensor, survey: wave.Survey, path: Path
) -> None:
    """Saves the true and the recovered speed (cells,), what the receivers heard (steps, receivers), and the misfits."""
    figure = Figure(figsize=(11, 7.5), layout="constrained")
    panels = figure.subplot_mosaic([["speed", "speed"], ["traces", "misfit"]], width_ratios=(3, 2))
    x = np.linspace(0, wave.LENGTH, len(true))
    first, last = guesses[0], guesses[-1]

    speed = panels["speed"]
    dress(speed, "Speed of sound along the rod, km/s", "place, km")
    speed.plot(x, first.speed.numpy(), color=FAINT, lw=1.5, ls="--", label="first guess")
    speed.plot(x, true.numpy(), color=INK, lw=1.5, label="true")
    speed.plot(x, last.speed.numpy(), color=RED, lw=2.2, label="recovered")
    speed.plot(x[survey.receivers], np.full_like(x[survey.receivers], 1.55), "^", color=FAINT, ms=5, label="receivers")
    speed.plot(x[survey.source], 1.55, "*", color=BLUE, ms=12, label="source")
    speed.legend(frameon=False, ncols=5, loc="upper left")
    speed.set(xlim=(0, wave.LENGTH), ylim=(1.45, 3.2))

    seismograms = [wave.simulate(first.speed, survey), heard, wave.simulate(last.speed, survey)]
    draw_traces(panels["traces"], seismograms, survey)

    misfit = panels["misfit"]
    dress(misfit, "Misfit to what was heard", "iteration")
    draw_fall(misfit, range(1, len(guesses) + 1), [guess.misfit for guess in guesses])
    figure.savefig(path, dpi=160)


def draw_traces(axes: Axes, seismograms: list[torch.Tensor], survey: wave.Survey) -> None:
    """Draws every other receiver's record over time, at its place: of the first guess, as heard, of the last guess."""
    styles = ((FAINT, 1.2, "--"), (INK, 2.4, "-"), (RED, 1.0, "-"))
    dress(axes, "What the receivers hear", "time, s")
    axes.set_ylabel("place, km", color=INK)
    for seismogram, (color, width, dash) in zip(seismograms, styles, strict=True):
        steps, receivers = seismogram.shape
        times = survey.interval * np.arange(steps)
        places = survey.spacing * (survey.receivers.start + survey.receivers.step * np.arange(receivers))
        records = places - 0.07 * seismogram.numpy() / seismograms[1].abs().max().item()
        axes.plot(times, records[:, ::2], color=color, lw=width, ls=dash)
    axes.set(xlim=(0, times[-1]), ylim=(1.02 * wave.LENGTH, -0.05))


def draw_fall(axes: Axes, steps: range, values: list[float]) -> None:
    """Draws positive values, step by step, on a logarithmic axis marked in plain numbers."""
    axes.semilogy(steps, values, color=BLUE, lw=2)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter("{x:g}")


def dress(axes: Axes, heading: str, across: str) -> None:
    """Gives a panel its heading, its horizontal axis' name, and nothing that does not carry information."""
    title(axes, heading)
    axes.set_xlabel(across, color=INK)
    axes.tick_params(colors=INK, which="both", width=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set(color=FAINT, linewidth=0.6)
    axes.grid(color=FAINT, alpha=0.25, lw=0.6)


def title(axes: Axes, text: str) -> None:
    """Writes a panel's heading above its left edge."""
    axes.set_title(text, loc="left", color=INK, weight="bold", size=11)
