"""Measures how far the oracle agrees with PyTorch: `python -m tests.oracle.against_pytorch [programs] [seed] [trait…]`.

Every program is run three times under PyTorch. Without gradients, where PyTorch refuses little, all values must agree.
With them PyTorch raises on many; where it does not, gradients must agree too, unless a write went through `.data` or
NumPy, which PyTorch does not see. At last with a copy made of everything that is saved for backward: PyTorch then has
nothing to miss, and gradients must agree without exception. Programs that disagree are printed, shrunk.
"""

import collections
import contextlib
import re
import sys
import time
import warnings

from . import oracle
from .harness import as_function, difference, forward_only, harvest, run, shrink
from .named.hazards import HAZARDS
from .operations import Unfit
from .programs import MISTAKES, program
from .tensors import overlap_allowed


def kept_apart(lines):
    """`lines` with gradients cloned when they are kept: PyTorch may go on adding into the one it gave to a hook."""
    keep = r"register_hook(lambda g: \1.append(g.clone()))"
    return [re.sub(r"register_hook\((seen\d+)\.append\)", keep, line) for line in lines]


def disagreement(torch, lines, traits=(), copies=False):
    """What PyTorch and the oracle make of `lines`: "agree", "raises: …", or the difference."""
    with overlap_allowed("overlap" in traits):
        expected = harvest(run(lines, oracle), oracle)
    keep_copies = torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t)
    try:
        with warnings.catch_warnings(), keep_copies if copies else contextlib.nullcontext():
            warnings.simplefilter("ignore")
            actual = harvest(run(lines if callable(lines) else kept_apart(lines), torch), torch)
    except RuntimeError as error:
        return "raises: " + re.sub(r"Output \d+ of \w+ is", "an output is", str(error))[:70]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return difference(expected, actual) or "agree"


def report(torch, seed, lines, traits, copies):
    """Prints `lines` shrunk, and how PyTorch differs."""

    def fails(shorter):
        try:
            return _differs(disagreement(torch, shorter, traits, copies))
        except (*MISTAKES, Unfit, NameError, RuntimeError, AttributeError):
            return False

    shortest = shrink(lines, fails)
    print(f"# seed {seed}: {disagreement(torch, shortest, traits, copies)}")
    print(as_function(shortest, f"seed_{seed}"), "\n", flush=True)


def _differs(verdict):
    return verdict != "agree" and not verdict.startswith("raises")


def compare(torch, seed, traits, counts):
    """Counts what the three runs of program `seed` give; tells how many differ without excuse."""
    lines, wrong = program(seed, traits), 0
    is_hidden = any(".data" in line or "numpy" in line for line in lines)
    runs = (("values", forward_only(lines)), ("gradients", lines), ("gradients with copies", lines))
    for kind, text in runs:
        copies = kind == "gradients with copies"
        verdict = disagreement(torch, text, traits, copies)
        is_excused = _differs(verdict) and kind == "gradients" and is_hidden
        label = "differ, a write being hidden" if is_excused else "differ" if _differs(verdict) else verdict
        counts[f"{kind}: {label}"] += 1
        if _differs(verdict) and not is_excused:
            wrong += 1
            report(torch, seed, text, traits, copies)
    return wrong


def main(count=2000, first=0, *traits):
    import torch  # only this script needs it

    torch.set_num_threads(1)
    for hazard in HAZARDS:
        plain, copied = disagreement(torch, hazard), disagreement(torch, hazard, copies=True)
        print(f"{hazard.__name__}: {plain}; with copies: {copied}")
    counts, start = collections.Counter(), time.perf_counter()
    wrong = sum(compare(torch, seed, traits, counts) for seed in range(int(first), int(first) + int(count)))
    for verdict, n in counts.most_common():
        print(f"{n:7} {verdict}")
    print(f"{count} programs in {time.perf_counter() - start:.0f} s, {wrong} differ without excuse")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
