"""What modules look like, which names they give, and what they say when something is wrong: each as a text.

A case is a function of the module called `torch`; its text is that of its result or, if it raises, class and message.
"""

from __future__ import annotations

import copy
import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

Case = Callable[[Any], Any]

TEXTS: dict[str, Case] = {}


def case(name: str, call: Case) -> None:
    """Files a case under its name."""
    assert name not in TEXTS, name
    TEXTS[name] = call


def cases(prefix: str, *calls: Case) -> None:
    """Files cases under numbers."""
    for number, call in enumerate(calls):
        case(f"{prefix}.{number}", call)


def network(torch: Any) -> Any:
    """A network with a part that is used twice, a buffer that is saved and one that is not."""
    torch.manual_seed(0)
    nn = torch.nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(2, 3)
            self.scale = nn.Parameter(torch.tensor(2.0))
            self.absent = None
            self.rest = nn.Sequential(OrderedDict(act=nn.ReLU(), last=nn.Linear(3, 2, bias=False)))
            self.again = self.first
            self.register_buffer("count", torch.tensor([1, 2]))
            self.register_buffer("cache", torch.zeros(2), persistent=False)
            self.register_parameter("reserved", None)

        def forward(self, x: Any) -> Any:
            return self.rest(self.first(x)) * self.scale

    return Network()


def assigned(module: Any, name: str, value: Any) -> Any:
    """The module after an assignment."""
    setattr(module, name, value)
    return module


# Pictures -----------------------------------------------------------------------------------------------------------

cases(
    "picture",
    network,
    lambda torch: torch.nn.Linear(2, 3, bias=False),
    lambda torch: torch.nn.Flatten(),
    lambda torch: torch.nn.ReLU(),
    lambda torch: torch.nn.ReLU(inplace=True),
    lambda torch: torch.nn.Tanh(),
    lambda torch: torch.nn.Sigmoid(),
    lambda torch: torch.nn.GELU("tanh"),
    lambda torch: torch.nn.Softmax(1),
    lambda torch: torch.nn.LogSoftmax(-1),
    lambda torch: torch.nn.Dropout(0.2, True),
    lambda torch: torch.nn.Identity(3, 4, a=5),
    lambda torch: torch.nn.CrossEntropyLoss(torch.ones(3)),
    lambda torch: torch.nn.Sequential(),
    lambda torch: torch.nn.ModuleList(
        [torch.nn.Linear(1, 2), torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Sequential(torch.nn.ReLU())]
    ),
    lambda torch: torch.nn.ModuleList(),
    lambda torch: torch.nn.ModuleDict({"a": torch.nn.ReLU(), "b": torch.nn.Tanh()}),
    lambda torch: torch.nn.ParameterList([torch.ones(2, 3), torch.ones(2), 3]),
    lambda torch: torch.nn.ParameterList([torch.ones(2, 3)]),
    lambda torch: torch.nn.ParameterList(),
    lambda torch: torch.nn.Parameter(torch.ones(2, 2)),
    lambda torch: torch.nn.Parameter(torch.tensor(2.0), requires_grad=False),
    lambda torch: torch.nn.Parameter(),
    lambda torch: f"{torch.nn.Parameter(torch.ones(2))}",
)


def described(torch: Any) -> Any:
    """A module that says two lines of itself."""

    class Described(torch.nn.Module):
        def extra_repr(self) -> str:
            return "x=1\ny=2"

    return Described()


case("picture.lines", described)

# Names --------------------------------------------------------------------------------------------------------------

