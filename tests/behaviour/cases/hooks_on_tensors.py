"""Hooks on tensors: their order, their removal, what they may return, and writes in place."""

from ..material import leaf, telling
from ..suite import Cases, raised

case = Cases()


# On tensors -----------------------------------------------------------------------------------------------------------


@case
def a_hook_sees_the_gradient(torch):
    x, seen = leaf(torch), []
    h = x * 2
    h.register_hook(telling(seen, "h"))
    x.register_hook(telling(seen, "x"))
    h.sum().backward()
    return seen


@case
def a_hook_replaces_the_gradient(torch):
    x = leaf(torch)
    h = x * 2
    h.register_hook(lambda g: g * 10)
    h.sum().backward()
    return x.grad


@case
def hooks_run_in_order(torch):
    x = leaf(torch)
    x.register_hook(lambda g: g + 1)
    x.register_hook(lambda g: g * 10)
    x.sum().backward()
    return x.grad


@case
def a_hook_is_taken_away(torch):
    x = leaf(torch)
    handle = x.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g + 1)
    handle.remove()
    handle.remove()
    x.sum().backward()
    return x.grad


@case
def a_handle_is_a_context(torch):
    x = leaf(torch)
    with x.register_hook(lambda g: g * 10):
        x.sum().backward()
    x.sum().backward()
    return x.grad


@case
def a_hook_takes_itself_away(torch):
    x, seen = leaf(torch), []
    handles = []

    def once(g):
        seen.append(1)
        handles[0].remove()

    handles.append(x.register_hook(once))
    x.register_hook(lambda g: seen.append(2))
    x.sum().backward()
    x.sum().backward()
    return seen


@case
def a_hook_added_by_a_hook(torch):
    x, seen = leaf(torch), []
    x.register_hook(lambda g: x.register_hook(lambda g: seen.append("late")) and None)
    x.sum().backward()
    first = list(seen)
    x.sum().backward()
    return first, len(seen) > 0


@case
def no_hook_without_grad(torch):
    return raised(lambda: torch.ones(2).register_hook(print))


@case
def a_hook_that_raises(torch):
    def fail(g):
        raise ValueError("from the hook")

    x = leaf(torch)
    x.register_hook(fail)
    return raised(lambda: x.sum().backward()), x.grad


@case
def a_hook_that_raises_leaves_the_modes(torch):
    def fail(g):
        raise ValueError("from the hook")

    h = leaf(torch) * 2
    h.register_hook(fail)
    raised(lambda: h.sum().backward())
    return torch.is_grad_enabled(), torch._C._current_graph_task_id()


@case
def a_hook_that_returns_another_shape(torch):
    def wrong(g):
        return g[:2]

    h = leaf(torch) * 2
    h.register_hook(wrong)
    return raised(lambda: h.sum().backward())


@case
def a_hook_that_returns_another_dtype(torch):
    def wrong(g):
        return g.float()

    h = leaf(torch) * 2
    h.register_hook(wrong)
    return raised(lambda: h.sum().backward())


@case
def a_hook_that_returns_a_number(torch):
    def wrong(g):
        return 3

    h = leaf(torch) * 2
    h.register_hook(wrong)
    return raised(lambda: h.sum().backward())


@case
def a_hook_that_returns_something_that_broadcasts(torch):
    def wrong(g):
        return g.sum()

    h = leaf(torch) * 2
    h.register_hook(wrong)
    return raised(lambda: h.sum().backward())


@case
def a_hook_that_runs_a_backward_itself(torch):
    x, w = leaf(torch), leaf(torch)
    h = x * 2
    h.register_hook(lambda g: (w * g).sum().backward())
    h.sum().backward()
    return x.grad, w.grad


@case
def a_hook_that_runs_backward_on_its_own_leaf(torch):
    x = leaf(torch)
    h = x * 2
    h.register_hook(lambda g: (x * x).sum().backward() if torch.is_grad_enabled() else None)

    def again(g):
        with torch.enable_grad():
            (x * x).sum().backward()

    h.register_hook(again)
    h.sum().backward()
    return x.grad


