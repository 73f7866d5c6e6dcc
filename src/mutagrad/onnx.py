"""What programs ask of ONNX, which models cannot be written as from here."""

from __future__ import annotations

from typing import Any

__all__ = ["export", "is_in_onnx_export"]


def export(*args: Any, **options: Any) -> None:
    """Raises RuntimeError: there is no exporter. A state dict saved here can be exported by PyTorch."""
    raise RuntimeError("mutagrad writes no ONNX files: save the state dict, load it in PyTorch and export it there")


def is_in_onnx_export() -> bool:
    """Whether an export is under way: no."""
    return False
