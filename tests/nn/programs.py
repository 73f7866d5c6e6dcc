"""What networks compute: initial values, outputs and gradients of modules, dropout masks, gradients cut to size."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .recording import Program

PROGRAMS: dict[str, Program] = {}


def program(function: Program) -> Program:
    """Files a program under its name."""
    PROGRAMS[function.__name__] = function
    return function


def values(torch: Any, *shape: int, dtype: str = "float32", seed: int = 0, low: float = -2.0, high: float = 2.0) -> Any:
    """A tensor of numbers that are the same wherever they are made."""
    drawn = np.random.RandomState(seed).uniform(low, high, shape)
    return torch.tensor(np.asarray(drawn).astype(dtype))


# Initial values -----------------------------------------------------------------------------------------------------


@program
def linear_layers(torch: Any) -> dict[str, Any]:
    """Layers of several sizes, one after another from one seed, and the state the generator is left in."""
    found = {}
    for seed in (0, 1, 2**31):
        torch.manual_seed(seed)
        for inputs, outputs, bias in ((3, 5, True), (1, 1, True), (16, 4, False), (7, 33, True)):
            layer = torch.nn.Linear(inputs, outputs, bias=bias)
            for name, parameter in layer.named_parameters():
                found[f"{seed}.{inputs}x{outputs}.{name}"] = parameter
        found[f"{seed}.double"] = torch.nn.Linear(4, 3, dtype=torch.float64).weight
        found[f"{seed}.next"] = torch.rand(3)
    return found


INITS: dict[str, Callable[[Any, Any], Any]] = {
    "uniform": lambda init, w: init.uniform_(w, -1.0, 3.0),
    "normal": lambda init, w: init.normal_(w, 1.0, 0.5),
    "constant": lambda init, w: init.constant_(w, 0.3),
    "ones": lambda init, w: init.ones_(w),
    "zeros": lambda init, w: init.zeros_(w),
    "eye": lambda init, w: init.eye_(w),
    "xavier_uniform": lambda init, w: init.xavier_uniform_(w),
    "xavier_uniform_gain": lambda init, w: init.xavier_uniform_(w, gain=init.calculate_gain("relu")),
    "xavier_normal": lambda init, w: init.xavier_normal_(w, gain=0.5),
    "kaiming_uniform": lambda init, w: init.kaiming_uniform_(w),
    "kaiming_uniform_out": lambda init, w: init.kaiming_uniform_(w, a=0.3, mode="fan_out"),
    "kaiming_normal": lambda init, w: init.kaiming_normal_(w, nonlinearity="relu"),
    "kaiming_normal_out": lambda init, w: init.kaiming_normal_(w, mode="fan_out", nonlinearity="selu"),
    "trunc_normal": lambda init, w: init.trunc_normal_(w),
    "trunc_normal_narrow": lambda init, w: init.trunc_normal_(w, mean=0.5, std=2.0, a=0.0, b=0.2),
    "trunc_normal_tail": lambda init, w: init.trunc_normal_(w, a=1.8, b=3.0),
    "orthogonal": lambda init, w: init.orthogonal_(w, gain=2.0),
    "sparse": lambda init, w: init.sparse_(w, 0.4, std=0.1),
}


@program
def initial_values(torch: Any) -> dict[str, Any]:
    """Every function of `nn.init`, on wide and tall matrices of both precisions, and on a weight with a kernel."""
    found = {}
    for name, fill in INITS.items():
        shapes = [(6, 4), (4, 7)] + ([(3, 2, 5)] if name not in ("eye", "sparse") else [])
        for shape in shapes:
            for dtype in (torch.float32, torch.float64):
                torch.manual_seed(7)
                found[f"{name}.{shape}.{dtype}"] = fill(torch.nn.init, torch.empty(shape, dtype=dtype))
    return found


@program
def gains(torch: Any) -> dict[str, Any]:
    """The gain of every nonlinearity."""
    names = ("linear", "conv1d", "conv_transpose3d", "sigmoid", "tanh", "relu", "leaky_relu", "selu")
    found = {name: torch.nn.init.calculate_gain(name) for name in names}
    return {**found, "slope": torch.nn.init.calculate_gain("leaky_relu", 0.2)}


# Modules ------------------------------------------------------------------------------------------------------------


def passes(torch: Any, module: Any, *inputs: Any) -> dict[str, Any]:
    """The module's output, and the gradients of a weighted sum of it for the inputs and the parameters."""
    leaves = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
    output = module(*[x * 1.0 if x.is_floating_point() else x for x in leaves])
    (output * values(torch, *output.shape, dtype=str(output.dtype).split(".")[1], seed=9)).sum().backward()
    found = {"output": output}
    found.update({f"input.{i}": x.grad for i, x in enumerate(leaves) if x.grad is not None})
    found.update({f"gradient.{name}": p.grad for name, p in module.named_parameters()})
    return found


