"""Hooks on nodes, and on leaves whose gradient was added."""

from ..material import leaf, telling
from ..suite import Cases, raised

case = Cases()


# After a leaf's gradient was added ------------------------------------------------------------------------------------


@case
def post_accumulate_hooks(torch):
    x, seen = leaf(torch), []
    x.register_post_accumulate_grad_hook(lambda p: seen.append((p is x, p.grad.tolist())))
    (x * 2).sum().backward()
    return seen


@case
def a_post_accumulate_hook_frees_the_gradient(torch):
    x = leaf(torch)

    def free(p):
        p.grad = None

    handle = x.register_post_accumulate_grad_hook(free)
    x.sum().backward()
    first = x.grad
    handle.remove()
    x.sum().backward()
    return first, x.grad


@case
def a_post_accumulate_hook_steps(torch):
    x = leaf(torch)

    def step(p):
        with torch.no_grad():
            p -= 0.1 * p.grad

    x.register_post_accumulate_grad_hook(step)
    (x * x).sum().backward()
    return x, x.grad


@case
def a_post_accumulate_hook_on_a_result(torch):
    h = leaf(torch) * 2
    return raised(lambda: h.register_post_accumulate_grad_hook(print))


@case
def no_post_accumulate_hook_in_grad(torch):
    x, seen = leaf(torch), []
    x.register_post_accumulate_grad_hook(telling(seen, "x"))
    torch.autograd.grad(x.sum(), x)
    return seen


# On nodes -------------------------------------------------------------------------------------------------------------


@case
def a_hook_on_a_node(torch):
    x, seen = leaf(torch), []
    y = x * x
    y.grad_fn.register_hook(telling(seen, "after"))
    y.sum().backward()
    return seen


@case
def a_hook_on_a_node_replaces(torch):
    x = leaf(torch)
    y = x * x
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 10, inputs[1]))
    y.sum().backward()
    return x.grad


@case
def a_prehook_on_a_node(torch):
    x, seen = leaf(torch), []
    y = x * x
    y.grad_fn.register_prehook(telling(seen, "before"))
    y.sum().backward()
    return seen


@case
def a_prehook_on_a_node_replaces(torch):
    x = leaf(torch)
    y = x * x
    y.grad_fn.register_prehook(lambda outputs: (outputs[0] * 10,))
    y.sum().backward()
    return x.grad


@case
def the_order_of_all_hooks(torch):
    x, order = leaf(torch), []

    def note(name):
        return lambda *given: order.append(name)

    y = x * x
    y.grad_fn.register_hook(note("node after"))
    y.grad_fn.register_prehook(note("node before"))
    y.register_hook(note("tensor"))
    node = y.grad_fn.next_functions[0][0]
    x.register_post_accumulate_grad_hook(note("leaf accumulated"))
    node.register_hook(note("leaf node after"))
    node.register_prehook(note("leaf node before"))
    x.register_hook(note("leaf tensor"))
    y.sum().backward()
    return order


@case
def a_node_hook_that_returns_too_few(torch):
    y = leaf(torch) * leaf(torch)

    def wrong(inputs, outputs):
        return inputs[:1]

    y.grad_fn.register_hook(wrong)
    return raised(lambda: y.sum().backward())


@case
def a_node_hook_that_returns_another_shape(torch):
    y = leaf(torch) * leaf(torch)

    def wrong(inputs, outputs):
        return inputs[0][:1], inputs[1]

    y.grad_fn.register_hook(wrong)
    return raised(lambda: y.sum().backward())


@case
def a_node_hook_fills_in_a_gradient(torch):
    y = leaf(torch) * 2

    def wrong(inputs, outputs):
        return inputs[0], outputs[0]

    y.grad_fn.register_hook(wrong)
    return raised(lambda: y.sum().backward())


@case
def a_node_hook_is_taken_away(torch):
    x = leaf(torch)
    y = x * x
    handle = y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 10, inputs[1]))
    handle.remove()
    y.sum().backward()
    return x.grad


@case
def a_node_hook_after_the_graph_was_freed(torch):
    y = leaf(torch) * leaf(torch)
    y.sum().backward()
    y.grad_fn.register_hook(print)
    return raised(lambda: y.sum().backward())


@case
def a_hook_on_the_node_of_a_leaf(torch):
    x, seen = leaf(torch), []
    node = torch.autograd.graph.get_gradient_edge(x).node
    node.register_hook(telling(seen, "after"))
    node.register_prehook(telling(seen, "before"))
    (x * 2).sum().backward()
    return seen


@case
def a_prehook_on_the_node_of_a_leaf_replaces(torch):
    x = leaf(torch)
    node = torch.autograd.graph.get_gradient_edge(x).node
    node.register_prehook(lambda outputs: (outputs[0] * 10,))
    (x * 2).sum().backward()
    return x.grad


@case
def the_node_of_a_leaf_does_not_run_in_grad(torch):
    x, seen = leaf(torch), []
    torch.autograd.graph.get_gradient_edge(x).node.register_hook(telling(seen, "after"))
    torch.autograd.grad((x * 2).sum(), x)
    return seen


@case
def a_hook_on_the_node_of_a_view(torch):
    x, seen = leaf(torch), []
    v = (x * 1)[1:]
    v.grad_fn.register_hook(telling(seen, "after"))
    v.grad_fn.register_prehook(telling(seen, "before"))
    (v * 3).sum().backward()
    return seen, x.grad


@case
def a_hook_on_the_node_of_a_view_replaces(torch):
    x = leaf(torch)
    v = (x * 1)[1:]
    v.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] + 1,))
    (v * 3).sum().backward()
    return x.grad


@case
def a_node_hook_with_create_graph(torch):
    x = leaf(torch)
    y = x * x
    y.grad_fn.register_hook(lambda inputs, outputs: tuple(g * x for g in inputs))
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return first, torch.autograd.grad(first.sum(), x)


@case
def a_hook_on_the_node_of_a_custom_function(torch):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            return x * n

        @staticmethod
        def backward(ctx, g):
            return g * 2, None

    x, seen = leaf(torch), []
    y = Double.apply(x, 2)
    y.grad_fn.register_hook(telling(seen, "after"))
    y.grad_fn.register_prehook(lambda outputs: (outputs[0] * 10,))
    y.sum().backward()
    return seen, x.grad


@case
def a_hook_on_the_node_of_a_sort(torch):
    x, seen = leaf(torch, 3.0, 1.0, 2.0), []
    values, _ = x.sort()
    values.grad_fn.register_hook(telling(seen, "after"))
    (values * torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)).sum().backward()
    return seen