cases(
    "names",
    lambda torch: [name for name, _ in network(torch).named_parameters()],
    lambda torch: [name for name, _ in network(torch).named_parameters(prefix="net", recurse=False)],
    lambda torch: [name for name, _ in network(torch).named_parameters(remove_duplicate=False)],
    lambda torch: [name for name, _ in network(torch).named_buffers()],
    lambda torch: [name for name, _ in network(torch).named_modules()],
    lambda torch: [name for name, _ in network(torch).named_modules(prefix="net", remove_duplicate=False)],
    lambda torch: [name for name, _ in network(torch).named_children()],
    lambda torch: [type(module).__name__ for module in network(torch).modules()],
    lambda torch: [type(module).__name__ for module in network(torch).children()],
    lambda torch: list(network(torch).state_dict()),
    lambda torch: list(network(torch).state_dict(prefix="net.")),
    lambda torch: dict(network(torch).state_dict()._metadata),
    lambda torch: network(torch).get_submodule("rest.last"),
    lambda torch: network(torch).get_parameter("rest.last.weight").shape,
    lambda torch: network(torch).get_buffer("count"),
    lambda torch: [name for name in dir(network(torch)) if name in ("first", "scale", "cache", "reserved", "forward")],
    lambda torch: list(assigned(network(torch), "scale", None).state_dict()),
    lambda torch: list(assigned(network(torch), "first", None).state_dict()),
    lambda torch: list(assigned(network(torch), "count", torch.ones(1)).state_dict()),
    lambda torch: list(assigned(network(torch), "cache", torch.ones(1)).state_dict()),
    lambda torch: list(assigned(network(torch), "scale", torch.nn.Linear(1, 1)).state_dict()),
    lambda torch: list(assigned(network(torch), "count", torch.nn.Parameter(torch.ones(1))).state_dict()),
    lambda torch: list(assigned(network(torch), "rest", torch.nn.Parameter(torch.ones(1))).state_dict()),
    lambda torch: applied(network(torch)),
)


def applied(module: Any) -> list[str]:
    """The classes of the modules in the order in which `apply` meets them."""
    met: list[str] = []
    module.apply(lambda each: met.append(type(each).__name__))
    return met


def deleted(torch: Any) -> list[str]:
    """The keys that are left when a parameter, a module and a buffer are deleted."""
    module = network(torch)
    del module.scale, module.rest, module.cache
    return [*module.state_dict(), *(name for name, _ in module.named_buffers())]


case("names.deleted", deleted)

# Registration -------------------------------------------------------------------------------------------------------


def unprepared(torch: Any, assign: Callable[[Any], Any]) -> Any:
    """A module that registers something before it has called the base class."""

    class Unprepared(torch.nn.Module):
        def __init__(self) -> None:
            assign(self)

    return Unprepared()


cases(
    "registration",
    lambda torch: assigned(network(torch), "scale", torch.ones(2)),
    lambda torch: assigned(network(torch), "scale", 3),
    lambda torch: assigned(network(torch), "first", 3),
    lambda torch: assigned(network(torch), "count", 3),
    lambda torch: assigned(network(torch), "reserved", torch.ones(1)),
    lambda torch: unprepared(torch, lambda self: setattr(self, "w", torch.nn.Parameter(torch.ones(1)))),
    lambda torch: unprepared(torch, lambda self: setattr(self, "w", torch.nn.Linear(1, 1))),
    lambda torch: unprepared(torch, lambda self: self.register_buffer("w", None)),
    lambda torch: unprepared(torch, lambda self: self.register_parameter("w", None)),
    *[
        lambda torch, method=method, name=name: getattr(network(torch), method)(name, None)
        for method in ("register_parameter", "register_buffer", "add_module")
        for name in ("a.b", "", "count", "forward", 3, "fresh")
    ],
    lambda torch: network(torch).register_parameter("w", torch.ones(2)),
    lambda torch: network(torch).register_buffer("w", 3),
    lambda torch: network(torch).add_module("w", 3),
    lambda torch: network(torch).nothing,
    lambda torch: delattr(network(torch), "nothing"),
    lambda torch: network(torch).get_submodule("first.x"),
    lambda torch: network(torch).get_submodule("x.first"),
    lambda torch: network(torch).get_submodule("first.weight"),
    lambda torch: network(torch).get_parameter("first.x"),
    lambda torch: network(torch).get_parameter("first.forward"),
    lambda torch: network(torch).get_buffer("first.weight"),
    lambda torch: torch.nn.Module(3),
    lambda torch: torch.nn.Module(a=3),
    lambda torch: torch.nn.Module()(3),
    lambda torch: network(torch).train(3),
    lambda torch: torch.nn.Parameter(3),
    lambda torch: torch.nn.Parameter(torch.ones(2, dtype=torch.int32)),
    lambda torch: torch.nn.Parameter(torch.ones(2, dtype=torch.int32), requires_grad=False),
    lambda torch: network(torch).to(torch.int32),
)

# Conversion ---------------------------------------------------------------------------------------------------------


def dtypes(module: Any) -> list:
    """The dtypes of parameters and buffers."""
    return [tensor.dtype for tensor in (*module.parameters(), *module.buffers())]


