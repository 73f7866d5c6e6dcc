"""How programs reach modules from outside: by path, by hook, by state dict, with inputs and states that do not fit."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

from .recording import Program
from .texts import Case

PROGRAMS: dict[str, Program] = {}
TEXTS: dict[str, Case] = {}


def program(function: Program) -> Program:
    """Files a program under its name."""
    PROGRAMS[function.__name__] = function
    return function


def cases(prefix: str, *calls: Case) -> None:
    """Files texts under numbers."""
    TEXTS.update({f"{prefix}.{number}": call for number, call in enumerate(calls)})


def linear(torch: Any) -> Any:
    """A layer with a buffer."""
    layer = torch.nn.Linear(2, 3)
    layer.register_buffer("seen", torch.zeros(1))
    return layer


# Paths --------------------------------------------------------------------------------------------------------------

FILES = {
    "activation": "ReLU MultiheadAttention",
    "batchnorm": "_BatchNorm BatchNorm2d",
    "container": "Sequential ModuleList",
    "conv": "_ConvNd Conv2d _ConvTransposeNd",
    "dropout": "_DropoutNd Dropout",
    "flatten": "Flatten",
    "instancenorm": "_InstanceNorm",
    "linear": "Linear Bilinear NonDynamicallyQuantizableLinear LazyLinear",
    "loss": "_Loss _WeightedLoss CrossEntropyLoss",
    "module": "Module register_module_forward_hook _IncompatibleKeys",
    "pixelshuffle": "PixelShuffle",
    "rnn": "RNNBase LSTM GRUCell",
    "sparse": "Embedding",
    "upsampling": "Upsample",
    "utils": "_single _pair _triple _quadruple _ntuple consume_prefix_in_state_dict_if_present",
}
for file, names in FILES.items():
    TEXTS[f"paths.{file}"] = lambda torch, file=file, names=names: [
        getattr(getattr(torch.nn.modules, file), name).__name__ for name in names.split()
    ]
cases(
    "paths",
    lambda torch: torch.nn.modules.Conv2d is torch.nn.Conv2d,
    lambda torch: torch.nn.modules.utils._pair(3) + torch.nn.modules.utils._triple((1, 2, 3)),
    lambda torch: torch.nn.init._calculate_fan_in_and_fan_out(torch.ones(2, 3, 4)),
    lambda torch: torch.nn.parameter.is_lazy(torch.nn.parameter.UninitializedParameter()),
    lambda torch: list(torch.nn.DataParallel(torch.nn.Linear(1, 1)).state_dict()),
    lambda torch: torch.utils.data.dataloader.DataLoader is torch.utils.data.DataLoader,
)


def without_prefix(torch: Any) -> Any:
    """The keys and the metadata of a wrapped module's state dict, for the module itself."""
    entries = torch.nn.DataParallel(torch.nn.Sequential(torch.nn.Linear(1, 1))).state_dict()
    torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(entries, "module.")
    return list(entries), sorted(entries._metadata)


TEXTS["paths.prefix"] = without_prefix

# Hooks --------------------------------------------------------------------------------------------------------------


def hooked(torch: Any, register: Callable[[Any], Any], module: Any = None) -> Any:
    """The gradient of the input of a module with a hook, and the name of its output's node."""
    module = module or torch.nn.Linear(2, 1, bias=False)
    x = torch.ones(3, 2, requires_grad=True)
    register(module)
    y = module(x)
    y = y["y"] if isinstance(y, dict) else y
    y.sum().backward()
    return tuple(x.grad.shape), type(y.grad_fn).__name__


def in_a_dict(torch: Any) -> Any:
    """A module whose output is a dictionary."""

    class Named(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return {"y": x * 2}

    return Named()


def everywhere(torch: Any) -> list[str]:
    """What hooks on all modules are told of making one and of a pass through it."""
    told: list[str] = []
    where = torch.nn.modules.module
    handles = [
        where.register_module_forward_pre_hook(lambda module, args: told.append("before")),
        where.register_module_forward_hook(lambda module, args, output: told.append("after")),
        where.register_module_full_backward_pre_hook(lambda module, grads: told.append("backward before")),
        where.register_module_full_backward_hook(lambda module, grads, given: told.append("backward after")),
        where.register_module_parameter_registration_hook(lambda module, name, value: told.append(name)),
        where.register_module_buffer_registration_hook(lambda module, name, value: told.append(name)),
        where.register_module_module_registration_hook(lambda module, name, value: told.append(name)),
    ]
    module = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.BatchNorm1d(1))
    module(torch.ones(2, 1, requires_grad=True)).sum().backward()
    for handle in handles:
        handle.remove()
    return told


