"""`torch.vmap`: what is mapped, batching of operations, in place, randomness, and what one sample cannot be asked."""

from ..suite import Cases, raised

case = Cases()


def grid(torch, *shape, shift=0.0):
    """Values between -2 and 2 in double precision, no two alike."""
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * 1.7 + shift).sin().reshape(shape) * 2


def gradients(torch, function, *tensors):
    """The gradients of a weighted sum of what a function of tensors gives."""
    leaves = [x.clone().requires_grad_() for x in tensors]
    out = function(*leaves)
    (out * grid(torch, *out.shape, shift=0.3)).sum().backward()
    return [x.grad for x in leaves]


def others(torch):
    """Three samples more."""
    return grid(torch, 3, 4, shift=0.5)


def rows(torch):
    """Three samples."""
    return grid(torch, 3, 4)


def weights(torch):
    """A matrix."""
    return grid(torch, 4, 4, shift=0.7)


def vector(torch):
    """One sample."""
    return grid(torch, 4, shift=0.9)


def places(torch):
    """Indices for three samples."""
    return torch.tensor([[0, 1], [2, 3], [1, 1]])


@case
def sines(torch):
    return torch.vmap(torch.sin)(rows(torch))


@case
def dot_products(torch):
    return torch.vmap(torch.dot)(rows(torch), others(torch))


@case
def over_the_second_dimension(torch):
    return torch.vmap(lambda x: x * 2, in_dims=1, out_dims=1)(rows(torch))


@case
def over_a_negative_dimension(torch):
    return torch.vmap(lambda x: x.sum(), in_dims=-1)(rows(torch))


@case
def one_argument_alone(torch):
    return torch.vmap(lambda x, w: x @ w, in_dims=(0, None))(rows(torch), weights(torch))


@case
def matrix_times_samples(torch):
    return torch.vmap(lambda x, w: w @ x, in_dims=(0, None))(rows(torch), weights(torch))


@case
def structures_of_arguments(torch):
    return torch.vmap(lambda d: d["a"] + d["b"][0], in_dims=({"a": 0, "b": [None]},))(
        {"a": rows(torch), "b": [vector(torch)]}
    )


@case
def structures_of_results(torch):
    return torch.vmap(lambda x: {"sum": x.sum(), "both": (x, -x)})(rows(torch))


@case
def places_of_results(torch):
    return torch.vmap(lambda x: (x, x.sum()), out_dims=(1, 0))(rows(torch))


@case
def a_result_of_no_sample(torch):
    return torch.vmap(lambda x: torch.ones(2))(rows(torch))


@case
def a_result_that_is_not_mapped(torch):
    return torch.vmap(lambda x: torch.ones(2), out_dims=None)(rows(torch))


@case
def no_samples(torch):
    return torch.vmap(lambda x: x * 2)(torch.zeros(0, 3))


@case
def chunks_of_1(torch):
    return torch.vmap(lambda x: x.cumsum(0), chunk_size=1)(rows(torch))


@case
def chunks_of_2(torch):
    return torch.vmap(lambda x: x.cumsum(0), chunk_size=2)(rows(torch))


@case
def chunks_of_5(torch):
    return torch.vmap(lambda x: x.cumsum(0), chunk_size=5)(rows(torch))


@case
def nested(torch):
    return torch.vmap(torch.vmap(torch.mul, in_dims=(None, 0)), in_dims=(0, None))(rows(torch), others(torch))


@case
def keywords_are_not_mapped(torch):
    return torch.vmap(lambda x, *, w: x @ w)(rows(torch), w=weights(torch))


