"""The classic hazards of writing over what a gradient still needs, one program each.

A program takes the module that stands for `torch` and returns its `locals()`; every tensor left there is compared. One
found by chance is printed by the failing test in this very form: paste it here, name it, and say in a sentence what it
shows.
"""


def leaf(torch, *numbers):
    return torch.tensor(list(numbers), dtype=torch.float64, requires_grad=True)


def exp_then_write_part_of_it(torch):
    """`exp` keeps its result; a write that starts elsewhere in the result destroys part of it."""
    x = leaf(torch, 0.5, -0.3, 1.1, 0.2)
    e = x.exp()
    s = e.sum()
    e[1:3] = 0.0
    loss = s + (e * 2.0).sum()
    g = torch.autograd.grad(loss, [x])
    return locals()


def sqrt_then_scale_its_result(torch):
    """`sqrt` divides by its result, of which half is scaled afterwards."""
    x = leaf(torch, 0.5, 2.0, 1.5)
    r = x.sqrt()
    y = r * 1.0
    r[::2] *= 3.0
    loss = (y * r).sum()
    g = torch.autograd.grad(loss, [x])
    return locals()


def recurrence_in_place(torch):
    """Element i is not element i - 1: a recurrence over a preallocated array loses nothing."""
    w = leaf(torch, 0.5, -0.8, 1.2, 0.7)
    d = torch.zeros(5, dtype=torch.float64)
    d[0] = 1.0
    for i in range(1, 5):
        d[i] = d[i - 1] * w[i - 1] + w[i - 1]
    g = torch.autograd.grad(d.sum(), [w])
    return locals()


def swap_rows(torch):
    """Rows are exchanged through a copy, then used with different weights."""
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dtype=torch.float64, requires_grad=True)
    y = x * x
    row = y[0].clone()
    y[0] = y[2]
    y[2] = row
    loss = (y[0] * 2.0 + y[2] * 3.0).sum()
    g = torch.autograd.grad(loss, [x])
    return locals()


def swap_by_advanced_index(torch):
    """An advanced read is a copy, so both rows may be exchanged in one statement."""
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dtype=torch.float64, requires_grad=True)
    y = x.sin()
    y[[0, 2]] = y[[2, 0]]
    loss = (y[0] * 2.0 + y[2] * y[1]).sum()
    g = torch.autograd.grad(loss, [x])
    return locals()


def view_made_before_its_base_is_written(torch):
    """A view shows what its base holds when the view is read."""
    a = torch.tensor([[0.5, 1.5], [-1.0, 2.0]], dtype=torch.float64, requires_grad=True)
    x = a * 1.0
    y = x[0]
    before = y.sin()
    x.mul_(a)
    loss = (before + y * y).sum()
    g = torch.autograd.grad(loss, [a])
    return locals()


def relu_in_place_after_matmul(torch):
    """`relu_` keeps its result, so it may overwrite a product that nothing else needs."""
    w = torch.tensor([[0.5, -1.0], [1.5, 0.3]], dtype=torch.float64, requires_grad=True)
    x = torch.tensor([[1.0, 2.0], [-1.0, 0.5]], dtype=torch.float64, requires_grad=True)
    h = x @ w
    h.relu_()
    h += x
    loss = (h @ w).tanh().sum()
    g = torch.autograd.grad(loss, [w, x])
    return locals()


def write_through_data_after_saving(torch):
    """A write through `.data` is not part of the history, and must not reach what was saved."""
    x = leaf(torch, 0.5, -1.0, 2.0)
    y = (x * x).sum()
    x.data.mul_(10.0)
    x.data[1] = 7.0
    g = torch.autograd.grad(y, [x])
    return locals()


def write_through_detach_between_two_reads(torch):
    """After a write through `detach()` the new values are read, with the derivative of the old ones."""
    x = leaf(torch, 0.5, -1.0, 2.0)
    h = x.sin()
    first = h * h
    h.detach()[:2].fill_(3.0)
    loss = (first + h * h).sum()
    g = torch.autograd.grad(loss, [x])
    return locals()


