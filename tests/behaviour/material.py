"""What cases of several modules are made of: leaves, custom functions, hooks that tell what they saw."""


def leaf(torch, *values):
    """A leaf of these values in double precision."""
    return torch.tensor(values or (1.0, 2.0, 3.0), dtype=torch.float64, requires_grad=True)


def quartet(torch, *values):
    """A leaf of these values, four where none are given."""
    return leaf(torch, *(values or (1.0, 2.0, 3.0, 4.0)))


def squares(x, *tensors):
    """The gradient for `x` of the sum of the squares of these tensors."""
    sum((t * t).sum() for t in tensors).backward()
    return x.grad


def telling(seen, name):
    """A hook that notes its name and the gradient."""
    return lambda *given: seen.append((name, list(given)))


def made(torch, forward, backward, **members):
    """A function of this forward and backward."""
    members = {"forward": staticmethod(forward), "backward": staticmethod(backward), **members}
    return type("Made", (torch.autograd.Function,), members)


def cube(torch):
    """x * x * x, that can be differentiated again."""

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * 3 * x * x

    return made(torch, forward, backward)


def passing(torch, backward=None):
    """A function that returns a copy of its inputs' sum."""

    def forward(ctx, *inputs):
        return sum(x for x in inputs if isinstance(x, torch.Tensor)) * 1

    return made(torch, forward, backward or (lambda ctx, gradient: gradient))