def converted_after_backward(torch: Any) -> list:
    """The dtypes of gradients after a conversion."""
    module = network(torch)
    module(torch.ones(1, 2)).sum().backward()
    before = list(module.parameters())
    module.double()
    return [(new.grad.dtype, new is old) for new, old in zip(module.parameters(), before, strict=True)]


cases(
    "conversion",
    lambda torch: dtypes(network(torch).double()),
    lambda torch: dtypes(network(torch).half()),
    lambda torch: dtypes(network(torch).double().float()),
    lambda torch: dtypes(network(torch).to(torch.float64)),
    lambda torch: dtypes(network(torch).to("cpu", torch.float64)),
    lambda torch: dtypes(network(torch).to(torch.ones(1, dtype=torch.float16))),
    lambda torch: dtypes(network(torch).to(dtype=torch.float64)),
    lambda torch: dtypes(network(torch).type(torch.float64)),
    converted_after_backward,
    lambda torch: [p.requires_grad for p in network(torch).requires_grad_(False).parameters()],
    lambda torch: [m.training for m in network(torch).eval().modules()],
    lambda torch: [m.training for m in network(torch).eval().train().modules()],
    lambda torch: [p.requires_grad for p in network(torch).requires_grad_(False).double().parameters()],
)

# State --------------------------------------------------------------------------------------------------------------


def loaded(torch: Any, changes: dict[str, Any], without: tuple[str, ...] = (), **options: Any) -> Any:
    """What loading a state dict with changes says."""
    state = {**network(torch).state_dict(), **changes}
    return network(torch).load_state_dict({key: state[key] for key in state if key not in without}, **options)


cases(
    "state",
    lambda torch: loaded(torch, {}),
    lambda torch: loaded(torch, {"x": torch.ones(1), "rest.last.y.z": torch.ones(1), "first": torch.ones(1)}),
    lambda torch: loaded(torch, {}, without=("scale", "first.bias", "count")),
    lambda torch: loaded(torch, {"x": torch.ones(1)}, without=("scale",), strict=False),
    lambda torch: loaded(torch, {"first.weight": torch.ones(2, 3), "scale": torch.ones(2), "count": 3}),
    lambda torch: loaded(torch, {"first.weight": torch.ones(2, 3), "x": 1}, without=("scale",)),
    lambda torch: loaded(torch, {"first.weight": torch.ones(2, 3), "x": 1}, without=("scale",), strict=False),
    lambda torch: loaded(torch, {"cache": torch.ones(2)}),
    lambda torch: network(torch).load_state_dict(3),
    lambda torch: loaded(torch, {"scale": torch.ones(1)}),
    lambda torch: network(torch).state_dict()["scale"],
    lambda torch: network(torch).state_dict(keep_vars=True)["scale"],
    lambda torch: pickle.loads(pickle.dumps(network(torch).state_dict()))["count"],
)


def loaded_by_value(torch: Any) -> list:
    """Loading copies, and keeps the module's own dtype; assigning takes the entry itself."""
    entry = torch.full((), 7.0, dtype=torch.float64)
    copied, took = network(torch), network(torch)
    before = copied.scale
    copied.load_state_dict({**copied.state_dict(), "scale": entry})
    took.load_state_dict({**took.state_dict(), "scale": entry}, assign=True)
    entry.fill_(8.0)
    return [copied.scale is before, copied.scale, took.scale, type(took.scale).__name__]