cases(
    "hooks",
    everywhere,
    lambda torch: hooked(torch, lambda m: m.register_full_backward_hook(lambda *given: None)),
    lambda torch: hooked(torch, lambda m: m.register_full_backward_hook(lambda *given: (1, 2, 3))),
    lambda torch: hooked(torch, lambda m: m.register_full_backward_pre_hook(lambda *given: (1, 2, 3))),
    lambda torch: hooked(torch, lambda m: m.register_full_backward_hook(lambda *given: None), in_a_dict(torch)),
)

# Modules and parameters ---------------------------------------------------------------------------------------------


def super_called(torch: Any) -> list[int]:
    """With `call_super_init` the other base class of a module is made, too."""
    made: list[int] = []

    class Other:
        def __init__(self, value: int) -> None:
            made.append(value)

    class Both(torch.nn.Module, Other):
        call_super_init = True

        def __init__(self, value: int) -> None:
            super().__init__(value)

    Both(3)
    return made


cases(
    "module",
    super_called,
    lambda torch: torch.nn.Module(3),
    lambda torch: torch.nn.Module(a=3),
    lambda torch: torch.nn.Module.dump_patches,
    lambda torch: linear(torch).set_submodule("part", 3),
    lambda torch: linear(torch).type("torch.DoubleTensor").weight.dtype,
    lambda torch: [
        p.is_contiguous(memory_format=torch.channels_last)
        for p in torch.nn.Conv2d(2, 3, 2, bias=False).to(memory_format=torch.channels_last).parameters()
    ],
    lambda torch: linear(torch).to(memory_format=torch.channels_last).weight.shape,
    lambda torch: torch.nn.Buffer(torch.ones(2)),
    lambda torch: torch.nn.UninitializedParameter(),
    lambda torch: pickle.loads(pickle.dumps(torch.nn.UninitializedParameter(requires_grad=False))).requires_grad,
    lambda torch: copy.deepcopy(torch.nn.LazyLinear(3)),
)


def raises(call: Callable[[], Any]) -> str:
    """The class of the error, whose text PyTorch begins with the address of a function."""
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return "none"


TEXTS["uninitialized.numel"] = lambda torch: raises(lambda: torch.nn.UninitializedParameter().numel())

# Losses with weights, and what some classes are ---------------------------------------------------------------------


@program
def linear_cross_entropy(torch: Any) -> dict[str, Any]:
    """The loss at one place and at several, and the gradients of the weights."""
    found = {}
    for places, bias in (((), False), ((), True), ((2,), True)):
        torch.manual_seed(1)
        loss = torch.nn.LinearCrossEntropyLoss(
            4,
            3,
            out_features=places,
            bias=bias,
            weight=torch.tensor([1.0, 2.0, 3.0]),
            ignore_index=2,
            label_smoothing=0.1,
        )
        value = loss(torch.randn(5, 4), torch.randint(3, (5, *places)))
        value.backward()
        found[f"{places}.{bias}"] = value
        found.update({f"{places}.{bias}.{name}": p.grad for name, p in loss.named_parameters()})
    return found


new_loss: Callable[..., Any] = lambda torch, *args, **options: torch.nn.LinearCrossEntropyLoss(*args, **options)
cases(
    "linear_cross_entropy",
    lambda torch: new_loss(torch, 4, 3, out_features=(2,), bias=True),
    lambda torch: new_loss(torch, 4, 3, options=torch.nn.LinearCrossEntropyOptions(batch_chunk_size=2)),
    lambda torch: list(new_loss(torch, 4, 3, weight=torch.ones(3)).state_dict()),
    lambda torch: new_loss(torch, 4, 3, weight=torch.ones(2)),
    lambda torch: new_loss(torch, 4, 3, label_smoothing=3.0),
    lambda torch: torch.nn.LinearCrossEntropyOptions(acc_policy="x"),
    lambda torch: torch.nn.LinearCrossEntropyOptions(batch_chunk_size=0),
)
cases(
    "kin",
    lambda torch: [isinstance(torch.nn.ReLU6(), torch.nn.Hardtanh), torch.nn.ReLU6(True), torch.nn.ReLU6().max_val],
    lambda torch: [isinstance(torch.nn.ZeroPad2d(1), torch.nn.ConstantPad2d), torch.nn.ZeroPad2d(1)],
    lambda torch: torch.nn.ZeroPad1d((1, 2))(torch.ones(1, 2)),
    lambda torch: torch.nn.TripletMarginWithDistanceLoss(),
)

# State dicts --------------------------------------------------------------------------------------------------------


def with_hook(torch: Any, register: str, hook: Callable) -> Any:
    """The layer, with a hook for its state dict."""
    layer = linear(torch)
    getattr(layer, register)(hook)
    return layer


