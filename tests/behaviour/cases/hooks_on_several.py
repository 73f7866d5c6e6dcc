"""Hooks on many tensors at once."""

from ..material import leaf, telling
from ..suite import Cases, raised

case = Cases()


# On many tensors ------------------------------------------------------------------------------------------------------


@case
def a_hook_on_all_of_several(torch):
    x, y, seen = leaf(torch), leaf(torch), []
    torch.autograd.graph.register_multi_grad_hook((x, y), telling(seen, "all"))
    (x * y).sum().backward()
    return seen


@case
def a_hook_on_all_of_several_of_which_one_is_not_reached(torch):
    x, y, seen = leaf(torch), leaf(torch), []
    torch.autograd.graph.register_multi_grad_hook((x, y, x * 2), telling(seen, "all"))
    (x * 3).sum().backward()
    return seen


@case
def a_hook_on_any_of_several(torch):
    x, y, seen = leaf(torch), leaf(torch), []
    a, b = x * 2, y * 3
    torch.autograd.graph.register_multi_grad_hook((a, b), telling(seen, "any"), mode="any")
    (a * b).sum().backward(retain_graph=True)
    (a * b).sum().backward()
    return len(seen)


@case
def a_hook_on_several_in_every_pass(torch):
    x, y, seen = leaf(torch), leaf(torch), []
    handle = torch.autograd.graph.register_multi_grad_hook((x, y), lambda gs: seen.append(len(gs)))
    (x * y).sum().backward()
    (x * y).sum().backward()
    handle.remove()
    (x * y).sum().backward()
    return seen


@case
def a_hook_on_several_in_another_mode(torch):
    return raised(lambda: torch.autograd.graph.register_multi_grad_hook((leaf(torch),), print, mode="some"))


@case
def a_hook_on_several_results(torch):
    x, seen = leaf(torch), []
    a, b = x * 2, x * 3
    torch.autograd.graph.register_multi_grad_hook((a, b), telling(seen, "all"))
    torch.autograd.grad((a * b).sum(), x)
    return seen


@case
def a_hook_on_several_runs_backward(torch):
    x, y, w = leaf(torch), leaf(torch), leaf(torch)
    torch.autograd.graph.register_multi_grad_hook((x, y), lambda gs: (w * gs[0]).sum().backward())
    (x * y).sum().backward()
    return w.grad


@case
def a_hook_on_several_of_which_one_is_a_view_beside_the_way(torch):
    x, seen = leaf(torch), []
    h = x * 1
    v, w = h[1:], h[:1]
    torch.autograd.graph.register_multi_grad_hook((h, v, w), telling(seen, "all"))
    (h.sum() + w.sum()).backward()
    return seen


@case
def a_hook_on_all_outputs_of_which_one_is_used(torch):
    x, seen = leaf(torch), []
    a, b, c = (x * 1).unbind()
    torch.autograd.graph.register_multi_grad_hook((a, b, c), telling(seen, "all"))
    (a * 2).backward()
    return seen


@case.better(
    "there is no gradient to tell: PyTorch calls the hook with None",
    gives=[],
)
def a_hook_on_an_output_that_is_not_used(torch):
    x, seen = leaf(torch), []
    a, b, _ = (x * 1).unbind()
    b.register_hook(telling(seen, "b"))
    (a * 2).backward()
    return seen


@case
def hooks_that_run_in_the_order_of_the_pass(torch):
    x, order = leaf(torch), []
    a = x * 2
    b = a.sin()
    c = a.cos()
    for name, t in (("x", x), ("a", a), ("b", b), ("c", c)):
        t.register_hook(lambda g, name=name: order.append(name))
    (b + c).sum().backward()
    return order


@case
def a_hook_on_the_node_of_a_write_to_a_part(torch):
    x, seen = leaf(torch), []
    h = x * 1
    h[0] = 5
    h.grad_fn.register_hook(telling(seen, "after"))
    h.grad_fn.register_prehook(telling(seen, "before"))
    (h * 2).sum().backward()
    return seen, x.grad


@case
def hooks_replace_what_the_node_of_a_write_to_a_part_passes_on(torch):
    found = []
    for hook in ("register_prehook", "register_hook"):
        for write in ("copy", "multiply", "gathered", "added"):
            x, z = leaf(torch), torch.full((2,), 3.0, requires_grad=True)
            h = x * 1
            if write == "copy":
                h[1:] = z
            elif write == "multiply":
                h[1:].mul_(z)
            elif write == "gathered":
                h[torch.tensor([2, 0])] = z
            else:
                h.index_add_(0, torch.tensor([2, 2]), z)
            getattr(h.grad_fn, hook)(lambda gs, *_: tuple(None if g is None or g.dim() == 0 else g * 2 for g in gs))
            (h * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
            found.append((write, hook, x.grad, z.grad))
    return found


@case
def hooks_on_writes_to_parts_of_parts(torch):
    x, seen = leaf(torch), []
    h = x * 1
    h[1:][0] = x[0]
    h.grad_fn.register_hook(telling(seen, "second"))
    h[:2].mul_(x[1])
    h.grad_fn.register_hook(telling(seen, "first"))
    h[0].register_hook(lambda g: seen.append(["view", g]))
    (h * 2).sum().backward()
    return seen, x.grad


@case
def a_hook_on_the_node_of_a_write(torch):
    x, seen = leaf(torch), []
    h = x * 1
    h.mul_(3)
    h.grad_fn.register_hook(telling(seen, "after"))
    (h * 2).sum().backward()
    return seen, x.grad


@case.better(
    "a hook belongs to the value that its tensor held: PyTorch forgets those of a view once it is written",
    gives=[
        [["h after", [[3.0, 3.0, 3.0]]], ["v before", [[12.0, 12.0]]], ["h before", [[3.0, 12.0, 12.0]]]],
        [3.0, 12.0, 12.0],
    ],
)
def a_hook_on_a_tensor_that_is_a_part_of_another_and_written(torch):
    x, seen = leaf(torch), []
    h = x * 1
    v = h[1:]
    v.register_hook(telling(seen, "v before"))
    h.register_hook(telling(seen, "h before"))
    v.mul_(4)
    v.register_hook(telling(seen, "v after"))
    h.register_hook(telling(seen, "h after"))
    (h * 3).sum().backward()
    return seen, x.grad
