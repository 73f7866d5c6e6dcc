"""Views and writes in place: which are allowed, what gradients they give, how versions are counted."""

from ..suite import Cases, raised

case = Cases()
SLICE = "the view stays the slice that it was made as"
UNSEEN = "PyTorch does not see the swap, and its gradient is that of the new values"
CLEAR = "what is written, and what then depends on it, is well defined"
ORDER = "several elements are one place: what remains would depend on the order of the writes"
OVERLAP = (
    "RuntimeError: unsupported operation: more than one element of the written-to tensor refers to a single memory "
    "location. Please clone() the tensor before performing the operation."
)


def leaf(torch, *values):
    """A leaf of these values in double precision."""
    return torch.tensor(values or (1.0, 2.0, 3.0, 4.0), dtype=torch.float64, requires_grad=True)


def squares(x, *tensors):
    """The gradient for `x` of the sum of the squares of these tensors."""
    sum((t * t).sum() for t in tensors).backward()
    return x.grad


# Views that several come of -------------------------------------------------------------------------------------------


@case.better(CLEAR, gives=[18.0, 36.0, 6.0, 8.0])
def a_piece_of_a_split_is_written(torch):
    x = leaf(torch)
    h = x * 1
    first, _ = h.split(2)
    first.mul_(3)
    return squares(x, h)


@case.better(CLEAR, gives=[2.0, 4.0, 0.0, 8.0])
def one_of_unbound_is_written(torch):
    x = leaf(torch)
    h = x * 1
    h.unbind()[2].zero_()
    return squares(x, h)


@case.better(CLEAR, gives=[2.0, 4.0, 54.0, 72.0])
def a_chunk_is_written(torch):
    x = leaf(torch)
    h = x * 1
    h.chunk(2)[1].mul_(3)
    return squares(x, h)


@case.better(CLEAR, gives=[[1.0, 2.0, 9.0, 4.0], [2.0, 4.0, 0.0, 8.0]])
def a_loop_over_a_tensor_writes_its_rows(torch):
    x = leaf(torch)
    h = x * 1
    for i, row in enumerate(h):
        if i == 2:
            row.fill_(9)
    return h, squares(x, h)


@case
def pieces_of_a_split_are_read_after_a_write_to_the_base(torch):
    x = leaf(torch)
    h = x * 1
    h.mul_(3)
    first, _ = h.split(2)
    return squares(x, first)


@case.better(CLEAR, gives=[18.0, 36.0, 0.0, 0.0])
def a_piece_made_before_a_write_to_the_base(torch):
    x = leaf(torch)
    h = x * 1
    first, _ = h.split(2)
    h.mul_(3)
    return squares(x, first)


@case
def pieces_without_grad_may_be_written(torch):
    h = torch.arange(4.0)
    h.split(2)[0].mul_(3)
    h.unbind()[3].zero_()
    return h


@case
def a_piece_under_no_grad_is_written(torch):
    x = leaf(torch)
    h = x * 1
    with torch.no_grad():
        h.split(2)[0].mul_(3)
    return h, squares(x, h)


# Views made without recording -----------------------------------------------------------------------------------------


@case
def a_view_made_under_no_grad_is_written(torch):
    h = leaf(torch) * 1
    with torch.no_grad():
        v = h[:2]
    return raised(lambda: v.mul_(2))


@case
def a_view_made_under_no_grad_is_written_there(torch):
    x = leaf(torch)
    h = x * 1
    with torch.no_grad():
        v = h[:2]
        v.mul_(2)
    return h, v.requires_grad, squares(x, h)


@case
def a_view_of_a_leaf_made_under_no_grad_is_written_there(torch):
    x = leaf(torch)
    with torch.no_grad():
        x[:2].mul_(2)
    return x, x.is_leaf, x._version, squares(x, x)


@case.better("a view of a constant is a view in every mode", gives=None)
def a_view_made_under_no_grad_of_a_constant(torch):
    x = leaf(torch)
    h = torch.zeros(4, dtype=torch.float64)
    with torch.no_grad():
        v = h[:2]
    return raised(lambda: v.add_(x[:2]))


