"""Inference mode: what is made there, and what may be done with it there and outside."""

from ..suite import Cases, raised

case = Cases()


def leaf(torch):
    """A leaf in double precision."""
    return torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)


def inferred(torch):
    """A tensor made in inference mode."""
    with torch.inference_mode():
        return torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)


@case
def what_is_on(torch):
    seen = [torch.is_inference_mode_enabled(), torch.is_grad_enabled()]
    with torch.inference_mode():
        seen += [torch.is_inference_mode_enabled(), torch.is_grad_enabled()]
        with torch.inference_mode(False):
            seen += [torch.is_inference_mode_enabled(), torch.is_grad_enabled()]
        with torch.enable_grad():
            seen += [torch.is_inference_mode_enabled(), torch.is_grad_enabled()]
    return [*seen, torch.is_inference_mode_enabled(), torch.is_grad_enabled()]


@case
def as_a_decorator(torch):
    @torch.inference_mode()
    def first():
        return torch.is_inference_mode_enabled()

    @torch.inference_mode
    def second():
        return torch.is_inference_mode_enabled()

    @torch.inference_mode(False)
    def third():
        return torch.is_inference_mode_enabled()

    with torch.inference_mode():
        return first(), second(), third()


@case
def a_generator_in_inference_mode(torch):
    @torch.inference_mode()
    def numbers():
        for _ in range(2):
            yield torch.is_inference_mode_enabled()

    seen = []
    for inside in numbers():
        seen += [inside, torch.is_inference_mode_enabled()]
    return seen


@case
def after_an_exception(torch):
    def program():
        with torch.inference_mode():
            raise ValueError("x")

    return raised(program), torch.is_inference_mode_enabled(), torch.is_grad_enabled()


@case
def what_is_made_there(torch):
    x = leaf(torch)
    with torch.inference_mode():
        made = torch.ones(2), x * 2, x.clone(), x.sum(), torch.zeros_like(x)
    return [(t.is_inference(), t.requires_grad, t.is_leaf) for t in made]


@case
def is_inference_as_a_function(torch):
    return torch.is_inference(inferred(torch)), torch.is_inference(leaf(torch))


@case
def a_view_of_a_normal_tensor(torch):
    x = leaf(torch)
    with torch.inference_mode():
        v, d = x[:2], x.detach()
    return v.is_inference(), v.requires_grad, d.is_inference(), v._is_view()


@case
def a_view_of_an_inference_tensor(torch):
    i = inferred(torch)
    return i[:2].is_inference(), i.view(3, 1).is_inference(), i.detach().is_inference(), i[:2]._is_view()


@case
def no_version(torch):
    i = inferred(torch)
    return raised(lambda: i._version), raised(lambda: i[:2]._version)


@case
def requires_grad_there(torch):
    with torch.inference_mode():
        t = torch.ones(2, requires_grad=True)
        u = t * 2
    return t.requires_grad, t.is_inference(), u.requires_grad, u.grad_fn


@case
def requires_grad_outside(torch):
    i = inferred(torch)
    return raised(lambda: i.requires_grad_())


@case
def requires_grad_false_outside(torch):
    return inferred(torch).requires_grad_(False).requires_grad


@case
def it_is_written_there(torch):
    i = inferred(torch)
    with torch.inference_mode():
        i.mul_(2)
        i[0] = 7
    return i


@case
def it_is_written_outside(torch):
    i = inferred(torch)

    def assign():
        i[0] = 1

    return raised(lambda: i.mul_(2)), raised(assign), raised(lambda: i.zero_()), raised(lambda: i.copy_(i))


@case
def it_is_written_under_no_grad(torch):
    i = inferred(torch)
    with torch.no_grad():
        return raised(lambda: i.mul_(2))


@case
def a_view_of_it_is_written_outside(torch):
    i = inferred(torch)
    return raised(lambda: i[:2].mul_(2))


@case
def its_shape_is_changed_outside(torch):
    i = inferred(torch)
    return raised(lambda: i.t_()), raised(lambda: i.resize_(2)), raised(lambda: i.unsqueeze_(0))


@case
def it_is_the_output_outside(torch):
    i = inferred(torch)
    one = torch.ones(3, dtype=torch.float64)
    return raised(lambda: torch.add(one, one, out=i))


@case
def a_normal_tensor_is_written_there(torch):
    t = torch.ones(3)
    with torch.inference_mode():
        t.mul_(2)
    return t, t.is_inference(), t._version


@case
def a_leaf_is_written_there(torch):
    x = leaf(torch)
    with torch.inference_mode():
        x.mul_(2)
    return x, x.is_leaf, x._version


