"""Custom functions: the context, and what is saved in it."""

from ..material import cube, leaf, made, passing
from ..suite import Cases

case = Cases()


# The context --------------------------------------------------------------------------------------------------------


@case
def a_function_and_its_gradient(torch):
    x = leaf(torch)
    y = cube(torch).apply(x)
    y.sum().backward()
    return y, x.grad, y.grad_fn.name()


@case
def setup_context_gets_inputs_and_output(torch):
    seen = []

    def forward(x, n):
        return x * n

    def setup_context(ctx, inputs, output):
        seen.append([type(inputs).__name__, len(inputs), output is not None])
        ctx.n = inputs[1]

    function = made(torch, forward, lambda ctx, g: (g * ctx.n, None), setup_context=staticmethod(setup_context))
    x = leaf(torch)
    function.apply(x, 4).sum().backward()
    return x.grad, seen


@case
def defaults_of_forward_count_with_setup_context(torch):
    def forward(x, n=5):
        return x * n

    def setup_context(ctx, inputs, output):
        ctx.n = inputs[1]

    function = made(torch, forward, lambda ctx, g: (g * ctx.n, None), setup_context=staticmethod(setup_context))
    x = leaf(torch)
    function.apply(x).sum().backward()
    return x.grad


@case
def keywords_with_setup_context(torch):
    def forward(x, n):
        return x * n

    def setup_context(ctx, inputs, output):
        ctx.n = inputs[1]

    function = made(torch, forward, lambda ctx, g: (g * ctx.n, None), setup_context=staticmethod(setup_context))
    x = leaf(torch)
    function.apply(x, n=3).sum().backward()
    return x.grad


@case
def keywords_without_setup_context(torch):
    return passing(torch).apply(x=leaf(torch))


@case
def attributes_of_the_context(torch):
    def forward(ctx, x):
        ctx.mine = [1, 2]
        return x * 2

    y = made(torch, forward, lambda ctx, g: g * sum(ctx.mine)).apply(leaf(torch))
    return y.grad_fn.mine


@case
def needs_input_grad(torch):
    seen = []

    def forward(ctx, *inputs):
        seen.append(ctx.needs_input_grad)
        return inputs[0] + inputs[1]

    def backward(ctx, gradient):
        seen.append(ctx.needs_input_grad)
        return gradient, None, None

    made(torch, forward, backward).apply(leaf(torch), torch.ones(3, dtype=torch.float64), 3).sum().backward()
    return seen


@case
def needs_input_grad_under_no_grad(torch):
    seen = []

    def forward(ctx, x):
        seen.append(ctx.needs_input_grad)
        return x * 2

    function = made(torch, forward, lambda ctx, g: g)
    with torch.no_grad():
        y = function.apply(leaf(torch))
    return seen, y.requires_grad


@case
def grad_mode_within(torch):
    seen = []

    def forward(ctx, x):
        seen.append(torch.is_grad_enabled())
        return x * 2

    def backward(ctx, gradient):
        seen.append(torch.is_grad_enabled())
        return gradient * 2

    x = leaf(torch)
    function = made(torch, forward, backward)
    function.apply(x).sum().backward()
    torch.autograd.grad(function.apply(x).sum(), x, create_graph=True)
    return seen


@case
def inputs_within_forward_are_the_very_tensors(torch):
    seen = []

    def forward(ctx, x):
        seen.extend([x is given, x.requires_grad, x.is_leaf])
        return x * 2

    given = leaf(torch)
    made(torch, forward, lambda ctx, g: g).apply(given)
    return seen


@case
def results_within_forward_have_no_history(torch):
    seen = []

    def forward(ctx, x):
        y = x * 2
        seen.append(y.requires_grad)
        return y

    made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return seen


@case
def name_and_repr_of_the_node(torch):
    node = cube(torch).apply(leaf(torch)).grad_fn
    return node.name(), type(node).__name__, [type(each).__name__ for each, _ in node.next_functions]


@case
def next_functions_leave_out_what_is_no_tensor(torch):
    def forward(ctx, n, x, y):
        return x * y

    node = made(torch, forward, lambda ctx, g: (None, g, g)).apply(3, leaf(torch), torch.ones(3)).grad_fn
    return [(None if each is None else each.name(), number) for each, number in node.next_functions]


