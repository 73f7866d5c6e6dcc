"""`grad_fn`: its name, its connections, what it saved; and edges of the graph in place of tensors."""

from ..material import leaf
from ..suite import Cases, raised

case = Cases()


# Names and connections ------------------------------------------------------------------------------------------------


@case
def names_of_functions(torch):
    x = leaf(torch)
    made = (x * 2, x + x, x.sin(), x[0], x[:2], x.sum(), x.view(3, 1), x.clone(), x.exp(), x @ x, x[[0, 1]])
    return [each.grad_fn.name() for each in made]


@case
def names_of_functions_in_place(torch):
    x = leaf(torch)
    names = []
    for write in (
        lambda h: h.mul_(2),
        lambda h: h.exp_(),
        lambda h: h.zero_(),
        lambda h: h.fill_(1),
        lambda h: h.copy_(x),
        lambda h: h.relu_(),
    ):
        names.append(write(x * 1).grad_fn.name())
    h = x * 1
    h[0] = 5
    names.append(h.grad_fn.name())
    h[:2].mul_(2)
    names.append(h.grad_fn.name())
    names.append(h[:2].grad_fn.name())
    return names


@case
def a_leaf_has_no_function(torch):
    x = leaf(torch)
    return x.grad_fn, x.is_leaf, torch.ones(2).grad_fn


@case
def a_view_of_a_leaf_has_one(torch):
    x = leaf(torch)
    return x[:2].grad_fn.name(), x[:2].is_leaf, x.detach().is_leaf


@case
def the_class_has_the_name(torch):
    fn = (leaf(torch) * 2).grad_fn
    return type(fn).__name__, repr(fn).split(" ")[0], str(type(fn))


@case
def a_function_cannot_be_made(torch):
    return raised(lambda: type((leaf(torch) * 2).grad_fn)())


@case
def next_functions_of_a_product(torch):
    x = leaf(torch)
    y = (x * 2) * x.sin()
    return [(fn.name(), number) for fn, number in y.grad_fn.next_functions]


@case
def next_functions_of_a_number_are_none(torch):
    return [fn is None for fn, _ in (leaf(torch) * 2).grad_fn.next_functions]


@case
def next_functions_lead_to_the_leaf(torch):
    x = leaf(torch)
    fn = x.sin().grad_fn.next_functions[0][0]
    return fn.name(), fn.variable is x, fn.next_functions


@case
def next_functions_of_a_view(torch):
    x = leaf(torch)
    fn = (x * 2)[1:].grad_fn
    return fn.name(), [(each.name(), number) for each, number in fn.next_functions]


@case
def next_functions_of_views_of_views(torch):
    x = leaf(torch)
    fn, names = (x * 2).view(3, 1).t()[0].grad_fn, []
    while fn is not None:
        names.append(fn.name())
        fn = fn.next_functions[0][0] if fn.next_functions else None
    return names


@case
def next_functions_name_the_output(torch):
    x = leaf(torch)
    values, _ = (x * 1).sort()
    low, _ = torch.max((x * 1).view(1, 3), 1)
    return values.sin().grad_fn.next_functions[0][1], low.sin().grad_fn.next_functions[0][1]


@case
def outputs_of_one_operation_share_its_function(torch):
    a, b, c = (leaf(torch) * 1).unbind()
    return a.output_nr, c.output_nr, a.grad_fn.name(), torch.equal(b, a + 1)


@case
def one_function_is_one_object(torch):
    x = leaf(torch)
    y = x * 2
    z = y.sin() + y.cos()
    first, second = (fn.next_functions[0][0] for fn, _ in z.grad_fn.next_functions)
    return y.grad_fn is y.grad_fn, first is second, first is y.grad_fn, hash(y.grad_fn) == hash(y.grad_fn)


@case
def the_leaf_has_one_node(torch):
    x = leaf(torch)
    first, second = x.sin().grad_fn.next_functions[0][0], x.cos().grad_fn.next_functions[0][0]
    return first is second


@case
def functions_are_nodes(torch):
    x = leaf(torch)
    y = x * 2
    node = torch.autograd.graph.Node
    return isinstance(y.grad_fn, node), isinstance(y.grad_fn.next_functions[0][0], node), isinstance(x, node)


@case
def a_custom_function_is_a_node(torch):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    y = Double.apply(leaf(torch))
    fn = y.grad_fn
    return (
        fn.name(),
        isinstance(fn, torch.autograd.graph.Node),
        [each.name() for each, _ in fn.next_functions],
        fn.metadata,
    )


