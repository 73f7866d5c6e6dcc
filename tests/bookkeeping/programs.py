"""Programs that write what a gradient may need, by name: each gives the leaf and the loss, backward not yet called.

What PyTorch makes of each is in `tests/data/hazards.json`, recorded by `tools/record_hazards.py`.
"""


def overlapping(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    y = h.sin()
    h[:2] = 0
    return x, y.sum()


def beside(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    y = h[2:].sin()
    h[:2] = 0
    return x, y.sum()


def before_the_save(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    h[:2] = 0
    return x, h.sin().sum()


def output_saved(torch):
    x = torch.arange(4.0, requires_grad=True)
    y = x.exp()
    y.mul_(2)
    return x, y.sum()


def nothing_saved(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    y = h + 1
    h.zero_()
    return x, y.sum()


def through_data(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    y = h.sin()
    h.data.clamp_(0, 1)
    return x, y.sum()


def through_data_unneeded(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    y = h + 1
    h.data.clamp_(0, 1)
    return x, y.sum()


def through_detach(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    y = h.sin()
    h.detach().zero_()
    return x, y.sum()


def through_numpy(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    array = h.detach().numpy()
    y = h.sin()
    array[:] = 0
    return x, y.sum()


def through_numpy_taken_later(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    y = h.sin()
    array = h.detach().numpy()
    array[1] = 7
    return x, y.sum()


def numpy_not_written(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    y = h.sin()
    h.detach().numpy().sum()
    return x, y.sum()


def recurrence(torch):
    x = torch.full((5,), 0.5, requires_grad=True)
    d = torch.zeros(5)
    d[0] = 1.0
    for i in range(1, 5):
        d[i] = d[i - 1] * x[i]
    return x, d.sum()


def residual(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    out = h.relu()
    out += h
    return x, out.sum()


def residual_of_a_square(torch):
    x = torch.arange(4.0, requires_grad=True)
    h = x * 2
    y = h.square()
    h += 1
    return x, (y + h).sum()


def masked_attention(torch):
    x = torch.arange(9.0).reshape(3, 3).requires_grad_()
    scores = x @ x
    weights = scores.softmax(-1)
    weights[0, 1:] = 0
    return x, weights.sum()


def masked_before_the_softmax(torch):
    x = torch.arange(9.0).reshape(3, 3).requires_grad_()
    scores = x @ x
    scores.masked_fill_(scores > 50, -1e9)
    return x, scores.softmax(-1)[0, 1]


def normalised_by_hand(torch):
    x = torch.arange(1.0, 5.0, requires_grad=True)
    h = x * 1
    scale = h.norm()
    h /= scale
    return x, h[0]


def step_between_passes(torch):
    x = torch.full((2,), 0.5, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1)
    loss = (x * x).sum()
    loss.backward(retain_graph=True)
    optimizer.step()
    return x, loss


def scale_buffer(torch):
    x = torch.arange(1.0, 4.0, requires_grad=True)
    running = torch.ones(3)
    y = x * running
    running.mul_(0.9)
    return x, y.sum()


def average_without_history(torch):
    x = torch.arange(1.0, 4.0, requires_grad=True)
    target = torch.ones(3)
    y = (x - target).square().mean()
    with torch.no_grad():
        target.lerp_(x, 0.5)
    return x, y


def column_of_a_product(torch):
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    w = torch.ones(3, 3)
    y = x @ w
    w[:, 0] = 5
    return x, y.sum()


def indexed_put(torch):
    x = torch.arange(5.0, requires_grad=True)
    h = x * 1
    y = h.cos()
    h[torch.tensor([0, 3])] = 1
    return x, y.sum()


def view_written(torch):
    x = torch.arange(6.0, requires_grad=True)
    h = (x * 1).view(2, 3)
    y = h.tanh()
    h.t()[0].add_(1)
    return x, y.sum()


def view_written_and_saved_before(torch):
    x = torch.arange(6.0, requires_grad=True)
    h = (x * 1).view(2, 3)
    y = h.log1p()
    h.t()[0].add_(1)
    return x, y.sum()


PROGRAMS = {name: function for name, function in list(globals().items()) if callable(function)}