@case
def whole_numbers(torch):
    return torch.vmap(lambda x: x // 2 + x % 3)(torch.arange(12).reshape(3, 4))


@case
def largest_index(torch):
    return torch.vmap(lambda x: x.argmax())(rows(torch))


@case
def dtypes(torch):
    return torch.vmap(lambda x: (x > 0, x.float(), x.long()))(rows(torch))


@case
def own_indices(torch):
    return torch.vmap(lambda x, i: x[i])(rows(torch), places(torch))


@case
def one_table(torch):
    return torch.vmap(lambda w, i: w[i], in_dims=(None, 0))(weights(torch), places(torch))


@case
def indices_of_columns(torch):
    return torch.vmap(lambda w, i: w[:, i], in_dims=(None, 0))(weights(torch), places(torch))


@case
def indices_apart(torch):
    return torch.vmap(lambda w, i: w[i, :, i], in_dims=(None, 0))(grid(torch, 4, 2, 4), places(torch))


@case
def shared_indices(torch):
    return torch.vmap(lambda x, i: x[i], in_dims=(0, None))(rows(torch), torch.tensor([1, 1]))


@case
def own_indices_backward(torch):
    return gradients(
        torch,
        lambda x: torch.vmap(lambda x, i: x[i] ** 2)(x, places(torch)),
        rows(torch),
    )


@case
def one_table_backward(torch):
    return gradients(
        torch,
        lambda w: torch.vmap(lambda w, i: w[i] ** 2, in_dims=(None, 0))(w, places(torch)),
        weights(torch),
    )


@case
def gather_backward(torch):
    return gradients(
        torch,
        lambda x: torch.vmap(lambda x, i: x.gather(0, i) ** 2)(x, places(torch)),
        rows(torch),
    )


@case
def matrix_product_backward(torch):
    def mapped(x, w):
        return torch.vmap(lambda x, w: (x @ w).sin(), in_dims=(0, None))(x, w)

    return gradients(torch, mapped, rows(torch), weights(torch))


@case
def product_with_samples_backward(torch):
    def mapped(x, w):
        return torch.vmap(lambda x, w: (w @ x).sin(), in_dims=(0, None))(x, w)

    return gradients(torch, mapped, rows(torch), weights(torch))


@case
def linear_backward(torch):
    def mapped(x, w):
        return torch.vmap(lambda x, w: torch.nn.functional.linear(x, w, w[0]), in_dims=(0, None))(x, w)

    return gradients(torch, mapped, rows(torch), weights(torch))


@case
def cat_backward(torch):
    def mapped(x, w):
        return torch.vmap(lambda x, w: torch.cat([x, w[0], x]), in_dims=(0, None))(x, w)

    return gradients(torch, mapped, rows(torch), weights(torch))


@case
def stack_backward(torch):
    def mapped(x, w):
        return torch.vmap(lambda x, w: torch.stack([x, w[0], x], 1), in_dims=(0, None))(x, w)

    return gradients(torch, mapped, rows(torch), weights(torch))


@case
def einsum_backward(torch):
    def mapped(x, w):
        return torch.vmap(lambda x, w: torch.einsum("i,ij,j->j", x, w, x), in_dims=(0, None))(x, w)

    return gradients(torch, mapped, rows(torch), weights(torch))


@case
def softmax_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: torch.softmax(x, 0))(x)

    return gradients(torch, mapped, rows(torch))


@case
def log_softmax_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: torch.log_softmax(x, -1))(x)

    return gradients(torch, mapped, rows(torch))


@case
def sort_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.sort(descending=True)[0])(x)

    return gradients(torch, mapped, rows(torch))


@case
def topk_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.topk(2)[0])(x)

    return gradients(torch, mapped, rows(torch))


@case
def amax_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.amax())(x)

    return gradients(torch, mapped, rows(torch))


@case
def variance_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.var())(x)

    return gradients(torch, mapped, rows(torch))


@case
def scaled_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.std(0, keepdim=True) / x.mean())(x)

    return gradients(torch, mapped, rows(torch))


@case
def scans_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.cumsum(0) * x.cumprod(0))(x)

    return gradients(torch, mapped, rows(torch))


@case
def where_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: torch.where(x > 0, x, x.exp()))(x)

    return gradients(torch, mapped, rows(torch))


@case
def views_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.view(2, 2).t().reshape(4)[::2].unsqueeze(0).expand(3, 2))(x)

    return gradients(torch, mapped, rows(torch))


@case
def norm_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.norm())(x)

    return gradients(torch, mapped, rows(torch))


@case
def rolled_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.flip(0).roll(1, 0))(x)

    return gradients(torch, mapped, rows(torch))


@case
def activations_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: torch.relu(x).sigmoid() + torch.nn.functional.gelu(x))(x)

    return gradients(torch, mapped, rows(torch))


