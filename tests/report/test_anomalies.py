"""What anomaly detection tells of a gradient that is not a number: the line that recorded its operation, underlined."""

import warnings

import pytest

import mutagrad
from mutagrad.modes import extras


@pytest.fixture
def detection():
    """Anomaly detection without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with mutagrad.autograd.detect_anomaly():
            yield


def told(error):
    """The lines of a message, without line numbers."""
    return [line.partition(" | ")[2] or line for line in str(error).splitlines()]


def test_the_line_is_underlined(detection):
    h = mutagrad.zeros(2, requires_grad=True) * 2
    y = mutagrad.sqrt(h) * 0

    with pytest.raises(mutagrad.AutogradError) as raised:
        y.sum().backward()

    assert told(raised.value) == [
        "Function 'SqrtBackward0' returned nan values in its 0th output.",
        "",
        "  sqrt was recorded here:",
        "    y = mutagrad.sqrt(h) * 0",
        "        ^^^^^^^^^^^^^^^^",
        "  the gradient that came in was finite; at [0] output = 0, the gradient was 0",
        "  keep its input above zero: write h.clamp(min=1e-12) in place of h",
    ]


def test_a_gradient_that_came_in_as_nan_is_said_to(detection):
    x = mutagrad.ones(2, requires_grad=True)

    with pytest.raises(mutagrad.AutogradError, match="the gradient that came in was nan already"):
        x.sin().backward(mutagrad.full((2,), float("nan")))


def test_a_gradient_of_a_gradient_names_both_lines(detection):
    """The operation was recorded by the first backward pass, for the gradient of another."""
    x = mutagrad.zeros(1, dtype=mutagrad.float64, requires_grad=True)
    y = (x * x).sqrt().exp() * 0 + x.pow(1.5)
    (first,) = mutagrad.autograd.grad(x.pow(1.5).sum() + 0 * y.detach().sum(), x, create_graph=True)

    with pytest.raises(mutagrad.AutogradError) as raised:
        (first * 0).sum().backward()

    lines = told(raised.value)
    assert lines[0] == "Function 'PowBackward0' returned nan values in its 0th output."
    assert "  as part of the gradient of pow, recorded here:" in lines
    assert "mutagrad.autograd.grad(" in lines[3]
    assert "x.pow(1.5).sum()" in lines[6]


def test_in_place_operations_are_named_by_their_line(detection):
    h = mutagrad.ones(2, requires_grad=True) * 1
    h[:1].sub_(1).sqrt_().mul_(0)

    with pytest.raises(mutagrad.AutogradError, match=r"h\[:1\].sub_\(1\).sqrt_\(\)"):
        h.sum().backward()


def test_detection_leaves_nothing():
    before = extras[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ZeroDivisionError), mutagrad.autograd.detect_anomaly():
            raise ZeroDivisionError

    assert extras[0] == before
    assert not mutagrad.is_anomaly_enabled()
