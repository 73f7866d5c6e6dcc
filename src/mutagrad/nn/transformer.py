"""Transformers: layers of attention and a network for each position, in encoders and decoders.

Follows https://docs.pytorch.org/docs/stable/nn.html#transformer-layers (A. Vaswani et al., 2017; for `norm_first`
R. Xiong et al., 2020).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from mutagrad import dtypes
from mutagrad.nn import functional, init
from mutagrad.nn.attention import MultiheadAttention
from mutagrad.nn.containers import ModuleList
from mutagrad.nn.dropout import Dropout
from mutagrad.nn.layers import Linear
from mutagrad.nn.module import Module
from mutagrad.nn.normalization import LayerNorm
from mutagrad.ops.creation import full
from mutagrad.ops.diagonals import triu
from mutagrad.tensor import Tensor

F: Any = functional


def _activation(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    if given not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {given}")
    return getattr(F, given)


def causal_mask(size: int, dtype: Any = None) -> Tensor:
    """A mask (size, size) that lets every position see itself and those before it."""
    return triu(full((size, size), float("-inf"), dtype=dtype), diagonal=1)


def _is_causal(mask: Any, is_causal: bool | None, size: int) -> bool:
    """Whether a mask lets every position see itself and those before it, where that is not said."""
    if is_causal is not None or mask is None or mask.size(0) != mask.size(1):
        return bool(is_causal)
    expected: Any = causal_mask(size)
    return mask.size(-1) == size and bool((mask.to(expected.dtype) == expected).all())


class _Layer(Module):
    """What layers of encoders and decoders share: blocks, each added to what it was given, and a normalisation each."""

    norm_first: bool

    def _make_network(self, width: int, hidden: int, dropout: float, activation: Any, made: dict[str, Any]) -> None:
        self.linear1 = Linear(width, hidden, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(hidden, width, **made)

    def _add(self, x: Any, norm: Module, block: Callable[[Any], Any]) -> Any:
        """The block's output on top of its input, normalised before the block or after the sum."""
        return x + block(norm(x)) if self.norm_first else norm(x + block(x))

    def _feed(self, dropout: Module) -> Callable[[Any], Any]:
        return lambda x: dropout(self.linear2(self.dropout(self.activation(self.linear1(x)))))

    def _attend(self, attention: Module, dropout: Module, memory: Any, *masks: Any) -> Callable[[Any], Any]:
        mask, padding, is_causal = masks

        def block(x: Any) -> Any:
            other = x if memory is None else memory
            found = attention(
                x, other, other, attn_mask=mask, key_padding_mask=padding, is_causal=is_causal, need_weights=False
            )
            return dropout(found[0])

        return block

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({"activation": F.relu, **state})


