"""Views and writes in place: which are allowed, and what gradients they give."""

from ..material import quartet, squares
from ..suite import Cases, raised

case = Cases()
SLICE = "the view stays the slice that it was made as"
CLEAR = "what is written, and what then depends on it, is well defined"


# Views that several come of -------------------------------------------------------------------------------------------


@case.better(CLEAR, gives=[18.0, 36.0, 6.0, 8.0])
def a_piece_of_a_split_is_written(torch):
    x = quartet(torch)
    h = x * 1
    first, _ = h.split(2)
    first.mul_(3)
    return squares(x, h)


@case.better(CLEAR, gives=[2.0, 4.0, 0.0, 8.0])
def one_of_unbound_is_written(torch):
    x = quartet(torch)
    h = x * 1
    h.unbind()[2].zero_()
    return squares(x, h)


@case.better(CLEAR, gives=[2.0, 4.0, 54.0, 72.0])
def a_chunk_is_written(torch):
    x = quartet(torch)
    h = x * 1
    h.chunk(2)[1].mul_(3)
    return squares(x, h)


@case.better(CLEAR, gives=[[1.0, 2.0, 9.0, 4.0], [2.0, 4.0, 0.0, 8.0]])
def a_loop_over_a_tensor_writes_its_rows(torch):
    x = quartet(torch)
    h = x * 1
    for i, row in enumerate(h):
        if i == 2:
            row.fill_(9)
    return h, squares(x, h)


@case
def pieces_of_a_split_are_read_after_a_write_to_the_base(torch):
    x = quartet(torch)
    h = x * 1
    h.mul_(3)
    first, _ = h.split(2)
    return squares(x, first)


@case.better(CLEAR, gives=[18.0, 36.0, 0.0, 0.0])
def a_piece_made_before_a_write_to_the_base(torch):
    x = quartet(torch)
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
    x = quartet(torch)
    h = x * 1
    with torch.no_grad():
        h.split(2)[0].mul_(3)
    return h, squares(x, h)


# Views made without recording -----------------------------------------------------------------------------------------


@case
def a_view_made_under_no_grad_is_written(torch):
    h = quartet(torch) * 1
    with torch.no_grad():
        v = h[:2]
    return raised(lambda: v.mul_(2))


@case
def a_view_made_under_no_grad_is_written_there(torch):
    x = quartet(torch)
    h = x * 1
    with torch.no_grad():
        v = h[:2]
        v.mul_(2)
    return h, v.requires_grad, squares(x, h)


@case
def a_view_of_a_leaf_made_under_no_grad_is_written_there(torch):
    x = quartet(torch)
    with torch.no_grad():
        x[:2].mul_(2)
    return x, x.is_leaf, x._version, squares(x, x)


@case.better("a view of a constant is a view in every mode", gives=None)
def a_view_made_under_no_grad_of_a_constant(torch):
    x = quartet(torch)
    h = torch.zeros(4, dtype=torch.float64)
    with torch.no_grad():
        v = h[:2]
    return raised(lambda: v.add_(x[:2]))


@case
def a_view_made_under_no_grad_is_read(torch):
    h = quartet(torch) * 1
    with torch.no_grad():
        v = h[:2]
    return v, repr(v), v.requires_grad, v.is_leaf, v._is_view(), v._base is h, v.grad_fn, raised(v.numpy)


@case
def a_view_made_in_inference_mode_is_written(torch):
    h = quartet(torch) * 1
    with torch.inference_mode():
        v = h[:2]
    return raised(lambda: v.mul_(2)), v.is_inference()


@case
def a_detached_tensor_is_written(torch):
    x = quartet(torch)
    h = x * 1
    h.detach()[:2] = 0
    return h, h._version, squares(x, h)


@case
def a_view_of_a_detached_tensor_takes_a_gradient(torch):
    x = quartet(torch)
    d = (x * 1).detach()
    d[:2] = x[2:]
    return d.requires_grad, squares(x, d)


# Leaves ---------------------------------------------------------------------------------------------------------------


@case
def a_leaf_is_written(torch):
    x = quartet(torch)
    return raised(lambda: x.mul_(2)), raised(lambda: x.zero_()), raised(lambda: x.copy_(x * 2))


@case
def an_element_of_a_leaf_is_written(torch):
    x = quartet(torch)

    def assign():
        x[0] = 1

    return raised(assign), raised(lambda: x[:2].mul_(2)), raised(lambda: x.view(2, 2)[0].zero_())