@case
def clamp_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.clamp(-0.5, 0.5))(x)

    return gradients(torch, mapped, rows(torch))


@case
def logsumexp_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.logsumexp(0))(x)

    return gradients(torch, mapped, rows(torch))


@case
def diagonal_backward(torch):
    def mapped(x):
        return torch.vmap(lambda x: x.view(2, 2).diagonal() + x.view(2, 2).tril().sum(0))(x)

    return gradients(torch, mapped, rows(torch))


@case
def outer_backward(torch):
    def mapped(x, y):
        return torch.vmap(torch.outer)(x, y)

    return gradients(torch, mapped, rows(torch), others(torch))


@case
def batches_backward(torch):
    def mapped(x, y):
        return torch.vmap(torch.matmul)(x, y)

    return gradients(torch, mapped, grid(torch, 3, 2, 4, 5), grid(torch, 3, 2, 5, 3))


@case
def squared_error_backward(torch):
    def mapped(x, y):
        return torch.vmap(torch.nn.functional.mse_loss)(x, y)

    return gradients(torch, mapped, rows(torch), others(torch))


@case
def convolution_backward(torch):
    def mapped(x, w):
        return torch.vmap(lambda x, w: torch.nn.functional.conv2d(x, w))(x, w)

    return gradients(torch, mapped, grid(torch, 3, 1, 2, 5, 5), grid(torch, 3, 2, 2, 3, 3))


@case
def convolution_of_one_weight_backward(torch):
    def mapped(x, w):
        return torch.vmap(lambda x, w: torch.nn.functional.conv2d(x, w, padding=1), in_dims=(0, None))(x, w)

    return gradients(torch, mapped, grid(torch, 3, 1, 2, 4, 4), grid(torch, 2, 2, 3, 3))


@case
def cross_entropy_backward(torch):
    targets = torch.tensor([0, 1, 2])
    return gradients(torch, lambda x: torch.vmap(torch.nn.functional.cross_entropy)(x, targets), rows(torch))


@case
def nested_backward(torch):
    def mapped(x, y):
        return torch.vmap(torch.vmap(lambda a, b: (a * b).sin(), in_dims=(None, 0)), in_dims=(0, None))(x, y)

    return gradients(torch, mapped, rows(torch), others(torch))


@case
def writes_to_a_copy_backward(torch):
    def function(x):
        y = x.clone()
        y[0] = x[1] * 2
        y.mul_(3)
        y[1:].add_(x[0])
        return y

    return gradients(torch, torch.vmap(function), rows(torch))


@case
def memory_like_the_samples(torch):
    return torch.vmap(lambda x: torch.zeros_like(x).add_(x))(rows(torch))


@case
def refused_item(torch):
    return torch.vmap(lambda x: x.sum().item())(rows(torch))


@case
def refused_control_flow(torch):
    return torch.vmap(lambda x: x if x.sum() > 0 else -x)(rows(torch))


@case
def refused_nonzero(torch):
    return torch.vmap(lambda x: x.nonzero())(rows(torch))


@case
def refused_reading_under_a_mask(torch):
    return torch.vmap(lambda x: x[x > 0])(rows(torch))


@case
def refused_numbers(torch):
    return torch.vmap(lambda x: float(x.sum()))(rows(torch))


@case
def refused_numpy(torch):
    return torch.vmap(lambda x: x.numpy())(rows(torch))


@case
def refused_lists(torch):
    return torch.vmap(lambda x: x.tolist())(rows(torch))


@case
def refused_chance_by_default(torch):
    return torch.vmap(lambda x: x + torch.rand(4))(rows(torch))


@case
def refused_dropout_by_default(torch):
    return torch.vmap(lambda x: torch.nn.functional.dropout(x))(rows(torch))


@case
def refused_no_result(torch):
    return torch.vmap(lambda x: None)(rows(torch))


@case
def refused_a_number_as_result(torch):
    return torch.vmap(lambda x: 1.0)(rows(torch))


@case
def refused_no_dims(torch):
    return torch.vmap(lambda x: x, in_dims=None)(rows(torch))


