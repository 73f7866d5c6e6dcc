"""`functionalize`, `rearrange` and `replace_all_batch_norm_modules_`."""

from ..suite import Cases, raised

case = Cases()


def written(x):
    """A program of writes to memory of its own."""
    y = x * 2
    y.add_(1)
    y.view(1, 3).mul_(3)
    return y


def writes_its_argument(x):
    """A program that writes to what it was given."""
    return x.add_(1)


@case
def a_function_that_writes(torch):
    return torch.func.functionalize(written)(torch.ones(3)), torch.func.functionalize(written).__name__


@case
def what_is_written_in_the_argument(torch):
    x = torch.ones(3)
    y = torch.func.functionalize(writes_its_argument)(x)
    return x, y, y is x, y.data_ptr() == x.data_ptr()


@case
def a_view_of_the_argument(torch):
    x = torch.ones(3)
    kept = torch.func.functionalize(lambda x: x.view(1, 3))(x)
    removed = torch.func.functionalize(lambda x: x.view(1, 3), remove="mutations_and_views")(x)
    return kept.data_ptr() == x.data_ptr(), removed.data_ptr() == x.data_ptr(), removed.shape


@case
def what_cannot_be_removed(torch):
    return raised(lambda: torch.func.functionalize(written, remove="everything"))


@case
def results_that_are_no_tensors(torch):
    return torch.func.functionalize(lambda x, *, k: {"a": [x * k, 3]})(torch.ones(2), k=2.0)


@case
def an_argument_that_requires_grad(torch):
    return raised(lambda: torch.func.functionalize(writes_its_argument)(torch.ones(3, requires_grad=True)))


@case
def functionalized_and_transformed(torch):
    x, function = torch.ones(2, 3), torch.func.functionalize(written)
    gradient = torch.func.grad(lambda x: function(x).sum())
    outside = torch.func.functionalize(torch.func.grad(lambda x: written(x).sum()))
    return torch.vmap(function)(x), gradient(x[0]), torch.vmap(gradient)(x), outside(x[0])


# Rearranging --------------------------------------------------------------------------------------------------------


def rearranged(torch, *patterns, **lengths):
    """What each pattern gives: shape and a weighted sum, or what it raises."""

    def one(pattern):
        found = torch.func.rearrange(torch.arange(24.0).reshape(2, 3, 4), pattern, **lengths)
        return found.shape, (found.flatten() * torch.arange(24.0)).sum()

    results = []
    for pattern in patterns:
        try:
            results.append(one(pattern))
        except Exception as error:
            results.append(raised(lambda error=error: _raise(error)))
    return results


def _raise(error):
    raise error


@case
def orders_joins_and_splits(torch):
    return rearranged(
        torch,
        *("a b c -> c b a", "a b c -> (a b) c", "a b c -> (c a) b", "a b c -> a b c 1", "a b c -> () a b c"),
        *("... c -> c ...", "a ... -> a (...)", "a ... b -> b ... a", "... -> (...)", "a ... c -> ... (a c)"),
        *("a b c->c  b a", "a (b 1) c -> a b c", "(a 1) b c -> a b c", "a b c -> (a 1 b) c", "a b c ... -> ... a b c"),
    )


@case
def lengths_given(torch):
    return (
        rearranged(torch, "a (b c) d -> a b c d", "a (b c) d -> (a c) (d b)", b=3),
        rearranged(torch, "(a b) c d -> b a c d", a=2, b=1),
        rearranged(torch, "a b c -> c b a", z=2),
        rearranged(torch, "a b c -> c b a", a=2.0),
    )


@case
def patterns_that_make_no_sense(torch):
    return rearranged(
        torch,
        *("a b c", "a b c -> a b -> a", "a b c -> a b", "a b c -> a b c d", "a b -> b a", "a b c 1 -> a b c"),
        *("a b c -> a a b c", "a b c -> a ((b) c)", "a b c -> a (b", "a ) b -> a b", "a b c -> a b 2c", "a,b -> a b"),
        *("a b c -> a b c ...", "a (b ...) -> a b ...", "a .. c -> a c", "... a ... -> a ...", "a 3 c -> a c"),
        *("a b c -> a b c 0", "a _b c -> a c _b", "a b_ c -> a c b_", "a b c ... d -> a b c d ..."),
    )


@case.better("sizes that do not fit are told by the names in the pattern", gives=[
    "Exception: cannot infer the sizes of two dimensions at once b and c",
    "Exception: Dimension sizes to do not match (3 != 6) when matching dimension pack (b, c)",
])  # fmt: skip
def sizes_that_do_not_fit(torch):
    open_sizes = rearranged(torch, "a (b c) d -> a b c d")
    return [*open_sizes, *rearranged(torch, "a (b c) d -> a b c d", b=3, c=2)]


@case
def a_list_is_stacked(torch):
    x = torch.arange(6.0).reshape(2, 3)
    return torch.func.rearrange([x, x + 1], "n a b -> a (n b)")


@case
def gradients_through_a_rearrangement(torch):
    def function(x):
        return (torch.func.rearrange(x, "a (b c) -> c (a b)", b=2) ** 3)[0].sum()

    x = torch.arange(12.0, dtype=torch.float64).reshape(3, 4)
    return torch.func.grad(function)(x), torch.vmap(torch.func.grad(function))(torch.stack([x, x + 1]))


@case
def a_rearrangement_is_a_view(torch):
    x = torch.zeros(2, 3)
    torch.func.rearrange(x, "a b -> b a").add_(torch.arange(2.0))
    return x


# Batch normalisation ------------------------------------------------------------------------------------------------


@case
def batch_normalisation_for_samples(torch):
    nn = torch.nn
    model = nn.Sequential(
        nn.BatchNorm1d(2), nn.Sequential(nn.BatchNorm2d(2)), nn.InstanceNorm1d(2, track_running_stats=True)
    )
    same = torch.func.replace_all_batch_norm_modules_(model) is model
    told = [(m.running_mean is None, m.track_running_stats) for m in (model[0], model[1][0], model[2])]
    x = torch.arange(12.0).reshape(3, 2, 2).sin()
    return same, told, torch.vmap(model[0])(x)