@case
def output_numbers(torch):
    function = made(torch, lambda ctx, x: (x * 2, x * 3), lambda ctx, a, b: a * 2 + b * 3)
    a, b = function.apply(leaf(torch))
    return a.output_nr, b.output_nr, a.grad_fn is b.grad_fn


@case
def hooks_of_the_node(torch):
    seen = []
    x = leaf(torch)
    y = cube(torch).apply(x)
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append([inputs, outputs]))
    y.sum().backward()
    return seen


# What is saved --------------------------------------------------------------------------------------------------------


@case
def saved_inputs_are_themselves(torch):
    x = leaf(torch)
    y = cube(torch).apply(x)
    (saved,) = y.grad_fn.saved_tensors
    return saved is x, saved.requires_grad, saved.is_leaf


@case
def saved_outputs_lead_back_to_the_node(torch):
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    def backward(ctx, gradient):
        (y,) = ctx.saved_tensors
        return gradient * y

    x = leaf(torch)
    y = made(torch, forward, backward).apply(x)
    (saved,) = y.grad_fn.saved_tensors
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    return saved.grad_fn is y.grad_fn, first, second


@case
def saved_intermediates_are_constants(torch):
    def forward(ctx, x):
        half = x / 2
        ctx.save_for_backward(half)
        return half * x

    def backward(ctx, gradient):
        (half,) = ctx.saved_tensors
        return gradient * 2 * half

    x = leaf(torch)
    (first,) = torch.autograd.grad(made(torch, forward, backward).apply(x).sum(), x, create_graph=True)
    return first, first.requires_grad


@case
def none_is_saved_as_none(torch):
    def forward(ctx, x):
        ctx.save_for_backward(None, x, None)
        return x * 2

    y = made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return [saved is None for saved in y.grad_fn.saved_tensors]


@case
def saving_what_is_no_tensor(torch):
    def forward(ctx, x):
        ctx.save_for_backward(x, 3)
        return x * 2

    return made(torch, forward, lambda ctx, g: g).apply(leaf(torch))


@case
def saving_for_forward_what_is_no_tensor(torch):
    def forward(ctx, x):
        ctx.save_for_forward(x, 3)
        return x * 2

    return made(torch, forward, lambda ctx, g: g).apply(leaf(torch))


@case
def saving_twice_keeps_the_last(torch):
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.save_for_backward(x, x)
        return x * 2

    y = made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return len(y.grad_fn.saved_tensors)


@case
def saving_for_forward_alone_is_not_for_backward(torch):
    def forward(ctx, x):
        ctx.save_for_forward(x)
        return x * 2

    y = made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return len(y.grad_fn.saved_tensors)


@case
def saved_tensors_after_the_graph_is_freed(torch):
    y = cube(torch).apply(leaf(torch))
    y.sum().backward()
    return y.grad_fn.saved_tensors


@case
def a_second_backward(torch):
    y = cube(torch).apply(leaf(torch)).sum()
    y.backward()
    y.backward()


@case
def a_second_backward_where_nothing_was_saved(torch):
    x = leaf(torch)
    y = passing(torch).apply(x)
    y.backward(torch.ones_like(y))
    y.backward(torch.ones_like(y))
    return x.grad


@case
def saved_tensors_within_forward(torch):
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * len(ctx.saved_tensors)

    return made(torch, forward, lambda ctx, g: g).apply(leaf(torch))


@case.better("the saved value is kept", gives=[12.0, 12.0])
def a_saved_tensor_is_overwritten(torch):
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    h = x * 2
    y = cube(torch).apply(h)
    h.zero_()
    y.sum().backward()
    return x.grad / 2


@case
def hooks_on_saved_tensors(torch):
    seen = []

    def pack(x):
        seen.append(x.tolist())
        return x.tolist()

    x = leaf(torch)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda p: torch.tensor(p, dtype=torch.float64)):
        y = cube(torch).apply(x)
    y.sum().backward()
    return seen, x.grad