@case
def a_view_made_under_no_grad_is_read(torch):
    h = leaf(torch) * 1
    with torch.no_grad():
        v = h[:2]
    return v, repr(v), v.requires_grad, v.is_leaf, v._is_view(), v._base is h, v.grad_fn, raised(v.numpy)


@case
def a_view_made_in_inference_mode_is_written(torch):
    h = leaf(torch) * 1
    with torch.inference_mode():
        v = h[:2]
    return raised(lambda: v.mul_(2)), v.is_inference()


@case
def a_detached_tensor_is_written(torch):
    x = leaf(torch)
    h = x * 1
    h.detach()[:2] = 0
    return h, h._version, squares(x, h)


@case
def a_view_of_a_detached_tensor_takes_a_gradient(torch):
    x = leaf(torch)
    d = (x * 1).detach()
    d[:2] = x[2:]
    return d.requires_grad, squares(x, d)


# Leaves ---------------------------------------------------------------------------------------------------------------


@case
def a_leaf_is_written(torch):
    x = leaf(torch)
    return raised(lambda: x.mul_(2)), raised(lambda: x.zero_()), raised(lambda: x.copy_(x * 2))


@case
def an_element_of_a_leaf_is_written(torch):
    x = leaf(torch)

    def assign():
        x[0] = 1

    return raised(assign), raised(lambda: x[:2].mul_(2)), raised(lambda: x.view(2, 2)[0].zero_())


@case
def a_leaf_written_under_no_grad_after_use(torch):
    x = leaf(torch)
    y = x.exp()
    with torch.no_grad():
        x.mul_(2)
    y.sum().backward()
    return x, x.grad, x._version


@case.better("the saved values are kept", gives=[2.0, 4.0, 6.0, 8.0])
def a_saved_leaf_written_under_no_grad(torch):
    x = leaf(torch)
    y = x * x
    with torch.no_grad():
        x.mul_(2)
    y.sum().backward()
    return x.grad


@case.better("PyTorch does not see the write, and its gradient is wrong", gives=[2.0, 4.0, 6.0, 8.0])
def a_saved_leaf_written_through_data(torch):
    x = leaf(torch)
    y = x * x
    x.data.mul_(2)
    y.sum().backward()
    return x.grad


@case
def a_constant_becomes_part_of_the_graph(torch):
    x = leaf(torch)
    h = torch.zeros(4, dtype=torch.float64)
    before = h.requires_grad, h.is_leaf
    h[1:3] = x[:2]
    return before, h.requires_grad, h.is_leaf, h.grad_fn.name(), squares(x, h)


@case
def a_view_of_a_constant_becomes_part_of_the_graph(torch):
    x = leaf(torch)
    h = torch.zeros(4, dtype=torch.float64)
    v, w = h[:2], h[1:3]
    v.add_(x[:2])
    return h.requires_grad, v.requires_grad, w.requires_grad, squares(x, w)


@case
def whole_numbers_are_written(torch):
    x = leaf(torch)
    h = torch.zeros(4, dtype=torch.int64)
    h.copy_(x)
    return h, h.requires_grad


@case.better("a view that was made of a constant stays one", gives=[False, True, True])
def requires_grad_after_a_view_was_made(torch):
    x = torch.arange(4.0)
    v = x[:2]
    x.requires_grad_()
    return v.requires_grad, v.is_leaf, x[:2].requires_grad


@case
def requires_grad_of_a_result_cannot_be_taken_back(torch):
    h = leaf(torch) * 1
    return raised(lambda: h.requires_grad_(False)), h.requires_grad_(True) is h


@case
def requires_grad_of_whole_numbers(torch):
    return raised(lambda: torch.arange(4).requires_grad_())


# Views and bases written in turn --------------------------------------------------------------------------------------


@case
def a_view_then_its_base(torch):
    x = leaf(torch)
    h = x * 1
    v = h[:2]
    v.mul_(3)
    h.mul_(2)
    return h, squares(x, h)