@case
def metadata_stays_with_the_node(torch):
    y = leaf(torch) * 2
    y.grad_fn.metadata["note"] = 1
    return y.grad_fn.metadata, y.sin().grad_fn.next_functions[0][0].metadata, y.cos().grad_fn.metadata


@case
def metadata_of_a_leaf_node(torch):
    x = leaf(torch)
    node = x.sin().grad_fn.next_functions[0][0]
    node.metadata["note"] = 1
    return x.cos().grad_fn.next_functions[0][0].metadata


@case
def what_a_function_has_not(torch):
    fn = (leaf(torch) * 2).grad_fn
    return raised(lambda: fn.foo), raised(lambda: fn._saved_foo), raised(lambda: fn.variable)


@case
def a_function_can_be_called(torch):
    x = leaf(torch)
    y = torch.ones(3, dtype=torch.float64)
    with torch.no_grad():
        return x.sin().grad_fn(y), (x * x).grad_fn(y)


@case
def a_called_function_is_recorded(torch):
    x = leaf(torch)
    g = (x.pow(3)).grad_fn(torch.ones(3, dtype=torch.float64))
    (second,) = torch.autograd.grad(g.sum(), x)
    return g, second


@case
def sequence_numbers_rise(torch):
    x = leaf(torch)
    y = x * 2
    z = y.sin()
    return z.grad_fn._sequence_nr() > y.grad_fn._sequence_nr()


@case
def what_gradient_a_function_takes(torch):
    fn = (leaf(torch) * 2).view(3, 1).grad_fn
    (about,) = fn._input_metadata
    return tuple(about.shape), about.dtype


# What was saved -------------------------------------------------------------------------------------------------------


@case
def saved_inputs(torch):
    x, y = leaf(torch), leaf(torch, 4.0, 5.0, 6.0)
    fn = (x * y).grad_fn
    return fn._saved_self, fn._saved_other


@case
def saved_results(torch):
    x = leaf(torch)
    return x.exp().grad_fn._saved_result, x.tanh().grad_fn._saved_result, x.sqrt().grad_fn._saved_result


@case
def what_is_not_needed_is_not_saved(torch):
    x = leaf(torch)
    fn = (x * torch.ones(3, dtype=torch.float64)).grad_fn
    return fn._saved_self, fn._saved_other


@case
def saved_parameters(torch):
    x = leaf(torch)
    return (
        x.pow(2).grad_fn._saved_exponent,
        x.softmax(0).grad_fn._saved_dim,
        x.clamp(0, 1).grad_fn._saved_max,
        x.sum(0).grad_fn._saved_dim,
        x.sum(0).grad_fn._saved_keepdim,
    )


@case
def saved_sizes(torch):
    x = leaf(torch)
    m = x.view(3, 1)
    return (
        x.sum().grad_fn._saved_self_sym_sizes,
        x.mean().grad_fn._saved_self_sym_numel,
        m.expand(3, 2).grad_fn._saved_self_sym_sizes,
        m.grad_fn._saved_self_sym_sizes,
    )


@case
def saved_indices(torch):
    x = leaf(torch)
    return x.max(0)[0].grad_fn._saved_indices, x[[0, 2]].grad_fn._saved_indices


@case
def saved_by_views(torch):
    m = leaf(torch, *range(1, 13)).view(3, 4)
    select, slice, permuted = m[1].grad_fn, m[:, 1:3].grad_fn, m.permute(1, 0).grad_fn
    return (
        (select._saved_dim, select._saved_index),
        (m.select(1, 2).grad_fn._saved_dim, m.select(1, 2).grad_fn._saved_index),
        (slice._saved_dim, slice._saved_start, slice._saved_end, slice._saved_step),
        permuted._saved_dims,
        m.diagonal(1).grad_fn._saved_offset,
    )


@case
def a_saved_leaf_is_the_leaf(torch):
    x = leaf(torch)
    y = x.pow(2)
    return x is y.grad_fn._saved_self


@case
def a_saved_input_is_the_input(torch):
    h = leaf(torch) * 2
    y = h.sin()
    return h is y.grad_fn._saved_self, h is y.grad_fn._raw_saved_self.unpack()


@case
def a_saved_result_is_another_tensor_of_the_same_history(torch):
    y = leaf(torch).exp()
    saved = y.grad_fn._saved_result
    return saved is y, torch.equal(saved, y), saved.requires_grad, saved.data_ptr() == y.data_ptr()


