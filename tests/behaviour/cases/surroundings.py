"""What stands around a program's tensors: mixed precision, comparison in tests, devices."""

from functools import partial

from ..suite import Cases, raised, warned

case = Cases()


@case
def a_scaler_without_cuda_passes_all_through(torch):
    seen = warned(lambda: torch.amp.GradScaler("cuda"))
    scaler = torch.amp.GradScaler("cuda", enabled=False)
    return seen, scaler.is_enabled(), scaler.state_dict(), scaler.get_scale(), scaler.scale(torch.ones(2))


@case
def names_of_old_are_warned_of(torch):
    return (
        warned(lambda: torch.cuda.amp.GradScaler(enabled=False)),
        warned(lambda: torch.cuda.amp.autocast(enabled=False)),
        warned(lambda: torch.autocast("cuda")),
        warned(lambda: torch.autocast("cuda", enabled=False)),
        raised(lambda: torch.autocast("foo")),
    )


def scaled(torch, **options):
    """A parameter, its optimiser, and a scaler."""
    p = torch.nn.Parameter(torch.ones(2))
    return p, torch.optim.SGD([p], lr=1.0), torch.amp.GradScaler("cpu", init_scale=4.0, **options)


@case
def a_scaler_scales_and_steps(torch):
    p, optimizer, scaler = scaled(torch, growth_interval=2)
    states = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = scaler.scale((p * p).sum())
        loss.backward()
        before = p.grad.clone()
        given = scaler.step(optimizer)
        scaler.update()
        states.append((loss.detach(), before, p.grad, given, p.detach().clone(), scaler.state_dict()))
    return states


@case
def a_scaler_leaves_out_steps_that_are_not_finite(torch):
    p, optimizer, scaler = scaled(torch)
    scaler.scale(p.sum())
    p.grad = torch.tensor([float("inf"), 1.0])
    given = scaler.step(optimizer)
    scaler.update()
    return given, p.detach(), scaler.state_dict()


@case
def a_scaler_refuses_what_is_out_of_order(torch):
    p, optimizer, scaler = scaled(torch)
    p.grad = torch.ones(2)
    seen = [raised(lambda: scaler.step(optimizer)), raised(lambda: scaler.unscale_(optimizer)), raised(scaler.update)]
    scaler.scale(p.sum())
    seen.append(raised(scaler.update))
    scaler.unscale_(optimizer)
    seen.append(raised(lambda: scaler.unscale_(optimizer)))
    scaler.step(optimizer)
    seen += [raised(lambda: scaler.step(optimizer)), raised(lambda: scaler.unscale_(optimizer))]
    scaler.update(3.0)
    seen += [scaler.get_scale(), raised(lambda: scaler.step(optimizer, closure=len))]
    seen += [raised(lambda: scaler.load_state_dict({})), scaler.scale([torch.ones(1)])]
    for wrong in ({"growth_factor": 1.0}, {"backoff_factor": 1.0}):
        seen.append(raised(partial(scaled, torch, **wrong)))
    return seen


@case
def a_scaler_takes_over_a_state(torch):
    _, _, scaler = scaled(torch)
    state = dict(scaler.state_dict(), scale=8.0, _growth_tracker=5)
    scaler.load_state_dict(state)
    return scaler.state_dict() == state, scaler.get_scale()


def compared(torch, *pairs, **options):
    """What `assert_close` says of pairs."""
    return [raised(partial(torch.testing.assert_close, a, b, **options)) for a, b in pairs]


@case
def tensors_are_compared(torch):
    t = torch.tensor
    nan, inf = float("nan"), float("inf")
    return compared(
        torch,
        (t([1.0, 2, 3]), t([1.0, 2, 4])),
        (t([1.0, 2, 3]), t([1.0, 2])),
        (t([1.0]), t([1.0], dtype=torch.float64)),
        (t([1, 2]), t([1, 3])),
        (t([3, 4], dtype=torch.uint8), t([4, 3], dtype=torch.uint8)),
        (t(1.0), t(2.0)),
        (t(1), t(2)),
        (t([nan]), t([nan])),
        (t([inf, 1]), t([1, inf])),
        (t([1.0]), t([1.0000001])),
        (t([True]), t([False])),
        (t([1.0 + 0j]), t([2.0 + 0j])),
        (t([1.0], dtype=torch.float16), t([1.1], dtype=torch.float16)),
        (t([]), t([])),
    )


@case
def tensors_are_compared_with_options(torch):
    t = torch.tensor
    nan = float("nan")
    return (
        compared(torch, (t([nan]), t([nan])), equal_nan=True),
        compared(torch, (t([1.0]), t([1])), check_dtype=False),
        compared(torch, (t([[1.0, 2], [3, 4]]), t([[1.0, 2], [5, 9]])), rtol=1e-3, atol=0.0),
        compared(torch, (t([1.0]), t([1.1])), rtol=0.5),
        compared(torch, (t([1.0]), t([2.0])), msg="no"),
        compared(torch, (t([1.0]), t([2.0])), msg=lambda text: text[:11]),
        compared(torch, (torch.ones(2, 2), torch.ones(2, 2).expand(2, 2).t()), check_stride=True),
    )


@case
def numbers_and_structures_are_compared(torch):
    t = torch.tensor
    return compared(
        torch,
        (1.0, 1.1),
        (1, 2),
        (1, 1.0),
        (True, False),
        (None, None),
        ("a", "a"),
        ([1], [1, 2]),
        ([1.0], (2.0,)),
        ([t([1.0]), 2], [t([1.0]), 3]),
        ({"a": 1}, {"b": 1}),
        ({"a": t([1.0])}, {"a": t([2.0])}),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}),
    )


@case
def devices_have_known_names(torch):
    names = ("foo", "foo:1", "cpu:x", "cpu:", "", "cuda:a", "CPU")
    return str(torch.device("cpu:0")), [raised(partial(torch.device, name)) for name in names]