MODULES: dict[str, Callable[[Any], Any]] = {
    "Linear": lambda nn: nn.Linear(4, 3),
    "Linear.plain": lambda nn: nn.Linear(4, 3, bias=False),
    "Identity": lambda nn: nn.Identity(),
    "Flatten": lambda nn: nn.Flatten(),
    "Flatten.all": lambda nn: nn.Flatten(0, 1),
    "ReLU": lambda nn: nn.ReLU(),
    "ReLU.inplace": lambda nn: nn.ReLU(inplace=True),
    "Tanh": lambda nn: nn.Tanh(),
    "Sigmoid": lambda nn: nn.Sigmoid(),
    "GELU": lambda nn: nn.GELU(),
    "GELU.tanh": lambda nn: nn.GELU(approximate="tanh"),
    "Softmax": lambda nn: nn.Softmax(dim=1),
    "LogSoftmax": lambda nn: nn.LogSoftmax(dim=-1),
    "Dropout": lambda nn: nn.Dropout(0.3),
    "Dropout.inplace": lambda nn: nn.Dropout(0.6, inplace=True),
    "Dropout.eval": lambda nn: nn.Dropout(0.3).eval(),
    "Sequential": lambda nn: nn.Sequential(nn.Linear(4, 8), nn.ReLU(inplace=True), nn.Linear(8, 2), nn.Tanh()),
}


@program
def modules(torch: Any) -> dict[str, Any]:
    """Outputs and gradients of every module, for a matrix, a batch of matrices, and in double precision."""
    found = {}
    for name, make in MODULES.items():
        for shape, dtype in (((5, 4), "float32"), ((2, 3, 4), "float32"), ((5, 4), "float64")):
            torch.manual_seed(3)
            module = make(torch.nn).to(getattr(torch, dtype))
            for part, value in passes(torch, module, values(torch, *shape, dtype=dtype)).items():
                found[f"{name}.{shape}.{dtype}.{part}"] = value
    return found