@case
def refused_a_dim_out_of_range(torch):
    return torch.vmap(lambda x: x, in_dims=2)(rows(torch))


@case
def refused_a_text_as_dims(torch):
    return torch.vmap(lambda x: x, in_dims="a")(rows(torch))


@case
def refused_a_list_as_dims(torch):
    return torch.vmap(lambda x: x, in_dims=[0])(rows(torch))


@case
def refused_a_dim_that_is_no_integer(torch):
    return torch.vmap(lambda x: x, in_dims=(1.0,))(rows(torch))


@case
def refused_out_dims_for_other_results(torch):
    return torch.vmap(lambda x: x, out_dims=(0, 0))(rows(torch))


@case
def refused_a_text_as_out_dims(torch):
    return torch.vmap(lambda x: x, out_dims="a")(rows(torch))


@case
def refused_a_sample_not_mapped(torch):
    return torch.vmap(lambda x: x, out_dims=None)(rows(torch))


@case
def refused_an_out_dim_out_of_range(torch):
    return torch.vmap(lambda x: x, out_dims=3)(rows(torch))


@case
def refused_no_chunk(torch):
    return torch.vmap(lambda x: x, chunk_size=0)(rows(torch))


@case
def refused_unknown_randomness(torch):
    return torch.vmap(lambda x: x, randomness="x")(rows(torch))


@case
def refused_no_inputs(torch):
    return torch.vmap(lambda: None)()


@case
def refused_a_number(torch):
    return torch.vmap(lambda x, y: x * y)(rows(torch), 2.0)


@case
def refused_a_scalar(torch):
    return torch.vmap(lambda x: x)(torch.tensor(1.0))


@case
def refused_sizes(torch):
    return torch.vmap(lambda x, y: x)(rows(torch), torch.zeros(2, 4))


@case
def refused_write_to_memory_from_outside(torch):
    z = torch.zeros(4, dtype=torch.float64)
    return torch.vmap(lambda x: z.copy_(x))(rows(torch))


@case
def the_same_chance(torch):
    x = torch.vmap(lambda x: torch.rand(2), randomness="same")(torch.zeros(3))
    return bool((x[0] == x[1]).all()), x.shape


@case
def different_chance(torch):
    x = torch.vmap(lambda x: torch.randn(2), randomness="different")(torch.zeros(3))
    return bool((x[0] == x[1]).any()), x.shape


@case
def is_func_vmap(torch):
    return torch.func.vmap is torch.vmap


@case
def gradients_of_a_basis(torch):
    v = vector(torch).requires_grad_()
    return torch.autograd.grad((weights(torch) @ v).sin(), v, torch.eye(4, dtype=torch.float64), is_grads_batched=True)


@case.better("memory made inside a level is every sample's own", gives=[[1.0, 1.0, 2.0], [4.0, 16.0, 80.0]])
def writes_to_memory_made_inside(torch):
    def function(x):
        d = torch.zeros(3)
        d[0] = x[0]
        for i in range(1, 3):
            d[i] = d[i - 1] * x[i]
        return d

    return torch.vmap(function)(torch.tensor([[1.0, 1.0, 2.0], [4.0, 4.0, 5.0]]))


@case.better("the gradient of each sample's own program", gives=[[2.0, 1.0], [4.0, 3.0]])
def writes_to_memory_made_inside_backward(torch):
    def function(x):
        d = torch.ones(2)
        d[1] *= x[0]
        d[0] = d[1] * x[1]
        return d[0]

    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    torch.vmap(function)(x).sum().backward()
    return x.grad


@case.better("one value goes wherever a sample's mask is set", gives=[[0.0, -1.0], [-2.0, 0.0]])
def writing_under_a_mask(torch):
    def function(x):
        y = x.clone()
        y[y > 0] = 0
        return y

    return torch.vmap(function)(torch.tensor([[1.0, -1.0], [-2.0, 3.0]]))


@case
def a_selection_by_a_mask_that_differs(torch):
    x = torch.ones(2, 3)
    return [
        raised(lambda: torch.vmap(lambda x: torch.masked_select(x, x > 0))(x)),
        raised(lambda: torch.vmap(lambda x: x[x > 0])(x)),
    ]