@case
def it_is_computed_with_outside(torch):
    i = inferred(torch)
    y = i * 2 + torch.ones(3)
    return y, y.is_inference(), y.requires_grad


@case
def it_is_added_to_what_requires_grad(torch):
    x, i = leaf(torch), inferred(torch)
    y = x + i
    y.sum().backward()
    return x.grad, y.is_inference()


@case
def it_would_have_to_be_saved(torch):
    x, i = leaf(torch), inferred(torch)
    return raised(lambda: x * i), raised(lambda: x.dot(i)), raised(lambda: torch.where(x > 1, x, i))


@case
def it_would_have_to_be_saved_in_place(torch):
    h, i = leaf(torch) * 1, inferred(torch)
    return raised(lambda: h.mul_(i)), h


@case
def its_mask_would_have_to_be_saved(torch):
    x, i = leaf(torch), inferred(torch)
    return raised(lambda: torch.where(i > 1, x, x * 2)) is None


@case
def a_custom_function_saves_it(torch):
    class Scaled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, s):
            ctx.save_for_backward(s)
            return x * s

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0], None

    return raised(lambda: Scaled.apply(leaf(torch), inferred(torch)))


@case
def a_clone_is_normal(torch):
    i = inferred(torch)
    c = i.clone()
    x = leaf(torch)
    (x * c).sum().backward()
    return c.is_inference(), x.grad


@case
def it_is_copied_into_a_normal_tensor(torch):
    i = inferred(torch)
    t = torch.zeros(3, dtype=torch.float64)
    t.copy_(i)
    t.add_(i)
    return t, t.is_inference()


@case
def a_leaf_made_there_is_used_outside(torch):
    with torch.inference_mode():
        t = torch.ones(2, requires_grad=True)
    return raised(lambda: t * 2), raised(lambda: (t + 1).requires_grad), raised(lambda: t.sum())


@case
def backward_there(torch):
    x = leaf(torch)
    y = (x * x).sum()

    def program():
        with torch.inference_mode():
            y.backward()

    return raised(program), x.grad


@case
def grad_of_what_was_made_there(torch):
    x = leaf(torch)
    with torch.inference_mode():
        y = (x * x).sum()
    return raised(lambda: y.backward())


@case
def a_module_there(torch):
    torch.manual_seed(0)
    layer = torch.nn.Linear(2, 1)
    with torch.inference_mode():
        y = layer(torch.ones(1, 2))
    return y.requires_grad, y.is_inference(), y.grad_fn


@case
def a_step_there(torch):
    x = leaf(torch)
    (x * x).sum().backward()
    with torch.inference_mode():
        x -= 0.5 * x.grad
    return x, x.requires_grad


@case.better(
    "nothing is written where the write is refused",
    gives=[
        "RuntimeError: Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get "
        "a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.",
        [1.0, 2.0, 3.0],
    ],
)
def a_gradient_that_was_made_there(torch):
    x = leaf(torch)
    x.grad = inferred(torch)
    return raised(lambda: (x * x).sum().backward()), x.grad


@case
def numpy_and_item(torch):
    i = inferred(torch)
    return i.numpy().tolist(), i.sum().item(), i.tolist()


@case
def increment_version_of_it(torch):
    return raised(lambda: torch.autograd.graph.increment_version(inferred(torch)))


@case
def data_is_swapped_for_it(torch):
    x, i = leaf(torch), inferred(torch)

    def swap():
        x.data = i

    return raised(swap)


@case
def no_grad_there(torch):
    with torch.inference_mode(), torch.no_grad():
        t = torch.ones(2)
    with torch.no_grad(), torch.inference_mode(False):
        u = torch.ones(2)
    return t.is_inference(), u.is_inference()


@case
def nothing_is_recorded_though_it_is_asked_for(torch):
    x, told = torch.ones(2, requires_grad=True), []
    with torch.inference_mode():
        told.append(torch.is_grad_enabled())
        with torch.enable_grad():
            told.append(((x * 2).requires_grad, torch.is_grad_enabled(), (x * 2).is_inference()))
            x.add_(1)
        torch.set_grad_enabled(True)
        told.append(((x * 2).requires_grad, torch.is_grad_enabled()))
        with torch.no_grad():
            told.append(torch.is_grad_enabled())
        with torch.inference_mode(False):
            told.append(((x * 2).requires_grad, torch.is_grad_enabled()))
        told.append(torch.is_grad_enabled())
    return told, torch.is_grad_enabled(), x._version
