"""Anomaly detection: what is found, what is said, and the switches."""

import warnings

from ..suite import Cases, raised, warned

case = Cases()


def quiet(torch, **options):
    """`detect_anomaly` without its own warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.autograd.detect_anomaly(**options)


def faulty(torch):
    """An output whose gradient is not a number: zero times infinity, from the root."""
    x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    return (x.sqrt() * 0).sum()


@case
def nan_in_a_gradient(torch):
    with quiet(torch):
        faulty(torch).backward()


@case
def nan_passes_outside(torch):
    x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    (x.sqrt() * 0).sum().backward()
    return x.grad


@case
def nan_passes_unless_checked(torch):
    x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    with quiet(torch, check_nan=False):
        (x.sqrt() * 0).sum().backward()
    return x.grad


@case
def nan_for_the_second_input(torch):
    x, y = torch.ones(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    with quiet(torch):
        (x / y * float("nan")).sum().backward()


@case
def nan_of_a_custom_function(torch):
    class Bad(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * y

        @staticmethod
        def backward(ctx, gradient):
            return gradient, gradient * float("nan")

    x, y = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    with quiet(torch):
        Bad.apply(x, y).sum().backward()


@case
def nan_recorded_before_detection(torch):
    y = faulty(torch)
    with quiet(torch):
        y.backward()


@case
def nan_in_autograd_grad(torch):
    x = torch.zeros(2, requires_grad=True)
    with quiet(torch):
        torch.autograd.grad((x.sqrt() * 0).sum(), x)


@case
def nan_in_a_second_derivative(torch):
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    with quiet(torch):
        (first,) = torch.autograd.grad((x * x * x.sqrt()).sum(), x, create_graph=True)
        first.sum().backward()


@case
def infinity_passes(torch):
    x = torch.zeros(2, requires_grad=True)
    with quiet(torch):
        x.sqrt().sum().backward()
    return x.grad


@case
def nan_in_forward_passes(torch):
    x = torch.full((2,), -1.0, requires_grad=True)
    with quiet(torch):
        return x.sqrt()


@case
def entering_is_warned_of(torch):
    return warned(torch.autograd.detect_anomaly)


@case
def switching_is_not_warned_of(torch):
    return warned(lambda: torch.autograd.set_detect_anomaly(False))


@case
def an_error_is_warned_of_with_its_forward_line(torch):
    def program():
        with quiet(torch):
            y = faulty(torch)
            raised(y.backward)

    return [text for text in warned(program) if text.startswith("UserWarning")]


@case
def the_warning_shows_the_source(torch):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        detection = torch.autograd.detect_anomaly()
        warnings.simplefilter("always")
        with detection:
            raised(faulty(torch).backward)
    return "return (x.sqrt() * 0).sum()" in str(caught[-1].message)


@case
def any_error_in_backward_is_warned_of(torch):
    class Bad(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            raise ValueError("mine")

    def program():
        with quiet(torch):
            raised(Bad.apply(torch.ones(1, requires_grad=True)).backward)

    return warned(program)


@case
def the_error_itself_comes_through(torch):
    class Bad(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            raise ValueError("mine")

    with quiet(torch):
        Bad.apply(torch.ones(1, requires_grad=True)).backward()


@case
def a_warning_names_the_function_it_was_induced_by(torch):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        detection = torch.autograd.detect_anomaly()
        warnings.simplefilter("always")
        with detection:
            x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
            (first,) = torch.autograd.grad(x.sqrt().pow(2).sum(), x, create_graph=True, grad_outputs=None)
            raised(first.sum().backward)
    return "Previous calculation was induced by" in str(caught[-1].message)


@case
def the_switches(torch):
    found = []

    def note():
        found.append([torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()])

    note()
    with quiet(torch):
        note()
        with torch.autograd.set_detect_anomaly(True, check_nan=False):
            note()
        note()
        with torch.autograd.set_detect_anomaly(False):
            note()
        note()
    note()
    return found


@case
def switched_on_at_once(torch):
    switch = torch.autograd.set_detect_anomaly(True)
    found = [torch.is_anomaly_enabled()]
    with switch:
        found.append(torch.is_anomaly_enabled())
    return [*found, torch.is_anomaly_enabled()]


@case
def switched_back_after_an_error(torch):
    def program():
        with quiet(torch):
            raise ValueError

    return raised(program), torch.is_anomaly_enabled()


@case
def gradients_are_the_same_under_detection(torch):
    x = torch.rand(3, dtype=torch.float64, requires_grad=True)
    with quiet(torch):
        y = (x.sin() * x.exp()).sum()
        (first,) = torch.autograd.grad(y, x, create_graph=True)
        return first, torch.autograd.grad(first.sum(), x)


@case
def in_place_under_detection(torch):
    x = torch.rand(3, dtype=torch.float64, requires_grad=True)
    with quiet(torch):
        h = x * 2
        h[:2].mul_(x[1:])
        h.sum().backward()
    return x.grad