@case
def saved_values_can_be_differentiated(torch):
    x = leaf(torch)
    y = (x * 2).sin()
    return torch.autograd.grad(y.grad_fn._saved_self.sum(), x)


@case
def saved_values_are_freed(torch):
    x = leaf(torch)
    y = x.sin()
    y.sum().backward()
    return raised(lambda: y.grad_fn._saved_self)


@case
def saved_values_are_kept_with_the_graph(torch):
    x = leaf(torch)
    y = x.sin()
    y.sum().backward(retain_graph=True)
    return y.grad_fn._saved_self is x


@case.better("the value was kept when it was overwritten", gives=[2.0, 4.0, 6.0])
def a_saved_value_that_was_overwritten(torch):
    h = leaf(torch) * 2
    y = h.sin()
    h.add_(1)
    return y.grad_fn._saved_self


@case
def names_of_what_was_saved(torch):
    x = leaf(torch)
    return [name for name in dir((x * x).grad_fn) if "saved" in name]


@case
def saved_by_a_custom_function(torch):
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * x * g

    x = leaf(torch)
    fn = Square.apply(x).grad_fn
    return fn.saved_tensors[0] is x, [type(each).__name__ for each in fn._raw_saved_tensors]


# Hooks on one saved value ---------------------------------------------------------------------------------------------


@case
def hooks_of_a_saved_value(torch):
    x = leaf(torch)
    y = x.sin()
    seen = []

    def pack(value):
        seen.append("pack")
        return value.tolist()

    def unpack(values):
        seen.append("unpack")
        return torch.tensor(values, dtype=torch.float64)

    y.grad_fn._raw_saved_self.register_hooks(pack, unpack)
    (g,) = torch.autograd.grad(y.sum(), x)
    return seen, g


@case
def hooks_of_a_saved_value_twice(torch):
    y = leaf(torch).sin()
    raw = y.grad_fn._raw_saved_self
    raw.register_hooks(lambda x: x, lambda x: x)
    return raised(lambda: raw.register_hooks(lambda x: x, lambda x: x))


@case
def hooks_of_a_value_that_is_freed(torch):
    y = leaf(torch).sin()
    y.sum().backward()
    return raised(lambda: y.grad_fn._raw_saved_self.register_hooks(lambda x: x, lambda x: x))


@case
def hooks_of_nothing(torch):
    y = leaf(torch) * 2
    fn = y.grad_fn
    return raised(lambda: fn._raw_saved_self.register_hooks(lambda x: x, lambda x: x))


@case
def a_pack_hook_that_writes(torch):
    y = leaf(torch).sin()
    raw = y.grad_fn._raw_saved_self
    return raised(lambda: raw.register_hooks(lambda x: x.mul_(2), lambda x: x))


@case
def a_raw_value_tells_its_hooks(torch):
    y = leaf(torch).sin()
    raw = y.grad_fn._raw_saved_self
    raw.register_hooks(lambda x: 7, lambda x: x)
    return callable(raw.unpack_hook)


# Edges ----------------------------------------------------------------------------------------------------------------


@case
def an_edge_of_a_result(torch):
    x = leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(x * 2)
    return edge.node.name(), edge.output_nr, len(edge)


@case
def an_edge_of_a_leaf(torch):
    x = leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(x)
    return edge.node.name(), edge.output_nr, edge.node.variable is x


@case
def an_edge_of_a_view(torch):
    x = leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(x[1:])
    return edge.node.name(), edge.output_nr


@case
def no_edge_without_grad(torch):
    return raised(lambda: torch.autograd.graph.get_gradient_edge(torch.ones(2)))


@case
def an_edge_keeps_the_graph_not_the_tensor(torch):
    x = leaf(torch)
    h = x * 2
    edge = torch.autograd.graph.get_gradient_edge(h)
    y = h.sin().sum()
    del h
    return torch.autograd.grad(y, edge)


@case
def a_gradient_from_an_edge(torch):
    x = leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(x.sin().sum())
    return torch.autograd.grad(edge, x)


@case
def a_gradient_from_an_edge_with_a_cotangent(torch):
    x = leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(x * x)
    return torch.autograd.grad(edge, x, torch.tensor([1.0, 0.0, 2.0], dtype=torch.float64))


@case
def a_gradient_for_an_edge_of_a_leaf(torch):
    x = leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(x)
    return torch.autograd.grad(x.exp().sum(), edge)


@case
def a_gradient_for_an_edge_of_a_view(torch):
    x = leaf(torch)
    v = (x * 2)[1:]
    edge = torch.autograd.graph.get_gradient_edge(v)
    return torch.autograd.grad((v * v).sum(), edge)