@case
def grad_mode_in_a_hook(torch):
    x, seen = leaf(torch), []
    h = x * x
    h.register_hook(lambda g: seen.append((torch.is_grad_enabled(), g.requires_grad)))
    h.sum().backward(retain_graph=True)
    h.sum().backward(create_graph=True)
    return seen


@case
def the_gradient_of_a_hook_with_create_graph(torch):
    x = leaf(torch)
    h = x * x
    h.register_hook(lambda g: g * x)
    (first,) = torch.autograd.grad(h.sum(), x, create_graph=True)
    return first, torch.autograd.grad(first.sum(), x)


@case
def a_hook_on_what_is_asked_for(torch):
    x = leaf(torch)
    h = x * 2
    h.register_hook(lambda g: g * 10)
    return torch.autograd.grad((h * h).sum(), h)


@case
def a_hook_beside_the_way_is_not_called(torch):
    x, y, seen = leaf(torch), leaf(torch), []
    a, b = x * 2, y * 3
    b.register_hook(telling(seen, "b"))
    torch.autograd.grad((a + b).sum(), x)
    return seen


@case
def a_hook_sees_the_sum_of_all_paths(torch):
    x, seen = leaf(torch), []
    h = x * 1
    h.register_hook(telling(seen, "h"))
    (h * 2 + h * 3).sum().backward()
    return seen


@case
def hooks_when_a_path_has_no_gradient(torch):
    x, seen = leaf(torch), []
    h = x * 1
    h.register_hook(telling(seen, "h"))
    h.detach().sum().requires_grad_().backward()
    return seen


# On tensors modified in place ----------------------------------------------------------------------------------------


@case
def a_hook_before_a_write_sees_the_old_value(torch):
    x, seen = leaf(torch), []
    h = x * 1
    h.register_hook(telling(seen, "before"))
    h.mul_(5)
    h.register_hook(telling(seen, "after"))
    h.sum().backward()
    return seen, x.grad


@case
def a_replacing_hook_before_a_write(torch):
    x = leaf(torch)
    h = x * 1
    h.register_hook(lambda g: g * 100)
    h.mul_(5)
    h.sum().backward()
    return x.grad


@case
def retain_grad_follows_the_tensor(torch):
    x = leaf(torch)
    h = x * 1
    h.retain_grad()
    h.mul_(5)
    (h * 2).sum().backward()
    return h.grad, x.grad


@case
def retain_grad_after_a_write(torch):
    x = leaf(torch)
    h = x * 1
    h.mul_(5)
    h.retain_grad()
    (h * 2).sum().backward()
    return h.grad


@case
def retain_grad_and_a_write_to_a_part(torch):
    x = leaf(torch)
    h = x * 1
    h.retain_grad()
    h[0] = 7
    (h * 2).sum().backward()
    return h.grad, x.grad


@case
def retain_grad_of_a_view(torch):
    x = leaf(torch)
    v = (x * 1)[1:]
    v.retain_grad()
    (v * 3).sum().backward()
    return v.grad, x.grad


@case
def retain_grad_of_a_view_that_is_written(torch):
    x = leaf(torch)
    h = x * 1
    v = h[1:]
    v.retain_grad()
    v.mul_(4)
    (h * 3).sum().backward()
    return v.grad, x.grad


@case
def retain_grad_of_a_base_whose_view_is_written(torch):
    x = leaf(torch)
    h = x * 1
    h.retain_grad()
    h[1:].mul_(4)
    (h * 3).sum().backward()
    return h.grad, x.grad


@case
def retain_grad_of_a_leaf_does_nothing(torch):
    x = leaf(torch)
    x.retain_grad()
    return x.retains_grad


@case
def retain_grad_without_grad(torch):
    return raised(lambda: torch.ones(2).retain_grad())


@case
def retains_grad(torch):
    h = leaf(torch) * 2
    before = h.retains_grad
    h.retain_grad()
    h.retain_grad()
    return before, h.retains_grad


@case
def retain_grad_comes_after_the_hooks(torch):
    x = leaf(torch)
    h = x * 2
    h.retain_grad()
    h.register_hook(lambda g: g * 10)
    h.sum().backward()
    return h.grad, x.grad


@case
def retained_gradients_add_up(torch):
    h = leaf(torch) * 2
    h.retain_grad()
    h.sum().backward(retain_graph=True)
    h.sum().backward()
    return h.grad


