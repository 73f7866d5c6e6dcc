"""Checkpointing: less memory for more work. What a function computes is not kept but computed again in the reverse pass.

    y = checkpoint(block, x, use_reentrant=False)

Follows https://docs.pytorch.org/docs/stable/checkpoint.html

Read first: `recomputation.py`; next: `selective.py`, what may be kept all the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from mutagrad.autograd.backward import backward
from mutagrad.autograd.function import Function
from mutagrad.autograd.running import has_targets
from mutagrad.modes import enable_grad, modes, no_grad
from mutagrad.nn.containers import Sequential
from mutagrad.random.generator import fork_rng, get_rng_state, set_rng_state
from mutagrad.tensor import Tensor
from mutagrad.utils.recomputation import CheckpointError, Frame, GraphExecGroup
from mutagrad.utils.selective import (
    SAC_IGNORED_OPS,
    CheckpointPolicy,
    SelectiveCheckpointContext,
    create_selective_checkpoint_contexts,
)

__all__ = [
    "SAC_IGNORED_OPS",
    "CheckpointError",
    "CheckpointFunction",
    "CheckpointPolicy",
    "DefaultDeviceType",
    "GraphExecGroup",
    "SelectiveCheckpointContext",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "create_selective_checkpoint_contexts",
    "detach_variable",
    "get_device_states",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
    "set_device_states",
]

Contexts = Callable[[], tuple[AbstractContextManager, AbstractContextManager]]


class _Settings:
    """What is set for all checkpoints (None: as each call says)."""

    early_stop: bool | None = None
    debug: bool | None = None


def noop_context_fn() -> tuple[AbstractContextManager, AbstractContextManager]:
    """Two contexts that do nothing, for the first and for the further runs of a function."""
    return nullcontext(), nullcontext()


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Contexts = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args, **kwargs)`, of which nothing is kept for the reverse pass: that calls it again.

    With `use_reentrant` the second call is differentiated by a pass of its own, within the first; without it what the
    function saves the second time stands for what it would have saved the first time. That runs no further than needed
    (`early_stop`), may be asked for by `grad()`, and takes keyword arguments. `preserve_rng_state` (a keyword, True)
    gives the second call the random numbers of the first, `context_fn` two contexts for both, `determinism_check`
    "default" compares shapes and dtypes and "none" nothing. Raises CheckpointError where the second call differs, with
    the lines of both when `debug`.

    >>> import mutagrad
    >>> from mutagrad.utils.checkpoint import checkpoint
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> checkpoint(lambda x: x.sin().exp(), x, use_reentrant=False).sum().backward()
    >>> x.grad
    tensor([1.2534, 1.2534])
    """
    if use_reentrant is None:
        prospect = "Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception."
        _warn_unsaid("torch.utils.checkpoint", prospect)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if not use_reentrant:
        options = (context_fn, determinism_check, debug, early_stop)
        return _without_reentrance(function, args, kwargs, preserve, *options)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if context_fn is not noop_context_fn or debug:
        raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    return CheckpointFunction.apply(function, preserve, *args)


