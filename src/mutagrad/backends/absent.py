"""What programs ask of a library that is not here."""

__all__ = ["is_available", "is_built"]


def is_available() -> bool:
    """Whether it is there: no."""
    return False


def is_built() -> bool:
    """Whether it was there when this library was built: no."""
    return False