class TransformerEncoderLayer(_Layer):
    """Attention of all positions to one another, then a network for each, with a residual sum around both.

    >>> import mutagrad
    >>> TransformerEncoderLayer(8, 2, dim_feedforward=16)(mutagrad.ones(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        made = {"device": device, "dtype": dtype, "bias": bias}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=batch_first, **made)
        self._make_network(d_model, dim_feedforward, dropout, activation, made)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, eps=layer_norm_eps, **made)
        self.norm2 = LayerNorm(d_model, eps=layer_norm_eps, **made)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        src: Any,
        src_mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: bool = False,
    ) -> Any:
        attend = self._attend(self.self_attn, self.dropout1, None, src_mask, src_key_padding_mask, is_causal)
        return self._add(self._add(src, self.norm1, attend), self.norm2, self._feed(self.dropout2))


class TransformerDecoderLayer(_Layer):
    """Attention of the target to itself, then to the memory, then a network for each position."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        made = {"device": device, "dtype": dtype, "bias": bias}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=batch_first, **made)
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=batch_first, **made)
        self._make_network(d_model, dim_feedforward, dropout, activation, made)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, eps=layer_norm_eps, **made)
        self.norm2 = LayerNorm(d_model, eps=layer_norm_eps, **made)
        self.norm3 = LayerNorm(d_model, eps=layer_norm_eps, **made)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.dropout3 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        tgt: Any,
        memory: Any,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Any:
        itself = self._attend(self.self_attn, self.dropout1, None, tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        other = self._attend(
            self.multihead_attn, self.dropout2, memory, memory_mask, memory_key_padding_mask, memory_is_causal
        )
        x = self._add(self._add(tgt, self.norm1, itself), self.norm2, other)
        return self._add(x, self.norm3, self._feed(self.dropout3))


def _why_not_nested(layer: Any) -> str | None:
    """What keeps PyTorch from a faster way through an encoder, which it warns about."""
    attention = getattr(layer, "self_attn", None)
    reasons = [
        (not isinstance(layer, TransformerEncoderLayer), "encoder_layer was not TransformerEncoderLayer"),
        (getattr(layer, "norm_first", False), "encoder_layer.norm_first was True"),
        (
            not getattr(attention, "batch_first", True),
            "encoder_layer.self_attn.batch_first was not True(use batch_first for better inference performance)",
        ),
        (
            getattr(attention, "in_proj_bias", True) is None,
            "encoder_layer.self_attn was passed bias=False",
        ),
        (
            getattr(layer, "activation", F.relu) not in (F.relu, F.gelu),
            "encoder_layer.activation_relu_or_gelu was not True",
        ),
        (getattr(attention, "num_heads", 2) % 2 == 1, "encoder_layer.self_attn.num_heads is odd"),
    ]
    return next((reason for holds, reason in reasons if holds), None)


class TransformerEncoder(Module):
    """Copies of an encoder layer, one after another, and a normalisation at the end."""

    def __init__(
        self,
        encoder_layer: TransformerEncoderLayer,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = ModuleList(deepcopy(encoder_layer) for _ in range(num_layers))
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.use_nested_tensor = False
        reason = _why_not_nested(encoder_layer) if enable_nested_tensor else None
        if reason is not None:
            warnings.warn(
                f"enable_nested_tensor is True, but self.use_nested_tensor is False because {reason}", stacklevel=2
            )
        self.mask_check = mask_check

    def forward(
        self, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool | None = None
    ) -> Any:
        first: Any = self.layers[0]
        size = src.size(1 if first.self_attn.batch_first and src.dim() == 3 else 0)
        is_causal = _is_causal(mask, is_causal, size)
        for layer in self.layers:
            src = layer(src, src_mask=mask, is_causal=is_causal, src_key_padding_mask=src_key_padding_mask)
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """Copies of a decoder layer, one after another, and a normalisation at the end."""

    def __init__(self, decoder_layer: TransformerDecoderLayer, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = ModuleList(deepcopy(decoder_layer) for _ in range(num_layers))
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Any,
        memory: Any,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Any:
        first: Any = self.layers[0]
        size = tgt.size(1 if first.self_attn.batch_first and tgt.dim() == 3 else 0)
        tgt_is_causal = _is_causal(tgt_mask, tgt_is_causal, size)
        for layer in self.layers:
            tgt = layer(
                tgt,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=tgt_is_causal,
                memory_is_causal=memory_is_causal,
            )
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder of the source and a decoder of the target that looks at what it gives.

    Raises RuntimeError for batches and widths that do not fit.
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        made = {"device": device, "dtype": dtype, "bias": bias}
        layer = d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first
        if custom_encoder is None:
            encoder_layer = TransformerEncoderLayer(*layer, **made)
            encoder_norm = LayerNorm(d_model, eps=layer_norm_eps, **made)
            custom_encoder = TransformerEncoder(encoder_layer, num_encoder_layers, encoder_norm)
        self.encoder = custom_encoder
        if custom_decoder is None:
            decoder_layer = TransformerDecoderLayer(*layer, **made)
            decoder_norm = LayerNorm(d_model, eps=layer_norm_eps, **made)
            custom_decoder = TransformerDecoder(decoder_layer, num_decoder_layers, decoder_norm)
        self.decoder = custom_decoder
        for parameter in self.parameters():
            if parameter.dim() > 1:
                init.xavier_uniform_(parameter)
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def forward(
        self,
        src: Any,
        tgt: Any,
        src_mask: Any = None,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        src_key_padding_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Any:
        batch = 0 if self.batch_first else 1
        if src.dim() == 3 and src.size(batch) != tgt.size(batch):
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.size(-1) != self.d_model or tgt.size(-1) != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = dtypes.float32) -> Tensor:
        """A mask (sz, sz) that lets every position see itself and those before it.

        >>> Transformer.generate_square_subsequent_mask(2)
        tensor([[0., -inf],
                [0., 0.]])
        """
        return causal_mask(sz, dtype)
