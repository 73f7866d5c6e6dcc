"""Selective checkpointing: which operations are kept, and which are computed again.

Within the first context the results of operations that a policy wants are kept; within the second, the function runs
again, and these operations give what was kept instead of computing it. Views, indexing and writes in place cost
little and are always done again.

Read first: `recomputation.py`.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from mutagrad.modes import count_extra, modes
from mutagrad.operation import Operation
from mutagrad.storage import Saved
from mutagrad.tensor import Tensor


class CheckpointPolicy(enum.Enum):
    """Whether an operation's result is kept (`*_SAVE`) or computed again (`*_RECOMPUTE`)."""

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


KEPT = tuple(policy for policy in CheckpointPolicy if "RECOMPUTE" not in policy.name)  # memory is the CPU's in any case


# Functions such as `mutagrad.mm` that no policy is asked about; they run again. What only looks at a tensor (`detach`,
# sizes and strides) is no operation here and needs no mention.
SAC_IGNORED_OPS: set[Any] = set()


def _is_ignored(operation: Operation) -> bool:
    return any(getattr(op, "operation", op) is operation for op in SAC_IGNORED_OPS)


class SelectiveCheckpointContext:
    """What a policy is told of a call: whether the function runs again, and what the operation gave."""

    def __init__(self, *, is_recompute: bool, op_output: Any = None) -> None:
        self.is_recompute = is_recompute
        self.op_output = op_output


def create_selective_checkpoint_contexts(
    policy_fn_or_list: Any, allow_cache_entry_mutation: bool = False
) -> tuple[_Keeping, _Giving]:
    """The two contexts of a selective checkpoint, for its `context_fn`.

    The policy is a function `policy(ctx, op, *inputs, **parameters)` that gives a `CheckpointPolicy` (or True for
    MUST_SAVE, False for PREFER_RECOMPUTE), with `op` a function such as `mutagrad.mm` (what `matmul` does to matrices);
    or a list of the functions whose results are kept. A kept result may be overwritten: its value is kept all the same.

    >>> from functools import partial
    >>> import mutagrad
    >>> from mutagrad.utils.checkpoint import checkpoint, create_selective_checkpoint_contexts
    >>> x = mutagrad.ones(2, 2, requires_grad=True)
    >>> contexts = partial(create_selective_checkpoint_contexts, [mutagrad.mm])
    >>> y = checkpoint(lambda x: (x @ x).sin(), x, use_reentrant=False, context_fn=contexts)
    """
    if isinstance(policy_fn_or_list, list):
        for op in policy_fn_or_list:
            if not isinstance(getattr(op, "operation", op), Operation):
                raise ValueError(f"Expected op in `op_list` to be an OpOverload but got: {op} of type {type(op)}. ")
        chosen = [getattr(op, "operation", op).name for op in policy_fn_or_list]
        policy: Callable[..., Any] = partial(_keeps_listed, chosen)
    elif callable(policy_fn_or_list):
        policy = policy_fn_or_list
    else:
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    results: dict[str, list[Any]] = defaultdict(list)
    return _Keeping(policy, results), _Giving(results)


def _keeps_listed(
    chosen: list[str], ctx: SelectiveCheckpointContext, op: Any, *args: Any, **kwargs: Any
) -> CheckpointPolicy:
    kept = getattr(op, "operation", op).name in chosen
    return CheckpointPolicy.MUST_SAVE if kept else CheckpointPolicy.PREFER_RECOMPUTE


class _Keeping:
    """The context of the first run. It keeps, for each operation, the results of its calls (None: not kept)."""

    def __init__(self, policy: Callable[..., Any], results: dict[str, list[Any]]) -> None:
        self.policy = policy
        self.results = results

    def __enter__(self) -> None:
        modes.around_calls = (*modes.around_calls, self._around)
        count_extra(1)

    def __exit__(self, *exception: object) -> None:
        modes.around_calls = modes.around_calls[:-1]
        count_extra(-1)

    def _around(
        self, operation: Operation, inputs: Any, values: dict[str, Any], call: Callable[[], Any], suffix: str
    ) -> Any:
        made = call()
        if suffix or _is_ignored(operation):
            return made
        ctx = SelectiveCheckpointContext(is_recompute=False, op_output=made)
        wanted = self.policy(ctx, operation.public or operation, *inputs, **values)
        if isinstance(wanted, bool):
            wanted = CheckpointPolicy.MUST_SAVE if wanted else CheckpointPolicy.PREFER_RECOMPUTE
        keeps = wanted in KEPT and not operation.derived
        self.results[operation.name].append(_cells(made) if keeps else None)
        return made


def _cells(made: Any) -> list[Saved]:
    tensors: tuple[Tensor, ...] = made if isinstance(made, tuple) else (made,)
    return [tensor._family.storage.save(tensor._array, tensor._view) for tensor in tensors]


class _Giving:
    """The context of further runs: operations that were kept give what was kept."""

    def __init__(self, results: dict[str, list[Any]]) -> None:
        self.results = results

    def __enter__(self) -> None:
        self.counts: dict[str, int] = defaultdict(int)
        modes.around_values = (*modes.around_values, self._around)
        count_extra(1)

    def __exit__(self, *exception: object) -> None:
        modes.around_values = modes.around_values[:-1]
        count_extra(-1)

    def _around(self, operation: Operation, compute: Callable[[], Any]) -> Any:
        if _is_ignored(operation):
            return compute()
        index = self.counts[operation.name]
        self.counts[operation.name] += 1
        kept = self.results.get(operation.name)
        mismatch = (
            "This can happen if the operations in the checkpointed region are nondeterministic or depend on global "
            "state that changed between forward and backward."
        )
        if kept is None:
            raise RuntimeError(f"{operation.name} encountered during backward but not found in storage. {mismatch}")
        if index >= len(kept):
            raise RuntimeError(
                f"{operation.name} invocation index {index} encountered during backward but not found in storage. "
                f"{mismatch}"
            )
        cells = kept[index]
        if cells is None:
            return compute()
        arrays = tuple(cell.array for cell in cells)
        return arrays if operation.several else arrays[0]
