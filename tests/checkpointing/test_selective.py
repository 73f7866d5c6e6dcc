"""Selective checkpoints: what a policy wants is kept, the rest is computed again."""

from functools import partial

import pytest

import mutagrad
from mutagrad.utils.checkpoint import CheckpointPolicy, checkpoint, create_selective_checkpoint_contexts


@pytest.fixture
def products(monkeypatch):
    """A list with an entry for every matrix product that is computed."""
    found = []
    operation = mutagrad.mm.operation
    compute = operation.forward

    def counted(*arguments, **parameters):
        found.append(1)
        return compute(*arguments, **parameters)

    monkeypatch.setattr(operation, "forward", counted)
    return found


def function(x):
    return (mutagrad.matmul(x, x).sin() @ x).exp()


def gradient(**options):
    x = mutagrad.tensor([[0.1, 0.2], [-0.3, 0.4]], dtype=mutagrad.float64, requires_grad=True)
    checkpoint(function, x, use_reentrant=False, early_stop=False, **options).sum().backward()
    return x.grad


def test_without_a_policy_all_is_computed_twice(products):
    gradient()

    # The gradients of the two products are products themselves, of arrays; those are not operations.
    assert len(products) == 4


def kept_products(ctx, op, *inputs, **parameters):
    return CheckpointPolicy.MUST_SAVE if op is mutagrad.mm else CheckpointPolicy.PREFER_RECOMPUTE


@pytest.mark.parametrize("policy", [[mutagrad.mm], kept_products, lambda ctx, op, *rest, **more: True])
def test_what_a_policy_keeps_is_computed_once(policy, products):
    """The gradient is that of the whole."""
    found = gradient(context_fn=partial(create_selective_checkpoint_contexts, policy))

    assert len(products) == 2
    assert mutagrad.allclose(found, gradient(), rtol=1e-12)


def test_a_kept_result_is_not_computed_again():
    asked = []

    def policy(ctx, op, *inputs, **parameters):
        asked.append((op.__name__, ctx.is_recompute, ctx.op_output.shape))
        return op is mutagrad.mm

    gradient(context_fn=partial(create_selective_checkpoint_contexts, policy))

    assert [name for name, _, _ in asked] == ["mm", "sin", "mm", "exp"]
    assert not any(again for _, again, _ in asked)


def test_a_kept_result_that_is_overwritten_is_right():
    """PyTorch refuses; here the kept value stays."""

    def writes(x):
        h = x.exp()
        y = h.sin()
        h.mul_(0)
        return y

    x = mutagrad.tensor([0.5, 1.0], dtype=mutagrad.float64, requires_grad=True)
    contexts = partial(create_selective_checkpoint_contexts, [mutagrad.exp])
    checkpoint(writes, x, use_reentrant=False, context_fn=contexts).sum().backward()

    expected = (x.exp().cos() * x.exp()).detach()
    assert mutagrad.allclose(x.grad, expected)


def test_an_operation_that_was_not_there_before():
    calls = []

    def inconstant(x):
        calls.append(1)
        return x.sin() if len(calls) == 1 else x.cos()

    x = mutagrad.ones(2, requires_grad=True)
    y = checkpoint(
        inconstant, x, use_reentrant=False, context_fn=partial(create_selective_checkpoint_contexts, [mutagrad.sin])
    )

    with pytest.raises(RuntimeError, match="cos encountered during backward but not found in storage"):
        y.sum().backward()


def test_lists_hold_operations():
    with pytest.raises(ValueError, match="Expected op in `op_list`"):
        create_selective_checkpoint_contexts([3])


def test_no_policy_is_asked_about_ignored_operations(monkeypatch):
    """They run again, and the operations after them are still found."""
    monkeypatch.setattr(mutagrad.utils.selective, "SAC_IGNORED_OPS", {mutagrad.sin})
    asked = []

    def policy(ctx, op, *args, **kwargs):
        asked.append(op)
        return True

    x = mutagrad.ones(3, requires_grad=True)
    contexts = partial(create_selective_checkpoint_contexts, policy)
    checkpoint(lambda x: x.sin().exp().sin(), x, use_reentrant=False, context_fn=contexts).sum().backward()

    assert mutagrad.exp in asked and mutagrad.sin not in asked
    s = mutagrad.sin(mutagrad.ones(3))
    assert mutagrad.allclose(x.grad, s.exp().cos() * s.exp() * mutagrad.ones(3).cos())
