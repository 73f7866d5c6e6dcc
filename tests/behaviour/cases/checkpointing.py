"""Checkpoints: the same gradients from values that are computed again, the options, and the errors."""

import contextlib
from functools import partial
from importlib import import_module

from ..material import leaf
from ..suite import Cases, raised, warned

case = Cases()


def tools(torch):
    """The module of checkpoints."""
    return import_module(torch.__name__ + ".utils.checkpoint")


def both(torch, function, *arguments, **options):
    """Value and gradient with either kind of checkpoint."""
    found = []
    for reentrant in (True, False):
        x = leaf(torch)
        y = tools(torch).checkpoint(function, x * 1, *arguments, use_reentrant=reentrant, **options)
        y.sum().backward()
        found.append([y, x.grad])
    return found


def counted(function):
    """The function, and a list that has one entry for each of its calls."""
    calls = []

    def call(*arguments, **keywords):
        calls.append(1)
        return function(*arguments, **keywords)

    return call, calls


@case
def gradients(torch):
    return both(torch, lambda x: (x.sin() * x).exp())


@case
def the_function_runs_twice(torch):
    found = []
    for reentrant in (True, False):
        function, calls = counted(lambda x: x.sin().exp())
        y = tools(torch).checkpoint(function, leaf(torch), use_reentrant=reentrant)
        before = len(calls)
        y.sum().backward()
        found.append([before, len(calls)])
    return found


@case
def the_name_of_the_function(torch):
    found = []
    for reentrant in (True, False):
        y = tools(torch).checkpoint(lambda x: x.sin(), leaf(torch), use_reentrant=reentrant)
        found.append(y.grad_fn.name())
    return found


@case
def several_outputs(torch):
    found = []
    for reentrant in (True, False):
        x = leaf(torch)
        a, b = tools(torch).checkpoint(lambda x: (x.sin(), x.exp()), x, use_reentrant=reentrant)
        (a.sum() + b.sum()).backward()
        found.append(x.grad)
    return found


@case
def one_of_several_outputs(torch):
    x = leaf(torch)
    a, _ = tools(torch).checkpoint(lambda x: (x.sin(), x.exp()), x, use_reentrant=False)
    a.sum().backward()
    return x.grad


@case
def arguments_that_are_no_tensors(torch):
    return both(torch, lambda x, n, s, none: x.sin() * n if s == "s" and none is None else x, 3, "s", None)


@case
def keywords(torch):
    x = leaf(torch)
    y = tools(torch).checkpoint(lambda x, *, n: x.sin() * n, x, use_reentrant=False, n=4)
    y.sum().backward()
    return x.grad


@case
def keywords_with_reentrance(torch):
    return tools(torch).checkpoint(lambda x, n: x * n, leaf(torch), use_reentrant=True, n=4)


@case
def parameters_that_are_captured(torch):
    found = []
    for reentrant in (True, False):
        w = leaf(torch)
        y = tools(torch).checkpoint(lambda x, w=w: (x * w).sin(), leaf(torch), use_reentrant=reentrant)
        y.sum().backward()
        found.append(w.grad)
    return found


@case
def no_input_requires_grad(torch):
    w, x = leaf(torch), torch.ones(3, dtype=torch.float64)
    tools(torch).checkpoint(lambda x: (x * w).sin(), x, use_reentrant=False).sum().backward()
    return w.grad


@case
def no_input_requires_grad_is_warned_of_with_reentrance(torch):
    w, x = leaf(torch), torch.ones(3, dtype=torch.float64)
    return warned(lambda: tools(torch).checkpoint(lambda x: (x * w).sin(), x, use_reentrant=True))


@case
def reentrance_is_to_be_said(torch):
    x = leaf(torch)
    return [
        warned(lambda: tools(torch).checkpoint(lambda x: x.sin(), x)),
        warned(lambda: tools(torch).checkpoint_sequential([torch.sin, torch.cos], 1, x)),
    ]


@case
def reentrance_is_the_default(torch):
    return tools(torch).checkpoint(lambda x: x.sin(), leaf(torch)).grad_fn.name()


@case
def autograd_grad(torch):
    x = leaf(torch)
    y = tools(torch).checkpoint(lambda x: x.sin().exp(), x, use_reentrant=False)
    return torch.autograd.grad(y.sum(), x)


@case
def autograd_grad_with_reentrance(torch):
    x = leaf(torch)
    y = tools(torch).checkpoint(lambda x: x.sin().exp(), x, use_reentrant=True)
    return torch.autograd.grad(y.sum(), x)