def loaded_shapes(torch: Any) -> Any:
    """Assignment refuses other shapes, and leaves the layer as it was."""
    layer = linear(torch)
    try:
        layer.load_state_dict({"weight": torch.ones(4, 2), "bias": torch.ones(3), "seen": torch.ones(1)}, assign=True)
    except RuntimeError as error:
        return str(error), list(layer.weight.shape)


def old_weight_norm(torch: Any) -> Any:
    """The newer form of weight normalisation loads what the older one has saved."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        old = torch.nn.utils.weight_norm(torch.nn.Linear(2, 2))
    new = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2))
    text = str(new.load_state_dict(old.state_dict()))
    return text, bool((new.weight == old.weight).all())


cases(
    "state",
    loaded_shapes,
    old_weight_norm,
    lambda torch: list(linear(torch).state_dict({}, "x.")),
    lambda torch: with_hook(torch, "register_state_dict_post_hook", lambda *given: {"a": 1}).state_dict(),
    lambda torch: with_hook(torch, "_register_state_dict_hook", lambda *given: {"a": 1}).state_dict(),
    lambda torch: with_hook(torch, "register_load_state_dict_post_hook", lambda *given: 3).load_state_dict(
        linear(torch).state_dict()
    ),
    lambda torch: torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2), dim=5),
    lambda torch: torch.nn.utils.weight_norm(torch.nn.Linear(2, 2), dim=-3),
)


def clipped(torch: Any) -> Any:
    """The norm of a gradient, and the gradient after, by the function of the old name."""
    parameter = torch.nn.Parameter(torch.ones(2))
    parameter.grad = torch.tensor([3.0, 4.0])
    return torch.nn.utils.clip_grad_norm([parameter], 5.0), parameter.grad


cases("clip", clipped)

# Recurrent networks -------------------------------------------------------------------------------------------------

for kind in ("RNN", "LSTM", "GRU"):
    new: Callable[[Any], Any] = lambda torch, kind=kind: getattr(torch.nn, kind)(3, 4)
    cell: Callable[[Any], Any] = lambda torch, kind=kind: getattr(torch.nn, f"{kind}Cell")(3, 4)
    cases(
        f"recurrent.{kind}",
        lambda torch, new=new: new(torch)(torch.ones(2, 0, 3))[0].shape,
        lambda torch, new=new: new(torch)(torch.ones(0, 2, 3)),
        lambda torch, new=new: new(torch)(torch.ones(2, 2, 3, dtype=torch.float64)),
        lambda torch, new=new: new(torch)(torch.ones(2)),
        lambda torch, kind=kind: getattr(torch.nn, kind)(3, 4, proj_size=9),
        lambda torch, cell=cell: cell(torch)(torch.ones(2, 2)),
    )
    wrap: Callable[..., Any] = lambda state, kind=kind: (state, state) if kind == "LSTM" else state
    cases(
        f"recurrent.{kind}.state",
        lambda torch, cell=cell, wrap=wrap: cell(torch)(torch.ones(2, 3), wrap(torch.ones(3, 4))),
        lambda torch, cell=cell, wrap=wrap: cell(torch)(torch.ones(2, 3), wrap(torch.ones(4))),
        lambda torch, cell=cell, wrap=wrap: cell(torch)(torch.ones(3), wrap(torch.ones(2, 4))),
        lambda torch, cell=cell, wrap=wrap: cell(torch)(torch.ones(2, 3), wrap(torch.ones(2, 5))),
        lambda torch, cell=cell, wrap=wrap: cell(torch)(torch.ones(2, 3), wrap(torch.ones(2, 3, 4))),
    )
cases("recurrent.LSTM.no_pair", lambda torch: torch.nn.LSTMCell(3, 4)(torch.ones(2, 3), torch.ones(2, 4)))


@program
def padded_sequences(torch: Any) -> dict[str, Any]:
    """Sequences in a padded tensor, and the gradients of each of them."""
    found = {}
    for side in ("left", "right"):
        for batch_first in (True, False):
            parts = [torch.arange(2.0 * n).reshape(n, 2).requires_grad_() for n in (2, 4, 1)]
            pad = torch.nn.utils.rnn.pad_sequence
            padded = pad((part for part in parts), batch_first, padding_value=-1.0, padding_side=side)
            (padded * torch.arange(1.0, padded.numel() + 1).reshape(padded.shape)).sum().backward()
            found[f"{side}.{batch_first}"] = padded
            found.update({f"{side}.{batch_first}.grad{n}": part.grad for n, part in enumerate(parts)})
    return found


cases(
    "pad",
    lambda torch: torch.nn.utils.rnn.pad_sequence([]),
    lambda torch: torch.nn.utils.rnn.pad_sequence(3),
    lambda torch: torch.nn.MultiheadAttention(4, 2)(*[torch.ones(3, 1, 4)] * 3, is_causal=True),
)
