"""Attention: `scaled_dot_product_attention`, and `multi_head_attention_forward` with its projections.

Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.dtypes import of_numpy, type_word
from mutagrad.nn.functional.activation import softmax
from mutagrad.nn.functional.dropout import dropout
from mutagrad.nn.functional.padding import pad
from mutagrad.ops.attention import attend
from mutagrad.ops.joining import cat
from mutagrad.ops.linear import linear
from mutagrad.ops.product_sums import baddbmm
from mutagrad.random import dropout_noise
from mutagrad.tensor import Tensor, wrap

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


def _check(query: Any, key: Any, value: Any, attn_mask: Any, is_causal: bool) -> None:
    named = {"query": query, "key": key, "value": value}
    if attn_mask is not None:
        if is_causal:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
            )
        kind = attn_mask._array.dtype
        if kind != np.bool_ and kind not in (np.float32, query._array.dtype):
            raise RuntimeError(
                "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
                f"{type_word(kind)} and  query.dtype: {type_word(query._array.dtype)} instead."
            )
    if len({x._array.dtype for x in named.values()}) > 1:
        kinds = [f"{name}.dtype: {type_word(x._array.dtype)}" for name, x in named.items()]
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got {} {} and {} instead.".format(*kinds)
        )
    if min(x.ndim for x in named.values()) < 2:
        dims = [f"{name}.dim: {x.ndim}" for name, x in named.items()]
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got {} {} and {} instead.".format(
                *dims
            )
        )
    weights = (*query.shape[:-1], key.shape[-2])
    _check_product(query.shape, (*key.shape[:-2], key.shape[-1], key.shape[-2]))
    _check_product(weights, value.shape)


def _check_product(left: Sequence[int], right: Sequence[int]) -> None:
    """Raises, as `mm` and `bmm` do, for matrices of which the columns of one are not the rows of the other."""
    if left[-1] == right[-2]:
        return
    if len(left) == len(right) == 2:
        shapes = f"{left[0]}x{left[1]} and {right[0]}x{right[1]}"
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({shapes})")
    batch = math.prod(left[:-2])
    raise RuntimeError(
        f"Expected size for first two dimensions of batch2 tensor to be: [{batch}, {left[-1]}] but got: "
        f"[{batch}, {right[-2]}]."
    )


def _shared_heads(query: Any, key: Any, value: Any) -> tuple[Any, Any]:
    """Keys and values repeated for the groups of queries that share a head."""
    heads = query.shape[-3], key.shape[-3], value.shape[-3]
    if heads[0] % heads[1] or heads[0] % heads[2]:
        raise RuntimeError("Number of heads in key and value must divide the number of heads in ")
    return tuple([x.repeat_interleave(heads[0] // x.shape[-3], -3) for x in (key, value)])


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """The means of `value`, weighted by the softmax of the products of `query` and `key` times `scale`.

    Shapes: query (*, L, E), key (*, S, E), value (*, S, V), attn_mask broadcast to (*, L, S), result (*, L, V).
    A mask of truth values says which keys take part, another is added to the products; with `is_causal` a query sees
    no key behind its own place. `scale` is 1 / sqrt(E) unless given. With `enable_gqa` several heads of the query share
    one of key and value. Saves what came in and no weights.

    >>> import mutagrad
    >>> x = mutagrad.tensor([[1., 0.], [0., 1.]])
    >>> scaled_dot_product_attention(x, x, x, is_causal=True, scale=0.)
    tensor([[1.0000, 0.0000],
            [0.5000, 0.5000]])
    """
    _check(query, key, value, attn_mask, is_causal)
    kind = query._array.dtype
    if kind.kind not in "f":
        raise NotImplementedError(f"\"softmax_lastdim_kernel_impl\" not implemented for '{of_numpy[kind].scalar_type}'")
    if enable_gqa and query.ndim > 2:
        key, value = _shared_heads(query, key, value)
    lead = _broadcast(query.shape[:-2], key.shape[:-2])
    if is_causal:
        attn_mask = wrap(np.tri(query.shape[-2], key.shape[-2], dtype=bool))
    noise = None
    if dropout_p > 0:
        noise = dropout_noise((*lead, query.shape[-2], key.shape[-2]), kind, dropout_p)
    if scale is None:
        scale = 1 / math.sqrt(query.shape[-1]) if query.shape[-1] else math.inf
    wide = [x.float() if kind.itemsize == 2 else x for x in (query, key, value)]
    additive = attn_mask is not None and attn_mask._array.dtype.kind != "b"
    result: Any = attend(*wide, attn_mask, scale=scale, noise=noise, additive=additive)
    return result.to(query.dtype)


def _broadcast(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(first, second)
    except ValueError:
        for back in range(1, min(len(first), len(second)) + 1):
            a, b = first[-back], second[-back]
            if a != b and 1 not in (a, b):
                dim = max(len(first), len(second)) - back
                raise RuntimeError(
                    f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {dim}"
                ) from None
        raise


# Many heads ---------------------------------------------------------------------------------------------------------


def _projected(query: Any, key: Any, value: Any, w: Any, b: Any) -> tuple[Any, Any, Any]:
    """Query, key and value projected with the three blocks of one weight; with one product where they are the same."""
    size = query.shape[-1]
    if key is value and query is key:
        return tuple(linear(query, w, b).split(size, -1))
    weights = w.split(size)
    biases = (None,) * 3 if b is None else b.split(size)
    return tuple([linear(*each) for each in zip((query, key, value), weights, biases)])


def _as_float_mask(mask: Any, name: str, other: Any, other_name: str, like: Any, check_other: bool = True) -> Any:
    """A mask to be added: minus infinity where one of truth values is true."""
    if mask is None:
        return None
    kind = mask._array.dtype.kind
    if kind not in "bf":
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if check_other and other is not None and mask.dtype is not other.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    if kind == "f":
        return mask
    return wrap(np.where(mask._array, -np.inf, 0).astype(like._array.dtype))


def multi_head_attention_forward(
    query: Any,
    key: Any,
    value: Any,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Any,
    in_proj_bias: Any,
    bias_k: Any,
    bias_v: Any,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Any,
    out_proj_bias: Any,
    training: bool = True,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None,
    k_proj_weight: Any = None,
    v_proj_weight: Any = None,
    static_k: Any = None,
    static_v: Any = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention in `num_heads` parallel projections of query, key and value, projected back together.

    Shapes: query (L, N, E), key (S, N, E), value (S, N, E), all without N where there is no batch; key_padding_mask
    (N, S), attn_mask (L, S) or (N * num_heads, L, S), result (L, N, E), and the weights (N, L, S), or (N, num_heads, L, S)
    unless averaged, or None unless needed. Masks of truth values mark what does *not* take part.
    Raises AssertionError and RuntimeError for shapes that do not fit.
    """
    batched = _check_batch(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = _unsqueezed(query, key, value)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, batch, size = query.shape
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    key_padding_mask = _as_float_mask(key_padding_mask, "key_padding_mask", attn_mask, "attn_mask", query)
    only_causal = is_causal and key_padding_mask is None and not need_weights
    if only_causal:
        attn_mask = None
    else:
        attn_mask = _as_float_mask(attn_mask, "attn_mask", None, "", query, check_other=False)
        is_causal = is_causal and key_padding_mask is None
    if size != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {size}")
    head = size // num_heads
    if head * num_heads != size:
        raise AssertionError(f"embed_dim {size} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        if key.shape[:2] != value.shape[:2]:
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
            )
        biases = (None,) * 3 if in_proj_bias is None else in_proj_bias.chunk(3)
        weights = q_proj_weight, k_proj_weight, v_proj_weight
        q, k, v = (linear(*each) for each in zip((query, key, value), weights, biases))
    else:
        if key.shape != value.shape:
            raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
        q, k, v = _projected(query, key, value, in_proj_weight, in_proj_bias)
    attn_mask = _check_attention_mask(attn_mask, (length, key.shape[0]), batch * num_heads)
    if bias_k is not None and bias_v is not None:
        k, v = cat([k, bias_k.repeat(1, batch, 1)]), cat([v, bias_v.repeat(1, batch, 1)])
        attn_mask = None if attn_mask is None else pad(attn_mask, (0, 1))
        key_padding_mask = None if key_padding_mask is None else pad(key_padding_mask, (0, 1))
    q = q.reshape(length, batch * num_heads, head).transpose(0, 1)
    k = k.reshape(-1, batch * num_heads, head).transpose(0, 1) if static_k is None else static_k
    v = v.reshape(-1, batch * num_heads, head).transpose(0, 1) if static_v is None else static_v
    if add_zero_attn:
        zero = k.new_zeros(batch * num_heads, 1, head)
        k, v = cat([k, zero], 1), cat([v, zero], 1)
        attn_mask = None if attn_mask is None else pad(attn_mask, (0, 1))
        key_padding_mask = None if key_padding_mask is None else pad(key_padding_mask, (0, 1))
    source = k.size(1)
    if key_padding_mask is not None:
        if tuple(key_padding_mask.shape) != (batch, source):
            raise AssertionError(
                f"expecting key_padding_mask shape of {(batch, source)}, but got {key_padding_mask.shape}"
            )
        of_heads = key_padding_mask.view(batch, 1, 1, source).expand(-1, num_heads, -1, -1)
        of_heads = of_heads.reshape(batch * num_heads, 1, source)
        attn_mask = of_heads if attn_mask is None else attn_mask + of_heads
    dropout_p = dropout_p if training else 0.0
    if need_weights:
        scaled = q * math.sqrt(1.0 / head)
        scores = scaled @ k.transpose(-2, -1) if attn_mask is None else baddbmm(attn_mask, scaled, k.transpose(-2, -1))
        weights = softmax(scores, dim=-1)
        weights = dropout(weights, dropout_p) if dropout_p > 0 else weights
        attended = (weights @ v).transpose(0, 1).contiguous().view(length * batch, size)
        out = linear(attended, out_proj_weight, out_proj_bias).view(length, batch, -1)
        weights = weights.view(batch, num_heads, length, source)
        weights = weights.mean(dim=1) if average_attn_weights else weights
        return (out, weights) if batched else (out.squeeze(1), weights.squeeze(0))
    if attn_mask is not None:
        own = attn_mask.size(0) == 1 and attn_mask.ndim == 3
        attn_mask = attn_mask.unsqueeze(0) if own else attn_mask.view(batch, num_heads, -1, source)
    q = q.view(batch, num_heads, length, head)
    k, v = k.view(batch, num_heads, source, head), v.view(batch, num_heads, source, head)
    attended: Any = scaled_dot_product_attention(q, k, v, attn_mask, dropout_p, only_causal)
    attended = attended.permute(2, 0, 1, 3).contiguous().view(length * batch, size)
    out = linear(attended, out_proj_weight, out_proj_bias).view(length, batch, -1)
    return (out if batched else out.squeeze(1)), None


def _unsqueezed(query: Any, key: Any, value: Any) -> tuple[Any, Any, Any]:
    """The three with a batch of one; what was one tensor stays one."""
    made = query.unsqueeze(1)
    key_made = made if key is query else key.unsqueeze(1)
    return made, key_made, key_made if value is key else value.unsqueeze(1)


def _check_batch(query: Any, key: Any, value: Any, key_padding_mask: Any, attn_mask: Any, num_heads: int) -> bool:
    """Whether there is a batch. Raises AssertionError for dimensions that do not go together."""
    if query.ndim not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor"
        )
    batched = query.ndim == 3
    word, dims = ("batched", 3) if batched else ("unbatched", 2)
    if key.ndim != dims or value.ndim != dims:
        raise AssertionError(
            f"For {word} ({dims}-D) `query`, expected `key` and `value` to be {dims}-D but found {key.ndim}-D and "
            f"{value.ndim}-D tensors respectively"
        )
    if key_padding_mask is not None and key_padding_mask.ndim != dims - 1:
        raise AssertionError(
            f"For {word} ({dims}-D) `query`, expected `key_padding_mask` to be `None` or {dims - 1}-D but found "
            f"{key_padding_mask.ndim}-D tensor instead"
        )
    if attn_mask is not None:
        if attn_mask.ndim not in (2, 3):
            raise AssertionError(
                f"For {word} ({dims}-D) `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found "
                f"{attn_mask.ndim}-D tensor instead"
            )
        if not batched and attn_mask.ndim == 3:
            expected = (num_heads, query.shape[0], key.shape[0])
            if tuple(attn_mask.shape) != expected:
                raise AssertionError(f"Expected `attn_mask` shape to be {expected} but got {attn_mask.shape}")
    return batched


def _check_attention_mask(attn_mask: Any, shape: tuple[int, int], heads: int) -> Any:
    if attn_mask is None:
        return None
    if attn_mask.ndim == 2:
        if tuple(attn_mask.shape) != shape:
            raise RuntimeError(f"The shape of the 2D attn_mask is {attn_mask.shape}, but should be {shape}.")
        return attn_mask.unsqueeze(0)
    if tuple(attn_mask.shape) != (heads, *shape):
        raise RuntimeError(f"The shape of the 3D attn_mask is {attn_mask.shape}, but should be {(heads, *shape)}.")
    return attn_mask