@case
def a_base_then_its_view(torch):
    x = leaf(torch)
    h = x * 1
    v = h[:2]
    h.mul_(2)
    v.mul_(3)
    return v, squares(x, v)


@case.better(
    "the values were kept",
    gives=[
        [8103.0839276, 8886110.5205079, 16.0, 16.0],
        [8103.0839276, 16.0],
        [1575839259.2959323, 0.0, 256.0, 0.0],
    ],
)
def turns_of_view_and_base(torch):
    x = leaf(torch)
    h = x * 1
    v, w = h[:2], h.view(2, 2)[:, 0]
    v.mul_(2)
    w.add_(1)
    h.mul_(h)
    v.exp_()
    return h, w, squares(x, w)


@case.better(
    SLICE,
    gives=[[1.0, 6.0, 3.0, 12.0], "UnsqueezeBackward0", [2.0, 36.0, 6.0, 72.0]],
)
def a_view_of_a_view_of_a_view(torch):
    x = leaf(torch)
    h = x * 1
    v = h.view(2, 2).t()[1].unsqueeze(0)
    v.mul_(3)
    return h, v.grad_fn.name(), squares(x, h)


@case.better(SLICE, gives=[[10.0, 3.0, 4.0], "SliceBackward0", [0.0, 0.0, 6.0, 8.0]])
def a_view_is_read_after_its_base_was_written(torch):
    x = leaf(torch)
    h = x * 1
    v = h[1:]
    h[1] = 10
    return v, v.grad_fn.name(), squares(x, v)


@case.better(
    SLICE,
    gives=["SliceBackward0", "torch::autograd::CopySlices", [0.0, 16.0, 24.0, 8.0]],
)
def the_history_of_a_view_after_a_write_to_another(torch):
    x = leaf(torch)
    h = x * 1
    v, w = h[:3], h[1:]
    v.mul_(2)
    return w.grad_fn.name(), w.grad_fn.next_functions[0][0].name(), squares(x, w)


@case
def a_whole_overwrite_through_a_view(torch):
    x = leaf(torch)
    h = x * 1
    h[:] = 5
    h.sum().backward()
    return h, x.grad


@case
def a_write_of_itself(torch):
    x = leaf(torch)
    h = x * 1
    h[:2] = h[2:]
    h.copy_(h)
    return h, squares(x, h)


@case
def a_write_that_overlaps_what_is_read(torch):
    x = leaf(torch)
    h = x * 1
    h[1:] = h[:3].clone()
    return h, squares(x, h)


@case
def augmented_assignment_to_a_part(torch):
    x = leaf(torch)
    h = x * 1
    h[1:3] += x[:2]
    h[0] *= 2
    return h, h._version, squares(x, h)


@case
def a_write_by_a_mask(torch):
    x = leaf(torch)
    h = x * 1
    h[h > 2] = x[:2]
    return h, h.grad_fn.name(), squares(x, h)


@case
def a_write_by_indices_that_repeat(torch):
    x = leaf(torch)
    h = x * 1
    h.index_put_((torch.tensor([0, 0, 1]),), x[1:], accumulate=True)
    return h, squares(x, h)


@case
def a_write_by_an_index_to_a_view(torch):
    x = leaf(torch)
    h = x * 1
    v = h.view(2, 2)
    v[torch.tensor([1, 0]), torch.tensor([0, 1])] = x[:2]
    return h, squares(x, h)


@case
def versions(torch):
    h = torch.zeros(4)
    v, d, a = h[:2], h.detach(), h.data
    h.add_(1)
    v.add_(1)
    d.add_(1)
    a.add_(1)
    with torch.no_grad():
        h.add_(1)
    return h._version, v._version, d._version, a._version


@case
def bases(torch):
    h = torch.zeros(4)
    v = h[:2]
    w = v.view(2, 1)
    return h._base is None, v._base is h, w._base is h, h.detach()._base is None, h.detach()._is_view(), w._is_view()


# Expanded and strided -------------------------------------------------------------------------------------------------


@case
def an_expanded_tensor_is_written(torch):
    h = (leaf(torch) * 1).view(4, 1).expand(4, 2)
    return raised(lambda: h.add_(1)), raised(lambda: h.copy_(torch.ones(4, 2))), raised(lambda: h.exp_())


