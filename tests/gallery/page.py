"""The page `docs/diagnosis.md`: a dozen programs of the gallery and what they are told, as the golden files have it."""

import re

from .running import HERE, expected_path

# Each with the policy under which it is shown.
SHOWN = {
    "Overwritten values": {
        "attention_mask": "error",
        "gram_schmidt": "error",
        "actor_critic": "torch",
        "replay_buffer_elsewhere": "torch",
        "ema_update_too_early": "error",
    },
    "Writes that are refused": {"rows_normalised_by_iterating": "preserve", "writer_caught": "preserve"},
    "A second backward": {"hidden_state_carried_over": "preserve"},
    "No graph to go back through": {
        "losses_gathered_by_item": "preserve",
        "frozen_model": "preserve",
        "accuracy_as_loss": "preserve",
        "second_derivative_without_a_graph": "preserve",
        "parameter_rebound_under_no_grad": "preserve",
    },
    "Traps that run through": {
        "loop_variable_rebound": "preserve",
        "parameter_replaced": "preserve",
        "all_overwritten": "preserve",
        "truth_of_a_gradient": "preserve",
    },
    "Numbers that are none": {"logarithm_of_zero": "preserve"},
}

OPENING = """\
# Diagnosis

Every error and warning about gradients says where: the line that saved a value and the line that overwrote it, the line
that cut a history, the line that made a view; which elements; and what to write instead, with the program's own names.
Positions are recorded as a code object and an instruction, two references; everything else is worked out from the source
and the caller's variables when there is something to tell.

The exceptions carry what they tell: `error.story` has headline, places and advice as data. An `OverwrittenError` has
`saved_at`, `overwritten_at`, `region`, `nbytes`, `operation` and `saved_role`. Places are `Span`s with `filename`, `line`,
`columns` and `text`. Warnings are `mutagrad.AutogradWarning`, with a story, too. In a terminal the places are in colour
where `rich` is installed, and in IPython; piped, the text is plain.

**Catching the writer.** `mutagrad.freeze(t)` makes the next write to `t`'s memory, through whatever alias, raise
`FrozenError` at the line that writes, until `thaw()` or the end of a `with` block. `mutagrad.watch(t)` names each write on
standard error, or to a function that it is given, and lets it happen. Both are about memory: to give
a tensor other memory (`t.data = …`, `set_`) is no write.

**Where the text comes from.** Source is shown of files, of modules in archives, of `python -c`, and of the cells of a
notebook, across which histories are followed; of code from standard input or `exec` only the numbers of its lines are
known.

Below are some of the programs of `tests/gallery/`, each with the text it ends with. Comments mark the lines that the
message must name. This page is written by `tools/write_gallery.py`.
"""


def page() -> str:
    """The text of the page."""
    parts = [OPENING]
    for title, programs in SHOWN.items():
        parts.append(f"## {title}\n")
        for name, policy in programs.items():
            source = (HERE / "programs" / f"{name}.py").read_text(encoding="utf-8")
            summary, _, body = re.fullmatch(r'"""(.*?)"""\n(()[\s\S]*)', source).group(1, 3, 2)
            under = "" if policy == "preserve" else f' Under the policy `"{policy}"`:'
            told = expected_path(name, policy).read_text(encoding="utf-8")
            parts.append(f"### {name.replace('_', ' ').capitalize()}\n\n{summary}{under}\n")
            parts.append(f"```python\n{body.strip()}\n```\n\n```\n{told.strip()}\n```\n")
    return "\n".join(parts)
