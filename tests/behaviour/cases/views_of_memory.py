"""Views that are expanded, strided or of other dtypes, and memory that is changed under a tensor."""

from ..material import quartet, squares
from ..suite import Cases, raised

case = Cases()
UNSEEN = "PyTorch does not see the swap, and its gradient is that of the new values"
ORDER = "several elements are one place: what remains would depend on the order of the writes"
OVERLAP = (
    "RuntimeError: unsupported operation: more than one element of the written-to tensor refers to a single memory "
    "location. Please clone() the tensor before performing the operation."
)


# Expanded and strided -------------------------------------------------------------------------------------------------


@case
def an_expanded_tensor_is_written(torch):
    h = (quartet(torch) * 1).view(4, 1).expand(4, 2)
    return raised(lambda: h.add_(1)), raised(lambda: h.copy_(torch.ones(4, 2))), raised(lambda: h.exp_())


@case
def an_expanded_tensor_is_filled(torch):
    x = quartet(torch)
    h = (x * 1).view(4, 1).expand(4, 2)
    h.zero_()
    return h


@case
def a_base_is_written_under_an_expanded_view(torch):
    x = quartet(torch)
    h = (x * 1).view(4, 1)
    e = h.expand(4, 3)
    h.mul_(2)
    return e, squares(x, e)


@case
def overlapping_windows_are_read(torch):
    x = quartet(torch)
    h = x * 1
    w = h.unfold(0, 2, 1)
    h[1] = 5
    return w, squares(x, w)


@case.better(ORDER, gives=OVERLAP)
def overlapping_windows_are_written(torch):
    w = (quartet(torch) * 1).unfold(0, 2, 1)
    return raised(lambda: w.mul_(2))


@case
def as_strided_is_read(torch):
    x = quartet(torch)
    h = x * 1
    return squares(x, h.as_strided((3, 2), (1, 1)))


@case
def as_strided_is_written(torch):
    x = quartet(torch)
    h = x * 1
    h.as_strided((2,), (2,), 1).mul_(3)
    return h, squares(x, h)


@case.better(ORDER, gives=OVERLAP)
def as_strided_with_overlaps_is_written(torch):
    w = (quartet(torch) * 1).as_strided((3, 2), (1, 1))
    return raised(lambda: w.mul_(2))


@case.better("the gradient goes to the elements that were read", gives=[2.0, 4.0, 0.0, 0.0])
def as_strided_of_a_view_reaches_its_base(torch):
    x = quartet(torch)
    h = x * 1
    v = h[2:]
    return squares(x, v.as_strided((2,), (1,), 0))


@case
def a_diagonal_is_written(torch):
    x = quartet(torch)
    h = (x * 1).view(2, 2)
    h.diagonal().mul_(3)
    return h, squares(x, h)


# Other dtypes ---------------------------------------------------------------------------------------------------------


@case
def copy_between_dtypes(torch):
    x = quartet(torch)
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
    x = quartet(torch)
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
    h = quartet(torch) * 1
    v = h.view(torch.int64)
    return v.requires_grad, h.view(torch.float32).requires_grad


@case
def a_result_of_another_dtype_is_refused(torch):
    h = torch.arange(4)
    return raised(lambda: h.div_(2)), raised(lambda: h.add_(0.5)), raised(lambda: h.mul_(quartet(torch)))


# The memory of a tensor is changed ------------------------------------------------------------------------------------


@case
def data_is_swapped(torch):
    x = quartet(torch)
    x.data = torch.full((4,), 3.0, dtype=torch.float64)
    (x * x).sum().backward()
    return x, x.grad, x.is_leaf


@case.better(
    UNSEEN,
    gives=[[3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 6.0, 8.0]],
)
def data_is_swapped_between_forward_and_backward(torch):
    x = quartet(torch)
    y = x * x
    x.data = torch.full((4,), 3.0, dtype=torch.float64)
    y.sum().backward()
    return x, x.grad


@case
def data_of_another_shape(torch):
    x = quartet(torch)
    x.data = torch.ones(2, dtype=torch.float64)
    (x * x).sum().backward()
    return x.shape, x.grad


@case
def data_of_whole_numbers(torch):
    x = quartet(torch)

    def swap():
        x.data = torch.arange(4)

    return raised(swap)


@case
def data_is_an_alias(torch):
    x = quartet(torch)
    x.data[0] = 9
    return x, x.data.requires_grad, x._version, x.data._version


@case
def resize_of_what_requires_grad(torch):
    x = quartet(torch)
    return raised(lambda: x.resize_(2)), raised(lambda: (x * 1).resize_(2))


@case
def resize_of_a_constant(torch):
    h = torch.arange(6.0)
    h.resize_(2, 2)
    return h, h._version


@case
def set_on_a_leaf(torch):
    x = quartet(torch)
    return raised(lambda: x.set_(torch.ones(2, dtype=torch.float64)))


@case
def set_on_a_leaf_under_no_grad(torch):
    x = quartet(torch)
    with torch.no_grad():
        x.set_(torch.full((2,), 5.0, dtype=torch.float64))
    (x * x).sum().backward()
    return x, x.grad, x.is_leaf


@case
def detach_in_place(torch):
    h = quartet(torch) * 1
    h.detach_()
    return h.requires_grad, h.is_leaf, h.grad_fn


@case
def detach_in_place_of_a_view(torch):
    v = (quartet(torch) * 1)[:2]
    return raised(lambda: v.detach_())


@case
def transpose_in_place(torch):
    x = quartet(torch)
    h = (x * 1).view(2, 2) * 1
    h.t_()
    h[0].mul_(3)
    return h, h.grad_fn.name(), squares(x, h)


@case
def squeeze_in_place(torch):
    x = quartet(torch)
    h = (x * 1).view(1, 4) * 1
    h.squeeze_()
    h.unsqueeze_(1)
    return h.shape, h.grad_fn.name(), squares(x, h)


@case
def a_part_of_complex_numbers_is_assigned(torch):
    x = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True)
    h = x * 1
    h.imag = torch.zeros(2, dtype=torch.float64)
    h.real = h.real * 2
    h.abs().sum().backward()
    z = torch.ones(2, dtype=torch.complex64)
    z.real = 3.0
    return [h, x.grad, z, raised(lambda: setattr(torch.ones(2), "imag", 0.0))]