@case
def a_hook_on_a_leaf_written_under_no_grad(torch):
    x, seen = leaf(torch), []
    x.register_hook(telling(seen, "x"))
    with torch.no_grad():
        x.mul_(2)
    (x * x).sum().backward()
    return seen, x.grad


@case
def a_hook_on_a_view_of_a_leaf(torch):
    x, seen = leaf(torch), []
    v = x[1:]
    v.register_hook(telling(seen, "v"))
    (v * 3).sum().backward()
    return seen, x.grad


@case
def a_replacing_hook_on_a_view(torch):
    x = leaf(torch)
    h = x * 1
    v = h[1:]
    v.register_hook(lambda g: g * 10)
    (v.sum() + h.sum()).backward()
    return x.grad


def kept_by_a_view(torch, write):
    """The gradient that a view retains where it is read before a write, after it, and both."""
    found = []
    for use in ("before", "after", "both"):
        x = torch.ones(4, requires_grad=True)
        y = x * 2
        v = y[:2]
        v.retain_grad()
        loss = (v * 3).sum() if use != "after" else 0
        write(y, v)
        loss = loss + (v * 5).sum() if use != "before" else loss
        loss.backward()
        found.append((v.grad, x.grad, v.retains_grad))
    return found


@case
def a_view_retains_its_gradient_where_the_base_is_written(torch):
    return kept_by_a_view(torch, lambda y, v: y.mul_(3))


@case
def a_view_retains_its_gradient_where_another_view_writes_a_part(torch):
    return kept_by_a_view(torch, lambda y, v: y[1:3].mul_(3)), kept_by_a_view(torch, lambda y, v: v[0].mul_(3))


@case
def a_view_retains_its_gradient_where_it_is_written(torch):
    return kept_by_a_view(torch, lambda y, v: v.mul_(3))


@case.better(
    "a write beside the view leaves its value, so both reads count",
    gives=[
        [[3.0, 3.0], [6.0, 6.0, 0.0, 0.0], True],
        [[5.0, 5.0], [10.0, 10.0, 0.0, 0.0], True],
        [[8.0, 8.0], [16.0, 16.0, 0.0, 0.0], True],
    ],
)
def a_view_retains_its_gradient_beside_a_write(torch):
    return kept_by_a_view(torch, lambda y, v: y[2:].mul_(3))


@case
def what_hooks_may_not_return(torch):
    def refused(hook, register, of):
        y = torch.ones(2, requires_grad=True) * 2
        getattr(of(y), register)(hook)
        return raised(lambda: y.sum().backward())

    def itself(y):
        return y

    def function(y):
        return y.grad_fn

    leaf_hooks = []
    for result in (3, torch.ones(2)):
        x = torch.ones(2, requires_grad=True)
        x.register_post_accumulate_grad_hook(lambda x, result=result: result)
        leaf_hooks.append((raised(lambda x=x: (x * 2).sum().backward()), x.grad))
    return (
        [refused(lambda g, r=r: r, "register_hook", itself) for r in (3, torch.ones(3), torch.ones(2).double())],
        [refused(lambda a, b, r=r: r, "register_hook", function) for r in (3, torch.ones(2), (3, None), (None,))],
        [refused(lambda a, r=r: r, "register_prehook", function) for r in (3, torch.ones(2), (3,), (None, None))],
        leaf_hooks,
    )


@case
def a_view_of_complex_numbers_has_a_complex_gradient(torch):
    """Also where only their real parts, or their pairs, are read."""
    x, gradients = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True), []
    for read in (lambda v: v.real, lambda v: v.imag, torch.view_as_real):
        view = x[:]
        view.register_hook(gradients.append)
        (read(view) ** 2).sum().backward()
        gradients += torch.autograd.grad((read(view) ** 2).sum(), view)
    return [*gradients, x.grad]


@case
def elements_of_a_repeated_view_are_picked(torch):
    view = leaf(torch)[:].expand(2, 3)
    picked = view[torch.tensor([0, 1, 1]), torch.tensor([0, 1, 1])]
    return torch.autograd.grad((picked**2).sum(), view)