@case
def an_expanded_tensor_is_filled(torch):
    x = leaf(torch)
    h = (x * 1).view(4, 1).expand(4, 2)
    h.zero_()
    return h


@case
def a_base_is_written_under_an_expanded_view(torch):
    x = leaf(torch)
    h = (x * 1).view(4, 1)
    e = h.expand(4, 3)
    h.mul_(2)
    return e, squares(x, e)


@case
def overlapping_windows_are_read(torch):
    x = leaf(torch)
    h = x * 1
    w = h.unfold(0, 2, 1)
    h[1] = 5
    return w, squares(x, w)


@case.better(ORDER, gives=OVERLAP)
def overlapping_windows_are_written(torch):
    w = (leaf(torch) * 1).unfold(0, 2, 1)
    return raised(lambda: w.mul_(2))


@case
def as_strided_is_read(torch):
    x = leaf(torch)
    h = x * 1
    return squares(x, h.as_strided((3, 2), (1, 1)))


@case
def as_strided_is_written(torch):
    x = leaf(torch)
    h = x * 1
    h.as_strided((2,), (2,), 1).mul_(3)
    return h, squares(x, h)


@case.better(ORDER, gives=OVERLAP)
def as_strided_with_overlaps_is_written(torch):
    w = (leaf(torch) * 1).as_strided((3, 2), (1, 1))
    return raised(lambda: w.mul_(2))


@case.better("the gradient goes to the elements that were read", gives=[2.0, 4.0, 0.0, 0.0])
def as_strided_of_a_view_reaches_its_base(torch):
    x = leaf(torch)
    h = x * 1
    v = h[2:]
    return squares(x, v.as_strided((2,), (1,), 0))


@case
def a_diagonal_is_written(torch):
    x = leaf(torch)
    h = (x * 1).view(2, 2)
    h.diagonal().mul_(3)
    return h, squares(x, h)


# Other dtypes ---------------------------------------------------------------------------------------------------------


@case
def copy_between_dtypes(torch):
    x = leaf(torch)
    h = torch.zeros(4, dtype=torch.float32)
    h.copy_(x)
    (h * h).sum().backward()
    return h, h.dtype, x.grad, x.grad.dtype


@case
def copy_from_complex_numbers(torch):
    z = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True)
    h = torch.zeros(2, dtype=torch.float64)
    h.copy_(z)
    (h * h).sum().backward()
    return h, z.grad


@case
def copy_into_complex_numbers(torch):
    x = leaf(torch)
    h = torch.zeros(4, dtype=torch.complex128)
    h.copy_(x)
    (h * h.conj()).real.sum().backward()
    return h, x.grad


@case
def the_real_part_is_written(torch):
    z = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True)
    h = z * 1
    h.real.mul_(3)
    (h * h.conj()).real.sum().backward()
    return h, z.grad


@case
def pairs_of_complex_numbers_are_written(torch):
    z = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True)
    h = z * 1
    torch.view_as_real(h)[:, 1] = 0
    (h * h.conj()).real.sum().backward()
    return h, z.grad


@case
def a_view_of_another_dtype(torch):
    h = torch.arange(4, dtype=torch.int32)
    v = h.view(torch.uint8)
    v[0] = 9
    return h, v.shape, v.dtype, h._version, v._base is h


@case
def a_view_of_another_dtype_has_no_gradient(torch):
    h = leaf(torch) * 1
    v = h.view(torch.int64)
    return v.requires_grad, h.view(torch.float32).requires_grad


@case
def a_result_of_another_dtype_is_refused(torch):
    h = torch.arange(4)
    return raised(lambda: h.div_(2)), raised(lambda: h.add_(0.5)), raised(lambda: h.mul_(leaf(torch)))


# The memory of a tensor is changed ------------------------------------------------------------------------------------


@case
def data_is_swapped(torch):
    x = leaf(torch)
    x.data = torch.full((4,), 3.0, dtype=torch.float64)
    (x * x).sum().backward()
    return x, x.grad, x.is_leaf


