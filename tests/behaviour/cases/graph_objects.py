"""`grad_fn`, its names and connections, what it saved, and its hooks."""

from ..suite import Cases

case = Cases()


def leaf(torch, *values):
    """A leaf of these values in double precision."""
    return torch.tensor(values or (1.0, 2.0, 3.0), dtype=torch.float64, requires_grad=True)


@case
def names_of_functions(torch):
    x = leaf(torch)
    made = (x * 2, x + x, x.sin(), x[0], x[:2], x.sum(), x.view(3, 1), x.clone(), x.exp(), x @ x, x[[0, 1]])
    return [each.grad_fn.name() for each in made]


@case
def a_leaf_has_no_function(torch):
    x = leaf(torch)
    return x.grad_fn, x.is_leaf, torch.ones(2).grad_fn
