"""The version of the library, and those of what it is not built with."""

__version__ = "0.1.0"
cuda = hip = xpu = None
debug = False