def losses(torch: Any, dtype: str) -> dict[str, tuple[Any, tuple]]:
    """Loss modules, each with the inputs it is tried on."""
    drawn = partial(values, torch, dtype=dtype)
    nn = torch.nn
    scores, classes = drawn(6, 3), torch.tensor([0, 2, 1, 1, 0, 2])
    images, labels = drawn(2, 3, 2, 2), torch.tensor([[[0, 1], [2, 0]], [[1, 1], [2, 2]]])
    weight = torch.tensor([0.5, 2.0, 1.0], dtype=getattr(torch, dtype))
    first, second = drawn(4, 3), drawn(4, 3, seed=1)
    chance, wanted = drawn(4, 3, low=0.05, high=0.95), drawn(4, 3, seed=1, low=0.0, high=1.0)
    likely = torch.nn.functional.softmax(second, 1)
    found = {
        "CrossEntropyLoss.images": (nn.CrossEntropyLoss(ignore_index=1), (images, labels)),
        "CrossEntropyLoss.one": (nn.CrossEntropyLoss(), (scores[0], classes[0])),
        "CrossEntropyLoss.ignored": (nn.CrossEntropyLoss(weight, ignore_index=0), (scores, classes)),
        "CrossEntropyLoss.all_ignored": (nn.CrossEntropyLoss(), (scores, torch.full((6,), -100))),
        "CrossEntropyLoss.nothing_smoothed": (nn.CrossEntropyLoss(label_smoothing=1.0), (scores, classes)),
        "CrossEntropyLoss.images_likely": (
            nn.CrossEntropyLoss(weight, label_smoothing=0.2),
            (images, torch.nn.functional.softmax(images, 1)),
        ),
        "NLLLoss.images": (nn.NLLLoss(weight), (images, labels)),
        "SmoothL1Loss.beta": (nn.SmoothL1Loss(beta=0.5), (first, second)),
        "SmoothL1Loss.zero": (nn.SmoothL1Loss(beta=0.0), (first, second)),
        "HuberLoss.delta": (nn.HuberLoss(delta=0.5), (first, second)),
        "MSELoss.bytes": (nn.CrossEntropyLoss(), (scores, classes.to(torch.uint8))),
    }
    for reduction in ("mean", "sum", "none"):
        for name in ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"):
            found[f"{name}.{reduction}"] = (getattr(nn, name)(reduction=reduction), (first, second))
        for which, given in (("plain", None), ("weighted", weight)):
            label = f"{which}.{reduction}"
            found[f"BCELoss.{label}"] = (nn.BCELoss(given, reduction=reduction), (chance, wanted))
            found[f"NLLLoss.{label}"] = (nn.NLLLoss(given, reduction=reduction), (scores, classes))
            found[f"BCEWithLogitsLoss.{label}"] = (
                nn.BCEWithLogitsLoss(given, reduction=reduction, pos_weight=given),
                (first, wanted),
            )
            for smoothing in (0.0, 0.1):
                entropy = nn.CrossEntropyLoss(given, reduction=reduction, label_smoothing=smoothing)
                found[f"CrossEntropyLoss.{label}.{smoothing}"] = (entropy, (scores, classes))
                found[f"CrossEntropyLoss.likely.{label}.{smoothing}"] = (entropy, (first, likely))
                masked = nn.CrossEntropyLoss(given, reduction=reduction, label_smoothing=smoothing, ignore_index=2)
                found[f"CrossEntropyLoss.masked.{label}.{smoothing}"] = (masked, (scores, classes))
    return found


@program
def loss_values(torch: Any) -> dict[str, Any]:
    """Every loss with its options: values, and gradients for input and target."""
    return {
        f"{name}.{part}": value
        for name, (module, inputs) in losses(torch, "float32").items()
        for part, value in passes(torch, module, *inputs).items()
    }


@program
def loss_second_order(torch: Any) -> dict[str, Any]:
    """The gradient, for input and target, of a weighted sum of each loss's gradients."""
    found = {}
    for name, (module, inputs) in losses(torch, "float64").items():
        if "all_ignored" in name:
            continue
        leaves = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
        wanted = [x for x in leaves if x.requires_grad]
        loss = module(*leaves)
        cotangent = values(torch, *loss.shape, dtype="float64", seed=5).requires_grad_()
        grads = torch.autograd.grad(loss, wanted, cotangent, create_graph=True, allow_unused=True)
        total = sum(
            (grad * values(torch, *grad.shape, dtype="float64", seed=6)).sum() for grad in grads if grad is not None
        )
        second = torch.autograd.grad(total, [*wanted, cotangent], allow_unused=True)
        found.update({f"{name}.{i}": g for i, g in enumerate(second) if g is not None and g.abs().max() > 0})
    return found


# Dropout ------------------------------------------------------------------------------------------------------------


@program
def dropout_masks(torch: Any) -> dict[str, Any]:
    """Masks one after another from one seed: probabilities, precisions, shapes, and another order in memory."""
    found = {}
    torch.manual_seed(11)
    for p in (0.0, 0.1, 0.5, 0.9, 1.0):
        for dtype in (torch.float32, torch.float64, torch.float16):
            for shape in ((), (3,), (4, 5), (2, 0)):
                ones = torch.ones(shape, dtype=dtype)
                found[f"{p}.{dtype}.{shape}"] = torch.nn.functional.dropout(ones, p)
    found["transposed"] = torch.nn.functional.dropout(torch.ones(4, 5).t(), 0.5)
    found["in_place"] = torch.nn.functional.dropout(torch.ones(7), 0.5, inplace=True)
    found["evaluation"] = torch.nn.functional.dropout(torch.ones(7), 0.5, training=False)
    found["next"] = torch.rand(2)
    return found