@case
def backward_with_inputs_and_reentrance(torch):
    x = leaf(torch)
    tools(torch).checkpoint(lambda x: x.sin().exp(), x, use_reentrant=True).sum().backward(inputs=[x])


@case
def two_passes(torch):
    x = leaf(torch)
    function, calls = counted(lambda x: x.sin().exp())
    y = tools(torch).checkpoint(function, x, use_reentrant=False).sum()
    y.backward(retain_graph=True)
    y.backward()
    return x.grad, len(calls)


@case
def a_second_pass_after_the_graph_is_freed(torch):
    y = tools(torch).checkpoint(lambda x: x.sin().exp(), leaf(torch), use_reentrant=False).sum()
    y.backward()
    y.backward()


@case
def second_derivatives(torch):
    x = leaf(torch)
    y = tools(torch).checkpoint(lambda x: (x.sin() * x).exp(), x, use_reentrant=False)
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return first, torch.autograd.grad(first.sum(), x)


@case
def under_no_grad(torch):
    with torch.no_grad():
        y = tools(torch).checkpoint(lambda x: x.sin(), leaf(torch), use_reentrant=False)
    return y, y.requires_grad


@case
def random_numbers_are_the_same_again(torch):
    found = []
    for reentrant in (True, False):
        torch.manual_seed(1)
        x = leaf(torch)
        y = tools(torch).checkpoint(lambda x: x * torch.rand(3, dtype=torch.float64), x, use_reentrant=reentrant)
        after = torch.rand(1)
        y.sum().backward()
        found.append([bool((x.grad * x == y).all()), after, torch.rand(1)])
    return found


@case
def random_numbers_that_are_not_kept(torch):
    torch.manual_seed(1)
    x = leaf(torch)
    y = tools(torch).checkpoint(
        lambda x: x.exp() * torch.rand(3, dtype=torch.float64), x, use_reentrant=False, preserve_rng_state=False
    )
    y.sum().backward()
    return bool((x.grad == y).all()), torch.rand(1)


@case
def nested(torch):
    checkpoint = partial(tools(torch).checkpoint, use_reentrant=False)
    x = leaf(torch)
    inner, calls = counted(lambda x: x.sin().exp())
    y = checkpoint(lambda x: checkpoint(inner, x.tanh()).cos() * 2, x)
    y.sum().backward()
    return x.grad, len(calls)


@case
def nested_three_deep(torch):
    checkpoint = partial(tools(torch).checkpoint, use_reentrant=False)
    x = leaf(torch)

    def innermost(x):
        return x.sin().exp()

    def middle(x):
        return checkpoint(innermost, x.cos()) * x

    def outer(x):
        return checkpoint(middle, x.tanh()).sigmoid()

    y = checkpoint(outer, x)
    y.sum().backward()
    return y, x.grad


@case
def nested_with_reentrance(torch):
    checkpoint = partial(tools(torch).checkpoint, use_reentrant=True)
    x = leaf(torch)
    checkpoint(lambda x: checkpoint(lambda x: x.sin().exp(), x.tanh()).cos(), x).sum().backward()
    return x.grad


@case
def sequential(torch):
    found = []
    for reentrant in (True, False):
        x = leaf(torch)
        functions = [torch.sin, torch.exp, torch.tanh, torch.cos, torch.sigmoid]
        y = tools(torch).checkpoint_sequential(functions, 2, x, use_reentrant=reentrant)
        y.sum().backward()
        found.append([y, x.grad])
    return found


@case
def sequential_modules(torch):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2), torch.nn.Tanh())
    x = torch.ones(2, 3, requires_grad=True)
    tools(torch).checkpoint_sequential(model, 2, x, use_reentrant=False).sum().backward()
    return x.grad, [p.grad for p in model.parameters()]


@case
def sequential_with_other_keywords(torch):
    return tools(torch).checkpoint_sequential([torch.sin], 1, leaf(torch), use_reentrant=False, n=3)


@case
def early_stop(torch):
    found = []
    for stop in (True, False):
        seen = []

        def function(x, seen=seen):
            y = x.sin().exp()
            seen.append("end")
            return y * 1

        with tools(torch).set_checkpoint_early_stop(stop):
            y = tools(torch).checkpoint(function, leaf(torch), use_reentrant=False)
        y.sum().backward()
        found.append(len(seen))
    return found