@case
def edges_and_tensors_together(torch):
    x, y = leaf(torch), leaf(torch, 4.0, 5.0, 6.0)
    edge = torch.autograd.graph.get_gradient_edge(x * y)
    total = (x + y).sum()
    return torch.autograd.grad((edge, total), (x, y), (torch.ones(3, dtype=torch.float64), None))


@case
def backward_from_an_edge(torch):
    x = leaf(torch)
    torch.autograd.backward(torch.autograd.graph.get_gradient_edge((x * x).sum()))
    return x.grad


@case
def backward_to_an_edge(torch):
    x, y = leaf(torch), leaf(torch)
    (x * y).sum().backward(inputs=torch.autograd.graph.get_gradient_edge(x))
    return x.grad, y.grad


@case
def an_edge_made_by_hand(torch):
    x = leaf(torch)
    y = x * x
    edge = torch.autograd.graph.GradientEdge(y.grad_fn, 0)
    return torch.autograd.grad(edge, x, torch.ones(3, dtype=torch.float64))


@case
def an_edge_of_several_numbers_needs_a_cotangent(torch):
    x = leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(x * x)
    return raised(lambda: torch.autograd.grad(edge, x))


@case
def an_edge_with_a_cotangent_of_another_shape(torch):
    x = leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(x * x)
    return raised(lambda: torch.autograd.grad(edge, x, torch.ones(2, dtype=torch.float64)))


@case
def zeros_cannot_stand_for_an_edge(torch):
    x, y = leaf(torch), leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(y)
    return (
        raised(lambda: torch.autograd.grad(x.sum(), edge, materialize_grads=True)),
        torch.autograd.grad(y.sum(), edge, materialize_grads=True),
    )


@case
def an_unused_edge(torch):
    x, y = leaf(torch), leaf(torch)
    edge = torch.autograd.graph.get_gradient_edge(y * 2)
    return raised(lambda: torch.autograd.grad(x.sum(), edge)), torch.autograd.grad(x.sum(), edge, allow_unused=True)


@case
def second_derivatives_through_an_edge(torch):
    x = leaf(torch)
    h = x * x
    edge = torch.autograd.graph.get_gradient_edge(h)
    (first,) = torch.autograd.grad((h * h).sum(), edge, create_graph=True)
    return torch.autograd.grad(first.sum(), x)


# Counters and numbers -------------------------------------------------------------------------------------------------


@case
def increment_version(torch):
    a, b = torch.ones(2), torch.ones(2)
    torch.autograd.graph.increment_version(a)
    torch.autograd.graph.increment_version([a, b])
    return a._version, b._version


@case
def increment_version_of_something_else(torch):
    return raised(lambda: torch.autograd.graph.increment_version(3))


@case
def the_number_of_a_pass(torch):
    x = leaf(torch)
    h = x * 2
    numbers = []
    h.register_hook(lambda g: numbers.append(torch._C._current_graph_task_id()))
    h.sum().backward(retain_graph=True)
    h.sum().backward()
    return torch._C._current_graph_task_id(), len(set(numbers)), min(numbers) >= 0


def functions_before(x):
    """The names of the next functions."""
    return [(None if fn is None else fn.name(), number) for fn, number in x.grad_fn.next_functions]


@case
def what_a_write_to_a_part_leads_to(torch):
    found = []
    for value in (1.0, torch.ones(2, requires_grad=True), torch.ones(2)):
        h = torch.ones(4, requires_grad=True) * 1
        h[:2] = value
        found.append(functions_before(h))
        h[1:3].mul_(2)
        found.append(functions_before(h))
    constant = torch.ones(4)
    constant[:2] = torch.ones(2, requires_grad=True)
    return found, functions_before(constant)


@case
def rows_of_an_iteration(torch):
    rows = list(torch.ones(2, 3, requires_grad=True))
    return [(row.grad_fn.name(), row.output_nr) for row in rows]


@case
def parameters_are_listed_among_what_is_saved(torch):
    x = torch.ones(2, 3, requires_grad=True)
    nodes = [x.softmax(1), x.var(1), x.norm(), x.add(x, alpha=2), x.clamp(0, 1), x.cumsum(1)]
    wanted = ("dim", "result", "correction", "keepdim", "ord", "alpha", "max", "min")
    return [[name for name in wanted if f"_saved_{name}" in dir(y.grad_fn)] for y in nodes]