def with_extra_state(torch: Any) -> list:
    """A class that saves something besides tensors."""

    class Counting(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.calls = 0

        def get_extra_state(self) -> Any:
            return {"calls": self.calls}

        def set_extra_state(self, state: Any) -> None:
            self.calls = state["calls"]

    first, second = torch.nn.Sequential(Counting()), torch.nn.Sequential(Counting())
    first[0].calls = 3
    state = first.state_dict()
    result = second.load_state_dict(state)
    missing = second.load_state_dict({}, strict=False)
    return [dict(state), result, second[0].calls, missing]


case("state.values", loaded_by_value)
case("state.extra", with_extra_state)


def copied(torch: Any) -> list:
    """A deep copy has parameters of its own, shared where they were shared; a copy of a parameter has no gradient."""
    module = network(torch)
    module(torch.ones(1, 2)).sum().backward()
    other = copy.deepcopy(module)
    with torch.no_grad():
        other.scale.add_(1)
    one = copy.deepcopy(module.scale)
    return [other.again is other.first, module.scale, other.scale, type(other.scale).__name__, one.grad]


def parameter_memory(torch: Any) -> list:
    """A parameter shares memory, but no history, with what it is made of."""
    x = torch.ones(2)
    parameter = torch.nn.Parameter(x)
    x.add_(1)
    made = [parameter * 2, parameter[0], parameter.detach(), parameter.data, parameter.clone()]
    return [parameter, parameter.is_leaf, x.requires_grad, [type(each).__name__ for each in made]]


case("copy.module", copied)
case("copy.memory", parameter_memory)

# Hooks --------------------------------------------------------------------------------------------------------------


def hooked(torch: Any) -> list:
    """The order in which hooks are called, what they are given, and what becomes of what they return."""
    seen: list[Any] = []
    module = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.ones_(module.weight)
    module.register_forward_pre_hook(lambda m, args: seen.append(["pre 1", args[0].item()]))
    module.register_forward_pre_hook(lambda m, args: args[0] * 2)
    module.register_forward_pre_hook(lambda m, args: seen.append(["pre first", args[0].item()]), prepend=True)
    module.register_forward_pre_hook(lambda m, args, kwargs: (args, {}), with_kwargs=True)
    module.register_forward_hook(lambda m, args, out: seen.append(["post 1", args[0].item(), out.item()]))
    removed = module.register_forward_hook(lambda m, args, out: out + 100)
    module.register_forward_hook(lambda m, args, kwargs, out: out + 10, with_kwargs=True)
    module.register_forward_hook(lambda m, args, out: seen.append(["post first", out.item()]), prepend=True)
    with_all = module(torch.tensor([3.0])).item()
    removed.remove()
    return [seen, with_all, module(torch.tensor([3.0])).item()]


def hooked_on_error(torch: Any) -> list:
    """A hook that is always called is called where `forward` raises; the others are not."""
    seen: list[Any] = []
    module = torch.nn.Linear(2, 1)
    module.register_forward_hook(lambda m, args, out: seen.append("ordinary"))
    module.register_forward_hook(lambda m, args, out: seen.append(["always", out]), always_call=True)
    try:
        module(torch.ones(3))
    except RuntimeError:
        seen.append("raised")
    return seen


def badly_hooked(torch: Any) -> Any:
    """A hook with keyword arguments that returns only the positional ones."""
    module = torch.nn.Linear(2, 1)
    module.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    return module(torch.ones(2))


case("hooks.order", hooked)
case("hooks.error", hooked_on_error)
case("hooks.bad", badly_hooked)

# Containers ---------------------------------------------------------------------------------------------------------


def three(torch: Any) -> Any:
    """A sequence of three."""
    return torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))


def changed(container: Any, change: Callable[[Any], Any]) -> Any:
    """A container after a change."""
    change(container)
    return container


cases(
    "sequential",
    lambda torch: three(torch)[-1],
    lambda torch: three(torch)[1:],
    lambda torch: three(torch)[5],
    lambda torch: three(torch)[-4],
    lambda torch: three(torch)["1"],
    lambda torch: torch.nn.Sequential(3),
    lambda torch: torch.nn.Sequential({"a": torch.nn.ReLU()}),
    lambda torch: torch.nn.Sequential(OrderedDict(a=torch.nn.ReLU(), b=torch.nn.Tanh()))[1:],
    lambda torch: three(torch).insert(1, torch.nn.Tanh()),
    lambda torch: three(torch).insert(-1, torch.nn.Tanh()),
    lambda torch: three(torch).insert(9, torch.nn.Tanh()),
    lambda torch: three(torch).append(3),
    lambda torch: three(torch).append(torch.nn.Tanh()),
    lambda torch: three(torch).extend([torch.nn.Tanh(), torch.nn.ReLU()]),
    lambda torch: changed(three(torch), lambda s: s.pop(0)),
    lambda torch: three(torch).pop(-1),
    lambda torch: changed(three(torch), lambda s: s.__delitem__(slice(0, 2))),
    lambda torch: changed(three(torch), lambda s: s.__setitem__(-1, torch.nn.Tanh())),
    lambda torch: three(torch) + torch.nn.Sequential(torch.nn.Tanh()),
    lambda torch: three(torch) + 3,
    lambda torch: 2 * torch.nn.Sequential(torch.nn.ReLU()),
    lambda torch: torch.nn.Sequential(torch.nn.ReLU()) * "a",
    lambda torch: torch.nn.Sequential(torch.nn.ReLU()) * 0,
    lambda torch: [len(three(torch)), [type(m).__name__ for m in three(torch)]],
)


