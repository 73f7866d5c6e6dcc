"""Hooks on everything that is saved."""

from ..material import leaf
from ..suite import Cases, raised

case = Cases()


# On everything that is saved ------------------------------------------------------------------------------------------


@case
def saved_tensors_hooks(torch):
    x, seen = leaf(torch), []

    def pack(value):
        seen.append(("pack", value.tolist()))
        return len(seen) - 1

    def unpack(number):
        seen.append(("unpack", number))
        return torch.tensor(seen[number][1], dtype=torch.float64)

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = x.sin() * 2
    z = y.exp()
    z.sum().backward()
    return seen, x.grad


@case
def a_pack_hook_is_given_the_tensor(torch):
    x, seen = leaf(torch), []
    h = x * 2
    with torch.autograd.graph.saved_tensors_hooks(lambda t: seen.append(t), lambda t: t):
        y = h.sin()
        z = h.exp()
    return seen[0] is h, seen[1] is z, seen[0].requires_grad, y.grad_fn.name()


@case
def the_grad_mode_of_saved_tensors_hooks(torch):
    x, seen = leaf(torch), []

    def note(value):
        seen.append(torch.is_grad_enabled())
        return value

    with torch.autograd.graph.saved_tensors_hooks(note, note):
        y = x.sin()
    torch.autograd.grad(y.sum(), x)
    return seen


@case
def saved_tensors_hooks_can_change_the_value(torch):
    x = leaf(torch)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 10, lambda t: t):
        y = x * x
    y.sum().backward()
    return x.grad


@case
def nested_saved_tensors_hooks(torch):
    x, seen = leaf(torch), []

    def pack(name):
        return lambda t: seen.append(name) or t

    hooks = torch.autograd.graph.saved_tensors_hooks
    with hooks(pack("outer"), lambda t: t):
        with hooks(pack("inner"), lambda t: t):
            x.sin()
        x.cos()
    x.tan()
    return seen


@case
def saved_tensors_hooks_and_second_derivatives(torch):
    x = leaf(torch)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.tolist(), lambda v: torch.tensor(v, dtype=torch.float64)):
        y = (x * 2).sin()
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return first, torch.autograd.grad(first.sum(), x)


@case
def saved_tensors_hooks_in_a_custom_function(torch):
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, x * 2)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return ctx.saved_tensors[1] * g

    x, seen = leaf(torch), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: seen.append(t.tolist()) or t, lambda t: t):
        y = Square.apply(x)
    y.sum().backward()
    return seen, x.grad


@case
def saved_tensors_hooks_in_place(torch):
    x, seen = leaf(torch), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: seen.append(t.tolist()) or t, lambda t: t):
        h = x * 1
        h.exp_()
    h.sum().backward()
    return seen, x.grad


@case
def saved_tensors_hooks_of_a_product_of_matrices(torch):
    x, seen = leaf(torch), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: seen.append(list(t.shape)) or t, lambda t: t):
        y = x.view(1, 3) @ x.view(3, 1)
    y.sum().backward()
    return sorted(seen), x.grad


@case
def an_unpack_hook_that_gives_no_tensor(torch):
    x = leaf(torch)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: 1, lambda t: t):
        y = x.sin()
    return raised(lambda: y.sum().backward())


@case
def a_pack_hook_that_raises(torch):
    def fail(value):
        raise ValueError("from the hook")

    def program():
        with torch.autograd.graph.saved_tensors_hooks(fail, fail):
            leaf(torch).sin()

    return raised(program)


@case
def an_unpack_hook_that_raises(torch):
    def fail(value):
        raise ValueError("from the hook")

    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, fail):
        y = leaf(torch).sin()
    return raised(lambda: y.sum().backward())


@case
def a_pack_hook_that_writes(torch):
    def program():
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().add_(0), lambda t: t):
            leaf(torch).sin()

    return raised(program)


@case.better("what the pack hook gave back is watched like any saved value", gives=[0.5403023, -0.4161468, -0.9899925])
def a_saved_value_overwritten_under_hooks(torch):
    x = leaf(torch)
    h = x * 1
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        y = h.sin()
    h.zero_()
    y.sum().backward()
    return x.grad


@case
def disable_saved_tensors_hooks(torch):
    graph = torch.autograd.graph

    def within():
        with graph.disable_saved_tensors_hooks("not here"), graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            pass

    def around():
        with graph.saved_tensors_hooks(lambda t: t, lambda t: t), graph.disable_saved_tensors_hooks("not here"):
            pass

    return raised(within), raised(around)


@case
def disable_saved_tensors_hooks_ends(torch):
    graph, seen = torch.autograd.graph, []
    with graph.disable_saved_tensors_hooks("not here"):
        leaf(torch).sin()
    with graph.saved_tensors_hooks(lambda t: seen.append(1) or t, lambda t: t):
        leaf(torch).sin()
    return seen


@case
def save_on_cpu(torch):
    x = leaf(torch)
    with torch.autograd.graph.save_on_cpu():
        y = (x * x).exp()
    y.sum().backward()
    return x.grad


@case
def allow_mutation_on_saved_tensors(torch):
    x = leaf(torch)
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        h = x.clone()
        y = h.sin()
        h.mul_(5)
        y.sum().backward()
    return x.grad


@case
def allow_mutation_cannot_be_nested(torch):
    def program():
        allow = torch.autograd.graph.allow_mutation_on_saved_tensors
        with allow(), allow():
            pass

    return raised(program)


@case.better("the value was kept", gives=[0.5403023, -0.4161468, -0.9899925])
def allow_mutation_and_backward_outside(torch):
    x = leaf(torch)
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        h = x.clone()
        y = h.sin()
        h.mul_(5)
    y.sum().backward()
    return x.grad
