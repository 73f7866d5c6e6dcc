"""Hooks on tensors, on nodes and on many tensors at once: their order, their removal, what they may return."""

from ..suite import Cases, raised

case = Cases()


def leaf(torch, *values):
    """A leaf of these values in double precision."""
    return torch.tensor(values or (1.0, 2.0, 3.0), dtype=torch.float64, requires_grad=True)


def telling(seen, name):
    """A hook that notes its name and the gradient."""
    return lambda *given: seen.append((name, list(given)))


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