def pair(torch: Any) -> Any:
    """A list of two."""
    return torch.nn.ModuleList([torch.nn.ReLU(), torch.nn.Tanh()])


cases(
    "module_list",
    lambda torch: pair(torch)[-1],
    lambda torch: pair(torch)[3],
    lambda torch: pair(torch)[:1],
    lambda torch: changed(pair(torch), lambda s: s.__setitem__(5, torch.nn.ReLU())),
    lambda torch: pair(torch).append(3),
    lambda torch: pair(torch).extend(3),
    lambda torch: changed(pair(torch), lambda s: s.insert(1, torch.nn.Sigmoid())),
    lambda torch: changed(pair(torch), lambda s: s.insert(99, torch.nn.Sigmoid())),
    lambda torch: changed(pair(torch), lambda s: s.pop(0)),
    lambda torch: changed(pair(torch), lambda s: s.__delitem__(0)),
    lambda torch: pair(torch) + [torch.nn.Sigmoid()],
    lambda torch: changed(pair(torch), lambda s: s.__iadd__([torch.nn.Sigmoid()])),
    lambda torch: pair(torch)(3),
)


def named(torch: Any) -> Any:
    """A dictionary of one."""
    return torch.nn.ModuleDict({"a": torch.nn.ReLU()})


cases(
    "module_dict",
    lambda torch: [list(named(torch)), len(named(torch)), "a" in named(torch), list(named(torch).keys())],
    lambda torch: [list(named(torch).items()), list(named(torch).values())],
    lambda torch: named(torch)["b"],
    lambda torch: changed(named(torch), lambda d: d.update([("b", torch.nn.Tanh())])),
    lambda torch: changed(named(torch), lambda d: d.update({"a": torch.nn.Tanh()})),
    lambda torch: named(torch).update(3),
    lambda torch: named(torch).update([("b", torch.nn.Tanh()), 3]),
    lambda torch: named(torch).update([("b",)]),
    lambda torch: named(torch).update({"b": 3}),
    lambda torch: changed(named(torch), lambda d: d.__setitem__("a.b", torch.nn.Tanh())),
    lambda torch: changed(named(torch), lambda d: d.pop("a")),
    lambda torch: changed(named(torch), lambda d: d.__delitem__("a")),
    lambda torch: changed(named(torch), lambda d: d.clear()),
)


def listed(torch: Any) -> Any:
    """Two parameters and a number."""
    return torch.nn.ParameterList([torch.ones(1), torch.nn.Parameter(torch.zeros(2)), 3])


cases(
    "parameter_list",
    lambda torch: [list(listed(torch)), len(listed(torch)), [n for n, _ in listed(torch).named_parameters()]],
    lambda torch: listed(torch)[5],
    lambda torch: listed(torch)[1:],
    lambda torch: listed(torch).append(torch.ones(3)),
    lambda torch: listed(torch).extend(3),
    lambda torch: listed(torch).extend([torch.ones(3), 4]),
    lambda torch: changed(listed(torch), lambda p: p.__setitem__(0, torch.ones(4))),
    lambda torch: changed(listed(torch), lambda p: p.__iadd__([torch.ones(4)])),
    lambda torch: listed(torch)(3),
)

# Functions refuse ---------------------------------------------------------------------------------------------------

cases(
    "linear",
    lambda torch: torch.nn.Linear(2, 3)(torch.ones(3)),
    lambda torch: torch.nn.Linear(2, 3)(torch.ones(4, 5, 3)),
    lambda torch: torch.nn.Linear(2, 3)(torch.ones(())),
    lambda torch: torch.nn.Linear(2, 3)(torch.ones(3, 2, dtype=torch.float64)),
    lambda torch: torch.nn.Linear(2, 3)(torch.ones(2, dtype=torch.int64)),
    lambda torch: torch.nn.Linear(2, 3)(3),
    lambda torch: torch.nn.Linear(0, 3).weight.shape,
    lambda torch: torch.nn.functional.linear(torch.ones(3, 2), torch.ones(4, 2), torch.ones(3)),
    lambda torch: torch.nn.functional.linear(torch.ones(3, 2), torch.ones(4, 2), torch.ones(3, 4)),
    lambda torch: torch.nn.functional.linear(torch.ones(3, 2), torch.ones(2)),
    lambda torch: torch.nn.functional.linear(torch.ones(3, 2), torch.ones(4, 2, 1)),
    lambda torch: torch.nn.functional.linear(torch.ones(3, 2), torch.ones(2), torch.ones(1)),
    lambda torch: torch.nn.functional.linear(torch.ones(3, 2), torch.ones(4, 2), torch.ones(4).double()),
)

