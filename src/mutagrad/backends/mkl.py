"""Intel's MKL, which is not here; what is set on this module is kept and has no effect."""

enabled = benchmark = deterministic = allow_tf32 = False
