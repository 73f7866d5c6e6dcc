"""`functionalize`: a function's results as if it wrote nowhere but to its arguments.

Compilers need programs without writes, and PyTorch's transform gives them such ones. Here writes need no removal: they
are differentiated, mapped and pushed as they are. What is left is what a caller can see: results are memory of their own
where the function wrote to the argument that they share memory with.
Follows https://docs.pytorch.org/docs/stable/generated/torch.func.functionalize.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.tree import flatten, tree_map

MODES = ("mutations", "mutations_and_views")


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """The function that gives what `func` gives, and leaves in its arguments what `func` writes there.

    No result shares memory with an argument that was written; with `remove="mutations_and_views"`, none with any.
    Raises RuntimeError for another `remove`.

    >>> import mutagrad
    >>> x = mutagrad.ones(2)
    >>> y = mutagrad.func.functionalize(lambda x: x.add_(1))(x)
    >>> x, y is x
    (tensor([2., 2.]), False)
    """
    if remove not in MODES:
        raise RuntimeError(
            f"functionalize(f, remove='mutations'): received invalid argument for remove={remove}. Valid options are:\n"
            "     remove='mutations': results are memory of their own where the argument they share it with was written\n"
            "     remove='mutations_and_views': results are memory of their own"
        )

    @functools.wraps(func)
    def functional(*args: Any, **kwargs: Any) -> Any:
        given = [x for x in flatten((args, kwargs))[0] if isinstance(x, Tensor)]
        versions = {x._family.storage: x._family.storage.version for x in given}

        def apart(result: Any) -> Any:
            if not isinstance(result, Tensor):
                return result
            storage = result._family.storage
            written = storage in versions and storage.version != versions[storage]
            view = remove == "mutations_and_views" and (storage in versions or result._view is not None)
            return result.clone() if written or view else result

        return tree_map(apart, func(*args, **kwargs))

    return functional