F: Callable[[Any], Any] = lambda torch: torch.nn.functional
scores: Callable[..., Any] = lambda torch, *shape: torch.ones(shape)
classes: Callable[..., Any] = lambda torch, *shape: torch.zeros(shape, dtype=torch.int64)

cases(
    "cross_entropy",
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), torch.tensor([0, 3])),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), torch.tensor([0, -1])),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), classes(torch, 3)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), classes(torch, 1)),
    lambda torch: F(torch).cross_entropy(scores(torch, 3), classes(torch, 3)),
    lambda torch: F(torch).cross_entropy(scores(torch), classes(torch)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3, 4), classes(torch, 2)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3, 4), classes(torch, 2, 5)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3, 4, 5), classes(torch, 2, 4, 6)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3, 4, 5), classes(torch, 2, 4)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3, 2, 2, 2), classes(torch, 2, 2, 2, 1)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), torch.tensor([0.0, 1.0])),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), torch.tensor([0, 1], dtype=torch.int32)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3).long(), classes(torch, 2)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), classes(torch, 2), weight=torch.ones(2)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), classes(torch, 2), weight=torch.ones(3).double()),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), scores(torch, 2, 3), weight=torch.ones(2)),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), scores(torch, 2, 3), ignore_index=1),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), classes(torch, 2), label_smoothing=1.5),
    lambda torch: F(torch).cross_entropy(scores(torch, 2, 3), classes(torch, 2), reduction="all"),
    lambda torch: F(torch).cross_entropy(scores(torch, 0, 3), classes(torch, 0)),
    lambda torch: F(torch).cross_entropy(scores(torch, 0, 3), classes(torch, 0), reduction="sum"),
    lambda torch: F(torch).cross_entropy(torch.tensor([[-float("inf"), 0, 0]]), torch.tensor([0])),
    lambda torch: F(torch).nll_loss(scores(torch, 2, 3), scores(torch, 2)),
    lambda torch: F(torch).nll_loss(scores(torch), classes(torch)),
    lambda torch: F(torch).nll_loss(scores(torch, 3), torch.tensor(3)),
    lambda torch: F(torch).nll_loss(scores(torch, 2, 3).long(), classes(torch, 2)),
    lambda torch: F(torch).nll_loss(torch.tensor([[-float("inf"), 0]]), torch.tensor([0]), ignore_index=0),
)

cases(
    "loss",
    lambda torch: F(torch).mse_loss(torch.ones(2, 1), torch.ones(2)),
    lambda torch: F(torch).l1_loss(torch.ones(2, 3), torch.ones(2)),
    lambda torch: F(torch).mse_loss(torch.ones(2), torch.ones(2).double()).dtype,
    lambda torch: F(torch).mse_loss(torch.ones(2).long(), torch.ones(2).long()),
    lambda torch: F(torch).mse_loss(torch.ones(2), torch.ones(2), reduction="all"),
    lambda torch: F(torch).mse_loss(torch.ones(2), torch.ones(2), weight=torch.ones(3)),
    lambda torch: F(torch).mse_loss(torch.ones(2), torch.zeros(2), size_average=False),
    lambda torch: torch.nn.MSELoss(reduce=False).reduction,
    lambda torch: torch.nn.MSELoss(reduction="all"),
    lambda torch: F(torch).mse_loss(torch.ones(0), torch.ones(0)),
    lambda torch: F(torch).smooth_l1_loss(torch.ones(2), torch.ones(2), beta=-1.0),
    lambda torch: F(torch).huber_loss(torch.ones(2), torch.ones(2), delta=0.0),
    lambda torch: F(torch).binary_cross_entropy(torch.ones(2) * 2, torch.ones(2)),
    lambda torch: F(torch).binary_cross_entropy(torch.ones(2) * float("nan"), torch.ones(2)),
    lambda torch: F(torch).binary_cross_entropy(torch.ones(2), torch.ones(2) * 2),
    lambda torch: F(torch).binary_cross_entropy(torch.ones(2), torch.ones(2).double()),
    lambda torch: F(torch).binary_cross_entropy(torch.ones(2), torch.ones(2, 1)),
    lambda torch: F(torch).binary_cross_entropy_with_logits(torch.ones(2), torch.ones(2, 1)),
    lambda torch: F(torch).binary_cross_entropy_with_logits(torch.ones(2), torch.ones(2), weight=torch.ones(3)),
    lambda torch: F(torch).binary_cross_entropy_with_logits(torch.ones(2), torch.ones(2).double()).dtype,
)