# Functions ----------------------------------------------------------------------------------------------------------

FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "pad": lambda F, x: F.pad(x, (1, 2, 0, 1), value=0.5),
    "pad.cut": lambda F, x: F.pad(x, (-1, 1)),
    "normalize": lambda F, x: F.normalize(x, dim=0),
    "normalize.one": lambda F, x: F.normalize(x, p=1.0),
    "cosine_similarity": lambda F, x: F.cosine_similarity(x, x.flip(0) * x, dim=1),
    "glu": lambda F, x: F.glu(x),
    "softmin": lambda F, x: F.softmin(x, 1),
    "celu": lambda F, x: F.celu(x, 0.7),
    "hardsigmoid": lambda F, x: F.hardsigmoid(x),
    "hardswish": lambda F, x: F.hardswish(x * 2),
    "softsign": lambda F, x: F.softsign(x),
    "tanhshrink": lambda F, x: F.tanhshrink(x),
    "silu.inplace": lambda F, x: F.silu(x * 1, inplace=True),
    "hardtanh.inplace": lambda F, x: F.hardtanh(x * 1, -0.5, 0.5, inplace=True),
    "threshold.inplace": lambda F, x: F.threshold(x * 1, 0.1, 5.0, inplace=True),
    "leaky_relu.inplace": lambda F, x: F.leaky_relu(x * 1, 0.2, inplace=True),
    "weighted_mse": lambda F, x: F.mse_loss(x, x.detach() * 2, weight=x.detach().abs()),
}


@program
def functions(torch: Any) -> dict[str, Any]:
    """Values and gradients of functions that no module here stands for."""
    found = {}
    for name, call in FUNCTIONS.items():
        x = values(torch, 4, 6).requires_grad_()
        result = call(torch.nn.functional, x)
        (result * values(torch, *result.shape, seed=2)).sum().backward()
        found[name], found[f"{name}.gradient"] = result, x.grad
    weight = values(torch, 5, 3).requires_grad_()
    rows = torch.nn.functional.embedding(torch.tensor([[4, 0], [2, 4]]), weight, padding_idx=2)
    (rows * values(torch, 2, 2, 3, seed=2)).sum().backward()
    found["embedding"], found["embedding.gradient"] = rows, weight.grad
    return found


# Gradients ----------------------------------------------------------------------------------------------------------


@program
def clipped_gradients(torch: Any) -> dict[str, Any]:
    """Gradients cut by norm and by value, and the norms there were."""
    found = {}
    for name, norm, limit in (("2", 2.0, 1.5), ("1", 1.0, 1.5), ("inf", float("inf"), 0.5), ("large", 2.0, 1e3)):
        parameters = _with_gradients(torch)
        found[f"{name}.norm"] = torch.nn.utils.clip_grad_norm_(parameters, limit, norm_type=norm)
        found.update({f"{name}.{i}": parameter.grad for i, parameter in enumerate(parameters)})
    parameters = _with_gradients(torch)
    torch.nn.utils.clip_grad_value_(parameters, 0.7)
    found.update({f"value.{i}": parameter.grad for i, parameter in enumerate(parameters)})
    return found


def _with_gradients(torch: Any) -> list:
    parameters = [torch.nn.Parameter(values(torch, *shape)) for shape in ((2, 3), (4,), ())]
    for seed, parameter in enumerate(parameters):
        parameter.grad = values(torch, *parameter.shape, seed=seed)
    return parameters


@program
def parameter_vectors(torch: Any) -> dict[str, Any]:
    """A network's parameters as one vector, and a vector as its parameters."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 1))
    vector = torch.nn.utils.parameters_to_vector(network.parameters())
    torch.nn.utils.vector_to_parameters(vector * 2 + 1, network.parameters())
    return {"vector": vector, **dict(network.named_parameters())}