@case
def early_stop_as_an_argument(torch):
    seen = []

    def function(x):
        y = x.sin()
        seen.append("end")
        return y

    for stop in (True, False):
        y = tools(torch).checkpoint(function, leaf(torch), use_reentrant=False, early_stop=stop)
        y.sum().backward()
    return len(seen)


@case
def contexts(torch):
    seen = []

    @contextlib.contextmanager
    def noted(name):
        seen.append(name)
        yield
        seen.append(f"end of {name}")

    def context_fn():
        return noted("first"), noted("again")

    x = leaf(torch)
    y = tools(torch).checkpoint(lambda x: x.sin(), x, use_reentrant=False, context_fn=context_fn, early_stop=False)
    seen.append("backward")
    y.sum().backward()
    return seen, x.grad


@case
def contexts_with_reentrance(torch):
    return tools(torch).checkpoint(lambda x: x.sin(), leaf(torch), use_reentrant=True, context_fn=lambda: (None, None))


@case
def debug_with_contexts(torch):
    def context_fn():
        return contextlib.nullcontext(), contextlib.nullcontext()

    return tools(torch).checkpoint(
        lambda x: x.sin(), leaf(torch), use_reentrant=False, context_fn=context_fn, debug=True
    )


@case
def an_unknown_determinism_check(torch):
    return tools(torch).checkpoint(lambda x: x.sin(), leaf(torch), use_reentrant=False, determinism_check="all")


def inconstant(first, again):
    """A function that does one thing the first time and another again."""
    calls = []

    def function(x):
        calls.append(1)
        return first(x) if len(calls) == 1 else again(x)

    return function


def message(call):
    """The first three lines of what a call raises."""
    try:
        call()
    except RuntimeError as error:
        return str(error).splitlines()[:3]


@case
def fewer_values_again(torch):
    function = inconstant(lambda x: x.sin().exp(), lambda x: x.sin())
    return message(tools(torch).checkpoint(function, leaf(torch), use_reentrant=False).sum().backward)


@case
def more_values_again(torch):
    function = inconstant(lambda x: x.sin(), lambda x: x.sin().exp())
    y = tools(torch).checkpoint(function, leaf(torch), use_reentrant=False, early_stop=False)
    return message(y.sum().backward)


@case
def values_of_another_shape_again(torch):
    function = inconstant(lambda x: x.sin(), lambda x: x[:2].sin())
    try:
        tools(torch).checkpoint(function, leaf(torch), use_reentrant=False).sum().backward()
    except RuntimeError as error:
        return str(error).splitlines()[:5]


@case
def values_of_another_dtype_unchecked(torch):
    function = inconstant(lambda x: x.sin(), lambda x: x.float().sin())
    x = leaf(torch)
    tools(torch).checkpoint(function, x, use_reentrant=False, determinism_check="none").sum().backward()
    return x.grad.shape


@case
def fewer_values_again_with_debug(torch):
    function = inconstant(lambda x: x.sin().exp(), lambda x: x.sin())
    y = tools(torch).checkpoint(function, leaf(torch), use_reentrant=False, debug=True)
    return message(y.sum().backward)[:2]


@case
def debug_for_all(torch):
    function = inconstant(lambda x: x.sin().exp(), lambda x: x.sin())
    with tools(torch).set_checkpoint_debug_enabled(True):
        y = tools(torch).checkpoint(function, leaf(torch), use_reentrant=False)
    return message(y.sum().backward)[:2]


@case
def an_error_in_the_function(torch):
    def function(x):
        raise ValueError("mine")

    checkpoint = tools(torch).checkpoint
    said = [raised(partial(checkpoint, function, leaf(torch), use_reentrant=kind)) for kind in (True, False)]
    return said, leaf(torch).sin().grad_fn._saved_self


@case
def outputs_that_do_not_require_grad_with_reentrance(torch):
    y = tools(torch).checkpoint(lambda x: x.detach() * 2, leaf(torch), use_reentrant=True)
    y.sum().backward()


@case
def in_place_within(torch):
    def function(x):
        y = x.sin()
        y.mul_(2).add_(x)
        return y.exp()

    return both(torch, function)


@case
def in_place_on_an_argument_after(torch):
    x = leaf(torch)
    h = x * 1
    y = tools(torch).checkpoint(lambda h: h * 2, h, use_reentrant=False)
    h.zero_()
    y.sum().backward()
    return x.grad