cases(
    "function",
    lambda torch: torch.nn.Dropout(1.5),
    lambda torch: F(torch).dropout(torch.ones(2), -1),
    lambda torch: F(torch).gelu(torch.ones(2), approximate="x"),
    lambda torch: torch.nn.Flatten()(torch.ones(3)),
    lambda torch: torch.nn.Flatten(0)(torch.ones(())),
    lambda torch: F(torch).softmax(torch.ones(2, 3)),
    lambda torch: torch.nn.LogSoftmax()(torch.zeros(2, 2, 2)),
    lambda torch: F(torch).one_hot(torch.ones(2)),
    lambda torch: F(torch).one_hot(torch.tensor([1, -1])),
    lambda torch: F(torch).one_hot(torch.tensor([1, 5]), 3),
    lambda torch: F(torch).one_hot(torch.zeros(0, dtype=torch.int64)),
    lambda torch: F(torch).one_hot(torch.zeros(0, dtype=torch.int64), 3),
    lambda torch: F(torch).one_hot(torch.tensor(2)),
    lambda torch: F(torch).pad(torch.ones(2, 2), (1,)),
    lambda torch: F(torch).pad(torch.ones(2, 2), (1, 1, 1, 1, 1, 1)),
    lambda torch: F(torch).pad(torch.ones(2, 2), (-3, 0)),
    lambda torch: F(torch).pad(torch.ones(2, 2), (-2, 0)),
    lambda torch: F(torch).pad(torch.ones(2, 2), (1, 1), "x"),
    lambda torch: F(torch).pad(torch.ones(2, 2, dtype=torch.bool), (1, 1)),
    lambda torch: F(torch).normalize(torch.zeros(1, 2)),
    lambda torch: F(torch).normalize(torch.ones(2)),
    lambda torch: F(torch).cosine_similarity(torch.zeros(2, 3), torch.ones(3)),
    lambda torch: F(torch).glu(torch.ones(3)),
)

cases(
    "init",
    lambda torch: torch.nn.init.xavier_uniform_(torch.empty(3)),
    lambda torch: torch.nn.init.kaiming_normal_(torch.empty(3)),
    lambda torch: torch.nn.init.kaiming_uniform_(torch.empty(3, 3), mode="x"),
    lambda torch: torch.nn.init.kaiming_uniform_(torch.empty(0, 3)),
    lambda torch: torch.nn.init.eye_(torch.empty(3)),
    lambda torch: torch.nn.init.orthogonal_(torch.empty(3)),
    lambda torch: torch.nn.init.sparse_(torch.empty(3), 0.1),
    lambda torch: torch.nn.init.uniform_(torch.empty(3), 3, 1),
    lambda torch: torch.nn.init.trunc_normal_(torch.zeros(0), 0.0, 1.0, 5.0, 9.0),
    lambda torch: torch.nn.init.calculate_gain("x"),
    lambda torch: torch.nn.init.calculate_gain("leaky_relu", True),
    lambda torch: torch.nn.init.ones_(torch.nn.Parameter(torch.zeros(2))),
)

cases(
    "utils",
    lambda torch: torch.nn.utils.clip_grad_norm_([], 1.0),
    lambda torch: torch.nn.utils.clip_grad_norm_(with_gradient(torch, float("nan")), 1.0),
    lambda torch: torch.nn.utils.clip_grad_norm_(with_gradient(torch, float("inf")), 1.0, error_if_nonfinite=True),
    lambda torch: torch.nn.utils.vector_to_parameters(3, []),
    lambda torch: torch.nn.utils.parameters_to_vector([]),
)


def with_gradient(torch: Any, value: float) -> Any:
    """A parameter whose gradient has this value."""
    parameter = torch.nn.Parameter(torch.ones(2))
    parameter.grad = torch.full((2,), value)
    return parameter
