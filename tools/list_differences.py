"""Lists where autograd does something else than PyTorch.

    python tools/list_differences.py    writes docs/autograd_differences.md

Most of the page is made from the cases of `tests/behaviour` that say why they give something else; what they give is
checked with them. What no case can show is said in `HEAD`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "autograd_differences.md"
sys.path.insert(0, str(ROOT))

from tests.behaviour.suite import modules, recorded  # noqa: E402

HEAD = """# Where autograd differs from PyTorch's

Written by `tools/list_differences.py` from those cases of `tests/behaviour` that give something else than PyTorch 2.13, on
purpose: each says why. Beyond them:

- A view is named as it was made (`SliceBackward0`), also after its base was written, where PyTorch names it
  `AsStridedBackward0`. The outputs of `split` and `unbind` have a node each, with the gradient of that output alone.
- What PyTorch computes by one kernel and mutagrad by several operations (pools, resampling, padding, some losses) stands
  in the graph under the kernel's name, with the steps before the last behind it. A node shows in `_saved_*` what
  mutagrad keeps: a value that only PyTorch's rule needs (the input of `avg_pool2d`, say) is not kept and not there.
- What a custom function returns is no view of its input (`_is_view()` is false), also where it shares memory with it. It
  may not be written, as in PyTorch, but it may be used after the input was written.
- Samples of the gamma distribution have second derivatives by their concentration, and tangents, where PyTorch has none.
- Under the policy `"torch"` the outputs of `split` and `unbind` may not be written; that they may not be *used* after
  their base was written, as in PyTorch, is not checked.
- The static method `vmap` of a custom function is given samples in the first dimension, whichever was mapped, and what
  the samples share is repeated for them where it requires grad.
- `numpy()`, `item()` and control flow on a tensor under `vmap` raise as in PyTorch; `masked_select`, indexing by a mask,
  `unique` and `nonzero` do, too: their results would differ in shape between samples.
- What a function of the graph saved has PyTorch's names and forms where both save the same. Where a rule needs something
  else, that is what is shown: `div`, `erfinv`, `leaky_relu` and `hardtanh` keep their result and not their input, reads by
  index only the index, `linalg.det` and `linalg.solve` no factors, sizes of a base instead of those of a view between.
- Whole-buffer overwrites end a history: what only led to overwritten values gets `None`, not zeros.
- Views made in inference mode may be used after their base was written outside it. Tensors made there are not written
  outside it by way of `detach()` or `.data` either.
- `functionalize` changes nothing but what results share memory with: writes need no removal here.

"""


def shown(outcome: Any) -> str:
    """What PyTorch gives, in a few words."""
    raises = isinstance(outcome, dict) and "raises" in outcome
    text = f"raises {outcome['raises']}" if raises else f"gives {outcome}"
    text = " ".join(text.replace("`", "'").split())
    return text if len(text) <= 160 else text[:157] + "..."


def page() -> str:
    """The text of the page."""
    lines: list[str] = []
    for module, cases in modules().items():
        better = [case for case in cases.values() if case.reason is not None]
        if not better:
            continue
        outcomes = recorded(module)
        lines.append(f"\n## {module.replace('_', ' ').capitalize()}\n")
        for case in better:
            lines.append(f"- {case.name.replace('_', ' ')}: {case.reason}. PyTorch `{shown(outcomes[case.name])}`")
    return HEAD + "\n".join(lines).lstrip("\n") + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