@case.better(
    UNSEEN,
    gives=[[3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 6.0, 8.0]],
)
def data_is_swapped_between_forward_and_backward(torch):
    x = leaf(torch)
    y = x * x
    x.data = torch.full((4,), 3.0, dtype=torch.float64)
    y.sum().backward()
    return x, x.grad


@case
def data_of_another_shape(torch):
    x = leaf(torch)
    x.data = torch.ones(2, dtype=torch.float64)
    (x * x).sum().backward()
    return x.shape, x.grad


@case
def data_of_whole_numbers(torch):
    x = leaf(torch)

    def swap():
        x.data = torch.arange(4)

    return raised(swap)


@case
def data_is_an_alias(torch):
    x = leaf(torch)
    x.data[0] = 9
    return x, x.data.requires_grad, x._version, x.data._version


@case
def resize_of_what_requires_grad(torch):
    x = leaf(torch)
    return raised(lambda: x.resize_(2)), raised(lambda: (x * 1).resize_(2))


@case
def resize_of_a_constant(torch):
    h = torch.arange(6.0)
    h.resize_(2, 2)
    return h, h._version


@case
def set_on_a_leaf(torch):
    x = leaf(torch)
    return raised(lambda: x.set_(torch.ones(2, dtype=torch.float64)))


@case
def set_on_a_leaf_under_no_grad(torch):
    x = leaf(torch)
    with torch.no_grad():
        x.set_(torch.full((2,), 5.0, dtype=torch.float64))
    (x * x).sum().backward()
    return x, x.grad, x.is_leaf


@case
def detach_in_place(torch):
    h = leaf(torch) * 1
    h.detach_()
    return h.requires_grad, h.is_leaf, h.grad_fn


@case
def detach_in_place_of_a_view(torch):
    v = (leaf(torch) * 1)[:2]
    return raised(lambda: v.detach_())


@case
def transpose_in_place(torch):
    x = leaf(torch)
    h = (x * 1).view(2, 2) * 1
    h.t_()
    h[0].mul_(3)
    return h, h.grad_fn.name(), squares(x, h)


@case
def squeeze_in_place(torch):
    x = leaf(torch)
    h = (x * 1).view(1, 4) * 1
    h.squeeze_()
    h.unsqueeze_(1)
    return h.shape, h.grad_fn.name(), squares(x, h)


# Between forward and backward -----------------------------------------------------------------------------------------


@case.better("the value was kept", gives=[0.5403023, -0.4161468, -0.9899925, -0.6536436])
def a_saved_value_is_overwritten(torch):
    x = leaf(torch)
    h = x * 1
    y = h.sin()
    h.zero_()
    y.sum().backward()
    return x.grad


@case.better("the value was kept", gives=[2.7182818, 7.3890561, 20.0855369, 54.5981500])
def a_saved_result_is_overwritten(torch):
    x = leaf(torch)
    y = x.exp()
    z = y.sum()
    y.add_(1)
    z.backward()
    return x.grad


@case.better("other elements were written than are needed", gives=[0.0, 0.0, -0.9899925, -0.6536436])
def elements_beside_those_saved_are_written(torch):
    x = leaf(torch)
    h = x * 1
    y = h[2:].sin()
    h[:2] = 0
    y.sum().backward()
    return x.grad


@case.better("element i is not element i - 1", gives=[43.0, 19.0, 10.0, 10.0])
def a_recurrence_in_place(torch):
    x = leaf(torch)
    d = torch.ones(4, dtype=torch.float64)
    for i in range(1, 4):
        d[i] = d[i - 1] * x[i - 1]
    (d.sum() * x[3] + x[0] + d[3]).backward()
    return x.grad


@case
def what_is_not_needed_may_be_overwritten(torch):
    x = leaf(torch)
    h = x * 2
    y = h + 1
    h.zero_()
    y.sum().backward()
    return x.grad


@case.better("the value was kept", gives=[0.3932239, 0.2099872, 0.0903533, 0.0353254])
def a_result_is_written_by_its_own_tensor(torch):
    x = leaf(torch)
    h = x * 1
    h.sigmoid_().mul_(2)
    h.sum().backward()
    return x.grad