def _warn_unsaid(function: str, prospect: str) -> None:
    warnings.warn(
        f"{function}: the use_reentrant parameter should be passed explicitly. {prospect} use_reentrant=False is "
        "recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer "
        "to docs for more details on the differences between the two variants.",
        stacklevel=3,
    )


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """The functions (or the modules of a `Sequential`) one after another, in `segments` that are checkpointed each.

    The last segment is not: the reverse pass begins with it.

    >>> import mutagrad
    >>> from mutagrad.utils.checkpoint import checkpoint_sequential
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> y = checkpoint_sequential([mutagrad.sin, mutagrad.exp, mutagrad.tanh], 3, x, use_reentrant=False)
    >>> y.sum().backward()
    """
    if use_reentrant is None:
        prospect = "In version 2.9 we will raise an exception if use_reentrant is not passed."
        _warn_unsaid("torch.utils.checkpoint.checkpoint_sequential", prospect)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if isinstance(functions, Sequential):
        functions = list(functions.children())
    size = len(functions) // segments
    start = 0
    for start in range(0, size * (segments - 1), size):
        part = _chain(functions[start : start + size])
        input = checkpoint(part, input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return _chain(functions[size * (segments - 1) :])(input)


def _chain(functions: Iterable[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def run(input: Any) -> Any:
        for function in functions:
            input = function(input)
        return input

    return run


# What is saved the second time, in place of the first -----------------------------------------------------------------


def _shape_and_dtype(tensor: Tensor) -> dict[str, Any]:
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


CHECKS: dict[str, Callable[[Tensor], Any]] = {"default": _shape_and_dtype, "none": lambda tensor: None}


def _without_reentrance(
    function: Callable[..., Any],
    args: tuple,
    kwargs: dict[str, Any],
    preserve: bool,
    context_fn: Contexts,
    determinism_check: str,
    debug: bool,
    early_stop: bool,
) -> Any:
    debug = debug if _Settings.debug is None else _Settings.debug
    if debug and context_fn is not noop_context_fn:
        raise ValueError("debug=True is incompatible with non-default context_fn")
    if determinism_check not in CHECKS:
        raise ValueError(f"determinism_check should be one of {list(CHECKS)}, but got {determinism_check}")
    first, again = context_fn()
    if not modes.grad:
        return function(*args, **kwargs)
    early_stop = early_stop if _Settings.early_stop is None else _Settings.early_stop
    state = get_rng_state() if preserve else None
    frame = Frame(function, args, kwargs, state, again, early_stop, CHECKS[determinism_check], debug)
    with frame.hooks(), first:
        result = function(*args, **kwargs)
        frame.completed = True
        return result
    raise RuntimeError(
        "torch.utils.checkpoint: the forward context provided by context_fn suppressed an exception raised during the "
        "checkpointed forward. This is not supported because checkpoint cannot return a value for a failed forward."
    )


@contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Within, checkpoints that are made stop, or do not, when all that is needed has been computed again."""
    before, _Settings.early_stop = _Settings.early_stop, enable
    try:
        yield
    finally:
        _Settings.early_stop = before


@contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Within, checkpoints that are made tell the lines of both runs in their errors, or do not."""
    before, _Settings.debug = _Settings.debug, enabled
    try:
        yield
    finally:
        _Settings.debug = before


# A pass within the pass -----------------------------------------------------------------------------------------------


class CheckpointFunction(Function):
    """The call of a function that is called again, and differentiated, in `backward`."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        """Runs the function and keeps its arguments alone."""
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.state = get_rng_state() if preserve_rng_state else None
        ctx.others = [None if isinstance(x, Tensor) else x for x in args]
        ctx.positions = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        ctx.save_for_backward(*[args[i] for i in ctx.positions])
        with no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *args: Any) -> tuple:
        """Runs the function again, and a pass from its outputs to its inputs."""
        if has_targets():
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` "
                "parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call "
                ".backward() without passing the `inputs` argument."
            )
        inputs = list(ctx.others)
        for i, tensor in zip(ctx.positions, ctx.saved_tensors):
            inputs[i] = tensor
        with fork_rng(enabled=ctx.state is not None):
            if ctx.state is not None:
                set_rng_state(ctx.state)
            detached = detach_variable(tuple(inputs))
            with enable_grad():
                outputs = ctx.run_function(*detached)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        pairs = [(y, ct) for y, ct in zip(outputs, args) if isinstance(y, Tensor) and y.requires_grad]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([y for y, _ in pairs], [ct for _, ct in pairs])
        return (None, None, *[x.grad if isinstance(x, Tensor) else None for x in detached])


def detach_variable(inputs: tuple) -> tuple:
    """The inputs without their history; those that require grad as leaves."""
    if not isinstance(inputs, tuple):
        raise RuntimeError("Only tuple of tensors is supported. Got Unsupported input type: ", type(inputs).__name__)
    return tuple(x.detach().requires_grad_(x.requires_grad) if isinstance(x, Tensor) else x for x in inputs)


def check_backward_validity(inputs: Iterable[Any]) -> None:
    """Warns when none of the inputs requires grad: then nothing is differentiated."""
    if not any(x.requires_grad for x in inputs if isinstance(x, Tensor)):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)


# Devices: there is one, whose random state is the CPU's ---------------------------------------------------------------


class DefaultDeviceType:
    """The type of device whose random state is kept besides the CPU's."""

    _type = "cuda"

    @staticmethod
    def set_device_type(device: str = "cuda") -> None:
        """Sets the type."""
        DefaultDeviceType._type = device

    @staticmethod
    def get_device_type() -> str:
        """The type that was set."""
        return DefaultDeviceType._type


def get_device_states(*args: Any) -> tuple[list[int], list[Tensor]]:
    """Numbers and random states of the devices of the arguments: none besides the CPU."""
    return [], []


def set_device_states(devices: list[int], states: list[Tensor], *, device_type: str | None = None) -> None:
    """Sets the random states of devices: there are none besides the CPU."""