def view_of_a_view_at_another_offset(torch):
    """Saved through one view, overwritten through a view of another view that starts elsewhere."""
    x = leaf(torch, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    h = x.tanh()
    s = h[1:5].exp()
    h[2:][1:3].mul_(5.0)
    loss = (s * h[1:5]).sum()
    g = torch.autograd.grad(loss, [x])
    return locals()


def write_through_a_transpose(torch):
    """Rows of a transpose are columns of the base."""
    a = torch.tensor([[0.5, 1.5, 1.0], [-1.0, 2.0, 0.3]], dtype=torch.float64, requires_grad=True)
    h = a * 2.0
    squares = h * h
    h.t()[1] = a[:, 0].cos()
    h.t()[2].add_(h.t()[1])
    loss = (squares * h).sum()
    g = torch.autograd.grad(loss, [a])
    return locals()


def expanded_read_of_an_overwritten_base(torch):
    """Four readers of each element through an expanded view, and the base overwritten between two reads."""
    x = leaf(torch, 0.5, -1.0, 2.0)
    h = x * 1.0
    wide = h.expand(4, 3)
    first = (wide * wide).sum()
    h.sin_()
    loss = first + (wide * torch.linspace(0.5, 2.0, 12, dtype=torch.float64).reshape(4, 3)).sum()
    g = torch.autograd.grad(loss, [x])
    return locals()


def product_with_itself_in_place(torch):
    """Both factors are the memory that is written."""
    x = leaf(torch, 0.5, -1.0, 2.0)
    h = x + 1.0
    h.mul_(h)
    h *= h
    g = torch.autograd.grad(h.sum(), [x])
    return locals()


def shift_within_one_array(torch):
    """The right-hand side is computed before any element is written."""
    x = leaf(torch, 0.5, -1.0, 2.0, 0.7)
    h = x.sin()
    h[1:] = h[:-1] * h[1:]
    h[:-1] -= h[1:] * 0.5
    loss = (h * h).sum()
    g = torch.autograd.grad(loss, [x])
    return locals()


def index_overwritten_after_use(torch):
    """The integers of an advanced read are saved too, and so is a mask."""
    x = leaf(torch, 0.5, -1.0, 2.0)
    i = torch.tensor([2, 0])
    m = torch.tensor([True, False, True])
    y = (x * x)[i]
    z = torch.where(m, x, x * 3.0)
    i.zero_()
    m.fill_(False)
    loss = (y * torch.linspace(1.0, 2.0, 2, dtype=torch.float64)).sum() + (z * z).sum()
    g = torch.autograd.grad(loss, [x])
    return locals()


def step_of_descent_between_two_passes(torch):
    """The second pass over a graph uses the weights that the graph was made with."""
    w = torch.tensor([[0.5, -1.0], [1.5, 0.3]], dtype=torch.float64, requires_grad=True)
    x = leaf(torch, 1.0, -2.0)
    loss = ((w @ x).tanh() @ w).sum()
    loss.backward(retain_graph=True)
    first = w.grad.clone()
    with torch.no_grad():
        w.sub_(first, alpha=0.1)
    loss.backward()
    second, other = w.grad, x.grad
    return locals()


def columns_of_a_matrix_one_by_one(torch):
    """Columns interleave in memory: writing one leaves the saved ones whole."""
    a = torch.tensor([[0.5, 1.5, 1.0], [-1.0, 2.0, 0.3]], dtype=torch.float64, requires_grad=True)
    h = a * 1.0
    for j in range(1, 3):
        h[:, j] = h[:, j - 1] * h[:, j] + h[:, j - 1].sin()
    g = torch.autograd.grad((h * h).sum(), [a])
    return locals()


def elimination_in_place(torch):
    """Gaussian elimination over its own matrix; the product of the pivots is the determinant."""
    a = torch.tensor([[2.0, 0.5, 1.0], [-1.0, 3.0, 0.3], [0.4, -0.2, 2.5]], dtype=torch.float64, requires_grad=True)
    u = a.clone()
    for k in range(2):
        for i in range(k + 1, 3):
            u[i, k:] -= u[k, k:] * (u[i, k] / u[k, k])
    determinant = u.diagonal().prod()
    g = torch.autograd.grad(determinant, [a])
    return locals()


def second_derivative_after_overwriting(torch):
    """A second order gradient needs what the first pass saved, overwritten or not."""
    x = leaf(torch, 0.5, -1.0, 2.0)
    h = x.exp()
    loss = (h * x.sin()).sum()
    g = torch.autograd.grad(loss, [x], create_graph=True)
    h.mul_(0.5)
    h.data[0] = 4.0
    k = torch.autograd.grad((g[0] * g[0]).sum(), [x])
    return locals()


def detached_memory_with_a_history_of_its_own(torch):
    """What is written to a detached tensor with history gives it one; the original keeps its own."""
    x, w = leaf(torch, 0.5, -1.0, 2.0), leaf(torch, 1.5, 0.5, -0.5)
    h = x * 2.0
    d = h.detach()
    d.mul_(w)
    d[0] = w[1] * 3.0
    loss = (d * d).sum() + (h * h).sum()
    g = torch.autograd.grad(loss, [x, w])
    return locals()


def hook_before_and_after_a_write(torch):
    """A hook reports the gradient of the values at the time it was put, `retain_grad()` of the last ones."""
    x = leaf(torch, 0.5, -1.0, 2.0)
    h = x * 1.0
    seen1, seen2 = [], []
    h.retain_grad()
    h.register_hook(seen1.append)
    h[1:] *= 3.0
    h.register_hook(seen2.append)
    (h * h).sum().backward()
    kept, g = h.grad, x.grad
    return locals()


HAZARDS = [value for name, value in list(globals().items()) if callable(value) and name != "leaf"]