@case.better(
    "the history of what was overwritten is freed at once: no gradient reaches what led to it only", gives=None
)
def a_whole_overwrite_leaves_no_gradient(torch):
    x = leaf(torch)
    h = x * 2
    h.zero_()
    (h + torch.ones(4, dtype=torch.float64, requires_grad=True)).sum().backward()
    return x.grad


@case
def gradients_of_a_graph_written_under_no_grad(torch):
    x = leaf(torch)
    h = x * 2
    y = h * 3
    with torch.no_grad():
        h.mul_(100)
    y.sum().backward()
    return x.grad


@case
def a_gradient_is_written(torch):
    x = leaf(torch)
    (x * x).sum().backward()
    x.grad.zero_()
    (x * 3).sum().backward()
    return x.grad


@case
def a_gradient_is_the_same_tensor_in_every_pass(torch):
    x = leaf(torch)
    (x * x).sum().backward()
    first = x.grad
    (x * x).sum().backward()
    return first is x.grad, first


@case
def a_gradient_of_another_shape_is_refused(torch):
    x = leaf(torch)

    def assign(value):
        def call():
            x.grad = value

        return raised(call)

    return assign(torch.ones(2, dtype=torch.float64)), assign(torch.ones(4)), assign(3), assign(x)


# In hooks and in custom functions -------------------------------------------------------------------------------------


@case
def a_hook_writes_a_leaf(torch):
    x = leaf(torch)
    h = x * 2

    def write(g):
        with torch.no_grad():
            x.zero_()

    h.register_hook(write)
    h.sum().backward()
    return x, x.grad


@case
def a_hook_writes_the_gradient(torch):
    x = leaf(torch)
    h = x * 2
    h.register_hook(lambda g: g.clone().mul_(10))
    h.sum().backward()
    return x.grad


@case.better("the value was kept", gives=[2.0, 4.0, 6.0, 8.0])
def a_hook_overwrites_what_is_still_needed(torch):
    x = leaf(torch)
    h = x * x
    y = h * 1

    def write(g):
        with torch.no_grad():
            x.zero_()

    y.register_hook(write)
    y.sum().backward()
    return x.grad


@case
def a_custom_function_writes_its_input(torch):
    class Triple(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(3)

        @staticmethod
        def backward(ctx, g):
            return g * 3

    x = leaf(torch)
    h = x * 1
    y = Triple.apply(h)
    return y is h, h.grad_fn.name(), squares(x, h)


@case
def a_custom_function_writes_a_leaf(torch):
    class Triple(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(3)

        @staticmethod
        def backward(ctx, g):
            return g * 3

    return raised(lambda: Triple.apply(leaf(torch)))


@case
def a_view_that_a_custom_function_returns_is_written(torch):
    class Head(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x[:2]

        @staticmethod
        def backward(ctx, g):
            return torch.cat([g, torch.zeros_like(g)])

    v = Head.apply(leaf(torch) * 1)
    return raised(lambda: v.mul_(2))


@case
def what_is_written_inside_a_custom_function(torch):
    class Halves(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            buffer = torch.zeros_like(x)
            buffer[:2] = x[:2]
            buffer[2:] = x[2:] * 2
            return buffer

        @staticmethod
        def backward(ctx, g):
            g = g.clone()
            g[2:] *= 2
            return g

    x = leaf(torch)
    return squares(x, Halves.apply(x))


@case.better(
    "one value may be written where an element is seen twice",
    gives=[0.0, 0.0, 0.0, 1.9982828848737382, -4.071650785973568, -5.370240652806559],
)
def elements_seen_twice_are_set_to_zero_and_differentiated_twice(torch):
    def function(x):
        y = x * 1
        y.expand(2, 2, 3)[:, :1].zero_()
        return (y**3).sum() + y.exp().sum()

    x = torch.arange(6.0, dtype=torch.float64).reshape(2, 3).sin()
    return torch.autograd.functional.hessian(function, x).reshape(6, 6).diagonal()