@case
def a_leaf_written_under_no_grad_after_use(torch):
    x = quartet(torch)
    y = x.exp()
    with torch.no_grad():
        x.mul_(2)
    y.sum().backward()
    return x, x.grad, x._version


@case.better("the saved values are kept", gives=[2.0, 4.0, 6.0, 8.0])
def a_saved_leaf_written_under_no_grad(torch):
    x = quartet(torch)
    y = x * x
    with torch.no_grad():
        x.mul_(2)
    y.sum().backward()
    return x.grad


@case.better("PyTorch does not see the write, and its gradient is wrong", gives=[2.0, 4.0, 6.0, 8.0])
def a_saved_leaf_written_through_data(torch):
    x = quartet(torch)
    y = x * x
    x.data.mul_(2)
    y.sum().backward()
    return x.grad


@case
def a_constant_becomes_part_of_the_graph(torch):
    x = quartet(torch)
    h = torch.zeros(4, dtype=torch.float64)
    before = h.requires_grad, h.is_leaf
    h[1:3] = x[:2]
    return before, h.requires_grad, h.is_leaf, h.grad_fn.name(), squares(x, h)


@case
def a_view_of_a_constant_becomes_part_of_the_graph(torch):
    x = quartet(torch)
    h = torch.zeros(4, dtype=torch.float64)
    v, w = h[:2], h[1:3]
    v.add_(x[:2])
    return h.requires_grad, v.requires_grad, w.requires_grad, squares(x, w)


@case
def whole_numbers_are_written(torch):
    x = quartet(torch)
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
    h = quartet(torch) * 1
    return raised(lambda: h.requires_grad_(False)), h.requires_grad_(True) is h


@case
def requires_grad_of_whole_numbers(torch):
    return raised(lambda: torch.arange(4).requires_grad_())


# Views and bases written in turn --------------------------------------------------------------------------------------


@case
def a_view_then_its_base(torch):
    x = quartet(torch)
    h = x * 1
    v = h[:2]
    v.mul_(3)
    h.mul_(2)
    return h, squares(x, h)


@case
def a_base_then_its_view(torch):
    x = quartet(torch)
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
    x = quartet(torch)
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
    x = quartet(torch)
    h = x * 1
    v = h.view(2, 2).t()[1].unsqueeze(0)
    v.mul_(3)
    return h, v.grad_fn.name(), squares(x, h)


@case.better(SLICE, gives=[[10.0, 3.0, 4.0], "SliceBackward0", [0.0, 0.0, 6.0, 8.0]])
def a_view_is_read_after_its_base_was_written(torch):
    x = quartet(torch)
    h = x * 1
    v = h[1:]
    h[1] = 10
    return v, v.grad_fn.name(), squares(x, v)


@case.better(
    SLICE,
    gives=["SliceBackward0", "torch::autograd::CopySlices", [0.0, 16.0, 24.0, 8.0]],
)
def the_history_of_a_view_after_a_write_to_another(torch):
    x = quartet(torch)
    h = x * 1
    v, w = h[:3], h[1:]
    v.mul_(2)
    return w.grad_fn.name(), w.grad_fn.next_functions[0][0].name(), squares(x, w)


@case
def a_whole_overwrite_through_a_view(torch):
    x = quartet(torch)
    h = x * 1
    h[:] = 5
    h.sum().backward()
    return h, x.grad


@case
def a_write_of_itself(torch):
    x = quartet(torch)
    h = x * 1
    h[:2] = h[2:]
    h.copy_(h)
    return h, squares(x, h)


@case
def a_write_that_overlaps_what_is_read(torch):
    x = quartet(torch)
    h = x * 1
    h[1:] = h[:3].clone()
    return h, squares(x, h)


@case
def augmented_assignment_to_a_part(torch):
    x = quartet(torch)
    h = x * 1
    h[1:3] += x[:2]
    h[0] *= 2
    return h, h._version, squares(x, h)


@case
def a_write_by_a_mask(torch):
    x = quartet(torch)
    h = x * 1
    h[h > 2] = x[:2]
    return h, h.grad_fn.name(), squares(x, h)


@case
def a_write_by_indices_that_repeat(torch):
    x = quartet(torch)
    h = x * 1
    h.index_put_((torch.tensor([0, 0, 1]),), x[1:], accumulate=True)
    return h, squares(x, h)


@case
def a_write_by_an_index_to_a_view(torch):
    x = quartet(torch)
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
