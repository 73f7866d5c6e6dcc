"""`functional_call` under its older name."""

from mutagrad.func.modules import functional_call

__all__ = ["functional_call"]