@case.better("the argument is kept as it was", gives=[0.5403023058681398, -0.4161468365471424])
def in_place_on_an_argument_that_is_needed(torch):
    x = leaf(torch, 1.0, 2.0)
    h = x * 1
    y = tools(torch).checkpoint(lambda h: h.sin(), h, use_reentrant=False)
    h.zero_()
    y.sum().backward()
    return x.grad


@case
def in_place_on_what_was_saved_last(torch):
    def function(x):
        h = x * 1
        y = h.cos()
        h.zero_()
        return y

    x = leaf(torch, 0.5, -0.25)
    tools(torch).checkpoint(function, x, use_reentrant=False).sum().backward()
    return x.grad


@case.better(
    "what the function, run again, overwrites is kept: -sin(x) exp(cos(x))",
    gives=[-1.1530560766171216, 0.6519284945618772],
)
def in_place_on_what_was_saved_within(torch):
    def function(x):
        h = x * 1
        y = h.cos()
        h.zero_()
        return y.exp()

    x = leaf(torch, 0.5, -0.25)
    tools(torch).checkpoint(function, x, use_reentrant=False).sum().backward()
    return x.grad


@case
def modules_with_dropout(torch):
    torch.manual_seed(0)
    layer = torch.nn.Dropout(0.5)
    x = torch.ones(50, requires_grad=True)
    y = tools(torch).checkpoint(lambda x: layer(x * 2), x, use_reentrant=False)
    y.sum().backward()
    return bool((x.grad == y).all())


@case
def backward_within_the_function(torch):
    def function(x):
        y = x.sin()
        with torch.enable_grad():
            z = x.detach().requires_grad_()
            (slope,) = torch.autograd.grad((z * z * z).sum(), z)
        return y * slope

    return both(torch, function)


@case
def hooks_within(torch):
    seen = []

    def function(x):
        y = x.sin()
        if y.requires_grad:
            y.register_hook(lambda g: seen.append(g.tolist()))
        return y.exp()

    tools(torch).checkpoint(function, leaf(torch, 0.0), use_reentrant=False).sum().backward()
    return seen


@case
def a_custom_function_within(torch):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return 3 * x * x * gradient

    return both(torch, lambda x: Cube.apply(x.sin()))


@case
def saved_tensors_read_twice(torch):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            (x,) = ctx.saved_tensors
            return 3 * x * x * gradient

    tools(torch).checkpoint(lambda x: Cube.apply(x.sin()), leaf(torch), use_reentrant=False).sum().backward()


@case
def views_of_arguments(torch):
    return both(torch, lambda x: x[:2].sin() * x[1:])


@case
def policies(torch):
    return [[each.name, each.value] for each in tools(torch).CheckpointPolicy]


@case
def a_selective_context_of_neither_kind(torch):
    return tools(torch).create_selective_checkpoint_contexts(3)


@case
def a_group_runs_the_function_once_more(torch):
    function, calls = counted(lambda x: (x.sin(), x.exp()))
    x = leaf(torch)
    a, b = tools(torch).checkpoint(function, x, use_reentrant=False, early_stop=False)
    with tools(torch).GraphExecGroup():
        a.sum().backward(retain_graph=True)
        b.sum().backward()
    return len(calls), x.grad


@case
def groups_do_not_nest(torch):
    group = tools(torch).GraphExecGroup
    with group():
        return (raised(lambda: group().__enter__()) or "").split(" inside")[0]


@case
def variables_are_detached(torch):
    x = leaf(torch)
    (y, n) = tools(torch).detach_variable((x * 2, 3))
    return y.requires_grad, y.is_leaf, n


@case
def names(torch):
    return [
        name
        for name in (
            "checkpoint",
            "checkpoint_sequential",
            "CheckpointError",
            "CheckpointFunction",
            "noop_context_fn",
            "SelectiveCheckpointContext",
        )
        if hasattr(tools(torch), name)
    ]


@case
def what_runs_again_within_another_and_how_far(torch):
    x, seen = leaf(torch), []
    checkpoint = torch.utils.checkpoint.checkpoint

    def inner(x):
        seen.append("inner")
        y = x.sin()
        seen.append("saved")
        return y.exp()

    def outer(x):
        seen.append("outer")
        y = checkpoint(inner, x, use_reentrant=False)
        seen.append("between")
        return y * y

    checkpoint(outer, x, use_reentrant=False).sum().backward()
    seen.append("all")
    with torch.utils.checkpoint.set_checkpoint_early_stop(False):
        y = checkpoint(outer, x, use_reentrant=False)
    y.sum().backward()
    return [seen, x.grad]
